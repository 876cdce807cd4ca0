//! Something that is asked of the player, and takes a while: it is written down before it is sent, so that a crash in between sends nothing twice.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::player::PlayerAsk;
use super::station::Wish;
use crate::ids::{ChannelId, CommandId, EventKey, code};

/// What hasn't answered by then doesn't: the player is off.
pub const ANSWERS_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Names an errand; it is the comment of the command that does it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrandId(String);

impl ErrandId {
    /// Derives the id from what the errand follows from, so that a redelivery sends the same one.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(format!("dj-{}", code(event.as_str(), 12)))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ErrandId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl std::fmt::Display for ErrandId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that is asked of the player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// Names it.
    pub id: ErrandId,
    /// Whose player.
    pub channel: ChannelId,
    /// What.
    pub ask: PlayerAsk,
    /// What for.
    pub why: For,
    /// Since when.
    pub at: Timestamp,
    /// The command that does it, once it was sent.
    pub command: Option<CommandId>,
    /// When that was. `None` for one that wasn't sent, or was written by an older release.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// What came of it is known and was taken in.
    pub done: bool,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// What an errand is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum For {
    /// The player should do what the station wants.
    Station,
    /// Somebody wants a song.
    Wish(Wish),
}

impl Errand {
    /// Whether it hasn't answered in its time, which begins when it was sent.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        !self.done && now.duration_since(self.sent_at.unwrap_or(self.at)) >= ANSWERS_WITHIN
    }
}
