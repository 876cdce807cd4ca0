//! CircleCI ("Outbound webhooks", `circleci.com/docs`): told is what has ended, each job and then the workflow.

use serde_json::{Value, json};

use super::BUILDS;
use super::build::{BRANCH, BY, Build, End, OUTCOME, STAGE, TITLE};
use crate::fields::{Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::CIRCLECI;
use crate::world::World;

/// CircleCI.
pub static SENDER: Sender = Sender {
    id: "circleci",
    name: "CircleCI",
    group: BUILDS,
    about: "A project's outbound webhook; signs the body with HMAC-SHA256.",
    shown_after: "/ops build watch acme/api",
    actions: &[Action {
        id: "workflow",
        name: "Run a workflow",
        about: "A job ends, then the workflow: CircleCI doesn't tell of beginnings.",
        fields: &[Field::repository(), BRANCH, Field::text("workflow", "Workflow", "build-and-test"), OUTCOME, STAGE, BY],
        make: workflow,
    }],
};

fn workflow(values: &Values, world: &mut World) -> Deed {
    let build = Build::read(values, world);
    let number = world.next(&format!("circleci {}", build.repository));
    let status = match build.end {
        End::Passed => "success",
        End::Failed => "failed",
        End::Cancelled => "canceled",
    };
    let workflow = world.uuid();
    let page = format!("https://app.circleci.com/pipelines/github/{}/{number}/workflows/{workflow}", build.repository);
    let common = json!({
        "happened_at": build.ended.to_string(),
        "webhook": {"id": world.uuid(), "name": "Opsroom"},
        "project": {"id": world.uuid(), "name": build.project(), "slug": format!("github/{}", build.repository)},
        "organization": {"id": world.uuid(), "name": build.repository.split('/').next()},
        "workflow": {
            "id": workflow, "name": values.text("workflow"), "status": status, "created_at": build.began.to_string(),
            "stopped_at": build.ended.to_string(), "url": page,
        },
        "pipeline": {
            "id": world.uuid(), "number": number, "created_at": build.began.to_string(), "trigger": {"type": "webhook"},
            "vcs": {
                "provider_name": "github", "origin_repository_url": build.git(), "target_repository_url": build.git(),
                "revision": build.sha, "branch": build.branch,
                "commit": {
                    "subject": TITLE, "body": "", "author": {"name": build.by.name, "email": build.by.email},
                    "authored_at": build.began.to_string(), "committer": {"name": build.by.name, "email": build.by.email},
                    "committed_at": build.began.to_string(),
                },
            },
        },
    });
    let mut told = |kind: &'static str, more: Value| {
        let mut payload = common.clone();
        payload["type"] = kind.into();
        payload["id"] = world.uuid().into();
        if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
            payload.extend(more);
        }
        Request::webhook(&CIRCLECI, kind, payload)
    };
    let job = json!({"job": {
        "id": workflow, "name": build.job, "number": number * 3, "status": status, "started_at": build.job_began.to_string(),
        "stopped_at": build.ended.to_string(),
    }});
    let requests = vec![told("job-completed", job), told("workflow-completed", json!({}))];
    Deed { summary: build.summary("CircleCI", &format!("#{number}")), requests }
}
