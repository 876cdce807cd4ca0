//! What becomes of messages in a room of bytes: links, edits, deletions, reactions and replies, in any order and half done.

use crate::bytes_world::{before, link, posts, reacts, request, tell, ts, world, written};
use crate::release_world::at;
use opsroom_application::commands::Worked;
use opsroom_application::ports::{BytesChange, BytesStore as _, Change, LinkChange, PortErrorKind, Store as _};
use opsroom_domain::bytes::{Rules, Voices};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::posting::{PostingChange, Written};
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

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
