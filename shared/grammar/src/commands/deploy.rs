//! `deploy <service>[@ref] to <environment> [--dry-run] [--reason …]`

use clap::{Arg, ArgAction};
use opsroom_domain::revision::Revision;
use opsroom_domain::rights::Permission;

use crate::command::{Command, Deploy};
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{joined, positional, required};

/// The longest reason that is kept.
const LONGEST_REASON: usize = 500;

pub(crate) const SPEC: Spec = Spec {
    name: "deploy",
    aliases: &["ship"],
    summary: "Bring a service into an environment",
    usage: "deploy <service>[@ref] to <environment> [--dry-run] [--reason …]",
    examples: &[
        "deploy {service} to {environment}",
        "deploy {service}@v1.4.2 to {environment} --reason fixes the login",
        "deploy {service} to {environment} --dry-run",
    ],
    right: Right::Write(Permission::Deploy),
    how: "Starts the catalog's pipeline once (codepipeline:StartPipelineExecution with a client request token) and follows it by its EventBridge events; if they stay away, it asks (codepipeline:GetPipelineExecution, codepipeline:GetPipelineState).",
    arguments: |grammar| {
        grammar
            .arg(positional("service").required(true))
            .arg(positional("environment").required(true))
            .arg(Arg::new("dry-run").long("dry-run").alias("dryrun").action(ArgAction::SetTrue))
            .arg(Arg::new("reason").long("reason").value_name("reason").num_args(1..))
    },
    read: |matches| {
        let typed = required(matches, "service");
        let (service, revision) = match typed.split_once('@') {
            None => (typed.as_str(), None),
            Some((service, revision)) => (service, Some(Revision::parse(revision).map_err(|why| Mistake::new(why.to_string()))?)),
        };
        let reason = joined(matches, "reason");
        if let Some(length) = reason.as_ref().map(|reason| reason.chars().count()).filter(|length| *length > LONGEST_REASON) {
            return Err(Mistake::new(format!("a reason has at most {LONGEST_REASON} characters, this one has {length}")));
        }
        Ok(Command::Deploy(Deploy {
            service: service.to_owned(),
            revision,
            environment: required(matches, "environment"),
            dry_run: matches.get_flag("dry-run"),
            reason,
        }))
    },
};
