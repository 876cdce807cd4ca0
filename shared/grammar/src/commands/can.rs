//! `can <command …>`

use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{joined, rest_of_line};

pub(crate) const SPEC: Spec = Spec {
    name: "can",
    aliases: &["may"],
    summary: "Whether you may run a command here, and by which rule",
    usage: "can <command …>",
    examples: &["can deploy {service} to {environment}", "can I deploy {service} to {environment}?"],
    right: Right::Anyone,
    how: "Answers from the catalog, without a call. Nothing is run.",
    arguments: |grammar| grammar.disable_help_flag(true).arg(rest_of_line("command")),
    read: |matches| {
        let typed = joined(matches, "command").unwrap_or_default();
        let line = typed.strip_prefix("I ").or_else(|| typed.strip_prefix("i ")).unwrap_or(&typed).trim_end_matches('?').to_owned();
        if line.is_empty() {
            return Err(Mistake::new("`can` needs the command that it should check"));
        }
        match crate::parse(&line)? {
            Command::Can { command, line } => Ok(Command::Can { line, command }),
            command => Ok(Command::Can { line, command: Box::new(command) }),
        }
    },
};
