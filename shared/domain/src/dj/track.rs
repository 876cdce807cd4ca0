//! A track of the player's library or of a music service. Its tags are anybody's text.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::song::undecorated;
use crate::ids::code;

/// A name is cut there, in bytes: what people see as one character may be any number of them, and a station has to fit an item of the table.
pub const LONGEST_NAME: usize = 160;
/// A player's address of a track is refused from there on, in bytes: cut, it would name something else. It is what the player's document
/// (`infra/documents/dj.yaml`) takes as an argument.
pub const LONGEST_URI: usize = 1050;

/// A track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// What the player calls it: a file of its library, `spotify:track:…`.
    pub uri: String,
    /// Who plays; may be empty.
    pub artist: String,
    /// What it is called; may be empty.
    pub title: String,
    /// What it is from; may be empty.
    pub album: String,
    /// How long it is; `None` for a stream.
    pub seconds: Option<u32>,
}

/// What makes two files the same song: votes, repeats, bans and the chart belong to the song. 80 bits of a hash of its name's words, so that a
/// key is short whatever the name is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackKey(String);

impl TrackKey {
    /// As text: 16 letters and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for TrackKey {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl std::fmt::Display for TrackKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Track {
    /// A track with names that are fit to be shown: no control characters, not longer than people read. `None` for one that can't be asked
    /// of a player: its address is empty, longer than [`LONGEST_URI`], or has control characters in it.
    pub fn new(uri: &str, artist: &str, title: &str, album: &str, seconds: Option<u32>) -> Option<Self> {
        let can_be_asked = !uri.is_empty() && uri.len() <= LONGEST_URI && !uri.chars().any(char::is_control);
        can_be_asked.then(|| Self { uri: uri.to_owned(), artist: shown(artist), title: shown(title), album: shown(album), seconds })
    }

    /// As people call it: `Artist – Title`.
    pub fn name(&self) -> String {
        match (self.artist.as_str(), self.title.as_str()) {
            ("", "") => shown(&self.uri),
            ("", title) => title.to_owned(),
            (artist, "") => artist.to_owned(),
            (artist, title) => format!("{artist} – {title}"),
        }
    }

    /// What makes it the same song as another: artist and title, whatever their case and marks, and whatever edition the file is of.
    pub fn key(&self) -> TrackKey {
        let name = match (self.artist.as_str(), self.title.as_str()) {
            // Without tags it is its file: two of them can't be known to be one song.
            ("", "") => self.uri.clone(),
            (artist, title) => [words(artist).join(" "), words(&undecorated(title)).join(" ")].join("\n"),
        };
        // Names of nothing but marks are names, too: "!!!", "÷".
        TrackKey(code(if name.trim().is_empty() { &self.uri } else { &name }, 16))
    }
}

/// A text as it can be shown and stored: no control characters, at most [`LONGEST_NAME`] bytes.
pub(super) fn shown(text: &str) -> String {
    cut(text, LONGEST_NAME)
}

/// At most so many bytes of a text on one line, without control characters, cut between what people see as characters.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        if start + grapheme.len() + '…'.len_utf8() > bytes {
            break;
        }
        end = start + grapheme.len();
    }
    format!("{}…", text.get(..end).unwrap_or_default().trim_end())
}

/// The words of a name, in lower case and without marks.
pub(super) fn words(text: &str) -> Vec<String> {
    text.to_lowercase().unicode_words().map(|word| word.replace(['\'', '’'], "")).filter(|word| !word.is_empty()).collect()
}
