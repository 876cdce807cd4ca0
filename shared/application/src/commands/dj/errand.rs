//! What is asked of the player, and what it answers. Nothing is sent twice: an errand is written before it is sent, and whoever finds one that may have
//! been sent looks for its command first.

use opsroom_domain::api_call::ApiCall;
use opsroom_domain::catalog::{DjRules, PlayerRule};
use opsroom_domain::dj::matching::{Match, meant};
use opsroom_domain::dj::{Errand, ErrandId, For, PlayerAnswer, PlayerAsk, Station, StationRules, Wish};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{ChannelId, CommandId, HostId};

use super::{LOOK_AFTER, Outcome, about_wish};
use crate::cards;
use crate::commands::{Catalog, Commander, Ports, Worked};
use crate::failure::Failure;
use crate::player::{answer, order, read};
use crate::ports::{CatalogStore, Change, Commit, DjChange, DjStore, Hosts, MusicService, OwnDocument, PortErrorKind, Store};
use crate::progress::ATTEMPTS;
use crate::request::Request;

/// So long an errand that isn't over is looked at again and again, at that distance.
const YOUNG: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);
const AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

impl<W: Ports> Commander<'_, W> {
    /// Sees to an errand: sends it, or looks what came of it. Doing it again does no harm.
    pub(in crate::commands) async fn errand(&self, request: &Request, id: &ErrandId) -> Result<Worked, Failure> {
        let Some(errand) = self.store.errand(id).await?.filter(|errand| !errand.done) else { return Ok(Worked::Before) };
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let Some(rules) = catalog.catalog.dj.as_ref().filter(|dj| dj.room == errand.channel) else { return Ok(Worked::Before) };
        let heard = match &rules.player {
            PlayerRule::Spotify { device, market } => {
                self.music.ask(device.as_deref(), market.as_deref(), &errand.ask).await.map(Some).map_err(Failure::from)
            }
            PlayerRule::Mpd { hosts } => {
                if let Some(command) = &errand.command {
                    self.heard(command).await
                } else {
                    let order = order(&errand, self.hosts.document(OwnDocument::Dj), hosts);
                    let command = match self.hosts.find(&order).await {
                        Ok(None) => self.hosts.send(&order).await,
                        Ok(Some(command)) => Ok(command),
                        Err(error) => Err(error),
                    };
                    match command {
                        Ok(command) => return self.was_sent_to_player(request, &errand, command).await,
                        Err(error) if error.kind == PortErrorKind::Permanent => Ok(Some(unreachable(&error.into()))),
                        Err(error) => Err(error.into()),
                    }
                }
            }
        };
        let answer = match heard {
            Ok(answer) => answer,
            Err(failure) if errand.is_overdue(self.now) => {
                tracing::warn!(%failure, errand = %errand.id, "the player can't be asked, and is taken to be off");
                Some(unreachable(&failure))
            }
            Err(failure) => {
                // Whoever brings this gives up after a few times, or at once. The station waits for its errand, so it has to be looked at for as
                // long as there is no answer.
                self.store.commit(Change { due: look_later(&errand, self.now), ..Change::default() }).await?;
                return Err(failure);
            }
        };
        let answer = match answer {
            Some(answer) => answer,
            None if errand.is_overdue(self.now) => match &errand.why {
                For::Wish(wish) => return self.took_too_long(request, &catalog, rules, &errand, wish).await,
                For::Station => PlayerAnswer::Off { why: "it doesn't answer".to_owned() },
            },
            None => return self.look_at_errand_again(request, &errand).await,
        };
        self.take_in_answer(request, &catalog, rules, &errand, &answer).await
    }

    /// The call by which the player is asked, for people to read.
    pub(in crate::commands) fn call_to_player(&self, rules: &DjRules, ask: PlayerAsk) -> ApiCall {
        match &rules.player {
            PlayerRule::Spotify { .. } => self.music.call(&ask),
            PlayerRule::Mpd { hosts } => {
                let errand = Errand {
                    id: ErrandId::from("dj-…"),
                    channel: rules.room.clone(),
                    ask,
                    why: For::Station,
                    at: self.now,
                    command: None,
                    sent_at: None,
                    done: false,
                    version: 0,
                };
                self.hosts.send_call(&order(&errand, self.hosts.document(OwnDocument::Dj), hosts))
            }
        }
    }

    /// Systems Manager tells that a command of the player's document moved.
    pub(in crate::commands) async fn player_moved(&self, request: &Request, command: &CommandId) -> Result<Worked, Failure> {
        match self.store.errand_of(command).await? {
            Some(id) => self.errand(request, &id).await,
            // Whoever has sent it hasn't written that down yet. They will, and the clock looks.
            None => Ok(Worked::Before),
        }
    }

    async fn was_sent_to_player(&self, request: &Request, errand: &Errand, command: CommandId) -> Result<Worked, Failure> {
        let sent = Errand { command: Some(command.clone()), sent_at: Some(self.now), ..errand.clone() };
        // If it was the clock's look that sent it, no other is planned.
        let is_late = self.now.duration_since(errand.at) >= YOUNG;
        let due = if is_late { look_later(&sent, self.now) } else { Vec::new() };
        let change = Change { dj: Some(Box::new(DjChange { errands: vec![sent], ..DjChange::default() })), due, ..Change::default() };
        if self.store.commit(change).await? != Commit::Done {
            // Somebody else has written more.
            return Ok(Worked::Before);
        }
        // Its event may have been here already, before anybody could know whose it is.
        match self.heard(&command).await? {
            Some(_) => {
                self.run_in(request, errand.id.clone(), jiff::SignedDuration::ZERO).await;
                Ok(Worked::Done)
            }
            None => Ok(Worked::Done),
        }
    }

    /// What came of a command; `None` while it isn't over.
    async fn heard(&self, command: &CommandId) -> Result<Option<PlayerAnswer>, Failure> {
        let sight = match self.hosts.sight(command).await {
            Ok(sight) => sight,
            Err(error) if error.kind == PortErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if let Some(answer) = answer(&sight) {
            return Ok(Some(answer));
        }
        if !sight.over {
            return Ok(None);
        }
        let hosts: Vec<HostId> = sight.hosts.iter().map(|host| host.id.clone()).collect();
        let printed = self.hosts.printed(command, &hosts).await?;
        Ok(Some(
            printed.first().map_or_else(|| PlayerAnswer::Off { why: "its host said nothing".to_owned() }, |(_, printed)| read(printed)),
        ))
    }

    /// What isn't over is looked at again: while it is young in a moment, because its last event may have been ahead of what Systems Manager's lists
    /// say, and by the clock in any case.
    async fn look_at_errand_again(&self, request: &Request, errand: &Errand) -> Result<Worked, Failure> {
        if self.now.duration_since(errand.at) < YOUNG {
            self.run_in(request, errand.id.clone(), AGAIN).await;
        }
        self.store.commit(Change { due: look_later(errand, self.now), ..Change::default() }).await?;
        Ok(Worked::Done)
    }

    /// A search took too long.
    async fn took_too_long(
        &self,
        request: &Request,
        catalog: &Catalog,
        rules: &DjRules,
        errand: &Errand,
        wish: &Wish,
    ) -> Result<Worked, Failure> {
        self.on_station(request, catalog, rules, None, |station, _| {
            let card = match station.too_slow(wish) {
                Ok(true) => cards::song_takes_long(&wish.song.words),
                Ok(false) => cards::song_not_found_in_time(&wish.song.words),
                Err(refusal) => cards::song_refused(&wish.song.words, &refusal),
            };
            let messages = vec![about_wish(&station.channel, wish, card)];
            Some(Outcome { messages, errands: vec![Errand { done: true, ..errand.clone() }], ..Outcome::default() })
        })
        .await
    }

    /// It is time to see what the player is at.
    pub(in crate::commands) async fn look_at_station(
        &self,
        request: &Request,
        channel: &ChannelId,
        at: jiff::Timestamp,
    ) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let Some(rules) = catalog.catalog.dj.as_ref().filter(|dj| dj.room == *channel) else { return Ok(Worked::Before) };
        let now = self.now;
        self.on_station(request, &catalog, rules, None, |station, rules| {
            // What the errand under way answers plans the next look.
            if station.steering.errand.is_some() || !station.look_has_come(at) {
                return None;
            }
            // If there is nothing to see, quiet hours may have begun or ended all the same.
            if is_to_be_seen(station, now) {
                station.look(rules, now);
            }
            Some(Outcome::default())
        })
        .await
    }

    async fn take_in_answer(
        &self,
        request: &Request,
        catalog: &Catalog,
        rules: &DjRules,
        errand: &Errand,
        answer: &PlayerAnswer,
    ) -> Result<Worked, Failure> {
        let now = self.now;
        for _ in 0..ATTEMPTS {
            // Several events tell of one command: whoever is second finds it taken in.
            let Some(errand) = self.store.errand(&errand.id).await?.filter(|errand| !errand.done) else { return Ok(Worked::Before) };
            let mut decide = |station: &mut Station, of_room: &StationRules| {
                let mut outcome = match &errand.why {
                    For::Station => Outcome { effects: station.answered(&errand.id, answer, of_room, now), ..Outcome::default() },
                    For::Wish(wish) => found(catalog, station, of_room, wish, answer, now),
                };
                outcome.errands.push(Errand { done: true, ..errand.clone() });
                Some(outcome)
            };
            if let Some(worked) = self.try_on_station(request, catalog, rules, None, &mut decide).await? {
                return Ok(worked);
            }
        }
        Err(Failure::Contended(format!("errand {}", errand.id)))
    }
}

/// The clock looks after an errand.
pub(super) fn look_later(errand: &Errand, now: jiff::Timestamp) -> Vec<DueItem> {
    let at = now.checked_add(LOOK_AFTER).ok();
    at.map(|at| DueItem { at, task: DueTask::LookAtErrand { errand: errand.id.clone() } }).into_iter().collect()
}

/// A player that can't be asked, for all that is known. What a service says of that in its own words is for the log, not for a room.
fn unreachable(failure: &Failure) -> PlayerAnswer {
    let what = match failure {
        Failure::Upstream(error) => error.operation,
        Failure::Contended(_) | Failure::Bug(_) => "asking it",
    };
    PlayerAnswer::Off { why: format!("{what} failed") }
}

/// Whether there is something to see at the player: a song should be over, hasn't begun, or has no end that is known; or it was off. Looks are
/// planned whenever something happens, so most of them have nothing to see any more.
fn is_to_be_seen(station: &Station, now: jiff::Timestamp) -> bool {
    let Some(playing) = &station.playing else { return station.is_off() };
    let end = playing.began_at.zip(playing.entry.track.seconds);
    let end = end.and_then(|(began, seconds)| began.checked_add(jiff::SignedDuration::from_secs(i64::from(seconds))).ok());
    station.is_off() || end.is_none_or(|end| end <= now)
}

/// What a search has found for somebody.
fn found(
    catalog: &Catalog,
    station: &mut Station,
    rules: &StationRules,
    wish: &Wish,
    answer: &PlayerAnswer,
    now: jiff::Timestamp,
) -> Outcome {
    // Whoever finds something is there.
    let mut effects = match answer {
        PlayerAnswer::Found { .. } | PlayerAnswer::Status(_) => station.player_back(rules, now),
        PlayerAnswer::Off { .. } | PlayerAnswer::Refused { .. } => Vec::new(),
    };
    let card = match answer {
        PlayerAnswer::Found { fit, tracks } => match meant(&wish.song.words, *fit, tracks) {
            Match::One(track) => {
                let name = track.name();
                let requested = station.request(wish, track, rules, now);
                match &requested {
                    Ok(requested) => cards::song_taken(&catalog.catalog, station, wish, &name, requested),
                    Err(refusal) => cards::song_refused(&name, refusal),
                }
            }
            Match::Several(tracks) => match station.offer(wish.clone(), tracks.clone()) {
                Ok(()) => cards::song_offer(wish, &tracks, true),
                Err(refusal) => cards::song_refused(&wish.song.words, &refusal),
            },
            Match::Nearest(tracks) => match station.offer(wish.clone(), tracks.clone()) {
                Ok(()) => cards::song_offer(wish, &tracks, false),
                Err(refusal) => cards::song_refused(&wish.song.words, &refusal),
            },
            Match::Nothing => cards::song_unknown(&wish.song.words),
        },
        PlayerAnswer::Off { why } => {
            effects.extend(station.player_lost(why, now));
            match station.wait(wish.clone()) {
                Ok(()) => cards::song_waits_for_player(&wish.song.words),
                Err(refusal) => cards::song_refused(&wish.song.words, &refusal),
            }
        }
        PlayerAnswer::Refused { why } => cards::song_not_looked_for(&wish.song.words, why),
        PlayerAnswer::Status(_) => cards::song_unknown(&wish.song.words),
    };
    Outcome { effects, messages: vec![about_wish(&station.channel, wish, card)], ..Outcome::default() }
}
