//! GitHub ("Webhook events and payloads", `docs.github.com`).
//!
//! | event | becomes |
//! | --- | --- |
//! | `push` | commits on a branch; a branch or tag that came, moved or went |
//! | `create`, `delete` | nothing: the `push` of the same moment tells it with the commit |
//! | `pull_request`, `issues`, `discussion` | the conversation as it is now, and what was done to it |
//! | `pull_request_review` | a verdict |
//! | `issue_comment`, `pull_request_review_comment`, `discussion_comment` | a remark |
//! | `check_run`, `status` | a check of a commit |
//! | `check_suite` | a run, where another app than GitHub Actions made it |
//! | `workflow_run`, `workflow_job` | a run, and its jobs as stages with the step that failed |
//! | `release`, `deployment`, `deployment_status` | themselves |
//! | `repository` | renamed, moved, archived, deleted |
//!
//! Jobs of GitHub Actions are checks too (`check_run`), so a workflow's run isn't counted as a further one.

mod conversation_payload;
mod conversations;
mod payload;
mod repositories;
mod runs;

use http::HeaderMap;
use jiff::Timestamp;
use opsroom_domain::repository::news::{RepositoryNews, What};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::secrets::{NotAuthentic, Secrets};
use crate::webhook::{BadRequest, Known, Reading, header};
use payload::Payload;

/// The events that something is made of.
const SHOWN: [&str; 17] = [
    "push",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "issues",
    "issue_comment",
    "discussion",
    "discussion_comment",
    "release",
    "deployment",
    "deployment_status",
    "check_run",
    "check_suite",
    "status",
    "workflow_run",
    "workflow_job",
    "repository",
];

/// `X-Hub-Signature-256: sha256=<hex>` over the raw body ("Validating webhook deliveries").
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secrets: &Secrets) -> Result<(), NotAuthentic> {
    const HEADER: &str = "X-Hub-Signature-256";
    let signature = header(headers, HEADER).ok_or(NotAuthentic::Missing(HEADER))?;
    let digits = signature.strip_prefix("sha256=").ok_or(NotAuthentic::Malformed(HEADER))?;
    secrets.sign(&[body], digits, HEADER)
}

pub(crate) fn recognise(headers: &HeaderMap, body: &RawValue) -> Result<Known, BadRequest> {
    #[derive(Deserialize)]
    struct Place {
        repository: Option<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        full_name: Option<String>,
    }
    let event = header(headers, "X-GitHub-Event").ok_or(BadRequest::MissingHeader("X-GitHub-Event"))?;
    if event == "ping" {
        return Ok(Known::Ping);
    }
    let place: Option<Place> = serde_json::from_str(body.get()).ok();
    let place = place.and_then(|place| place.repository?.full_name);
    match place {
        Some(place) if SHOWN.contains(&event) => {
            let delivery = header(headers, "X-GitHub-Delivery").map(str::to_owned);
            Ok(Known::Event { event: event.to_owned(), delivery, place: place.to_lowercase() })
        }
        _ => Ok(Known::NotOurs { event: event.to_owned() }),
    }
}

/// Only what is read, and of that only what is kept.
pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    let payload: Payload = serde_json::from_str(body.get())?;
    to_raw_value(&payload.bounded())
}

pub(crate) fn read(event: &str, body: &RawValue, received_at: Timestamp) -> Result<Reading, serde_json::Error> {
    let payload: Payload = serde_json::from_str(body.get())?;
    Ok(reading(event, &payload.bounded(), received_at).unwrap_or_default())
}

/// `None` for what tells nothing that is shown.
fn reading(event: &str, payload: &Payload, received_at: Timestamp) -> Option<Reading> {
    match event {
        "workflow_run" => return runs::workflow_run(payload).map(Reading::from),
        "workflow_job" => return runs::workflow_job(payload).map(Reading::from),
        "check_suite" => return runs::check_suite(payload).map(Reading::from),
        _ => {}
    }
    let (what, at) = match event {
        "push" => repositories::push(payload)?,
        "release" => (repositories::release(payload)?, None),
        "deployment" | "deployment_status" => repositories::deployment(payload)?,
        "repository" => repositories::fate(payload)?,
        "check_run" => runs::check_run(payload, received_at)?,
        "status" => runs::status(payload, received_at)?,
        _ => {
            let (news, at) = conversations::news(event, payload)?;
            (What::Conversation(Box::new(news)), Some(at))
        }
    };
    let repository = payload.repository.as_ref()?.described()?;
    let by = payload.sender.as_ref().map(payload::User::author).unwrap_or_default();
    Some(Reading::from(RepositoryNews { repository, by, at: at.unwrap_or(received_at), what }))
}

#[cfg(test)]
mod tests;
