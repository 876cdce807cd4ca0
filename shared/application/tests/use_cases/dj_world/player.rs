//! A player as the document `dj` makes one of mpd (`infra/documents/dj.yaml`): a list of which the first plays, and what was played leaves it.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Value, json};

/// Artist, title, seconds.
const LIBRARY: &[(&str, &str, u32)] = &[
    ("Daft Punk", "One More Time", 200),
    ("Daft Punk", "Around the World", 200),
    ("Daft Punk", "Aerodynamic", 200),
    ("Nina Simone", "Sinnerman", 200),
    ("Nina Simone", "Feeling Good", 200),
    ("Muse", "Feeling Good", 200),
    ("Queen", "Under Pressure", 200),
    ("Kraftwerk", "The Model", 200),
    ("Kraftwerk", "Computer Love", 200),
];

type Song = (&'static str, &'static str, u32);

pub struct Player {
    /// What plays or would, the current one first.
    list: Vec<Song>,
    state: &'static str,
    elapsed: u32,
    pub volume: u8,
    /// It isn't there, and says so.
    pub is_off: bool,
    /// It says nothing at all.
    pub is_lost: bool,
    /// It says nothing when it is asked that.
    pub loses: Option<&'static str>,
    /// Titles whose files are gone.
    pub missing: Vec<&'static str>,
    /// Titles whose files can't be decoded.
    pub broken: Vec<&'static str>,
    error: Option<String>,
    /// The titles that were heard from their start, in order.
    pub heard: Vec<&'static str>,
    /// What it was asked, with its argument.
    pub asked: Vec<String>,
}

impl Player {
    pub fn new() -> Self {
        Self {
            list: Vec::new(),
            state: "stopped",
            elapsed: 0,
            volume: 50,
            is_off: false,
            is_lost: false,
            loses: None,
            missing: Vec::new(),
            broken: Vec::new(),
            error: None,
            heard: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// The title that is heard now.
    pub fn plays(&self) -> Option<&'static str> {
        self.list.first().filter(|_| self.state == "playing").map(|(_, title, _)| *title)
    }

    /// It dies, and forgets what it played.
    pub fn dies(&mut self) {
        (self.is_off, self.state, self.elapsed) = (true, "stopped", 0);
        self.list.clear();
    }

    /// Time passes.
    pub fn passes(&mut self, mut seconds: u32) {
        while self.state == "playing" && seconds > 0 {
            let left = self.list[0].2 - self.elapsed;
            if seconds < left {
                self.elapsed += seconds;
                return;
            }
            seconds -= left;
            self.list.remove(0);
            self.start();
        }
    }

    fn start(&mut self) {
        self.elapsed = 0;
        while self.list.first().is_some_and(|(_, title, _)| self.broken.contains(title)) {
            self.error = Some("Failed to decode".to_owned());
            self.list.remove(0);
        }
        self.state = if self.list.is_empty() { "stopped" } else { "playing" };
        self.heard.extend(self.list.first().map(|(_, title, _)| *title));
    }

    /// Does what a command asks, and returns what the host prints.
    pub fn does(&mut self, parameters: &BTreeMap<String, Vec<String>>) -> String {
        let action = parameters["Action"][0].as_str();
        let argument = parameters.get("Argument").map_or_else(String::new, |argument| {
            let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
            String::from_utf8(engine.decode(&argument[0]).unwrap()).unwrap()
        });
        if self.is_off {
            return json!({"kind": "off", "reason": "connection refused"}).to_string();
        }
        self.asked.push(format!("{action} {argument}").trim().to_owned());
        let song = LIBRARY.iter().find(|song| argument == file(**song)).filter(|(_, title, _)| !self.missing.contains(title)).copied();
        match (action, song) {
            ("search", _) => return Self::found(&argument),
            ("play" | "enqueue", None) => return json!({"kind": "refused", "reason": "there is no such track"}).to_string(),
            ("play", Some(song)) => {
                self.error = None;
                self.list = vec![song];
                self.start();
            }
            ("enqueue", Some(song)) => {
                self.list.truncate(usize::from(self.state != "stopped"));
                self.list.push(song);
            }
            ("next", _) if self.state != "stopped" => {
                self.list.remove(0);
                self.start();
            }
            ("stop", _) if self.state == "playing" => self.state = "paused",
            ("resume", _) if self.state == "paused" => self.state = "playing",
            ("volume", _) => self.volume = argument.parse().unwrap(),
            _ => {}
        }
        self.status()
    }

    /// All tracks that have all of the words, else those that have some of their letters.
    fn found(words: &str) -> String {
        let words: Vec<String> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let name = |song: &&Song| format!("{} {}", song.0, song.1).to_lowercase();
        let all: Vec<&Song> = LIBRARY.iter().filter(|song| words.iter().all(|word| name(song).contains(word.as_str()))).collect();
        let (fit, found) = if all.is_empty() {
            let some = |song: &&Song| words.iter().any(|word| name(song).contains(word.get(..3).unwrap_or(word)));
            ("some", LIBRARY.iter().filter(some).collect())
        } else {
            ("all", all)
        };
        let first = json!({"kind": "found", "fit": fit, "tracks": found.len(), "omitted": 0});
        let tracks = found.into_iter().map(|song| Self::track("track", *song));
        std::iter::once(first).chain(tracks).map(|line| line.to_string()).collect::<Vec<_>>().join("\n")
    }

    fn status(&self) -> String {
        let stopped = self.state == "stopped";
        let status = json!({"kind": "status", "state": self.state, "position": 1, "length": self.list.len(), "elapsed": self.elapsed,
            "volume": self.volume, "error": self.error, "version": "0.23.12"});
        let current = self.list.first().filter(|_| !stopped).map(|song| Self::track("current", *song));
        let next = self.list.get(usize::from(!stopped)).map(|song| Self::track("next", *song));
        std::iter::once(status).chain(current).chain(next).map(|line| line.to_string()).collect::<Vec<_>>().join("\n")
    }

    fn track(kind: &str, (artist, title, seconds): Song) -> Value {
        json!({"kind": kind, "file": file((artist, title, seconds)), "artist": artist, "title": title, "album": "", "seconds": seconds})
    }
}

fn file((artist, title, _): Song) -> String {
    format!("{artist}/{title}.flac")
}
