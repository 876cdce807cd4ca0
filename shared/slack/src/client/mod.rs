//! Slack's Web API, as far as Opsroom calls it ("Web API methods", `docs.slack.dev/reference/methods`).
//!
//! Nothing of a body, a token or an address is ever logged: errors carry Slack's error code and the kind of fault.

mod call;
mod directory;
mod failure;
mod files;
mod messenger;
mod response_url;
mod snippets;
mod standings;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use opsroom_application::ports::TokenSource;
use url::Url;

use response_url::ResponseUrls;
use standings::Standings;

/// Where Slack's methods are, unless configured otherwise.
pub const API: &str = "https://slack.com/api/";

/// Calls Slack. Cheap to clone.
#[derive(Clone)]
pub struct SlackClient<T> {
    // Made when it is first used: loading the machine's certificates is a part of a function's start that the door, say, can do
    // without; it calls Slack for dialogs only.
    http: Arc<OnceLock<reqwest::Client>>,
    timeout: Duration,
    api: Url,
    response_urls: ResponseUrls,
    tokens: Arc<T>,
    standings: Arc<Standings>,
}

impl<T> std::fmt::Debug for SlackClient<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackClient").field("api", &self.api.as_str()).finish_non_exhaustive()
    }
}

/// Why a client can't be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address of the API, or of answers, can't be one.
    #[error("`{0}` is no base address")]
    Address(String),
    /// TLS or the resolver can't be set up.
    #[error("the HTTP client can't be set up")]
    Http(#[from] reqwest::Error),
}

impl<T: TokenSource> SlackClient<T> {
    /// A client of the API at `api` (with a slash at its end). `response_base` is where else than at Slack answers may be
    /// posted to.
    pub fn new(api: &str, response_base: Option<&str>, tokens: T) -> Result<Self, ClientError> {
        Self::with_timeout(api, response_base, tokens, Duration::from_secs(5))
    }

    /// A client that waits no longer than this for an answer, all in all.
    pub fn with_timeout(api: &str, response_base: Option<&str>, tokens: T, timeout: Duration) -> Result<Self, ClientError> {
        Ok(Self {
            http: Arc::default(),
            timeout,
            api: base(api)?,
            response_urls: ResponseUrls::new(response_base.map(base).transpose()?),
            tokens: Arc::new(tokens),
            standings: Arc::default(),
        })
    }

    /// Makes ready what the first call needs, for a function whose every event calls Slack.
    pub fn warm_up(&self) -> Result<(), ClientError> {
        Ok(self.http().map(|_| ())?)
    }

    /// The HTTP client. Of two that are made in the same moment one is kept.
    fn http(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        // The process may have chosen already; the choice is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("opsroom/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.timeout)
            .timeout(self.timeout)
            // A frozen function can't notice that the other side closed a connection. Older ones are not tried at all.
            .pool_idle_timeout(Duration::from_secs(50))
            // A redirect would carry the token, or an answer, to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(self.http.get_or_init(|| http))
    }
}

fn base(address: &str) -> Result<Url, ClientError> {
    let bad = || ClientError::Address(address.to_owned());
    let mut url = Url::parse(address).map_err(|_| bad())?;
    if url.host_str().is_none() || url.query().is_some() || !url.username().is_empty() {
        return Err(bad());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
