//! `push`.

use serde_json::{Value, json};

use super::payload::{MAIN, commit, page, request};
use crate::fields::Values;
use crate::people::{self, Person};
use crate::registry::{Deed, Request};
use crate::world::World;

/// What GitHub tells as the commit before the first one.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// New commits on a branch.
pub fn push(values: &Values, world: &mut World) -> Deed {
    pushed(values, world, false)
}

/// Other commits on a branch.
pub fn force_push(values: &Values, world: &mut World) -> Deed {
    pushed(values, world, true)
}

fn pushed(values: &Values, world: &mut World, forced: bool) -> Deed {
    let (repository, branch, by) = (values.text("repository"), values.text("branch"), values.text("by"));
    let titles = values.lines("commits");
    let commits: Vec<Value> = titles.iter().map(|title| commit(world, repository, title, values.text("path"), by)).collect();
    let verb = if forced { "Force pushed" } else { "Pushed" };
    let what = if commits.len() == 1 { "1 commit".to_owned() } else { format!("{} commits", commits.len()) };
    let summary = format!("{verb} {what} to {branch} of {repository}");
    Deed { summary, requests: vec![told(world, repository, branch, &commits, by, forced)] }
}

/// The event, once the commits are there. What is forced replaces something, so the branch was there.
pub fn told(world: &mut World, repository: &str, branch: &str, commits: &[Value], by: &str, forced: bool) -> Request {
    let known = world.head(repository, branch);
    let created = known.is_none() && branch != MAIN && !forced;
    let before = if created { NOTHING.to_owned() } else { known.unwrap_or_else(|| world.sha()) };
    let head = commits.last().cloned().unwrap_or_default();
    let after = head["id"].as_str().unwrap_or(NOTHING).to_owned();
    world.set_head(repository, branch, &after);
    let compare = if created { format!("/compare/{branch}") } else { format!("/compare/{}...{}", &before[..12], &after[..12]) };
    let Person { login, email, .. } = people::person(by);
    let payload = json!({
        "ref": format!("refs/heads/{branch}"), "before": before, "after": after, "base_ref": null, "created": created, "deleted": false,
        "forced": forced, "compare": page(repository, &compare), "commits": commits, "head_commit": head,
        "pusher": {"name": login, "email": email},
    });
    let mut request = request("push", repository, by, payload);
    if let Request::Webhook { body, .. } = &mut request {
        // Only here it is a number of seconds.
        body["repository"]["pushed_at"] = world.moment().as_second().into();
    }
    request
}
