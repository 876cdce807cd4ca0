//! What Spotify's answers look like on the wire, and how they become this crate's own types.
//!
//! Only what is used is read; everything that the reference doesn't mark as always there may be missing. What doesn't fit is
//! named by its place, never by its value: an answer of the accounts service holds tokens.

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::SpotifyError;
use crate::track::{Track, TrackUri};

/// An access token ("Refreshing tokens").
#[derive(Deserialize)]
pub(crate) struct Grant {
    pub access_token: String,
    /// Seconds.
    pub expires_in: u32,
    pub refresh_token: Option<String>,
}

/// "Authentication error object".
#[derive(Deserialize)]
pub(crate) struct GrantError {
    pub error: String,
}

/// The player's reasons that pass with what it plays.
const AS_THINGS_STAND: [&str; 11] = [
    "NO_PREV_TRACK",
    "NO_NEXT_TRACK",
    "NO_SPECIFIC_TRACK",
    "ALREADY_PAUSED",
    "NOT_PAUSED",
    "NOT_PLAYING_LOCALLY",
    "NOT_PLAYING_TRACK",
    "NOT_PLAYING_CONTEXT",
    "ENDLESS_CONTEXT",
    "CONTEXT_DISALLOW",
    "ALREADY_PLAYING",
];

/// "Regular error object", inside of `error`.
#[derive(Default, Deserialize)]
pub(crate) struct Refusal {
    #[serde(default)]
    message: String,
    pub reason: Option<String>,
}

impl Refusal {
    /// What an answer says of what went wrong; nothing where a gateway's page of HTML came instead.
    pub(crate) fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: Refusal,
        }
        serde_json::from_slice::<Body>(body).map(|body| body.error).unwrap_or_default()
    }

    /// Whether the player refuses for how things stand, and not the API for good.
    pub(crate) fn is_of_the_player(&self) -> bool {
        self.message.starts_with("Player command failed") || self.reason.as_deref().is_some_and(|reason| AS_THINGS_STAND.contains(&reason))
    }
}

/// "`TrackObject`".
#[derive(Deserialize)]
pub(crate) struct RawTrack {
    /// A file of the listener's own has none.
    id: Option<String>,
    name: String,
    artists: Vec<Named>,
    album: Named,
    duration_ms: u32,
    #[serde(default)]
    explicit: bool,
    is_playable: Option<bool>,
    restrictions: Option<Restrictions>,
    linked_from: Option<Linked>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Restrictions {
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Linked {
    id: Option<String>,
}

impl RawTrack {
    /// The track; none where it isn't of the catalogue.
    pub(crate) fn track(self, place: &str) -> Result<Option<Track>, SpotifyError> {
        let Some(id) = self.id else { return Ok(None) };
        let uri = TrackUri::from_id(&id).ok_or_else(|| wrong(&format!("{place}.id"), "not 22 letters and digits"))?;
        Ok(Some(Track {
            uri,
            title: self.name,
            artists: self.artists.into_iter().map(|artist| artist.name).collect(),
            album: self.album.name,
            duration: SignedDuration::from_millis(i64::from(self.duration_ms)),
            explicit: self.explicit,
            playable: self.is_playable,
            restriction: self.restrictions.and_then(|restrictions| restrictions.reason),
            requested: self.linked_from.and_then(|linked| TrackUri::from_id(&linked.id?)),
        }))
    }
}

/// An answer of a search for tracks.
#[derive(Deserialize)]
pub(crate) struct RawFound {
    pub tracks: RawPage,
}

/// One page of it. An item may be `null`.
#[derive(Deserialize)]
pub(crate) struct RawPage {
    pub items: Vec<Option<RawTrack>>,
}

/// "Get Playback State".
#[derive(Deserialize)]
pub(crate) struct RawPlayback {
    pub device: RawDevice,
    pub is_playing: bool,
    pub progress_ms: Option<u32>,
    /// A track, an episode, something newer, or nothing during an advertisement.
    pub item: Option<Value>,
}

/// "Get Available Devices".
#[derive(Deserialize)]
pub(crate) struct RawDevices {
    pub devices: Vec<RawDevice>,
}

/// "`DeviceObject`".
#[derive(Deserialize)]
pub(crate) struct RawDevice {
    pub id: Option<String>,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub is_active: bool,
    pub is_restricted: bool,
    pub volume_percent: Option<u8>,
    pub supports_volume: Option<bool>,
}

/// Reads a JSON text as one of these; `what` is what it is of.
pub(crate) fn read_json<A: DeserializeOwned>(body: &[u8], what: &str) -> Result<A, SpotifyError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        // Of a text that breaks off the path says nothing.
        let place = if error.inner().is_data() { format!("{what}.{}", error.path()) } else { what.to_owned() };
        wrong(&place, category(error.inner()))
    })?;
    json.end().map_err(|error| wrong(what, category(&error)))?;
    Ok(read)
}

/// Reads a part of a text that was read already; `place` is where it stood.
pub(crate) fn read_value<A: DeserializeOwned>(value: Value, place: &str) -> Result<A, SpotifyError> {
    serde_path_to_error::deserialize(value).map_err(|error| wrong(&format!("{place}.{}", error.path()), category(error.inner())))
}

pub(crate) fn wrong(place: &str, what: &str) -> SpotifyError {
    // A path of `.` is the whole.
    SpotifyError::Unexpected { what: format!("`{}`: {what}", place.trim_end_matches('.')) }
}

/// What is wrong, without serde's words for it: those quote what they found.
fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Io | serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Data => "missing, or not of the type or range that the reference says",
    }
}
