//! The `@ref` of a deployment: a commit, tag, branch or version, as typed.

use serde::{Deserialize, Serialize};

/// The longest revision that is taken. Git's own limit on ref names is the file system's 255; commits and tags are far shorter.
pub const LONGEST: usize = 200;

/// A revision as the person typed it, checked to be harmless as an API parameter and as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Revision(String);

/// Why a text is no revision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRevision {
    /// Nothing after the `@`.
    #[error("a revision is missing after `@`")]
    Empty,
    /// Longer than [`LONGEST`].
    #[error("a revision has at most {LONGEST} characters, this one has {0}")]
    TooLong(usize),
    /// Would be read as an option by a command line tool.
    #[error("a revision can't start with `-`")]
    LooksLikeAFlag,
    /// A character outside of what commits, tags and branches use.
    #[error("`{0}` can't be in a revision: letters, digits and . _ / + - are")]
    Character(char),
}

impl Revision {
    /// Checks and takes a revision.
    pub fn parse(text: &str) -> Result<Self, InvalidRevision> {
        let length = text.chars().count();
        if length == 0 {
            return Err(InvalidRevision::Empty);
        }
        if length > LONGEST {
            return Err(InvalidRevision::TooLong(length));
        }
        if text.starts_with('-') {
            return Err(InvalidRevision::LooksLikeAFlag);
        }
        let harmless = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '+' | '-');
        match text.chars().find(|c| !harmless(c)) {
            Some(character) => Err(InvalidRevision::Character(character)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The revision as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: a full commit id is cut to its first seven digits, anything else stays.
    pub fn short(&self) -> &str {
        let is_commit = self.0.len() == 40 && self.0.bytes().all(|b| b.is_ascii_hexdigit());
        if is_commit { &self.0[..7] } else { &self.0 }
    }
}

impl TryFrom<String> for Revision {
    type Error = InvalidRevision;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Revision> for String {
    fn from(revision: Revision) -> Self {
        revision.0
    }
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_git_names_and_nothing_a_shell_would_mind() {
        for good in ["main", "v1.2.3", "release/2026-11", "4f9c2d1", "1.0.0+build.5"] {
            assert_eq!(Revision::parse(good).map(String::from), Ok(good.to_owned()));
        }
        let bad = [
            ("", InvalidRevision::Empty),
            ("-rf", InvalidRevision::LooksLikeAFlag),
            ("a b", InvalidRevision::Character(' ')),
            ("$(id)", InvalidRevision::Character('$')),
            ("a\nb", InvalidRevision::Character('\n')),
            ("ｍain", InvalidRevision::Character('ｍ')),
        ];
        for (text, why) in bad {
            assert_eq!(Revision::parse(text), Err(why), "{text:?}");
        }
        assert_eq!(Revision::parse(&"a".repeat(201)), Err(InvalidRevision::TooLong(201)));
    }

    #[test]
    fn only_a_full_commit_id_is_shortened() {
        let short = |text: &str| Revision::parse(text).map(|r| r.short().to_owned());
        assert_eq!(short("0123456789abcdef0123456789abcdef01234567"), Ok("0123456".into()));
        assert_eq!(short("release/2026-11"), Ok("release/2026-11".into()));
    }
}
