//! What is new to a reader: what was shared in their rooms since they last caught up there. `bytes catchup` shows it, and the Home tab the best of it.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use opsroom_domain::bytes::{Link, LinkId, Reader, best};
use opsroom_domain::ids::{ChannelId, PersonId};

use crate::cards::News;
use crate::commands::{Catalog, Commander, Ports};
use crate::failure::Failure;
use crate::ports::{BytesStore, RoomKinds, Shelved};

/// Whoever never caught up begins there.
const USUAL_ABSENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Whoever was away for longer begins anew: what is older is found by `top` and `search`.
const LONGEST_ABSENCE: SignedDuration = SignedDuration::from_hours(28 * 24);
/// So many are on the Home tab, which is opened for other reasons.
const AT_HOME: usize = 3;

/// What is worked off when somebody looks is seen a little later. So what was kept within this time before a look is looked at again, and what was
/// shown of it is remembered by name.
const UNSETTLED: SignedDuration = SignedDuration::from_secs(120);
/// What is worked off later than that after it was posted is found by `top` and `search` alone.
const LATEST: SignedDuration = SignedDuration::from_hours(2);

/// Links that were kept since a moment.
pub(super) struct Fresh {
    /// The links, in no order.
    pub(super) links: Vec<Link>,
    /// Whether there may be more.
    pub(super) cut: bool,
    /// What is remembered as the moment of this look.
    pub(super) until: Timestamp,
    /// Which of all the links in these rooms were kept since that moment, and so are known by now.
    pub(super) known: Vec<LinkId>,
}

/// What is new to a reader.
pub(super) struct New {
    /// The links, in no order.
    pub(super) links: Vec<Link>,
    /// Since when in the room that they last caught up in longest ago.
    pub(super) since: Timestamp,
    /// Whether there may be more.
    pub(super) cut: bool,
    /// How far they will have come in each room.
    pub(super) next: Vec<(ChannelId, Timestamp, Vec<LinkId>)>,
}

impl<W: Ports> Commander<'_, W> {
    /// What was kept in some rooms since a moment, besides what was shown already. When it was posted doesn't matter: it may have lain in a queue.
    pub(super) async fn fresh(
        &self,
        channels: &[ChannelId],
        since: Timestamp,
        was_shown: impl Fn(&Link) -> bool,
    ) -> Result<Fresh, Failure> {
        let Shelved { mut links, cut } = self.on_shelves(channels, since.saturating_sub(LATEST).unwrap_or(since), &[]).await?;
        // Not before the last look's, should clocks differ.
        let until = self.now.saturating_sub(UNSETTLED).unwrap_or(self.now).max(since);
        let is_since = |link: &Link, moment: Timestamp| link.kept_at().is_some_and(|kept| kept >= moment);
        let known = links.iter().filter(|link| is_since(link, until)).map(|link| link.id.clone()).collect();
        links.retain(|link| is_since(link, since) && !was_shown(link));
        Ok(Fresh { links, cut, until, known })
    }

    /// What is new to a reader in some rooms. Reads each room's weeks since then, six at most, and the days of the first.
    pub(super) async fn new_to(&self, reader: &Reader, channels: &[ChannelId]) -> Result<New, Failure> {
        let ago = |span: SignedDuration| self.now.saturating_sub(span).unwrap_or(self.now);
        let from = |channel: &ChannelId| reader.caught_up(channel).unwrap_or(ago(USUAL_ABSENCE)).max(ago(LONGEST_ABSENCE));
        let was_shown = |link: &Link| reader.was_shown(&link.channel, &link.id);
        let looks = channels.iter().map(|channel| self.fresh(std::slice::from_ref(channel), from(channel), was_shown));
        let mut new = New { links: Vec::new(), since: channels.iter().map(from).min().unwrap_or(self.now), cut: false, next: Vec::new() };
        for (channel, fresh) in channels.iter().zip(try_join_all(looks).await?) {
            new.links.extend(fresh.links);
            new.cut |= fresh.cut;
            new.next.push((channel.clone(), fresh.until, fresh.known));
        }
        // One's own links are no news.
        new.links.retain(|link| link.first().is_none_or(|first| first.by != reader.person));
        Ok(new)
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
