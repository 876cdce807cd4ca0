//! Links in a room of bytes: kept from what Slack tells, ranked by peers, found again, sent at a time.

#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod release_world;

use jiff::Timestamp;
use opsroom_application::commands::Worked;
use opsroom_application::ports::{BytesChange, BytesStore as _, Change, LinkChange, PortErrorKind, Store as _};
use opsroom_application::request::{Ask, Request};
use opsroom_domain::bytes::{CanonicalUrl, DigestFor, Link, LinkId, Rules, Voices};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::posting::{PostedLink, Posting, PostingChange, Written};
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;
use release_world::{World, asker, at};

fn world() -> World {
    let catalog: Catalog = serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"}, "environments": {}, "services": {},
        "roles": {"editor": {"grants": [{"allow": ["read", "subscribe"]}]}, "reader": {"grants": [{"allow": ["read"]}]}},
        "people": {"UDANA": {"name": "Dana", "roles": ["editor"]}, "UAVERY": {"name": "Avery", "roles": ["reader"]}, "ULEE": {"name": "Lee", "roles": ["reader"]}},
        "rooms": {"COPS": {"name": "bytes"}}, "bytes": {"rooms": ["COPS"], "zone": "Europe/Berlin", "weights": {"fire": 3}}
    }"#,
    )
    .unwrap();
    World::with(catalog)
}

/// A message's `ts` at a second of the world's time.
fn ts(second: i64) -> String {
    format!("{}.000100", at(second).as_second())
}

fn written(person: &str, text: &str) -> Written {
    let links = text.split_whitespace().filter(|word| word.contains("://")).map(|url| PostedLink {
        url: url.into(),
        title: None,
        description: None,
        service: None,
    });
    Written { asker: asker(person), thread: None, text: text.into(), links: links.collect(), edited_at: None, has_files: false }
}

fn request(second: i64, happened: i64, what: PostingChange) -> Request {
    let posting = Posting { channel: "COPS".into(), ts: ts(second), at: at(happened), what };
    Request { event: "e".into(), correlation: "c".into(), ask: Ask::Posted { posting: Box::new(posting) } }
}

async fn tell(world: &World, second: i64, happened: i64, what: PostingChange) -> Worked {
    world.work(&request(second, happened, what)).await.unwrap()
}

async fn posts(world: &World, second: i64, person: &str, text: &str) -> Worked {
    tell(world, second, second, PostingChange::Written(written(person, text))).await
}

async fn reacts(world: &World, second: i64, person: &str, emoji: &str, added: bool, happened: i64) -> Worked {
    tell(world, second, happened, PostingChange::Reacted { by: person.into(), emoji: emoji.into(), added }).await
}

async fn link(world: &World, url: &str) -> Link {
    let id = LinkId::of(&"COPS".into(), &CanonicalUrl::parse(url).unwrap());
    world.store.links(&"COPS".into(), &[id]).await.unwrap().pop().unwrap_or_else(|| panic!("{url} is not kept"))
}

fn before(world: &World, second: i64) -> Option<String> {
    let key = MessageKey::posted_before(&"COPS".into(), &ts(second));
    world.has_message(&key).then(|| world.message(&key))
}

#[tokio::test]
async fn the_same_page_by_another_address_is_the_same_link_and_the_second_is_told_quietly() {
    let world = world();
    posts(&world, 0, "UDANA", "worth it https://example.com/tokio?utm_source=news #rust").await;
    reacts(&world, 0, "UAVERY", "fire", true, 5).await;
    reacts(&world, 0, "ULEE", "thumbsup::skin-tone-3", true, 6).await;
    assert_eq!(before(&world, 0), None, "the first is told nothing");
    posts(&world, 100, "ULEE", "seen this? http://www.example.com/tokio/?fbclid=1#top").await;
    let key = MessageKey::posted_before(&"COPS".into(), &ts(100));
    assert_eq!(before(&world, 100).as_deref(), Some("Shared by Dana (then), 2 reactions · the first post"));
    let destination = world.store.look(|state| state.messages[&key].message.destination.clone());
    assert_eq!(destination, Destination::Channel { channel: "COPS".into(), thread: Some(ts(100)) });

    let link = link(&world, "https://example.com/tokio").await;
    let posts: Vec<&str> = link.posts.iter().map(|post| post.by.as_str()).collect();
    assert_eq!((posts, link.tags(), link.reactions()), (vec!["UDANA", "ULEE"], vec!["rust"], 2));
}

#[tokio::test]
async fn unfurls_edits_and_deletions_are_followed_also_in_the_wrong_order() {
    let world = world();
    let posted = written("UDANA", "https://example.com/a #go");
    let mut unfurled = posted.clone();
    unfurled.links[0].title = Some("Queues in practice".into());
    unfurled.links[0].description = Some("How it is done".into());
    tell(&world, 0, 1, PostingChange::Written(unfurled)).await;
    tell(&world, 0, 0, PostingChange::Written(posted)).await;
    assert_eq!(link(&world, "https://example.com/a").await.title.as_deref(), Some("Queues in practice"), "a late event takes nothing away");

    let edited = Written { edited_at: Some(at(9)), ..written("UDANA", "rather https://example.com/b") };
    tell(&world, 0, 9, PostingChange::Written(edited)).await;
    assert!(link(&world, "https://example.com/a").await.is_gone());
    assert!(!link(&world, "https://example.com/b").await.is_gone());
    tell(&world, 0, 12, PostingChange::Deleted { thread: None }).await;
    assert!(link(&world, "https://example.com/b").await.is_gone());
    assert_eq!(posts(&world, 0, "UDANA", "https://example.com/a").await, Worked::Before, "what is deleted stays deleted");
    world.types("s1", "UDANA", "bytes search queue").await;
    assert!(world.answer("s1").contains("Nothing that was shared has such a word"), "{}", world.answer("s1"));
}

#[tokio::test]
async fn what_peers_say_before_the_message_is_known_counts() {
    let world = world();
    reacts(&world, 0, "UAVERY", "fire", true, 5).await;
    tell(&world, 10, 10, PostingChange::Written(Written { thread: Some(ts(0)), ..written("ULEE", "thanks!") })).await;
    posts(&world, 0, "UDANA", "https://example.com/a").await;
    let link = link(&world, "https://example.com/a").await;
    assert_eq!((link.first().unwrap().voices.weight, link.reactions(), link.repliers()), (4, 1, 1));
    assert_eq!(reacts(&world, 0, "UAVERY", "fire", true, 5).await, Worked::Before, "told twice, it counts once");
}

#[tokio::test]
async fn a_deleted_reply_is_no_voice_in_whichever_order_it_is_heard_of() {
    let reply = |second: i64| (second, PostingChange::Written(Written { thread: Some(ts(0)), ..written("ULEE", "thanks!") }));
    let events = [
        (0, PostingChange::Written(written("UDANA", "https://example.com/a"))),
        reply(10),
        (10, PostingChange::Deleted { thread: Some(ts(0)) }),
        reply(20),
    ];
    for order in orders(events.len()) {
        let world = world();
        for event in &order {
            let (second, what) = &events[*event];
            tell(&world, *second, 30, what.clone()).await;
        }
        assert_eq!(link(&world, "https://example.com/a").await.repliers(), 1, "{order:?}: the other reply is there");
        tell(&world, 20, 40, PostingChange::Deleted { thread: Some(ts(0)) }).await;
        assert_eq!(link(&world, "https://example.com/a").await.repliers(), 0, "{order:?}");
    }
}

#[tokio::test]
async fn chatter_and_what_is_no_page_is_not_kept() {
    let world = world();
    for text in ["hello", "javascript:alert(1)", "ftp://example.com/x", "https://user:secret@example.com/"] {
        assert_eq!(posts(&world, 0, "UDANA", text).await, Worked::Before, "{text}");
    }
    assert!(world.store.look(|state| state.bytes.links.is_empty() && state.bytes.messages.is_empty()));
}

#[tokio::test]
async fn a_crash_after_the_first_of_two_links_is_made_up_for() {
    let world = world();
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
    let both = request(0, 0, PostingChange::Written(written("UDANA", "https://example.com/a https://example.com/b")));
    assert_eq!(world.work(&both).await, Err(PortErrorKind::Transient));
    assert_eq!(world.work(&both).await, Ok(Worked::Done));
    for url in ["https://example.com/a", "https://example.com/b"] {
        assert_eq!(link(&world, url).await.posts.len(), 1, "{url}");
    }
    assert_eq!(before(&world, 0), None, "nobody was faster than themselves");
}

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
    What peers like best
    of the last 7 days, as peers reacted, replied and kept
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
    assert!(world.answer("c2").contains("at least 40 more"), "{}", world.answer("c2"));
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
    assert!(world.message(&digest("2026-09-22")).contains("all 2 links"), "{}", world.message(&digest("2026-09-22")));
    posts(&world, nine - 30, "UDANA", "https://example.com/missed").await;
    world.until(nine + 3 * 86_400).await;
    assert!(world.message(&digest("2026-09-23")).contains("the one link"), "{}", world.message(&digest("2026-09-23")));
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
    assert!(world.message(&key).starts_with("The best of this room\nthe one link since the last digest"), "{}", world.message(&key));
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
async fn who_keeps_a_message_before_it_is_known_has_its_link_on_their_list() {
    let world = world();
    reacts(&world, 0, "UAVERY", "bookmark", true, 5).await;
    reacts(&world, 0, "ULEE", "bookmark", false, 7).await;
    reacts(&world, 0, "ULEE", "bookmark", true, 6).await;
    posts(&world, 0, "UDANA", "https://example.com/a").await;
    assert_eq!(link(&world, "https://example.com/a").await.savers, ["UAVERY".into()], "Lee took it back");
    world.types("m1", "UAVERY", "bytes mine").await;
    assert!(world.answer("m1").contains("example.com/a"), "{}", world.answer("m1"));
    world.types("u1", "UAVERY", "bytes unsave https://example.com/a").await;
    let mut unfurled = written("UDANA", "https://example.com/a");
    unfurled.links[0].title = Some("A".into());
    tell(&world, 0, 9, PostingChange::Written(unfurled)).await;
    assert_eq!(link(&world, "https://example.com/a").await.savers, [], "what was taken off stays off");
}

#[tokio::test]
async fn however_many_links_are_new_each_who_keeps_them_is_read_once() {
    let calls = async |text: &str| {
        let world = world();
        for person in ["UAVERY", "ULEE"] {
            reacts(&world, 0, person, "bookmark", true, 5).await;
        }
        let before = world.store.failures.calls();
        posts(&world, 0, "UDANA", text).await;
        let calls = world.store.failures.calls() - before;
        let on_list = world.store.reader(&"ULEE".into()).await.unwrap().unwrap().saved.len();
        assert_eq!(on_list, text.split_whitespace().count());
        calls
    };
    let one = calls("https://example.com/a").await;
    let three = calls("https://example.com/a https://example.com/b https://example.com/c").await;
    assert_eq!(three, one + 2, "each link is a write of its own");
}

#[tokio::test]
async fn every_order_of_what_happened_ends_in_the_same() {
    let edited = Written { edited_at: Some(at(4)), ..written("UDANA", "https://example.com/a #rust") };
    let reply = Written { thread: Some(ts(0)), ..written("ULEE", "thanks") };
    let reacted = |person: &str, emoji: &str, added| PostingChange::Reacted { by: person.into(), emoji: emoji.into(), added };
    let events = [
        (0, 0, PostingChange::Written(written("UDANA", "https://example.com/b"))),
        (0, 4, PostingChange::Written(edited)),
        (0, 5, reacted("UAVERY", "bookmark", true)),
        (0, 6, reacted("ULEE", "fire", true)),
        (0, 7, reacted("ULEE", "fire", false)),
        (9, 9, PostingChange::Written(reply)),
    ];
    for order in orders(events.len()) {
        let world = world();
        for event in &order {
            let (second, happened, what) = &events[*event];
            tell(&world, *second, *happened, what.clone()).await;
        }
        let link = link(&world, "https://example.com/a").await;
        let said = (link.tags(), link.reactions(), link.repliers(), link.savers.len(), link.posts.len());
        assert_eq!(said, (vec!["rust"], 1, 1, 1, 1), "{order:?}");
        let reader = world.store.reader(&"UAVERY".into()).await.unwrap().unwrap();
        // Whoever kept the message before the edit keeps what was in it then; that is theirs.
        let kept: Vec<&str> = reader.saved.iter().map(|saved| saved.url.as_str()).collect();
        assert!(kept.contains(&"https://example.com/a"), "{order:?}: {kept:?}");
    }
}

#[tokio::test]
async fn a_post_that_was_half_done_when_it_was_deleted_or_edited_leaves_no_link_behind() {
    let edited = Written { edited_at: Some(at(4)), ..written("UDANA", "rather https://example.com/c") };
    for (later, left) in [(PostingChange::Deleted { thread: None }, 0), (PostingChange::Written(edited), 1)] {
        let world = world();
        world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
        let both = request(0, 0, PostingChange::Written(written("UDANA", "https://example.com/a https://example.com/b")));
        assert_eq!(world.work(&both).await, Err(PortErrorKind::Transient));
        tell(&world, 0, 4, later).await;
        assert_eq!(world.work(&both).await, Ok(Worked::Done));
        let shown = world.store.look(|state| state.bytes.links.values().filter(|(link, _)| !link.is_gone()).count());
        assert_eq!(shown, left);
        assert_eq!(world.work(&both).await, Ok(Worked::Before), "and then there is nothing to do");
    }
}

#[tokio::test]
async fn a_reaction_that_was_half_done_when_it_was_taken_back_leaves_no_voice_behind() {
    for emoji in ["fire", "bookmark"] {
        let world = world();
        posts(&world, 0, "UDANA", "https://example.com/a https://example.com/b").await;
        reacts(&world, 0, "UAVERY", emoji, false, 6).await;
        // So far whoever works off the reaction had come when the removal was faster.
        let before = link(&world, "https://example.com/a").await;
        let mut half = before.clone();
        half.posts[0].voices = Voices { weight: 3, reactions: 1, ..Voices::default() };
        if emoji == "bookmark" {
            half.saved(&"UAVERY".into());
        }
        let links = vec![LinkChange::of(Some(&before), half, &Rules::default())];
        let bytes = BytesChange { links, ..BytesChange::default() };
        world.store.commit(Change { bytes: Some(Box::new(bytes)), ..Change::default() }).await.unwrap();
        assert_eq!(reacts(&world, 0, "UAVERY", emoji, true, 5).await, Worked::Done);
        let after = link(&world, "https://example.com/a").await;
        assert_eq!((after.reactions(), after.weight(&Rules::default()), after.savers.len()), (0, 0, 0), "{emoji}");
        assert_eq!(reacts(&world, 0, "UAVERY", emoji, true, 5).await, Worked::Before, "and then there is nothing to do");
    }
}

#[tokio::test]
async fn every_order_of_a_post_and_an_edit_that_takes_out_its_only_link_ends_in_no_link() {
    let edited = Written { edited_at: Some(at(4)), ..written("UDANA", "never mind") };
    let events = [
        (0, PostingChange::Written(written("UDANA", "https://example.com/a"))),
        (4, PostingChange::Written(edited)),
        (5, PostingChange::Reacted { by: "UAVERY".into(), emoji: "fire".into(), added: true }),
    ];
    for order in orders(events.len()) {
        let world = world();
        for event in &order {
            let (happened, what) = &events[*event];
            tell(&world, 0, *happened, what.clone()).await;
        }
        let shown = world.store.look(|state| state.bytes.links.values().filter(|(link, _)| !link.is_gone()).count());
        assert_eq!(shown, 0, "{order:?}");
    }
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..count {
        let longer = |order: &Vec<usize>, place: usize| {
            let mut order = order.clone();
            order.insert(place, next);
            order
        };
        all = all.iter().flat_map(|order| (0..=order.len()).map(move |place| longer(order, place))).collect();
    }
    all
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
