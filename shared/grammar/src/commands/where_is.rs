//! `where <service>`

use crate::command::Command;
use crate::registry::{Right, Spec};

use super::{positional, required};

pub(crate) const SPEC: Spec = Spec {
    name: "where",
    aliases: &["whereis"],
    summary: "Which revision of a service runs in which environment",
    usage: "where <service>",
    examples: &["where {service}", "where is {service}"],
    right: Right::Read,
    how: "Reads what the last deployments left (dynamodb:Query on the state table).",
    arguments: |grammar| grammar.arg(positional("service").required(true)).arg(positional("more").hide(true)),
    read: |matches| {
        let first = required(matches, "service");
        // "where is api" is how it is said.
        Ok(match super::text(matches, "more") {
            Some(service) if matches!(first.as_str(), "is" | "are") => Command::Where { service },
            Some(more) => return Err(crate::Mistake::new(format!("`{more}` is one word too many"))),
            None => Command::Where { service: first },
        })
    },
};
