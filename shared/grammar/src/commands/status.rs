//! `status [environment]`

use crate::command::Command;
use crate::registry::{Right, Spec};

use super::{positional, text};

pub(crate) const SPEC: Spec = Spec {
    name: "status",
    aliases: &["st"],
    summary: "What runs where, and what is under way",
    usage: "status [environment]",
    examples: &["status", "status {environment}"],
    right: Right::Read,
    how: "Reads what the last deployments left (dynamodb:Query on the state table).",
    arguments: |grammar| grammar.arg(positional("environment")),
    read: |matches| Ok(Command::Status { environment: text(matches, "environment") }),
};
