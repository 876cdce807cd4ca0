//! The DJ room and its player: it is told what to do, goes on by itself, is off, can't play a file, and answers twice or never.

use crate::dj_world::{ROOM, World, at, entry_of, ts_of};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{DjStore as _, PortErrorKind};
use opsroom_domain::dj::{HowOver, Month};
use opsroom_memory::Moment;

#[tokio::test]
async fn from_silence_to_silence_one_message_tells_what_plays() {
    let mut world = World::new();
    world.posts("UDANA", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.until(205).await;
    assert!(world.shown().starts_with("Now playing: Kraftwerk – The Model\nasked by Avery"), "{}", world.shown());
    assert_eq!(world.sessions().len(), 1, "the next song is told in the same message");
    world.until(1000).await;
    assert_eq!(world.sessions(), ["Silence. Post a song, or type a few words of one."]);
    world.posts("ULEE", "computer love").await;
    let sessions = world.sessions();
    assert_eq!(sessions[0], "The music has ended.\nThe last song: Kraftwerk – The Model, asked by Avery");
    assert!(sessions.len() == 2 && sessions[1].starts_with("Now playing: Kraftwerk – Computer Love"), "{sessions:?}");
}

#[tokio::test]
async fn what_the_player_is_given_next_is_what_comes_next_by_turns() {
    let mut world = World::new();
    world.posts("UDANA", "one more time").await;
    world.posts("UDANA", "aerodynamic").await;
    world.posts("UAVERY", "the model").await;
    let given: Vec<&String> = world.player.asked.iter().filter(|asked| asked.starts_with("enqueue")).collect();
    assert_eq!(given, ["enqueue Daft Punk/Aerodynamic.flac", "enqueue Kraftwerk/The Model.flac"]);
    // It goes on by itself, and nobody has to be there in that second.
    world.player.passes(205);
    assert_eq!(world.player.plays(), Some("The Model"));
    world.until(260).await;
    assert!(world.shown().starts_with("Now playing: Kraftwerk – The Model"), "{}", world.shown());
}

#[tokio::test]
async fn one_answer_of_systems_manager_has_an_effect_once_however_often_it_is_told() {
    let mut world = World::new();
    world.posts("UDANA", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    let (state, sent) = (world.station(), world.hosts.sent.lock().unwrap().clone());
    for (command, _) in &sent {
        assert_eq!(world.told_of(command).await, Worked::Before, "{command}");
    }
    world.settle().await;
    assert_eq!(world.station(), state);
    assert_eq!(world.hosts.sent.lock().unwrap().len(), sent.len(), "and nothing is asked again");

    world.until(300).await;
    let sent = world.hosts.sent.lock().unwrap().clone();
    for (command, _) in sent.iter().chain(&sent) {
        world.told_of(command).await;
    }
    world.settle().await;
    let songs = world.store.chart(&ROOM.into(), Month::new(2026, 11).unwrap(), 10).await.unwrap();
    assert_eq!(songs.iter().map(|song| (song.name.as_str(), song.plays)).collect::<Vec<_>>(), [("Nina Simone – Sinnerman", 1)]);
    assert_eq!(world.player.heard, ["Sinnerman", "The Model"]);
}

#[tokio::test]
async fn a_message_that_is_told_twice_asks_for_one_song() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
    assert_eq!(world.work(&posting).await, Err(PortErrorKind::Transient));
    assert_eq!(world.work(&posting).await, Ok(Worked::Before), "it was written, though nobody said so");
    // Whoever wrote it couldn't tell that it is to be sent: the clock does.
    world.until(70).await;
    assert_eq!((world.sent("search"), world.player.plays()), (1, Some("Sinnerman")));
}

#[tokio::test]
async fn a_command_whose_answer_was_lost_is_not_sent_again() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    world.work(&posting).await.unwrap();
    let (search, _) = world.later_on.take().remove(0);
    world.hosts.failures.plan("send", PortErrorKind::Transient, Moment::After);
    assert_eq!(world.work(&search).await, Err(PortErrorKind::Transient));
    assert_eq!(world.work(&search).await, Ok(Worked::Done), "it is found by its comment");
    world.settle().await;
    assert_eq!((world.sent("search"), world.player.plays()), (1, Some("Sinnerman")));
}

#[tokio::test]
async fn an_answer_whose_event_is_lost_is_found_by_the_clock() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    world.work(&posting).await.unwrap();
    let (search, _) = world.later_on.take().remove(0);
    world.work(&search).await.unwrap();
    let (command, order) = world.hosts.sent.lock().unwrap()[0].clone();
    let printed = world.player.does(&order.parameters);
    world.hosts.print(&command, crate::dj_world::HOST, &printed, "");
    world.hosts.show(&command, true, &[(crate::dj_world::HOST, opsroom_domain::operation::HostStatus::Succeeded)]);
    assert_eq!(world.told(&ts_of(&posting)), "Looking for sinnerman…");
    // Its answer was seen, but no event told of it.
    world.player.is_lost = true;
    world.until(61).await;
    assert_eq!(world.told(&ts_of(&posting)), "Nina Simone – Sinnerman is up now.");
}

#[tokio::test]
async fn the_end_of_a_song_that_no_hint_tells_of_is_seen_by_the_clock() {
    let mut world = World::new();
    world.loses_hints = true;
    world.posts("UDANA", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.until(270).await;
    assert!(world.shown().starts_with("Now playing: Kraftwerk – The Model"), "{}", world.shown());
    assert_eq!(world.player.heard, ["Sinnerman", "The Model"]);
}

#[tokio::test]
async fn while_the_player_is_off_the_room_is_told_once_and_songs_wait_until_it_is_back() {
    let mut world = World::new();
    world.posts("ULEE", "the model").await;
    world.until(60).await;
    world.player.dies();
    let wished = world.posts("UDANA", "sinnerman").await;
    assert_eq!(world.told(&wished), "The player is off. sinnerman waits, and is looked for when it is back.");
    world.posts("UAVERY", "computer love").await;
    world.until(1800).await;
    assert_eq!(
        world.notes(),
        ["The player is off. Songs wait, and it goes on when it is back. connection refused"],
        "once in half an hour"
    );
    assert!(world.shown().contains("The player is off since (then)."), "{}", world.shown());
    assert_eq!(world.station().playing.unwrap().entry.track.title, "The Model", "it wasn't over");

    world.player.is_off = false;
    world.until(1800 + 600).await;
    assert_eq!(world.notes()[1..], ["The player is back, and goes on."]);
    assert_eq!(world.told(&wished), "Nina Simone – Sinnerman comes next.");
    world.until(3600).await;
    assert_eq!(world.player.heard, ["The Model", "The Model", "Sinnerman", "Computer Love"], "what was cut off begins anew");
    assert_eq!(world.notes().len(), 2);
}

#[tokio::test]
async fn a_player_that_never_answers_is_off_once_it_was_asked_twice_and_its_late_answer_does_no_harm() {
    let mut world = World::new();
    world.player.is_lost = true;
    let ts = world.posts("UDANA", "sinnerman").await;
    world.until(100).await;
    assert_eq!((world.told(&ts).as_str(), world.notes().len()), ("Looking for sinnerman…", 0));
    world.until(185).await;
    assert!(world.told(&ts).starts_with("The player takes long to look. sinnerman waits"), "{}", world.told(&ts));
    assert_eq!(world.notes(), [""; 0], "it is asked how it is");
    world.until(400).await;
    assert!(world.notes()[0].ends_with("it doesn't answer") && world.notes().len() == 1, "{:?}", world.notes());

    let (command, order) = world.hosts.sent.lock().unwrap()[0].clone();
    let late = world.player.does(&order.parameters);
    world.hosts.print(&command, crate::dj_world::HOST, &late, "");
    world.hosts.show(&command, true, &[(crate::dj_world::HOST, opsroom_domain::operation::HostStatus::Succeeded)]);
    assert_eq!(world.told_of(&command).await, Worked::Before);
    world.player.is_lost = false;
    world.until(1000).await;
    assert_eq!(world.player.heard, ["Sinnerman"], "it is looked for anew, once");
}

#[tokio::test]
async fn a_command_that_the_clock_sends_is_looked_after_by_the_clock() {
    let mut world = World::new();
    world.player.is_lost = true;
    let posting = world.posting("UDANA", "sinnerman");
    world.work(&posting).await.unwrap();
    world.later_on.take();
    world.until(60).await;
    assert_eq!(world.sent("search"), 1, "the hint was lost");
    world.until(250).await;
    assert!(world.told(&ts_of(&posting)).starts_with("The player takes long to look."), "{}", world.told(&ts_of(&posting)));
}

#[tokio::test]
async fn without_a_host_that_has_the_players_tags_it_is_off() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    world.work(&posting).await.unwrap();
    let (search, _) = world.later_on.take().remove(0);
    world.work(&search).await.unwrap();
    let command = world.hosts.last().unwrap();
    world.hosts.show(&command, true, &[]);
    world.told_of(&command).await;
    assert!(world.notes()[0].ends_with("no host with the player's tags answers Systems Manager"), "{:?}", world.notes());
    assert_eq!(world.station().wishes.len(), 1);
}

#[tokio::test]
async fn a_missing_or_broken_file_is_skipped_with_a_note_and_costs_no_turn() {
    let mut world = World::new();
    world.player.missing = vec!["Sinnerman"];
    world.player.broken = vec!["The Model"];
    world.posts("UDANA", "sinnerman").await;
    assert_eq!(world.notes(), ["Nina Simone – Sinnerman can't be played and is skipped: there is no such track"]);
    world.posts("UDANA", "the model").await;
    assert_eq!(world.notes()[1..], ["Kraftwerk – The Model can't be played and is skipped: Failed to decode"]);
    assert!(world.station().recent.iter().all(|played| played.how == HowOver::Failed));
    assert_eq!((world.station().served.len(), world.station().playing), (0, None));
    world.posts("UDANA", "computer love").await;
    assert_eq!(world.player.plays(), Some("Computer Love"));
    // Somebody has mended it meanwhile.
    world.player.missing.clear();
    let again = world.posts("UDANA", "sinnerman").await;
    assert_eq!(world.told(&again), "Nina Simone – Sinnerman comes next.");
}

#[tokio::test]
async fn a_missing_file_that_is_to_come_next_is_skipped_before_its_turn() {
    let mut world = World::new();
    world.player.missing = vec!["Sinnerman"];
    world.posts("UDANA", "the model").await;
    world.posts("UAVERY", "sinnerman").await;
    world.posts("ULEE", "computer love").await;
    assert_eq!(world.notes(), ["Nina Simone – Sinnerman can't be played and is skipped: there is no such track"]);
    assert_eq!(world.waiting(), ["Computer Love"]);
    world.until(300).await;
    assert_eq!(world.player.heard, ["The Model", "Computer Love"]);
    let songs = world.store.chart(&ROOM.into(), Month::new(2026, 11).unwrap(), 10).await.unwrap();
    assert_eq!(songs.len(), 1, "what nobody heard isn't counted: {songs:?}");
}

#[tokio::test]
async fn in_quiet_hours_nothing_is_heard_and_afterwards_it_goes_on() {
    let mut world = World::with(r#", "zone": "Europe/Berlin", "quiet": [{"from": "13:01", "to": "13:30"}]"#);
    world.posts("UDANA", "sinnerman").await;
    assert_eq!(world.player.plays(), Some("Sinnerman"), "it is 13:00 in Berlin");
    world.until(125).await;
    assert_eq!(world.player.plays(), None);
    assert!(world.shown().contains("Quiet hours until (then)."), "{}", world.shown());
    let ts = world.posts("UAVERY", "the model").await;
    assert_eq!((world.waiting(), world.player.plays()), (vec!["The Model".to_owned()], None));
    assert_eq!(world.told(&ts), "Kraftwerk – The Model comes next.");
    world.until(1799).await;
    assert_eq!(world.player.plays(), None);
    world.until(1865).await;
    assert_eq!(world.player.plays(), Some("Sinnerman"), "where it was, not from the start");
    world.until(2400).await;
    assert_eq!(world.player.heard, ["Sinnerman", "The Model"]);
}

#[tokio::test]
async fn what_is_asked_for_in_quiet_hours_begins_when_they_end() {
    let mut world = World::with(r#", "quiet": [{"from": "11:00", "to": "12:20"}]"#);
    let ts = world.posts("UDANA", "sinnerman").await;
    assert_eq!(world.told(&ts), "Nina Simone – Sinnerman comes next.");
    assert_eq!(world.station().place_of(&entry_of(&ts)), Some(1));
    world.until(1199).await;
    assert_eq!((world.sent("play"), world.station().session), (0, None));
    world.until(1265).await;
    assert_eq!(world.player.plays(), Some("Sinnerman"));
}

#[tokio::test]
async fn a_refused_command_does_not_end_the_music() {
    let mut world = World::new();
    world.posts("UDANA", "sinnerman").await;
    let posting = world.posting("UAVERY", "the model");
    world.work(&posting).await.unwrap();
    let (search, _) = world.later_on.take().remove(0);
    world.hosts.failures.plan("send", PortErrorKind::Permanent, Moment::Before);
    world.work(&search).await.unwrap();
    world.settle().await;
    assert!(world.told(&ts_of(&posting)).starts_with("The player is off. the model waits"), "{}", world.told(&ts_of(&posting)));
    world.until(400).await;
    assert_eq!(world.player.heard, ["Sinnerman", "The Model"]);
    assert_eq!(world.notes().len(), 2, "{:?}", world.notes());
    assert!(at(400) == world.now);
}

#[tokio::test]
async fn while_systems_manager_takes_nothing_the_player_is_off_and_nothing_waits_for_ever() {
    for kind in [PortErrorKind::Denied, PortErrorKind::NotFound, PortErrorKind::Transient] {
        let mut world = World::new();
        world.may_fail = true;
        for _ in 0..7 {
            world.hosts.failures.plan("send", kind, Moment::Before);
        }
        let ts = world.posts("UDANA", "sinnerman").await;
        world.until(200).await;
        assert_eq!(world.told(&ts), "The player is off. sinnerman waits, and is looked for when it is back.");
        assert_eq!(world.notes(), ["The player is off. Songs wait, and it goes on when it is back. send failed"]);
        world.until(3600).await;
        assert_eq!((world.player.heard.as_slice(), world.notes().len()), (["Sinnerman"].as_slice(), 2), "{kind:?}");
        assert_eq!(world.hosts.failures.pending(), [""; 0], "{kind:?}");
    }
}

#[tokio::test]
async fn a_steering_errand_that_fails_for_good_does_not_hold_the_room_up() {
    let mut world = World::new();
    world.posts("UDANA", "sinnerman").await;
    world.may_fail = true;
    // The end of the song is looked at, and that isn't taken.
    world.posts("UAVERY", "the model").await;
    for _ in 0..2 {
        world.hosts.failures.plan("send", PortErrorKind::Denied, Moment::Before);
    }
    world.until(1200).await;
    assert_eq!(world.hosts.failures.pending(), [""; 0]);
    assert_eq!(world.station().playing, None, "it is known that both songs are over");
    world.posts("ULEE", "computer love").await;
    assert_eq!(world.player.plays(), Some("Computer Love"));
}

#[tokio::test]
async fn what_a_service_says_in_its_own_words_is_not_told_to_the_room() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    world.work(&posting).await.unwrap();
    let (search, _) = world.later_on.take().remove(0);
    world.hosts.failures.plan("send", PortErrorKind::Permanent, Moment::Before);
    world.work(&search).await.unwrap();
    assert!(world.notes()[0].ends_with("send failed"), "{:?}", world.notes());
}

#[tokio::test]
async fn what_was_taken_out_after_the_player_was_given_it_is_not_left_to_play() {
    for line in ["dj ban 1", "dj remove 1"] {
        let mut world = World::new();
        world.posts("ULEE", "sinnerman").await;
        world.posts("UAVERY", "the model").await;
        world.types("r", "UDANA", line).await;
        // The player goes on to it by itself, and is told to leave it as soon as that is seen.
        world.until(210).await;
        assert_eq!((world.player.plays(), world.station().playing), (None, None), "{line}");
        let songs = world.store.chart(&ROOM.into(), Month::new(2026, 11).unwrap(), 10).await.unwrap();
        assert_eq!(songs.len(), 1, "{line}: {songs:?}");
    }
}

#[tokio::test]
async fn what_was_taken_out_is_not_left_to_play_when_the_song_before_it_is_skipped() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.types("r", "UDANA", "dj remove 1").await;
    world.types("s", "UDANA", "dj skip").await;
    assert_eq!(world.player.plays(), None);
}
