//! Dev Bytes: links that peers share in a room, kept without effort and ranked by those peers.
//!
//! A message is what Slack tells of it, whatever the order in which that arrives ([`message`]). A link is the sum of the messages it was posted in
//! ([`link`]). A reader is one person's own list and how far they have come ([`reader`]).

pub mod digest;
pub mod link;
pub mod message;
pub mod rank;
pub mod reader;
mod sites;
pub mod tags;
mod tracking;
pub mod url;
pub mod words;

pub use digest::{Days, Digest, DigestFor, DigestTime, UnknownZone};
pub use link::{Link, Post};
pub use message::{LinksOf, PostedMessage, Voices};
pub use rank::{Rules, best};
pub use reader::{Reader, Saved};
pub use url::{CanonicalUrl, LinkId, NotKept};

use crate::ids::{ChannelId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A room that was made one in chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedRoom {
    /// Which.
    pub channel: ChannelId,
    /// Who made it one.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
