//! Lines about music.

use crate::command::Command;
use crate::dj::{ChartMonth, Dj, InQueue, Song, Volume};
use crate::parse;

fn dj(line: &str) -> Dj {
    match parse(line) {
        Ok(Command::Dj(dj)) => dj,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn understands_what_people_type() {
    let words = |words: &str| Dj::Play { song: Song::Words(words.into()) };
    let track = || Dj::Play { song: Song::Link("https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV?si=1".into()) };
    let cases = [
        ("dj play Daft Punk One More Time", words("Daft Punk One More Time")),
        ("please dj play Hello", words("Hello")),
        ("dj play To Build a Home", words("To Build a Home")),
        ("dj play Thank You!", words("Thank You!")),
        ("music add Oops!... I Did It Again", words("Oops!... I Did It Again")),
        ("dj play Adele – Hello --live", words("Adele – Hello --live")),
        ("dj play “Into the Groove” by Madonna", words("Into the Groove by Madonna")),
        ("dj play reason to believe please", words("reason to believe please")),
        ("dj play 99", words("99")),
        ("dj play -1", words("-1")),
        ("dj play $(reboot); `id` 'x' & y", words("$(reboot); `id` 'x' & y")),
        ("dj play https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV?si=1", track()),
        ("dj play this: <https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV?si=1|open.spotify.com>", track()),
        (
            "dj play spotify:track:0DiWol3AO6WpXZgp0goxAV",
            Dj::Play { song: Song::Link("https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV".into()) },
        ),
        ("dj queue", Dj::Queue),
        ("dj np", Dj::NowPlaying),
        ("dj skip!", Dj::Skip),
        ("dj up", Dj::Up { song: InQueue::Playing }),
        ("dj up np", Dj::Up { song: InQueue::Playing }),
        ("dj up #3", Dj::Up { song: InQueue::Place(3) }),
        ("dj remove 2, please", Dj::Remove { place: 2 }),
        ("dj volume", Dj::Volume { to: None }),
        ("dj volume to 40%", Dj::Volume { to: Some(Volume::To(40)) }),
        ("dj vol 0", Dj::Volume { to: Some(Volume::To(0)) }),
        ("dj volume +10", Dj::Volume { to: Some(Volume::By(10)) }),
        ("dj volume -5", Dj::Volume { to: Some(Volume::By(-5)) }),
        ("dj volume –5", Dj::Volume { to: Some(Volume::By(-5)) }),
        ("dj volume −5", Dj::Volume { to: Some(Volume::By(-5)) }),
        ("dj volume down", Dj::Volume { to: Some(Volume::By(-10)) }),
        ("dj pause", Dj::Stop),
        ("dj resume", Dj::Resume),
        ("dj ban np", Dj::Ban { song: InQueue::Playing }),
        ("dj ban 12", Dj::Ban { song: InQueue::Place(12) }),
        ("dj unban Hello", Dj::Unban { words: "Hello".into() }),
        ("dj history", Dj::History),
        ("dj top", Dj::Top { month: None }),
        ("dj top 2026-03", Dj::Top { month: Some(ChartMonth { year: 2026, month: 3 }) }),
        ("dj chart 2026/3", Dj::Top { month: Some(ChartMonth { year: 2026, month: 3 }) }),
    ];
    for (line, expected) in cases {
        assert_eq!(dj(line), expected, "{line}");
    }
    assert_eq!(parse("dj play --help"), Ok(Command::Help { about: Some("dj play".into()) }));
}

#[test]
fn says_what_is_wrong_and_what_would_be_right() {
    let cases = [
        ("dj play", "`dj play` needs `song`"),
        ("dj play ?!", "which song? Its artist and title are enough: `daft punk one more time`"),
        ("dj play https://a.example/1 https://a.example/2", "one song at a time; `https://a.example/2` is another link"),
        ("dj remove", "`dj remove` needs `n`"),
        ("dj remove 0", "`0` is no place in the queue; `dj queue` counts them from 1, and `np` is what plays"),
        ("dj remove first", "`first` is no place in the queue; `dj queue` counts them from 1, and `np` is what plays"),
        ("dj remove np", "what plays is in the queue no more; `dj skip` goes on to the next"),
        (
            "dj up 99999999999999999999",
            "`99999999999999999999` is no place in the queue; `dj queue` counts them from 1, and `np` is what plays",
        ),
        ("dj skip 2", "`2` is one word too many"),
        ("dj volume 101", "`101` is no volume; 0 to 100 are, and `+10` or `-10` to change it"),
        ("dj volume +", "`+` is no volume; 0 to 100 are, and `+10` or `-10` to change it"),
        ("dj volume ++5", "`++5` is no volume; 0 to 100 are, and `+10` or `-10` to change it"),
        ("dj top march", "`march` is no month; write it as `2026-03`"),
        ("dj top 2026-13", "`2026-13` is no month; write it as `2026-03`"),
        ("dj top 26-03", "`26-03` is no month; write it as `2026-03`"),
    ];
    for (line, message) in cases {
        assert_eq!(parse(line).expect_err(line).message, message, "{line}");
    }
    assert!(parse(&format!("dj play {}", "é".repeat(200))).is_ok());
    let too_long = parse(&format!("dj play {}", "é".repeat(201))).unwrap_err();
    assert_eq!(too_long.message, "a song is named in 200 characters at most, these are 201");
}

#[test]
fn near_misses_are_mended_and_songs_stay_as_they_are() {
    let cases = [
        ("dj paly Hello", Some(("dj play Hello", false))),
        ("dj queu", Some(("dj queue", true))),
        ("djj play Adele – Hello!", Some(("dj play Adele – Hello!", false))),
        ("dj xylophone", None),
    ];
    for (line, expected) in cases {
        let mistake = parse(line).expect_err(line);
        assert_eq!(mistake.suggestion.as_ref().map(|found| (found.line.as_str(), found.reads_only)), expected, "{line}");
    }
}
