//! Anything that can send a request, in Opsroom's own format: `docs/guide/ci-senders.md`.

use serde_json::{Value, json};

use super::BUILDS;
use super::build::{BRANCH, BY, Build, End, OUTCOME, STAGE, TITLE};
use crate::fields::{Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::GENERIC;
use crate::world::World;

/// A script.
pub static SENDER: Sender = Sender {
    id: "generic",
    name: "Any script",
    group: BUILDS,
    about: "Whatever can send a request, in Opsroom's own format; signs the time and the body.",
    shown_after: "/ops build watch nightly",
    actions: &[Action {
        id: "run",
        name: "Run it",
        about: "It runs, then ends with its log.",
        fields: &[Field::text("pipeline", "Pipeline", "nightly"), Field::repository(), BRANCH, OUTCOME, STAGE, BY],
        make: run,
    }],
};

fn run(values: &Values, world: &mut World) -> Deed {
    let build = Build::read(values, world);
    let pipeline = values.text("pipeline");
    let number = world.next(&format!("generic {pipeline}"));
    let id = world.uuid();
    let status = match build.end {
        End::Passed => "succeeded",
        End::Failed => "failed",
        End::Cancelled => "cancelled",
    };
    let payload = |status: &str, at: jiff::Timestamp| -> Value {
        let log = (status != "running").then(|| build.log().join("\n"));
        json!({
            "pipeline": pipeline, "run": id, "number": number, "status": status, "repository": build.repository, "branch": build.branch,
            "commit": {
                "sha": build.sha, "title": TITLE, "url": build.commit_page(),
                "author": {"login": build.by.login, "name": build.by.name, "email": build.by.email},
            },
            "trigger": "schedule", "url": format!("https://ci.example.com/{pipeline}/{number}"), "at": at.to_string(),
            "started_at": build.began.to_string(), "stages": [{"name": build.job, "status": status, "log": log}],
        })
    };
    let requests = vec![
        Request::webhook(&GENERIC, "run", payload("running", build.job_began)),
        Request::webhook(&GENERIC, "run", payload(status, build.ended)),
    ];
    Deed { summary: build.summary("A script's", &format!("#{number}")), requests }
}
