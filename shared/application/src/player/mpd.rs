//! Music Player Daemon on a host, through the stack's document `dj` (`infra/documents/dj.yaml`, which says what it takes and prints).
//!
//! What people typed and what tags say goes to the host as base64url of its UTF-8, in one argument; the document decodes it and hands it on as one
//! argument of `mpc`. What the host prints is JSON, one object a line, and is read as text from outside.

use std::collections::BTreeMap;

use opsroom_domain::catalog::TargetHosts;
use opsroom_domain::dj::{Errand, Fit, PlayerAnswer, PlayerAsk, PlayerStatus, Sound, Track};
use opsroom_domain::operation::{HostStatus, HostTarget, Sight};
use serde::Deserialize;

use crate::ports::{Order, Printed};

/// The document's name without the stack's.
pub const DOCUMENT: &str = "dj";
/// As the document takes it.
const LONGEST_ARGUMENT: usize = 1400;

/// What is sent to the host for an errand.
pub fn order(errand: &Errand, document: String, hosts: &TargetHosts) -> Order {
    let (action, argument) = asked(&errand.ask);
    let mut parameters = BTreeMap::from([("Action".to_owned(), vec![action.to_owned()])]);
    if !argument.is_empty() {
        parameters.insert("Argument".to_owned(), vec![base64url(&argument)]);
    }
    Order {
        document,
        target: HostTarget::Tags(hosts.tags.clone()),
        parameters,
        concurrency: "1".to_owned(),
        errors: "0".to_owned(),
        comment: format!("opsroom {}", errand.id),
        not_before: errand.at,
    }
}

fn asked(ask: &PlayerAsk) -> (&'static str, String) {
    match ask {
        PlayerAsk::Search { words } => ("search", words.clone()),
        PlayerAsk::Play { uri } => ("play", uri.clone()),
        PlayerAsk::Enqueue { uri } => ("enqueue", uri.clone()),
        PlayerAsk::Next => ("next", String::new()),
        PlayerAsk::Stop => ("stop", String::new()),
        PlayerAsk::Resume => ("resume", String::new()),
        PlayerAsk::Volume { percent } => ("volume", percent.to_string()),
        PlayerAsk::Status => ("status", String::new()),
    }
}

/// Base64 with the alphabet for addresses and without padding (RFC 4648, section 5); what is longer than the document takes is cut between
/// characters.
fn base64url(text: &str) -> String {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut end = text.len();
    loop {
        let encoded = engine.encode(text.get(..end).unwrap_or_default());
        if encoded.len() <= LONGEST_ARGUMENT || end == 0 {
            return encoded;
        }
        end -= 1;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
    }
}

/// What came of a command, as far as Systems Manager tells without what was printed; `None` while it isn't over or that is to be read.
pub fn answer(sight: &Sight) -> Option<PlayerAnswer> {
    let off = |why: &str| Some(PlayerAnswer::Off { why: why.to_owned() });
    match sight.hosts.as_slice() {
        [] if sight.over => off("no host with the player's tags answers Systems Manager"),
        [] => None,
        [host] => match host.status {
            HostStatus::TimedOut => off("its host doesn't answer Systems Manager"),
            HostStatus::Cancelled => off("the command was cancelled"),
            _ => None,
        },
        several => off(&format!("{} hosts have the player's tags, and one is to play", several.len())),
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Found { fit: String },
    Track(Told),
    Status { state: String, elapsed: u32, volume: Option<u8>, error: Option<String> },
    Current(Told),
    Next(Told),
    Refused { reason: String },
    Off { reason: String },
}

#[derive(Deserialize)]
struct Told {
    file: String,
    artist: String,
    title: String,
    album: String,
    seconds: Option<u32>,
}

impl Told {
    fn track(&self) -> Option<Track> {
        Track::new(&self.file, &self.artist, &self.title, &self.album, self.seconds)
    }
}

/// What the host printed. Lines that are nothing of the document's are passed over; without any that is, the player is off, for all that is known.
pub fn read(printed: &Printed) -> PlayerAnswer {
    let mut found: Option<(Fit, Vec<Track>)> = None;
    let mut status: Option<PlayerStatus> = None;
    for line in printed.output.lines().filter_map(|line| serde_json::from_str::<Line>(line.trim()).ok()) {
        match line {
            Line::Off { reason } => return PlayerAnswer::Off { why: reason },
            Line::Refused { reason } => return PlayerAnswer::Refused { why: reason },
            Line::Found { fit } => found = Some((if fit == "all" { Fit::All } else { Fit::Some }, Vec::new())),
            Line::Track(told) => {
                if let Some((_, tracks)) = &mut found {
                    tracks.extend(told.track());
                }
            }
            Line::Status { state, elapsed, volume, error } => {
                let sound = match state.as_str() {
                    "playing" => Sound::Playing,
                    "paused" => Sound::Paused,
                    _ => Sound::Stopped,
                };
                status = Some(PlayerStatus { sound, current: None, next: None, elapsed_seconds: elapsed, volume, error });
            }
            Line::Current(told) => {
                if let Some(status) = &mut status {
                    status.current = told.track();
                }
            }
            Line::Next(told) => {
                if let Some(status) = &mut status {
                    status.next = told.track();
                }
            }
        }
    }
    match (found, status) {
        (Some((fit, tracks)), _) => PlayerAnswer::Found { fit, tracks },
        (None, Some(status)) => PlayerAnswer::Status(status),
        (None, None) => PlayerAnswer::Off { why: "its host says nothing that could be understood".to_owned() },
    }
}

#[cfg(test)]
#[path = "mpd_tests.rs"]
mod tests;
