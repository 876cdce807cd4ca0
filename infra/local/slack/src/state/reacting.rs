//! Reactions, and who comes into a channel.

use serde_json::json;

use super::message::Reaction;
use super::notice::Audience;
use super::world::World;
use crate::clock;

impl World {
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
}
