//! Posting, editing and deleting: the changes to a conversation, each told to the room and to the app.

use serde_json::{Value, json};

use super::message::{Draft, Message, Replies};
use super::notice::Audience;
use super::rich_text;
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
        let parent = draft.thread_ts.as_deref().and_then(|ts| channel.message(ts)).cloned();
        let parent_user = parent.as_ref().map(|parent| parent.content.author.user.clone());
        let replies = Replies::default();
        let message = Message { at, content: draft, reactions: Vec::new(), edited: None, parent_user, replies, deleted: false };
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
        if !message.content.files.is_empty() {
            event["subtype"] = json!("file_share");
        }
        if let Some(parent) = parent.filter(|_| message.content.broadcast) {
            event["root"] = parent.to_json(&self.workspace, false);
        }
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
        if message.content.unfurls {
            self.owe_unfurls(channel_id, &message.ts());
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
        // Slack notes an edit by the second.
        let edited = (editor.to_owned(), format!("{}.000000", self.now / clock::SECOND));
        let previous = self.channel(channel_id)?.message(ts)?.clone();
        let mut content = previous.content.clone();
        change(&mut content);
        if content.unfurls {
            drop_stale_unfurls(&mut content);
        }
        self.name_blocks(&mut content);
        let message = self.channel_mut(channel_id)?.message_mut(ts)?;
        message.content = content;
        message.edited = Some(edited);
        let message = message.clone();
        self.tell_change(channel_id, &previous);
        if message.content.unfurls {
            self.owe_unfurls(channel_id, ts);
        }
        Some(message)
    }

    /// Shows something below a message that is not its author's change: what its links lead to.
    pub fn attach(&mut self, channel_id: &str, ts: &str, more: Vec<Value>) -> Option<()> {
        let previous = self.channel(channel_id)?.message(ts)?.clone();
        let message = self.channel_mut(channel_id)?.message_mut(ts)?;
        let mut shown = message.content.attachments.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        shown.extend(more);
        let mut content = message.content.clone();
        content.attachments = Some(Value::Array(shown));
        self.name_blocks(&mut content);
        self.channel_mut(channel_id)?.message_mut(ts)?.content = content;
        self.tell_change(channel_id, &previous);
        Some(())
    }

    /// Tells everybody what a message was before and is now.
    fn tell_change(&mut self, channel_id: &str, previous: &Message) {
        let ts = previous.ts();
        self.publish_change(channel_id, &ts);
        let at = clock::to_ts(self.next_ts());
        let Some(channel) = self.channel(channel_id) else { return };
        let Some(message) = channel.message(&ts) else { return };
        let kind = channel.event_type();
        let event = json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "channel": channel_id, "channel_type": kind,
            "ts": at, "event_ts": at,
            "message": message.to_json(&self.workspace, false), "previous_message": previous.to_json(&self.workspace, false),
        });
        self.notify(message_subscription(kind), Some(channel_id), event);
    }

    /// Deletes a message. The parent of a thread leaves a tombstone, which goes with the last reply. Slack tells of a tombstone as of a
    /// change, not of a deletion.
    pub fn remove(&mut self, channel_id: &str, ts: &str) -> Option<()> {
        let channel = self.channel_mut(channel_id)?;
        let previous = channel.message(ts)?.clone();
        channel.pins.retain(|(pinned, _)| pinned != ts);
        if previous.replies.count > 0 && !previous.deleted {
            let parent = channel.message_mut(ts)?;
            parent.deleted = true;
            parent.reactions.clear();
            self.tell_change(channel_id, &previous);
            return Some(());
        }
        let deleted_at = clock::to_ts(self.next_ts());
        let channel = self.channel_mut(channel_id)?;
        channel.messages.retain(|message| message.content.only_for.is_some() || message.ts() != ts);
        let parent = previous.content.thread_ts.clone();
        if let Some(parent) = &parent {
            recount(channel, parent);
        }
        let kind = channel.event_type();
        let gone = json!({"type": "message_deleted", "channel": channel_id, "ts": ts, "message": {"ts": ts, "thread_ts": parent}});
        self.publish(Audience::Channel(channel_id.to_owned()), gone);
        let event = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true, "channel": channel_id, "channel_type": kind,
            "deleted_ts": ts, "ts": deleted_at, "event_ts": deleted_at, "previous_message": previous.to_json(&self.workspace, false),
        });
        self.notify(message_subscription(kind), Some(channel_id), event);
        if let Some(parent) = parent {
            let bare = |message: &Message| message.deleted && message.replies.count == 0;
            if self.channel(channel_id)?.message(&parent).is_some_and(bare) {
                self.remove(channel_id, &parent);
            } else {
                self.publish_change(channel_id, &parent);
            }
        }
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

/// Takes away what an edited message no longer links to.
fn drop_stale_unfurls(content: &mut Draft) {
    let links = content.blocks.as_ref().map(rich_text::links).unwrap_or_default();
    let still = |one: &Value| one["from_url"].as_str().is_none_or(|from| links.iter().any(|link| link == from));
    if let Some(attachments) = content.attachments.as_mut().and_then(Value::as_array_mut) {
        attachments.retain(still);
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
