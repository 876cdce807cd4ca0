//! The DJ room: what people post and ask there, and how the player is made to follow.
//!
//! Whatever happens is a decision on the station, written with what the room is shown of it and with what is to be asked of the player next. What is
//! asked is an errand of its own ([`errand`]): it may take a while, be lost, or never be answered, and none of that holds the room up.

mod errand;
mod line;
mod posted;
mod press;

pub(super) use line::asks;
pub(super) use press::in_words;

use opsroom_domain::catalog::{DjRules, PlayerRule};
use opsroom_domain::dj::{Effect, Errand, ErrandId, For, PlayerAsk, Station, StationRules, Wish};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{ChannelId, EventKey, MessageKey};
use opsroom_domain::rights::{Asker, Wish as Right};
use opsroom_domain::room_message::Destination;

use super::{Catalog, Commander, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, Directory, DjChange, DjStore, Later, MessageChange, MusicService, Store};
use crate::progress::ATTEMPTS;
use crate::request::{Ask, Request};
use crate::schedule;

/// An errand is seen to again after that, should its event be lost.
const LOOK_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// The clock sees to what is due every minute: what isn't due sooner is left to it.
const CLOCK: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// What a decision on the station leads to besides.
#[derive(Default)]
pub(super) struct Outcome {
    effects: Vec<Effect>,
    /// Messages to those who asked.
    messages: Vec<MessageChange>,
    /// Errands that are new or have moved.
    errands: Vec<Errand>,
    /// For the audit log.
    audit: Vec<opsroom_domain::audit::AuditRecord>,
}

impl<W: Ports> Commander<'_, W> {
    /// Decides on the station of a room and writes what follows: its next state, what the room is shown, what is asked of the player.
    ///
    /// `decide` is asked again if somebody was faster. `None` from it leaves everything as it is.
    async fn on_station<F>(
        &self,
        request: &Request,
        catalog: &Catalog,
        rules: &DjRules,
        claim: Option<EventKey>,
        mut decide: F,
    ) -> Result<Worked, Failure>
    where
        F: FnMut(&mut Station, &StationRules) -> Option<Outcome> + Send,
    {
        for _ in 0..ATTEMPTS {
            if let Some(worked) = self.try_on_station(request, catalog, rules, claim.clone(), &mut decide).await? {
                return Ok(worked);
            }
        }
        Err(Failure::Contended(format!("the station of {}", rules.room)))
    }

    /// The same once: `None` if somebody was faster.
    async fn try_on_station<F>(
        &self,
        request: &Request,
        catalog: &Catalog,
        rules: &DjRules,
        claim: Option<EventKey>,
        decide: &mut F,
    ) -> Result<Option<Worked>, Failure>
    where
        F: FnMut(&mut Station, &StationRules) -> Option<Outcome> + Send,
    {
        let of_room = rules.station();
        let known = self.store.station(&rules.room).await?;
        let before = known.unwrap_or_else(|| Station::new(rules.room.clone()));
        let mut station = before.clone();
        let Some(outcome) = decide(&mut station, &of_room) else { return Ok(Some(Worked::Before)) };
        let change = self.follows(catalog, rules, &before, station, claim, outcome);
        let keys = lanes(&change);
        let due = change.due.clone();
        let errands: Vec<ErrandId> =
            change.dj.iter().flat_map(|dj| &dj.errands).filter(|errand| !errand.done).map(|errand| errand.id.clone()).collect();
        match self.store.commit(change).await? {
            Commit::Done => {}
            Commit::AlreadyDone => return Ok(Some(Worked::Before)),
            _ => return Ok(None),
        }
        self.nudge(&request.correlation, &keys).await;
        for errand in errands {
            self.run_in(request, errand, jiff::SignedDuration::ZERO).await;
        }
        self.look_on_time(&due).await;
        Ok(Some(Worked::Done))
    }

    /// Everything that follows from a decision.
    fn follows(
        &self,
        catalog: &Catalog,
        of_catalog: &DjRules,
        before: &Station,
        mut station: Station,
        claim: Option<EventKey>,
        outcome: Outcome,
    ) -> Change {
        let Outcome { effects, mut messages, mut errands, audit } = outcome;
        let rules = &of_catalog.station();
        station.settle(rules, self.now);
        let mut counted = Vec::new();
        let version = station.version + 1;
        for (number, effect) in effects.into_iter().enumerate() {
            match effect {
                Effect::Count(song) => counted.push(song),
                Effect::Search(wish) => errands.push(self.search_for(of_catalog, wish, &format!("back/{version}/{number}"))),
                Effect::Say(note) => messages.push(MessageChange {
                    key: MessageKey::dj_word(&station.channel, version, number),
                    destination: Destination::Channel { channel: station.channel.clone(), thread: None },
                    card: cards::dj_word(&catalog.catalog, &note, &station, rules, self.now),
                }),
            }
        }
        if let Some(ask) = station.next_ask(rules, self.now) {
            let id = ErrandId::derived_from(&EventKey::new(format!("steer/{}/{version}", station.channel)));
            station.steered(id.clone(), ask.clone(), self.now);
            errands.push(Errand {
                id,
                channel: station.channel.clone(),
                ask,
                why: For::Station,
                at: self.now,
                command: None,
                sent_at: None,
                done: false,
                version: 0,
            });
        }
        let mut due: Vec<DueItem> =
            errands.iter().filter(|errand| !errand.done).flat_map(|errand| errand::look_later(errand, self.now)).collect();
        let next = station.next_look(rules, self.now).map(|at| look(&station.channel, at, self.now));
        due.extend(next.filter(|item| station.plan_look(item.at, self.now)));
        // The message of a session that is over says so, and the next one is a new message.
        let mut sessions: Vec<_> = [&before.session, &station.session].into_iter().flatten().cloned().collect();
        sessions.dedup();
        for session in sessions {
            let is_current = station.session.as_ref() == Some(&session);
            messages.push(MessageChange {
                key: MessageKey::now_playing(&station.channel, &session),
                destination: Destination::Channel { channel: station.channel.clone(), thread: None },
                card: if is_current {
                    cards::now_playing(&catalog.catalog, &station, rules, self.now)
                } else {
                    cards::session_over(&catalog.catalog, &station)
                },
            });
        }
        let dj = DjChange { station: Some(station), errands, counted };
        Change { claim, dj: Some(Box::new(dj)), messages, due, audit, ..Change::default() }
    }

    /// Sees to an errand in a moment, or at once. A hint: the clock has it, too.
    async fn run_in(&self, request: &Request, errand: ErrandId, delay: jiff::SignedDuration) {
        let event = EventKey::new(format!("errand/{errand}/{}", self.now.as_millisecond()));
        let ask = Request { event, correlation: request.correlation.clone(), ask: Ask::RunErrand { errand } };
        if let Err(error) = self.later.send_in(&ask, delay).await {
            tracing::warn!(%error, "the errand is left to the clock");
        }
    }

    /// Looks at the player when a song ends, and not at the full minute after it. A hint: the clock has it, too, and what is due at a full
    /// minute is its alone.
    async fn look_on_time(&self, due: &[DueItem]) {
        for item in due.iter().filter(|item| matches!(item.task, DueTask::LookAtStation { .. })) {
            let delay = item.at.duration_since(self.now);
            if delay < CLOCK
                && item.at.as_second().rem_euclid(60) != 0
                && let Err(error) = self.later.send_in(&schedule::request(item), delay).await
            {
                tracing::warn!(%error, "the end of a song is left to the clock");
            }
        }
    }

    /// Looks for what somebody wants.
    fn search_for(&self, rules: &DjRules, wish: Wish, occasion: &str) -> Errand {
        let channel = &rules.room;
        // Of its own links the player knows more than what a site calls them.
        let page = wish.song.link.as_deref().and_then(|link| self.track_page(rules, link));
        Errand {
            id: ErrandId::derived_from(&EventKey::new(format!("search/{channel}/{}/{occasion}", wish.entry.as_str()))),
            channel: channel.clone(),
            ask: PlayerAsk::Search { words: page.unwrap_or_else(|| wish.song.words.clone()) },
            why: For::Wish(wish),
            at: self.now,
            command: None,
            sent_at: None,
            done: false,
            version: 0,
        }
    }

    /// The page of the track that a link is of, if the player of the room can look it up.
    fn track_page(&self, rules: &DjRules, link: &str) -> Option<String> {
        matches!(rules.player, PlayerRule::Spotify { .. }).then(|| self.music.page(link)).flatten()
    }

    /// Whether somebody runs the DJ room.
    async fn is_dj(&self, catalog: &Catalog, asker: &Asker) -> Result<bool, Failure> {
        let standing = self.slack.standing(&asker.person).await?;
        Ok(catalog.catalog.decide(asker, standing, Right::Dj).is_ok())
    }
}

/// A look at the player. One that is far is at the full minute before, so that many reasons for one are one; from there the moment is near, and
/// is planned to the second.
fn look(channel: &ChannelId, at: jiff::Timestamp, now: jiff::Timestamp) -> DueItem {
    let minute = at.as_second().div_euclid(60).saturating_mul(60);
    let is_far = at.duration_since(now) >= CLOCK;
    let at = jiff::Timestamp::from_second(minute).ok().filter(|_| is_far).unwrap_or(at);
    DueItem { at, task: DueTask::LookAtStation { channel: channel.clone() } }
}

/// The word to somebody about their wish: under the message that asked for it, else for their eyes only.
fn about_wish(channel: &ChannelId, wish: &Wish, card: opsroom_domain::card::Card) -> MessageChange {
    let destination = match &wish.ts {
        Some(ts) => Destination::Channel { channel: channel.clone(), thread: Some(ts.clone()) },
        None => Destination::Private { channel: channel.clone(), person: wish.by.clone(), thread: None },
    };
    MessageChange { key: MessageKey::song(channel, &wish.entry), destination, card }
}
