//! What a command can't do without, read off how it is written.
//!
//! The usage is what help shows and what people type by, so what is asked for in its place can't be something else: there is no second
//! list of arguments.

use opsroom_domain::catalog::Catalog;
use opsroom_domain::operation::value;
use opsroom_domain::revision::Revision;

use crate::commands::{in_queue, link};
use crate::duration::parse_duration;
use crate::registry::Spec;

/// What kind of thing is missing: where what could stand there is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A service of the catalog.
    Service,
    /// An environment of the catalog.
    Environment,
    /// A host.
    Host,
    /// A runbook of the catalog.
    Runbook,
    /// A pipeline.
    Pipeline,
    /// A repository.
    Repository,
    /// A deployment that is under way or waits.
    Deployment,
    /// An open incident.
    Incident,
    /// A silence that holds.
    Silence,
    /// A route that was made in chat.
    Route,
    /// A span of time.
    Span,
    /// What a runbook can't do without: one of a few, or free text. Its name is told by [`crate::Unfinished::parameter`].
    Parameter,
    /// Free text.
    Words,
    /// Words of a song's artist and title, or its link.
    Song,
    /// Words to look for.
    Search,
    /// The address of a page.
    Link,
    /// A place in the queue of songs.
    Place,
}

impl Kind {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Environment => "environment",
            Self::Host => "host",
            Self::Runbook => "runbook",
            Self::Pipeline => "pipeline",
            Self::Repository => "repository",
            Self::Deployment => "deployment",
            Self::Incident => "incident",
            Self::Silence => "silence",
            Self::Route => "route",
            Self::Span => "span of time",
            Self::Parameter => "value",
            Self::Words => "reason",
            Self::Song => "song",
            Self::Search => "words to look for",
            Self::Link => "link",
            Self::Place => "place in the queue",
        }
    }

    /// Whether it is typed rather than picked: nobody knows what there could be.
    pub fn is_typed(self) -> bool {
        self.is_free_text() || matches!(self, Self::Link | Self::Place)
    }

    /// Whether it goes on to the end of the line, whatever stands there.
    pub(crate) fn is_free_text(self) -> bool {
        matches!(self, Self::Words | Self::Song | Self::Search)
    }

    /// From the word between `<` and `>`. Of several that could stand there, the first that can be looked up.
    fn named(typed: &str) -> Option<Self> {
        typed.split('|').find_map(|word| match word.trim_end_matches('…') {
            "service" => Some(Self::Service),
            "environment" => Some(Self::Environment),
            "host" => Some(Self::Host),
            "runbook" => Some(Self::Runbook),
            "pipeline" => Some(Self::Pipeline),
            "owner/name" => Some(Self::Repository),
            "deployment" => Some(Self::Deployment),
            "incident" => Some(Self::Incident),
            "silence" => Some(Self::Silence),
            "route" => Some(Self::Route),
            "reason" | "words" => Some(Self::Words),
            "song" => Some(Self::Song),
            "what" => Some(Self::Search),
            "link" => Some(Self::Link),
            "n" => Some(Self::Place),
            word => parse_duration(word).is_ok().then_some(Self::Span),
        })
    }

    /// The word as it would stand in a line, if it can be one of these.
    pub(crate) fn takes(self, word: &str, catalog: &Catalog) -> Option<String> {
        let id = |beginning: &str| word.to_lowercase().starts_with(beginning).then(|| word.to_owned());
        match self {
            Self::Service => {
                let (service, revision) = word.split_once('@').map_or((word, None), |(service, revision)| (service, Some(revision)));
                let (name, _) = catalog.service(service).ok()?;
                match revision {
                    None => Some(name.to_string()),
                    Some(revision) => Revision::parse(revision).is_ok().then(|| format!("{name}@{revision}")),
                }
            }
            Self::Environment => catalog.environment(word).ok().map(ToString::to_string),
            Self::Runbook => catalog.runbook(word).map(|(name, _)| name.to_string()),
            Self::Host => value::host(word).ok(),
            Self::Deployment => id("d-").or_else(|| id("o-")),
            Self::Incident => id("i-"),
            Self::Silence => id("s-"),
            Self::Route => id("r-"),
            Self::Span => parse_duration(word).is_ok().then(|| word.to_owned()),
            Self::Link => link(word).ok(),
            Self::Place => in_queue(word).is_ok().then(|| word.to_owned()),
            Self::Pipeline | Self::Repository | Self::Words | Self::Song | Self::Search => Some(word.to_owned()),
            // A word alone doesn't say which.
            Self::Parameter => None,
        }
    }

    /// Something that could stand there, to see whether the rest of a line is in order. `number` tells two of one kind apart.
    pub(crate) fn sample(self, number: usize) -> String {
        match self {
            Self::Service
            | Self::Environment
            | Self::Host
            | Self::Runbook
            | Self::Pipeline
            | Self::Parameter
            | Self::Words
            | Self::Song
            | Self::Search => {
                format!("x{number}")
            }
            Self::Repository => "owner/name".to_owned(),
            Self::Deployment => "d-0".to_owned(),
            Self::Incident => format!("i-{number}"),
            Self::Silence => "s-0".to_owned(),
            Self::Route => "r-0".to_owned(),
            Self::Span => "1h".to_owned(),
            Self::Link => "https://blog.example/post".to_owned(),
            Self::Place => "1".to_owned(),
        }
    }
}

/// A place in a line that has to be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank {
    /// With what.
    pub kind: Kind,
    /// The word before it: `in`, `from`, `--for`; empty for none.
    pub before: &'static str,
}

impl Spec {
    /// What it can't do without, in the order of the line; `None` if some of it can only be typed.
    pub fn blanks(&self) -> Option<Vec<Blank>> {
        let mut blanks = Vec::new();
        let mut before = "";
        let mut rest = self.usage.strip_prefix(self.name)?;
        loop {
            rest = rest.trim_start();
            match rest.chars().next() {
                None => return Some(blanks),
                // What need not be there.
                Some('[') => rest = rest.split_once(']')?.1,
                Some('<') => {
                    let (inner, behind) = rest[1..].split_once('>')?;
                    for (n, word) in inner.split(" in ").enumerate() {
                        blanks.push(Blank { kind: Kind::named(word)?, before: if n == 0 { before } else { "in" } });
                    }
                    before = "";
                    rest = behind.strip_prefix("[@ref]…").unwrap_or(behind);
                }
                Some(_) => {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    before = &rest[..end];
                    rest = &rest[end..];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::registry::{find, specs};

    fn blanks(name: &str) -> Option<String> {
        let blanks = find(name).unwrap().blanks()?;
        Some(
            blanks
                .into_iter()
                .map(|blank| format!("{} {}", blank.before, blank.kind.label()).trim().to_owned())
                .collect::<Vec<_>>()
                .join(", "),
        )
    }

    #[test]
    fn the_usage_says_what_is_needed() {
        let cases = [
            ("restart", "service, in environment"),
            ("deploy", "service, to environment"),
            ("logs", "service, in environment"),
            ("check", "service, in environment"),
            ("run", "runbook, on service, in environment"),
            ("reboot", "host"),
            ("promote", "service, from environment, to environment"),
            ("cancel", "deployment"),
            ("reject", "deployment, reason"),
            ("lock", "environment"),
            ("mon attach", "incident, to incident"),
            ("mon snooze", "span of time"),
            ("build retry", "pipeline"),
            ("gh subscribe", "repository"),
            ("bytes search", "words to look for"),
            ("bytes save", "link"),
            ("bytes top", ""),
            ("dj play", "song"),
            ("dj remove", "place in the queue"),
            ("dj ban", "place in the queue"),
            ("dj unban", "song"),
            ("status", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(blanks(name).as_deref(), Some(expected), "{name}");
        }
    }

    /// Whoever adds a command whose arguments can't be picked decides that here. Families of rooms have terms of their own.
    #[test]
    fn only_these_can_but_be_typed() {
        let alone = specs().iter().filter(|spec| !spec.name.contains(' '));
        let typed: Vec<&str> = alone.filter(|spec| spec.blanks().is_none()).map(|spec| spec.name).collect();
        assert_eq!(typed, ["can"]);
    }
}
