//! Jenkins with the Notification plugin (`plugins.jenkins.io/notification`, "JSON format"), whose events carry the end of the log.

use serde_json::{Value, json};

use super::BUILDS;
use super::build::{BRANCH, BY, Build, OUTCOMES, STAGE};
use crate::fields::{Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::JENKINS;
use crate::world::World;

/// Jenkins.
pub static SENDER: Sender = Sender {
    id: "jenkins",
    name: "Jenkins",
    group: BUILDS,
    about: "A job with the Notification plugin, which can't sign: a token is part of the address.",
    shown_after: "/ops build watch acme/api",
    actions: &[Action {
        id: "build",
        name: "Run a build",
        about: "It starts, then completes with the end of its log.",
        fields: &[Field::repository(), BRANCH, Field::choice("outcome", "Outcome", "failed", ENDS), STAGE, BY],
        make: build,
    }],
};

const ENDS: &[(&str, &str)] = &[OUTCOMES[0], OUTCOMES[1], OUTCOMES[2], ("unstable", "is unstable")];

fn build(values: &Values, world: &mut World) -> Deed {
    let build = Build::read(values, world);
    let status = match values.text("outcome") {
        "passed" => "SUCCESS",
        "cancelled" => "ABORTED",
        "unstable" => "UNSTABLE",
        _ => "FAILURE",
    };
    let number = world.next(&format!("jenkins {} {}", build.repository, build.branch));
    let told = |phase: &str, status: Option<&str>| Request::webhook(&JENKINS, "build", payload(&build, number, phase, status));
    let requests = vec![told("STARTED", None), told("COMPLETED", Some(status))];
    Deed { summary: build.summary("Jenkins", &format!("#{number}")), requests }
}

fn payload(build: &Build, number: u64, phase: &str, status: Option<&str>) -> Value {
    let job = format!("job/{}/job/{}/", build.project(), build.branch);
    let mut payload = json!({
        "name": build.branch, "display_name": build.branch, "url": job,
        "build": {
            "full_url": format!("https://jenkins.example.com/{job}{number}/"), "number": number, "queue_id": number, "phase": phase,
            "timestamp": build.began.as_millisecond(), "url": format!("{job}{number}/"), "notes": "", "artifacts": {},
            "scm": {
                "url": format!("{}.git", build.git()), "branch": format!("origin/{}", build.branch), "commit": build.sha, "changes": [],
                "culprits": [build.by.name],
            },
            "log": if status.is_some() { build.log().join("\n") } else { String::new() },
        },
    });
    if let Some(status) = status {
        payload["build"]["status"] = status.into();
    }
    payload
}
