//! `help [command]`

use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec, find, specs};

use super::{rest_of_line, text};

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
        let Some(about) = text(matches, "command") else { return Ok(Command::Help { about: None }) };
        match find(&about) {
            Some(spec) => Ok(Command::Help { about: Some(spec.name.to_owned()) }),
            None => Err(Mistake::new(format!("there is no command `{about}` to explain")).valid(specs().iter().map(|spec| spec.name))),
        }
    },
};
