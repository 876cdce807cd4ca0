//! What is kept of links that peers share, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use opsroom_application::ports::{
    BytesChange, BytesStore, Found, MOST_PER_WEEK, OpenedRooms, PortError, RoomChange, RoomKinds, Shelf, Shelved,
};
use opsroom_domain::bytes::{Digest, DigestFor, Link, LinkId, OpenedRoom, PostedMessage, Reader};
use opsroom_domain::ids::{ChannelId, PersonId};

use super::MemoryStore;

/// So many links are found at most.
const FOUND: usize = 40;

/// Links, their messages and their readers.
#[derive(Debug, Default)]
pub struct BytesState {
    /// Messages, by channel and `ts`.
    pub messages: BTreeMap<(ChannelId, String), PostedMessage>,
    /// Links, with what peers think of each.
    pub links: BTreeMap<(ChannelId, LinkId), (Link, i64)>,
    /// Readers.
    pub readers: BTreeMap<PersonId, Reader>,
    /// When digests are sent.
    pub digests: BTreeMap<DigestFor, Digest>,
    /// Rooms that were made in chat.
    pub opened: BTreeMap<ChannelId, OpenedRoom>,
}

impl BytesState {
    /// Whether a change was decided on something that is no longer so.
    pub(super) fn is_stale(&self, change: &BytesChange) -> bool {
        let message = change.message.as_ref();
        let is_stale = |after: &Link| {
            let known = self.links.get(&(after.channel.clone(), after.id.clone()));
            known.map_or(0, |(known, _)| known.version) != after.version
        };
        message.is_some_and(|next| {
            let known = self.messages.get(&(next.channel.clone(), next.ts.clone()));
            known.map_or(0, |known| known.version) != next.version
        }) || change.links.iter().any(|link| is_stale(&link.after))
            || change.reader.as_ref().is_some_and(|next| self.readers.get(&next.person).map_or(0, |known| known.version) != next.version)
            || change.digest.as_ref().is_some_and(|next| self.digests.get(&next.to).map_or(0, |known| known.version) != next.version)
    }

    pub(super) fn write(&mut self, change: BytesChange) {
        if let Some(mut message) = change.message {
            message.version += 1;
            self.messages.insert((message.channel.clone(), message.ts.clone()), message);
        }
        for change in change.links {
            let mut link = *change.after;
            link.version += 1;
            self.links.insert((link.channel.clone(), link.id.clone()), (link, change.weight));
        }
        if let Some(mut reader) = change.reader {
            reader.version += 1;
            self.readers.insert(reader.person.clone(), reader);
        }
        if let Some(mut digest) = change.digest {
            digest.version += 1;
            self.digests.insert(digest.to.clone(), digest);
        }
    }

    pub(super) fn open(&mut self, change: RoomChange) {
        match change {
            RoomChange::OpenBytes(room) => {
                self.opened.insert(room.channel.clone(), room);
            }
            RoomChange::CloseBytes(channel) => {
                self.opened.remove(&channel);
            }
        }
    }

    fn shown(&self, channel: &ChannelId) -> impl Iterator<Item = &Link> {
        self.links.values().map(|(link, _)| link).filter(move |link| link.channel == *channel && !link.is_hidden())
    }

    /// As if the whole shelf were one list.
    fn shelf(&self, wanted: &Shelf) -> Shelved {
        let fits = |link: &&Link| {
            let at = link.first().map(|post| post.at);
            at.is_some_and(|at| at >= wanted.from && at < wanted.to)
                && (wanted.tags.is_empty() || link.tags().iter().any(|tag| wanted.tags.iter().any(|one| one == tag)))
        };
        let mut links: Vec<Link> = self.shown(&wanted.channel).filter(fits).cloned().collect();
        let cut = links.len() > MOST_PER_WEEK;
        let weight = |link: &Link| self.links.get(&(link.channel.clone(), link.id.clone())).map(|(_, weight)| *weight);
        links.sort_by_key(|link| std::cmp::Reverse(weight(link)));
        links.truncate(MOST_PER_WEEK);
        Shelved { links, cut }
    }

    fn find(&self, channel: &ChannelId, words: &[String]) -> Vec<Link> {
        let places = |link: &Link| {
            let fits = link.words.iter().filter(|known| words.contains(&known.word));
            fits.fold((0, 0), |(count, sum), known| (count + 1, sum + u32::from(known.places)))
        };
        let mut found: Vec<((usize, u32), &Link)> =
            self.shown(channel).map(|link| (places(link), link)).filter(|((count, _), _)| *count > 0).collect();
        let most = found.iter().map(|((count, _), _)| *count).max().unwrap_or(0);
        found.retain(|((count, _), _)| *count == most);
        found.sort_by_key(|((_, sum), link)| std::cmp::Reverse((*sum, link.first().map(|post| post.at))));
        found.into_iter().take(FOUND).map(|(_, link)| link.clone()).collect()
    }
}

impl BytesStore for MemoryStore {
    async fn posted(&self, channel: &ChannelId, ts: &str) -> Result<Option<PostedMessage>, PortError> {
        let key = (channel.clone(), ts.to_owned());
        self.failures.around("posted", || self.look(|state| state.bytes.messages.get(&key).cloned()))
    }

    async fn links(&self, channel: &ChannelId, ids: &[LinkId]) -> Result<Vec<Link>, PortError> {
        let find = |id: &LinkId| self.look(|state| state.bytes.links.get(&(channel.clone(), id.clone())).map(|(link, _)| link.clone()));
        let once: BTreeSet<&LinkId> = ids.iter().collect();
        self.failures.around("links", || once.into_iter().filter_map(find).collect())
    }

    async fn shelf(&self, wanted: &Shelf) -> Result<Shelved, PortError> {
        self.failures.around("shelf", || self.look(|state| state.bytes.shelf(wanted)))
    }

    async fn find(&self, channel: &ChannelId, words: &[String]) -> Result<Found, PortError> {
        self.failures.around("find", || Found { links: self.look(|state| state.bytes.find(channel, words)), cut: false })
    }

    async fn reader(&self, person: &PersonId) -> Result<Option<Reader>, PortError> {
        self.failures.around("reader", || self.look(|state| state.bytes.readers.get(person).cloned()))
    }

    async fn digest(&self, to: &DigestFor) -> Result<Option<Digest>, PortError> {
        self.failures.around("digest", || self.look(|state| state.bytes.digests.get(to).cloned()))
    }
}

impl RoomKinds for MemoryStore {
    async fn opened(&self) -> Result<Arc<OpenedRooms>, PortError> {
        let rooms = || self.look(|state| OpenedRooms { bytes: state.bytes.opened.values().cloned().collect() });
        self.failures.around("opened", || Arc::new(rooms()))
    }
}
