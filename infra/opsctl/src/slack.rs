//! Slack's Web API as far as a check-up asks it. Not the functions' client: that one hides what a check-up is about, the
//! scopes in the headers and Slack's own words for a refusal.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode};
use serde_json::Value;

use crate::failure::{Failure, root_cause};

const TIMEOUT: Duration = Duration::from_secs(20);
/// Slack asks for pauses when hundreds of people are looked up; after this many it is something else.
const TRIES: u32 = 6;
const LONGEST_PAUSE: u64 = 60;

/// A client with a bot token.
pub(crate) struct Slack {
    http: Client,
    api: String,
    token: String,
}

/// An answer of Slack's.
pub(crate) struct Answer {
    /// The body, `ok` or not.
    pub(crate) body: Value,
    /// The scopes of the token; in every answer to a token that Slack knows (docs.slack.dev, "Using OAuth scopes").
    pub(crate) scopes: Option<Vec<String>>,
}

impl Answer {
    /// Slack's word for why it refused; `None` if it didn't.
    pub(crate) fn error(&self) -> Option<&str> {
        match self.body["ok"].as_bool() {
            Some(true) => None,
            _ => Some(self.body["error"].as_str().unwrap_or("an answer without a reason")),
        }
    }
}

impl Slack {
    /// A client of the API at this address, which ends in a slash.
    pub(crate) fn new(api: &str, token: &str) -> Result<Self, Failure> {
        // The process may have chosen already; the choice is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(TIMEOUT)
            // A redirect would carry the token to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Failure::new(format!("can't set up HTTPS: {}", root_cause(&error))))?;
        Ok(Self { http, api: api.to_owned(), token: token.to_owned() })
    }

    /// Calls a method that reads. Waits as long as Slack asks for.
    pub(crate) async fn get(&self, method: &str, parameters: &[(&str, &str)]) -> Result<Answer, Failure> {
        let mut tries = 1;
        loop {
            let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = self.http.get(format!("{}{method}?{}", self.api, query.join("&"))).bearer_auth(&self.token);
            let response = request.send().await.map_err(|error| unreachable(method, error))?;
            let status = response.status();
            if status == StatusCode::TOO_MANY_REQUESTS && tries < TRIES {
                let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
                tokio::time::sleep(Duration::from_secs(asked.unwrap_or(1).clamp(1, LONGEST_PAUSE))).await;
                tries += 1;
                continue;
            }
            if !status.is_success() {
                return Err(Failure::new(format!("slack:{method} failed: HTTP {}", status.as_u16())));
            }
            let scopes = response
                .headers()
                .get("x-oauth-scopes")
                .and_then(|value| value.to_str().ok())
                .map(|text| text.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect());
            let bytes = response.bytes().await.map_err(|error| unreachable(method, error))?;
            let body = serde_json::from_slice(&bytes)
                .map_err(|_| Failure::new(format!("slack:{method} failed: the answer isn't Slack's; is the stack's SlackApiUrl right?")))?;
            return Ok(Answer { body, scopes });
        }
    }
}

fn unreachable(method: &str, error: reqwest::Error) -> Failure {
    Failure::new(format!("slack:{method} failed: {}", root_cause(&error.without_url())))
}
