//! Tracks and how they are named: the only thing of a link that is kept is the track's id, so nothing else of it can travel on.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use url::Url;

/// Where links of people lead to.
const SHARED: &str = "open.spotify.com";
/// "The base-62 identifier found at the end of the Spotify URI" has this many digits.
const DIGITS: usize = 22;

/// A track's name in Spotify ("Spotify URIs and IDs", `developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids`).
/// Prints as its URI, `spotify:track:` and the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackUri {
    id: String,
}

impl TrackUri {
    /// The track of an id: 22 letters and digits.
    pub fn from_id(id: &str) -> Option<Self> {
        (id.len() == DIGITS && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| Self { id: id.to_owned() })
    }

    /// The id, 22 letters and digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The page where anybody can listen to it.
    pub fn url(&self) -> String {
        format!("https://{SHARED}/track/{}", self.id)
    }
}

impl fmt::Display for TrackUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spotify:track:{}", self.id)
    }
}

/// A text that names no track of Spotify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a track of Spotify: `spotify:track:` or `https://open.spotify.com/track/` with the {DIGITS} letters and digits of its id would be"
)]
pub struct NotATrack;

impl FromStr for TrackUri {
    type Err = NotATrack;

    fn from_str(text: &str) -> Result<Self, NotATrack> {
        parse_link(text).ok_or(NotATrack)
    }
}

/// The track that a link or a URI means: `https://open.spotify.com/track/…`, with or without a language (`/intl-de/…`) and
/// whatever parameters sharing added, or `spotify:track:…`. Albums, episodes, playlists and other hosts are none.
pub fn parse_link(link: &str) -> Option<TrackUri> {
    let link = link.trim();
    if let Some(id) = link.strip_prefix("spotify:track:") {
        return TrackUri::from_id(id);
    }
    let url = Url::parse(link).ok()?;
    let theirs = matches!(url.scheme(), "https" | "http") && url.host_str() == Some(SHARED) && url.port().is_none();
    if !theirs || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let mut segments = url.path_segments()?.filter(|segment| !segment.is_empty()).peekable();
    segments.next_if(|segment| segment.strip_prefix("intl-").is_some_and(is_language));
    match (segments.next(), segments.next(), segments.next()) {
        (Some("track"), Some(id), None) => TrackUri::from_id(id),
        _ => None,
    }
}

/// `de`, `pt-BR` and the like.
fn is_language(tag: &str) -> bool {
    !tag.is_empty() && tag.len() <= 12 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A track of the catalogue ("Get Track", `developer.spotify.com/documentation/web-api/reference/get-track`). Its texts are the
/// label's: to be shown as plain text only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// What to play. With a market asked for, this may be another edition than the one asked for; see `requested`.
    pub uri: TrackUri,
    /// Its title.
    pub title: String,
    /// Who performs it, the main artist first.
    pub artists: Vec<String>,
    /// The album it is on.
    pub album: String,
    /// How long it is.
    pub duration: SignedDuration,
    /// Whether it is marked as having explicit lyrics; `false` also where nobody knows.
    pub explicit: bool,
    /// Whether it can be played in the market that was asked for; nothing is known where none was.
    pub playable: Option<bool>,
    /// Why it can't be played: `market`, `product`, `explicit`, or a reason that was added since.
    pub restriction: Option<String>,
    /// The track that was asked for, where Spotify put another edition in its place ("Track Relinking",
    /// `developer.spotify.com/documentation/web-api/concepts/track-relinking`).
    pub requested: Option<TrackUri>,
}

impl Track {
    /// The page where anybody can listen to it.
    pub fn url(&self) -> String {
        self.uri.url()
    }
}

#[cfg(test)]
#[path = "track_tests.rs"]
mod tests;
