//! What can be made to happen: senders, their actions, and the few fields that each asks for. A further one is an entry in
//! [`crate::senders::ALL`]; the API and the page know none by name.

use serde_json::{Value, json};

use crate::fields::{Field, Values};
use crate::signing::Door;
use crate::world::World;

/// Somebody or something outside of chat.
pub struct Sender {
    /// As the API's paths have it.
    pub id: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Under which heading the page lists it.
    pub group: &'static str,
    /// What it is, and how it proves itself, in a line.
    pub about: &'static str,
    /// What has to be typed in a channel for it to see anything of this; nothing if it does so anyway.
    pub shown_after: &'static str,
    /// What it can do, the most usual first.
    pub actions: &'static [Action],
}

/// Something that a sender does.
pub struct Action {
    /// As the API's paths have it.
    pub id: &'static str,
    /// What the button says.
    pub name: &'static str,
    /// What comes of it, in a line.
    pub about: &'static str,
    /// What it asks for; each has a default, so that an empty request does something sensible.
    pub fields: &'static [Field],
    /// Changes the world, and says what is sent because of that. It can't fail: the fields were checked before.
    pub make: fn(&Values, &mut World) -> Deed,
}

/// What was done, and the requests that tell of it, in order.
#[derive(Debug)]
pub struct Deed {
    /// In a line, for whoever did it.
    pub summary: String,
    /// What is sent.
    pub requests: Vec<Request>,
}

/// Something to send.
#[derive(Debug, Clone)]
pub enum Request {
    /// A webhook.
    Webhook {
        /// Where it goes, and how it is signed.
        door: &'static Door,
        /// The sender's word for what it is.
        event: &'static str,
        /// The payload.
        body: Value,
    },
    /// A call of AWS.
    Aws(AwsCall),
    /// A message that somebody posts.
    Slack {
        /// Whose token says who it is.
        person: String,
        /// The arguments of `chat.postMessage`.
        body: Value,
    },
}

/// A call of AWS in one of its JSON protocols.
#[derive(Debug, Clone)]
pub struct AwsCall {
    /// The service's name in a signature.
    pub service: &'static str,
    /// The version of the protocol, in the content type.
    pub protocol: &'static str,
    /// What comes before the operation in `X-Amz-Target`.
    pub target: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// What is asked for.
    pub input: Value,
    /// Parts of the input (JSON pointers, RFC 6901) that only the running cloud knows, by their names in `endpoints.json`.
    pub of_cloud: &'static [(&'static str, &'static str)],
}

impl Request {
    /// A webhook.
    pub fn webhook(door: &'static Door, event: &'static str, body: Value) -> Self {
        Self::Webhook { door, event, body }
    }
}

impl Sender {
    /// One of its actions.
    pub fn action(&self, id: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// For the page: all that it needs to ask for an action's fields. What can be chosen depends on what was done before.
    pub fn describe(&self, world: &World) -> Value {
        let actions: Vec<Value> = self
            .actions
            .iter()
            .map(|action| {
                let fields: Vec<Value> = action.fields.iter().map(|field| field.describe(world)).collect();
                json!({"id": action.id, "name": action.name, "about": action.about, "fields": fields})
            })
            .collect();
        json!({
            "id": self.id, "name": self.name, "group": self.group, "about": self.about, "shown_after": self.shown_after, "actions": actions,
        })
    }
}
