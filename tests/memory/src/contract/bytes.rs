//! What is kept of links that peers share.

use opsroom_application::ports::{BytesChange, BytesStore, Change, Commit, LinkChange, MOST_PER_WEEK, RoomChange, RoomKinds, Shelf, Store};
use opsroom_domain::bytes::words::{asked, of_link};
use opsroom_domain::bytes::{
    CanonicalUrl, Days, Digest, DigestFor, DigestTime, Link, LinksOf, OpenedRoom, Post, PostedMessage, Reader, Rules, Saved, Voices,
};
use opsroom_domain::ids::ChannelId;

use super::samples::at;

const WEEK: i64 = 7 * 86_400;

fn channel() -> ChannelId {
    "C0BYTES".into()
}

/// A link that was posted at a second, with a title, tags, and so many voices.
pub fn link(path: &str, second: i64, title: &str, tags: &[&str], weight: i64) -> Link {
    let mut link = Link::new(channel(), CanonicalUrl::parse(&format!("https://example.com/{path}")).unwrap());
    link.unfurled(Some(title), Some("about it"));
    link.posted(Post {
        ts: format!("{second}.000100"),
        by: "U1".into(),
        at: at(second),
        kept_at: Some(at(second + 1)),
        text: "said with it".into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        voices: Voices { weight, reactions: 1, ..Voices::default() },
    });
    link.words = of_link(&link, &["Dana"]);
    link
}

fn of(change: BytesChange) -> Change {
    Change { bytes: Some(Box::new(change)), ..Change::default() }
}

fn change(before: Option<&Link>, after: Link) -> Change {
    of(BytesChange { links: vec![LinkChange::of(before, after, &Rules::default())], ..BytesChange::default() })
}

async fn write(store: &impl Store, links: &[Link]) {
    for link in links {
        assert_eq!(store.commit(change(None, link.clone())).await.unwrap(), Commit::Done);
    }
}

async fn names(store: &impl BytesStore, from: i64, to: i64, tags: &[&str]) -> Vec<String> {
    let shelf = Shelf { channel: channel(), from: at(from), to: at(to), tags: tags.iter().map(|tag| (*tag).to_owned()).collect() };
    let mut names: Vec<String> = store.shelf(&shelf).await.unwrap().links.iter().map(|link| link.name().to_owned()).collect();
    names.sort();
    names
}

async fn found(store: &impl BytesStore, words: &[&str]) -> Vec<String> {
    let words = asked(&words.join(" "));
    store.find(&channel(), &words).await.unwrap().links.iter().map(|link| link.name().to_owned()).collect()
}

/// With everything that is in them, one version on.
pub async fn links_and_their_people_come_back_as_they_were_written(store: &(impl Store + BytesStore)) {
    let link = link("a", 10, "A title", &["rust"], 3);
    let mut message = PostedMessage::unknown(channel(), "10.000100");
    message.reacted(&"U2".into(), "thumbsup", true, at(12));
    message.written(LinksOf { by: "U1".into(), links: vec![link.id.clone()], edited_at: Some(at(11)) });
    let mut reader = Reader::new("U2".into());
    reader.catch_up(&channel(), at(20), vec![link.id.clone()]);
    reader.save(Saved { url: link.url.clone(), title: None, link: Some((channel(), link.id.clone())), at: at(21) });
    let to = DigestFor::Reader { person: "U2".into() };
    let time = DigestTime { days: Days::Weekdays, time: jiff::civil::time(9, 0, 0, 0), zone: "Europe/Berlin".into() };
    let digest = Digest {
        to: to.clone(),
        time: Some(time),
        by: "U2".into(),
        set_at: at(22),
        sent_at: None,
        shown: vec![link.id.clone()],
        version: 0,
    };
    assert_eq!(store.posted(&channel(), "10.000100").await.unwrap(), None);
    assert_eq!(store.reader(&"U2".into()).await.unwrap(), None);
    assert_eq!(store.digest(&to).await.unwrap(), None);
    assert_eq!(store.links(&channel(), std::slice::from_ref(&link.id)).await.unwrap(), []);

    let all = BytesChange {
        message: Some(message.clone()),
        links: vec![LinkChange::of(None, link.clone(), &Rules::default())],
        reader: Some(reader.clone()),
        digest: Some(digest.clone()),
    };
    assert_eq!(store.commit(of(all.clone())).await.unwrap(), Commit::Done);
    assert_eq!(store.posted(&channel(), "10.000100").await.unwrap(), Some(PostedMessage { version: 1, ..message.clone() }));
    assert_eq!(store.links(&channel(), &[link.id.clone(), link.id.clone()]).await.unwrap().first(), Some(&Link { version: 1, ..link }));
    assert_eq!(store.reader(&"U2".into()).await.unwrap(), Some(Reader { version: 1, ..reader }));
    assert_eq!(store.digest(&to).await.unwrap(), Some(Digest { version: 1, ..digest }));
    assert_eq!(store.commit(of(all)).await.unwrap(), Commit::Stale, "each is guarded");
    let alone = BytesChange { message: Some(message), ..BytesChange::default() };
    assert_eq!(store.commit(of(alone)).await.unwrap(), Commit::Stale);
}

/// By the week and by tags, hidden and gone ones left out.
pub async fn shelves_hold_what_was_posted_then(store: &(impl Store + BytesStore)) {
    let links = [
        link("old", -3 * WEEK, "Old", &["rust"], 9),
        link("new", 10, "New", &["rust", "async"], 1),
        link("other", 20, "Other", &["go"], 0),
        link("untagged", 30, "Untagged", &[], -2),
    ];
    write(store, &links).await;
    assert_eq!(names(store, -WEEK, 100, &[]).await, ["New", "Other", "Untagged"]);
    assert_eq!(names(store, 10, 20, &[]).await, ["New"], "the first moment is in, the last is not");
    assert_eq!(names(store, -4 * WEEK, 100, &["rust"]).await, ["New", "Old"]);
    assert_eq!(names(store, -4 * WEEK, 100, &["async", "go", "rust"]).await, ["New", "Old", "Other"], "each once");
    assert_eq!(names(store, -WEEK, 100, &["zig"]).await, [""; 0]);

    let before = store.links(&channel(), std::slice::from_ref(&links[1].id)).await.unwrap().remove(0);
    let mut hidden = before.clone();
    hidden.hidden_by = Some("U1".into());
    hidden.words.clear();
    assert_eq!(store.commit(change(Some(&before), hidden.clone())).await.unwrap(), Commit::Done);
    assert_eq!(names(store, -WEEK, 100, &[]).await, ["Other", "Untagged"]);
    assert_eq!(names(store, -WEEK, 100, &["async"]).await, [""; 0]);
    assert_eq!(found(store, &["new"]).await, [""; 0]);
    hidden.version += 1;
    let shown = Link { hidden_by: None, words: before.words, ..hidden.clone() };
    assert_eq!(store.commit(change(Some(&hidden), shown)).await.unwrap(), Commit::Done);
    assert_eq!(names(store, -WEEK, 100, &["async"]).await, ["New"]);
    assert_eq!(found(store, &["new"]).await, ["New"]);
}

/// However much was shared and liked in the same week before the shelf begins.
pub async fn a_busy_week_hides_nothing_of_its_end(store: &(impl Store + BytesStore)) {
    let busy: Vec<Link> =
        (0..=i64::try_from(MOST_PER_WEEK).unwrap()).map(|second| link(&format!("{second}"), second, "Busy", &[], 50)).collect();
    write(store, &busy).await;
    write(store, &[link("quiet", 3600, "Quiet", &[], 0), link("liked", 3601, "Liked", &[], 90)]).await;
    let shelf = |from| Shelf { channel: channel(), from: at(from), to: at(7200), tags: Vec::new() };
    assert_eq!(names(store, 3600, 7200, &[]).await, ["Liked", "Quiet"]);
    assert!(!store.shelf(&shelf(3600)).await.unwrap().cut);
    let week = store.shelf(&shelf(-2 * WEEK)).await.unwrap();
    assert!(week.cut && week.links.len() == MOST_PER_WEEK, "and nobody is told that the best of a busy week are all: {}", week.links.len());
}

/// By all the words if there is such a link, the best places first; and not by words that it no longer has.
pub async fn words_lead_to_links(store: &(impl Store + BytesStore)) {
    let links =
        [link("a", 10, "Tracing in Tokio", &[], 0), link("b", 20, "Tokio", &["runtime"], 0), link("tokio-tasks", 30, "Tasks", &[], 0)];
    write(store, &links).await;
    assert_eq!(found(store, &["tokio", "tracing"]).await, ["Tracing in Tokio"]);
    assert_eq!(found(store, &["tokio"]).await, ["Tokio", "Tracing in Tokio", "Tasks"], "in a title, the newer first; then in an address");
    assert_eq!(found(store, &["dana"]).await.len(), 3);
    assert_eq!(found(store, &["nothing"]).await, [""; 0]);
    assert_eq!(found(store, &["tokio", "nothing"]).await.len(), 3, "where no link has all words, those with most");

    let before = store.links(&channel(), std::slice::from_ref(&links[1].id)).await.unwrap().remove(0);
    let mut edited = before.clone();
    edited.unfurled(Some("Async"), None);
    edited.words = of_link(&edited, &[]);
    assert_eq!(store.commit(change(Some(&before), edited)).await.unwrap(), Commit::Done);
    assert_eq!(found(store, &["tokio"]).await, ["Tracing in Tokio", "Tasks"]);
    assert_eq!(found(store, &["async"]).await, ["Async"]);
}

/// Where no link has all the words, age is compared across the words' lists, and not place by place.
pub async fn of_equal_links_the_newer_is_found_first(store: &(impl Store + BytesStore)) {
    let links = [
        link("a", 10, "Tokio", &[], 0),
        link("b", 20, "Tracing", &[], 0),
        link("c", 30, "Tracing spans", &[], 0),
        link("d", 40, "Serde", &[], 0),
        link("e", 5, "Tokio tasks", &["tokio"], 0),
    ];
    write(store, &links).await;
    let expected = ["Tokio tasks", "Tracing spans", "Tracing", "Tokio"];
    assert_eq!(found(store, &["tokio", "tracing"]).await, expected, "a title and a tag, then the newer");
    assert_eq!(found(store, &["tracing", "tokio"]).await, expected, "in whichever order they are asked for");
}

/// A link whose first message is deleted is listed by the next one's time; without any message it is in no list, and is known all the same.
pub async fn a_link_moves_with_its_first_message_and_leaves_with_its_last(store: &(impl Store + BytesStore)) {
    let mut first = link("a", -3 * WEEK, "Twice", &["rust"], 2);
    let later = link("a", 10, "Twice", &["go"], 1).posts.remove(0);
    first.posted(later);
    first.words = of_link(&first, &["Dana"]);
    write(store, &[first.clone(), link("b", 20, "Twice too", &["go"], 0)]).await;
    assert_eq!(names(store, -4 * WEEK, -2 * WEEK, &[]).await, ["Twice"]);
    assert_eq!(names(store, -4 * WEEK, -2 * WEEK, &["go"]).await, ["Twice"], "the tags of all its messages are its own");
    assert_eq!(found(store, &["twice"]).await, ["Twice too", "Twice"]);

    let before = store.links(&channel(), std::slice::from_ref(&first.id)).await.unwrap().remove(0);
    let mut moved = before.clone();
    let ts = moved.posts[0].ts.clone();
    moved.withdrawn(&ts);
    moved.words = of_link(&moved, &["Dana"]);
    assert_eq!(store.commit(change(Some(&before), moved.clone())).await.unwrap(), Commit::Done);
    assert_eq!(names(store, -4 * WEEK, -2 * WEEK, &[]).await, [""; 0]);
    assert_eq!(names(store, -4 * WEEK, 100, &["rust"]).await, [""; 0], "that tag is gone with its message");
    assert_eq!(names(store, -WEEK, 100, &["go"]).await, ["Twice", "Twice too"]);
    assert_eq!(found(store, &["twice"]).await, ["Twice too", "Twice"], "once, and not at its old time too");

    moved.version += 1;
    let mut gone = moved.clone();
    let ts = gone.posts[0].ts.clone();
    gone.withdrawn(&ts);
    gone.words.clear();
    assert_eq!(store.commit(change(Some(&moved), gone.clone())).await.unwrap(), Commit::Done);
    assert_eq!(names(store, -4 * WEEK, 100, &[]).await, ["Twice too"]);
    assert_eq!(names(store, -4 * WEEK, 100, &["go"]).await, ["Twice too"]);
    assert_eq!(found(store, &["twice"]).await, ["Twice too"]);
    let known = store.links(&channel(), &[gone.id.clone(), gone.id.clone()]).await.unwrap();
    assert_eq!(known, [Link { version: 3, ..gone }], "once, however often it is asked for");
}

/// What was decided on an old state takes nothing off the lists and puts nothing on them.
pub async fn a_stale_change_leaves_the_lists_alone(store: &(impl Store + BytesStore)) {
    let original = link("a", 10, "Tokio", &["rust"], 1);
    write(store, std::slice::from_ref(&original)).await;
    let mut other = original.clone();
    other.unfurled(Some("Serde"), None);
    other.words = of_link(&other, &[]);
    assert_eq!(store.commit(change(None, other.clone())).await.unwrap(), Commit::Stale, "it is there already");
    other.version = 7;
    assert_eq!(store.commit(change(Some(&original), other)).await.unwrap(), Commit::Stale);
    assert_eq!(names(store, 0, 100, &["rust"]).await, ["Tokio"]);
    assert_eq!(found(store, &["tokio"]).await, ["Tokio"]);
    assert_eq!(found(store, &["serde"]).await, [""; 0]);
}

/// Opened and closed, twice each.
pub async fn rooms_are_opened_and_closed(store: &(impl Store + RoomKinds)) {
    let room = OpenedRoom { channel: channel(), by: "U1".into(), at: at(1) };
    let opened = |change: RoomChange| Change { opened: Some(Box::new(change)), ..Change::default() };
    assert_eq!(store.opened().await.unwrap().bytes, []);
    for _ in 0..2 {
        assert_eq!(store.commit(opened(RoomChange::OpenBytes(room.clone()))).await.unwrap(), Commit::Done);
        assert_eq!(store.opened().await.unwrap().bytes, std::slice::from_ref(&room));
    }
    for _ in 0..2 {
        assert_eq!(store.commit(opened(RoomChange::CloseBytes(channel()))).await.unwrap(), Commit::Done);
        assert_eq!(store.opened().await.unwrap().bytes, []);
    }
}
