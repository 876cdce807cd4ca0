//! Whatever is asked, voted, skipped and taken back in whatever order, while the player comes and goes: turns are fair, nothing is lost or
//! doubled, the player ends where the station is.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fake_player::{FakePlayer, look, steer};
use super::station::MOST_WAITING;
use super::*;

const PEOPLE: [&str; 5] = ["A", "B", "C", "D", "E"];

#[derive(Debug, Clone)]
enum Event {
    /// A person asks for one of a few songs.
    Ask {
        by: usize,
        song: usize,
    },
    /// Somebody votes for the song in a place, or takes that back.
    Up {
        by: usize,
        place: usize,
        up: bool,
    },
    Remove {
        by: usize,
        place: usize,
    },
    Skip {
        by: usize,
        is_dj: bool,
    },
    Ban {
        place: usize,
    },
    Stop,
    Resume,
    Loud {
        percent: u8,
    },
    /// The player dies, or is started.
    Power {
        on: bool,
    },
    /// The song's file is broken from then on.
    Break {
        song: usize,
    },
    /// So many seconds pass, and the player is looked at.
    Pass {
        seconds: u32,
    },
    /// An answer that nobody waits for.
    Stale,
    /// The errand under way never answers.
    Lost,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => (0..5_usize, 0..30_usize).prop_map(|(by, song)| Event::Ask { by, song }),
        4 => (0..5_usize, 0..8_usize, any::<bool>()).prop_map(|(by, place, up)| Event::Up { by, place, up }),
        1 => (0..5_usize, 0..8_usize).prop_map(|(by, place)| Event::Remove { by, place }),
        3 => (0..5_usize, prop::bool::weighted(0.2)).prop_map(|(by, is_dj)| Event::Skip { by, is_dj }),
        1 => (0..8_usize).prop_map(|place| Event::Ban { place }),
        1 => Just(Event::Stop),
        2 => Just(Event::Resume),
        1 => (0..=80_u8).prop_map(|percent| Event::Loud { percent }),
        2 => any::<bool>().prop_map(|on| Event::Power { on }),
        1 => (0..30_usize).prop_map(|song| Event::Break { song }),
        8 => (0..130_u32).prop_map(|seconds| Event::Pass { seconds }),
        1 => Just(Event::Stale),
        1 => Just(Event::Lost),
    ]
}

/// A run of a station with a player, and what became of each song that was taken.
struct Run {
    station: Station,
    player: FakePlayer,
    rules: StationRules,
    second: i64,
    requests: usize,
    /// How often each song that was taken has ended, in whatever way.
    ended: BTreeMap<String, usize>,
}

impl Run {
    fn new() -> Self {
        let rules = StationRules { cap: 4, repeat_after: SignedDuration::from_mins(3), ..rules() };
        Self { station: station(), player: FakePlayer::new(), rules, second: 0, requests: 0, ended: BTreeMap::new() }
    }

    fn at_place(&self, place: usize) -> Option<EntryId> {
        self.station.in_turn().get(place).map(|entry| entry.id.clone())
    }

    /// What was played since, by what is remembered of it.
    fn finished(&mut self, before: &Station) {
        let new = self.station.recent.iter().take_while(|played| before.recent.first().is_none_or(|known| known.id != played.id));
        for played in new {
            *self.ended.get_mut(played.id.as_str()).unwrap() += 1;
        }
    }

    fn happens(&mut self, event: &Event) {
        let before = self.station.clone();
        self.second += 1;
        let now = at(self.second);
        let rules = self.rules.clone();
        match event {
            Event::Ask { by, song } => {
                self.requests += 1;
                let wish = wish(&format!("r{}", self.requests), PEOPLE[*by], self.second);
                for again in [false, true] {
                    let requested = self.station.request(&wish, track(&format!("s{song}")), &rules, now);
                    match requested {
                        Ok(Requested::Now | Requested::Waits(_)) if !again => {
                            self.ended.insert(wish.entry.as_str().to_owned(), 0);
                        }
                        Ok(Requested::Now | Requested::Waits(_)) => panic!("taken twice"),
                        Ok(Requested::Known) => assert!(again),
                        _ => {}
                    }
                }
            }
            Event::Up { by, place, up } => {
                if let Some(id) = self.at_place(*place) {
                    let _own = self.station.up(&id, &person(PEOPLE[*by]), *up, now);
                }
            }
            Event::Remove { by, place } => {
                if let Some(id) = self.at_place(*place)
                    && self.station.remove(&id, &person(PEOPLE[*by]), false).is_ok()
                {
                    *self.ended.get_mut(id.as_str()).unwrap() += 1;
                }
            }
            Event::Skip { by, is_dj } => {
                let _refused = self.station.skip(None, &person(PEOPLE[*by]), *is_dj, now, &rules, now);
            }
            Event::Ban { place } => {
                if let Some(id) = self.at_place(*place)
                    && self.station.ban(&id, &person("D"), &rules, now).is_ok()
                {
                    *self.ended.get_mut(id.as_str()).unwrap() += 1;
                    self.station.unban(&before.queue.iter().find(|entry| entry.id == id).unwrap().track.name()).unwrap();
                }
            }
            Event::Stop => drop(self.station.stop(&person("D"), &rules, now)),
            Event::Resume => drop(self.station.resume(&rules, now)),
            Event::Loud { percent } => drop(self.station.set_volume(Loudness::To(*percent), &rules)),
            Event::Power { on: true } => self.player.is_off = false,
            Event::Power { on: false } => self.player.dies(),
            Event::Break { song } => self.player.broken.push(format!("s{song}.flac")),
            Event::Pass { seconds } => {
                self.player.passes(*seconds);
                self.second += i64::from(*seconds);
                look(&mut self.station, &mut self.player, &rules, self.second);
            }
            Event::Stale => {
                let answer = PlayerAnswer::Status(self.player.status());
                assert_eq!(self.station.answered(&"stale".into(), &answer, &rules, now), []);
            }
            Event::Lost => {
                if let Some(ask) = self.station.next_ask(&rules, now) {
                    self.station.steered("lost".into(), ask, now);
                    self.station.unanswered(&"lost".into(), now);
                }
            }
        }
        if !matches!(event, Event::Stale | Event::Lost) {
            steer(&mut self.station, &mut self.player, &rules, self.second);
        }
        self.finished(&before);
    }

    /// Every song that was taken waits, plays or has ended, and only one of these, once.
    fn nothing_is_lost_or_doubled(&self) {
        let mut ids: Vec<&str> = ids(&self.station.queue);
        ids.extend(self.station.playing.as_ref().map(|playing| playing.entry.id.as_str()));
        for (id, ended) in &self.ended {
            let there = ids.iter().filter(|known| *known == id).count();
            assert_eq!(there + ended, 1, "{id}: there {there}, ended {ended}");
        }
        assert!(ids.iter().all(|id| self.ended.contains_key(*id)));
        let mut keys: Vec<TrackKey> = self.station.queue.iter().map(|entry| entry.track.key()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), self.station.queue.len(), "a song waits once");
        assert!(self.station.queue.len() <= MOST_WAITING);
        for by in PEOPLE {
            assert!(self.station.queue.iter().filter(|entry| entry.by.as_str() == by).count() <= self.rules.cap);
        }
        assert!(self.station.queue.iter().all(|entry| !entry.ups.has(&entry.by) && entry.ups.count() < PEOPLE.len()));
        let order = ids_sorted(self.station.in_turn());
        assert_eq!(order, ids_sorted(self.station.queue.iter()), "the order is all of what waits");
    }
}

fn ids_sorted<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<&'a str> {
    let mut ids = ids(entries);
    ids.sort_unstable();
    ids
}

proptest! {
    #[test]
    fn nothing_is_lost_or_doubled_and_the_player_follows(events in prop::collection::vec(event(), 1..80)) {
        let mut run = Run::new();
        for event in &events {
            run.happens(event);
            run.nothing_is_lost_or_doubled();
        }
        // In the end the player is there and left to play: all that waits is heard, and then it is silent.
        run.happens(&Event::Power { on: true });
        run.happens(&Event::Resume);
        run.happens(&Event::Pass { seconds: 0 });
        let (station, player) = (&run.station, &run.player);
        // One that is off and of which nothing is wanted isn't looked at for ever.
        prop_assert!(!station.is_off() || (station.playing.is_none() && station.queue.is_empty()));
        // A song that was skipped while it was paused may stay there: it makes no sound.
        let heard = player.list.first().filter(|_| player.sound == Sound::Playing);
        prop_assert_eq!(station.playing.as_ref().map(|playing| &playing.entry.track.uri), heard.map(|track| &track.uri));
        if let Some(volume) = station.volume {
            prop_assert!(station.playing.is_none() || player.volume == Some(volume));
        }
        for _ in 0..2 * MOST_WAITING {
            run.happens(&Event::Pass { seconds: 62 });
            run.nothing_is_lost_or_doubled();
        }
        prop_assert!(run.station.queue.is_empty() && run.station.playing.is_none());
        prop_assert_ne!(run.player.sound, Sound::Playing);
    }

    /// While somebody waits, nobody else has two turns.
    #[test]
    fn nobody_waits_more_than_one_round(steps in prop::collection::vec((0..5_usize, 0..4_usize, 0..6_usize), 1..120)) {
        let mut station = station();
        station.player_lost("turns are taken by hand", at(0));
        let mut turns: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); PEOPLE.len()];
        for (step, (by, what, place)) in (0_i64..).zip(steps) {
            let id = station.in_turn().get(place).map(|entry| entry.id.clone());
            match (what, id) {
                (0, Some(id)) => drop(station.up(&id, &person(PEOPLE[by]), true, at(step))),
                (1, _) => {
                    if let Some(next) = station.next_up().map(|entry| entry.id.clone()) {
                        let taken = station.take(&next).unwrap().by;
                        for (waits, others) in PEOPLE.iter().zip(&mut turns) {
                            if *waits == taken.as_str() || !station.queue.iter().any(|entry| entry.by.as_str() == *waits) {
                                others.clear();
                                continue;
                            }
                            let had = others.entry(taken.as_str().to_owned()).or_default();
                            *had += 1;
                            prop_assert!(*had <= 1, "{waits} waits, and {taken} has a second turn");
                        }
                    }
                }
                (2, Some(id)) if by == 0 => drop(station.remove(&id, &person("D"), true)),
                _ => drop(ask(&mut station, &format!("r{step}"), PEOPLE[by], step)),
            }
            for (waits, others) in PEOPLE.iter().zip(&mut turns) {
                if !station.queue.iter().any(|entry| entry.by.as_str() == *waits) {
                    others.clear();
                }
            }
        }
    }

    /// Votes end the same whatever the order in which Slack tells of them, and however often.
    #[test]
    fn votes_dont_depend_on_the_order_of_events(
        votes in prop::collection::vec((0..5_usize, any::<bool>(), 0..6_i64), 0..20),
        shuffled in any::<prop::sample::Index>(),
    ) {
        let count = |votes: &[(usize, bool, i64)]| {
            let mut all = Votes::default();
            for (by, up, second) in votes {
                all.cast(&person(PEOPLE[*by]), *up, at(*second));
            }
            let mut people: Vec<_> = all.people().cloned().collect();
            people.sort();
            people
        };
        let mut other: Vec<_> = votes.iter().rev().copied().collect();
        other.extend(votes.iter().copied());
        if !other.is_empty() {
            let by = shuffled.index(other.len());
            other.rotate_left(by);
        }
        prop_assert_eq!(count(&votes), count(&other));
    }
}
