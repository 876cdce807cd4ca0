//! A webhook on its way from the door to `activity` or `alarms`.

use http::HeaderMap;
use jiff::Timestamp;
use opsroom_domain::alarm::{AlarmReport, AlarmSource};
use opsroom_domain::pipeline_execution::RunReport;
use opsroom_domain::repository::news::RepositoryNews;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::secrets::{NotAuthentic, Secrets};
use crate::{Sender, alerts, bounds, ci, github};

/// A verified event, as it is queued.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Webhook {
    /// Who sent it.
    pub sender: Sender,
    /// The sender's word for what it is.
    pub event: String,
    /// The same for each delivery of the same event: the sender's id, or a digest of what was sent.
    pub delivery: String,
    /// What happens in one place stays in order: the repository or the project.
    pub place: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was sent, or what is read of it where that was too large.
    pub body: Box<RawValue>,
}

/// What a verified request turns out to be.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// The sender tries whether the door opens.
    Ping,
    /// Something that is never shown.
    NotOurs {
        /// The sender's word for it.
        event: String,
    },
    /// Something to work on.
    Event(Webhook),
}

/// What is wrong with a request, without repeating it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// A header that says what it is is missing.
    #[error("the header `{0}` is missing")]
    MissingHeader(&'static str),
    /// No JSON.
    #[error("the body is no JSON: line {line}, column {column}")]
    Json {
        /// Where.
        line: usize,
        /// Where.
        column: usize,
    },
    /// JSON, but no object.
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// A field is missing or wrong; what it is and what would be right.
    #[error("{0}")]
    Field(String),
}

/// What is wrong with a queued event: it isn't what this sender's events are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sender} {event}: line {line}, column {column}")]
pub struct Unreadable {
    sender: Sender,
    event: String,
    line: usize,
    column: usize,
}

/// What an event says: any of it may be missing, and all where nothing is shown of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// News of a repository.
    pub news: Option<RepositoryNews>,
    /// News of a run.
    pub run: Option<RunReport>,
    /// Changes of alarms.
    pub alarms: Vec<AlarmReport>,
    /// How many alarms the sender left out, because it was told to send no more than so many at once.
    pub left_out: u64,
}

impl From<RepositoryNews> for Reading {
    fn from(news: RepositoryNews) -> Self {
        Self { news: Some(news), ..Self::default() }
    }
}

impl From<RunReport> for Reading {
    fn from(run: RunReport) -> Self {
        Self { run: Some(run), ..Self::default() }
    }
}

/// Decides whether bytes really come from a sender, before anything looks into them. `query` is the address's, without `?`.
pub fn verify(
    sender: Sender,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), NotAuthentic> {
    match sender {
        Sender::Github => github::verify(headers, body, secrets),
        Sender::Gitlab => ci::gitlab::verify(headers, secrets),
        Sender::Circleci => ci::circleci::verify(headers, body, secrets),
        Sender::Buildkite => ci::buildkite::verify(headers, body, secrets, now),
        Sender::Jenkins => ci::jenkins::verify(headers, query, secrets),
        Sender::Generic | Sender::GenericAlerts => ci::generic::verify(headers, body, secrets, now),
        Sender::Alertmanager => alerts::verify_authorization(headers, secrets),
        Sender::Grafana => alerts::grafana::verify(headers, body, secrets, now),
    }
}

/// Says what verified bytes are.
pub fn recognise(sender: Sender, headers: &HeaderMap, body: &[u8], received_at: Timestamp) -> Result<Recognised, BadRequest> {
    let body = object(headers, body)?;
    let known = match sender {
        Sender::Github => github::recognise(headers, &body)?,
        Sender::Gitlab => ci::gitlab::recognise(headers, &body)?,
        Sender::Circleci => ci::circleci::recognise(&body)?,
        Sender::Buildkite => ci::buildkite::recognise(headers, &body)?,
        Sender::Jenkins => ci::jenkins::recognise(&body)?,
        Sender::Generic => ci::generic::recognise(&body)?,
        Sender::Alertmanager | Sender::Grafana => alerts::group::recognise(&body)?,
        Sender::GenericAlerts => alerts::generic::recognise(&body)?,
    };
    Ok(match known {
        Known::Ping => Recognised::Ping,
        Known::NotOurs { event } => Recognised::NotOurs { event: crate::text::line(&event, 60) },
        Known::Event { event, delivery, place } => {
            let delivery = delivery.unwrap_or_else(|| digest(body.get().as_bytes()));
            Recognised::Event(Webhook { sender, event, delivery, place, received_at, body })
        }
    })
}

/// What a sender's module makes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    Ping,
    NotOurs { event: String },
    Event { event: String, delivery: Option<String>, place: String },
}

/// Reads a queued event.
pub fn read(webhook: &Webhook) -> Result<Reading, Unreadable> {
    let Webhook { event, received_at, body, .. } = webhook;
    let reading = match webhook.sender {
        Sender::Github => github::read(event, body, *received_at),
        Sender::Gitlab => ci::gitlab::read(body),
        Sender::Circleci => ci::circleci::read(body),
        Sender::Buildkite => ci::buildkite::read(event, body),
        Sender::Jenkins => ci::jenkins::read(body, *received_at),
        Sender::Generic => ci::generic::read(body, *received_at),
        Sender::Alertmanager => alerts::group::read(AlarmSource::Alertmanager, body, *received_at),
        Sender::Grafana => alerts::group::read(AlarmSource::Grafana, body, *received_at),
        Sender::GenericAlerts => alerts::generic::read(body, *received_at),
    };
    let reading = reading.map(|reading| Reading {
        run: reading.run.map(bounds::bounded),
        alarms: reading.alarms.into_iter().map(AlarmReport::bounded).collect(),
        ..reading
    });
    reading.map_err(|error| Unreadable { sender: webhook.sender, event: event.clone(), line: error.line(), column: error.column() })
}

impl Webhook {
    /// The queue's message group: what happens in one place stays in order. 128 characters at most (SQS: `MessageGroupId`).
    pub fn group(&self) -> String {
        bounded(&format!("{}/{}", self.sender, self.place))
    }

    /// The queue's deduplication id, likewise.
    pub fn deduplication(&self) -> String {
        bounded(&format!("{}/{}/{}", self.sender, self.event, self.delivery))
    }

    /// What is worked off by itself, each part within `limit` bytes as JSON. Only groups of alerts have more than one.
    pub fn parts(self, limit: usize) -> Vec<Self> {
        let split = match self.sender {
            Sender::Alertmanager | Sender::Grafana => alerts::group::split(&self.body, limit),
            _ => None,
        };
        match split {
            None => vec![self.fit(limit)],
            Some(bodies) => bodies.into_iter().map(|body| Self { body, ..self.clone() }).collect(),
        }
    }

    /// What doesn't fit into `limit` bytes as JSON is cut down to what is read of it, which always does.
    pub fn fit(mut self, limit: usize) -> Self {
        /// The other fields, generously.
        const ENVELOPE: usize = 2_000;
        if self.body.get().len() + ENVELOPE <= limit {
            return self;
        }
        let trimmed = match self.sender {
            Sender::Github => github::trim(&self.body),
            Sender::Gitlab => ci::gitlab::trim(&self.body),
            Sender::Circleci => ci::circleci::trim(&self.body),
            Sender::Buildkite => ci::buildkite::trim(&self.body),
            Sender::Jenkins => ci::jenkins::trim(&self.body),
            Sender::Generic => ci::generic::trim(&self.body),
            Sender::Alertmanager | Sender::Grafana => alerts::group::trim(&self.body),
            Sender::GenericAlerts => alerts::generic::trim(&self.body),
        };
        if let Ok(body) = trimmed {
            self.body = body;
        }
        self
    }
}

/// Ids of queues are letters, digits and punctuation (`SendMessage`, SQS API reference).
fn bounded(text: &str) -> String {
    let is_plain = text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { text.to_owned() } else { digest(text.as_bytes()) }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The JSON object of a body: the whole, or the field `payload` of a form, as GitHub sends it where a hook was made that way.
fn object(headers: &HeaderMap, body: &[u8]) -> Result<Box<RawValue>, BadRequest> {
    #[derive(Deserialize)]
    struct Form {
        payload: String,
    }
    let wrong = |error: serde_json::Error| BadRequest::Json { line: error.line(), column: error.column() };
    let is_form = header(headers, "content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let object: Box<RawValue> = if is_form {
        let form: Form = serde_urlencoded::from_bytes(body).map_err(|_| {
            BadRequest::Field("a form needs the field `payload`; JSON needs the content type `application/json`".to_owned())
        })?;
        serde_json::from_str(&form.payload).map_err(wrong)?
    } else {
        serde_json::from_slice(body).map_err(wrong)?
    };
    if object.get().starts_with('{') { Ok(object) } else { Err(BadRequest::NotAnObject) }
}

/// A header's value, if it is text.
pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
