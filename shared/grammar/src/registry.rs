//! The one list of commands. Parsing, help, rights and the generated documentation all come from it.

use clap::ArgMatches;
use opsroom_domain::rights::Permission;

use crate::command::Command;
use crate::commands;
use crate::mistake::Mistake;

/// What it takes to run a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Anybody of the workspace may, also without a role.
    Anyone,
    /// It takes a role.
    Read,
    /// It takes a permission for the service and the environment.
    Write(Permission),
}

/// A command: how it is written, what it takes, what it does.
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What it does, in a line.
    pub summary: &'static str,
    /// How it is written, without `/ops`.
    pub usage: &'static str,
    /// Lines to try; `{service}`, `{environment}` and `{deployment}` are filled from the team's own catalog.
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
        !matches!(self.right, Right::Write(_))
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
                let line = example.replace("{service}", "api").replace("{environment}", "staging").replace("{deployment}", "d-0123456789");
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
