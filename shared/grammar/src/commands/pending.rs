//! `pending`

use crate::command::Command;
use crate::registry::{Right, Spec};

pub(crate) const SPEC: Spec = Spec {
    name: "pending",
    aliases: &["running"],
    summary: "What is under way",
    usage: "pending",
    examples: &["pending"],
    right: Right::Read,
    how: "Reads which deployments hold an environment (dynamodb:Query on the state table).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Pending),
};
