//! One's own list, and links that should be shown no more.

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::bytes::{CanonicalUrl, Link, LinkId, NotKept, Reader, Saved};
use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_domain::rights::Wish;

use super::keep::reindexed;
use super::{Commander, Context, Ports};
use crate::cards;
use crate::commands::answer::destination;
use crate::commands::{Catalog, Worked};
use crate::failure::Failure;
use crate::ports::{BytesChange, BytesStore, Change, Commit, Directory, MessageChange, RoomKinds, Store};
use crate::posted::keeps_links;
use crate::progress::ATTEMPTS;

/// So many of one's own list are shown.
const SHOWN: usize = 20;

impl<W: Ports> Commander<'_, W> {
    /// Puts a link on one's own list; one that was shared in a room of theirs counts there as kept.
    pub(super) async fn save(&self, context: Context<'_>, catalog: &Catalog, url: &str) -> Result<Worked, Failure> {
        let url = match CanonicalUrl::parse(url) {
            Ok(url) => url,
            Err(why) => return self.answer_privately(context, not_kept(why)).await,
        };
        let channels = self.rooms(context, catalog).await?.map(|rooms| rooms.channels).unwrap_or_default();
        let person = &context.asker.person;
        self.write_own(context, async || {
            let mut reader = self.store.reader(person).await?.unwrap_or_else(|| Reader::new(person.clone()));
            let found = self.in_rooms(&channels, &url).await?;
            let saved = Saved {
                url: url.clone(),
                title: found.as_ref().and_then(|link| link.title.clone()),
                link: found.as_ref().map(|link| (link.channel.clone(), link.id.clone())),
                at: self.now,
            };
            if !reader.save(saved) {
                return Ok((BytesChange::default(), cards::bytes_word("That is on your list already: `bytes mine`.")));
            }
            let mut change = BytesChange { reader: Some(reader), ..BytesChange::default() };
            if let Some(before) = found {
                let mut after = before.clone();
                if after.saved(person) {
                    change.links.push(reindexed(catalog, &before, after));
                }
            }
            Ok((change, cards::bytes_word("It is on your list now: `bytes mine`.")))
        })
        .await
    }

    /// Takes a link off one's own list.
    pub(super) async fn unsave(&self, context: Context<'_>, catalog: &Catalog, url: &str) -> Result<Worked, Failure> {
        let url = match CanonicalUrl::parse(url) {
            Ok(url) => url,
            Err(why) => return self.answer_privately(context, not_kept(why)).await,
        };
        let person = &context.asker.person;
        self.write_own(context, async || {
            let mut reader = self.store.reader(person).await?.unwrap_or_else(|| Reader::new(person.clone()));
            let Some(saved) = reader.unsave(&url) else {
                return Ok((BytesChange::default(), cards::bytes_word("That isn't on your list; `bytes mine` shows what is.")));
            };
            let mut change = BytesChange { reader: Some(reader), ..BytesChange::default() };
            if let Some((channel, id)) = saved.link
                && let Some(before) = self.store.links(&channel, &[id]).await?.pop()
            {
                let mut after = before.clone();
                if after.unsaved(person) {
                    change.links.push(reindexed(catalog, &before, after));
                }
            }
            Ok((change, cards::bytes_word("It is off your list.")))
        })
        .await
    }

    /// Shows one's own list.
    pub(super) async fn mine(&self, context: Context<'_>) -> Result<Worked, Failure> {
        let reader = self.store.reader(&context.asker.person).await?;
        let saved = reader.map(|reader| reader.saved).unwrap_or_default();
        self.answer_privately(context, cards::saved(&saved, SHOWN, self.now)).await
    }

    /// Shows a link no more, or again. Whoever alone posted it may do that, and whoever may say what a
    /// channel shows. What one hid oneself one may show again.
    pub(super) async fn hide(&self, context: Context<'_>, catalog: &Catalog, url: &str, hide: bool) -> Result<Worked, Failure> {
        let url = match CanonicalUrl::parse(url) {
            Ok(url) => url,
            Err(why) => return self.answer_privately(context, not_kept(why)).await,
        };
        let channel = &context.asker.channel;
        if !keeps_links(&catalog.catalog, &*self.store.opened().await?, channel) {
            return self.answer_privately(context, cards::bytes_word("A link is hidden in the room where it was shared: ask there.")).await;
        }
        let person = &context.asker.person;
        for _ in 0..ATTEMPTS {
            let Some(before) = self.in_rooms(std::slice::from_ref(channel), &url).await? else {
                let word = "That link was never shared here; `bytes search` finds the ones that were.";
                return self.answer_privately(context, cards::bytes_word(word)).await;
            };
            // What peers posted, too, is theirs as well, and who hid it had a reason.
            let is_theirs = match &before.hidden_by {
                Some(by) if !hide => by == person,
                _ => before.posts.iter().all(|post| post.by == *person),
            };
            let standing = self.slack.standing(person).await?;
            let role = match catalog.catalog.decide(context.asker, standing, Wish::Subscribe) {
                Ok(allowed) => allowed.role.to_string(),
                Err(_) if is_theirs => "who posted it".to_owned(),
                Err(denied) => return self.refuse(context, &denied).await,
            };
            let mut after = before.clone();
            after.hidden_by = if hide { after.hidden_by.or_else(|| Some(person.clone())) } else { None };
            let word = match (hide, before.hidden_by.is_some(), after.is_hidden()) {
                (true, true, _) => "It is hidden already.",
                (true, false, _) => "It is shown no more; `bytes unhide` with the same address shows it again.",
                (false, _, true) => "Peers hide it by their reactions; it is shown again once enough of them take those back.",
                (false, _, false) => "It is shown again.",
            };
            let record = AuditRecord { outcome: Outcome::Allowed { role, started: before.id.to_string() }, ..self.bytes_record(context) };
            let change = Change {
                claim: Some(context.request.event.clone()),
                bytes: Some(Box::new(BytesChange { links: vec![reindexed(catalog, &before, after)], ..BytesChange::default() })),
                messages: vec![MessageChange {
                    key: MessageKey::answer(&context.request.event),
                    destination: destination(context, true),
                    card: context.explained(cards::bytes_word(word)),
                }],
                audit: vec![record],
                ..Change::default()
            };
            let keys = crate::outgoing::lanes(&change);
            let worked = match self.store.commit(change).await? {
                Commit::Done => Worked::Done,
                Commit::AlreadyDone => Worked::Before,
                _ => continue,
            };
            self.nudge(&context.request.correlation, &keys).await;
            return Ok(worked);
        }
        Err(Failure::Contended(format!("link {url} in {channel}")))
    }

    /// The link of an address in the first of some rooms that has it.
    async fn in_rooms(&self, channels: &[ChannelId], url: &CanonicalUrl) -> Result<Option<Link>, Failure> {
        for channel in channels {
            let found = self.store.links(channel, &[LinkId::of(channel, url)]).await?.pop();
            if let Some(link) = found.filter(|link| !link.is_gone()) {
                return Ok(Some(link));
            }
        }
        Ok(None)
    }
}

fn not_kept(why: NotKept) -> opsroom_domain::card::Card {
    cards::bytes_word(&format!("That can't be kept: {why}."))
}
