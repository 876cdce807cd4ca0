//! Links on the Home tab: the best that are new to a reader in their rooms, and how long their list is.

use crate::release_world::{World, asker, at};
use opsroom_application::commands::Worked;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::posting::{PostedLink, Posting, PostingChange, Written};
use opsroom_domain::rights::Standing;
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

fn world() -> World {
    let catalog: Catalog = serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"}, "environments": {}, "services": {},
        "roles": {"editor": {"grants": [{"allow": ["read", "subscribe"]}]}},
        "people": {"UDANA": {"name": "Dana", "roles": ["editor"]}, "UAVERY": {"name": "Avery", "roles": ["editor"]}, "ULEE": {"name": "Lee", "roles": ["editor"]}},
        "rooms": {"COPS": {"name": "bytes"}, "CELSE": {"name": "other"}}, "bytes": {"rooms": ["CELSE"]}
    }"#,
    )
    .unwrap()
    ;
    World::with(catalog)
}

async fn tell(world: &World, channel: &str, second: i64, what: PostingChange) {
    let posting = Posting { channel: channel.into(), ts: format!("{}.000100", at(second).as_second()), at: at(second), what };
    let request = Request { event: "e".into(), correlation: "c".into(), ask: Ask::Posted { posting: Box::new(posting) } };
    assert_eq!(world.work(&request).await.unwrap(), Worked::Done);
}

/// Somebody posts a link, named by its place.
async fn posts(world: &World, channel: &str, second: i64, person: &str, name: &str) {
    let link = PostedLink { url: format!("https://example.com/{name}"), title: Some(name.into()), description: None, service: None };
    let (asker, links) = (asker(person), vec![link]);
    let written = Written { asker, thread: None, text: String::new(), links, edited_at: None, has_files: false };
    tell(world, channel, second, PostingChange::Written(written)).await;
}

async fn reacts(world: &World, channel: &str, second: i64, person: &str, emoji: &str) {
    tell(world, channel, second, PostingChange::Reacted { by: person.into(), emoji: emoji.into(), added: true }).await;
}

async fn home(world: &World, event: &str, person: &str) -> String {
    let request = Request { event: event.into(), correlation: "c".into(), ask: Ask::Home { asker: asker(person) } };
    assert_eq!(world.work(&request).await.unwrap(), Worked::Done);
    world.message(&MessageKey::home(&person.into()))
}

const NOTHING: &str = "Nothing waits for you\n\nAs of (then). Open this tab again to see it anew.";

#[tokio::test]
async fn the_best_that_are_new_are_there_until_one_has_caught_up() {
    let mut world = world();
    world.types("on", "UDANA", "bytes on").await;
    for (second, name) in [(0, "first"), (1, "second"), (2, "third"), (3, "fourth")] {
        posts(&world, "COPS", second, "UDANA", name).await;
    }
    posts(&world, "CELSE", 4, "ULEE", "where Avery never was").await;
    posts(&world, "COPS", 5, "UAVERY", "their own").await;
    reacts(&world, "COPS", 1, "UAVERY", "fire").await;
    reacts(&world, "COPS", 3, "ULEE", "bookmark").await;
    world.now = at(7200);
    insta::assert_snapshot!(home(&world, "h1", "UAVERY").await, @r"
    Nothing waits for you


    New in your rooms
    1. fourth
    example.com · Dana, 1 h ago, 1 reaction, kept by 1 · #COPS
    2. second
    example.com · Dana, 1 h ago, 1 reaction · #COPS
    3. third
    example.com · Dana, 1 h ago · #COPS
    and 1 more · /ops bytes catchup
    As of (then). Open this tab again to see it anew.
    ");

    world.types("c1", "UAVERY", "bytes catchup").await;
    assert_eq!(home(&world, "h2", "UAVERY").await, NOTHING, "to have caught up leaves nothing new, and their list is empty");
    let shown = home(&world, "h3", "ULEE").await;
    assert!(shown.contains("1 link is on your reading list · /ops bytes mine"), "{shown}");
    assert!(shown.contains("3. their own\nexample.com · Avery"), "one's own is news to others: {shown}");
}

#[tokio::test]
async fn who_has_no_room_is_shown_nothing() {
    let world = world();
    posts(&world, "CELSE", 0, "UDANA", "a").await;
    assert_eq!(home(&world, "h1", "UAVERY").await, NOTHING, "never seen in a room");
    world.types("s1", "UAVERY", "bytes save https://example.com/kept").await;
    assert_eq!(home(&world, "h2", "UAVERY").await, NOTHING, "a list alone makes no room theirs");
}

#[tokio::test]
async fn a_room_that_is_none_any_more_is_nobodys() {
    let world = world();
    world.types("on", "UDANA", "bytes on").await;
    posts(&world, "COPS", 0, "UDANA", "a").await;
    reacts(&world, "COPS", 0, "UAVERY", "fire").await;
    assert!(home(&world, "h1", "UAVERY").await.contains("New in your rooms"));
    world.types("off", "UDANA", "bytes off").await;
    assert_eq!(home(&world, "h2", "UAVERY").await, NOTHING);
}

#[tokio::test]
async fn who_has_left_a_room_is_shown_nothing_of_it_anywhere() {
    let mut world = world();
    posts(&world, "CELSE", 0, "UDANA", "a").await;
    reacts(&world, "CELSE", 0, "UAVERY", "fire").await;
    world.types("d1", "UAVERY", "bytes digest me weekdays 09:00").await;
    world.now = at(60);
    world.types("t1", "UAVERY", "bytes top").await;
    assert!(world.answer("t1").contains("1. a"), "{}", world.answer("t1"));

    world.slack.absent.lock().unwrap().insert(("UAVERY".into(), "CELSE".into()));
    // Slack may still tell of a reaction from before.
    reacts(&world, "CELSE", 0, "UAVERY", "tada").await;
    assert_eq!(home(&world, "h1", "UAVERY").await, NOTHING);
    for (event, line) in [("t2", "bytes top"), ("t3", "bytes catchup"), ("t4", "bytes search a"), ("t5", "bytes search dana")] {
        world.types(event, "UAVERY", line).await;
        let answer = world.answer(event);
        assert!(!answer.contains("1. a") && !answer.contains("example.com"), "{line}: {answer}");
    }
    let digests = |world: &World| world.store.look(|state| state.messages.keys().filter(|key| key.as_str().starts_with("digest/")).count());
    world.until(86_400).await;
    assert_eq!(digests(&world), 0);

    world.slack.absent.lock().unwrap().clear();
    world.slack.failures.plan("present", PortErrorKind::Throttled, Moment::Before);
    assert_eq!(home(&world, "h2", "UAVERY").await, NOTHING, "where Slack can't be asked, nothing is shown");
    assert!(home(&world, "h3", "UAVERY").await.contains("1. a"), "and who has come back is shown it again");
}

#[tokio::test]
async fn a_mention_in_another_channel_shows_no_links_to_those_who_read_along() {
    let world = world();
    posts(&world, "CELSE", 0, "UDANA", "a").await;
    reacts(&world, "CELSE", 0, "UAVERY", "fire").await;
    for (event, line) in [("m1", "bytes top"), ("m2", "bytes search a1")] {
        let reply = Reply::Mention { ts: "1.2".into(), thread: None };
        let ask = Ask::Line { asker: asker("UAVERY"), line: line.into(), at: world.now, reply };
        world.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap();
        let key = MessageKey::answer(&event.into());
        let to = world.store.look(|state| state.messages[&key].message.destination.clone());
        assert!(matches!(&to, Destination::Private { person, .. } if *person == "UAVERY".into()), "{line}: {to:?}");
    }
}

#[tokio::test]
async fn who_has_no_role_any_more_gets_no_digest() {
    let mut world = world();
    posts(&world, "CELSE", 0, "UDANA", "a").await;
    reacts(&world, "CELSE", 0, "UAVERY", "fire").await;
    world.types("d1", "UAVERY", "bytes digest me weekdays 09:00").await;
    world.slack.standings.lock().unwrap().insert("UAVERY".into(), Standing::Guest);
    let digests = |world: &World| world.store.look(|state| state.messages.keys().filter(|key| key.as_str().starts_with("digest/")).count());
    world.until(86_400).await;
    assert_eq!(digests(&world), 0);
    posts(&world, "CELSE", 86_000, "UDANA", "b").await;
    world.slack.standings.lock().unwrap().clear();
    world.until(2 * 86_400).await;
    assert_eq!(digests(&world), 1, "the next one comes, should they be one of us again");
}

#[tokio::test]
async fn however_much_was_shared_it_takes_as_many_calls() {
    let world = world();
    posts(&world, "CELSE", 0, "UDANA", "a").await;
    reacts(&world, "CELSE", 0, "UAVERY", "fire").await;
    let calls = async |event: &str| {
        let before = world.store.failures.calls();
        home(&world, event, "UAVERY").await;
        world.store.failures.calls() - before
    };
    let with_one = calls("h1").await;
    for second in 1..60 {
        posts(&world, "CELSE", second, "UDANA", &format!("a{second}")).await;
    }
    assert_eq!(calls("h2").await, with_one);
    assert!(home(&world, "h3", "UAVERY").await.contains("and 57 more · /ops bytes catchup"));
}

#[tokio::test]
async fn a_tab_is_shown_without_links_if_they_cannot_be_read() {
    let world = world();
    posts(&world, "CELSE", 0, "UDANA", "a").await;
    reacts(&world, "CELSE", 0, "UAVERY", "fire").await;
    for (event, operation) in [("h1", "reader"), ("h2", "opened"), ("h3", "shelf")] {
        world.store.failures.plan(operation, PortErrorKind::Throttled, Moment::Before);
        assert_eq!(home(&world, event, "UAVERY").await, NOTHING, "{operation}");
        assert_eq!(world.store.failures.pending(), [""; 0], "{operation}");
    }
    assert!(home(&world, "h4", "UAVERY").await.contains("New in your rooms"));
}
