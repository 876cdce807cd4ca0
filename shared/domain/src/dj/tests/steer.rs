//! How the player is made to follow, and what follows from what it says.

use super::fake_player::{FakePlayer, look, steer};
use super::*;

fn play(uri: &str) -> PlayerAsk {
    PlayerAsk::Play { uri: format!("{uri}.flac") }
}

fn enqueue(uri: &str) -> PlayerAsk {
    PlayerAsk::Enqueue { uri: format!("{uri}.flac") }
}

fn plays(station: &Station) -> Option<&str> {
    station.playing.as_ref().map(|playing| playing.entry.id.as_str())
}

fn counted(effects: &[Effect]) -> Vec<&str> {
    effects.iter().filter_map(|effect| if let Effect::Count(counted) = effect { Some(counted.name.as_str()) } else { None }).collect()
}

/// `a1` plays since second 0 and `b1` is put ahead.
fn both() -> (Station, FakePlayer) {
    let (mut station, mut player) = (station(), FakePlayer::new());
    ask(&mut station, "a1", "A", 0).unwrap();
    ask(&mut station, "b1", "B", 0).unwrap();
    assert_eq!(steer(&mut station, &mut player, &rules(), 0), []);
    assert_eq!(player.asked, [PlayerAsk::Status, play("a1"), enqueue("b1")]);
    player.asked.clear();
    (station, player)
}

#[test]
fn songs_follow_each_other_without_a_gap() {
    let (mut station, mut player) = both();
    assert_eq!((station.elapsed(at(7)), station.next_look(&rules(), at(7))), (Some(7), Some(at(61))));
    player.passes(61);
    let effects = look(&mut station, &mut player, &rules(), 61);
    assert_eq!((counted(&effects), plays(&station), station.elapsed(at(61))), (vec!["Ada – a1"], Some("b1"), Some(1)));
    assert_eq!(player.asked, [PlayerAsk::Status], "nothing was to be told");
    player.passes(60);
    let effects = look(&mut station, &mut player, &rules(), 121);
    assert_eq!((counted(&effects), plays(&station), station.idle), (vec!["Ada – b1"], None, true));
    assert_eq!(player.heard, ["a1", "b1"]);
    assert_eq!(station.next_look(&rules(), at(121)), None, "nothing is to be seen");
}

#[test]
fn what_comes_next_is_changed_by_votes_and_requests() {
    let (mut station, mut player) = both();
    ask(&mut station, "b2", "B", 1).unwrap();
    assert_eq!(station.next_ask(&rules(), at(1)), None);
    station.up(&"b2".into(), &person("C"), true, at(2)).unwrap();
    steer(&mut station, &mut player, &rules(), 2);
    assert_eq!(player.asked, [enqueue("b2")]);
    // The vote comes when the player has gone on already: that is what plays, and nothing is lost.
    station.up(&"b1".into(), &person("C"), true, at(3)).unwrap();
    station.up(&"b1".into(), &person("D"), true, at(3)).unwrap();
    player.passes(62);
    look(&mut station, &mut player, &rules(), 62);
    assert_eq!((plays(&station), ids(station.in_turn())), (Some("b2"), vec!["b1"]));
}

#[test]
fn a_skipped_song_ends_at_once() {
    let (mut station, mut player) = both();
    station.skip(None, &person("A"), false, at(5), &rules(), at(5)).unwrap();
    steer(&mut station, &mut player, &rules(), 5);
    assert_eq!((player.list[0].title.as_str(), plays(&station)), ("b1", Some("b1")));
    station.skip(None, &person("B"), false, at(6), &rules(), at(6)).unwrap();
    let effects = steer(&mut station, &mut player, &rules(), 6);
    assert_eq!((player.sound, counted(&effects), plays(&station)), (Sound::Stopped, vec![], None));
}

#[test]
fn what_cant_be_played_is_skipped_with_a_note_and_costs_no_turn() {
    for first in [true, false] {
        let (mut station, mut player) = (station(), FakePlayer::new());
        player.broken.push("bad.flac".to_owned());
        let order = if first { [("bad", "A"), ("a2", "A"), ("b1", "B")] } else { [("b1", "B"), ("bad", "A"), ("a2", "A")] };
        for (second, (id, by)) in (0..).zip(order) {
            ask(&mut station, id, by, second).unwrap();
        }
        let mut effects = steer(&mut station, &mut player, &rules(), 3);
        for minute in 1..5 {
            player.passes(61);
            effects.extend(look(&mut station, &mut player, &rules(), 3 + minute * 61));
        }
        let failed: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::Say(_))).collect();
        assert!(
            matches!(failed.as_slice(), [Effect::Say(Note::Failed { entry, why })] if entry.id.as_str() == "bad" && why == "Failed to decode")
        );
        assert_eq!(counted(&effects), if first { ["Ada – a2", "Ada – b1"] } else { ["Ada – b1", "Ada – a2"] });
        // It may be asked for again: somebody may have mended it.
        assert_eq!(station.request(&wish("again", "A", 999), track("bad"), &rules(), at(999)), Ok(Requested::Now));
    }
}

#[test]
fn what_the_library_no_longer_has_is_taken_out() {
    let (mut station, _) = both();
    ask(&mut station, "b2", "B", 1).unwrap();
    station.up(&"b2".into(), &person("C"), true, at(1)).unwrap();
    let gone = PlayerAnswer::Refused { why: "there is no such track".to_owned() };
    let mut answer = |errand: &str| {
        let ask = station.next_ask(&rules(), at(1)).unwrap();
        station.steered(errand.into(), ask, at(1));
        (station.answered(&errand.into(), &gone, &rules(), at(1)).len(), ids(station.in_turn()).len())
    };
    assert_eq!(answer("e1"), (1, 1), "it was to be put ahead");
    assert_eq!(station.next_ask(&rules(), at(1)), None);
    station.skip(None, &person("A"), false, at(2), &rules(), at(2)).unwrap();
    assert_eq!(station.next_ask(&rules(), at(2)), Some(play("b1")));
    station.steered("e3".into(), play("b1"), at(2));
    let effects = station.answered(&"e3".into(), &gone, &rules(), at(2));
    assert!(matches!(effects.as_slice(), [Effect::Say(Note::Failed { entry, .. })] if entry.id.as_str() == "b1"));
    assert_eq!((plays(&station), station.next_ask(&rules(), at(2))), (None, None));
}

#[test]
fn songs_wait_while_the_player_is_off_and_the_room_is_told_once() {
    let (mut station, mut player) = both();
    player.passes(20);
    player.dies();
    let lost = look(&mut station, &mut player, &rules(), 20);
    assert_eq!(lost, [Effect::Say(Note::PlayerLost { why: "connection refused".to_owned() })]);
    assert_eq!((station.is_off(), station.next_look(&rules(), at(20))), (true, Some(at(80))));
    assert_eq!(look(&mut station, &mut player, &rules(), 80), []);
    assert_eq!(station.next_look(&rules(), at(20 + 1000)), Some(at(20 + 1250)));
    assert_eq!(station.next_look(&rules(), at(20 + 90_000)), Some(at(20 + 90_600)));
    assert_eq!(ask(&mut station, "c1", "C", 90), Ok(Requested::Waits(2)));
    player.is_off = false;
    let back = look(&mut station, &mut player, &rules(), 100);
    assert_eq!((back, plays(&station)), (vec![Effect::Say(Note::PlayerBack)], Some("a1")));
    assert_eq!(player.heard, ["a1", "a1"], "what was cut off is heard from its start");
    let mut effects = Vec::new();
    for minute in 1..4 {
        player.passes(61);
        effects.extend(look(&mut station, &mut player, &rules(), 100 + 61 * minute));
    }
    assert_eq!(counted(&effects), ["Ada – a1", "Ada – b1", "Ada – c1"]);
}

#[test]
fn a_player_that_played_on_while_nobody_could_reach_it_is_followed() {
    let (mut station, mut player) = both();
    station.player_lost("the network", at(10));
    player.passes(70);
    let effects = look(&mut station, &mut player, &rules(), 70);
    assert_eq!((counted(&effects), plays(&station), player.heard.len()), (vec!["Ada – a1"], Some("b1"), 2));
}

#[test]
fn an_answer_counts_once_and_late_ones_dont() {
    let (mut station, mut player) = both();
    station.look(&rules(), at(1));
    station.steered("e1".into(), PlayerAsk::Status, at(1));
    let answer = PlayerAnswer::Status(player.status());
    assert_eq!(station.unanswered(&"e0".into(), at(2)), []);
    assert_eq!(station.answered(&"e0".into(), &PlayerAnswer::Off { why: String::new() }, &rules(), at(2)), []);
    assert!(!station.is_off());
    assert_eq!(station.unanswered(&"e1".into(), at(200)).len(), 1);
    let off = station.clone();
    assert_eq!(station.answered(&"e1".into(), &answer, &rules(), at(201)), [], "its answer comes after it was given up");
    assert_eq!(station, off);
    assert!(matches!(look(&mut station, &mut player, &rules(), 260).as_slice(), [Effect::Say(Note::PlayerBack)]));
}

#[test]
fn a_late_look_counts_what_was_heard_meanwhile() {
    let (mut station, mut player) = both();
    player.passes(500);
    let effects = look(&mut station, &mut player, &rules(), 500);
    assert_eq!((counted(&effects), plays(&station)), (vec!["Ada – a1", "Ada – b1"], None));
    assert_eq!(player.heard, ["a1", "b1"]);
}

#[test]
fn somebody_at_the_machine_is_overruled_once() {
    let (mut station, mut player) = both();
    player.passes(20);
    player.does(&play("theirs"));
    look(&mut station, &mut player, &rules(), 20);
    assert_eq!((player.list[0].title.as_str(), plays(&station)), ("a1", Some("a1")));
    player.does(&play("theirs"));
    look(&mut station, &mut player, &rules(), 30);
    assert_eq!((player.list[0].title.as_str(), plays(&station)), ("b1", Some("b1")), "it isn't begun for ever");
    // While nothing is asked for, whoever is there may play what they like.
    let (mut station, mut player) = (super::station(), FakePlayer::new());
    player.does(&play("theirs"));
    station.volume = Some(50);
    steer(&mut station, &mut player, &rules(), 0);
    assert_eq!(player.sound, Sound::Playing);
}

#[test]
fn it_is_silent_when_it_should_be_and_goes_on_where_it_was() {
    let (mut station, mut player) = both();
    player.passes(20);
    station.stop(&person("D"), &rules(), at(20)).unwrap();
    steer(&mut station, &mut player, &rules(), 20);
    assert_eq!((player.sound, station.next_look(&rules(), at(20))), (Sound::Paused, None));
    assert_eq!(station.elapsed(at(500)), Some(20));
    station.resume(&rules(), at(500)).unwrap();
    steer(&mut station, &mut player, &rules(), 500);
    assert_eq!((player.sound, station.elapsed(at(501)), player.heard.len()), (Sound::Playing, Some(21), 1));
    assert_eq!(station.next_look(&rules(), at(500)), Some(at(500 + 41)));
    // What was done is told again when it is wanted again, however soon.
    for (second, sound) in [(501, Sound::Paused), (502, Sound::Playing), (503, Sound::Paused)] {
        if sound == Sound::Paused {
            station.stop(&person("D"), &rules(), at(second)).unwrap();
        } else {
            station.resume(&rules(), at(second)).unwrap();
        }
        steer(&mut station, &mut player, &rules(), second);
        assert_eq!(player.sound, sound, "{second}");
    }
}

#[test]
fn volumes_that_a_player_doesnt_know_are_no_endless_quarrel() {
    for (has, step, wanted, heard, ends_in) in [
        (Some(50), 1, Some(30), Some(30), Some(30)),
        (Some(50), 7, Some(30), Some(28), Some(28)),
        (Some(100), 1, None, Some(80), None),
        (Some(100), 7, None, Some(77), None),
        (None, 1, Some(30), None, Some(30)),
    ] {
        let (mut station, mut player) = (station(), FakePlayer::new());
        (player.volume, player.step, station.volume) = (has, step, wanted);
        ask(&mut station, "a1", "A", 0).unwrap();
        ask(&mut station, "b1", "B", 0).unwrap();
        steer(&mut station, &mut player, &rules(), 0);
        assert_eq!((player.volume, station.volume, player.list.len()), (heard, ends_in, 2), "{has:?} {step} {wanted:?}");
    }
}

#[test]
fn a_player_that_doesnt_obey_is_asked_again_in_a_minute_and_not_before() {
    let says = |sound, current: &str, volume| PlayerStatus {
        sound,
        current: Some(track(current)),
        next: None,
        elapsed_seconds: 5,
        volume: Some(volume),
        error: None,
    };
    for (stopped, volume, status, asks) in [
        (true, 50, says(Sound::Playing, "a1", 50), vec![PlayerAsk::Stop]),
        (false, 50, says(Sound::Paused, "a1", 50), vec![PlayerAsk::Resume, enqueue("b1")]),
        (false, 50, says(Sound::Playing, "a1", 50), vec![enqueue("b1")]),
        (false, 90, says(Sound::Playing, "a1", 90), vec![PlayerAsk::Volume { percent: 80 }, enqueue("b1")]),
    ] {
        let (mut station, _) = both();
        station.volume = Some(volume);
        station.seen = Some(status.clone());
        if stopped {
            station.stop(&person("D"), &rules(), at(5)).unwrap();
        }
        let mut asked = |second: i64| {
            let mut asked = Vec::new();
            while let Some(ask) = station.next_ask(&rules(), at(second)) {
                assert!(asked.len() < 20, "without an end: {asked:?}");
                asked.push(ask.clone());
                station.steered("e".into(), ask, at(second));
                station.answered(&"e".into(), &PlayerAnswer::Status(status.clone()), &rules(), at(second));
            }
            asked
        };
        let first = asked(6);
        assert!(asks.iter().all(|ask| first.contains(ask)), "{first:?}");
        assert_eq!(asked(7), []);
        assert!(!asked(67).is_empty());
    }
}

#[test]
fn a_song_that_is_longer_than_its_tags_say_is_looked_at_less_and_less_often() {
    let (mut station, mut player) = both();
    let mut looks = Vec::new();
    for second in [60, 61, 71, 161] {
        player.elapsed = u32::try_from(second).unwrap();
        look(&mut station, &mut player, &rules(), second);
        looks.push(station.next_look(&rules(), at(second)).map(|moment| moment.duration_since(at(second)).as_secs()));
    }
    assert_eq!(looks, [Some(2), Some(10), Some(10), Some(25)]);
    assert_eq!(plays(&station), Some("a1"));
}
