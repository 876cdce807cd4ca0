//! What GitHub's payloads are made of.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::people::{self, Person};
use crate::registry::Request;
use crate::signing::GITHUB;
use crate::world::World;

/// The branch that pull requests are merged into.
pub const MAIN: &str = "main";

/// A webhook with what every event has.
pub fn request(event: &'static str, repository: &str, by: &str, mut payload: Value) -> Request {
    payload["repository"] = self::repository(repository);
    payload["sender"] = user(by);
    Request::webhook(&GITHUB, event, payload)
}

/// A page of a repository.
pub fn page(repository: &str, below: &str) -> String {
    format!("https://github.com/{repository}{below}")
}

/// An id that is always the same for the same name.
fn id(name: &str) -> u32 {
    let digest = Sha256::digest(name);
    u32::from_be_bytes([0, digest[0], digest[1], digest[2]])
}

/// An account.
pub fn user(login: &str) -> Value {
    let kind = if people::is_bot(login) { "Bot" } else { "User" };
    json!({"login": login, "id": id(login), "type": kind, "html_url": page(login, ""), "site_admin": false})
}

/// A repository.
pub fn repository(name: &str) -> Value {
    let (owner, bare) = name.split_once('/').unwrap_or(("", name));
    json!({
        "id": id(name), "name": bare, "full_name": name, "private": true, "owner": user(owner), "html_url": page(name, ""), "fork": false,
        "default_branch": MAIN,
    })
}

/// A commit of a push: one title on one file.
pub fn commit(world: &mut World, repository: &str, title: &str, path: &str, by: &str) -> Value {
    let (sha, tree) = (world.sha(), world.sha());
    let Person { login, name, email } = people::person(by);
    let author = json!({"name": name, "email": email, "username": login});
    json!({
        "id": sha, "tree_id": tree, "distinct": true, "message": title, "timestamp": world.moment().to_string(),
        "url": page(repository, &format!("/commit/{sha}")), "author": author, "committer": author, "added": [], "removed": [],
        "modified": [path],
    })
}

/// A commit as runs name it.
pub fn head_commit(sha: &str, message: &str, by: &str, at: Timestamp) -> Value {
    let Person { name, email, .. } = people::person(by);
    let author = json!({"name": name, "email": email});
    json!({"id": sha, "tree_id": sha, "message": message, "timestamp": at.to_string(), "author": author, "committer": author})
}

/// Labels by their names.
pub fn labels(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"id": id(name), "name": name, "color": "ededed", "default": false, "description": null})).collect()
}

/// A text, or `null` where there is none.
pub fn text_or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}
