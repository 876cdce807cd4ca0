//! `deploys <service> [in <environment>]`

use crate::command::Command;
use crate::registry::{Right, Spec};

use super::{positional, required, text};

pub(crate) const SPEC: Spec = Spec {
    name: "deploys",
    aliases: &["deployments", "releases"],
    summary: "The latest deployments of a service",
    usage: "deploys <service> [in <environment>]",
    examples: &["deploys {service}", "deploys {service} in {environment}"],
    right: Right::Read,
    how: "Reads the deployments of the service, newest first (dynamodb:Query on the state table's index).",
    arguments: |grammar| grammar.arg(positional("service").required(true)).arg(positional("environment")),
    read: |matches| Ok(Command::Deploys { service: required(matches, "service"), environment: text(matches, "environment") }),
};
