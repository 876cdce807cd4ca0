//! GitLab ("Webhook events", pipeline events; `docs.gitlab.com`).
//!
//! A pipeline's hook comes with each change of its status and lists its jobs, so job events tell nothing more. A job that may fail is no
//! failure; one that waits to be played isn't part of what runs.

use http::HeaderMap;
use opsroom_domain::author::Author;
use opsroom_domain::pipeline_execution::{ActionResult, BuildSystem, Observation, RunFacts, RunReport, RunStatus, Sighting};
use opsroom_domain::repository::RepositoryName;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{key, later, source, stage};
use crate::secrets::{NotAuthentic, Secrets};
use crate::text::{line, time};
use crate::webhook::{BadRequest, Known, Reading, header};

/// More jobs than that are not shown.
const MOST_JOBS: usize = 100;

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    object_attributes: Pipeline,
    project: Project,
    user: Option<User>,
    commit: Option<Commit>,
    merge_request: Option<MergeRequest>,
    #[serde(default)]
    builds: Vec<Job>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pipeline {
    id: u64,
    iid: Option<u64>,
    name: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    sha: Option<String>,
    source: Option<String>,
    status: String,
    #[serde(default)]
    stages: Vec<String>,
    created_at: Option<String>,
    finished_at: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Project {
    path_with_namespace: String,
    web_url: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct User {
    name: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Commit {
    title: Option<String>,
    message: Option<String>,
    url: Option<String>,
    author: Option<User>,
}

#[derive(Debug, Serialize, Deserialize)]
struct MergeRequest {
    iid: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Job {
    id: Option<u64>,
    stage: String,
    name: String,
    status: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    failure_reason: Option<String>,
    #[serde(default)]
    allow_failure: bool,
}

/// `X-Gitlab-Token` carries the secret itself ("Webhooks", secret token).
pub(crate) fn verify(headers: &HeaderMap, secrets: &Secrets) -> Result<(), NotAuthentic> {
    const HEADER: &str = "X-Gitlab-Token";
    secrets.is_token(header(headers, HEADER).ok_or(NotAuthentic::Missing(HEADER))?)
}

pub(crate) fn recognise(headers: &HeaderMap, body: &RawValue) -> Result<Known, BadRequest> {
    #[derive(Deserialize)]
    struct Place {
        project: Option<Project>,
    }
    let event = header(headers, "X-Gitlab-Event").ok_or(BadRequest::MissingHeader("X-Gitlab-Event"))?;
    let place: Option<Place> = serde_json::from_str(body.get()).ok();
    match place.and_then(|place| place.project) {
        Some(project) if event == "Pipeline Hook" => {
            // Not `X-Gitlab-Event-UUID`: what one hook leads to carries the same one ("Webhooks", delivery headers).
            let delivery = header(headers, "Idempotency-Key").map(str::to_owned);
            Ok(Known::Event { event: "pipeline".to_owned(), delivery, place: project.path_with_namespace.to_lowercase() })
        }
        _ => Ok(Known::NotOurs { event: event.to_owned() }),
    }
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&bounded(serde_json::from_str(body.get())?))
}

fn bounded(mut payload: Payload) -> Payload {
    payload.builds.truncate(MOST_JOBS);
    payload.object_attributes.stages.truncate(MOST_JOBS);
    for job in &mut payload.builds {
        job.name = line(&job.name, 100);
        job.stage = line(&job.stage, 100);
    }
    for stage in &mut payload.object_attributes.stages {
        *stage = line(stage, 100);
    }
    if let Some(commit) = &mut payload.commit {
        commit.message = commit.message.take().map(|message| line(&message, 200));
    }
    payload
}

pub(crate) fn read(body: &RawValue) -> Result<Reading, serde_json::Error> {
    let payload = bounded(serde_json::from_str(body.get())?);
    let (pipeline, project) = (&payload.object_attributes, &payload.project);
    let name = match pipeline.name.as_deref().map(|name| line(name, 100)).filter(|name| !name.is_empty()) {
        Some(name) => format!("{}: {name}", project.path_with_namespace),
        None => project.path_with_namespace.clone(),
    };
    let commit = payload.commit.as_ref();
    let facts = RunFacts {
        repository: Some(RepositoryName::new(&project.path_with_namespace)),
        branch: pipeline.reference.clone(),
        number: pipeline.iid.or(Some(pipeline.id)).map(|number| number.to_string()),
        url: pipeline.url.clone().or_else(|| project.web_url.as_ref().map(|page| format!("{page}/-/pipelines/{}", pipeline.id))),
        trigger: pipeline.source.clone(),
        author: author(&payload),
        pull: payload.merge_request.as_ref().and_then(|request| request.iid),
        started_at: time(pipeline.created_at.as_deref()),
    };
    let message = commit.and_then(|commit| commit.title.as_deref().or(commit.message.as_deref()));
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    observations.extend(source(pipeline.sha.as_deref(), message, commit.and_then(|commit| commit.url.as_deref())));
    for name in &pipeline.stages {
        observations.extend(of_stage(name, &payload));
    }
    let began = payload.builds.iter().filter_map(|job| time(job.started_at.as_deref())).max();
    observations.extend(match status(&pipeline.status) {
        Some(status) if status.has_ended() => {
            let at = later(time(pipeline.finished_at.as_deref()), began.or_else(|| time(pipeline.created_at.as_deref())));
            Some(Observation::Execution(Sighting { status, at }))
        }
        Some(status) => Some(Observation::Execution(Sighting { status, at: later(time(pipeline.created_at.as_deref()), began) })),
        None => None,
    });
    Ok(RunReport { key: key(BuildSystem::Gitlab, &name, &pipeline.id.to_string()), observations }.into())
}

/// The commit's author; whoever started it where there is no commit. A user's name at GitLab isn't taken for a login: people are known by
/// those of GitHub, and somebody else may have the same one there.
fn author(payload: &Payload) -> Option<Author> {
    let wrote = payload.commit.as_ref().and_then(|commit| commit.author.as_ref());
    wrote.or(payload.user.as_ref()).map(|user| Author {
        name: user.name.as_deref().map(|name| line(name, 100)),
        // GitLab writes `[REDACTED]` for an address that isn't public.
        email: user.email.clone().filter(|email| email.contains('@')),
        ..Author::default()
    })
}

/// A stage is what its jobs are: failed if one failed that may not, under way if one is.
fn of_stage(name: &str, payload: &Payload) -> Vec<Observation> {
    let jobs: Vec<&Job> = payload.builds.iter().filter(|job| job.stage == name).collect();
    let statuses = || jobs.iter().filter_map(|job| Some((job, status(&job.status)?)));
    let has = |wanted: RunStatus| statuses().any(|(job, status)| status == wanted && !(wanted == RunStatus::Failed && job.allow_failure));
    let began = || jobs.iter().filter_map(|job| time(job.started_at.as_deref()));
    let ended = jobs.iter().filter_map(|job| time(job.finished_at.as_deref())).max();
    let mut observations = vec![stage(name, RunStatus::InProgress, began().min())];
    let status = if has(RunStatus::InProgress) {
        // A retried job takes a stage up again that had ended.
        observations.push(stage(name, RunStatus::InProgress, began().max()));
        None
    } else if has(RunStatus::Failed) {
        Some(RunStatus::Failed)
    } else if has(RunStatus::Stopped) {
        Some(RunStatus::Stopped)
    } else {
        Some(RunStatus::Succeeded).filter(|_| statuses().next().is_some())
    };
    if let Some(status) = status.filter(|_| ended.is_some()) {
        observations.push(stage(name, status, ended));
    }
    // Those that went well, too: a retry may mend one job of a stage in which another one fails.
    let has_ended = |job: &Job, status: RunStatus| match status {
        RunStatus::Failed => !job.allow_failure,
        status => status.has_ended() && job.finished_at.is_some(),
    };
    for (job, status) in statuses().filter(|(job, status)| has_ended(job, *status)) {
        let failure = (status == RunStatus::Failed).then(|| ActionResult {
            url: payload.project.web_url.as_ref().zip(job.id).map(|(page, id)| format!("{page}/-/jobs/{id}")),
            summary: job.failure_reason.as_deref().map(|reason| line(&reason.replace('_', " "), 200)),
            ..ActionResult::default()
        });
        observations.push(Observation::Action {
            stage: name.to_owned(),
            action: job.name.clone(),
            seen: Sighting { status, at: time(job.finished_at.as_deref()).or(ended) },
            result: failure.unwrap_or_default(),
        });
    }
    observations
}

/// `None` for what has not begun and waits for nobody.
fn status(text: &str) -> Option<RunStatus> {
    match text {
        "running" | "pending" | "preparing" | "waiting_for_resource" => Some(RunStatus::InProgress),
        "canceling" => Some(RunStatus::Stopping),
        "success" => Some(RunStatus::Succeeded),
        "failed" => Some(RunStatus::Failed),
        "canceled" | "skipped" => Some(RunStatus::Stopped),
        _ => None,
    }
}

#[cfg(test)]
#[path = "gitlab_tests.rs"]
mod tests;
