//! One call: send, wait no longer than agreed, read no more than agreed, sort what came back.

use jiff::SignedDuration;
use reqwest::header::{CONTENT_LENGTH, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::answers::Refusal;
use crate::client::Spotify;
use crate::error::{Repeat, SpotifyError, code};

/// Far more than ten tracks with all the markets of each take.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;
/// Where Spotify asks to wait and doesn't say how long.
const DEFAULT_WAIT: i64 = 1;

/// What a call does each time it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It only reads, or says how things shall be.
    Sets,
    /// It adds to what was there, or goes a step on.
    Steps,
}

impl Effect {
    /// Whether to make the call again when nobody knows whether it was done.
    fn repeat(self) -> Repeat {
        match self {
            Self::Sets => Repeat::Safe,
            Self::Steps => Repeat::MayDouble,
        }
    }
}

/// One method of the API, with all it is called with.
pub(crate) struct Call<'a> {
    pub method: Method,
    pub path: &'a [&'a str],
    pub query: Vec<(&'static str, &'a str)>,
    pub body: Option<Value>,
    pub effect: Effect,
}

/// What came back, whole.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
    retry_after: SignedDuration,
}

impl Spotify {
    /// Makes a call. A token that is refused was certainly not acted upon, so any call is made once more with a fresh one.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, SpotifyError> {
        let accounts = &self.addresses.accounts;
        let used = self.access.token(&self.http, accounts, None).await?;
        let answer = self.attempt(call, &used).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return answer.sorted(call.effect);
        }
        let fresh = self.access.token(&self.http, accounts, Some(&used)).await?;
        let answer = self.attempt(call, &fresh).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            self.access.forget(&fresh).await;
            return Err(SpotifyError::Denied);
        }
        answer.sorted(call.effect)
    }

    async fn attempt(&self, call: &Call<'_>, token: &str) -> Result<Answer, SpotifyError> {
        let request = self.http.request(call.method.clone(), self.url(call)?).bearer_auth(token);
        let request = match &call.body {
            Some(body) => request.json(body),
            None if call.method == Method::GET => request,
            // Without a length a command without a body is refused with 411.
            None => request.header(CONTENT_LENGTH, 0),
        };
        send(request, call.effect).await
    }

    fn url(&self, call: &Call<'_>) -> Result<Url, SpotifyError> {
        let mut url = self.addresses.api.clone();
        url.path_segments_mut()
            .map_err(|()| SpotifyError::Invalid { what: "the address of the API can't have a path".into() })?
            .pop_if_empty()
            .extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(url)
    }
}

/// Sends a request and reads the answer.
pub(crate) async fn send(request: RequestBuilder, effect: Effect) -> Result<Answer, SpotifyError> {
    let transient = |error: reqwest::Error| {
        // Who wasn't reached did nothing.
        let repeat = if error.is_connect() { Repeat::Safe } else { effect.repeat() };
        // The address holds what people search for.
        SpotifyError::Transient { repeat, source: error.without_url().into() }
    };
    let mut response = request.send().await.map_err(transient)?;
    let (status, retry_after) = (response.status(), retry_after(&response));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transient)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(SpotifyError::Unexpected { what: format!("an answer of more than {LARGEST_ANSWER} bytes") });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, retry_after })
}

fn retry_after(response: &Response) -> SignedDuration {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.trim().parse::<u32>().ok()).map_or(DEFAULT_WAIT, i64::from);
    SignedDuration::from_secs(seconds.max(DEFAULT_WAIT))
}

impl Answer {
    /// The answer, or what went wrong.
    fn sorted(self, effect: Effect) -> Result<Self, SpotifyError> {
        if self.status.is_success() {
            return Ok(self);
        }
        if let Some(fault) = self.fault(effect) {
            return Err(fault);
        }
        let refusal = Refusal::read(&self.body);
        let reason = refusal.reason.as_deref().and_then(code);
        Err(match (self.status, reason.as_deref()) {
            (_, Some("NO_ACTIVE_DEVICE")) => SpotifyError::NoDevice,
            (_, Some("PREMIUM_REQUIRED")) => SpotifyError::PremiumRequired,
            (_, Some("DEVICE_NOT_CONTROLLABLE" | "REMOTE_CONTROL_DISALLOW")) => SpotifyError::DeviceRestricted,
            (_, Some("VOLUME_CONTROL_DISALLOW")) => SpotifyError::VolumeFixed,
            // "Too frequent track play": the player's own limit, which comes as a 403 and says no time.
            (_, Some("RATE_LIMITED")) => SpotifyError::Throttled { retry_after: self.retry_after, quota: false },
            (StatusCode::NOT_FOUND, _) => SpotifyError::NotFound,
            (StatusCode::FORBIDDEN, _) if refusal.is_of_the_player() => {
                SpotifyError::NotNow { reason: reason.unwrap_or_else(|| "UNKNOWN".into()) }
            }
            (StatusCode::FORBIDDEN, _) => SpotifyError::Forbidden { reason: reason.unwrap_or_else(|| "http_403".into()) },
            (status, _) if status.is_client_error() => {
                SpotifyError::Refused { reason: reason.unwrap_or_else(|| format!("http_{}", status.as_u16())) }
            }
            (status, _) => SpotifyError::Unexpected { what: format!("HTTP {}", status.as_u16()) },
        })
    }

    /// Too many calls, or a fault of the other side: what means the same of every method.
    pub(crate) fn fault(&self, effect: Effect) -> Option<SpotifyError> {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => {
                let quota = Refusal::read(&self.body).reason.as_deref() == Some("QUOTA_EXCEEDED");
                Some(SpotifyError::Throttled { retry_after: self.retry_after, quota })
            }
            status if status.is_server_error() => {
                let source = format!("HTTP {}", status.as_u16()).into();
                Some(SpotifyError::Transient { repeat: effect.repeat(), source })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
