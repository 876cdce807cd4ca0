//! What the station decides, and that it holds whatever the order of events.

mod bounds;
mod desk;
mod fake_player;
mod names;
mod properties;
mod queue;
mod quiet;
mod steer;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::ids::PersonId;

/// So many seconds after 2026-11-25 12:00 in UTC.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_608_000 + second).unwrap()
}

fn rules() -> StationRules {
    StationRules { cap: 5, repeat_after: SignedDuration::from_mins(120), largest_volume: 80, quiet: Vec::new(), zone: TimeZone::UTC }
}

fn station() -> Station {
    Station::new("C0DJ".into())
}

/// A song of a minute.
fn track(title: &str) -> Track {
    Track::new(&format!("{title}.flac"), "Ada", title, "", Some(60)).unwrap()
}

fn wish(id: &str, by: &str, second: i64) -> Wish {
    let song = Song { words: id.to_owned(), link: None };
    Wish { entry: id.into(), by: by.into(), song, at: at(second), ts: Some(format!("ts-{id}")), slow: false }
}

/// A person asks for a song that is called like its request.
fn ask(station: &mut Station, id: &str, by: &str, second: i64) -> Result<Requested, Refusal> {
    station.request(&wish(id, by, second), track(id), &rules(), at(second))
}

/// A station whose player is off, so that everything waits.
fn waiting(asked: &[(&str, &str)]) -> Station {
    let mut station = station();
    station.player_lost("off", at(0));
    for (second, (id, by)) in (0..).zip(asked) {
        ask(&mut station, id, by, second).unwrap();
    }
    station
}

fn ids<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<&'a str> {
    entries.into_iter().map(|entry| entry.id.as_str()).collect()
}

fn person(name: &str) -> PersonId {
    name.into()
}
