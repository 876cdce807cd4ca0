//! Whether what the player found is what was meant.

use serde::{Deserialize, Serialize};

use super::track::{Track, TrackKey, words};

/// So many are offered to pick from: as many buttons as people read at a glance.
pub const MOST_OFFERED: usize = 5;

/// How well the tracks fit that a player found, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Each has all the words.
    All,
    /// Each has some of them, or something like them.
    Some,
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// This one is meant.
    One(Track),
    /// One of these may be meant; all fit.
    Several(Vec<Track>),
    /// None fits; these come nearest, the nearest first.
    Nearest(Vec<Track>),
    /// There is nothing like it.
    Nothing,
}

impl Fit {
    /// For a player that doesn't say how well its tracks fit: those that have all the words, or all of them if none has.
    pub fn of(asked: &str, found: Vec<Track>) -> (Self, Vec<Track>) {
        let asked = words(asked);
        let has_all = |track: &Track| {
            let mut known = words(&track.name());
            known.extend(words(&track.album));
            asked.iter().all(|word| known.contains(word))
        };
        if found.iter().any(has_all) { (Self::All, found.into_iter().filter(has_all).collect()) } else { (Self::Some, found) }
    }
}

/// Decides what is meant. A song that is there twice is one; a name that is said in full is meant, though longer ones have the same words.
pub fn meant(asked: &str, fit: Fit, found: &[Track]) -> Match {
    let mut keys: Vec<TrackKey> = Vec::new();
    let mut tracks: Vec<Track> = Vec::new();
    for track in found {
        let key = track.key();
        if !keys.contains(&key) {
            keys.push(key);
            tracks.push(track.clone());
        }
    }
    let asked = words(asked);
    match (fit, tracks.as_slice()) {
        (_, []) => Match::Nothing,
        (Fit::All, [only]) => Match::One(only.clone()),
        (Fit::All, several) => {
            let in_full: Vec<&Track> = several.iter().filter(|track| sorted(words(&track.name())) == sorted(asked.clone())).collect();
            if let [only] = in_full.as_slice() {
                return Match::One((*only).clone());
            }
            tracks.truncate(MOST_OFFERED);
            Match::Several(tracks)
        }
        (Fit::Some, _) => {
            let said = asked.join(" ");
            let likeness = |track: &Track| strsim::sorensen_dice(&said, &words(&track.name()).join(" "));
            tracks.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
            tracks.truncate(MOST_OFFERED);
            Match::Nearest(tracks)
        }
    }
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}
