//! `pull_request` and `pull_request_review`.

use serde_json::{Value, json};

use super::payload::{MAIN, commit, labels, page, repository, request, text_or_null, user};
use super::pushes;
use crate::fields::Values;
use crate::registry::{Deed, Request};
use crate::world::{Place, World, place};

/// What a review can say: as the API has it, and in words.
pub const VERDICTS: &[(&str, &str)] =
    &[("approved", "approved"), ("changes_requested", "changes requested"), ("commented", "only a comment")];

/// What is counted of a change, and left out where GitHub tells of a review.
const WHOLE_ONLY: [&str; 9] =
    ["merged", "merged_by", "mergeable", "comments", "review_comments", "commits", "additions", "deletions", "changed_files"];

/// A new one, and perhaps a review that is asked for.
pub fn open(values: &Values, world: &mut World) -> Deed {
    let (repository, title, by) = (values.text("repository"), values.text("title"), values.text("by"));
    let number = world.next(repository);
    let pull = opened(world, repository, number, title, values.text("branch"), by);
    let here = (repository.to_owned(), number);
    world.pulls.insert(here.clone(), pull);
    let mut requests = vec![told(world, &here, "opened", by, json!({}))];
    let reviewer = values.text("reviewer");
    if !reviewer.is_empty() {
        change(world, &here, |pull| pull["requested_reviewers"] = json!([user(reviewer)]));
        requests.push(told(world, &here, "review_requested", by, json!({"requested_reviewer": user(reviewer)})));
    }
    Deed { summary: format!("Opened {repository}#{number}"), requests }
}

fn opened(world: &mut World, name: &str, number: u64, title: &str, branch: &str, by: &str) -> Value {
    let (head, base, now) = (world.built(name, branch), world.built(name, MAIN), world.moment().to_string());
    let owner = name.split_once('/').map_or(name, |(owner, _)| owner);
    let side = |branch: &str, sha: &str| json!({"label": format!("{owner}:{branch}"), "ref": branch, "sha": sha, "user": user(owner), "repo": repository(name)});
    json!({
        "id": 2_000_000 + number, "number": number, "html_url": page(name, &format!("/pull/{number}")), "state": "open", "locked": false,
        "title": title, "body": null, "user": user(by), "draft": false, "labels": [], "assignees": [], "requested_reviewers": [],
        "requested_teams": [], "head": side(branch, &head), "base": side(MAIN, &base), "author_association": "MEMBER",
        "created_at": now, "updated_at": now, "closed_at": null, "merged_at": null, "merge_commit_sha": null, "merged": false,
        "merged_by": null, "mergeable": true, "comments": 0, "review_comments": 0, "commits": 1, "additions": 12, "deletions": 3,
        "changed_files": 2,
    })
}

fn change(world: &mut World, here: &Place, with: impl FnOnce(&mut Value)) {
    let now = world.moment().to_string();
    if let Some(pull) = world.pulls.get_mut(here) {
        with(pull);
        pull["updated_at"] = now.into();
    }
}

fn told(world: &World, here: &Place, action: &str, by: &str, more: Value) -> Request {
    let pull = world.pulls.get(here).cloned().unwrap_or_default();
    let mut payload = json!({"action": action, "number": here.1, "pull_request": pull});
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    request("pull_request", &here.0, by, payload)
}

/// The one that was chosen. It is there: the field was checked against what is open.
fn chosen(values: &Values) -> Place {
    place(values.text("pull")).unwrap_or_default()
}

/// Labels on it, each told by itself.
pub fn label(values: &Values, world: &mut World) -> Deed {
    let (here, by) = (chosen(values), values.text("by"));
    let mut requests = Vec::new();
    for name in values.list("labels") {
        let label = labels(&[name])[0].clone();
        change(world, &here, |pull| {
            let known = pull["labels"].as_array_mut();
            if let Some(known) = known.filter(|known| !known.contains(&label)) {
                known.push(label.clone());
            }
        });
        requests.push(told(world, &here, "labeled", by, json!({"label": label})));
    }
    Deed { summary: format!("Labelled {}", values.text("pull")), requests }
}

/// A verdict.
pub fn review(values: &Values, world: &mut World) -> Deed {
    let (here, by, verdict) = (chosen(values), values.text("by"), values.text("verdict"));
    // Whoever has answered isn't waited for any more.
    change(world, &here, |pull| {
        if let Some(awaited) = pull["requested_reviewers"].as_array_mut() {
            awaited.retain(|one| one["login"] != by);
        }
    });
    let mut pull = world.pulls.get(&here).cloned().unwrap_or_default();
    let id = world.next("reviews") + 5_000_000;
    let now = world.moment().to_string();
    let review = json!({
        "id": id, "user": user(by), "body": text_or_null(values.text("text")), "state": verdict, "submitted_at": now, "updated_at": now,
        "commit_id": pull["head"]["sha"], "html_url": format!("{}#pullrequestreview-{id}", pull["html_url"].as_str().unwrap_or_default()),
        "author_association": "MEMBER",
    });
    if let Some(fields) = pull.as_object_mut() {
        fields.retain(|name, _| !WHOLE_ONLY.contains(&name.as_str()));
    }
    let payload = json!({"action": "submitted", "review": review, "pull_request": pull});
    let summary = format!("Reviewed {}: {}", values.text("pull"), verdict.replace('_', " "));
    Deed { summary, requests: vec![request("pull_request_review", &here.0, by, payload)] }
}

/// It is merged, which pushes a commit, or closed.
pub fn close(values: &Values, world: &mut World) -> Deed {
    let (here, by) = (chosen(values), values.text("by"));
    let merged = values.text("how") == "merge";
    let mut requests = Vec::new();
    let mut merge = Value::Null;
    if merged {
        let title = world.pulls.get(&here).and_then(|pull| pull["title"].as_str()).unwrap_or_default().to_owned();
        let squashed = commit(world, &here.0, &format!("{title} (#{})", here.1), "src/main.rs", by);
        merge = squashed["id"].clone();
        requests.push(pushes::told(world, &here.0, MAIN, &[squashed], by, false));
    }
    let now = world.moment().to_string();
    change(world, &here, |pull| {
        pull["state"] = "closed".into();
        pull["closed_at"] = now.as_str().into();
        if merged {
            pull["merged"] = true.into();
            pull["merged_at"] = now.as_str().into();
            pull["merged_by"] = user(by);
            pull["merge_commit_sha"] = merge;
        }
    });
    requests.push(told(world, &here, "closed", by, json!({})));
    let verb = if merged { "Merged" } else { "Closed" };
    Deed { summary: format!("{verb} {}", values.text("pull")), requests }
}
