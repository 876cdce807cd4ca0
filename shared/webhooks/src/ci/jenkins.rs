//! Jenkins, by its Notification plugin (`plugins.jenkins.io/notification`). It can't sign; a token says who it is.
//!
//! An unstable build is a failed one: something that was tested doesn't hold.

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use opsroom_domain::author::Author;
use opsroom_domain::pipeline_execution::{ActionResult, BuildSystem, LONGEST_LOG, Observation, RunFacts, RunReport, RunStatus, Sighting};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{key, repository_of, source};
use crate::secrets::{NotAuthentic, Secrets};
use crate::text::{line, time};
use crate::webhook::{BadRequest, Known, Reading, header};

/// The plugin tells nothing of stages.
const STAGE: &str = "Build";

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    name: Option<String>,
    /// `job/api/job/main/`
    url: Option<String>,
    build: Build,
}

#[derive(Debug, Serialize, Deserialize)]
struct Build {
    number: u64,
    full_url: Option<String>,
    phase: String,
    status: Option<String>,
    /// When the phase was reached.
    timestamp: Option<Moment>,
    /// How long it took, in milliseconds.
    duration: Option<i64>,
    scm: Option<Scm>,
    log: Option<String>,
}

/// The plugin writes milliseconds since 1970; older versions of it wrote a text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Moment {
    Milliseconds(i64),
    Text(String),
}

impl Moment {
    fn read(&self) -> Option<Timestamp> {
        match self {
            Self::Milliseconds(at) => Timestamp::from_millisecond(*at).ok(),
            Self::Text(text) => time(Some(text)),
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Scm {
    url: Option<String>,
    branch: Option<String>,
    commit: Option<String>,
    culprits: Vec<String>,
}

/// The token as `Authorization: Bearer`, as `X-Opsroom-Token`, or, for senders that can set no header, as `?token=` of the address.
pub(crate) fn verify(headers: &HeaderMap, query: &str, secrets: &Secrets) -> Result<(), NotAuthentic> {
    #[derive(Deserialize)]
    struct Query {
        token: Option<String>,
    }
    let bearer = header(headers, "Authorization").and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer.or_else(|| header(headers, "X-Opsroom-Token")) {
        return secrets.is_token(token);
    }
    let query: Option<Query> = serde_urlencoded::from_str(query).ok();
    let token = query.and_then(|query| query.token).ok_or(NotAuthentic::Missing("X-Opsroom-Token"))?;
    secrets.is_token(&token)
}

pub(crate) fn recognise(body: &RawValue) -> Result<Known, BadRequest> {
    let payload: Payload = serde_json::from_str(body.get()).map_err(|error| {
        BadRequest::Field(format!("not of Jenkins' Notification plugin: line {}, column {}", error.line(), error.column()))
    })?;
    // A finalized build was told as completed before; queued ones may never begin.
    match payload.build.phase.as_str() {
        "STARTED" | "COMPLETED" => Ok(Known::Event {
            event: payload.build.phase.to_lowercase(),
            delivery: Some(format!("{}#{}", job(&payload), payload.build.number)),
            place: job(&payload).to_lowercase(),
        }),
        phase => Ok(Known::NotOurs { event: phase.to_owned() }),
    }
}

/// `api/main` of `job/api/job/main/`: the name alone is not unique where jobs are in folders.
fn job(payload: &Payload) -> String {
    let path = payload.url.as_deref().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != "job").collect();
    if parts.is_empty() { payload.name.clone().unwrap_or_default() } else { parts.join("/") }
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&bounded(serde_json::from_str(body.get())?))
}

fn bounded(mut payload: Payload) -> Payload {
    if let Some(log) = &mut payload.build.log {
        let too_many = log.chars().count().saturating_sub(LONGEST_LOG);
        *log = log.chars().skip(too_many).collect();
    }
    if let Some(scm) = &mut payload.build.scm {
        scm.culprits.truncate(2);
    }
    payload
}

pub(crate) fn read(body: &RawValue, received_at: Timestamp) -> Result<Reading, serde_json::Error> {
    let payload = bounded(serde_json::from_str(body.get())?);
    let build = &payload.build;
    // The plugin stamps a phase with the moment it was reached (`JobListener`): what began a while ago is the end less what it took.
    let reached = build.timestamp.as_ref().and_then(Moment::read);
    let began = match build.phase.as_str() {
        "STARTED" => reached,
        _ => reached.zip(build.duration).and_then(|(ended, took)| ended.checked_sub(SignedDuration::from_millis(took)).ok()),
    };
    let scm = build.scm.as_ref();
    // Everybody who has committed since it was last well is one: of several nobody knows who it was.
    let culprit = scm.and_then(|scm| if let [only] = scm.culprits.as_slice() { Some(only) } else { None });
    let facts = RunFacts {
        repository: scm.and_then(|scm| scm.url.as_deref()).and_then(repository_of),
        branch: scm.and_then(|scm| scm.branch.as_deref()).map(|branch| branch.trim_start_matches("origin/").to_owned()),
        number: Some(build.number.to_string()),
        url: build.full_url.clone(),
        trigger: None,
        author: culprit.map(|name| Author { name: Some(line(name, 100)), ..Author::default() }),
        pull: None,
        started_at: began,
    };
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    observations.extend(source(scm.and_then(|scm| scm.commit.as_deref()), None, None));
    let status = match (build.phase.as_str(), build.status.as_deref()) {
        ("STARTED", _) => RunStatus::InProgress,
        (_, Some("SUCCESS")) => RunStatus::Succeeded,
        (_, Some("ABORTED" | "NOT_BUILT")) => RunStatus::Stopped,
        _ => RunStatus::Failed,
    };
    let seen = Sighting { status, at: reached.or(Some(received_at)) };
    observations.push(Observation::Stage { stage: STAGE.to_owned(), seen: Some(seen) });
    if status == RunStatus::Failed {
        let summary = build.status.as_deref().filter(|status| *status == "UNSTABLE").map(|_| "unstable: tests failed".to_owned());
        let url = build.full_url.as_ref().map(|page| format!("{}console", page.trim_end_matches('/').to_owned() + "/"));
        let result = ActionResult { url, summary, ..ActionResult::default() };
        observations.push(Observation::Action { stage: STAGE.to_owned(), action: STAGE.to_owned(), seen, result });
        if let Some(lines) = build.log.clone() {
            observations.push(Observation::Log { stage: STAGE.to_owned(), action: STAGE.to_owned(), lines });
        }
    }
    observations.push(Observation::Execution(seen));
    Ok(RunReport { key: key(BuildSystem::Jenkins, &job(&payload), &build.number.to_string()), observations }.into())
}

#[cfg(test)]
#[path = "jenkins_tests.rs"]
mod tests;
