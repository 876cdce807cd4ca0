//! A room of bytes, and what happens in it.

use opsroom_application::commands::Worked;
use opsroom_application::ports::BytesStore as _;
use opsroom_application::request::{Ask, Request};
use opsroom_domain::bytes::{CanonicalUrl, Link, LinkId};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::posting::{PostedLink, Posting, PostingChange, Written};

use crate::release_world::{World, asker, at};

pub fn world() -> World {
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
pub fn ts(second: i64) -> String {
    format!("{}.000100", at(second).as_second())
}

pub fn written(person: &str, text: &str) -> Written {
    let links = text.split_whitespace().filter(|word| word.contains("://")).map(|url| PostedLink {
        url: url.into(),
        title: None,
        description: None,
        service: None,
    });
    Written { asker: asker(person), thread: None, text: text.into(), links: links.collect(), edited_at: None, has_files: false }
}

pub fn request(second: i64, happened: i64, what: PostingChange) -> Request {
    let posting = Posting { channel: "COPS".into(), ts: ts(second), at: at(happened), what };
    Request { event: "e".into(), correlation: "c".into(), ask: Ask::Posted { posting: Box::new(posting) } }
}

pub async fn tell(world: &World, second: i64, happened: i64, what: PostingChange) -> Worked {
    world.work(&request(second, happened, what)).await.unwrap()
}

pub async fn posts(world: &World, second: i64, person: &str, text: &str) -> Worked {
    tell(world, second, second, PostingChange::Written(written(person, text))).await
}

pub async fn reacts(world: &World, second: i64, person: &str, emoji: &str, added: bool, happened: i64) -> Worked {
    tell(world, second, happened, PostingChange::Reacted { by: person.into(), emoji: emoji.into(), added }).await
}

pub async fn link(world: &World, url: &str) -> Link {
    let id = LinkId::of(&"COPS".into(), &CanonicalUrl::parse(url).unwrap());
    world.store.links(&"COPS".into(), &[id]).await.unwrap().pop().unwrap_or_else(|| panic!("{url} is not kept"))
}

pub fn before(world: &World, second: i64) -> Option<String> {
    let key = MessageKey::posted_before(&"COPS".into(), &ts(second));
    world.has_message(&key).then(|| world.message(&key))
}
