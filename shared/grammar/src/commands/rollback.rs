//! `rollback <service> in <environment> [to <ref>] [--reason …]`

use opsroom_domain::revision::Revision;
use opsroom_domain::rights::Permission;

use super::{positional, reason, reason_option, required, text};
use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};
use crate::release::Release;

pub(crate) const SPEC: Spec = Spec {
    name: "rollback",
    aliases: &["revert", "undeploy"],
    summary: "Bring back what ran before",
    usage: "rollback <service> in <environment> [to <ref>] [--reason …]",
    examples: &["rollback {service} in {environment}", "rollback {service} in {environment} to v1.4.1 --reason errors since v1.4.2"],
    right: Right::Write(Permission::Deploy),
    how: "Finds what really ran there before in the deployments that succeeded (dynamodb:Query). Where the catalog names a `rollback_stage`, the \
          pipeline takes that stage back (codepipeline:RollbackStage); otherwise the earlier revision is deployed again \
          (codepipeline:StartPipelineExecution).",
    arguments: |grammar| {
        grammar
            .arg(positional("service").required(true))
            .arg(positional("environment").required(true))
            .arg(positional("ref"))
            .arg(reason_option())
    },
    read: |matches| {
        let to = text(matches, "ref").map(|typed| Revision::parse(typed.trim_start_matches('@'))).transpose();
        Ok(Command::Release(Release::Rollback {
            service: required(matches, "service"),
            environment: required(matches, "environment"),
            to: to.map_err(|why| Mistake::new(why.to_string()))?,
            reason: reason(matches)?,
        }))
    },
};
