//! The DJ room's people: votes belong to a song, a song to who asked for it, and some things take the permission of a DJ.

use std::sync::Arc;

use crate::dj_world::{ROOM, World, at, catalog, entry_of, happens, ts_of};
use opsroom_application::commands::Worked;
use opsroom_application::ports::StoredCatalog;
use opsroom_domain::audit::Outcome;
use opsroom_domain::card::DjPress;
use opsroom_domain::posting::PostingChange;

/// What went into the audit log: who, and what they asked for, with `!` before what was refused.
fn recorded(world: &World) -> Vec<String> {
    let refused = |outcome: &Outcome| if matches!(outcome, Outcome::Refused { .. }) { "!" } else { "" };
    world.store.look(|state| {
        let record = |entry: &opsroom_domain::audit::AuditEntry| {
            format!("{}{} {}", refused(&entry.record.outcome), entry.record.actor, entry.record.request)
        };
        state.audit.iter().map(record).collect()
    })
}

#[tokio::test]
async fn more_than_half_of_those_who_are_there_skip_a_song() {
    let mut world = World::new();
    world.posts("UDANA", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.types("s1", "ULEE", "dj skip").await;
    assert!(world.answer("s1").starts_with("Your vote counts: 1 of 2 who are needed"), "{}", world.answer("s1"));
    assert_eq!(world.player.plays(), Some("Sinnerman"));
    world.types("s2", "ULEE", "dj skip").await;
    assert!(world.answer("s2").contains("you have voted for that already"), "{}", world.answer("s2"));
    let shown = world.shown();
    assert!(shown.contains("[⏭ Skip (1 of 2)]"), "{shown}");
    let skip = world.button("⏭");
    world.presses("s3", "UROBIN", &skip).await;
    assert_eq!(world.player.plays(), Some("Sinnerman"), "with Robin four are there, and three are needed");
    world.presses("s4", "UAVERY", &skip).await;
    assert_eq!(world.player.plays(), Some("The Model"));
    assert_eq!(world.notes(), ["Nina Simone – Sinnerman was skipped: 3 wanted the next song."]);
}

#[tokio::test]
async fn who_was_there_an_hour_ago_is_not_needed_to_skip() {
    let mut world = World::with(r#", "repeat_after_minutes": 0"#);
    for person in ["UDANA", "UROBIN", "UAVERY"] {
        world.posts(person, "sinnerman").await;
    }
    world.until(3700).await;
    world.posts("UAVERY", "the model").await;
    world.types("s1", "ULEE", "dj skip").await;
    assert!(world.answer("s1").contains("1 of 2"), "Avery and Lee are there: {}", world.answer("s1"));
}

#[tokio::test]
async fn a_press_on_an_old_card_does_nothing_to_the_song_that_plays_now() {
    let mut world = World::new();
    world.posts("UAVERY", "sinnerman").await;
    world.posts("UROBIN", "the model").await;
    let (skip, up) = (world.button("⏭"), world.button("👍"));
    world.until(210).await;
    assert_eq!(world.player.plays(), Some("The Model"));
    for (event, person) in [("s1", "ULEE"), ("s2", "UAVERY"), ("s3", "UDANA")] {
        world.presses(event, person, &skip).await;
        assert!(world.answer(event).contains("that song is over already"), "{}", world.answer(event));
    }
    world.presses("u1", "ULEE", &up).await;
    assert!(world.answer("u1").contains("it isn't in the queue any more"), "{}", world.answer("u1"));
    let playing = world.station().playing.unwrap();
    assert_eq!((playing.entry.track.title.as_str(), playing.skips.count(), playing.entry.ups.count()), ("The Model", 0, 0));
    assert_eq!((world.player.plays(), world.sent("next")), (Some("The Model"), 0));
}

#[tokio::test]
async fn a_vote_to_skip_ends_with_its_song() {
    let mut world = World::new();
    world.posts("UAVERY", "sinnerman").await;
    world.posts("UROBIN", "the model").await;
    world.types("s1", "ULEE", "dj skip").await;
    assert!(world.answer("s1").contains("1 of 2"), "{}", world.answer("s1"));
    world.until(210).await;
    assert!(world.shown().contains("[⏭ Skip] "), "{}", world.shown());
    world.types("s2", "ULEE", "dj skip").await;
    assert!(world.answer("s2").contains("1 of 2"), "{}", world.answer("s2"));
    assert_eq!(world.player.plays(), Some("The Model"));
}

#[tokio::test]
async fn a_press_that_is_told_twice_is_one_vote() {
    let mut world = World::new();
    world.posts("UAVERY", "sinnerman").await;
    world.posts("UROBIN", "the model").await;
    let skip = world.button("⏭");
    assert_eq!(world.presses("s1", "ULEE", &skip).await, Worked::Done);
    assert_eq!(world.presses("s1", "ULEE", &skip).await, Worked::Before);
    assert_eq!(world.station().playing.unwrap().skips.count(), 1);
}

#[tokio::test]
async fn votes_say_which_of_ones_songs_comes_first_and_never_whose_turn_it_is() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("UDANA", "one more time").await;
    let second = world.posts("UDANA", "aerodynamic").await;
    world.posts("UAVERY", "the model").await;
    assert_eq!(world.waiting(), ["One More Time", "The Model", "Aerodynamic"]);
    world.reacts(&second, "UROBIN", "fire", 1).await;
    world.reacts(&second, "UAVERY", "thumbsup::skin-tone-4", 2).await;
    assert_eq!(world.waiting(), ["Aerodynamic", "The Model", "One More Time"]);
    // Of two events of one person the later one counts, in whatever order they come.
    world.reaction(&second, "UAVERY", "thumbsup", false, 9).await;
    world.reaction(&second, "UAVERY", "thumbsup", true, 8).await;
    world.reacts(&second, "UDANA", "heart", 10).await;
    world.reacts(&second, "UROBIN", "eyes", 11).await;
    let ups = |world: &World| world.station().queue.iter().find(|entry| entry.id == entry_of(&second)).unwrap().ups.count();
    assert_eq!(ups(&world), 1, "Robin's; one's own counts for nothing");
    world.types("u1", "ULEE", "dj up 1").await;
    assert_eq!(world.answer("u1"), "Your vote counts for Daft Punk – Aerodynamic.");
    world.types("u2", "UDANA", "dj up 1").await;
    assert!(world.answer("u2").contains("it is your own song"), "{}", world.answer("u2"));
    assert_eq!(ups(&world), 2);
}

#[tokio::test]
async fn who_votes_for_a_message_before_its_song_is_found_has_voted_for_the_song() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    let posting = world.posting("UDANA", "the model");
    world.work(&posting).await.unwrap();
    let reacted = PostingChange::Reacted { by: "UAVERY".into(), emoji: "+1".into(), added: true };
    world.work(&happens(&ts_of(&posting), crate::dj_world::at(1), reacted)).await.unwrap();
    world.settle().await;
    assert_eq!(world.station().queue[0].ups.people().collect::<Vec<_>>(), [&"UAVERY".into()]);
}

#[tokio::test]
async fn a_reaction_to_what_tells_what_plays_is_one_to_what_plays() {
    let mut world = World::new();
    world.posts("UAVERY", "sinnerman").await;
    world.posts("UROBIN", "the model").await;
    let card = world.slack_shows_what_plays();
    world.reacts(&card, "ULEE", "notes", 1).await;
    world.reacts(&card, "ULEE", "thumbsdown", 2).await;
    let playing = world.station().playing.unwrap();
    assert_eq!((playing.entry.ups.count(), playing.skips.count()), (1, 1));
    world.reaction(&card, "ULEE", "thumbsdown", false, 3).await;
    assert_eq!(world.station().playing.unwrap().skips.count(), 0);
    world.reacts("99.000001", "ULEE", "thumbsdown", 4).await;
    assert_eq!(world.station().playing.unwrap().skips.count(), 0, "to another message it says nothing");
    world.reacts(&card, "UAVERY", "fast_forward", 5).await;
    assert_eq!(world.player.plays(), Some("The Model"), "who asked for it skips at once");
}

#[tokio::test]
async fn a_reaction_that_comes_late_is_one_to_what_played_then() {
    let mut world = World::new();
    world.posts("UAVERY", "sinnerman").await;
    world.posts("UROBIN", "the model").await;
    let card = world.slack_shows_what_plays();
    world.until(230).await;
    world.reacts(&card, "ULEE", "thumbsdown", 190).await;
    world.reacts(&card, "ULEE", "fire", 191).await;
    let playing = world.station().playing.unwrap();
    assert_eq!((playing.entry.track.title.as_str(), playing.skips.count(), playing.entry.ups.count()), ("The Model", 0, 0));
    world.reacts(&card, "ULEE", "-1", 229).await;
    assert_eq!(world.station().playing.unwrap().skips.count(), 1);
}

#[tokio::test]
async fn a_song_is_taken_out_by_who_asked_for_it_or_by_a_dj() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.posts("UROBIN", "computer love").await;
    world.types("r1", "UROBIN", "dj remove 1").await;
    assert!(world.answer("r1").contains("it is somebody else's; who asked for a song takes it out, or a DJ"), "{}", world.answer("r1"));
    assert_eq!(world.waiting(), ["The Model", "Computer Love"]);
    world.types("r2", "UAVERY", "dj remove 1").await;
    assert_eq!(world.answer("r2"), "Kraftwerk – The Model is out of the queue.");
    world.types("r3", "UDANA", "dj remove 1").await;
    assert_eq!(world.answer("r3"), "Kraftwerk – Computer Love is out of the queue.");
    world.types("r4", "UDANA", "dj remove 1").await;
    assert!(world.answer("r4").contains("it isn't in the queue any more"), "{}", world.answer("r4"));
}

#[tokio::test]
async fn volume_stop_resume_ban_and_unban_take_the_permission_of_a_dj() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("ULEE", "the model").await;
    let (state, sent) = (world.station(), world.hosts.sent.lock().unwrap().len());
    for (number, line) in ["dj volume 20", "dj stop", "dj resume", "dj ban np", "dj ban 1", "dj unban model"].into_iter().enumerate() {
        let event = format!("e{number}");
        assert_eq!(world.types(&event, "UAVERY", line).await, Worked::Refused, "{line}");
        assert!(world.answer(&event).contains("dj"), "{}", world.answer(&event));
    }
    let softer = world.button("🔉");
    assert_eq!(world.presses("p1", "UAVERY", &softer).await, Worked::Refused);
    assert_eq!((world.station(), world.hosts.sent.lock().unwrap().len(), world.player.volume), (state, sent, 50));
    world.types("v1", "UAVERY", "dj volume").await;
    assert_eq!(world.answer("v1"), "The volume is at 50 %.", "who asks changes nothing");
    assert_eq!(recorded(&world).len(), 7, "{:?}", recorded(&world));
    assert!(recorded(&world).iter().all(|record| record.starts_with("!UAVERY")), "{:?}", recorded(&world));
}

#[tokio::test]
async fn whether_somebody_is_a_dj_is_looked_at_when_they_press() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("ULEE", "the model").await;
    let (skip, softer) = (world.button("⏭"), world.button("🔉"));
    assert_eq!(world.presses("p1", "UDANA", &softer).await, Worked::Done);
    assert_eq!(world.player.volume, 40);
    let mut without = catalog("");
    without.people.get_mut("UDANA").unwrap().roles = vec!["reader".into()];
    world.store.state.lock().unwrap().catalog = Some(Arc::new(StoredCatalog { version: 2, catalog: without }));
    assert_eq!(world.presses("p2", "UDANA", &softer).await, Worked::Refused);
    assert_eq!(world.player.volume, 40);
    assert_eq!(recorded(&world), ["UDANA dj volume -10", "!UDANA dj volume -10"]);
    world.presses("p3", "UDANA", &skip).await;
    assert!(world.answer("p3").starts_with("Your vote counts: 1 of 2"), "a vote as anybody's: {}", world.answer("p3"));
    assert_eq!(world.player.plays(), Some("Sinnerman"));
}

#[tokio::test]
async fn a_dj_skips_at_once_and_so_does_who_asked_for_the_song() {
    let mut world = World::new();
    for song in ["sinnerman", "the model", "computer love"] {
        world.posts("ULEE", song).await;
    }
    world.posts("UAVERY", "under pressure").await;
    world.types("s1", "UDANA", "dj skip").await;
    assert_eq!((world.is_answered("s1"), world.player.plays()), (false, Some("Under Pressure")), "the room is told, and that is enough");
    assert_eq!(world.explained_notes(), ["dj skip"], "and can ask how");
    world.types("s2", "UAVERY", "dj skip").await;
    assert_eq!(world.player.plays(), Some("The Model"));
    let notes = ["Nina Simone – Sinnerman was skipped by Dana.", "Queen – Under Pressure was skipped by Avery, who asked for it."];
    assert_eq!(world.notes(), notes);
}

#[tokio::test]
async fn a_skipped_song_with_none_after_it_ends() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.types("s1", "UDANA", "dj skip").await;
    assert_eq!(world.player.plays(), None);
    assert!(world.shown().starts_with("Silence."), "{}", world.shown());
    world.types("s2", "UDANA", "dj skip").await;
    assert!(world.answer("s2").contains("nothing plays"), "{}", world.answer("s2"));
}

#[tokio::test]
async fn a_banned_song_ends_and_is_not_taken_until_the_ban_is_taken_back() {
    let mut world = World::with(r#", "repeat_after_minutes": 0"#);
    world.posts("ULEE", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.types("b1", "UDANA", "dj ban np").await;
    assert!(world.answer("b1").starts_with("Nina Simone – Sinnerman isn't played here any more"), "{}", world.answer("b1"));
    assert_eq!(world.player.plays(), Some("The Model"));
    assert_eq!(world.notes(), ["Nina Simone – Sinnerman was banned by Dana."]);
    let again = world.posts("ULEE", "sinnerman").await;
    assert!(world.told(&again).contains("it is banned in this room"), "{}", world.told(&again));
    world.types("b2", "UDANA", "dj unban sinnerman").await;
    assert_eq!(world.answer("b2"), "Nina Simone – Sinnerman may be asked for again.");
    world.posts("ULEE", "sinnerman").await;
    assert_eq!(world.waiting(), ["Sinnerman"]);
    assert_eq!(recorded(&world), ["UDANA dj ban np", "UDANA dj unban sinnerman"]);
}

#[tokio::test]
async fn it_gets_no_louder_than_the_room_may_be() {
    let mut world = World::with(r#", "largest_volume": 60"#);
    world.player.volume = 90;
    world.posts("ULEE", "sinnerman").await;
    let set = world.player.asked.iter().position(|asked| asked == "volume 60").unwrap();
    let begun = world.player.asked.iter().position(|asked| asked.starts_with("play")).unwrap();
    assert!(set < begun && world.player.volume == 60, "{:?}", world.player.asked);
    world.types("v1", "UDANA", "dj volume 61").await;
    assert!(world.answer("v1").contains("this room gets no louder than 60 %"), "{}", world.answer("v1"));
    world.types("v2", "UDANA", "dj volume 55").await;
    let louder = world.button("🔊");
    world.presses("v3", "UDANA", &louder).await;
    assert_eq!(world.answer("v3"), "The volume goes to 60 %.");
    assert_eq!(world.player.volume, 60);
}

#[tokio::test]
async fn what_is_stopped_is_silent_until_a_dj_lets_it_go_on() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.until(50).await;
    world.types("s1", "UDANA", "dj stop").await;
    assert_eq!(world.player.plays(), None);
    world.posts("UAVERY", "the model").await;
    world.until(1000).await;
    assert_eq!((world.player.plays(), world.waiting()), (None, vec!["The Model".to_owned()]));
    assert!(world.shown().contains("Stopped by Dana; dj resume goes on."), "{}", world.shown());
    world.types("s2", "UDANA", "dj stop").await;
    assert!(world.answer("s2").contains("it is stopped already"), "{}", world.answer("s2"));
    world.types("s3", "UDANA", "dj resume").await;
    assert_eq!(world.player.plays(), Some("Sinnerman"));
    world.until(1500).await;
    assert_eq!(world.player.heard, ["Sinnerman", "The Model"], "where it was, not from the start");
    assert_eq!(recorded(&world), ["UDANA dj stop", "UDANA dj resume"]);
}

#[tokio::test]
async fn what_changes_something_is_asked_in_the_room_and_what_only_looks_anywhere() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.types_in("COPS", "q1", "UAVERY", "dj np").await;
    assert!(world.answer("q1").starts_with("Now playing: Nina Simone – Sinnerman"), "{}", world.answer("q1"));
    for (event, line) in [("e1", "dj skip"), ("e2", "dj play the model"), ("e3", "dj stop")] {
        world.types_in("COPS", event, "UDANA", line).await;
        assert_eq!(world.answer(event), "That is asked in #CDJ, where all hear it.");
    }
    assert_eq!((world.player.plays(), world.waiting().len()), (Some("Sinnerman"), 0));
    world.types("e4", "UDANA", "dj play the model").await;
    assert_eq!(world.waiting(), ["The Model"]);
}

#[tokio::test]
async fn a_choice_is_answered_from_one_to_as_many_as_were_offered() {
    let mut world = World::new();
    let ts = world.posts("ULEE", "feeling good").await;
    world.presses("p1", "ULEE", &DjPress::Pick { wish: entry_of(&ts), place: 3 }).await;
    assert!(world.answer("p1").contains("pick one from 1 to 2"), "{}", world.answer("p1"));
    world.presses("p2", "ULEE", &DjPress::Pick { wish: entry_of(&ts), place: 0 }).await;
    assert!(world.answer("p2").contains("pick one from 1 to 2"), "{}", world.answer("p2"));
    world.presses("p3", "ULEE", &DjPress::Pick { wish: entry_of(&ts), place: 2 }).await;
    assert_eq!(world.player.plays(), Some("Feeling Good"));
}

#[tokio::test]
async fn a_line_that_comes_late_is_for_what_played_when_it_was_typed() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    world.until(210).await;
    assert_eq!(world.player.plays(), Some("The Model"));
    for (event, line) in [("l1", "dj skip"), ("l2", "dj ban np"), ("l3", "dj up")] {
        world.typed_at(at(190), ROOM, event, "UDANA", line).await;
        assert_eq!(world.player.plays(), Some("The Model"), "{line}");
        assert_eq!(world.answer(event), "That isn't done: that song is over already.", "{line}");
    }
    assert!(world.station().banned.is_empty());
    // Typed while it plays, it is for that song.
    world.typed_at(at(205), ROOM, "l4", "UDANA", "dj skip").await;
    assert_eq!((world.player.plays(), world.is_answered("l4")), (None, false));
}

#[tokio::test]
async fn what_plays_on_after_a_stop_is_meant_whenever_that_was_said() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.until(20).await;
    world.types("s", "UDANA", "dj stop").await;
    world.until(500).await;
    world.types("r", "UDANA", "dj resume").await;
    world.typed_at(at(400), ROOM, "l", "UDANA", "dj skip").await;
    assert_eq!(world.notes(), ["Nina Simone – Sinnerman was skipped by Dana."]);
}

#[tokio::test]
async fn a_reaction_that_is_told_twice_skips_one_song() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("UAVERY", "the model").await;
    let card = world.slack_shows_what_plays();
    // Slack's clock is ahead of ours.
    for _ in 0..2 {
        world.reacts(&card, "UDANA", "fast_forward", 5).await;
    }
    assert_eq!(world.player.heard, ["Sinnerman", "The Model"]);
    assert_eq!(world.player.plays(), Some("The Model"));
}
