//! What is kept of links that peers share. Written by [`Store::commit`](super::Store::commit).

use jiff::Timestamp;
use opsroom_domain::bytes::{Digest, DigestFor, Link, LinkId, PostedMessage, Reader, Rules};
use opsroom_domain::ids::{ChannelId, PersonId};

use super::PortError;

/// What changes about them. Each entity's `version` is the one that was read (0 for a new one); it is written as one more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BytesChange {
    /// A message's next state.
    pub message: Option<PostedMessage>,
    /// Links' next states. At most one in a change that is to be written for sure: a link brings up to 84 rows when all its words and tags
    /// change, and a transaction takes a hundred.
    pub links: Vec<LinkChange>,
    /// A reader's next state.
    pub reader: Option<Reader>,
    /// When a digest is sent from now on.
    pub digest: Option<Digest>,
}

/// A link's next state. What stood in the lists by which it is found has to be known, so that it is taken off them.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkChange {
    /// As it was read; `None` for a new one.
    pub before: Option<Box<Link>>,
    /// As it is from now on, with the words by which it is to be found.
    pub after: Box<Link>,
    /// What peers think of it, by the rules in force: the order of lists.
    pub weight: i64,
}

impl LinkChange {
    /// The change from what was read to what it is now.
    pub fn of(before: Option<&Link>, after: Link, rules: &Rules) -> Self {
        Self { before: before.cloned().map(Box::new), weight: after.weight(rules), after: Box::new(after) }
    }
}

/// Which of a room's links are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Which room.
    pub channel: ChannelId,
    /// First posted then or later.
    pub from: Timestamp,
    /// First posted before.
    pub to: Timestamp,
    /// With one of these tags; empty for any.
    pub tags: Vec<String>,
}

/// Links in which words stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The links, those that fit best first: those with all the words, by the places in which they stand.
    pub links: Vec<Link>,
    /// Whether older ones may be missing, because a word stands in more links than one look takes.
    pub cut: bool,
}

/// What stands on a shelf.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shelved {
    /// The links that peers like best, in no order.
    pub links: Vec<Link>,
    /// Whether there are more than one look takes: then nobody may be told that this is all.
    pub cut: bool,
}

/// The longest span that a [`Shelf`] may have: it is looked at week by week.
pub const MOST_WEEKS: usize = 53;

/// So many links of each week are looked at, those that peers like best.
pub const MOST_PER_WEEK: usize = 60;

/// Reads what is kept. The number of calls never depends on how much there is.
pub trait BytesStore: Send + Sync {
    /// A message (strongly consistent). One call.
    fn posted(&self, channel: &ChannelId, ts: &str) -> impl Future<Output = Result<Option<PostedMessage>, PortError>> + Send;

    /// Links by their ids, those that there are, in no order (strongly consistent). One call, at most a hundred.
    fn links(&self, channel: &ChannelId, ids: &[LinkId]) -> impl Future<Output = Result<Vec<Link>, PortError>> + Send;

    /// The links of a shelf that peers like best, in no order; hidden ones are left out. One call for each week, and for each tag; without tags one
    /// more for each day of the week in which the shelf begins, and one.
    fn shelf(&self, shelf: &Shelf) -> impl Future<Output = Result<Shelved, PortError>> + Send;

    /// Links of a room in which words stand. One call for each word, and one.
    fn find(&self, channel: &ChannelId, words: &[String]) -> impl Future<Output = Result<Found, PortError>> + Send;

    /// A reader (strongly consistent). One call.
    fn reader(&self, person: &PersonId) -> impl Future<Output = Result<Option<Reader>, PortError>> + Send;

    /// When a digest is sent, also one that was ended (strongly consistent). One call.
    fn digest(&self, to: &DigestFor) -> impl Future<Output = Result<Option<Digest>, PortError>> + Send;
}
