//! Presses of the DJ's buttons. A button may be old: each names the song it was made for, and is told if that is over.

use opsroom_domain::card::{Card, DjPress};
use opsroom_domain::dj::{Loudness, Refusal, Skip};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::rights::Wish as Right;

use super::{Outcome, about_wish};
use crate::cards;
use crate::commands::answer::destination;
use crate::commands::{Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, Directory, MessageChange};

/// What a press asks for, as a line.
pub(in crate::commands) fn in_words(press: &DjPress) -> String {
    match press {
        DjPress::Skip { .. } => "dj skip".to_owned(),
        DjPress::Up { .. } => "dj up".to_owned(),
        DjPress::Volume { by } => format!("dj volume {by:+}"),
        DjPress::Pick { place, .. } => format!("pick song {place}"),
    }
}

impl<W: Ports> Commander<'_, W> {
    pub(in crate::commands) async fn press_dj(&self, context: Context<'_>, press: &DjPress) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer_privately(context, cards::no_catalog()).await };
        let Some(rules) = catalog.catalog.dj.as_ref() else { return self.answer_privately(context, cards::no_dj_room()).await };
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        let standing = self.slack.standing(&context.asker.person).await?;
        let right = if matches!(press, DjPress::Volume { .. }) { Right::Dj } else { Right::Read };
        if let Err(denied) = catalog.catalog.decide(context.asker, standing, right) {
            return self.refuse(context, &denied).await;
        }
        let is_dj = catalog.catalog.decide(context.asker, standing, Right::Dj).is_ok();
        let (person, at, now) = (&context.asker.person, context.at, self.now);
        self.on_station(context.request, &catalog, rules, Some(context.request.event.clone()), |station, of_room| {
            station.saw(person, now);
            let mut outcome = Outcome::default();
            let said: Result<Option<Card>, Refusal> = match press {
                DjPress::Skip { song } => station.skip(Some(song), person, is_dj, at, of_room, now).map(|skip| match skip {
                    Skip::Skipped(effects) => {
                        outcome.effects = effects;
                        None
                    }
                    Skip::Voted { votes, needed } => Some(cards::skip_voted(votes, needed)),
                }),
                DjPress::Up { song } => {
                    station.up(song, person, true, at).map(|is_news| (!is_news).then(|| cards::dj_refused(&Refusal::Voted)))
                }
                DjPress::Volume { by } => station.set_volume(Loudness::By(*by), of_room).map(|percent| Some(cards::volume(percent))),
                DjPress::Pick { wish, place } => {
                    let offered = station.picks.iter().find(|pick| pick.wish.entry == *wish).map(|pick| pick.wish.clone());
                    station.pick(wish, *place, person, of_room, now).map(|(track, requested)| {
                        if let Some(wish) = offered {
                            let card = cards::song_taken(&catalog.catalog, station, &wish, &track.name(), &requested);
                            outcome.messages.push(about_wish(&station.channel, &wish, card));
                        }
                        None
                    })
                }
            };
            if matches!(press, DjPress::Volume { .. }) && said.is_ok() {
                outcome.audit.push(self.dj_record(context));
            }
            let card = match said {
                Ok(card) => card,
                Err(refusal) => Some(cards::dj_refused(&refusal)),
            };
            outcome.messages.extend(card.map(|card| MessageChange {
                key: MessageKey::answer(&context.request.event),
                destination: destination(context, true),
                card,
            }));
            Some(outcome)
        })
        .await
    }
}
