//! A station fits an item of the table (400 KB, "Quotas in Amazon DynamoDB"), however many people write however much.

use super::station::{MOST_BANNED, MOST_EARLY, MOST_LATELY, MOST_PICKS, MOST_PRESENT, MOST_RECENT, MOST_WAITING, MOST_WISHES};
use super::track::LONGEST_URI;
use super::votes::MOST_VOTES;
use super::*;

/// Names of as many bytes as there may be.
fn long(n: usize) -> Track {
    let name = format!("{n} {}", "é".repeat(900));
    Track::new(&format!("{n}{}", "u".repeat(LONGEST_URI - 6)), &name, &name, &name, Some(3600)).unwrap()
}

fn long_wish(n: usize) -> Wish {
    let song = Song { words: "é".repeat(100), link: Some("l".repeat(500)) };
    Wish { song, ..wish(&format!("0123456789{n:02}"), &format!("U0123456{n:03}"), 0) }
}

#[test]
fn a_full_station_fits_an_item() {
    let rules = rules();
    let mut station = station();
    for n in 0..2 * MOST_BANNED {
        let wish = Wish { entry: format!("banned-{n}").as_str().into(), ..long_wish(0) };
        if station.request(&wish, long(10_000 + n), &rules, at(0)).is_ok() {
            let banned = station.ban(&wish.entry, &person("D"), &rules, at(0));
            assert_eq!(banned.is_ok(), n < MOST_BANNED);
            let _out_already = station.skip(None, &person("D"), true, at(0), &rules, at(0));
        }
    }
    assert_eq!(station.banned.len(), MOST_BANNED);
    for n in 0..MOST_RECENT + MOST_LATELY {
        let wish = Wish { entry: format!("recent-{n}").as_str().into(), ..long_wish(n) };
        station.request(&wish, long(20_000 + n), &rules, at(0)).unwrap();
        station.skip(None, &person("D"), true, at(0), &rules, at(0)).unwrap();
    }
    station.player_lost(&"é".repeat(1000), at(0));
    for n in 0..2 * MOST_WAITING {
        let wish = Wish { entry: format!("queued-{n}").as_str().into(), ..long_wish(n) };
        let requested = station.request(&wish, long(30_000 + n), &rules, at(0));
        assert_eq!(requested.is_ok(), n < MOST_WAITING);
        for voter in 0..2 * MOST_VOTES {
            let _own_songs_need_none = station.up(&wish.entry, &person(&format!("U0999999{voter:03}")), true, at(0));
        }
    }
    for n in 0..2 * MOST_WISHES {
        assert_eq!(station.wait(long_wish(n)).is_ok(), n < MOST_WISHES);
        station.offer(long_wish(n), (0..9).map(|place| long(40_000 + 10 * n + place)).collect()).unwrap();
    }
    for n in 0..2 * MOST_PRESENT {
        station.saw(&person(&format!("U0123456{n:03}")), at(0));
        station.up_message(&format!("1795608000.{n:06}"), &person("U0123456789"), true, at(0));
        station.withdraw(&format!("1795608001.{n:06}"));
    }
    let error = Some("é".repeat(1000));
    let status =
        PlayerStatus { sound: Sound::Playing, current: Some(long(1)), next: Some(long(2)), elapsed_seconds: 9, volume: None, error };
    station.steered("e".into(), PlayerAsk::Status, at(0));
    station.answered(&"e".into(), &PlayerAnswer::Status(status), &rules, at(0));
    assert_eq!((station.queue.len() + usize::from(station.playing.is_some()), station.recent.len()), (MOST_WAITING, MOST_RECENT));
    assert_eq!(station.lately.len(), MOST_LATELY);
    assert_eq!((station.present.len(), station.early.len(), station.gone.len()), (MOST_PRESENT, MOST_EARLY, MOST_EARLY));
    assert_eq!(station.picks.len(), MOST_PICKS);
    assert!(station.served.len() <= MOST_PRESENT);
    let json = serde_json::to_string(&station).unwrap();
    // JSON's quotes, colons and commas weigh more than what DynamoDB adds for each value.
    assert!(json.len() < 400_000, "{}", json.len());
    assert!(json.len() > 200_000, "it isn't full: {}", json.len());
    assert_eq!(serde_json::from_str::<Station>(&json).unwrap(), station);
}

#[test]
fn votes_are_counted_once_and_bounded() {
    let mut votes = Votes::default();
    assert!(votes.cast(&person("A"), true, at(1)));
    for (up, second, changes) in [(true, 1, false), (true, 2, false), (false, 2, true), (true, 2, false), (true, 1, false), (true, 3, true)]
    {
        assert_eq!(votes.cast(&person("A"), up, at(second)), changes, "{up} {second}");
    }
    assert_eq!((votes.count(), votes.has(&person("A"))), (1, true));
    for voter in 0..2 * MOST_VOTES {
        votes.cast(&person(&voter.to_string()), true, at(1));
    }
    assert_eq!(votes.count(), MOST_VOTES);
    assert!(votes.cast(&person("A"), false, at(9)) && votes.cast(&person("B"), true, at(9)), "who takes it back makes room");
}
