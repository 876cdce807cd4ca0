//! `approve`, `reject` and `override`: what helps a deployment on that waits for people, or ends it.

use opsroom_domain::rights::Permission;

use super::{deployment_id, positional, required, rest_of_line, words};
use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};
use crate::release::Release;

/// The longest reason that is kept.
const LONGEST_REASON: usize = 400;

fn said(words: &[String]) -> String {
    let words = match words.split_first() {
        Some((first, rest)) if first.trim_start_matches('-').eq_ignore_ascii_case("reason") && !rest.is_empty() => rest,
        _ => words,
    };
    words.join(" ").chars().take(LONGEST_REASON).collect()
}

pub(crate) const APPROVE: Spec = Spec {
    name: "approve",
    aliases: &["lgtm"],
    summary: "Approve a deployment that another person asked for",
    usage: "approve <deployment> [reason…]",
    examples: &["approve {deployment}", "approve {deployment} looks good on staging"],
    right: Right::Write(Permission::Approve),
    how: "Writes the approval on the deployment (dynamodb:TransactWriteItems); with the last one that it needs, it starts as soon as nothing stands in \
          its way (codepipeline:StartPipelineExecution).",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)).arg(rest_of_line("reason")),
    read: |matches| {
        let deployment = deployment_id(&required(matches, "deployment"))?;
        Ok(Command::Release(Release::Approve { deployment, reason: said(&words(matches, "reason")) }))
    },
};

pub(crate) const REJECT: Spec = Spec {
    name: "reject",
    aliases: &["veto"],
    summary: "Reject a deployment that waits for an approval",
    usage: "reject <deployment> <reason…>",
    examples: &["reject {deployment} not before the migration has run"],
    right: Right::Write(Permission::Approve),
    how: "Ends the deployment before it has begun (dynamodb:TransactWriteItems) and tells whoever asked for it.",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)).arg(rest_of_line("reason")),
    read: |matches| {
        let deployment = deployment_id(&required(matches, "deployment"))?;
        let reason = said(&words(matches, "reason"));
        if reason.is_empty() {
            return Err(Mistake::new("why not? Whoever asked for it has to know what to do about it"));
        }
        Ok(Command::Release(Release::Reject { deployment, reason }))
    },
};

pub(crate) const OVERRIDE: Spec = Spec {
    name: "override",
    aliases: &["deploy-anyway"],
    summary: "Let a deployment pass in spite of failed checks or a freeze",
    usage: "override <deployment>",
    examples: &["override {deployment}"],
    right: Right::Write(Permission::Override),
    how: "Writes on the deployment who let it pass, and in spite of what (dynamodb:TransactWriteItems); approvals and locks still count.",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)),
    read: |matches| Ok(Command::Release(Release::Override { deployment: deployment_id(&required(matches, "deployment"))? })),
};
