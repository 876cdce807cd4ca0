//! One reader: what they keep, how far they have come in each room, and which rooms are theirs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::url::{CanonicalUrl, LinkId};
use crate::ids::{ChannelId, PersonId};

/// So many links are on a list; the oldest makes room for the newest.
pub const MOST_SAVED: usize = 300;
/// And so many bytes of addresses and titles: a reader is one item, of 400 KB at most (DynamoDB "Quotas: item size").
pub const LARGEST_LIST: usize = 250_000;
/// So many rooms are remembered; the one that was used longest ago is forgotten.
pub const MOST_ROOMS: usize = 30;
/// In so many rooms is looked at once, those that the person was in last.
pub const LOOKED_AT: usize = 5;

/// A reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Who.
    pub person: PersonId,
    /// The rooms in which they posted, reacted or asked, the latest first. Only there they are shown anything: who was in a room may read it.
    #[serde(default)]
    pub rooms: Vec<Visited>,
    /// What they keep, the latest first.
    #[serde(default)]
    pub saved: Vec<Saved>,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// A room, as one reader knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visited {
    /// Which.
    pub channel: ChannelId,
    /// Up to when they have caught up; `None` if they never did.
    pub caught_up: Option<Timestamp>,
    /// What was kept since then and shown to them all the same: what is worked off in that moment may be seen only after it.
    #[serde(default)]
    pub shown: Vec<LinkId>,
}

/// A link on a reader's list. It stays when the link is gone from the room: it is the reader's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Where it leads.
    pub url: CanonicalUrl,
    /// What it is called, as far as was known.
    pub title: Option<String>,
    /// The room's link that it was, if it was one.
    pub link: Option<(ChannelId, LinkId)>,
    /// Since when.
    pub at: Timestamp,
}

impl Reader {
    /// One of whom nothing is known yet.
    pub fn new(person: PersonId) -> Self {
        Self { person, rooms: Vec::new(), saved: Vec::new(), version: 0 }
    }

    /// They were seen in a room. `false` if that changes nothing: the first few are looked at anyway, so their order isn't worth a write.
    pub fn seen_in(&mut self, channel: &ChannelId) -> bool {
        let known = self.rooms.iter().position(|room| room.channel == *channel);
        if known.is_some_and(|place| place < LOOKED_AT) {
            return false;
        }
        let room = known.map(|place| self.rooms.remove(place));
        self.rooms.insert(0, room.unwrap_or_else(|| Visited { channel: channel.clone(), caught_up: None, shown: Vec::new() }));
        self.rooms.truncate(MOST_ROOMS);
        true
    }

    /// Up to when they have caught up in a room.
    pub fn caught_up(&self, channel: &ChannelId) -> Option<Timestamp> {
        self.rooms.iter().find(|room| room.channel == *channel)?.caught_up
    }

    /// Whether a link that was kept since they caught up was shown to them then.
    pub fn was_shown(&self, channel: &ChannelId, link: &LinkId) -> bool {
        self.rooms.iter().any(|room| room.channel == *channel && room.shown.contains(link))
    }

    /// They have caught up in a room with all that was kept before `at`, and with these links that were kept since.
    pub fn catch_up(&mut self, channel: &ChannelId, at: Timestamp, shown: Vec<LinkId>) {
        self.seen_in(channel);
        if let Some(place) = self.rooms.iter().position(|room| room.channel == *channel) {
            let mut room = self.rooms.remove(place);
            room.caught_up = room.caught_up.max(Some(at));
            room.shown = shown;
            self.rooms.insert(0, room);
        }
    }

    /// They keep a link. `false` if they did before.
    pub fn save(&mut self, saved: Saved) -> bool {
        if self.saved.iter().any(|known| known.url == saved.url) {
            return false;
        }
        let place = self.saved.iter().position(|known| known.at <= saved.at).unwrap_or(self.saved.len());
        self.saved.insert(place, saved);
        self.saved.truncate(MOST_SAVED);
        let mut size = 0;
        let fits = |saved: &Saved| {
            size += saved.url.as_str().len() + saved.title.as_ref().map_or(0, String::len);
            size <= LARGEST_LIST
        };
        let fitting = self.saved.iter().map(fits).take_while(|fits| *fits).count();
        self.saved.truncate(fitting);
        true
    }

    /// They keep it no longer. Gives what was on the list.
    pub fn unsave(&mut self, url: &CanonicalUrl) -> Option<Saved> {
        let place = self.saved.iter().position(|known| known.url == *url)?;
        Some(self.saved.remove(place))
    }
}
