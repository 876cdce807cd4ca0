//! Buildkite ("Webhooks", `buildkite.com/docs/apis/webhooks`). A build that waits at a block step arrives as finished and `blocked`.

use http::HeaderMap;
use jiff::Timestamp;
use opsroom_domain::author::Author;
use opsroom_domain::ids::Login;
use opsroom_domain::pipeline_execution::{ActionKind, ActionResult, BuildSystem, Observation, RunFacts, RunReport, RunStatus, Sighting};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{key, repository_of, source, stage};
use crate::secrets::{NotAuthentic, Secrets, recent};
use crate::text::{line, time};
use crate::webhook::{BadRequest, Known, Reading, header};

/// How the step is called here that waits for a person: the payload doesn't name it.
const BLOCK: &str = "Block step";

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    build: Build,
    pipeline: Pipeline,
    job: Option<Job>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Build {
    id: String,
    number: Option<u64>,
    state: Option<String>,
    #[serde(default)]
    blocked: bool,
    web_url: Option<String>,
    branch: Option<String>,
    commit: Option<String>,
    message: Option<String>,
    author: Option<Person>,
    creator: Option<Person>,
    source: Option<String>,
    created_at: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Person {
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pipeline {
    slug: Option<String>,
    name: Option<String>,
    repository: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Job {
    name: Option<String>,
    state: Option<String>,
    exit_status: Option<i64>,
    #[serde(default)]
    soft_failed: bool,
    web_url: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
    /// When somebody let a block step go on.
    unblocked_at: Option<String>,
}

/// `X-Buildkite-Signature: timestamp=<seconds>,signature=<hex>` over `<seconds>.<body>`, or `X-Buildkite-Token` ("Webhook signature").
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secrets: &Secrets, now: Timestamp) -> Result<(), NotAuthentic> {
    const SIGNATURE: &str = "X-Buildkite-Signature";
    if let Some(signature) = header(headers, SIGNATURE) {
        let field = |name: &str| signature.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (Some(seconds), Some(digits)) = (field("timestamp"), field("signature")) else {
            return Err(NotAuthentic::Malformed(SIGNATURE));
        };
        recent(seconds, now, SIGNATURE)?;
        return secrets.sign(&[seconds.as_bytes(), b".", body], digits, SIGNATURE);
    }
    secrets.is_token(header(headers, "X-Buildkite-Token").ok_or(NotAuthentic::Missing(SIGNATURE))?)
}

pub(crate) fn recognise(headers: &HeaderMap, body: &RawValue) -> Result<Known, BadRequest> {
    #[derive(Deserialize)]
    struct Kind {
        event: Option<String>,
        pipeline: Option<Pipeline>,
    }
    let Kind { event, pipeline } = serde_json::from_str(body.get())
        .map_err(|error: serde_json::Error| BadRequest::Json { line: error.line(), column: error.column() })?;
    let event =
        event.or_else(|| header(headers, "X-Buildkite-Event").map(str::to_owned)).ok_or(BadRequest::MissingHeader("X-Buildkite-Event"))?;
    let is_shown = event.starts_with("build.") || matches!(event.as_str(), "job.started" | "job.finished" | "job.activated");
    Ok(match pipeline.and_then(|pipeline| pipeline.slug) {
        _ if event == "ping" => Known::Ping,
        Some(place) if is_shown => {
            let delivery = header(headers, "X-Buildkite-Request").map(str::to_owned);
            Known::Event { event, delivery, place: place.to_lowercase() }
        }
        _ => Known::NotOurs { event },
    })
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&bounded(serde_json::from_str(body.get())?))
}

fn bounded(mut payload: Payload) -> Payload {
    payload.build.message = payload.build.message.take().map(|message| line(&message, 200));
    if let Some(job) = &mut payload.job {
        job.name = job.name.take().map(|name| line(&name, 100)).filter(|name| !name.is_empty());
    }
    payload
}

pub(crate) fn read(event: &str, body: &RawValue) -> Result<Reading, serde_json::Error> {
    let payload = bounded(serde_json::from_str(body.get())?);
    let (build, pipeline) = (&payload.build, &payload.pipeline);
    let author = build.author.as_ref().or(build.creator.as_ref()).map(|person| Author {
        login: person.username.as_deref().map(|login| Login::new(line(login, 100))),
        name: person.name.as_deref().map(|name| line(name, 100)),
        email: person.email.clone(),
        is_bot: false,
    });
    let facts = RunFacts {
        repository: pipeline.repository.as_deref().and_then(repository_of),
        branch: build.branch.clone(),
        number: build.number.map(|number| number.to_string()),
        url: build.web_url.clone(),
        trigger: build.source.clone(),
        author,
        pull: None,
        started_at: time(build.started_at.as_deref().or(build.created_at.as_deref())),
    };
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    // A build of a branch's newest commit has `HEAD` until that is known.
    let commit = build.commit.as_deref().filter(|commit| *commit != "HEAD");
    observations.extend(source(commit, build.message.as_deref(), None));
    match &payload.job {
        Some(job) if event == "job.activated" => observations.extend(of_unblocked(job)),
        Some(job) if event.starts_with("job.") => observations.extend(of_job(job)),
        _ => observations.extend(of_build(build)),
    }
    let name = pipeline.slug.as_deref().or(pipeline.name.as_deref()).unwrap_or("pipeline");
    Ok(RunReport { key: key(BuildSystem::Buildkite, name, &build.id), observations }.into())
}

fn of_build(build: &Build) -> Vec<Observation> {
    let began = time(build.started_at.as_deref()).or_else(|| time(build.created_at.as_deref()));
    let ended = time(build.finished_at.as_deref()).or(began);
    let seen = |status, at| Sighting { status, at };
    if build.blocked || build.state.as_deref() == Some("blocked") {
        let waits = of_block(RunStatus::InProgress, ended, build.web_url.clone());
        return waits.into_iter().chain([Observation::Execution(seen(RunStatus::InProgress, began))]).collect();
    }
    let (status, at) = match build.state.as_deref() {
        Some("passed") => (RunStatus::Succeeded, ended),
        Some("failed" | "failing") => (RunStatus::Failed, ended),
        Some("canceled" | "skipped" | "not_run") => (RunStatus::Stopped, ended),
        Some("canceling") => (RunStatus::Stopping, began),
        _ => (RunStatus::InProgress, began),
    };
    // A failing build still runs; its jobs say which one failed.
    let status = if build.state.as_deref() == Some("failing") { RunStatus::InProgress } else { status };
    vec![Observation::Execution(seen(status, at))]
}

/// A block step that somebody let go on waits for nobody any more.
fn of_unblocked(job: &Job) -> Vec<Observation> {
    let at = time(job.unblocked_at.as_deref());
    at.map(|at| of_block(RunStatus::Succeeded, Some(at), None).into()).unwrap_or_default()
}

fn of_block(status: RunStatus, at: Option<Timestamp>, url: Option<String>) -> [Observation; 2] {
    let result = ActionResult { url, kind: ActionKind::Approval, ..ActionResult::default() };
    let action = Observation::Action { stage: BLOCK.to_owned(), action: BLOCK.to_owned(), seen: Sighting { status, at }, result };
    [stage(BLOCK, status, at), action]
}

fn of_job(job: &Job) -> Vec<Observation> {
    let Some(name) = job.name.as_deref() else { return Vec::new() };
    let ended = time(job.finished_at.as_deref());
    let mut observations = vec![stage(name, RunStatus::InProgress, time(job.started_at.as_deref()))];
    let status = match job.state.as_deref() {
        Some("passed") => RunStatus::Succeeded,
        Some("failed" | "timed_out") if job.soft_failed => RunStatus::Succeeded,
        Some("failed" | "timed_out" | "expired") => RunStatus::Failed,
        Some("canceled" | "skipped" | "broken") => RunStatus::Stopped,
        _ => return observations,
    };
    observations.push(stage(name, status, ended));
    if status == RunStatus::Failed {
        observations.push(Observation::Action {
            stage: name.to_owned(),
            action: name.to_owned(),
            seen: Sighting { status, at: ended },
            result: ActionResult {
                url: job.web_url.clone(),
                summary: job.exit_status.map(|code| format!("exit status {code}")),
                ..ActionResult::default()
            },
        });
    }
    observations
}

#[cfg(test)]
#[path = "buildkite_tests.rs"]
mod tests;
