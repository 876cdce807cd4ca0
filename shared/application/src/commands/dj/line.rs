//! What people type about music.

use jiff::Timestamp;
use opsroom_domain::audit::{AuditRecord, Outcome as Audited};
use opsroom_domain::card::Card;
use opsroom_domain::catalog::{DjRules, PlayerRule};
use opsroom_domain::dj::chart::{LONGEST_CHART, Month};
use opsroom_domain::dj::song::LONGEST_SONG;
use opsroom_domain::dj::{EntryId, Loudness, PlayerAsk, Refusal, Skip, Song, Station, Wish};
use opsroom_domain::ids::MessageKey;
use opsroom_grammar::{Dj, InQueue, Song as Asked, Volume};

use super::Outcome;
use crate::cards;
use crate::commands::answer::destination;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{DjStore, MessageChange};

impl<W: Ports> Commander<'_, W> {
    /// Does what is asked of the DJ. What only looks may be asked anywhere; everything else in the room, where all see it.
    pub(in crate::commands) async fn dj(&self, context: Context<'_>, catalog: &Catalog, dj: &Dj) -> Result<Worked, Failure> {
        let Some(rules) = catalog.catalog.dj.as_ref() else { return self.answer_privately(context, cards::no_dj_room()).await };
        let looked = match dj {
            Dj::Queue => Some(cards::queue(&catalog.catalog, &self.station_of(rules).await?, &rules.station(), self.now)),
            Dj::NowPlaying => Some(cards::now_playing(&catalog.catalog, &self.station_of(rules).await?, &rules.station(), self.now)),
            Dj::History => Some(cards::played(&catalog.catalog, &self.station_of(rules).await?, self.now)),
            Dj::Volume { to: None } => Some(cards::loudness(self.station_of(rules).await?.loudness())),
            Dj::Top { month } => Some(self.chart(rules, month.map(|month| (month.year, month.month))).await?),
            _ => None,
        };
        if let Some(card) = looked {
            return self.answer(context, card).await;
        }
        if context.asker.channel != rules.room {
            return self.answer_privately(context, cards::in_the_dj_room(&rules.room)).await;
        }
        self.change(context, catalog, rules, dj).await
    }

    async fn station_of(&self, rules: &DjRules) -> Result<Station, Failure> {
        Ok(self.store.station(&rules.room).await?.unwrap_or_else(|| Station::new(rules.room.clone())))
    }

    async fn chart(&self, rules: &DjRules, month: Option<(i16, i8)>) -> Result<Card, Failure> {
        let this = Month::of(self.now, &rules.station().zone);
        let month = match month.map(|(year, month)| Month::new(year, month)) {
            None => this,
            Some(Ok(month)) => month,
            Some(Err(no_month)) => return Ok(cards::dj_sentence(&format!("{no_month}."))),
        };
        let songs = self.store.chart(&rules.room, month, LONGEST_CHART).await?;
        Ok(cards::chart(month, &songs))
    }

    async fn change(&self, context: Context<'_>, catalog: &Catalog, rules: &DjRules, dj: &Dj) -> Result<Worked, Failure> {
        let is_dj = self.is_dj(catalog, context.asker).await?;
        let (person, at, now) = (&context.asker.person, context.at, self.now);
        let event = &context.request.event;
        self.on_station(context.request, catalog, rules, Some(event.clone()), |station, of_room| {
            station.saw(person, now);
            let mut outcome = Outcome::default();
            // A skip isn't answered as well: the room is told of it, and by whom.
            let said: Result<Option<Card>, Refusal> = match dj {
                Dj::Play { song } => self.song_of_line(rules, song).map(|song| {
                    let wish = Wish { entry: EntryId::derived_from(event), by: person.clone(), song, at, ts: None, slow: false };
                    let card = cards::song_looked_for(&wish.song.words);
                    outcome.errands.push(self.search_for(rules, wish, "asked"));
                    Some(card)
                }),
                Dj::Skip => meant(station, InQueue::Playing, at)
                    .and_then(|(id, _)| station.skip(Some(&id), person, is_dj, at, of_room, now))
                    .map(|skip| match skip {
                        Skip::Skipped(effects) => {
                            outcome.effects = effects;
                            None
                        }
                        Skip::Voted { votes, needed } => Some(cards::skip_voted(votes, needed)),
                    }),
                Dj::Up { song } => meant(station, *song, at)
                    .and_then(|(id, name)| station.up(&id, person, true, at)?.then(|| Some(cards::voted_up(&name))).ok_or(Refusal::Voted)),
                Dj::Remove { place } => meant(station, InQueue::Place(*place), at)
                    .and_then(|(id, _)| station.remove(&id, person, is_dj))
                    .map(|entry| Some(cards::taken_out(&entry.track.name()))),
                Dj::Volume { to } => {
                    let wish = match to {
                        Some(Volume::To(percent)) => Loudness::To(*percent),
                        Some(Volume::By(by)) => Loudness::By(*by),
                        None => Loudness::By(0),
                    };
                    station.set_volume(wish, of_room).map(|percent| Some(cards::volume(percent)))
                }
                Dj::Stop => {
                    station.stop(person, of_room, now).map(|()| Some(cards::dj_sentence("Stopped. Songs wait; `dj resume` goes on.")))
                }
                Dj::Resume => station.resume(of_room, now).map(|()| Some(cards::dj_sentence("It goes on."))),
                Dj::Ban { song } => {
                    meant(station, *song, at).and_then(|(id, _)| station.ban(&id, person, of_room, now)).map(|(track, effects)| {
                        outcome.effects = effects;
                        Some(cards::banned(&track.name()))
                    })
                }
                Dj::Unban { words } => station.unban(words).map(|banned| Some(cards::unbanned(&banned.name))),
                Dj::Queue | Dj::NowPlaying | Dj::History | Dj::Top { .. } => return None,
            };
            let (card, refused) = match said {
                Ok(card) => (card, false),
                Err(refusal) => (Some(cards::dj_refused(&refusal)), true),
            };
            if matches!(dj, Dj::Stop | Dj::Resume | Dj::Ban { .. } | Dj::Unban { .. } | Dj::Volume { .. }) && !refused {
                outcome.audit.push(self.dj_record(context));
            }
            outcome.messages.extend(card.map(|card| MessageChange {
                key: MessageKey::answer(event),
                destination: destination(context, refused),
                card: context.explained(card),
            }));
            Some(outcome)
        })
        .await
    }

    /// The song that a line asks for. What is behind a link only a player knows whose own it is.
    fn song_of_line(&self, rules: &DjRules, asked: &Asked) -> Result<Song, Refusal> {
        match asked {
            Asked::Words(words) if words.len() > LONGEST_SONG => Err(Refusal::LongName),
            Asked::Words(words) => Ok(Song { words: words.clone(), link: None }),
            Asked::Link(link) => {
                let page = self.track_page(rules, link).ok_or(Refusal::BareLink)?;
                Ok(Song { words: page.clone(), link: Some(page) })
            }
        }
    }

    /// What goes into the audit log about the room's music.
    pub(super) fn dj_record(&self, context: Context<'_>) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: None,
            environment: None,
            outcome: Audited::Allowed { role: "dj".to_owned(), started: context.asker.channel.to_string() },
            correlation: context.request.correlation.clone(),
            approvers: Vec::new(),
            message: None,
        }
    }
}

/// The song that is meant, with its name: places shift, so the answer says which it was.
fn meant(station: &Station, which: InQueue, at: Timestamp) -> Result<(EntryId, String), Refusal> {
    let entry = match which {
        InQueue::Playing => station.meant_by(at)?,
        InQueue::Place(place) => {
            let order = station.in_turn();
            place.checked_sub(1).and_then(|place| order.get(place).copied()).ok_or(Refusal::Gone)?
        }
    };
    Ok((entry.id.clone(), entry.track.name()))
}

/// What is asked of the player for a line, for *How?*.
pub(in crate::commands) fn asks(rules: &DjRules, dj: &Dj) -> Option<PlayerAsk> {
    match dj {
        Dj::Play { song: Asked::Link(_) } if !matches!(rules.player, PlayerRule::Spotify { .. }) => None,
        Dj::Play { song: Asked::Words(words) | Asked::Link(words) } => Some(PlayerAsk::Search { words: words.clone() }),
        Dj::Skip | Dj::Ban { .. } => Some(PlayerAsk::Next),
        Dj::Volume { to: Some(Volume::To(percent)) } => Some(PlayerAsk::Volume { percent: *percent }),
        Dj::Stop => Some(PlayerAsk::Stop),
        Dj::Resume => Some(PlayerAsk::Resume),
        Dj::NowPlaying => Some(PlayerAsk::Status),
        _ => None,
    }
}
