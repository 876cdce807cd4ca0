//! `issues`.

use serde_json::{Value, json};

use super::payload::{labels, page, request, user};
use crate::fields::Values;
use crate::registry::Deed;
use crate::world::{World, place};

/// A new one.
pub fn open_issue(values: &Values, world: &mut World) -> Deed {
    let (repository, by) = (values.text("repository"), values.text("by"));
    // Numbers are shared with pull requests, as at GitHub.
    let number = world.next(repository);
    let now = world.moment().to_string();
    let issue = json!({
        "id": 3_000_000 + number, "number": number, "html_url": page(repository, &format!("/issues/{number}")), "title": values.text("title"),
        "body": null, "user": user(by), "labels": labels(&values.list("labels")), "state": "open", "state_reason": null, "locked": false,
        "assignees": [], "comments": 0, "created_at": now, "updated_at": now, "closed_at": null, "author_association": "MEMBER",
    });
    world.issues.insert((repository.to_owned(), number), issue.clone());
    let request = request("issues", repository, by, json!({"action": "opened", "issue": issue}));
    Deed { summary: format!("Opened {repository}#{number}"), requests: vec![request] }
}

/// The end of one.
pub fn close_issue(values: &Values, world: &mut World) -> Deed {
    let here = place(values.text("issue")).unwrap_or_default();
    let now = Value::from(world.moment().to_string());
    let mut closed = Value::Null;
    // It is there: the field was checked against what is open.
    if let Some(issue) = world.issues.get_mut(&here) {
        issue["state"] = "closed".into();
        issue["state_reason"] = values.text("reason").into();
        issue["closed_at"] = now.clone();
        issue["updated_at"] = now;
        closed = issue.clone();
    }
    let request = request("issues", &here.0, values.text("by"), json!({"action": "closed", "issue": closed}));
    Deed { summary: format!("Closed {}", values.text("issue")), requests: vec![request] }
}
