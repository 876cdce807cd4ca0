//! What Slack sends to the app's door: signed, with a deadline, and noted for tests to read.

pub mod events;
pub mod interactions;
pub mod signature;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::clock;
use crate::state::{App, Ingress};

/// A request for the door, before it is signed.
pub struct Knock {
    /// `/commands`, `/events` or `/interactions`.
    pub path: String,
    pub content_type: String,
    pub body: Vec<u8>,
    pub headers: Vec<(String, String)>,
    /// What it is, for the log: `command`, `event_callback`, `block_actions` …
    pub kind: String,
    pub signing: Signing,
    /// More for the log: the event's id, the try's number.
    pub note: Value,
}

/// How a request is signed.
pub enum Signing {
    True,
    /// With another time or secret, to see the door refuse.
    With {
        timestamp: Option<String>,
        secret: Option<String>,
    },
    None,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub status: Option<u16>,
    pub body: Vec<u8>,
    pub content_type: String,
    pub no_retry: bool,
    /// Slack's word for what went wrong on the way: `http_timeout`, `connection_failed`.
    pub failure: Option<&'static str>,
    pub latency_ms: u64,
}

impl Outcome {
    /// Whether the door took it.
    pub fn accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Sends to the door and waits as long as Slack would.
pub async fn knock(app: &Arc<App>, knock: Knock) -> Outcome {
    let patience = Duration::from_millis(app.with(|world| world.settings.door_ms));
    let started = Instant::now();
    let sent_at = clock::timestamp(clock::now()).to_string();
    let mut outcome = match tokio::time::timeout(patience, send(app, &knock)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => {
            tracing::warn!(kind = knock.kind, error = %chain(error.as_ref()), "the door could not be reached");
            failed("connection_failed")
        }
        Err(_) => failed("http_timeout"),
    };
    outcome.latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let entry = json!({
        "time": sent_at, "path": knock.path, "kind": knock.kind, "status": outcome.status, "failure": outcome.failure,
        "latency_ms": outcome.latency_ms, "body": outcome.text(), "request": String::from_utf8_lossy(&knock.body), "note": knock.note,
    });
    app.with(|world| world.log_request(entry));
    outcome
}

fn failed(failure: &'static str) -> Outcome {
    Outcome { status: None, body: Vec::new(), content_type: String::new(), no_retry: false, failure: Some(failure), latency_ms: 0 }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn send(app: &Arc<App>, knock: &Knock) -> Result<Outcome, Box<dyn std::error::Error + Send + Sync>> {
    let base = match (app.with(|world| world.door.clone()), &app.config.ingress) {
        (Some(url), _) => url,
        (None, Ingress::Url(url)) => url.clone(),
        (None, Ingress::File(path)) => tokio::fs::read_to_string(path).await?,
    };
    let url = format!("{}{}", base.trim().trim_end_matches('/'), knock.path);
    let mut request = app
        .http
        .post(url)
        .header("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
        .header("Content-Type", &knock.content_type)
        .header("Accept", "application/json,*/*");
    let (timestamp, secret) = match &knock.signing {
        Signing::None => (None, None),
        Signing::True => (None, Some(app.config.signing_secret.clone())),
        Signing::With { timestamp, secret } => {
            (timestamp.clone(), Some(secret.clone().unwrap_or_else(|| app.config.signing_secret.clone())))
        }
    };
    if let Some(secret) = secret {
        let timestamp = timestamp.unwrap_or_else(|| (clock::now() / clock::SECOND).to_string());
        let signature = signature::sign(&secret, &timestamp, &knock.body);
        request = request.header("X-Slack-Request-Timestamp", timestamp).header("X-Slack-Signature", signature);
    }
    for (name, value) in &knock.headers {
        request = request.header(name, value);
    }
    let response = request.body(knock.body.clone()).send().await?;
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (content_type, no_retry) = (header("content-type"), header("x-slack-no-retry") == "1");
    let status = response.status().as_u16();
    let body = response.bytes().await?.to_vec();
    Ok(Outcome { status: Some(status), body, content_type, no_retry, failure: None, latency_ms: 0 })
}

/// A form as Slack writes it.
pub fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    serde_urlencoded::to_string(fields).unwrap_or_default().into_bytes()
}

/// Why a person sees an error instead of the app's answer, in the words of the room API.
pub fn refusal(outcome: &Outcome) -> Option<(&'static str, String)> {
    match (outcome.failure, outcome.status) {
        (Some("http_timeout"), _) => Some(("operation_timeout", "The app did not answer within three seconds.".to_owned())),
        (Some(failure), _) => Some(("dispatch_failed", format!("The app could not be reached ({failure})."))),
        (None, Some(status)) if !outcome.accepted() => {
            let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("unknown");
            Some(("dispatch_failed", format!("The app answered with status {status} ({reason}).")))
        }
        _ => None,
    }
}
