//! The client itself: where Spotify is, how it is reached, and as whom.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opsroom_application::ports::Clock;
use url::Url;

use crate::access::{Access, Credentials};
use crate::catalogue::Market;

/// Where access tokens are given out, unless configured otherwise.
pub const ACCOUNTS: &str = "https://accounts.spotify.com/";
/// Where the methods are, unless configured otherwise.
pub const API: &str = "https://api.spotify.com/v1/";

/// Where the two halves of Spotify are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    pub(crate) accounts: Url,
    pub(crate) api: Url,
}

/// An address that nothing can be found under.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no base address: one like `{API}` would be")]
pub struct BadAddress(String);

impl Addresses {
    /// The addresses of the accounts service and of the API, such as [`ACCOUNTS`] and [`API`].
    pub fn new(accounts: &str, api: &str) -> Result<Self, BadAddress> {
        Ok(Self { accounts: base(accounts)?, api: base(api)? })
    }
}

fn base(address: &str) -> Result<Url, BadAddress> {
    let bad = || BadAddress(address.to_owned());
    let mut url = Url::parse(address).map_err(|_| bad())?;
    let reachable = matches!(url.scheme(), "https" | "http") && url.host_str().is_some();
    if !reachable || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(bad());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// An HTTP client as [`Spotify`] needs one, which waits no longer than `timeout` for an answer, all in all.
pub fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // The process may have chosen already; the choice is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("opsroom/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeout)
        .timeout(timeout)
        // A frozen function can't notice that the other side closed a connection. Older ones are not tried at all.
        .pool_idle_timeout(Duration::from_secs(50))
        // A redirect would carry the token to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// Calls Spotify as one account. Cheap to clone; clones share the access token.
///
/// Commands reach the player some time after they are answered ("the order of execution is not guaranteed"): what came of one
/// shows in [`Spotify::playback`].
#[derive(Clone)]
pub struct Spotify {
    pub(crate) http: reqwest::Client,
    pub(crate) addresses: Addresses,
    pub(crate) access: Arc<Access>,
    pub(crate) market: Option<Market>,
}

impl fmt::Debug for Spotify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spotify").field("api", &self.addresses.api.as_str()).field("market", &self.market).finish_non_exhaustive()
    }
}

impl Spotify {
    /// A client over `http`, see [`http_client`]. The clock tells when an access token is about to expire.
    pub fn new(http: reqwest::Client, addresses: Addresses, credentials: Credentials, clock: impl Clock + 'static) -> Self {
        Self { http, addresses, access: Arc::new(Access::new(credentials, Box::new(clock))), market: None }
    }

    /// Asks for tracks as they are in a market: only then Spotify says whether each can be played. The account's own country
    /// takes precedence where the two differ.
    pub fn in_market(self, market: Market) -> Self {
        Self { market: Some(market), ..self }
    }
}
