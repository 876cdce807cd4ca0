//! What was read of a log, as far as it is kept: the end of it, and how much there was.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::HostId;
use crate::pipeline_execution::{MASK, masked_line, readable, without_keys};

/// So many lines are shown in a message, and no more characters; Slack takes 3000 in a block.
const LINES_SHOWN: usize = 30;
const CHARACTERS_SHOWN: usize = 2600;
/// A line that is longer is cut: nobody reads it in a room.
const LONGEST_LINE: usize = 400;

/// So much of a line is shown at most.
const MASKED: usize = 2000;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written, where that is told.
    pub at: Option<Timestamp>,
    /// On which host, where there are several.
    pub host: Option<String>,
    /// What it says.
    pub text: String,
}

/// What was read of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// From when.
    pub from: Timestamp,
    /// Until when: later lines come in a later reading.
    pub read_until: Timestamp,
    /// The last lines, as they may be shown.
    pub tail: Vec<String>,
    /// How many there were.
    pub lines: u64,
    /// Whether the lines that are shown were cut, or are fewer than there were.
    pub cut: bool,
    /// What could not be read, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<String>,
    /// The last line's time on each host, by the host's own clock: what it writes next is later.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub last: BTreeMap<HostId, Timestamp>,
    /// Where the journal of the one host that is read goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What one reading adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The lines, oldest first, masked.
    pub lines: Vec<String>,
    /// Until when was read.
    pub read_until: Timestamp,
    /// What could not be read.
    pub bound: Option<String>,
    /// The last line's time on each host.
    pub last: BTreeMap<HostId, Timestamp>,
    /// Where the journal of the one host that is read goes on.
    pub cursor: Option<String>,
}

/// What a host's journal was read to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    /// The lines, oldest first; what is obviously a secret is masked.
    pub lines: Vec<LogLine>,
    /// How many more there were.
    pub omitted: u64,
    /// Where it goes on.
    pub cursor: Option<String>,
}

impl Journal {
    /// Reads what `read-journal` and `follow-journal` print.
    pub fn read(host: Option<&str>, output: &str) -> Self {
        let mut journal = Self::default();
        let mut stream = String::new();
        for line in output.lines().filter_map(|line| serde_json::from_str::<Value>(line.trim()).ok()) {
            match line["kind"].as_str() {
                Some("journal") => {
                    journal.omitted = line["omitted"].as_u64().unwrap_or(0);
                    journal.cursor = line["cursor"].as_str().filter(|cursor| is_cursor(cursor)).map(str::to_owned);
                }
                Some("line") => {
                    #[expect(clippy::cast_possible_truncation, reason = "microseconds since 1970 fit for a long time to come")]
                    let at = line["at"].as_f64().and_then(|at| Timestamp::from_microsecond((at * 1e6).round() as i64).ok());
                    let text = line["text"].as_str().unwrap_or_default();
                    // As one stream, so that a key that lies over several lines is seen as one.
                    match at {
                        Some(at) => stream.push_str(&event(at, text)),
                        None => stream.extend([text, "\n"]),
                    }
                }
                _ => {}
            }
        }
        journal.lines = lines_of(host, &stream);
        journal
    }
}

/// What `follow-journal` takes for a cursor.
fn is_cursor(text: &str) -> bool {
    text.len() <= 512
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "=;_-".contains(c))
}

impl LogState {
    /// Nothing read yet.
    pub fn new(from: Timestamp, read_until: Timestamp) -> Self {
        Self { from, read_until, tail: Vec::new(), lines: 0, cut: false, bound: None, last: BTreeMap::new(), cursor: None }
    }

    /// Adds what was read.
    pub(super) fn add(&mut self, addition: Addition) {
        self.lines += addition.lines.len() as u64;
        self.read_until = self.read_until.max(addition.read_until);
        self.bound = addition.bound.or(self.bound.take());
        self.cursor = addition.cursor.or(self.cursor.take());
        for (host, at) in addition.last {
            let known = self.last.entry(host).or_insert(at);
            *known = at.max(*known);
        }
        for line in addition.lines {
            let short: String = line.chars().take(LONGEST_LINE).collect();
            self.cut |= short.len() < line.len();
            self.tail.push(short);
        }
        let mut left = CHARACTERS_SHOWN;
        let fits = |line: &&String| {
            left = left.saturating_sub(line.chars().count() + 1);
            left > 0
        };
        let kept = self.tail.iter().rev().take(LINES_SHOWN).take_while(fits).count();
        self.cut |= kept < self.tail.len();
        self.tail.drain(..self.tail.len() - kept);
    }

    /// Whether a message shows less than there is.
    pub fn is_longer_than_shown(&self) -> bool {
        self.cut
    }
}

/// The lines of one stream, as [`event`] writes them: `<seconds> <what it says>`. What is obviously a
/// secret is masked before the lines are taken apart, because a key has several.
pub fn lines_of(host: Option<&str>, stream: &str) -> Vec<LogLine> {
    let mut last = None;
    let line = |text: &str| {
        let (at, said) = match text.split_once(' ').and_then(|(first, rest)| Some((moment(first)?, rest))) {
            Some((at, rest)) => (Some(at), rest),
            None => (last, text),
        };
        last = at;
        LogLine { at, host: host.map(str::to_owned), text: said.to_owned() }
    };
    readable(stream).lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

/// The lines of one stream in which something is found, or all: without keys, of which no line comes through alone, and masked before they are
/// looked through, so that what isn't shown can't be guessed by searching for it.
pub fn found_in(stream: &str, masks: &Masks, fits: Option<&impl Fn(&str) -> bool>) -> Vec<(Timestamp, String)> {
    let mut last = None;
    let line = |line: String| {
        let (at, said) = match line.split_once(' ').and_then(|(first, rest)| Some((moment(first)?, rest.to_owned()))) {
            Some((at, said)) => (at, said),
            // What stands for a key.
            None => (last?, line),
        };
        last = Some(at);
        // Whatever is shown is masked then; most lines of a search don't fit, and need no masking.
        let Some(fits) = fits else { return Some((at, said)) };
        if !fits(&said) {
            return None;
        }
        let masked = masks.apply(masked_line(&said));
        fits(&masked).then(|| (at, masked.chars().take(MASKED).collect()))
    };
    without_keys(stream).into_iter().filter_map(line).collect()
}

/// An event of a log group as lines of a stream.
pub fn event(at: Timestamp, message: &str) -> String {
    let stamp = format!("{}.{:06}", at.as_second(), at.subsec_microsecond());
    let mut stream = String::new();
    for line in message.lines() {
        stream.extend([stamp.as_str(), " ", line, "\n"]);
    }
    stream
}

/// `1790000000.123456`
fn moment(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if seconds.len() != 10 || !is_number(seconds) || !is_number(fraction) || fraction.len() > 9 {
        return None;
    }
    let nanoseconds: i32 = format!("{fraction:0<9}").parse().ok()?;
    Timestamp::new(seconds.parse().ok()?, nanoseconds).ok()
}

/// What the catalog wants masked, besides what is obviously a secret.
#[derive(Debug, Default)]
pub struct Masks(Vec<regex_lite::Regex>);

impl Masks {
    /// Those that can be read; the catalog's check has seen that all can.
    pub fn of(patterns: &[String]) -> Self {
        Self(patterns.iter().filter_map(|pattern| regex_lite::Regex::new(pattern).ok()).collect())
    }

    /// A line as it may be shown.
    pub fn apply(&self, line: String) -> String {
        self.0.iter().fold(line, |line, mask| mask.replace_all(&line, MASK).into_owned())
    }

    /// Whether something is still found in a line where whatever is masked can't be seen.
    pub fn leave_found(&self, line: &str, fits: &impl Fn(&str) -> bool) -> bool {
        let masked = self.apply(line.to_owned());
        // What is found where nothing is masked was found by whoever looked, whose expressions may know more.
        !masked.contains(MASK) || fits(&masked)
    }
}

/// Lines of several hosts as one log, by time; of each host in its own order.
pub fn merged(mut lines: Vec<LogLine>, masks: &Masks) -> Vec<String> {
    lines.sort_by_key(|line| line.at);
    let text = |line: LogLine| {
        let masked = masks.apply(line.text);
        let host = line.host.map(|host| format!("{host} ")).unwrap_or_default();
        let at = line.at.map(|at| format!("{} ", at.strftime("%H:%M:%S"))).unwrap_or_default();
        format!("{at}{host}{masked}")
    };
    lines.into_iter().map(text).collect()
}
