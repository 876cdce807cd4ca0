//! Links in a room of bytes: ranked by peers, found again, sent at a time. How they are kept is in `bytes_kept.rs`.

use crate::bytes_world::{before, link, posts, reacts, tell, world, written};
use crate::release_world::{World, at};
use jiff::Timestamp;
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::{Ask, Request};
use opsroom_domain::bytes::DigestFor;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::posting::PostingChange;
use opsroom_memory::Moment;

#[tokio::test]
async fn nobody_is_mentioned_also_who_is_not_in_the_catalog() {
    let mut world = world();
    posts(&world, 0, "USTRANGER", "https://example.com/a").await;
    posts(&world, 10, "UAVERY", "https://example.com/a").await;
    assert_eq!(before(&world, 10).as_deref(), Some("Shared by someone (then) · the first post"));
    world.now = at(60);
    for (event, line) in [("t1", "bytes top"), ("t2", "bytes search example"), ("t3", "bytes catchup")] {
        world.types(event, "ULEE", line).await;
        assert!(world.answer(event).contains("example.com · someone, "), "{line}: {}", world.answer(event));
    }
    world.types("d1", "UDANA", "bytes digest daily 09:00").await;
    world.until(86_400).await;
    let to = DigestFor::Room { channel: "COPS".into() };
    let digest = world.message(&MessageKey::digest(&to, "2026-09-22T07:00:00Z".parse().unwrap()));
    assert!(digest.contains("example.com · someone") && !digest.contains('@'), "{digest}");
}

#[tokio::test]
async fn the_best_come_first_by_time_and_tag() {
    let mut world = world();
    posts(&world, -10 * 86_400, "UDANA", "https://example.com/old #rust").await;
    posts(&world, -100, "UDANA", "https://example.com/liked #rust").await;
    posts(&world, -50, "UDANA", "https://example.com/plain #go").await;
    reacts(&world, -100, "UAVERY", "fire", true, -40).await;
    world.now = at(0);
    world.types("t1", "UAVERY", "bytes top").await;
    insta::assert_snapshot!(world.answer("t1"), @r"
    The best of the last 7 days
    By reactions, replies and who kept it; what is new counts more
    1. example.com/liked #rust
    example.com · Dana, 1 min ago, 1 reaction
    2. example.com/plain #go
    example.com · Dana, 49 s ago
    ");
    world.types("t2", "UAVERY", "bytes top 1 30d #rust").await;
    assert!(world.answer("t2").contains("1. example.com/liked") && !world.answer("t2").contains("old"), "{}", world.answer("t2"));
    world.types("t3", "UAVERY", "bytes top 5 1h #zig").await;
    assert!(world.answer("t3").contains("Nothing was shared in that time."), "{}", world.answer("t3"));
}

#[tokio::test]
async fn one_catches_up_with_what_one_has_not_seen_alone() {
    let mut world = world();
    posts(&world, -100, "UDANA", "https://example.com/one").await;
    posts(&world, -90, "UAVERY", "https://example.com/own").await;
    world.types("c1", "UAVERY", "bytes catchup").await;
    let answer = world.answer("c1");
    assert!(answer.contains("1. example.com/one") && !answer.contains("/own"), "{answer}");
    world.types("c2", "UAVERY", "bytes catchup").await;
    assert!(world.answer("c2").contains("Nothing: you have seen it all."), "{}", world.answer("c2"));
    world.types("c3", "ULEE", "bytes catchup").await;
    assert!(world.answer("c3").contains("example.com/one"), "each has their own place: {}", world.answer("c3"));
    posts(&world, 50, "UDANA", "https://example.com/two").await;
    world.until(60).await;
    world.types("c4", "UAVERY", "bytes catchup").await;
    let answer = world.answer("c4");
    assert!(answer.contains("example.com/two") && !answer.contains("/one"), "{answer}");
}

#[tokio::test]
async fn nobody_is_told_that_they_have_seen_it_all_where_more_was_shared_than_one_look_takes() {
    let mut world = world();
    for second in 0..=60 {
        posts(&world, second, "UAVERY", &format!("https://example.com/{second}")).await;
    }
    world.until(100).await;
    world.types("c1", "UAVERY", "bytes catchup").await;
    assert!(
        world.answer("c1").contains("Nothing among the links that peers like best"),
        "all that was looked at is Avery's own: {}",
        world.answer("c1")
    );
    world.types("c2", "ULEE", "bytes catchup").await;
    assert!(world.answer("c2").contains("At least 40 more"), "{}", world.answer("c2"));
    world.types("d1", "UDANA", "bytes digest daily 09:00").await;
    world.until(86_400).await;
    let to = DigestFor::Room { channel: "COPS".into() };
    let key = MessageKey::digest(&to, "2026-09-22T07:00:00Z".parse().unwrap());
    assert!(world.message(&key).contains("7 of more than 60 links since the last digest"), "{}", world.message(&key));
}

#[tokio::test]
async fn what_is_worked_off_late_is_news_all_the_same_and_once() {
    let mut world = world();
    let digest = |day: &str| MessageKey::digest(&DigestFor::Room { channel: "COPS".into() }, format!("{day}T07:00:00Z").parse().unwrap());
    world.types("d1", "UDANA", "bytes digest daily 09:00").await;
    world.types("c1", "UAVERY", "bytes catchup").await;
    // Two were posted before that look: one was worked off a little before it, and nobody could see it yet; the other lay in a queue.
    world.now = at(-10);
    posts(&world, -20, "UDANA", "https://example.com/slow").await;
    world.now = at(300);
    posts(&world, -50, "UDANA", "https://example.com/late").await;
    world.types("c2", "UAVERY", "bytes catchup").await;
    let answer = world.answer("c2");
    assert!(answer.contains("example.com/slow") && answer.contains("example.com/late"), "{answer}");
    world.now = at(360);
    world.types("c3", "UAVERY", "bytes catchup").await;
    assert!(world.answer("c3").contains("Nothing: you have seen it all."), "{}", world.answer("c3"));

    // The first digest comes at nine on the next day; what was posted just before it and worked off after it is in the second one.
    let nine = "2026-09-22T07:00:00Z".parse::<Timestamp>().unwrap().as_second() - at(0).as_second();
    world.until(nine + 30).await;
    assert!(world.message(&digest("2026-09-22")).contains("All 2 links"), "{}", world.message(&digest("2026-09-22")));
    posts(&world, nine - 30, "UDANA", "https://example.com/missed").await;
    world.until(nine + 3 * 86_400).await;
    assert!(world.message(&digest("2026-09-23")).contains("The one link"), "{}", world.message(&digest("2026-09-23")));
    assert!(!world.has_message(&digest("2026-09-24")));
}

#[tokio::test]
async fn words_are_found_in_title_text_and_poster() {
    let world = world();
    let mut unfurled = written("UDANA", "nice one https://example.com/x");
    unfurled.links[0].title = Some("Tracing in Tokio".into());
    tell(&world, 0, 1, PostingChange::Written(unfurled)).await;
    posts(&world, 5, "UAVERY", "tokio again https://example.com/y").await;
    world.types("s1", "ULEE", "bytes search tokio tracing").await;
    assert!(world.answer("s1").contains("1. Tracing in Tokio") && !world.answer("s1").contains("2. "), "{}", world.answer("s1"));
    world.types("s2", "ULEE", "bytes search tokio").await;
    assert!(
        world.answer("s2").contains("1. Tracing in Tokio") && world.answer("s2").contains("2. example.com/y"),
        "{}",
        world.answer("s2")
    );
    world.types("s3", "ULEE", "bytes search avery").await;
    assert!(world.answer("s3").contains("1. example.com/y"), "{}", world.answer("s3"));
    world.types("s4", "ULEE", "bytes search the of").await;
    assert!(world.answer("s4").contains("There is no word to look for"), "{}", world.answer("s4"));
}

#[tokio::test]
async fn a_digest_comes_at_its_hour_once_and_only_if_there_is_something() {
    let mut world = world();
    // The world begins on Monday, 21 September 2026, at 16:13 in Berlin.
    assert_eq!(world.types("d1", "UAVERY", "bytes digest monday 09:00").await, Worked::Refused);
    assert_eq!(world.types("d2", "UDANA", "bytes digest monday 09:00").await, Worked::Done);
    assert!(
        world.answer("d2").starts_with("This room's digest comes every Monday at 09:00 (Europe/Berlin). The next one: (then)."),
        "{}",
        world.answer("d2")
    );
    world.types("d3", "UAVERY", "bytes digest me weekdays 8:30 America/New_York").await;
    posts(&world, 10, "UDANA", "https://example.com/a").await;
    let digests = |world: &World| {
        world.store.look(|state| {
            let sent = state.messages.iter().filter(|(key, _)| key.as_str().starts_with("digest/"));
            sent.map(|(_, item)| item.message.destination.lane()).collect::<Vec<_>>()
        })
    };
    world.until(16 * 3600).await;
    assert_eq!(digests(&world), [] as [&str; 0], "Avery was in no room, and Monday is over");
    reacts(&world, 10, "UAVERY", "thumbsup", true, 60).await;
    world.until(2 * 86_400).await;
    assert_eq!(digests(&world), ["UAVERY"]);
    let monday: Timestamp = "2026-09-28T07:00:00Z".parse().unwrap();
    let key = MessageKey::digest(&DigestFor::Room { channel: "COPS".into() }, monday);
    assert!(!world.has_message(&key));
    world.until(monday.as_second() - at(0).as_second() + 1).await;
    assert!(world.message(&key).starts_with("The best of this room\nThe one link since the last digest"), "{}", world.message(&key));
    world.until(15 * 86_400).await;
    assert_eq!(digests(&world).iter().filter(|lane| *lane == "COPS").count(), 1, "a digest of nothing is noise");
    world.types("d4", "UDANA", "bytes digest off").await;
    assert!(world.answer("d4").contains("doesn't come"), "{}", world.answer("d4"));
    posts(&world, 15 * 86_400, "UDANA", "https://example.com/b").await;
    world.until(30 * 86_400).await;
    assert_eq!(digests(&world).iter().filter(|lane| *lane == "COPS").count(), 1);
}

#[tokio::test]
async fn a_digest_that_cannot_be_made_is_not_the_last_one() {
    let mut world = world();
    world.types("d1", "UDANA", "bytes digest daily 09:00").await;
    posts(&world, 10, "UDANA", "https://example.com/a").await;
    let (task, due) = world.store.look(|state| {
        let ((due, _), item) = state.due.iter().next().unwrap();
        (item.task.clone(), *due)
    });
    let late = Request { event: "due1".into(), correlation: "c".into(), ask: Ask::Due { task, at: due } };
    world.now = due;
    world.store.set_now(due);
    // Until nobody tries it any more.
    for _ in 0..3 {
        world.store.failures.plan("shelf", PortErrorKind::Denied, Moment::Before);
        assert_eq!(world.work(&late).await, Err(PortErrorKind::Denied));
    }
    let next: Timestamp = "2026-09-23T07:00:00Z".parse().unwrap();
    assert!(world.store.look(|state| state.due.keys().any(|(at, _)| *at == next)), "the next one comes");
    assert_eq!(world.work(&late).await, Ok(Worked::Done), "and whoever has mended it has this one, too");
    assert_eq!(world.work(&late).await, Ok(Worked::Before));
}

#[tokio::test]
async fn a_reading_list_is_filled_by_word_and_by_emoji() {
    let world = world();
    posts(&world, 0, "UDANA", "https://example.com/a").await;
    reacts(&world, 0, "UAVERY", "bookmark", true, 0).await;
    world.types("s1", "UAVERY", "bytes save https://example.com/b?utm_source=x").await;
    world.types("s2", "UAVERY", "bytes save https://example.com/a").await;
    assert_eq!(world.answer("s2"), "That is on your list already: bytes mine.");
    world.types("m1", "UAVERY", "bytes mine").await;
    let mine = world.answer("m1");
    assert!(mine.starts_with("Your reading list: 2 links\nexample.com/b · example.com · kept 0 s ago\nexample.com/a"), "{mine}");
    assert_eq!(link(&world, "https://example.com/a").await.savers, ["UAVERY".into()]);
    world.types("u1", "UAVERY", "bytes unsave https://example.com/a").await;
    assert!(link(&world, "https://example.com/a").await.savers.is_empty());
    world.types("u2", "UAVERY", "bytes unsave https://example.com/a").await;
    assert!(world.answer("u2").starts_with("That isn't on your list"), "{}", world.answer("u2"));
    reacts(&world, 0, "UAVERY", "bookmark", false, 9).await;
    world.types("m2", "ULEE", "bytes mine").await;
    assert!(world.answer("m2").starts_with("Your reading list is empty"), "{}", world.answer("m2"));
    world.types("s3", "UAVERY", "bytes save ftp://example.com/").await;
    assert!(world.answer("s3").contains("http"), "{}", world.answer("s3"));
}

#[tokio::test]
async fn who_posted_a_link_hides_it_and_others_need_the_right() {
    let world = world();
    posts(&world, 0, "UAVERY", "https://example.com/a").await;
    assert_eq!(world.types("h1", "ULEE", "bytes hide https://example.com/a").await, Worked::Refused);
    world.types("h2", "UAVERY", "bytes hide https://example.com/a").await;
    world.types("t1", "ULEE", "bytes top").await;
    assert!(world.answer("t1").contains("Nothing was shared"), "{}", world.answer("t1"));
    world.types("h3", "UDANA", "bytes unhide https://example.com/a").await;
    assert_eq!(world.answer("h3"), "It is shown again.");
    assert!(!link(&world, "https://example.com/a").await.is_hidden());
    // What others posted, too, isn't for one of them to hide, and what somebody else hid isn't for who posted it to show.
    posts(&world, 10, "ULEE", "https://example.com/a").await;
    assert_eq!(world.types("h5", "UAVERY", "bytes hide https://example.com/a").await, Worked::Refused);
    posts(&world, 20, "UAVERY", "https://example.com/own").await;
    world.types("h6", "UDANA", "bytes hide https://example.com/own").await;
    world.types("h7", "UAVERY", "bytes hide https://example.com/own").await;
    assert_eq!(world.answer("h7"), "It is hidden already.");
    assert_eq!(world.types("h8", "UAVERY", "bytes unhide https://example.com/own").await, Worked::Refused);
    assert!(link(&world, "https://example.com/own").await.is_hidden());
    posts(&world, 30, "UAVERY", "https://example.com/mine").await;
    world.types("h9", "UAVERY", "bytes hide https://example.com/mine").await;
    assert_eq!(world.types("h10", "UAVERY", "bytes unhide https://example.com/mine").await, Worked::Done);
    world.types("h4", "UDANA", "bytes hide https://example.com/never").await;
    assert!(world.answer("h4").starts_with("That link was never shared here"), "{}", world.answer("h4"));
}

#[tokio::test]
async fn what_introduces_an_address_goes_with_it_and_an_emoji_stays() {
    let mut world = world();
    posts(&world, -50, "UDANA", "Worth a look: https://example.com/one").await;
    posts(&world, -40, "UDANA", "Great read :tada: https://example.com/two").await;
    world.now = at(0);
    world.types("t1", "UAVERY", "bytes top 2 60h").await;
    let answer = world.answer("t1");
    assert!(answer.starts_with("The best of the last 60 hours\n"), "{answer}");
    assert!(answer.contains("\nWorth a look\n") && answer.contains("\nGreat read :tada:\n"), "{answer}");
    world.types("t2", "UAVERY", "bytes top 2 30m #zig").await;
    assert_eq!(world.answer("t2"), "The best of the last 30 minutes with #zig\nNothing was shared in that time.");
}
