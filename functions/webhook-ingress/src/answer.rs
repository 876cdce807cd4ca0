//! What the door says.

use serde_json::{Value, json};

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What came of it, for the log.
    pub outcome: &'static str,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// Durably queued.
    pub fn queued() -> Self {
        Self { status: 202, outcome: "queued", body: json!({"ok": "queued"}) }
    }

    /// Nothing more will come of it.
    pub fn done(what: &'static str) -> Self {
        Self { status: 200, outcome: what, body: json!({"ok": what}) }
    }

    /// Not taken, and why.
    pub fn error(status: u16, why: &str) -> Self {
        Self { status, outcome: "refused", body: json!({"error": why}) }
    }
}
