//! The documented format for anything that can send a request: `docs/guide/ci-senders.md`.
//!
//! Unlike the others, this format is ours, so what is wrong with it is said by name instead of being borne.

use http::HeaderMap;
use jiff::Timestamp;
use opsroom_domain::author::Author;
use opsroom_domain::ids::Login;
use opsroom_domain::pipeline_execution::{
    ActionKind, ActionResult, BuildSystem, LONGEST_LOG, Observation, RunFacts, RunReport, RunStatus, Sighting,
};
use opsroom_domain::repository::RepositoryName;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{key, source};
use crate::secrets::{NotAuthentic, Secrets, recent};
use crate::text::line;
use crate::webhook::{BadRequest, Known, Reading, header};

const MOST_STAGES: usize = 50;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    pipeline: String,
    run: String,
    status: Status,
    repository: Option<String>,
    branch: Option<String>,
    commit: Option<Commit>,
    number: Option<u64>,
    url: Option<String>,
    trigger: Option<String>,
    at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    #[serde(default)]
    stages: Vec<Stage>,
    log: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Running,
    Waiting,
    Succeeded,
    Failed,
    Cancelled,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Commit {
    sha: Option<String>,
    title: Option<String>,
    url: Option<String>,
    author: Option<Person>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    login: Option<String>,
    name: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage {
    name: String,
    status: Status,
    log: Option<String>,
}

impl Status {
    fn as_run(self) -> RunStatus {
        match self {
            Self::Running | Self::Waiting => RunStatus::InProgress,
            Self::Succeeded => RunStatus::Succeeded,
            Self::Failed => RunStatus::Failed,
            Self::Cancelled => RunStatus::Stopped,
        }
    }
}

/// `X-Opsroom-Signature: v1=<hex>` over `<X-Opsroom-Timestamp>.<body>`.
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secrets: &Secrets, now: Timestamp) -> Result<(), NotAuthentic> {
    const SIGNATURE: &str = "X-Opsroom-Signature";
    const TIME: &str = "X-Opsroom-Timestamp";
    let signature = header(headers, SIGNATURE).ok_or(NotAuthentic::Missing(SIGNATURE))?;
    let seconds = header(headers, TIME).ok_or(NotAuthentic::Missing(TIME))?;
    recent(seconds, now, TIME)?;
    let digits = signature.strip_prefix("v1=").ok_or(NotAuthentic::Malformed(SIGNATURE))?;
    secrets.sign(&[seconds.as_bytes(), b".", body], digits, SIGNATURE)
}

fn parse(body: &RawValue) -> Result<Payload, BadRequest> {
    let json = &mut serde_json::Deserializer::from_str(body.get());
    let payload: Payload = serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let what = error.inner().to_string();
        let what = what.split(" at line ").next().unwrap_or(&what);
        BadRequest::Field(if path == "." { what.to_owned() } else { format!("`{path}`: {what}") })
    })?;
    for (name, value) in [("pipeline", &payload.pipeline), ("run", &payload.run)] {
        if line(value, 200).is_empty() {
            return Err(BadRequest::Field(format!("`{name}` is empty; it says which {name} this is about")));
        }
    }
    Ok(payload)
}

pub(crate) fn recognise(body: &RawValue) -> Result<Known, BadRequest> {
    let payload = parse(body)?;
    Ok(Known::Event { event: "run".to_owned(), delivery: None, place: payload.pipeline.to_lowercase() })
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&bounded(serde_json::from_str(body.get())?))
}

fn bounded(mut payload: Payload) -> Payload {
    let tail = |log: &mut Option<String>| {
        if let Some(log) = log {
            let too_many = log.chars().count().saturating_sub(LONGEST_LOG);
            *log = log.chars().skip(too_many).collect();
        }
    };
    payload.stages.truncate(MOST_STAGES);
    tail(&mut payload.log);
    for stage in &mut payload.stages {
        stage.name = line(&stage.name, 100);
        tail(&mut stage.log);
    }
    payload
}

pub(crate) fn read(body: &RawValue, received_at: Timestamp) -> Result<Reading, serde_json::Error> {
    let payload = bounded(serde_json::from_str(body.get())?);
    let at = Some(payload.at.unwrap_or(received_at));
    let commit = payload.commit.as_ref();
    let author = commit.and_then(|commit| commit.author.as_ref()).map(|person| Author {
        login: person.login.as_deref().map(|login| Login::new(line(login, 100))),
        name: person.name.as_deref().map(|name| line(name, 100)),
        email: person.email.clone(),
        is_bot: false,
    });
    let facts = RunFacts {
        repository: payload.repository.as_deref().map(RepositoryName::new),
        branch: payload.branch.as_deref().map(|branch| line(branch, 200)),
        number: payload.number.map(|number| number.to_string()),
        url: payload.url.clone(),
        trigger: payload.trigger.clone(),
        author,
        pull: None,
        started_at: payload.started_at,
    };
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    if let Some(commit) = commit {
        observations.extend(source(commit.sha.as_deref(), commit.title.as_deref(), commit.url.as_deref()));
    }
    for stage in &payload.stages {
        let seen = Sighting { status: stage.status.as_run(), at };
        observations.push(Observation::Stage { stage: stage.name.clone(), seen: Some(seen) });
        observations.extend(action(&stage.name, stage.status, seen, stage.log.as_ref()));
    }
    let seen = Sighting { status: payload.status.as_run(), at };
    let told = payload.stages.iter().any(|stage| matches!(stage.status, Status::Failed | Status::Waiting));
    if !told {
        let name = line(&payload.pipeline, 100);
        observations.extend(action(&name, payload.status, seen, payload.log.as_ref()));
    }
    observations.push(Observation::Execution(seen));
    Ok(RunReport { key: key(BuildSystem::Generic, &payload.pipeline, &payload.run), observations }.into())
}

/// What failed with its log, and what waits for a person, or does no longer.
fn action(name: &str, status: Status, seen: Sighting, log: Option<&String>) -> Vec<Observation> {
    let kind = match status {
        Status::Failed => ActionKind::Work,
        Status::Waiting => ActionKind::Approval,
        Status::Running => return vec![Observation::Resumed { stage: name.to_owned(), action: name.to_owned(), at: seen.at }],
        Status::Succeeded | Status::Cancelled => return Vec::new(),
    };
    let result = ActionResult { kind, ..ActionResult::default() };
    let mut observations = vec![Observation::Action { stage: name.to_owned(), action: name.to_owned(), seen, result }];
    if let Some(lines) = log.cloned() {
        observations.push(Observation::Log { stage: name.to_owned(), action: name.to_owned(), lines });
    }
    observations
}

#[cfg(test)]
#[path = "generic_tests.rs"]
mod tests;
