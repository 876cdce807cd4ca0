//! The language of the room: from a typed line to a [`Command`], and from a wrong line to what would be right.
//!
//! Tolerant where that is safe (quotes, dashes, prepositions, politeness, aliases), strict where a guess could change
//! something: nothing that writes is ever run on a near miss.

mod blanks;
mod bytes;
mod command;
mod commands;
mod dj;
mod duration;
mod hosts;
mod lookup;
mod mistake;
mod mon;
mod normalise;
mod parse;
mod registry;
mod release;
mod resolve;
mod unfinished;
mod until;

pub use blanks::{Blank, Kind};
pub use bytes::{Bytes, DigestAt, DigestChange, DigestDays, Reader};
pub use command::{Build, Command, Deploy, Gh, HistoryOf, Wanted};
pub use dj::{ChartMonth, Dj, InQueue, Song, Volume};
pub use duration::parse_duration;
pub use hosts::{Hosts, On};
pub use mistake::{Mistake, Suggestion};
pub use mon::{Mon, Quiet};
pub use parse::parse;
pub use registry::{GROUPS, Group, Right, Spec, find, group, specs};
pub use release::{Place, Release};
pub use unfinished::{Unfinished, habit, unfinished};
pub use until::{Day, Until};
