//! The DJ room from a posted song to what is heard: what is asked of the player, whose turn it is, and what becomes of songs while nothing plays.

use crate::dj_world::{ROOM, World, asker, at, happens, ts_of};
use opsroom_application::commands::Worked;
use opsroom_domain::card::DjPress;
use opsroom_domain::catalog::PlayerRule;
use opsroom_domain::dj::PlayerAsk;
use opsroom_domain::posting::{PostedLink, PostingChange, Written};
use opsroom_domain::rights::Standing;

#[tokio::test]
async fn a_posted_song_is_looked_for_queued_and_played() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "daft punk one more time");
    assert_eq!(world.work(&posting).await, Ok(Worked::Done));
    let ts = ts_of(&posting);
    assert_eq!(world.told(&ts), "Looking for daft punk one more time…");
    assert_eq!(world.station().queue, [], "nothing waits before it is found");
    world.settle().await;
    assert_eq!(world.player.asked, ["search daft punk one more time", "status", "play Daft Punk/One More Time.flac"]);
    assert_eq!(world.told(&ts), "Daft Punk – One More Time is up now.");
    assert_eq!(world.player.plays(), Some("One More Time"));
    let shown = world.shown();
    assert!(shown.starts_with("Now playing: Daft Punk – One More Time\nasked by Dana"), "{shown}");
    assert!(shown.contains("\n3:20 long · until (then)\n") && shown.contains("Nothing waits: post a song."), "{shown}");
    assert_eq!(world.notes(), [""; 0], "what plays is told in one place");
}

#[tokio::test]
async fn a_link_is_looked_for_by_the_name_that_its_site_gives_it() {
    let mut world = World::new();
    let mut link =
        PostedLink { url: "https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV".into(), title: None, description: None, service: None };
    let written = |link: &PostedLink| {
        let asker = asker("UDANA", ROOM);
        let text = link.url.clone();
        PostingChange::Written(Written { asker, thread: None, text, links: vec![link.clone()], edited_at: None, has_files: false })
    };
    assert_eq!(world.work(&happens("1795608000.000100", at(0), written(&link))).await, Ok(Worked::Before));
    // Slack says what is behind it with a change of the message, maybe more than once.
    link.title = Some("One More Time - song and lyrics by Daft Punk | Spotify".into());
    for _ in 0..2 {
        world.work(&happens("1795608000.000100", at(1), written(&link))).await.unwrap();
        world.settle().await;
    }
    assert_eq!(
        world.player.asked.iter().filter(|asked| asked.starts_with("search")).collect::<Vec<_>>(),
        ["search Daft Punk One More Time"]
    );
    assert_eq!(world.player.plays(), Some("One More Time"));
}

#[tokio::test]
async fn of_several_songs_the_one_who_asked_picks_and_that_is_queued() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    let ts = world.posts("UROBIN", "feeling good").await;
    assert_eq!(world.told(&ts), "Which feeling good?\n[Nina Simone – Feeling Good] [Muse – Feeling Good]");
    assert_eq!(world.waiting(), [""; 0], "nothing is taken before it is picked");
    let offered = world.offered(&ts);
    world.presses("p1", "UAVERY", &offered[1]).await;
    assert!(world.answer("p1").contains("it is somebody else's"), "{}", world.answer("p1"));
    assert_eq!(world.waiting(), [""; 0]);

    world.presses("p2", "UROBIN", &offered[1]).await;
    assert_eq!(world.told(&ts), "Muse – Feeling Good comes next.");
    assert_eq!(world.station().queue[0].track.artist, "Muse");
    world.presses("p3", "UROBIN", &offered[0]).await;
    assert!(world.answer("p3").contains("that choice is over"), "{}", world.answer("p3"));
    assert_eq!(world.waiting(), ["Feeling Good"], "one message, one song");
}

#[tokio::test]
async fn where_no_song_fits_the_nearest_are_offered_or_it_is_said_that_there_is_none() {
    let mut world = World::new();
    let near = world.posts("UDANA", "undr pressure").await;
    let told = world.told(&near);
    assert!(told.starts_with("There is no undr pressure. The nearest:\n[Queen – Under Pressure]"), "{told}");
    let none = world.posts("UDANA", "xyzzy plugh").await;
    assert!(world.told(&none).starts_with("There is no song like xyzzy plugh here."), "{}", world.told(&none));
    assert_eq!((world.waiting().len(), world.player.plays()), (0, None));
    let nearest = world.offered(&near)[0].clone();
    world.presses("p1", "UDANA", &nearest).await;
    assert_eq!(world.player.plays(), Some("Under Pressure"));
}

#[tokio::test]
async fn three_people_take_turns_however_many_songs_one_of_them_asks_for() {
    let mut world = World::with(r#", "repeat_after_minutes": 0"#);
    for song in ["one more time", "around the world", "aerodynamic", "computer love"] {
        world.posts("UDANA", song).await;
    }
    world.posts("UAVERY", "sinnerman").await;
    world.posts("UAVERY", "under pressure").await;
    let last = world.posts("ULEE", "the model").await;
    let turns = ["Sinnerman", "The Model", "Around the World", "Under Pressure", "Aerodynamic", "Computer Love"];
    assert_eq!(world.waiting(), turns);
    assert_eq!(world.told(&last), "Kraftwerk – The Model waits, as number 2: people take turns.");
    world.types("q1", "UROBIN", "dj queue").await;
    let queue = world.answer("q1");
    assert!(queue.starts_with("6 songs wait, in turns between people\nNow: Daft Punk – One More Time, asked by Dana"), "{queue}");
    assert!(queue.contains("2. Kraftwerk – The Model · Lee · 3:20\n3. Daft Punk – Around the World · Dana · 3:20"), "{queue}");

    world.until(3600).await;
    let mut heard = vec!["One More Time"];
    heard.extend(turns);
    assert_eq!(world.player.heard, heard, "and so they are played");
}

#[tokio::test]
async fn a_song_is_not_played_again_within_the_rooms_time() {
    let mut world = World::with(r#", "repeat_after_minutes": 30"#);
    world.posts("UDANA", "sinnerman").await;
    let now = world.posts("UAVERY", "sinnerman").await;
    assert_eq!(world.told(&now), "Nina Simone – Sinnerman: it plays right now.");
    world.until(600).await;
    let lately = world.posts("UAVERY", "sinnerman").await;
    assert!(
        world.told(&lately).starts_with("Nina Simone – Sinnerman: it was played 6 minutes ago; it can be asked for again in 24 minutes"),
        "{}",
        world.told(&lately)
    );
    assert_eq!(world.player.heard, ["Sinnerman"]);
    world.until(240 + 1800).await;
    world.posts("UAVERY", "sinnerman").await;
    assert_eq!(world.player.heard, ["Sinnerman", "Sinnerman"]);
}

#[tokio::test]
async fn one_person_has_as_many_songs_waiting_as_the_room_allows() {
    let mut world = World::with(r#", "cap": 2"#);
    for song in ["one more time", "around the world", "aerodynamic"] {
        world.posts("UDANA", song).await;
    }
    let refused = world.posts("UDANA", "computer love").await;
    assert!(world.told(&refused).contains("you have 2 songs waiting, which is as many as one person may have"), "{}", world.told(&refused));
    assert_eq!(world.waiting(), ["Around the World", "Aerodynamic"], "what plays waits no more");
    let other = world.posts("UAVERY", "the model").await;
    assert!(world.told(&other).contains("comes next"), "{}", world.told(&other));
    world.until(700).await;
    world.posts("UDANA", "computer love").await;
    assert!(world.waiting().contains(&"Computer Love".to_owned()) || world.player.plays() == Some("Computer Love"), "there is room again");
}

#[tokio::test]
async fn asking_for_a_song_that_waits_is_a_vote_for_it() {
    let mut world = World::new();
    world.posts("ULEE", "sinnerman").await;
    world.posts("UDANA", "one more time").await;
    let second = world.posts("UAVERY", "daft punk one more time").await;
    assert_eq!(world.told(&second), "Daft Punk – One More Time waits already, asked by Dana; this counts as a vote for it.");
    let station = world.station();
    assert_eq!((station.queue.len(), station.queue[0].ups.count()), (1, 1));
}

#[tokio::test]
async fn what_is_deleted_before_it_is_found_comes_to_nothing() {
    let mut world = World::new();
    let posting = world.posting("UDANA", "sinnerman");
    let ts = ts_of(&posting);
    world.work(&posting).await.unwrap();
    world.work(&happens(&ts, at(1), PostingChange::Deleted { thread: None })).await.unwrap();
    world.settle().await;
    assert_eq!(world.told(&ts), "Nina Simone – Sinnerman: it was taken back before it was found.");
    assert_eq!(world.player.plays(), None);
    // One that waits goes with its message, one that plays stays.
    let plays = world.posts("UDANA", "the model").await;
    let waits = world.posts("UDANA", "computer love").await;
    for ts in [&plays, &waits] {
        world.work(&happens(ts, at(2), PostingChange::Deleted { thread: None })).await.unwrap();
        world.settle().await;
    }
    assert_eq!((world.player.plays(), world.waiting().len()), (Some("The Model"), 0));
}

#[tokio::test]
async fn talk_replies_and_people_without_a_role_ask_for_nothing() {
    let mut world = World::new();
    let reply = Written { thread: Some("1.2".into()), ..written("UDANA", "sinnerman") };
    let with_file = Written { has_files: true, ..written("UDANA", "sinnerman") };
    for (number, talk) in [reply, with_file, written("UDANA", "<@UAVERY> sinnerman"), written("UDANA", "one\ntwo")].into_iter().enumerate()
    {
        let told = happens(&format!("1795608000.00000{number}"), at(0), PostingChange::Written(talk));
        assert_eq!(world.work(&told).await, Ok(Worked::Before));
    }
    let by_kit = world.posting("UKIT", "sinnerman");
    assert_eq!(world.work(&by_kit).await, Ok(Worked::Refused));
    world.slack.standings.lock().unwrap().insert("ULEE".into(), Standing::Guest);
    let by_guest = world.posting("ULEE", "sinnerman");
    assert_eq!(world.work(&by_guest).await, Ok(Worked::Refused));
    world.settle().await;
    assert_eq!(world.hosts.sent.lock().unwrap().len(), 0);
}

fn written(person: &str, text: &str) -> Written {
    Written { asker: asker(person, ROOM), thread: None, text: text.into(), links: vec![], edited_at: None, has_files: false }
}

#[tokio::test]
async fn a_choice_of_an_offer_names_its_wish() {
    let mut world = World::new();
    let one = world.posts("UDANA", "feeling good").await;
    let other = world.posts("UAVERY", "daft punk").await;
    let (offers, others) = (world.offered(&one), world.offered(&other));
    assert_eq!((offers.len(), others.len()), (2, 3));
    assert!(matches!(&others[2], DjPress::Pick { place: 3, .. }), "{others:?}");
    world.presses("p1", "UAVERY", &others[2]).await;
    world.presses("p2", "UDANA", &offers[0]).await;
    assert_eq!(world.told(&other), "Daft Punk – Aerodynamic is up now.");
    assert_eq!(world.told(&one), "Nina Simone – Feeling Good comes next.");
}

#[tokio::test]
async fn a_typed_link_is_not_searched_for_as_if_it_were_words() {
    let mut world = World::new();
    for (event, line) in
        [("l1", "dj play https://www.youtube.com/watch?v=1"), ("l2", "dj play https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV")]
    {
        world.types(event, "UDANA", line).await;
        let answer = world.answer(event);
        assert!(answer.starts_with("That isn't done: nothing is fetched from a link; post it in this room"), "{answer}");
    }
    world.types("l3", "UDANA", &format!("dj play {}", "é".repeat(101))).await;
    assert_eq!(world.answer("l3"), "That isn't done: that is too long for a song; artist and title are enough.");
    assert_eq!(world.sent("search"), 0);
}

#[tokio::test]
async fn where_spotify_plays_its_links_are_looked_up() {
    let mut catalog = crate::dj_world::catalog("");
    catalog.dj.as_mut().unwrap().player = PlayerRule::Spotify { device: None, market: None };
    let mut world = World::of(catalog);
    let page = "https://open.spotify.com/track/0DiWol3AO6WpXZgp0goxAV";
    world.types("l1", "UDANA", &format!("dj play {page}?si=1")).await;
    world.types("l2", "UDANA", "dj play https://www.youtube.com/watch?v=1").await;
    assert!(world.answer("l2").starts_with("That isn't done: nothing is fetched from a link"), "{}", world.answer("l2"));
    let title = Some("One More Time - song by Daft Punk".to_owned());
    let links = vec![PostedLink { url: format!("{page}?si=2"), title, description: None, service: None }];
    let what = Written { asker: asker("UAVERY", ROOM), thread: None, text: page.into(), links, edited_at: None, has_files: false };
    world.work(&happens("1795608000.000100", at(0), PostingChange::Written(what))).await.unwrap();
    assert_eq!(world.told("1795608000.000100"), "Looking for Daft Punk One More Time…");
    let searches = world.store.look(|state| state.dj.errands.values().map(|errand| errand.ask.clone()).collect::<Vec<_>>());
    assert_eq!(searches, vec![PlayerAsk::Search { words: page.to_owned() }; 2]);
}
