//! What is asked for, found, picked and taken back.

use super::*;

#[test]
fn people_take_turns_whoever_asked_for_more() {
    for (asked, order) in [
        // One who asks for many waits for one who asks for one.
        (&[("a1", "A"), ("a2", "A"), ("a3", "A"), ("b1", "B")][..], &["a1", "b1", "a2", "a3"][..]),
        (&[("a1", "A"), ("a2", "A"), ("b1", "B"), ("b2", "B"), ("c1", "C")], &["a1", "b1", "c1", "a2", "b2"]),
        (&[("a1", "A")], &["a1"]),
        (&[], &[]),
    ] {
        assert_eq!(ids(waiting(asked).in_turn()), order);
    }
}

#[test]
fn votes_decide_among_ones_own_songs_only() {
    let mut station = waiting(&[("a1", "A"), ("a2", "A"), ("b1", "B"), ("b2", "B")]);
    assert_eq!(station.up(&"a2".into(), &person("B"), true, at(9)), Ok(true));
    assert_eq!(station.up(&"b2".into(), &person("C"), true, at(9)), Ok(true));
    assert_eq!(station.up(&"b2".into(), &person("D"), true, at(9)), Ok(true));
    assert_eq!(ids(station.in_turn()), ["a2", "b2", "a1", "b1"]);
    assert_eq!(station.up(&"b2".into(), &person("C"), false, at(10)), Ok(true));
    assert_eq!(station.up(&"b2".into(), &person("D"), false, at(10)), Ok(true));
    assert_eq!(ids(station.in_turn()), ["a2", "b1", "a1", "b2"]);
    assert_eq!(station.up(&"b1".into(), &person("B"), true, at(11)), Err(Refusal::Own));
    assert_eq!(station.up(&"x".into(), &person("B"), true, at(11)), Err(Refusal::Gone));
}

#[test]
fn who_has_just_had_a_turn_comes_after_a_newcomer() {
    let mut station = station();
    for (second, id) in (0..).zip(["a1", "a2", "a3"]) {
        ask(&mut station, id, "A", second).unwrap();
    }
    assert_eq!(station.playing.as_ref().map(|playing| playing.entry.id.as_str()), Some("a1"));
    ask(&mut station, "b1", "B", 9).unwrap();
    assert_eq!(ids(station.in_turn()), ["b1", "a2", "a3"]);
}

#[test]
fn the_first_song_begins_and_the_same_request_is_one() {
    let mut station = station();
    assert_eq!(ask(&mut station, "a1", "A", 0), Ok(Requested::Now));
    assert_eq!(ask(&mut station, "a1", "A", 0), Ok(Requested::Known));
    assert_eq!(ask(&mut station, "a2", "A", 1), Ok(Requested::Waits(1)));
    assert_eq!(ask(&mut station, "b1", "B", 2), Ok(Requested::Waits(1)));
    assert_eq!(ask(&mut station, "b1", "B", 3), Ok(Requested::Known));
    assert_eq!((station.queue.len(), station.session.is_some(), station.idle), (2, true, false));
}

#[test]
fn a_song_is_there_once_whatever_its_file() {
    let mut station = waiting(&[("a1", "A")]);
    let other = Track::new("other/a1.mp3", "ADA", "A1 (Remastered 2011)", "Best of", Some(61)).unwrap();
    let requested = station.request(&wish("b1", "B", 5), other.clone(), &rules(), at(5));
    assert_eq!(requested, Ok(Requested::Vote("a1".into())));
    assert_eq!(station.request(&wish("b2", "B", 6), other.clone(), &rules(), at(6)), Ok(Requested::Vote("a1".into())));
    // One's own song needs no vote, and doesn't get one.
    assert_eq!(station.request(&wish("a2", "A", 7), other, &rules(), at(7)), Ok(Requested::Vote("a1".into())));
    assert_eq!((station.queue.len(), station.queue[0].ups.count()), (1, 1));
}

#[test]
fn refusals_say_why_and_when_it_would_work() {
    let mut station = waiting(&[("a1", "A"), ("a2", "A"), ("a3", "A"), ("a4", "A"), ("a5", "A")]);
    assert_eq!(ask(&mut station, "a6", "A", 9), Err(Refusal::Cap(5)));
    assert_eq!(ask(&mut station, "b1", "B", 9), Ok(Requested::Waits(2)));
    station.player_back(&rules(), at(10));
    assert_eq!(station.request(&wish("b2", "B", 9), track("a1"), &rules(), at(10)), Err(Refusal::PlaysNow));
    station.skip(None, &person("A"), false, at(60), &rules(), at(60)).unwrap();
    for (second, expected) in [
        (60, Err(Refusal::Lately { ago: 0, again: 120 })),
        (60 + 59 * 60 + 59, Err(Refusal::Lately { ago: 59, again: 61 })),
        (60 + 119 * 60 + 59, Err(Refusal::Lately { ago: 119, again: 1 })),
        (60 + 120 * 60, Ok(())),
    ] {
        let mut station = station.clone();
        let requested = station.request(&wish("c1", "C", second), track("a1"), &rules(), at(second));
        assert_eq!(requested.map(|_| ()), expected, "{second}");
    }
    let said = Refusal::Lately { ago: 59, again: 61 }.to_string();
    assert_eq!(said, "it was played 59 minutes ago; it can be asked for again in 61 minutes");
}

#[test]
fn ones_own_song_is_taken_out_and_a_djs_hand_reaches_all() {
    let mut station = waiting(&[("a1", "A"), ("b1", "B")]);
    assert_eq!(station.remove(&"a1".into(), &person("B"), false), Err(Refusal::NotYours));
    assert_eq!(station.remove(&"a1".into(), &person("A"), false).map(|entry| entry.id), Ok("a1".into()));
    assert_eq!(station.remove(&"a1".into(), &person("A"), false), Err(Refusal::Gone));
    assert_eq!(station.remove(&"b1".into(), &person("D"), true).map(|entry| entry.id), Ok("b1".into()));
    // A search that answers late doesn't bring it back.
    assert_eq!(ask(&mut station, "a1", "A", 9), Err(Refusal::TakenBack));
}

#[test]
fn a_deleted_message_takes_its_song_along_wherever_that_is() {
    let mut station = waiting(&[("a1", "A")]);
    assert!(matches!(station.withdraw("ts-a1"), Withdrawn::Entry(entry) if entry.id.as_str() == "a1"));
    station.wait(wish("a2", "A", 1)).unwrap();
    assert!(matches!(station.withdraw("ts-a2"), Withdrawn::Wish(wish) if wish.entry.as_str() == "a2"));
    station.offer(wish("a3", "A", 1), vec![track("x")]).unwrap();
    assert!(matches!(station.withdraw("ts-a3"), Withdrawn::Wish(wish) if wish.entry.as_str() == "a3"));
    assert_eq!(station.withdraw("ts-a4"), Withdrawn::Nothing);
    // Deleted before it was found.
    assert_eq!(ask(&mut station, "a4", "A", 9), Err(Refusal::TakenBack));
    assert_eq!(station.wait(wish("a4", "A", 9)), Err(Refusal::TakenBack));
    assert_eq!(station.offer(wish("a4", "A", 9), vec![track("x")]), Err(Refusal::TakenBack));
    assert!(station.queue.is_empty() && station.wishes.is_empty() && station.picks.is_empty());
    // What plays, plays on.
    let mut station = super::station();
    ask(&mut station, "b1", "B", 0).unwrap();
    assert_eq!(station.withdraw("ts-b1"), Withdrawn::Nothing);
    assert!(station.playing.is_some());
}

#[test]
fn votes_for_a_message_that_is_no_song_yet_are_not_lost() {
    let mut station = waiting(&[]);
    assert!(!station.up_message("ts-a1", &person("B"), true, at(1)));
    assert!(!station.up_message("ts-a1", &person("C"), false, at(3)));
    assert!(!station.up_message("ts-a1", &person("C"), true, at(2)), "it was taken back later, and that was told first");
    assert!(!station.up_message("ts-a1", &person("A"), true, at(2)), "their own");
    assert!(!station.up_message("ts-x", &person("A"), true, at(2)), "of another message");
    ask(&mut station, "a1", "A", 4).unwrap();
    assert_eq!(station.queue[0].ups.people().collect::<Vec<_>>(), [&person("B")]);
    assert_eq!(station.early.len(), 1);
    assert!(station.up_message("ts-a1", &person("D"), true, at(5)));
    assert!(!station.up_message("ts-a1", &person("D"), true, at(6)));
}

#[test]
fn who_asked_picks_and_a_refused_pick_may_be_picked_again() {
    let mut station = waiting(&[("b1", "B")]);
    station.ban(&"b1".into(), &person("D"), &rules(), at(1)).unwrap();
    station.offer(wish("a1", "A", 2), vec![track("b1"), track("x"), track("y")]).unwrap();
    let mut pick = |place, by: &str| station.pick(&"a1".into(), place, &person(by), &rules(), at(3)).map(|(track, _)| track.title);
    assert_eq!(pick(2, "B"), Err(Refusal::NotYours));
    assert_eq!(pick(0, "A"), Err(Refusal::NotOffered(3)));
    assert_eq!(pick(4, "A"), Err(Refusal::NotOffered(3)));
    assert_eq!(pick(1, "A"), Err(Refusal::Banned));
    assert_eq!(pick(2, "A"), Ok("x".to_owned()));
    assert_eq!(pick(2, "A"), Err(Refusal::NoPick));
    assert_eq!(ids(station.in_turn()), ["a1"]);
}

#[test]
fn what_waits_for_the_player_is_looked_for_once_when_it_is_back() {
    let mut station = waiting(&[]);
    for id in ["a1", "a2", "a1"] {
        station.wait(wish(id, "A", 1)).unwrap();
    }
    let effects = station.player_back(&rules(), at(5));
    assert_eq!(effects, [Effect::Say(Note::PlayerBack), Effect::Search(wish("a1", "A", 1)), Effect::Search(wish("a2", "A", 1))]);
    assert_eq!(station.player_back(&rules(), at(6)), []);
}

#[test]
fn a_song_isnt_played_again_too_soon_however_many_were_played_meanwhile() {
    let rules = StationRules { repeat_after: SignedDuration::from_hours(24), ..rules() };
    let mut station = station();
    let mut hear = |id: &str, title: &str, minute: i64| {
        let requested = station.request(&wish(id, "A", 60 * minute), track(title), &rules, at(60 * minute));
        let _nothing_plays = station.skip(None, &person("A"), false, at(60 * minute), &rules, at(60 * minute));
        requested
    };
    for minute in 0..200 {
        assert_eq!(hear(&format!("r{minute}"), &format!("s{minute}"), minute), Ok(Requested::Now));
    }
    assert_eq!(hear("again", "s0", 200), Err(Refusal::Lately { ago: 200, again: 1240 }));
    assert_eq!(hear("late", "s0", 24 * 60), Ok(Requested::Now));
}
