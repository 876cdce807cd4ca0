//! Votes to skip, bans, loudness, stop and resume.

use super::votes::needed_to_skip;
use super::*;

/// `a1` plays, `b1` waits, and so many people are there.
fn playing(present: &[&str]) -> Station {
    let mut station = station();
    ask(&mut station, "a1", "A", 0).unwrap();
    ask(&mut station, "b1", "B", 1).unwrap();
    for by in present {
        station.saw(&person(by), at(2));
    }
    station
}

fn skip(station: &mut Station, by: &str, second: i64) -> Result<Skip, Refusal> {
    station.skip(Some(&"a1".into()), &person(by), false, at(second), &rules(), at(second))
}

fn plays(station: &Station) -> Option<&str> {
    station.playing.as_ref().map(|playing| playing.entry.id.as_str())
}

#[test]
fn more_than_half_of_who_is_there_skip() {
    for (present, needed) in [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (8, 5), (9, 5), (100, 5)] {
        assert_eq!(needed_to_skip(present), needed, "{present}");
    }
    let mut station = playing(&["A", "B", "C"]);
    assert_eq!(skip(&mut station, "B", 3), Ok(Skip::Voted { votes: 1, needed: 2 }));
    assert_eq!(skip(&mut station, "B", 4), Err(Refusal::Voted));
    assert_eq!(station.skip_votes(at(4)), Some((1, 2)));
    let Ok(Skip::Skipped(effects)) = skip(&mut station, "C", 5) else { panic!("two of three") };
    assert!(matches!(effects.as_slice(), [Effect::Say(Note::Skipped { by: SkippedBy::Votes(2), entry })] if entry.id.as_str() == "a1"));
    assert_eq!(plays(&station), Some("b1"));
    // A vote that comes late isn't one against the next song.
    assert_eq!(skip(&mut station, "D", 6), Err(Refusal::Over));
    assert_eq!(station.skip_votes(at(6)).map(|(votes, _)| votes), Some(0));
}

#[test]
fn who_left_an_hour_ago_isnt_there() {
    let mut station = playing(&["A", "B", "C", "D", "E"]);
    assert_eq!(skip(&mut station, "B", 10), Ok(Skip::Voted { votes: 1, needed: 3 }));
    let later = 3 + 3600;
    assert_eq!(station.present_at(at(later)), 1);
    assert!(matches!(skip(&mut station, "C", later), Ok(Skip::Skipped(_))), "B and C are left");
}

#[test]
fn a_vote_taken_back_doesnt_count() {
    let mut station = playing(&["A", "B", "C"]);
    skip(&mut station, "B", 3).unwrap();
    assert!(station.keep(&"a1".into(), &person("B"), at(4)));
    assert!(!station.keep(&"a1".into(), &person("B"), at(4)));
    assert!(!station.keep(&"b1".into(), &person("B"), at(4)));
    assert_eq!(skip(&mut station, "C", 5), Ok(Skip::Voted { votes: 1, needed: 2 }));
}

#[test]
fn the_asker_and_a_dj_skip_at_once() {
    let mut station = playing(&["A", "B", "C", "D", "E"]);
    let mut other = station.clone();
    assert!(matches!(skip(&mut station, "A", 3), Ok(Skip::Skipped(effects))
        if matches!(effects.as_slice(), [Effect::Say(Note::Skipped { by: SkippedBy::Requester, .. })])));
    let skipped = other.skip(None, &person("D"), true, at(3), &rules(), at(3));
    assert!(
        matches!(skipped, Ok(Skip::Skipped(effects)) if matches!(effects.as_slice(), [Effect::Say(Note::Skipped { by: SkippedBy::Dj(_), .. })]))
    );
    assert_eq!((plays(&station), plays(&other)), (Some("b1"), Some("b1")));
    assert_eq!(station.recent[0].how, HowOver::Skipped);
    let mut silent = super::station();
    assert_eq!(silent.skip(None, &person("D"), true, at(3), &rules(), at(3)), Err(Refusal::Silence));
}

#[test]
fn a_banned_song_is_out_until_it_is_let_in_again() {
    let mut station = playing(&[]);
    let (track, effects) = station.ban(&"a1".into(), &person("D"), &rules(), at(3)).unwrap();
    assert!(matches!(effects.as_slice(), [Effect::Say(Note::Skipped { by: SkippedBy::Ban(_), .. })]));
    assert_eq!((track.title.as_str(), plays(&station)), ("a1", Some("b1")));
    ask(&mut station, "c1", "C", 4).unwrap();
    let (_, effects) = station.ban(&"c1".into(), &person("D"), &rules(), at(5)).unwrap();
    assert!(matches!(effects.as_slice(), [Effect::Say(Note::Banned { .. })]));
    assert_eq!(station.request(&wish("c2", "C", 6), super::track("c1"), &rules(), at(6)), Err(Refusal::Banned));
    assert_eq!(station.ban(&"c1".into(), &person("D"), &rules(), at(6)).map(|_| ()), Err(Refusal::Gone));
    for (said, expected) in [
        ("ada", Err(Refusal::SeveralBanned(vec!["Ada – a1".into(), "Ada – c1".into()]))),
        ("", Err(Refusal::NotBanned)),
        ("–", Err(Refusal::NotBanned)),
        ("bob", Err(Refusal::NotBanned)),
        ("C1", Ok("Ada – c1".to_owned())),
        ("ada c1", Err(Refusal::NotBanned)),
    ] {
        assert_eq!(station.unban(said).map(|banned| banned.name), expected, "{said}");
    }
    assert_eq!(station.request(&wish("c3", "C", 7), super::track("c1"), &rules(), at(7)), Ok(Requested::Waits(1)));
}

#[test]
fn it_gets_no_louder_than_the_room_may() {
    use Loudness::{By, To};
    for (volume, heard, wish, expected) in [
        (Some(50), None, To(80), Ok(80)),
        (Some(50), None, To(81), Err(Refusal::TooLoud(80))),
        (Some(50), None, To(0), Ok(0)),
        (Some(75), None, By(10), Ok(80)),
        (Some(5), None, By(-10), Ok(0)),
        (Some(5), None, By(-128), Ok(0)),
        (None, Some(40), By(10), Ok(50)),
        (None, Some(100), By(-10), Ok(80)),
        (None, None, By(-10), Ok(70)),
    ] {
        let mut station = station();
        station.volume = volume;
        let seen = |volume| PlayerStatus { sound: Sound::Stopped, current: None, next: None, elapsed_seconds: 0, volume, error: None };
        station.seen = heard.map(|heard| seen(Some(heard)));
        assert_eq!(station.set_volume(wish, &rules()), expected, "{volume:?} {heard:?} {wish:?}");
    }
}

#[test]
fn nothing_begins_while_it_is_stopped() {
    let mut station = station();
    assert_eq!(station.resume(&rules(), at(0)), Err(Refusal::NotStopped));
    station.stop(&person("D"), &rules(), at(0)).unwrap();
    assert_eq!(station.stop(&person("D"), &rules(), at(0)), Err(Refusal::StoppedAlready));
    assert_eq!(ask(&mut station, "a1", "A", 1), Ok(Requested::Waits(1)));
    assert_eq!((plays(&station), station.next_ask(&rules(), at(1))), (None, Some(PlayerAsk::Status)));
    station.resume(&rules(), at(2)).unwrap();
    assert_eq!(plays(&station), Some("a1"));
    let session = station.session.clone();
    station.stop(&person("D"), &rules(), at(3)).unwrap();
    assert_eq!(station.session, session, "its message says that it is stopped");
    station.resume(&rules(), at(4)).unwrap();
    assert_ne!(station.session, session, "a message of its own, where people see it");
}
