//! What a feed is read from, and where it goes.

use atom_syndication::Feed;
use jiff::{Timestamp, ToSpan as _};
use opsroom_application::ports::{BytesChange, Change, Commit, LinkChange, OpenedRooms, Store as _};
use opsroom_domain::bytes::{CanonicalUrl, Link, OpenedRoom, Post, Rules, Voices};
use opsroom_domain::catalog::Catalog;
use opsroom_memory::MemoryStore;

use super::{Wish, is_room, publish, read};

fn catalog(rooms: &str) -> Catalog {
    let text = format!(
        r#"{{"workspace": {{"team": "T1"}}, "environments": {{}}, "services": {{}}, "roles": {{}}, "people": {{}}, "rooms": {{}}, "bytes": {{"rooms": [{rooms}]}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

async fn post(store: &MemoryStore, path: &str, hours_ago: i64, weight: i64, hidden: bool) {
    let mut link = Link::new("CBYTES".into(), CanonicalUrl::parse(&format!("https://example.com/{path}")).unwrap());
    let voices = Voices { weight, hidden, ..Voices::default() };
    let at = now() - hours_ago.hours();
    link.posted(Post {
        ts: format!("{}.000100", at.as_second()),
        by: "UDANA".into(),
        at,
        kept_at: None,
        text: String::new(),
        tags: Vec::new(),
        voices,
    });
    let change = BytesChange { links: vec![LinkChange::of(None, link, &Rules::default())], ..BytesChange::default() };
    let written = store.commit(Change { bytes: Some(Box::new(change)), ..Change::default() }).await.unwrap();
    assert_eq!(written, Commit::Done);
}

#[tokio::test]
async fn a_feed_has_the_best_of_its_days_and_no_more_than_are_wanted() {
    let store = MemoryStore::at(now());
    for (path, hours_ago, weight, hidden) in
        [("liked", 30, 9, false), ("new", 1, 0, false), ("quiet", 40, 0, false), ("hidden", 2, 99, true), ("old", 49, 99, false)]
    {
        post(&store, path, hours_ago, weight, hidden).await;
    }
    let names = async |days, most| {
        let wish = Wish { channel: "CBYTES".into(), days, most, out: None };
        let (document, count) = read(&store, &catalog("\"CBYTES\""), &wish, now()).await.unwrap();
        let feed = Feed::read_from(document.as_bytes()).unwrap();
        assert_eq!(feed.entries.len(), count);
        feed.entries.into_iter().map(|entry| entry.title.value).collect::<Vec<_>>()
    };
    assert_eq!(names(2, 20).await, ["example.com/liked", "example.com/new", "example.com/quiet"]);
    assert_eq!(names(3, 2).await, ["example.com/old", "example.com/liked"]);
    assert_eq!(names(1, 20).await, ["example.com/new"]);
}

#[test]
fn a_channel_that_is_no_room_is_told_from_those_that_are() {
    let opened = OpenedRooms { bytes: vec![OpenedRoom { channel: "CCHAT".into(), by: "UDANA".into(), at: now() }] };
    let rooms = catalog("\"CBYTES\"");
    assert_eq!(is_room(&rooms, &opened, &"CBYTES".into()), Ok(()));
    assert_eq!(is_room(&rooms, &opened, &"CCHAT".into()), Ok(()));
    let why = is_room(&rooms, &opened, &"COPS".into()).unwrap_err().to_string();
    assert_eq!(why, "the links of COPS aren't kept; those of CBYTES, CCHAT are");
    let why = is_room(&catalog(""), &OpenedRooms::default(), &"COPS".into()).unwrap_err().to_string();
    assert!(why.ends_with("`bytes on` makes the channel one where it is typed"), "{why}");
}

#[test]
fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
    let folder = std::env::temp_dir().join(format!("opsctl-feed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("best.xml");
    publish(&path, "a longer first one").unwrap();
    publish(&path, "the second").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the second");
    assert!(publish(&folder.join("missing").join("best.xml"), "x").unwrap_err().to_string().starts_with("can't write "));
    // A folder can't be replaced by a file: what was written beside it is taken away again.
    std::fs::create_dir(folder.join("taken")).unwrap();
    publish(&folder.join("taken"), "x").unwrap_err();
    let mut left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["best.xml", "taken"]);
    std::fs::remove_dir_all(&folder).unwrap();
}
