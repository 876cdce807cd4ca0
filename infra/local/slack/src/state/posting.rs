//! Posting, editing, deleting and reacting: the changes to a conversation, each told to the room and to the app.

use serde_json::{Value, json};

use super::message::{Draft, Message, Reaction, Replies};
use super::notice::Audience;
use super::world::World;
use crate::clock;

impl World {
    /// Puts a message into a conversation. A reply to a reply joins that thread; a thread that isn't there is ignored, as Slack does.
    pub fn post(&mut self, channel_id: &str, mut draft: Draft) -> Option<Message> {
        let at = self.next_ts();
        self.name_blocks(&mut draft);
        let bot_user = self.workspace.app.bot_user.clone();
        let channel = self.channel_mut(channel_id)?;
        draft.thread_ts = draft.thread_ts.take().and_then(|wanted| {
            let parent = channel.message(&wanted)?;
            Some(parent.content.thread_ts.clone().unwrap_or(wanted))
        });
        let message = Message { at, content: draft, reactions: Vec::new(), edited: None, replies: Replies::default(), deleted: false };
        channel.messages.push(message.clone());
        let private = message.content.only_for.clone();
        let author = message.content.author.user.clone();
        channel.read.insert(author.clone(), at);
        let parent_ts = message.content.thread_ts.clone().filter(|_| private.is_none());
        if let Some(parent) = parent_ts.as_deref().and_then(|ts| channel.message_mut(ts)) {
            parent.replies.count += 1;
            parent.replies.latest = Some(message.ts());
            if !parent.replies.users.contains(&author) {
                parent.replies.users.push(author.clone());
            }
        }
        let kind = channel.event_type();
        let object = message.to_room_json(&self.workspace);
        if let Some(person) = private {
            self.publish(Audience::Person(person), json!({"type": "ephemeral", "channel": channel_id, "message": object}));
            return Some(message);
        }
        self.publish(Audience::Channel(channel_id.to_owned()), json!({"type": "message", "channel": channel_id, "message": object}));
        if let Some(parent) = &parent_ts {
            self.publish_change(channel_id, parent);
        }
        let mut event = message.to_json(&self.workspace, false);
        event["channel"] = json!(channel_id);
        event["event_ts"] = json!(message.ts());
        let team = &self.workspace.team_of(&author).id;
        if self.channel(channel_id).is_some_and(|channel| channel.is_shared(&self.workspace)) {
            event["user_team"] = json!(team);
            event["source_team"] = json!(team);
        }
        let mention = event.clone();
        event["channel_type"] = json!(kind);
        self.notify(message_subscription(kind), Some(channel_id), event);
        if author != bot_user && kind != "im" && message.content.text.contains(&format!("<@{bot_user}>")) {
            let mut mention = mention;
            mention["type"] = json!("app_mention");
            self.notify("app_mention", Some(channel_id), mention);
        }
        Some(message)
    }

    /// Gives every block and action an id, as Slack does with those that have none, so that a press can be told apart.
    fn name_blocks(&mut self, draft: &mut Draft) {
        if let Some(blocks) = &mut draft.blocks {
            self.name_all(blocks);
        }
        let attachments = draft.attachments.as_mut().and_then(Value::as_array_mut);
        for (place, attachment) in attachments.into_iter().flatten().enumerate() {
            let Some(fields) = attachment.as_object_mut() else { continue };
            fields.insert("id".to_owned(), json!(place + 1));
            fields.entry("fallback").or_insert(json!("[no preview available]"));
            if let Some(color) = fields.get("color").and_then(Value::as_str).and_then(|color| color.strip_prefix('#')) {
                let color = json!(color);
                fields.insert("color".to_owned(), color);
            }
            if let Some(blocks) = fields.get_mut("blocks") {
                self.name_all(blocks);
            }
        }
    }

    /// The same for any list of blocks.
    pub fn name_all(&mut self, blocks: &mut Value) {
        for block in blocks.as_array_mut().into_iter().flatten() {
            if block.get("block_id").and_then(Value::as_str).is_none_or(str::is_empty) {
                block["block_id"] = json!(self.next_id("b"));
            }
            for name in ["elements", "accessory", "element"] {
                let nested = match block.get_mut(name) {
                    Some(Value::Array(elements)) => elements.iter_mut().collect(),
                    Some(element @ Value::Object(_)) => vec![element],
                    _ => continue,
                };
                for element in nested {
                    let kind = element.get("type").and_then(Value::as_str).unwrap_or_default();
                    let interactive = crate::limits::elements::is_interactive(kind);
                    if interactive && element.get("action_id").and_then(Value::as_str).is_none_or(str::is_empty) {
                        element["action_id"] = json!(self.next_id("a"));
                    }
                }
            }
        }
    }

    /// Changes a message in place and tells everybody. `None` if there is none.
    pub fn amend(&mut self, channel_id: &str, ts: &str, editor: &str, change: impl FnOnce(&mut Draft)) -> Option<Message> {
        let edited_at = clock::to_ts(self.next_ts());
        let previous = self.channel(channel_id)?.message(ts)?.clone();
        let mut content = previous.content.clone();
        change(&mut content);
        self.name_blocks(&mut content);
        let message = self.channel_mut(channel_id)?.message_mut(ts)?;
        message.content = content;
        message.edited = Some((editor.to_owned(), edited_at.clone()));
        let message = message.clone();
        self.publish_change(channel_id, ts);
        let kind = self.channel(channel_id)?.event_type();
        let event = json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "channel": channel_id, "channel_type": kind,
            "ts": edited_at, "event_ts": edited_at,
            "message": message.to_json(&self.workspace, false), "previous_message": previous.to_json(&self.workspace, false),
        });
        self.notify(message_subscription(kind), Some(channel_id), event);
        Some(message)
    }

    /// Deletes a message. The parent of a thread leaves a tombstone.
    pub fn remove(&mut self, channel_id: &str, ts: &str) -> Option<()> {
        let deleted_at = clock::to_ts(self.next_ts());
        let channel = self.channel_mut(channel_id)?;
        let previous = channel.message(ts)?.clone();
        if previous.replies.count > 0 {
            channel.message_mut(ts)?.deleted = true;
        } else {
            channel.messages.retain(|message| message.content.only_for.is_some() || message.ts() != ts);
        }
        channel.pins.retain(|(pinned, _)| pinned != ts);
        let parent = previous.content.thread_ts.clone();
        if let Some(parent) = &parent {
            recount(channel, parent);
        }
        let kind = channel.event_type();
        let gone = json!({"type": "message_deleted", "channel": channel_id, "ts": ts, "message": {"ts": ts, "thread_ts": parent}});
        self.publish(Audience::Channel(channel_id.to_owned()), gone);
        for changed in parent.iter().map(String::as_str).chain((previous.replies.count > 0).then_some(ts)) {
            self.publish_change(channel_id, changed);
        }
        let event = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true, "channel": channel_id, "channel_type": kind,
            "deleted_ts": ts, "ts": deleted_at, "event_ts": deleted_at, "previous_message": previous.to_json(&self.workspace, false),
        });
        self.notify(message_subscription(kind), Some(channel_id), event);
        Some(())
    }

    /// Replaces what an ephemeral message shows, or takes it away. True if this person had it.
    pub fn replace_ephemeral(&mut self, channel_id: &str, ts: &str, user: &str, change: Option<Draft>) -> bool {
        let Some(channel) = self.channel_mut(channel_id) else { return false };
        let mine = |message: &Message| message.ts() == ts && message.content.only_for.as_deref() == Some(user);
        let Some(place) = channel.messages.iter().position(mine) else { return false };
        let audience = Audience::Person(user.to_owned());
        let Some(mut draft) = change else {
            channel.messages.remove(place);
            self.publish(audience, json!({"type": "ephemeral_deleted", "channel": channel_id, "ts": ts, "message": {"ts": ts}}));
            return true;
        };
        self.name_blocks(&mut draft);
        let Some(message) = self.channel_mut(channel_id).and_then(|channel| channel.messages.get_mut(place)) else { return false };
        draft.thread_ts = message.content.thread_ts.take();
        draft.only_for = Some(user.to_owned());
        message.content = draft;
        let object = message.clone().to_room_json(&self.workspace);
        self.publish(audience, json!({"type": "ephemeral_replaced", "channel": channel_id, "ts": ts, "message": object}));
        true
    }

    /// Adds a reaction; false if this person already has it there.
    pub fn react(&mut self, channel_id: &str, ts: &str, user: &str, name: &str) -> Option<bool> {
        let message = self.channel_mut(channel_id)?.message_mut(ts)?;
        match message.reactions.iter_mut().find(|reaction| reaction.name == name) {
            Some(reaction) if reaction.users.iter().any(|one| one == user) => return Some(false),
            Some(reaction) => reaction.users.push(user.to_owned()),
            None => message.reactions.push(Reaction { name: name.to_owned(), users: vec![user.to_owned()] }),
        }
        self.tell_reaction("reaction_added", channel_id, ts, user, name);
        Some(true)
    }

    /// Takes a reaction away; false if this person hasn't got it there.
    pub fn unreact(&mut self, channel_id: &str, ts: &str, user: &str, name: &str) -> Option<bool> {
        let message = self.channel_mut(channel_id)?.message_mut(ts)?;
        let Some(reaction) = message.reactions.iter_mut().find(|reaction| reaction.name == name) else { return Some(false) };
        let before = reaction.users.len();
        reaction.users.retain(|one| one != user);
        let changed = reaction.users.len() < before;
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        if changed {
            self.tell_reaction("reaction_removed", channel_id, ts, user, name);
        }
        Some(changed)
    }

    fn tell_reaction(&mut self, kind: &str, channel_id: &str, ts: &str, user: &str, name: &str) {
        let Some(message) = self.channel(channel_id).and_then(|channel| channel.message(ts)) else { return };
        let author = message.content.author.user.clone();
        let object = message.to_room_json(&self.workspace);
        self.publish(
            Audience::Channel(channel_id.to_owned()),
            json!({"type": "reaction", "channel": channel_id, "message": object, "user": user, "reaction": name, "added": kind == "reaction_added"}),
        );
        let event_ts = clock::to_ts(self.next_ts());
        let item = json!({"type": "message", "channel": channel_id, "ts": ts});
        let event = json!({"type": kind, "user": user, "reaction": name, "item": item, "item_user": author, "event_ts": event_ts});
        self.notify(kind, Some(channel_id), event);
    }

    /// Lets somebody into a channel; false if they were in it.
    pub fn join(&mut self, channel_id: &str, user: &str) -> Option<bool> {
        let event_ts = clock::to_ts(self.next_ts());
        let channel = self.channel_mut(channel_id)?;
        if channel.has(user) {
            return Some(false);
        }
        channel.members.push(user.to_owned());
        let team = &self.workspace.team_of(user).id;
        let event = json!({
            "type": "member_joined_channel", "user": user, "channel": channel_id, "channel_type": "C", "team": team, "event_ts": event_ts,
        });
        self.notify("member_joined_channel", Some(channel_id), event);
        Some(true)
    }

    fn publish_change(&self, channel_id: &str, ts: &str) {
        if let Some(message) = self.channel(channel_id).and_then(|channel| channel.message(ts)) {
            let object = message.to_room_json(&self.workspace);
            self.publish(
                Audience::Channel(channel_id.to_owned()),
                json!({"type": "message_changed", "channel": channel_id, "message": object}),
            );
        }
    }
}

/// The name under which an app subscribes to messages of this kind of conversation.
fn message_subscription(kind: &str) -> &'static str {
    match kind {
        "group" => "message.groups",
        "im" => "message.im",
        _ => "message.channels",
    }
}

fn recount(channel: &mut super::channel::Channel, parent: &str) {
    let replies: Vec<(String, String)> = channel
        .messages
        .iter()
        .filter(|message| message.content.thread_ts.as_deref() == Some(parent) && message.content.only_for.is_none())
        .map(|message| (message.ts(), message.content.author.user.clone()))
        .collect();
    let mut users: Vec<String> = Vec::new();
    for (_, user) in &replies {
        if !users.contains(user) {
            users.push(user.clone());
        }
    }
    if let Some(message) = channel.message_mut(parent) {
        message.replies = Replies { users, count: replies.len(), latest: replies.last().map(|(ts, _)| ts.clone()) };
    }
}
