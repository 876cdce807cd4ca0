//! A conversation: a channel or a direct message, with its messages in order.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::message::Message;
use crate::clock::Micros;
use crate::workspace::Workspace;

/// What kind of conversation it is. Group messages between several people are not modelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Public,
    Private,
    /// Between these two.
    Direct(String, String),
}

/// A file that was shared, with its bytes.
#[derive(Debug, Clone)]
pub struct UploadedFile {
    pub object: Value,
    pub bytes: Vec<u8>,
    pub token: String,
    pub expected: usize,
    pub uploaded: bool,
    pub completed: bool,
}

/// One conversation.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub topic: String,
    pub purpose: String,
    pub kind: Kind,
    pub archived: bool,
    pub members: Vec<String>,
    /// In order of `ts`; ephemeral ones stand among them.
    pub messages: Vec<Message>,
    pub pins: Vec<(String, String)>,
    /// Up to where each person has read.
    pub read: HashMap<String, Micros>,
}

impl Channel {
    /// The message with this `ts` that everybody sees.
    pub fn message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.content.only_for.is_none() && message.ts() == ts)
    }

    /// The same, to change it.
    pub fn message_mut(&mut self, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.content.only_for.is_none() && message.ts() == ts)
    }

    /// A message or an ephemeral one that this person sees.
    pub fn visible(&self, ts: &str, user: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts() == ts && message.content.only_for.as_deref().is_none_or(|only| only == user))
    }

    /// Whether this person is in it.
    pub fn has(&self, user: &str) -> bool {
        self.members.iter().any(|member| member == user)
    }

    /// A direct message's other end.
    pub fn counterpart(&self, user: &str) -> Option<&str> {
        match &self.kind {
            Kind::Direct(one, other) if one == user => Some(other),
            Kind::Direct(one, _) => Some(one),
            _ => None,
        }
    }

    /// The value of `channel_type` in message events.
    pub fn event_type(&self) -> &'static str {
        match self.kind {
            Kind::Public => "channel",
            Kind::Private => "group",
            Kind::Direct(..) => "im",
        }
    }

    /// Whether somebody of another team is in it.
    pub fn is_shared(&self, workspace: &Workspace) -> bool {
        self.members.iter().any(|member| workspace.team_of(member).id != workspace.team.id)
    }

    /// What this person has not read yet: others' messages, not edits.
    pub fn unread(&self, user: &str) -> usize {
        let seen = self.read.get(user).copied().unwrap_or_default();
        self.messages
            .iter()
            .filter(|message| {
                message.at > seen
                    && message.content.author.user != user
                    && !message.hidden_in_thread()
                    && message.content.only_for.as_deref().is_none_or(|only| only == user)
            })
            .count()
    }

    /// The conversation object of `conversations.info`, as this caller sees it.
    pub fn to_json(&self, workspace: &Workspace, caller: &str) -> Value {
        let created: u64 = 1_700_000_000;
        if let Kind::Direct(..) = self.kind {
            return json!({
                "id": self.id, "created": created, "is_im": true, "is_channel": false, "is_group": false, "is_mpim": false,
                "is_private": true, "is_archived": false, "is_org_shared": false, "user": self.counterpart(caller), "is_open": true,
                "context_team_id": workspace.team.id, "priority": 0,
            });
        }
        let private = self.kind == Kind::Private;
        let shared = self.is_shared(workspace);
        let creator = self.members.iter().find(|member| workspace.person(member).is_some_and(|person| !person.is_bot));
        json!({
            "id": self.id, "name": self.name, "name_normalized": self.name, "is_channel": !private, "is_group": private,
            "is_im": false, "is_mpim": false, "is_private": private, "created": created, "updated": created * 1000,
            "creator": creator, "is_archived": self.archived, "is_general": false, "unlinked": 0,
            "is_shared": shared, "is_ext_shared": shared, "is_org_shared": false, "is_pending_ext_shared": false, "pending_shared": [],
            "shared_team_ids": self.teams(workspace), "context_team_id": workspace.team.id, "parent_conversation": null,
            "is_member": self.has(caller), "previous_names": [],
            "topic": {"value": self.topic, "creator": creator, "last_set": created},
            "purpose": {"value": self.purpose, "creator": creator, "last_set": created},
            "num_members": self.members.len(),
        })
    }

    fn teams(&self, workspace: &Workspace) -> Vec<String> {
        let mut teams = vec![workspace.team.id.clone()];
        for member in &self.members {
            let team = &workspace.team_of(member).id;
            if !teams.contains(team) {
                teams.push(team.clone());
            }
        }
        teams
    }
}
