//! The one list of commands. Parsing, help, rights and the generated documentation all come from it.

use clap::ArgMatches;
use opsroom_domain::rights::Permission;

use crate::command::Command;
use crate::commands;
use crate::mistake::Mistake;
use crate::normalise::{typed, verbatim, words};

/// What it takes to run a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Anybody of the workspace may, also without a role.
    Anyone,
    /// It takes a role.
    Read,
    /// It takes a role, and changes only what is known of the person who asks.
    Own,
    /// It takes a role, and does what a room is there for: asks for a song, votes, hides a link.
    TakePart,
    /// It takes the permission to say what a channel is shown.
    Subscribe,
    /// It takes the permission to act on incidents, in any channel.
    Respond,
    /// It takes the permission to run the DJ room.
    Dj,
    /// It takes a permission for the service and the environment.
    Write(Permission),
}

/// A command: how it is written, what it takes, what it does.
#[derive(Debug)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What it does, in a line.
    pub summary: &'static str,
    /// How it is written, without `/ops`.
    pub usage: &'static str,
    /// Lines to try; `{service}`, `{environment}`, `{onward}`, `{person}` and the like are filled from the team's own catalog.
    pub examples: &'static [&'static str],
    /// What it takes.
    pub right: Right,
    /// What it really does: tables read, API calls made.
    pub how: &'static str,
    pub(crate) arguments: fn(clap::Command) -> clap::Command,
    pub(crate) read: fn(&ArgMatches) -> Result<Command, Mistake>,
}

impl Spec {
    /// Whether it changes nothing.
    pub fn reads_only(&self) -> bool {
        matches!(self.right, Right::Anyone | Right::Read)
    }

    /// Whether what follows is free text, of which no word may be left out.
    pub(crate) fn ends_in_free_text(&self) -> bool {
        ["reason…>", "reason…]", "words…>"].iter().any(|end| self.usage.ends_with(end))
    }

    /// Whether what follows is the name of something or words to look for, where good manners and dashes may be a part of it.
    pub(crate) fn ends_in_names(&self) -> bool {
        ["song…>", "song…|link>", "what…>"].iter().any(|end| self.usage.ends_with(end))
    }

    /// Whether anything may stand behind its name.
    pub(crate) fn takes_arguments(&self) -> bool {
        (self.arguments)(clap::Command::new(self.name)).get_arguments().next().is_some()
    }

    /// The words of a line, as this command means them.
    pub(crate) fn words_of(&self, line: &str) -> Vec<String> {
        if self.ends_in_names() {
            verbatim(line)
        } else if self.ends_in_free_text() {
            typed(line)
        } else {
            words(line)
        }
    }
}

/// A family of commands that begin with the same word.
pub struct Group {
    /// The word.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What it is about.
    pub summary: &'static str,
}

/// The families.
pub const GROUPS: &[Group] = &[
    Group { name: "gh", aliases: &["github"], summary: "What happens in repositories, shown in this channel" },
    Group { name: "build", aliases: &["builds", "ci"], summary: "How pipelines stand, shown in this channel" },
    Group {
        name: "mon",
        aliases: &["monit", "incident", "incidents"],
        summary: "Alarms and incidents: who has them, who is called, what is quiet",
    },
    Group { name: "bytes", aliases: &["byte", "links"], summary: "Links that peers shared: the best of them, and where they are" },
    Group { name: "dj", aliases: &["music"], summary: "Music that the team chooses: what plays, what comes next, votes" },
];

/// Finds a family by its word, in any case.
pub fn group(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.name.eq_ignore_ascii_case(name) || group.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)))
}

impl Group {
    /// Its commands.
    pub fn specs(&self) -> impl Iterator<Item = &'static Spec> + use<> {
        let name = self.name;
        specs().iter().filter(move |spec| spec.name.split_once(' ').is_some_and(|(first, _)| first == name))
    }
}

/// Every command, in the order in which help shows them.
pub fn specs() -> &'static [Spec] {
    commands::ALL
}

/// Finds a command by its name or an alias, in any case.
pub fn find(name: &str) -> Option<&'static Spec> {
    specs().iter().find(|spec| spec.name.eq_ignore_ascii_case(name) || spec.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_command_is_documented_and_every_example_is_a_valid_line() {
        for spec in specs() {
            for text in [spec.summary, spec.usage, spec.how] {
                assert!(!text.is_empty(), "{}", spec.name);
            }
            assert!(spec.usage.starts_with(spec.name), "{}", spec.usage);
            assert!(!spec.examples.is_empty(), "{} has no example", spec.name);
            for example in spec.examples {
                let line = example
                    .replace("{service}", "api")
                    .replace("{environment}", "staging")
                    .replace("{onward}", "production")
                    .replace("{deployment}", "d-0123456789");
                let line = line.replace("{repository}", "acme/api").replace("{pipeline}", "api-staging");
                let line = line.replace("{host}", "i-0123456789abcdef0").replace("{runbook}", "motd");
                let line =
                    line.replace("{incident}", "i-0123456789").replace("{person}", "<@U012AB3CD>").replace("{channel}", "<#C012AB3CD>");
                let parsed = crate::parse(&line);
                assert_eq!(parsed.as_ref().map(|c| c.spec().name), Ok(spec.name), "{line}");
            }
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut seen = HashSet::new();
        for name in specs().iter().flat_map(|spec| std::iter::once(&spec.name).chain(spec.aliases)) {
            assert!(seen.insert(name), "{name}");
        }
    }
}
