//! `release`.

use serde_json::{Value, json};

use super::payload::{MAIN, page, request, text_or_null, user};
use crate::fields::Values;
use crate::registry::Deed;
use crate::world::World;

/// A release is published. GitHub tells so twice: it was published, and it was released, which a pre-release isn't.
pub fn publish(values: &Values, world: &mut World) -> Deed {
    let (repository, tag, by) = (values.text("repository"), values.text("tag"), values.text("by"));
    let (id, now) = (world.next("releases") + 4_000_000, world.moment().to_string());
    let release: Value = json!({
        "id": id, "tag_name": tag, "target_commitish": MAIN, "name": text_or_null(values.text("title")),
        "body": text_or_null(values.text("notes")), "draft": false, "prerelease": false, "author": user(by), "assets": [],
        "html_url": page(repository, &format!("/releases/tag/{tag}")), "created_at": now, "published_at": now,
    });
    let told = |action: &str| request("release", repository, by, json!({"action": action, "release": release}));
    Deed { summary: format!("Published {tag} of {repository}"), requests: vec![told("published"), told("released")] }
}
