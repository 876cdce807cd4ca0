//! What is told to others: to the room's page (as it happens) and to the app (as Slack's Events API would).

use serde_json::Value;

/// Who sees a room event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    Channel(String),
    Person(String),
    /// Everything is new: streams end, and pages come back and read it all again.
    Renewed,
}

/// One line of the room's event stream.
#[derive(Debug, Clone)]
pub struct RoomEvent {
    pub audience: Audience,
    pub data: Value,
}

/// The inner event of an `event_callback`, and what its envelope needs to know.
#[derive(Debug, Clone)]
pub struct AppEvent {
    pub event: Value,
    pub event_id: String,
    pub event_time: u64,
    /// Whether the channel has members of another team (Slack Connect).
    pub shared: bool,
}
