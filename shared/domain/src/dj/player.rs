//! What is asked of a player, and what it says of itself.

use serde::{Deserialize, Serialize};

use super::matching::Fit;
use super::track::Track;

/// What is asked of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum PlayerAsk {
    /// Which tracks fit words.
    Search {
        /// The words.
        words: String,
    },
    /// Play a track now, instead of whatever plays or would.
    Play {
        /// The player's address of it.
        uri: String,
    },
    /// Play a track after the current one, instead of whatever would. It starts nothing.
    Enqueue {
        /// The player's address of it.
        uri: String,
    },
    /// Leave the current track.
    Next,
    /// Be silent.
    Stop,
    /// Go on where it was made silent.
    Resume,
    /// Be so loud.
    Volume {
        /// 0 to 100.
        percent: u8,
    },
    /// Only say how you are.
    Status,
}

/// What a player answers. [`PlayerAsk::Search`] is answered by what was found, everything else by how the player is then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is soon taken in")]
pub enum PlayerAnswer {
    /// What was found, the best first.
    Found {
        /// How well all of them fit.
        fit: Fit,
        /// The tracks.
        tracks: Vec<Track>,
    },
    /// How it is.
    Status(PlayerStatus),
    /// It isn't there, or can't be reached.
    Off {
        /// What is known of why.
        why: String,
    },
    /// It is there, and doesn't do that.
    Refused {
        /// What it says.
        why: String,
    },
}

/// How a player is at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayerStatus {
    /// Whether it makes a sound.
    pub sound: Sound,
    /// The track that plays or is paused; `None` while it is stopped.
    pub current: Option<Track>,
    /// The track after it, if there is one.
    pub next: Option<Track>,
    /// How far it is in the current track.
    pub elapsed_seconds: u32,
    /// How loud it is, 0 to 100; `None` for a player whose loudness can't be set.
    pub volume: Option<u8>,
    /// What went wrong last, if it says so.
    pub error: Option<String>,
}

/// Whether a player makes a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// It plays.
    Playing,
    /// It is silent within a track.
    Paused,
    /// It is at no track.
    Stopped,
}
