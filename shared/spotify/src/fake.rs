//! A small Spotify that answers as it is told, and keeps what it was sent: the faults of a network and of a foreign API can't
//! be had otherwise. Only for this crate's tests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::Clock;
use serde_json::{Value, json};

use crate::{Addresses, Credentials, Spotify, http_client};

pub const ID: &str = "11dFghVXANMlKmJXsNCbNl";

/// What the server says next.
pub enum Say {
    Json(u16, Value),
    Text(u16, &'static str),
    Wait(u16, &'static str, Value),
    Nothing,
}

/// What the server was sent.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: Method,
    pub target: String,
    pub authorization: String,
    pub length: Option<String>,
    pub body: String,
}

impl Seen {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

#[derive(Default)]
struct Told {
    grants: VecDeque<Say>,
    says: VecDeque<Say>,
    seen: Vec<Seen>,
    given: usize,
    oldest_taken: usize,
}

/// The server, the clock of its client, and where it is.
#[derive(Clone)]
pub struct Fake {
    told: Arc<Mutex<Told>>,
    now: Arc<Mutex<Timestamp>>,
    pub base: String,
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Fake {
    /// A server that gives out `access-1`, `access-2` … for an hour each, and answers calls by these, then by 204.
    pub async fn start(says: impl IntoIterator<Item = Say>) -> (Self, Spotify) {
        let told = Told { says: says.into_iter().collect(), ..Told::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let now = "2026-11-25T07:00:00Z".parse().unwrap();
        let fake = Self { told: Arc::new(Mutex::new(told)), now: Arc::new(Mutex::new(now)), base: base.clone() };
        let app = axum::Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let spotify = fake.client(&format!("{base}/api/v1"));
        (fake, spotify)
    }

    /// A client of an API that may be somewhere else, with all the time that a busy machine may need.
    pub fn client(&self, api: &str) -> Spotify {
        self.waiting(api, Duration::from_mins(1))
    }

    /// A client that gives up soon, for answers that never come.
    pub fn impatient(&self) -> Spotify {
        self.waiting(&format!("{}/api/v1", self.base), Duration::from_millis(200))
    }

    fn waiting(&self, api: &str, timeout: Duration) -> Spotify {
        let addresses = Addresses::new(&format!("{}/accounts", self.base), api).unwrap();
        let credentials =
            Credentials { client_id: "the-app".into(), client_secret: "the-secret".into(), refresh_token: "refresh+/=&1".into() };
        Spotify::new(http_client(timeout).unwrap(), addresses, credentials, self.clone())
    }

    /// What the next requests for a token are answered with, in place of a token.
    pub fn grants(&self, grants: impl IntoIterator<Item = Say>) {
        self.told.lock().unwrap().grants.extend(grants);
    }

    /// From now on all tokens given so far are refused.
    pub fn refuse_given(&self) {
        let mut told = self.told.lock().unwrap();
        told.oldest_taken = told.given + 1;
    }

    pub fn pass(&self, time: SignedDuration) {
        *self.now.lock().unwrap() += time;
    }

    fn seen(&self, accounts: bool) -> Vec<Seen> {
        let told = self.told.lock().unwrap();
        told.seen.iter().filter(|seen| seen.target.starts_with("/accounts/") == accounts).cloned().collect()
    }

    /// The requests for a token.
    pub fn asked(&self) -> Vec<Seen> {
        self.seen(true)
    }

    /// The calls of the API.
    pub fn called(&self) -> Vec<Seen> {
        self.seen(false)
    }
}

async fn answer(State(fake): State<Fake>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let authorization = header("authorization").unwrap_or_default();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let seen = Seen { method, target: uri.to_string(), authorization: authorization.clone(), length: header("content-length"), body };
    let say = {
        let mut told = fake.told.lock().unwrap();
        told.seen.push(seen);
        if uri.path().starts_with("/accounts/") {
            told.grants.pop_front().unwrap_or_else(|| {
                told.given += 1;
                grant(&format!("access-{}", told.given), 3600)
            })
        } else {
            let taken =
                authorization.strip_prefix("Bearer access-").and_then(|n| n.parse().ok()).is_some_and(|n: usize| n >= told.oldest_taken);
            if taken { told.says.pop_front().unwrap_or(Say::Text(204, "")) } else { refused(401, "The access token expired", None) }
        }
    };
    let status = |status: u16| StatusCode::from_u16(status).unwrap();
    match say {
        Say::Json(code, json) => (status(code), axum::Json(json)).into_response(),
        Say::Text(code, text) => (status(code), text).into_response(),
        Say::Wait(code, seconds, json) => (status(code), [("retry-after", seconds)], axum::Json(json)).into_response(),
        Say::Nothing => std::future::pending().await,
    }
}

/// An access token, as "Refreshing tokens" shows it.
pub fn grant(token: &str, seconds: u32) -> Say {
    Say::Json(200, json!({"access_token": token, "token_type": "Bearer", "scope": "user-modify-playback-state", "expires_in": seconds}))
}

/// A "regular error object"; the player's have a reason.
pub fn refused(status: u16, message: &str, reason: Option<&str>) -> Say {
    let mut error = json!({"status": status, "message": message});
    if let Some(reason) = reason {
        error["reason"] = reason.into();
    }
    Say::Json(status, json!({"error": error}))
}

/// A `TrackObject`, with what an app in development mode still gets of it.
pub fn track_json(id: &str, title: &str) -> Value {
    let named = |kind: &str, id: &str, name: &str| {
        json!({"external_urls": {"spotify": format!("https://open.spotify.com/{kind}/{id}")}, "href": "", "id": id, "name": name,
            "type": kind, "uri": format!("spotify:{kind}:{id}")})
    };
    let mut album = named("album", "2up3OPMp9Tb4dAKM2erWXQ", "Discovery");
    album["images"] = json!([{"url": "https://i.scdn.co/image/ab67616d00001e02ff9ca10b55ce82ae553c8228", "height": 300, "width": 300}]);
    let mut track = named("track", id, title);
    track["album"] = album;
    track["artists"] =
        json!([named("artist", "4tZwfgrHOc3mvqYlEYSvVi", "Daft Punk"), named("artist", "4D75GcNG95ebPtNvoNVXhz", "Romanthony")]);
    track["disc_number"] = 1.into();
    track["duration_ms"] = 320_357.into();
    track["explicit"] = true.into();
    track["is_local"] = false.into();
    track
}
