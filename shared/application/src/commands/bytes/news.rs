//! What is new to a reader: what was shared in their rooms since they last caught up there. `bytes catchup` shows it, and the Home tab the best of it.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use opsroom_domain::bytes::{Link, Reader, best};
use opsroom_domain::ids::{ChannelId, PersonId};

use crate::cards::News;
use crate::commands::{Catalog, Commander, Ports};
use crate::failure::Failure;
use crate::ports::{BytesStore, RoomKinds};

/// Whoever never caught up begins there.
const USUAL_ABSENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Whoever was away for longer begins anew: what is older is found by `top` and `search`.
const LONGEST_ABSENCE: SignedDuration = SignedDuration::from_hours(28 * 24);
/// So many are on the Home tab, which is opened for other reasons.
const AT_HOME: usize = 3;

/// What is new to a reader.
pub(super) struct New {
    /// The links, in no order.
    pub(super) links: Vec<Link>,
    /// Since when in the room that they last caught up in longest ago.
    pub(super) since: Timestamp,
    /// Whether there may be more.
    pub(super) cut: bool,
}

impl<W: Ports> Commander<'_, W> {
    /// What is new to a reader in some rooms. Reads each room's weeks since then, six at most, and the days of the first.
    pub(super) async fn new_to(&self, reader: &Reader, channels: &[ChannelId]) -> Result<New, Failure> {
        let ago = |span: SignedDuration| self.now.saturating_sub(span).unwrap_or(self.now);
        let from = |channel: &ChannelId| reader.caught_up(channel).unwrap_or(ago(USUAL_ABSENCE)).max(ago(LONGEST_ABSENCE));
        let looks = channels.iter().map(|channel| self.on_shelves(std::slice::from_ref(channel), from(channel), &[]));
        let found = try_join_all(looks).await?;
        let cut = found.iter().any(|shelf| shelf.cut);
        let mut links: Vec<Link> = found.into_iter().flat_map(|shelf| shelf.links).collect();
        // One's own links are no news.
        links.retain(|link| link.first().is_none_or(|first| first.by != reader.person));
        Ok(New { links, since: channels.iter().map(from).min().unwrap_or(self.now), cut })
    }

    /// What a person's Home tab says of links; `None` where no room is theirs. To look at it isn't to have caught up: only the best are there.
    /// The number of reads depends on their rooms and the weeks since, which are bounded, and never on how much was shared.
    pub(in crate::commands) async fn news_at_home(&self, catalog: &Catalog, person: &PersonId) -> Result<Option<News>, Failure> {
        let Some(reader) = self.store.reader(person).await? else { return Ok(None) };
        let channels = self.rooms_of(&reader, catalog, &*self.store.opened().await?).await?;
        if channels.is_empty() {
            return Ok(None);
        }
        let New { links, .. } = self.new_to(&reader, &channels).await?;
        let all = links.len();
        let links = best(links, &catalog.catalog.bytes.rules(), self.now, AT_HOME);
        Ok(Some(News { more: all - links.len(), links, saved: reader.saved.len() }))
    }
}
