//! What is known of DJ rooms: the station, what is under way to its player, and its charts.

use futures_util::future::join;
use opsroom_application::ports::{Change, Charted, Commit, DjChange, DjStore, Store};
use opsroom_domain::dj::station::{EarlyVote, Lately, Present};
use opsroom_domain::dj::steer::{Steering, Told};
use opsroom_domain::dj::{
    Banned, Counted, Entry, Errand, For, HowOver, Month, Pick, Played, PlayerAsk, PlayerState, PlayerStatus, Playing, Song, Sound, Station,
    Track, TrackKey, Votes, Wish,
};
use opsroom_domain::ids::ChannelId;

use super::samples::{self, at};

fn channel() -> ChannelId {
    "C0DJ".into()
}

fn track(title: &str, seconds: Option<u32>) -> Track {
    Track::new(&format!("Björk/{title} \"quoted\" 🎵.flac"), "Björk", title, "", seconds).unwrap()
}

fn wish(id: &str, ts: Option<&str>) -> Wish {
    let song = Song { words: "björk jóga".into(), link: Some("https://youtu.be/x?a=1&b=2".into()) };
    Wish {
        entry: id.into(),
        by: "U1".into(),
        song,
        at: "2026-11-25T12:00:00.000123Z".parse().unwrap(),
        ts: ts.map(str::to_owned),
        slow: ts.is_some(),
    }
}

fn entry(id: &str, title: &str) -> Entry {
    let mut ups = Votes::default();
    ups.cast(&"U2".into(), true, at(3));
    ups.cast(&"U3".into(), false, at(4));
    Entry { id: id.into(), track: track(title, Some(245)), by: "U1".into(), at: at(1), ups, ts: Some("1.000200".into()) }
}

/// A station with something in each of its fields.
pub fn station() -> Station {
    let mut skips = Votes::default();
    skips.cast(&"U4".into(), true, at(8));
    let stream = Entry { track: track("", None), ts: None, ups: Votes::default(), ..entry("e-0", "Jóga") };
    let played =
        |id: &str, how| Played {
            id: id.into(), key: track("Bachelorette", None).key(), name: "ü".into(), by: "U2".into(), at: at(2), how
        };
    let seen = PlayerStatus {
        sound: Sound::Paused,
        current: Some(track("", None)),
        next: Some(track("Jóga", Some(300))),
        elapsed_seconds: u32::MAX,
        volume: Some(0),
        error: Some("Failed to decode".into()),
    };
    Station {
        queue: vec![entry("e-1", "Jóga"), entry("e-2", "Hunter")],
        playing: Some(Playing { entry: stream, began_at: Some(at(5)), skips, again: true }),
        recent: vec![played("e-3", HowOver::Played), played("e-4", HowOver::Skipped), played("e-5", HowOver::Failed)],
        lately: vec![Lately { key: "k".into(), at: at(3) }],
        present: vec![Present { person: "U1".into(), at: at(9) }],
        served: vec!["U2".into(), "U1".into()],
        banned: vec![Banned { key: TrackKey::from("0123456789abcdef"), name: "{{ x }}".into(), by: "U1".into() }],
        volume: Some(100),
        stopped: Some(Present { person: "U1".into(), at: at(6) }),
        player: PlayerState::Off { since: at(7), why: "connection refused".into() },
        seen: Some(seen),
        steering: Steering {
            errand: Some("dj-1".into()),
            told: vec![
                Told { ask: PlayerAsk::Volume { percent: 0 }, during: None, at: at(4) },
                Told { ask: PlayerAsk::Play { uri: "a.flac".into() }, during: Some("b.flac".into()), at: at(5) },
            ],
            look: true,
            given: vec!["a.flac".into()],
            planned: Some(at(6)),
        },
        wishes: vec![wish("e-6", None)],
        picks: vec![Pick { wish: wish("e-7", Some("1.000300")), tracks: vec![track("Army of Me", Some(0)), track("Play Dead", None)] }],
        early: vec![EarlyVote { ts: "1.000400".into(), by: "U2".into(), at: at(3), up: false }],
        gone: vec!["e-8".into(), "1.000500".into()],
        session: Some("1790000000000".into()),
        idle: false,
        ..Station::new(channel())
    }
}

fn errand(id: &str, command: Option<&str>) -> Errand {
    let ask = PlayerAsk::Search { words: "björk \"jóga\"".into() };
    let sent_at = command.map(|_| at(2));
    let command = command.map(Into::into);
    Errand {
        id: id.into(),
        channel: channel(),
        ask,
        why: For::Wish(wish("e-6", Some("1.2"))),
        at: at(1),
        command,
        sent_at,
        done: false,
        version: 0,
    }
}

fn of(change: DjChange) -> Change {
    Change { dj: Some(Box::new(change)), ..Change::default() }
}

fn plays(station: &Station, titles: &[&str], month: Month) -> Change {
    let counted = |title: &&str| Counted { month, key: track(title, None).key(), name: format!("Björk – {title}") };
    of(DjChange { station: Some(station.clone()), counted: titles.iter().map(counted).collect(), ..DjChange::default() })
}

fn month(number: i8) -> Month {
    Month::new(2026, number).unwrap()
}

async fn chart(store: &impl DjStore, channel: &ChannelId, month: Month) -> Vec<(String, u64)> {
    store.chart(channel, month, 10).await.unwrap().into_iter().map(|song| (song.name, song.plays)).collect()
}

/// With everything that is in it, one version on; and as new as it was made where nothing is.
pub async fn stations_come_back_as_they_were_written(store: &(impl Store + DjStore)) {
    assert_eq!(store.station(&channel()).await.unwrap(), None);
    let write = |station: &Station| of(DjChange { station: Some(station.clone()), ..DjChange::default() });
    assert_eq!(store.commit(write(&station())).await.unwrap(), Commit::Done);
    let found = store.station(&channel()).await.unwrap().unwrap();
    assert_eq!(found, Station { version: 1, ..station() });
    let emptied = Station { version: 1, ..Station::new(channel()) };
    assert_eq!(store.commit(write(&emptied)).await.unwrap(), Commit::Done);
    assert_eq!(store.station(&channel()).await.unwrap(), Some(Station { version: 2, ..emptied }), "nothing of the old one is left");
    assert_eq!(store.station(&"C0OTHER".into()).await.unwrap(), None);
}

/// Each is found by its id, and by the command that does it from when that is known.
pub async fn errands_come_back_and_are_found_by_their_commands(store: &(impl Store + DjStore)) {
    assert_eq!(store.errand(&"dj-1".into()).await.unwrap(), None);
    assert_eq!(store.errand_of(&"c-1".into()).await.unwrap(), None);
    let two = vec![errand("dj-1", None), Errand { ask: PlayerAsk::Status, why: For::Station, ..errand("dj-2", None) }];
    assert_eq!(store.commit(of(DjChange { errands: two.clone(), ..DjChange::default() })).await.unwrap(), Commit::Done);
    for errand in &two {
        assert_eq!(store.errand(&errand.id).await.unwrap(), Some(Errand { version: 1, ..errand.clone() }));
    }
    let sent = Errand { version: 1, ..errand("dj-1", Some("c-1")) };
    assert_eq!(store.commit(of(DjChange { errands: vec![sent.clone()], ..DjChange::default() })).await.unwrap(), Commit::Done);
    assert_eq!(store.errand_of(&"c-1".into()).await.unwrap(), Some("dj-1".into()));
    let done = Errand { version: 2, done: true, ..sent };
    assert_eq!(store.commit(of(DjChange { errands: vec![done.clone()], ..DjChange::default() })).await.unwrap(), Commit::Done);
    assert_eq!(store.errand(&"dj-1".into()).await.unwrap(), Some(Errand { version: 3, ..done }));
    assert_eq!(store.errand_of(&"c-1".into()).await.unwrap(), Some("dj-1".into()), "its last event finds it, too");
}

/// A station or an errand that somebody else has written since refuses the whole change: nothing is counted, sent or said.
pub async fn who_decided_on_an_old_station_has_to_decide_again(store: &(impl Store + DjStore)) {
    assert_eq!(store.commit(of(DjChange { station: Some(station()), ..DjChange::default() })).await.unwrap(), Commit::Done);
    let old = Change {
        due: vec![samples::due(1, "d-1")],
        ..of(DjChange {
            station: Some(station()),
            errands: vec![errand("dj-1", Some("c-1"))],
            counted: vec![Counted { month: month(11), key: track("Jóga", None).key(), name: "Björk – Jóga".into() }],
        })
    };
    assert_eq!(store.commit(old).await.unwrap(), Commit::Stale);
    assert_eq!(store.errand(&"dj-1".into()).await.unwrap(), None);
    assert_eq!(store.errand_of(&"c-1".into()).await.unwrap(), None);
    assert_eq!(chart(store, &channel(), month(11)).await, []);

    let write = |errand: Errand| of(DjChange { errands: vec![errand], ..DjChange::default() });
    assert_eq!(store.commit(write(errand("dj-1", None))).await.unwrap(), Commit::Done);
    assert_eq!(store.commit(write(errand("dj-1", Some("c-1")))).await.unwrap(), Commit::Stale, "it is there already");
    let answered = DjChange {
        station: Some(Station { version: 1, volume: Some(7), ..station() }),
        errands: vec![Errand { done: true, version: 4, ..errand("dj-1", Some("c-1")) }],
        ..DjChange::default()
    };
    assert_eq!(store.commit(of(answered)).await.unwrap(), Commit::Stale);
    assert_eq!(store.station(&channel()).await.unwrap().unwrap().volume, Some(100), "an answer that was taken in before changes nothing");
    assert_eq!(store.errand_of(&"c-1".into()).await.unwrap(), None);
}

/// Two people, or a person and the player: the second has to look again.
pub async fn of_two_who_change_a_station_at_once_one_does(store: &(impl Store + DjStore)) {
    let change = |person: &str| Change {
        claim: Some(format!("song/{person}").as_str().into()),
        ..of(DjChange { station: Some(Station { served: vec![person.into()], ..Station::new(channel()) }), ..DjChange::default() })
    };
    let (one, other) = join(store.commit(change("U1")), store.commit(change("U2"))).await;
    let (one, other) = (one.unwrap(), other.unwrap());
    let winner = if one == Commit::Done { "U1" } else { "U2" };
    assert!([(Commit::Done, Commit::Stale), (Commit::Stale, Commit::Done)].contains(&(one.clone(), other.clone())), "{one:?} {other:?}");
    assert_eq!(store.station(&channel()).await.unwrap().unwrap().served, [winner.into()]);
    // Whoever was second decides again, and their event wasn't used up.
    let again = if winner == "U1" { "U2" } else { "U1" };
    let mut change = change(again);
    if let Some(station) = change.dj.as_mut().and_then(|dj| dj.station.as_mut()) {
        station.version = 1;
    }
    assert_eq!(store.commit(change.clone()).await.unwrap(), Commit::Done);
    assert_eq!(store.commit(change).await.unwrap(), Commit::AlreadyDone);
}

/// Each with the station's next state, so once; by month and room, the most played first, and as the song is called last.
pub async fn songs_are_counted_once_in_their_month(store: &(impl Store + DjStore)) {
    let mut station = Station::new(channel());
    assert_eq!(chart(store, &channel(), month(11)).await, []);
    for titles in [&["Jóga", "Hunter"][..], &["Hunter"], &["Army of Me", "Hunter"]] {
        assert_eq!(store.commit(plays(&station, titles, month(11))).await.unwrap(), Commit::Done);
        assert_eq!(store.commit(plays(&station, titles, month(11))).await.unwrap(), Commit::Stale, "the same again");
        station.version += 1;
    }
    assert_eq!(store.commit(plays(&station, &["Hunter"], month(12))).await.unwrap(), Commit::Done);
    station.version += 1;
    let elsewhere = Station::new("C0OTHER".into());
    assert_eq!(store.commit(plays(&elsewhere, &["Hunter"], month(11))).await.unwrap(), Commit::Done);

    let expected = [("Björk – Hunter".to_owned(), 3), ("Björk – Army of Me".to_owned(), 1), ("Björk – Jóga".to_owned(), 1)];
    assert_eq!(chart(store, &channel(), month(11)).await, expected, "of equals by name");
    assert_eq!(chart(store, &channel(), month(12)).await, expected[..1].iter().map(|(name, _)| (name.clone(), 1)).collect::<Vec<_>>());
    assert_eq!(chart(store, &channel(), month(10)).await, []);
    let renamed = Counted { month: month(11), key: track("Hunter", None).key(), name: "BJÖRK – Hunter".into() };
    let change = DjChange { station: Some(station), counted: vec![renamed.clone()], ..DjChange::default() };
    assert_eq!(store.commit(of(change)).await.unwrap(), Commit::Done);
    let first = Charted { key: renamed.key, name: renamed.name, plays: 4 };
    assert_eq!(store.chart(&channel(), month(11), 1).await.unwrap(), [first], "no more than are asked for");
}
