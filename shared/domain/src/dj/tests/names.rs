//! What songs are called: out of messages, unfurls and tags, and which of them is meant.

use proptest::prelude::*;

use super::matching::meant;
use super::song::{Asked, LONGEST_SONG, asked, is_of_a_music_site, plain, undecorated};
use super::track::{LONGEST_NAME, LONGEST_URI};
use super::*;
use crate::posting::{PostedLink, Written};
use crate::rights::Asker;

fn written(text: &str, links: Vec<PostedLink>) -> Written {
    let asker = Asker { person: "A".into(), team: "T".into(), channel: "C0DJ".into() };
    Written { asker, thread: None, text: text.to_owned(), links, edited_at: None, has_files: false }
}

fn link(url: &str, title: &str, about: &str, service: &str) -> PostedLink {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    PostedLink { url: url.to_owned(), title: some(title), description: some(about), service: some(service) }
}

#[test]
fn words_are_a_song_and_talk_isnt() {
    for (text, expected) in [
        ("Daft Punk One More Time", Some("Daft Punk One More Time")),
        ("  Daft   Punk ", Some("Daft Punk")),
        ("99", Some("99")),
        ("Sigur Rós", Some("Sigur Rós")),
        ("'; rm -rf / #", Some("'; rm -rf / #")),
        ("", None),
        ("!!!", None),
        ("two\nlines", None),
        ("a\u{0}b", None),
        ("a\u{7f}b", None),
        ("<@U0DANA> play", None),
        ("<!here> play", None),
        ("/ops dj queue", None),
    ] {
        assert_eq!(plain(text).as_deref(), expected, "{text:?}");
    }
    assert!(plain(&"a".repeat(LONGEST_SONG)).is_some() && plain(&"a".repeat(LONGEST_SONG + 1)).is_none());
}

#[test]
fn the_title_of_an_unfurl_is_a_song() {
    let spotify = "https://open.spotify.com/track/1";
    let youtube = "https://www.youtube.com/watch?v=1";
    let apple = "https://music.apple.com/de/album/1";
    for (url, title, about, service, expected) in [
        (spotify, "One More Time - song and lyrics by Daft Punk | Spotify", "", "Spotify", "Daft Punk One More Time"),
        (spotify, "One More Time - song by Daft Punk", "", "Spotify", "Daft Punk One More Time"),
        (spotify, "One More Time", "Daft Punk · Discovery · Song · 2000", "Spotify", "Daft Punk One More Time"),
        (spotify, "One More Time", "Song · Daft Punk · 2000", "Spotify", "Daft Punk One More Time"),
        (spotify, "One More Time", "Listen to it.", "Spotify", "One More Time"),
        (spotify, "Heroes - 2017 Remaster", "David Bowie · Song · 1977", "Spotify", "David Bowie Heroes"),
        (youtube, "Daft Punk - One More Time (Official Video)", "", "YouTube", "Daft Punk One More Time"),
        (youtube, "Daft Punk - One More Time [HD] - YouTube", "", "YouTube", "Daft Punk One More Time"),
        (youtube, "Stand by Me", "", "YouTube", "Stand by Me"),
        ("https://youtu.be/1", "Ada | One (Live at Home) | Official Audio", "", "", "Ada One (Live at Home)"),
        (apple, "One More Time by Daft Punk on Apple Music", "", "Apple Music", "Daft Punk One More Time"),
        (apple, "Stand by Me by Ben E. King", "", "Apple Music", "Ben E. King Stand by Me"),
        (youtube, "Ada\u{0}\nOne", "", "", "Ada One"),
    ] {
        let expected = Song { words: expected.to_owned(), link: Some(url.to_owned()) };
        assert_eq!(asked(&written("listen", vec![link(url, title, about, service)])), Asked::For(expected), "{title}");
    }
}

#[test]
fn what_asks_for_nothing_yet_or_at_all() {
    let url = "https://open.spotify.com/track/1";
    let song = || written("Ada One", vec![]);
    assert_eq!(asked(&written("", vec![link(url, "", "", "")])), Asked::NotYet { link: url.to_owned() });
    assert_eq!(asked(&written("", vec![link(url, "(Official Video)", "", "")])), Asked::NotYet { link: url.to_owned() });
    assert_eq!(asked(&written("read this", vec![link("https://example.com/", "Ada", "", "")])), Asked::Nothing);
    assert_eq!(asked(&Written { thread: Some("1.2".into()), ..song() }), Asked::Nothing);
    assert_eq!(asked(&Written { has_files: true, ..song() }), Asked::Nothing);
    assert!(matches!(asked(&song()), Asked::For(Song { link: None, .. })));
    for (url, is) in [
        ("https://m.youtube.com/watch?v=1", true),
        ("https://OPEN.spotify.com/track/1", true),
        ("http://youtu.be/1", true),
        ("https://open.spotify.com.example.com/", false),
        ("https://example.com/open.spotify.com", false),
        ("https://open.spotify.com@example.com/", false),
        ("javascript://open.spotify.com/%0aalert(1)", false),
        ("", false),
    ] {
        assert_eq!(is_of_a_music_site(url), is, "{url}");
    }
}

#[test]
fn decorations_go_and_names_stay() {
    for (name, expected) in [
        ("One (Official Music Video) [4K]", "One"),
        ("One (Remastered 2011)", "One"),
        ("One - Remastered 2011", "One"),
        ("One - Live", "One Live"),
        ("One (feat. Ada)", "One (feat. Ada)"),
        ("Video", "Video"),
        ("1999", "1999"),
        ("One (", "One ("),
        ("(((", "((("),
        ("One 【MV】", "One"),
    ] {
        assert_eq!(undecorated(name), expected, "{name}");
    }
}

#[test]
fn files_of_one_song_have_one_key() {
    let key = |uri: &str, artist: &str, title: &str| Track::new(uri, artist, title, "", None).unwrap().key();
    let one = key("a.flac", "Daft Punk", "One More Time");
    for (artist, title) in [("DAFT PUNK", "one more time"), ("Daft Punk", "One More Time!"), ("Daft Punk", "One More Time - 2021 Remaster")]
    {
        assert_eq!(key("b.mp3", artist, title), one, "{title}");
    }
    for (artist, title) in [("Daft", "Punk One More Time"), ("Daft Punk", "One More Time (Live)"), ("", "One More Time")] {
        assert_ne!(key("b.mp3", artist, title), one, "{title}");
    }
    assert_eq!(key("a", "!!!", "Dear Can"), key("b", "!!!", "dear can"));
    assert_ne!(key("a", "!!!", "÷"), key("b", "!!!", "÷"), "nothing is known of them");
    assert_ne!(key("a", "", ""), key("b", "", ""));
    assert_eq!(one.as_str().len(), 16);
}

#[test]
fn what_cant_be_asked_of_a_player_is_no_track() {
    for uri in ["", "a\nb", "a\u{0}", &"a".repeat(LONGEST_URI + 1)] {
        assert_eq!(Track::new(uri, "", "", "", None), None, "{uri:?}");
    }
    assert_eq!(Track::new("a b'$(id)\"", "", "", "", None).map(|track| track.name()), Some("a b'$(id)\"".to_owned()));
}

#[test]
fn one_is_taken_several_are_offered_and_else_the_nearest() {
    let named = |title: &str| Track::new(title, "Ada", title, "", None).unwrap();
    let (one, more, two) = (named("One"), named("One More"), named("Two"));
    for (said, fit, found, expected) in [
        ("ada one", Fit::All, vec![&one], Match::One(one.clone())),
        ("ada", Fit::All, vec![&one, &two], Match::Several(vec![one.clone(), two.clone()])),
        ("one ada", Fit::All, vec![&more, &one], Match::One(one.clone())),
        ("ada", Fit::All, vec![&one, &one], Match::One(one.clone())),
        ("ada onne", Fit::Some, vec![&two, &one], Match::Nearest(vec![one.clone(), two.clone()])),
        ("x", Fit::Some, vec![&two], Match::Nearest(vec![two.clone()])),
        ("x", Fit::All, vec![], Match::Nothing),
        ("x", Fit::Some, vec![], Match::Nothing),
    ] {
        let found: Vec<Track> = found.into_iter().cloned().collect();
        assert_eq!(meant(said, fit, &found), expected, "{said}");
    }
    let many: Vec<Track> = (0..9).map(|n| named(&format!("One {n}"))).collect();
    assert!(matches!(meant("one", Fit::All, &many), Match::Several(offered) if offered.len() == 5));
    assert_eq!(Fit::of("one more", vec![one.clone(), more.clone()]), (Fit::All, vec![more.clone()]));
    assert_eq!(Fit::of("three", vec![one.clone(), more.clone()]), (Fit::Some, vec![one, more]));
}

#[test]
fn a_month_is_the_rooms() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let moment: Timestamp = "2026-11-30T23:30:00Z".parse().unwrap();
    let (here, utc) = (Month::of(moment, &berlin), Month::of(moment, &TimeZone::UTC));
    assert_eq!((here.to_string(), utc.to_string(), here.before() == utc), ("2026-12".into(), "2026-11".into(), true));
    assert_eq!(Month::new(2026, 1).unwrap().before().to_string(), "2025-12");
    for text in ["2026-13", "2026-00", "2026-1", "26-01", "+026-01", "2026-01-01", "1999-12", "x", ""] {
        assert!(Month::try_from(text.to_owned()).is_err(), "{text}");
    }
    let json = serde_json::to_string(&here).unwrap();
    assert_eq!((json.as_str(), serde_json::from_str::<Month>(&json).unwrap()), ("\"2026-12\"", here));
}

proptest! {
    #[test]
    fn no_text_from_outside_is_too_much(texts in prop::collection::vec("(?s).{0,300}", 4)) {
        let [uri, artist, title, about] = texts.as_slice() else { panic!() };
        if let Some(track) = Track::new(uri, artist, title, about, None) {
            for name in [&track.artist, &track.title, &track.album] {
                prop_assert!(name.len() <= LONGEST_NAME && !name.chars().any(char::is_control));
            }
            prop_assert_eq!(track.key(), Track::new(uri, artist, title, "", None).unwrap().key());
        }
        for url in ["https://open.spotify.com/track/1", "https://music.apple.com/1"] {
            if let Asked::For(song) = asked(&written(about, vec![link(url, title, about, "Spotify")])) {
                prop_assert!(song.words.len() <= LONGEST_SONG && !song.words.chars().any(char::is_control));
            }
        }
        prop_assert_eq!(undecorated(&undecorated(title)).is_empty(), undecorated(title).is_empty());
    }
}
