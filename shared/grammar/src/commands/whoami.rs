//! `whoami`

use crate::command::Command;
use crate::registry::{Right, Spec};

pub(crate) const SPEC: Spec = Spec {
    name: "whoami",
    aliases: &["me"],
    summary: "Who you are to Opsroom, and what you may do here",
    usage: "whoami",
    examples: &["whoami"],
    right: Right::Anyone,
    how: "Answers from the catalog, without a call.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::WhoAmI),
};
