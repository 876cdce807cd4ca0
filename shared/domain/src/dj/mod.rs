//! The DJ room: people post songs, and a player in the office plays them, in turns.
//!
//! The station is the truth, the player follows: what should play, what comes next, how loud it is. What the player says of itself
//! ([`PlayerStatus`]) is taken in by [`Station::answered`]; where it differs from what the station wants, [`Station::next_ask`] is what to ask of
//! it next. Everything here is a function of the station, an event, the room's rules and a moment.

pub mod chart;
pub mod desk;
pub mod errand;
pub mod matching;
pub mod order;
pub mod player;
pub mod queue;
pub mod quiet;
pub mod refusal;
pub mod report;
pub mod song;
pub mod station;
pub mod steer;
pub mod track;
pub mod votes;

pub use chart::{Counted, Month, NoMonth};
pub use desk::{Loudness, Skip};
pub use errand::{Errand, ErrandId, For};
pub use matching::{Fit, Match};
pub use player::{PlayerAnswer, PlayerAsk, PlayerStatus, Sound};
pub use queue::{Requested, Withdrawn};
pub use quiet::QuietHours;
pub use refusal::Refusal;
pub use song::Song;
pub use station::{
    Banned, Effect, Entry, EntryId, HowOver, Note, Pick, Played, PlayerState, Playing, SkippedBy, Station, StationRules, Wish,
};
pub use track::{Track, TrackKey};
pub use votes::Votes;

#[cfg(test)]
mod tests;
