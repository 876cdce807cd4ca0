//! What people may type as a value that reaches a host: checked here by name, before anything is sent, and again by the document's
//! `allowedPattern`.
//!
//! Each kind of value names the few characters that it is made of. So shell metacharacters, line breaks, letters that only look like
//! others and values that a program would take for an option have no way in, whatever shell or program is at the other end.

use jiff::SignedDuration;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::catalog::RunbookParameter;
use crate::ids::HostId;

/// The longest value that is taken, unless its kind says less.
pub const LONGEST: usize = 200;

/// As SSM's `allowedPattern` of units has it: 100 characters.
const LONGEST_UNIT: usize = 100;
const LONGEST_PATTERN: usize = 100;

/// As far back as logs are read.
pub const LONGEST_SINCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// As long as logs are followed.
pub const LONGEST_FOLLOW: SignedDuration = SignedDuration::from_mins(10);
/// As many lines as are asked for at once.
pub const MOST_LINES: u16 = 5000;

/// Why a value isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Amiss {
    /// Nothing was given.
    #[error("is empty")]
    Empty,
    /// Too long.
    #[error("has {length} characters; {most} are the most")]
    TooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// A program would take it for an option.
    #[error("begins with `-`, which a program could take for an option")]
    Option,
    /// A line break, or another character that isn't shown.
    #[error("holds a character that isn't shown (U+{:04X})", u32::from(*.0))]
    Control(char),
    /// A letter that is easily taken for another one.
    #[error("holds `{seen}` (U+{:04X}), which only looks like `{like}`", u32::from(*.seen))]
    LooksLike {
        /// The letter.
        seen: char,
        /// What it looks like.
        like: char,
    },
    /// A letter beyond plain ASCII.
    #[error("holds `{seen}` (U+{:04X}); only plain letters, digits and {allowed} may be in it", u32::from(*.seen))]
    Foreign {
        /// The letter.
        seen: char,
        /// What may be in it.
        allowed: &'static str,
    },
    /// A character that means something to a shell, or just isn't one of this kind's.
    #[error("can't hold `{0}`; only letters, digits and {1} may be in it")]
    Character(char, &'static str),
    /// None of what may be chosen.
    #[error("is none of {}", .0.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "))]
    Choice(Vec<String>),
    /// Not of the shape that the catalog asks for.
    #[error("doesn't have the shape that the catalog asks for: `{0}`")]
    Shape(String),
    /// Not what it should be at all.
    #[error("{0}")]
    Kind(&'static str),
}

/// What a kind of value is made of besides letters and digits, and how that is said.
struct Alphabet {
    more: &'static str,
    said: &'static str,
    most: usize,
}

const UNIT: Alphabet = Alphabet { more: "_.@-", said: "`_ . @ -`", most: LONGEST_UNIT };
const PATTERN: Alphabet = Alphabet { more: " _.:/=,@%+*^[]-", said: "space and `_ . : / = , @ % + * ^ [ ] -`", most: LONGEST_PATTERN };
const FREE: Alphabet = Alphabet { more: " _.:/=,@%+-", said: "space and `_ . : / = , @ % + -`", most: LONGEST };
const HOST: Alphabet = Alphabet { more: "-.", said: "`- .`", most: 64 };

/// Letters that are easily taken for plain ones, or for what a shell understands.
fn looks_like(c: char) -> Option<char> {
    Some(match c {
        // Full-width forms lie as ASCII does.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{02b9}' | '\u{02bc}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => '"',
        '\u{037e}' | '\u{061b}' | '\u{204f}' => ';',
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => '/',
        '\u{01c0}' | '\u{2223}' | '\u{2758}' => '|',
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2024}' | '\u{0701}' | '\u{0702}' => '.',
        '\u{2236}' | '\u{a789}' | '\u{0589}' => ':',
        '\u{0430}' | '\u{03b1}' | '\u{0251}' => 'a',
        '\u{0441}' | '\u{03f2}' => 'c',
        '\u{0501}' => 'd',
        '\u{0435}' | '\u{212e}' => 'e',
        '\u{0456}' | '\u{0131}' | '\u{03b9}' => 'i',
        '\u{0458}' => 'j',
        '\u{043e}' | '\u{03bf}' | '\u{0585}' => 'o',
        '\u{0440}' | '\u{03c1}' => 'p',
        '\u{0455}' => 's',
        '\u{0445}' => 'x',
        '\u{0443}' => 'y',
        _ => return None,
    })
}

impl Alphabet {
    fn check(&self, text: &str) -> Result<(), Amiss> {
        if text.is_empty() {
            return Err(Amiss::Empty);
        }
        if text.starts_with('-') {
            return Err(Amiss::Option);
        }
        for c in text.chars() {
            if c.is_ascii_alphanumeric() || self.more.contains(c) {
                continue;
            }
            return Err(match looks_like(c) {
                Some(like) => Amiss::LooksLike { seen: c, like },
                None if is_invisible(c) => Amiss::Control(c),
                None if c.is_ascii() => Amiss::Character(c, self.said),
                None => Amiss::Foreign { seen: c, allowed: self.said },
            });
        }
        let length = text.len();
        if length > self.most {
            return Err(Amiss::TooLong { length, most: self.most });
        }
        Ok(())
    }
}

/// Controls, and what changes how text is shown without being shown itself.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A host's id, or the name that it gives itself.
pub fn host(text: &str) -> Result<String, Amiss> {
    HOST.check(text)?;
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(Amiss::Kind("begins with a dot; a host's name doesn't"));
    }
    Ok(text.to_owned())
}

/// Whether it is an id of Systems Manager ("`SendCommand`", `InstanceIds`), as opposed to a name.
pub fn host_id(text: &str) -> Option<HostId> {
    let code = text.strip_prefix("i-").filter(|code| matches!(code.len(), 8 | 17));
    let code = code.or_else(|| text.strip_prefix("mi-").filter(|code| code.len() == 17))?;
    code.chars().all(|c| c.is_ascii_hexdigit()).then(|| HostId::new(text))
}

/// A systemd unit.
pub fn unit(text: &str) -> Result<String, Amiss> {
    UNIT.check(text)?;
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(Amiss::Kind("begins with something else than a letter or a digit"));
    }
    Ok(text.to_owned())
}

/// A regular expression that lines are searched for, whatever the case: what both `grep -iE` and this program understand alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grep(String);

impl Grep {
    /// Checks and takes it.
    pub fn parse(text: &str) -> Result<Self, Amiss> {
        PATTERN.check(text)?;
        if text.starts_with([' ', ',']) {
            return Err(Amiss::Kind("begins with a space or a comma"));
        }
        if Regex::new(text).is_err() {
            return Err(Amiss::Kind(
                "is no regular expression: a bracket isn't closed, or `*` or `+` stands where nothing can be repeated",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What tells whether a line fits.
    pub fn matcher(&self) -> impl Fn(&str) -> bool + use<> {
        let regex = Regex::new(&format!("(?i){}", self.0));
        // What was taken was a regular expression.
        move |line| regex.as_ref().is_ok_and(|regex| regex.is_match(line))
    }
}

impl TryFrom<String> for Grep {
    type Error = Amiss;

    fn try_from(text: String) -> Result<Self, Amiss> {
        Self::parse(&text)
    }
}

impl From<Grep> for String {
    fn from(grep: Grep) -> Self {
        grep.0
    }
}

/// How many hosts at once: a number, or a share of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Batch {
    /// So many.
    Hosts(u16),
    /// So many of a hundred.
    Percent(u8),
}

impl Batch {
    /// Reads `1` or `25%`.
    pub fn parse(text: &str) -> Result<Self, Amiss> {
        let wrong = Amiss::Kind("is no batch; write a number of hosts from 1 to 200, or a share such as `25%`");
        let is_number = |digits: &str| !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
        let read = match text.strip_suffix('%') {
            Some(share) if is_number(share) => share.parse().ok().filter(|share| (1..=100).contains(share)).map(Self::Percent),
            None if is_number(text) => text.parse().ok().filter(|hosts| (1..=200).contains(hosts)).map(Self::Hosts),
            _ => None,
        };
        read.ok_or(wrong)
    }
}

impl std::fmt::Display for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hosts(hosts) => write!(f, "{hosts}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl TryFrom<String> for Batch {
    type Error = Amiss;

    fn try_from(text: String) -> Result<Self, Amiss> {
        Self::parse(&text)
    }
}

impl From<Batch> for String {
    fn from(batch: Batch) -> Self {
        batch.to_string()
    }
}

/// A span of time as it is typed, `15m`, within what is allowed.
pub fn span(text: &str, most: SignedDuration) -> Result<SignedDuration, Amiss> {
    let wrong = Amiss::Kind("is no span of time; write it as `30s`, `15m` or `2h`");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(|| wrong.clone())?;
    let (count, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong),
    };
    let count: i64 = count.parse().map_err(|_| wrong.clone())?;
    let span = count.checked_mul(seconds).filter(|seconds| *seconds > 0).map(SignedDuration::from_secs).ok_or(wrong)?;
    if span > most {
        return Err(Amiss::Kind("is too long a time; logs are read for 7 days back and followed for 10 minutes at most"));
    }
    Ok(span)
}

/// A number of lines.
pub fn lines(text: &str) -> Result<u16, Amiss> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    let read = if is_number { text.parse().ok().filter(|lines| (1..=MOST_LINES).contains(lines)) } else { None };
    read.ok_or(Amiss::Kind("is no number of lines from 1 to 5000"))
}

/// The name of a runbook's parameter.
pub fn key(text: &str) -> Result<&str, Amiss> {
    UNIT.check(text)?;
    Ok(text)
}

/// A value for a runbook's free parameter.
pub fn runbook(text: &str, parameter: &RunbookParameter) -> Result<String, Amiss> {
    FREE.check(text)?;
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(Amiss::Kind("begins or ends with a space"));
    }
    // It becomes one of several values in a text that is split at spaces: a second word would be a variable that nobody allowed. What the
    // catalog itself offers as a choice it may say.
    if parameter.into.is_some() && parameter.choices.is_empty() && text.contains(|c: char| c.is_whitespace() || c == '=') {
        return Err(Amiss::Kind("can't hold a space or `=`: it is one value among several, and what follows would be another one"));
    }
    if !parameter.choices.is_empty() && !parameter.choices.iter().any(|choice| choice == text) {
        return Err(Amiss::Choice(parameter.choices.clone()));
    }
    if let Some(pattern) = &parameter.pattern {
        // The catalog's check has seen that it is one; a pattern that can't be read lets nothing through.
        let fits = whole(pattern).is_ok_and(|regex| regex.is_match(text));
        if !fits {
            return Err(Amiss::Shape(pattern.clone()));
        }
    }
    Ok(text.to_owned())
}

/// A pattern that has to fit the whole of a value.
pub(crate) fn whole(pattern: &str) -> Result<Regex, regex_lite::Error> {
    Regex::new(&format!("^(?:{pattern})$"))
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
