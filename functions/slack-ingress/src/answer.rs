//! What the door says.

use opsroom_domain::card::Card;
use opsroom_slack::blocks;
use serde_json::{Value, json};

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; nothing, or JSON.
    pub body: Option<Value>,
}

impl Answer {
    /// Taken; nothing to show.
    pub fn taken() -> Self {
        Self { status: 200, body: None }
    }

    /// Taken; the command line is shown to everybody in the channel, as typed by the person.
    pub fn taken_in_the_open() -> Self {
        Self { status: 200, body: Some(json!({"response_type": "in_channel"})) }
    }

    /// A card for the person's eyes only.
    pub fn private(card: &Card) -> Self {
        let mut body = serde_json::to_value(blocks::message(card)).unwrap_or_else(|_| json!({"text": "This can't be shown."}));
        body["response_type"] = "ephemeral".into();
        Self { status: 200, body: Some(body) }
    }

    /// JSON as it is.
    pub fn json(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// Not taken.
    pub fn error(status: u16, why: &str) -> Self {
        Self { status, body: Some(json!({"error": why})) }
    }
}
