//! `check_run`, `workflow_run` and `workflow_job`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::payload::{head_commit, page, request, user};
use crate::fields::Values;
use crate::registry::{Deed, Request};
use crate::senders::build::{BEGAN, JOB, before};
use crate::world::{World, place};

/// How a run can end: as the API has it, and in words.
pub const CONCLUSIONS: &[(&str, &str)] = &[("failure", "failed"), ("success", "passed"), ("cancelled", "was cancelled")];

/// An app's check of a pull request's newest commit.
pub fn check(values: &Values, world: &mut World) -> Deed {
    let here = place(values.text("pull")).unwrap_or_default();
    let (name, conclusion) = (values.text("name"), values.text("conclusion"));
    let pull = world.pulls.get(&here).cloned().unwrap_or_default();
    let (id, ended) = (world.next("checks") + 6_000_000, world.moment());
    let (head, base) = (&pull["head"], &pull["base"]);
    let side = |side: &Value| json!({"ref": side["ref"], "sha": side["sha"]});
    let check = json!({
        "id": id, "name": name, "head_sha": head["sha"], "status": "completed", "conclusion": conclusion,
        "html_url": page(&here.0, &format!("/runs/{id}")), "started_at": before(ended, JOB).to_string(), "completed_at": ended.to_string(),
        "output": {"title": format!("{name}: {conclusion}"), "summary": null, "annotations_count": 0},
        "check_suite": {"id": id + 500_000, "head_branch": head["ref"], "head_sha": head["sha"], "status": "completed"},
        "app": {"id": 42, "slug": "lint-app", "name": "Lint App"},
        "pull_requests": [{"number": here.1, "head": side(head), "base": side(base)}],
    });
    let request = request("check_run", &here.0, "lint-app[bot]", json!({"action": "completed", "check_run": check}));
    Deed { summary: format!("{name} of {}: {conclusion}", values.text("pull")), requests: vec![request] }
}

/// A run of a workflow from its start to its end, with one job that decides.
pub fn run(values: &Values, world: &mut World) -> Deed {
    let (repository, name, by) = (values.text("repository"), values.text("workflow"), values.text("by"));
    let number = world.next(&format!("runs of {name} in {repository}"));
    let id = world.next("runs") + 9_000_000_000;
    let run = Run {
        id,
        number,
        sha: world.built(repository, values.text("branch")),
        ended: world.moment(),
        page: page(repository, &format!("/actions/runs/{id}")),
        values,
    };
    let conclusion = values.text("conclusion");
    let told = |event: &'static str, payload: Value| -> Request { request(event, repository, by, payload) };
    let requests = vec![
        told("workflow_run", json!({"action": "requested", "workflow_run": run.whole(None), "workflow": {"name": name}})),
        told("workflow_job", json!({"action": "in_progress", "workflow_job": run.job(None)})),
        told("workflow_job", json!({"action": "completed", "workflow_job": run.job(Some(conclusion))})),
        told("workflow_run", json!({"action": "completed", "workflow_run": run.whole(Some(conclusion)), "workflow": {"name": name}})),
    ];
    Deed { summary: format!("{name} #{number} of {repository}: {conclusion}"), requests }
}

struct Run<'a> {
    id: u64,
    number: u64,
    sha: String,
    ended: Timestamp,
    page: String,
    values: &'a Values,
}

impl Run<'_> {
    fn whole(&self, conclusion: Option<&str>) -> Value {
        let (values, began) = (self.values, before(self.ended, BEGAN));
        let by = values.text("by");
        let updated = if conclusion.is_some() { self.ended } else { began };
        json!({
            "id": self.id, "name": values.text("workflow"), "run_number": self.number, "run_attempt": 1, "event": "push",
            "status": if conclusion.is_some() { "completed" } else { "queued" }, "conclusion": conclusion, "html_url": self.page,
            "path": ".github/workflows/ci.yml", "display_title": "Count every request once", "head_branch": values.text("branch"),
            "head_sha": self.sha, "head_commit": head_commit(&self.sha, "Count every request once", by, began), "actor": user(by),
            "triggering_actor": user(by), "run_started_at": began.to_string(), "created_at": began.to_string(),
            "updated_at": updated.to_string(), "pull_requests": [],
        })
    }

    fn job(&self, conclusion: Option<&str>) -> Value {
        let (values, began) = (self.values, before(self.ended, JOB));
        let status = if conclusion.is_some() { "completed" } else { "in_progress" };
        let step = |number: u32, name: &str, status: &str, conclusion: Option<&str>| json!({"number": number, "name": name, "status": status, "conclusion": conclusion});
        let ended = conclusion.map(|_| self.ended.to_string());
        json!({
            "id": self.id * 10, "run_id": self.id, "run_attempt": 1, "workflow_name": values.text("workflow"), "name": "test",
            "status": status, "conclusion": conclusion, "head_branch": values.text("branch"), "head_sha": self.sha,
            "html_url": format!("{}/job/{}", self.page, self.id * 10), "created_at": before(self.ended, BEGAN).to_string(),
            "started_at": began.to_string(), "completed_at": ended, "labels": ["ubuntu-latest"],
            "steps": [step(1, "Check out", "completed", Some("success")), step(2, values.text("step"), status, conclusion)],
        })
    }
}
