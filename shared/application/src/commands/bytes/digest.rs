//! Digests: the best of a room, or of one's own rooms, at a chosen time. Each is sent once, whatever comes due how often.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::bytes::rank::best;
use opsroom_domain::bytes::{Days, Digest, DigestFor, DigestTime};
use opsroom_domain::card::Card;
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{ChannelId, EventKey, MessageKey, PersonId};
use opsroom_domain::rights::{Asker, Wish};
use opsroom_domain::room_message::Destination;
use opsroom_grammar::{DigestAt, DigestChange, DigestDays};

use super::news::Fresh;
use super::{Commander, Context, Ports};
use crate::cards::{self, List};
use crate::commands::answer::destination;
use crate::commands::{Catalog, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{BytesChange, BytesStore, CatalogStore, Change, Commit, Directory, MessageChange, RoomKinds, Store};
use crate::posted::keeps_links;
use crate::progress::ATTEMPTS;
use crate::request::Request;

/// So many links are in a digest: it is to be read, and not to be worked off.
const LINKS: usize = 7;
/// After an outage or a holiday a digest looks no further back.
const LONGEST: SignedDuration = SignedDuration::from_hours(28 * 24);

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn room_digest(&self, context: Context<'_>, catalog: &Catalog, change: &DigestChange) -> Result<Worked, Failure> {
        let channel = &context.asker.channel;
        if !keeps_links(&catalog.catalog, &*self.store.opened().await?, channel) {
            let word =
                "The links of this room aren't kept, so there is nothing to send; `bytes on` keeps them, `bytes digest me …` is your own.";
            return self.answer_privately(context, cards::bytes_word(word)).await;
        }
        self.plan_digest(context, catalog, DigestFor::Room { channel: channel.clone() }, change).await
    }

    pub(super) async fn own_digest(&self, context: Context<'_>, catalog: &Catalog, change: &DigestChange) -> Result<Worked, Failure> {
        self.plan_digest(context, catalog, DigestFor::Reader { person: context.asker.person.clone() }, change).await
    }

    async fn plan_digest(&self, context: Context<'_>, catalog: &Catalog, to: DigestFor, change: &DigestChange) -> Result<Worked, Failure> {
        let to_room = matches!(to, DigestFor::Room { .. });
        for _ in 0..ATTEMPTS {
            let known = self.store.digest(&to).await?;
            let time = match change {
                DigestChange::Show => {
                    let next = known.as_ref().and_then(|digest| digest.time.as_ref()).and_then(|time| time.next_after(self.now).ok());
                    return self.answer_privately(context, cards::digest_time(known.as_ref(), next, to_room)).await;
                }
                DigestChange::Off => None,
                DigestChange::At(at) => Some(wanted(at, catalog)),
            };
            let next = match time.as_ref().map(|time| time.next_after(self.now)).transpose() {
                Ok(next) => next,
                Err(unknown) => return self.answer_privately(context, cards::bytes_word(&format!("{unknown}."))).await,
            };
            let digest = Digest {
                to: to.clone(),
                time,
                by: context.asker.person.clone(),
                set_at: self.now,
                sent_at: known.as_ref().and_then(|digest| digest.sent_at),
                shown: known.as_ref().map(|digest| digest.shown.clone()).unwrap_or_default(),
                version: known.as_ref().map_or(0, |digest| digest.version),
            };
            let role = if to_room { "subscribe" } else { "their own" };
            let record = AuditRecord {
                outcome: Outcome::Allowed { role: role.to_owned(), started: format!("digest for {to}") },
                ..self.bytes_record(context)
            };
            let message = MessageChange {
                key: MessageKey::answer(&context.request.event),
                destination: destination(context, !to_room),
                card: context.explained(cards::digest_time(Some(&digest), next, to_room)),
            };
            let due = next.map(|at| DueItem { at, task: DueTask::SendDigest { to: to.clone(), set_at: digest.set_at } });
            let change = Change {
                claim: Some(context.request.event.clone()),
                bytes: Some(Box::new(BytesChange { digest: Some(digest), ..BytesChange::default() })),
                messages: vec![message],
                due: due.into_iter().collect(),
                audit: vec![record],
                ..Change::default()
            };
            let keys = lanes(&change);
            let worked = match self.store.commit(change).await? {
                Commit::Done => Worked::Done,
                Commit::AlreadyDone => Worked::Before,
                _ => continue,
            };
            self.nudge(&context.request.correlation, &keys).await;
            return Ok(worked);
        }
        Err(Failure::Contended(format!("digest for {to}")))
    }

    /// A digest came due. `at` is when: what it brings is counted from then, and so is the next one.
    pub(in crate::commands) async fn send_digest(
        &self,
        request: &Request,
        to: &DigestFor,
        set_at: Timestamp,
        at: Timestamp,
    ) -> Result<Worked, Failure> {
        let live = |digest: &Digest| digest.set_at == set_at;
        let Some(time) = self.store.digest(to).await?.filter(live).and_then(|digest| digest.time) else { return Ok(Worked::Before) };
        // The next one is planned before this one, so that whatever goes wrong here is not the end of all. A missed one isn't made up for: what it
        // would have brought is in the next.
        let next = time.next_after(self.now.max(at)).ok();
        let due = next.map(|at| DueItem { at, task: DueTask::SendDigest { to: to.clone(), set_at } });
        self.store.commit(Change { claim: Some(request.event.clone()), due: due.into_iter().collect(), ..Change::default() }).await?;
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        for _ in 0..ATTEMPTS {
            let Some(digest) = self.store.digest(to).await?.filter(live) else { return Ok(Worked::Before) };
            // A later one was sent meanwhile, and this one's links were in it.
            if digest.sent_at.is_some_and(|sent| sent >= at) {
                return Ok(Worked::Before);
            }
            let usual = SignedDuration::from_hours(24 * time.days.covers());
            let earliest = at.saturating_sub(LONGEST).unwrap_or(at);
            let from = digest.sent_at.unwrap_or_else(|| at.saturating_sub(usual).unwrap_or(at)).max(earliest);
            let (channel, rooms) = match to {
                DigestFor::Room { channel } => (channel.clone(), self.room_of_digest(&catalog, channel).await?),
                // Slack posts into the conversation with a member by the member's id ("chat.postMessage").
                DigestFor::Reader { person } => (ChannelId::new(person.as_str()), self.rooms_of_digest(&catalog, person).await?),
            };
            let mut fresh = self.fresh(&rooms, from, |link| digest.shown.contains(&link.id)).await?;
            if let DigestFor::Reader { person } = to {
                fresh.links.retain(|link| link.first().is_none_or(|first| first.by != *person));
            }
            let (until, known) = (fresh.until, std::mem::take(&mut fresh.known));
            let title = match to {
                DigestFor::Room { .. } => ("The best of this room", true),
                DigestFor::Reader { .. } => ("The best of your rooms", false),
            };
            let message = self.digest_card(&catalog, fresh, title).map(|card| MessageChange {
                key: MessageKey::digest(to, at),
                destination: Destination::Channel { channel, thread: None },
                card,
            });
            // What is posted from now on is the next one's.
            let sent = Digest { sent_at: Some(until), shown: known, ..digest };
            let change = Change {
                // Not the request's own, which is taken by the plan.
                claim: Some(EventKey::new(format!("{}/sent", request.event))),
                bytes: Some(Box::new(BytesChange { digest: Some(sent), ..BytesChange::default() })),
                messages: message.into_iter().collect(),
                ..Change::default()
            };
            let keys = lanes(&change);
            let worked = match self.store.commit(change).await? {
                Commit::Done => Worked::Done,
                Commit::AlreadyDone => Worked::Before,
                _ => continue,
            };
            self.nudge(&request.correlation, &keys).await;
            return Ok(worked);
        }
        Err(Failure::Contended(format!("digest for {to}")))
    }

    /// The room of a room's digest; none if it is none any more.
    async fn room_of_digest(&self, catalog: &Catalog, channel: &ChannelId) -> Result<Vec<ChannelId>, Failure> {
        let keeps = keeps_links(&catalog.catalog, &*self.store.opened().await?, channel);
        Ok(if keeps { vec![channel.clone()] } else { Vec::new() })
    }

    /// The rooms of a reader's digest.
    async fn rooms_of_digest(&self, catalog: &Catalog, person: &PersonId) -> Result<Vec<ChannelId>, Failure> {
        let Some(reader) = self.store.reader(person).await? else { return Ok(Vec::new()) };
        // Whoever has lost their role since asks nothing any more, and so is told nothing.
        let asker =
            Asker { person: person.clone(), team: catalog.catalog.workspace.team.clone(), channel: ChannelId::new(person.as_str()) };
        if catalog.catalog.decide(&asker, self.slack.standing(person).await?, Wish::Read).is_err() {
            return Ok(Vec::new());
        }
        self.rooms_of(&reader, catalog, &*self.store.opened().await?).await
    }

    /// What a digest shows; `None` where nothing was shared: a digest of nothing is noise.
    fn digest_card(&self, catalog: &Catalog, found: Fresh, (title, in_room): (&str, bool)) -> Option<Card> {
        let Fresh { links: found, cut, .. } = found;
        let all = found.iter().filter(|link| !link.is_hidden()).count();
        let links = best(found, &catalog.catalog.bytes.rules(), self.now, LINKS);
        if links.is_empty() {
            return None;
        }
        let about = match all {
            all if cut => format!("{} of more than {all} links since the last digest", links.len()),
            1 => "The one link since the last digest".to_owned(),
            all if all == links.len() => format!("All {all} links since the last digest"),
            all => format!("{} of {all} links since the last digest", links.len()),
        };
        let list = List { title, about: &about, links: &links, in_room, none: "", end: "" };
        Some(cards::links(&catalog.catalog, &list, self.now))
    }
}

fn wanted(at: &DigestAt, catalog: &Catalog) -> DigestTime {
    let days = match at.days {
        DigestDays::Daily => Days::Daily,
        DigestDays::Weekdays => Days::Weekdays,
        DigestDays::Weekly(day) => Days::from(day),
    };
    DigestTime { days, time: at.time, zone: at.zone.clone().unwrap_or_else(|| catalog.catalog.bytes.zone.clone()) }
}
