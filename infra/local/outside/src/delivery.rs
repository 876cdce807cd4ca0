//! Sends what an action made, in order, and writes down what was sent and what was answered.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use jiff::Timestamp;
use serde::Serialize;

use crate::endpoints::{Endpoints, NoCloud};
use crate::registry::{AwsCall, Request};
use crate::signing::Letter;

/// GitHub waits that long ("Best practices for using webhooks"); others don't wait longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What stands in the place of a secret.
const HIDDEN: &str = "(the shared secret)";

/// Who carries requests to the door.
#[derive(Debug)]
pub struct Courier {
    http: reqwest::Client,
    endpoints: PathBuf,
}

/// Something that was sent, and what came back.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// The sender's word for it.
    pub event: String,
    /// Where it went.
    pub url: String,
    /// Headers, without secrets.
    pub headers: Vec<(String, String)>,
    /// The very body.
    pub body: String,
    /// What was answered, if anything was.
    pub status: Option<u16>,
    /// The body of the answer, or why there is none.
    pub answer: String,
    /// Whether the answer says that it was taken.
    pub taken: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// A request that is signed and can go.
#[derive(Debug)]
pub struct Prepared {
    /// The sender's word for it.
    pub event: String,
    /// Where it goes.
    pub url: String,
    /// The same without secrets.
    pub shown_url: String,
    /// Name, value, and whether the value is secret.
    pub headers: Vec<(String, String, bool)>,
    /// The very body.
    pub body: String,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// There is nothing to send to.
    #[error(transparent)]
    NoCloud(#[from] NoCloud),
    /// A call of AWS could not be signed: a bug.
    #[error("can't sign: {0}")]
    Signing(String),
    /// A payload could not be written: a bug.
    #[error("can't write the payload: {0}")]
    Payload(#[from] serde_json::Error),
}

impl Courier {
    /// One that asks this file for addresses and secrets, each time anew.
    pub fn new(endpoints: PathBuf) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, endpoints })
    }

    /// Where everything is now; fails while there is no cloud, before anything is changed.
    pub fn endpoints(&self) -> Result<Endpoints, NoCloud> {
        Endpoints::read(&self.endpoints)
    }

    /// Sends one after the other, as the senders do: what happened first is told first. `ids` are those of the deliveries.
    pub async fn send(
        &self,
        endpoints: &Endpoints,
        requests: Vec<(String, Request)>,
        now: impl Fn() -> Timestamp,
    ) -> Result<Vec<Sent>, Failed> {
        let mut sent = Vec::new();
        for (id, request) in requests {
            let prepared = prepare(endpoints, request, &id, now())?;
            sent.push(self.deliver(prepared).await);
        }
        Ok(sent)
    }

    async fn deliver(&self, prepared: Prepared) -> Sent {
        let Prepared { event, url, shown_url, headers, body } = prepared;
        let mut request = self.http.post(&url).body(body.clone());
        for (name, value, _) in &headers {
            request = request.header(name, value);
        }
        let started = Instant::now();
        let (status, answer) = match request.send().await {
            Ok(response) => (Some(response.status()), response.text().await.unwrap_or_else(|error| error.to_string())),
            Err(error) if error.is_timeout() => (None, format!("no answer within {} s", PATIENCE.as_secs())),
            // Without its address, which may hold a secret.
            Err(error) => (None, error.without_url().to_string()),
        };
        // Slack refuses with a word, not with a status.
        let refused = serde_json::from_str(&answer).is_ok_and(|answer: serde_json::Value| answer["ok"] == false);
        tracing::info!(event, url = shown_url, status = status.map(|status| status.as_u16()), "sent");
        Sent {
            event,
            url: shown_url,
            headers: headers.into_iter().map(|(name, value, secret)| (name, if secret { HIDDEN.to_owned() } else { value })).collect(),
            body,
            status: status.map(|status| status.as_u16()),
            answer,
            taken: status.is_some_and(|status| status.is_success()) && !refused,
            ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Signs a request.
pub fn prepare(endpoints: &Endpoints, request: Request, id: &str, at: Timestamp) -> Result<Prepared, Failed> {
    match request {
        Request::Webhook { door, event, body } => {
            let body = serde_json::to_string(&body)?;
            let secret = endpoints.webhook_secret(door.secret)?;
            let proof = (door.prove)(&Letter { secret, body: body.as_bytes(), event, id, at });
            let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned(), false)];
            headers.extend(proof.into_iter().map(|header| (header.name.to_owned(), header.value, header.is_secret)));
            let url = format!("{}{}", endpoints.get("webhook_ingress")?.trim_end_matches('/'), door.path);
            // The secrets are letters and digits, or made to stand in an address by whoever set them.
            let with = |token: &str| if door.in_address { format!("{url}?token={token}") } else { url.clone() };
            Ok(Prepared { event: event.to_owned(), url: with(secret), shown_url: with(HIDDEN), headers, body })
        }
        Request::Aws(call) => aws(endpoints, call, at.into()),
        Request::Slack { person, body } => {
            let url = format!("{}/chat.postMessage", endpoints.get("slack_api")?.trim_end_matches('/'));
            let headers = vec![
                ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned(), false),
                ("Authorization".to_owned(), format!("Bearer {}", endpoints.user_token(&person)?), true),
            ];
            Ok(Prepared { event: "chat.postMessage".to_owned(), shown_url: url.clone(), url, headers, body: body.to_string() })
        }
    }
}

/// Signature Version 4, with the administrator's key ("Create a signed AWS API request", IAM User Guide).
fn aws(endpoints: &Endpoints, call: AwsCall, at: SystemTime) -> Result<Prepared, Failed> {
    let failed = |error: &dyn std::fmt::Display| Failed::Signing(error.to_string());
    let url = format!("{}/", endpoints.get("aws")?.trim_end_matches('/'));
    let AwsCall { service, protocol, target, operation, mut input, of_cloud } = call;
    for (pointer, name) in of_cloud {
        if let Some(part) = input.pointer_mut(pointer) {
            *part = endpoints.get(name)?.into();
        }
    }
    let body = input.to_string();
    let mut headers = vec![
        ("Content-Type".to_owned(), format!("application/x-amz-json-{protocol}"), false),
        ("X-Amz-Target".to_owned(), format!("{target}.{operation}"), false),
    ];
    let key = Credentials::new(endpoints.get("aws_access_key_id")?, endpoints.get("aws_secret_access_key")?, None, None, "endpoints.json");
    let identity = key.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(endpoints.get("aws_region")?)
        .name(service)
        .time(at)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let signed = headers.iter().map(|(name, value, _)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new("POST", &url, signed, SignableBody::Bytes(body.as_bytes())).map_err(|error| failed(&error))?;
    let (instructions, _) = sign(signable, &params).map_err(|error| failed(&error))?.into_parts();
    headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned(), false)));
    Ok(Prepared { event: operation.to_owned(), shown_url: url.clone(), url, headers, body })
}
