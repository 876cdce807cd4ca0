//! The access token: fetched when the first call needs it, kept until shortly before it expires, fetched once for all who wait.
//!
//! "Refreshing tokens", `developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens`.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::Clock;
use reqwest::StatusCode;
use tokio::sync::Mutex;
use url::form_urlencoded;

use crate::answers::{Grant, GrantError, read_json, wrong};
use crate::call::{self, Effect};
use crate::error::{SpotifyError, code};

/// A token that expires sooner than this isn't used: it could expire on its way. Spotify's live for an hour.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// As whom the API is called: the app, and the leave that an account's owner gave it.
#[derive(Clone)]
pub struct Credentials {
    /// The app's client id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What the account's owner authorized the app with.
    pub refresh_token: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The token that is kept, and how to get the next.
pub(crate) struct Access {
    credentials: Credentials,
    clock: Box<dyn Clock>,
    // Held while a token is fetched: who comes meanwhile waits, and finds it.
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<(String, Timestamp)>,
    /// A refresh token that came with an access token takes the place of the one before.
    refresh_token: Option<String>,
    /// The refresh token won't be taken the next time either; asking again and again only spends the quota.
    revoked: bool,
}

impl Access {
    pub(crate) fn new(credentials: Credentials, clock: Box<dyn Clock>) -> Self {
        Self { credentials, clock, kept: Mutex::default() }
    }

    /// A token to call with, which isn't the one that was `refused`.
    pub(crate) async fn token(&self, http: &reqwest::Client, accounts: &url::Url, refused: Option<&str>) -> Result<String, SpotifyError> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        match &kept.token {
            Some((token, until)) if now < *until && refused != Some(token) => return Ok(token.clone()),
            _ => kept.token = None,
        }
        if kept.revoked {
            return Err(SpotifyError::Revoked);
        }
        let refresh_token = kept.refresh_token.as_ref().unwrap_or(&self.credentials.refresh_token);
        match self.fetch(http, accounts, refresh_token).await {
            Ok(grant) => {
                let lifetime = SignedDuration::from_secs(i64::from(grant.expires_in));
                // Of one that lives shorter than the margin at least a part is used.
                let until = now.saturating_add(lifetime - MARGIN.min(lifetime / 2)).unwrap_or(Timestamp::MAX);
                kept.token = Some((grant.access_token.clone(), until));
                kept.refresh_token = grant.refresh_token.or_else(|| kept.refresh_token.take());
                Ok(grant.access_token)
            }
            Err(error) => {
                kept.revoked = matches!(error, SpotifyError::Revoked);
                Err(error)
            }
        }
    }

    /// Forgets a token that was refused though it is fresh: the next call begins anew.
    pub(crate) async fn forget(&self, refused: &str) {
        let mut kept = self.kept.lock().await;
        if kept.token.as_ref().is_some_and(|(token, _)| token == refused) {
            kept.token = None;
        }
    }

    async fn fetch(&self, http: &reqwest::Client, accounts: &url::Url, refresh_token: &str) -> Result<Grant, SpotifyError> {
        let url =
            accounts.join("api/token").map_err(|_| SpotifyError::Invalid { what: "the address of the accounts service is none".into() })?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", refresh_token)
            .finish();
        let request = http
            .post(url)
            .basic_auth(&self.credentials.client_id, Some(&self.credentials.client_secret))
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        // The call that the token is for wasn't made yet, and a refresh token may be used any number of times.
        let answer = call::send(request, Effect::Sets).await?;
        match answer.status {
            StatusCode::OK => {
                let grant: Grant = read_json(&answer.body, "token")?;
                // What can't stand in a header was never meant as a token.
                let fits = !grant.access_token.is_empty() && grant.access_token.bytes().all(|byte| byte.is_ascii_graphic());
                if fits { Ok(grant) } else { Err(wrong("token.access_token", "no token")) }
            }
            _ => Err(refusal(&answer)),
        }
    }
}

/// Why no token was given (RFC 6749, section 5.2).
fn refusal(answer: &call::Answer) -> SpotifyError {
    if let Some(error) = answer.fault(Effect::Sets) {
        return error;
    }
    let error = serde_json::from_slice::<GrantError>(&answer.body).ok().map(|body| body.error).unwrap_or_default();
    match error.as_str() {
        "invalid_grant" => SpotifyError::Revoked,
        "invalid_client" | "unauthorized_client" => SpotifyError::WrongClient,
        other => SpotifyError::Refused { reason: code(other).unwrap_or_else(|| format!("http_{}", answer.status.as_u16())) },
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
