//! `help [command]`

use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec, find, group, specs};

use super::{joined, rest_of_line};

pub(crate) const SPEC: Spec = Spec {
    name: "help",
    aliases: &["?", "commands"],
    summary: "What you can ask here, or how one command is used",
    usage: "help [command]",
    examples: &["help", "help deploy"],
    right: Right::Anyone,
    how: "Answers from the catalog, without a call.",
    arguments: |grammar| grammar.disable_help_flag(true).arg(rest_of_line("command")),
    read: |matches| {
        let Some(about) = joined(matches, "command") else { return Ok(Command::Help { about: None }) };
        let first = about.split(' ').next().unwrap_or_default();
        let in_group = group(first).map(|group| (group, about.split_once(' ').map_or("", |(_, second)| second)));
        let found = match in_group {
            Some((group, "")) => Some(group.name),
            Some((group, second)) => find(&format!("{} {second}", group.name)).map(|spec| spec.name),
            None => find(&about).or_else(|| find(first)).map(|spec| spec.name),
        };
        match found {
            Some(name) => Ok(Command::Help { about: Some(name.to_owned()) }),
            None => Err(Mistake::new(format!("there is no command `{about}` to explain")).valid(specs().iter().map(|spec| spec.name))),
        }
    },
};
