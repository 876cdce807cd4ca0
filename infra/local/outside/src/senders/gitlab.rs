//! GitLab ("Webhook events", pipeline events; `docs.gitlab.com`). A hook comes with each change of a pipeline's status and lists all jobs.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::BUILDS;
use super::build::{BRANCH, BY, Build, End, OUTCOME, STAGE, TITLE, seconds};
use crate::fields::{Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::GITLAB;
use crate::world::World;

/// GitLab.
pub static SENDER: Sender = Sender {
    id: "gitlab",
    name: "GitLab",
    group: BUILDS,
    about: "A project's webhook for pipeline events; sends its secret token along.",
    shown_after: "/ops build watch acme/api",
    actions: &[Action {
        id: "pipeline",
        name: "Run a pipeline",
        about: "It runs, then ends: two hooks, each with all its jobs.",
        fields: &[Field::repository().with_hint("the project's path"), BRANCH, OUTCOME, STAGE, BY],
        make: pipeline,
    }],
};

fn pipeline(values: &Values, world: &mut World) -> Deed {
    let build = Build::read(values, world);
    let (id, number) = (world.next("gitlab pipelines") + 800_000, world.next(&format!("gitlab {}", build.repository)));
    let status = match build.end {
        End::Passed => "success",
        End::Failed => "failed",
        End::Cancelled => "canceled",
    };
    let told = |status: &str| Request::webhook(&GITLAB, "Pipeline Hook", payload(&build, id, number, status));
    Deed { summary: build.summary("GitLab", &format!("#{number}")), requests: vec![told("running"), told(status)] }
}

fn payload(build: &Build, id: u64, number: u64, status: &str) -> Value {
    let has_ended = status != "running";
    let page = format!("https://gitlab.com/{}", build.repository);
    let user = json!({"id": 7, "name": build.by.name, "username": build.by.login, "avatar_url": null, "email": "[REDACTED]"});
    let job = |offset: u64, stage: &str, name: &str, status: &str, began: Timestamp, ended: Option<Timestamp>| {
        json!({
            "id": id * 10 + offset, "stage": stage, "name": name, "status": status, "created_at": time(build.began),
            "started_at": time(began), "finished_at": ended.map(time), "duration": ended.map(|ended| seconds(began, ended)),
            "queued_duration": 1, "failure_reason": (status == "failed").then_some("script_failure"), "when": "on_success", "manual": false,
            "allow_failure": false, "user": user, "runner": null, "artifacts_file": {"filename": null, "size": null}, "environment": null,
        })
    };
    json!({
        "object_kind": "pipeline",
        "object_attributes": {
            "id": id, "iid": number, "name": null, "ref": build.branch, "tag": false, "sha": build.sha, "before_sha": build.sha,
            "source": "push", "status": status, "detailed_status": status, "stages": ["build", "test"], "created_at": time(build.began),
            "finished_at": has_ended.then(|| time(build.ended)), "duration": has_ended.then(|| seconds(build.began, build.ended)),
            "queued_duration": 1, "variables": [], "url": format!("{page}/-/pipelines/{id}"),
        },
        "merge_request": null,
        "user": user,
        "project": {
            "id": 42, "name": build.project(), "description": null, "web_url": page, "avatar_url": null,
            "git_ssh_url": format!("git@gitlab.com:{}.git", build.repository), "git_http_url": format!("{page}.git"),
            "namespace": build.repository.split('/').next(), "visibility_level": 0, "path_with_namespace": build.repository,
            "default_branch": "main",
        },
        "commit": {
            "id": build.sha, "message": TITLE, "title": TITLE, "timestamp": build.began.to_string(),
            "url": format!("{page}/-/commit/{}", build.sha), "author": {"name": build.by.name, "email": build.by.email},
        },
        "builds": [
            job(1, "build", "compile", "success", build.began, Some(build.job_began)),
            job(2, "test", &build.job, status, build.job_began, has_ended.then_some(build.ended)),
        ],
    })
}

/// As these hooks write it: `2026-11-20 10:00:00 UTC`.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
