//! The catalogue: finding a track by words, and looking one up.

use reqwest::Method;

use crate::answers::{RawFound, RawTrack, read_json};
use crate::call::{Call, Effect};
use crate::client::Spotify;
use crate::error::SpotifyError;
use crate::track::{Track, TrackUri};

/// As many results one search gives to an app in development mode, since February 2026.
pub const LARGEST_SEARCH: u8 = 10;

/// A country by its two letters (ISO 3166-1 alpha-2), where tracks are to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market([u8; 2]);

impl Market {
    /// The market of a code such as `DE`, in either case.
    pub fn new(code: &str) -> Result<Self, SpotifyError> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()])),
            _ => Err(SpotifyError::Invalid { what: format!("`{code}` is no market: two letters such as `DE` would be") }),
        }
    }

    /// Its two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Spotify {
    /// The tracks that fit words best, best first; none where nothing does. `limit` is brought into 1 to [`LARGEST_SEARCH`].
    /// ("Search for Item", `developer.spotify.com/documentation/web-api/reference/search`.)
    pub async fn search(&self, words: &str, limit: u8) -> Result<Vec<Track>, SpotifyError> {
        let words = words.trim();
        if words.is_empty() {
            return Err(SpotifyError::Invalid { what: "no words to search for: an artist, a title, or both would be".into() });
        }
        let limit = limit.clamp(1, LARGEST_SEARCH).to_string();
        let query = self.with_market([("q", words), ("type", "track"), ("limit", &limit)]);
        let answer = self.call(&Call { method: Method::GET, path: &["search"], query, body: None, effect: Effect::Sets }).await?;
        let found: RawFound = read_json(&answer.body, "search")?;
        let items = found.tracks.items.into_iter().enumerate();
        items.filter_map(|(nth, item)| item?.track(&format!("search.tracks.items[{nth}]")).transpose()).collect()
    }

    /// A track of the catalogue. ("Get Track", `developer.spotify.com/documentation/web-api/reference/get-track`.)
    pub async fn track(&self, uri: &TrackUri) -> Result<Track, SpotifyError> {
        let query = self.with_market([]);
        let path = &["tracks", uri.id()];
        let answer = self.call(&Call { method: Method::GET, path, query, body: None, effect: Effect::Sets }).await?;
        read_json::<RawTrack>(&answer.body, "track")?.track("track")?.ok_or(SpotifyError::NotFound)
    }

    /// A query, and the market if there is one.
    pub(crate) fn with_market<'a, const N: usize>(&'a self, query: [(&'static str, &'a str); N]) -> Vec<(&'static str, &'a str)> {
        query.into_iter().chain(self.market.as_ref().map(|market| ("market", market.code()))).collect()
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
