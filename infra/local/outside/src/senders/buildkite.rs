//! Buildkite ("Webhooks", "Build events", "Job events"; `buildkite.com/docs/apis/webhooks`). A build that waits at a block step is told
//! as finished and blocked.

use serde_json::{Value, json};

use super::BUILDS;
use super::build::{BRANCH, BY, Build, End, OUTCOMES, STAGE, TITLE};
use crate::fields::{Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::BUILDKITE;
use crate::world::World;

/// Buildkite.
pub static SENDER: Sender = Sender {
    id: "buildkite",
    name: "Buildkite",
    group: BUILDS,
    about: "A notification service; signs the time and the body with HMAC-SHA256.",
    shown_after: "/ops build watch acme/api",
    actions: &[Action {
        id: "build",
        name: "Run a build",
        about: "It runs, its job ends, then the build.",
        fields: &[Field::repository(), BRANCH, Field::choice("outcome", "Outcome", "failed", ENDS), STAGE, BY],
        make: build,
    }],
};

const ENDS: &[(&str, &str)] = &[OUTCOMES[0], OUTCOMES[1], OUTCOMES[2], ("blocked", "waits at a block step")];

fn build(values: &Values, world: &mut World) -> Deed {
    let build = Build::read(values, world);
    let blocked = values.text("outcome") == "blocked";
    let number = world.next(&format!("buildkite {}", build.repository));
    let (state, exit) = match build.end {
        _ if blocked => ("blocked", 0),
        End::Passed => ("passed", 0),
        End::Failed => ("failed", 1),
        End::Cancelled => ("canceled", -1),
    };
    let run = Run { number, id: world.uuid(), job_id: world.uuid(), build: &build };
    let job_state = if blocked { "passed" } else { state };
    let requests = vec![
        run.told("build.running", "running", false, None),
        run.told("job.finished", "running", false, Some(run.job(job_state, exit))),
        run.told("build.finished", state, blocked, None),
    ];
    let summary = if blocked {
        format!("Buildkite build #{number} of {} waits at a block step", build.repository)
    } else {
        build.summary("Buildkite", &format!("#{number}"))
    };
    Deed { summary, requests }
}

struct Run<'a> {
    number: u64,
    id: String,
    job_id: String,
    build: &'a Build,
}

impl Run<'_> {
    fn page(&self) -> String {
        format!("https://buildkite.com/{}/builds/{}", self.build.repository, self.number)
    }

    fn job(&self, state: &str, exit: i32) -> Value {
        let build = self.build;
        json!({
            "id": self.job_id, "type": "script", "name": build.job, "state": state, "exit_status": exit, "soft_failed": false,
            "web_url": format!("{}#{}", self.page(), self.job_id), "created_at": build.began.to_string(),
            "started_at": build.job_began.to_string(), "finished_at": build.ended.to_string(),
        })
    }

    fn told(&self, event: &'static str, state: &str, blocked: bool, job: Option<Value>) -> Request {
        let build = self.build;
        let person = json!({"username": build.by.login, "name": build.by.name, "email": build.by.email});
        let mut payload = json!({
            "event": event,
            "build": {
                "id": self.id, "number": self.number, "state": state, "blocked": blocked, "web_url": self.page(), "branch": build.branch,
                "commit": build.sha, "message": TITLE, "tag": null, "source": "webhook", "author": person, "creator": person,
                "created_at": build.began.to_string(), "scheduled_at": build.began.to_string(), "started_at": build.began.to_string(),
                "finished_at": (event == "build.finished").then(|| build.ended.to_string()), "pull_request": null, "meta_data": {},
            },
            "pipeline": {
                "name": build.project(), "slug": build.project(), "repository": format!("git@github.com:{}.git", build.repository),
                "web_url": format!("https://buildkite.com/{}", build.repository), "default_branch": "main",
            },
            "sender": {"id": self.id, "name": build.by.name},
        });
        if let Some(job) = job {
            payload["job"] = job;
        }
        Request::webhook(&BUILDKITE, event, payload)
    }
}
