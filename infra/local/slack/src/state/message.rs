//! A message, and the JSON that `conversations.history` shows of it.

use serde_json::{Map, Value, json};

use super::rich_text;
use crate::clock::{self, Micros};
use crate::workspace::Workspace;

/// Who posted: a person, or the app as its bot user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub user: String,
    pub bot: bool,
}

/// One emoji and who added it, in order.
#[derive(Debug, Clone)]
pub struct Reaction {
    pub name: String,
    pub users: Vec<String>,
}

/// A message before it has a place in a channel.
#[derive(Debug, Clone)]
pub struct Draft {
    pub author: Author,
    pub text: String,
    pub blocks: Option<Value>,
    pub attachments: Option<Value>,
    pub metadata: Option<Value>,
    pub thread_ts: Option<String>,
    pub broadcast: bool,
    pub files: Vec<Value>,
    pub username: Option<String>,
    pub icons: Option<Value>,
    pub subtype: Option<String>,
    /// The one person who sees it, for an ephemeral message.
    pub only_for: Option<String>,
    /// What a person's client calls it; what comes by the Web API has none.
    pub client_msg_id: Option<String>,
    /// Whether links in it are shown with what they lead to.
    pub unfurls: bool,
}

impl Draft {
    /// Plain text by somebody.
    pub fn text(author: Author, text: impl Into<String>) -> Self {
        Self {
            author,
            text: text.into(),
            blocks: None,
            attachments: None,
            metadata: None,
            thread_ts: None,
            broadcast: false,
            files: Vec::new(),
            username: None,
            icons: None,
            subtype: None,
            only_for: None,
            client_msg_id: None,
            unfurls: false,
        }
    }

    /// What a person wrote: the words, and how the composer understood them.
    pub fn written(author: Author, text: impl Into<String>) -> Self {
        let mut draft = Self::text(author, "");
        draft.write(text);
        draft
    }

    /// Other words in place of what a person wrote.
    pub fn write(&mut self, text: impl Into<String>) {
        self.text = text.into();
        self.blocks = (!self.text.is_empty()).then(|| rich_text::of(&self.text));
    }
}

/// A message in its place.
#[derive(Debug, Clone)]
pub struct Message {
    pub at: Micros,
    pub content: Draft,
    pub reactions: Vec<Reaction>,
    /// Who edited it last, and when.
    pub edited: Option<(String, String)>,
    /// Who began the thread that it is a reply in.
    pub parent_user: Option<String>,
    /// The replies' authors in order of first reply, their number, and the last one's `ts`. Only kept on a thread's parent.
    pub replies: Replies,
    pub deleted: bool,
}

/// What a parent knows of its thread.
#[derive(Debug, Clone, Default)]
pub struct Replies {
    pub users: Vec<String>,
    pub count: usize,
    pub latest: Option<String>,
}

impl Message {
    /// Its `ts`, which is its id within the channel.
    pub fn ts(&self) -> String {
        clock::to_ts(self.at)
    }

    /// A reply that shows in its thread only.
    pub fn hidden_in_thread(&self) -> bool {
        self.content.thread_ts.as_ref().is_some_and(|parent| *parent != self.ts()) && !self.content.broadcast
    }

    /// Whether it belongs to the thread of this parent (the parent itself does).
    pub fn in_thread(&self, parent: &str) -> bool {
        self.ts() == parent || self.content.thread_ts.as_deref() == Some(parent)
    }

    /// The message object. Metadata shows only to those who ask for it (`include_all_metadata`).
    pub fn to_json(&self, workspace: &Workspace, with_metadata: bool) -> Value {
        let ts = self.ts();
        let content = &self.content;
        let mut object = Map::new();
        object.insert("type".into(), json!("message"));
        if self.deleted {
            object.insert("subtype".into(), json!("tombstone"));
            object.insert("text".into(), json!("This message was deleted."));
            object.insert("user".into(), json!("USLACKBOT"));
            object.insert("parent_user_id".into(), json!("USLACKBOT"));
            object.insert("hidden".into(), json!(true));
            object.insert("ts".into(), json!(ts));
            self.thread_fields(&mut object);
            return Value::Object(object);
        }
        let team = &workspace.team_of(&content.author.user).id;
        object.insert("user".into(), json!(content.author.user));
        object.insert("text".into(), json!(content.text));
        object.insert("ts".into(), json!(ts));
        object.insert("team".into(), json!(team));
        if let Some(id) = &content.client_msg_id {
            object.insert("client_msg_id".into(), json!(id));
        }
        if let Some(subtype) = &content.subtype {
            object.insert("subtype".into(), json!(subtype));
        }
        if content.author.bot {
            let app = &workspace.app;
            object.insert("bot_id".into(), json!(app.bot_id));
            object.insert("app_id".into(), json!(app.id));
            object.insert(
                "bot_profile".into(),
                json!({"id": app.bot_id, "app_id": app.id, "name": app.name, "deleted": false, "updated": 1_700_000_000, "team_id": workspace.team.id}),
            );
            if let Some(username) = &content.username {
                object.insert("username".into(), json!(username));
                object.insert("subtype".into(), json!("bot_message"));
            }
            if let Some(icons) = &content.icons {
                object.insert("icons".into(), icons.clone());
            }
        }
        for (name, value) in [("blocks", &content.blocks), ("attachments", &content.attachments)] {
            if let Some(value) = value.as_ref().filter(|value| value.as_array().is_some_and(|list| !list.is_empty())) {
                object.insert(name.into(), value.clone());
            }
        }
        if !content.files.is_empty() {
            object.insert("files".into(), json!(content.files));
            object.insert("upload".into(), json!(false));
            object.insert("display_as_bot".into(), json!(false));
        }
        if let (true, Some(metadata)) = (with_metadata, &content.metadata) {
            object.insert("metadata".into(), metadata.clone());
        }
        if let Some((user, at)) = &self.edited {
            object.insert("edited".into(), json!({"user": user, "ts": at}));
        }
        self.thread_fields(&mut object);
        if !self.reactions.is_empty() {
            object.insert("reactions".into(), self.reactions_json());
        }
        Value::Object(object)
    }

    /// The list of reactions, as it stands in a message object.
    pub fn reactions_json(&self) -> Value {
        self.reactions
            .iter()
            .map(|reaction| json!({"name": reaction.name, "users": reaction.users, "count": reaction.users.len()}))
            .collect()
    }

    fn thread_fields(&self, object: &mut Map<String, Value>) {
        if self.replies.count > 0 {
            object.insert("thread_ts".into(), json!(self.ts()));
            object.insert("reply_count".into(), json!(self.replies.count));
            object.insert("reply_users".into(), json!(self.replies.users));
            object.insert("reply_users_count".into(), json!(self.replies.users.len()));
            object.insert("latest_reply".into(), json!(self.replies.latest));
            object.insert("is_locked".into(), json!(false));
            object.insert("subscribed".into(), json!(false));
        } else if let Some(parent) = &self.content.thread_ts {
            object.insert("thread_ts".into(), json!(parent));
            if let Some(user) = &self.parent_user {
                object.insert("parent_user_id".into(), json!(user));
            }
            if self.content.broadcast {
                object.insert("subtype".into(), json!("thread_broadcast"));
            }
        }
    }

    /// As the person sees it in the room: an ephemeral message is marked and can be dismissed.
    pub fn to_room_json(&self, workspace: &Workspace) -> Value {
        let mut object = self.to_json(workspace, true);
        if self.content.only_for.is_some() {
            object["ephemeral"] = json!(true);
            object["is_ephemeral"] = json!(true);
            object["dismissable"] = json!(true);
        }
        object
    }
}
