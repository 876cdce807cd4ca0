//! One call: send, wait no longer than agreed, read no more than agreed, sort what came back.

use jiff::SignedDuration;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::{Failure, code};
use super::{SlackClient, TokenSource};

/// More than 200 messages with blocks and metadata take.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// Where Slack asks to wait and doesn't say how long.
const DEFAULT_WAIT: i64 = 1;

impl<T: TokenSource> SlackClient<T> {
    /// A method that takes JSON.
    pub(super) async fn post_json<A: DeserializeOwned>(&self, method: &'static str, body: &Value) -> Result<A, Failure> {
        let url = self.method(method)?;
        let http = self.client()?;
        self.authorized(|| http.post(url.clone()).json(body)).await
    }

    /// A method that takes parameters; those that read take no JSON.
    pub(super) async fn get_with<A: DeserializeOwned>(&self, method: &'static str, parameters: &[(&str, &str)]) -> Result<A, Failure> {
        let mut url = self.method(method)?;
        url.query_pairs_mut().extend_pairs(parameters);
        let http = self.client()?;
        self.authorized(|| http.get(url.clone())).await
    }

    /// Posts an answer, which takes no token: the address is the secret.
    pub(super) async fn answer(&self, url: url::Url, body: &Value) -> Result<(), Failure> {
        let response = send(self.client()?.post(url).json(body)).await?;
        let status = response.status();
        let retry_after = retry_after(&response);
        // The body is the word `ok`, or an error code.
        let body = read(response).await.unwrap_or_default();
        let error = code(std::str::from_utf8(&body).unwrap_or_default().trim());
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => Err(Failure::RateLimited { retry_after }),
            status if status.is_server_error() => Err(Failure::Fault { error: status.as_str().to_owned() }),
            status if error == "unreadable_error" => Err(Failure::Refused { error: format!("http_{}", status.as_u16()) }),
            _ => Err(Failure::Refused { error }),
        }
    }

    /// Sends a file's bytes to where Slack asked for them.
    pub(super) async fn put(&self, url: url::Url, bytes: Vec<u8>) -> Result<(), Failure> {
        let request = self.client()?.post(url).header(reqwest::header::CONTENT_TYPE, "application/octet-stream").body(bytes);
        let response = send(request).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => Err(Failure::RateLimited { retry_after: retry_after(&response) }),
            // What is wrong with an address or its time is mended by asking for another one.
            status => Err(Failure::Fault { error: format!("http_{}", status.as_u16()) }),
        }
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        self.http().map_err(|source| Failure::NotReached { source })
    }

    fn method(&self, method: &'static str) -> Result<url::Url, Failure> {
        self.api.join(method).map_err(|source| Failure::NoAnswer { source: source.into() })
    }

    /// A token may have been rotated since it was read: what Slack then refused was certainly not done, so it is sent once
    /// more with a fresh one.
    async fn authorized<A: DeserializeOwned>(&self, request: impl Fn() -> RequestBuilder) -> Result<A, Failure> {
        let used = self.token().await?;
        match call(request().bearer_auth(&used)).await {
            Err(Failure::Token { source }) => {
                self.tokens.forget();
                let fresh = self.token().await?;
                if fresh == used {
                    return Err(Failure::Token { source });
                }
                let again = call(request().bearer_auth(&fresh)).await;
                if matches!(again, Err(Failure::Token { .. })) {
                    self.tokens.forget();
                }
                again
            }
            done => done,
        }
    }

    async fn token(&self) -> Result<String, Failure> {
        self.tokens.token().await.map_err(|source| Failure::Token { source })
    }
}

async fn call<A: DeserializeOwned>(request: RequestBuilder) -> Result<A, Failure> {
    let response = send(request).await?;
    let status = response.status();
    let retry_after = retry_after(&response);
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Failure::RateLimited { retry_after });
    }
    if status.is_server_error() {
        return Err(Failure::Fault { error: format!("http_{}", status.as_u16()) });
    }
    let body = read(response).await?;
    let unreadable = |error: serde_json::Error| Failure::NoAnswer {
        source: format!("answer of HTTP {status} unreadable at column {}", error.column()).into(),
    };
    let answer: Value = match serde_json::from_slice(&body) {
        Err(_) if status.is_client_error() => return Err(Failure::Refused { error: format!("http_{}", status.as_u16()) }),
        answer => answer.map_err(unreadable)?,
    };
    match answer["ok"].as_bool() {
        Some(true) => serde_json::from_value(answer).map_err(unreadable),
        Some(false) => Err(Failure::from_error(answer["error"].as_str().unwrap_or_default(), retry_after)),
        None => Err(Failure::NoAnswer { source: "answer without `ok`".into() }),
    }
}

async fn send(request: RequestBuilder) -> Result<Response, Failure> {
    request.send().await.map_err(|error| {
        // The address may be a secret.
        let source = error.without_url();
        if source.is_connect() { Failure::NotReached { source } } else { Failure::NoAnswer { source: source.into() } }
    })
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::NoAnswer { source: error.without_url().into() })? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(Failure::NoAnswer { source: "answer too large".into() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn retry_after(response: &Response) -> SignedDuration {
    let header = response.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.trim().parse::<u32>().ok()).map_or(DEFAULT_WAIT, i64::from);
    SignedDuration::from_secs(seconds.max(DEFAULT_WAIT))
}
