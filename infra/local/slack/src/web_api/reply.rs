//! How a Web API method answers: an object with `ok: true`, or a refusal with Slack's error name.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::limits::Problems;

/// What a method returns. The `ok` is added on the way out.
pub type Answer = Result<Value, Refusal>;

/// A refusal.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub error: String,
    pub extra: Map<String, Value>,
    pub status: u16,
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A plain refusal; Slack answers those with status 200.
    pub fn new(error: impl Into<String>) -> Self {
        Self { error: error.into(), extra: Map::new(), status: 200, retry_after: None }
    }

    /// A refusal that lists what is wrong, as `response_metadata.messages` (and `errors`, where Slack has them).
    pub fn listing(error: &str, problems: &Problems) -> Self {
        let messages: Vec<String> = problems.0.iter().map(|problem| format!("[ERROR] {problem}")).collect();
        let mut refusal = Self::new(error).with("response_metadata", json!({"messages": messages}));
        if error == "invalid_blocks" {
            refusal = refusal.with("errors", json!(problems.0));
        }
        refusal
    }

    /// `invalid_arguments` for one field.
    pub fn argument(what: &str) -> Self {
        Self::new("invalid_arguments").with("response_metadata", json!({"messages": [format!("[ERROR] {what}")]}))
    }

    /// Another field of the answer.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.to_owned(), value);
        self
    }

    /// Too fast.
    pub fn rate_limited(retry_after: u64) -> Self {
        Self { status: 429, retry_after: Some(retry_after), ..Self::new("ratelimited") }
    }
}

/// Writes the answer as HTTP. `scopes` is what the token may do; Slack tells it in a header.
pub fn to_response(answer: Answer, scopes: Option<&str>) -> Response {
    let (status, retry_after, body) = match answer {
        Ok(Value::Object(mut object)) => {
            object.insert("ok".to_owned(), json!(true));
            (StatusCode::OK, None, Value::Object(object))
        }
        Ok(_) => (StatusCode::OK, None, json!({"ok": true})),
        Err(refusal) => {
            let mut object = refusal.extra;
            object.insert("ok".to_owned(), json!(false));
            object.insert("error".to_owned(), json!(refusal.error));
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, refusal.retry_after, Value::Object(object))
        }
    };
    let mut response = (status, Json(body)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(scopes) = scopes.and_then(|scopes| HeaderValue::from_str(scopes).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-oauth-scopes"), scopes);
    }
    response
}
