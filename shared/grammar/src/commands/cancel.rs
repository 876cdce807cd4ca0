//! `cancel <deployment>`

use opsroom_domain::rights::Permission;

use crate::command::Command;
use crate::registry::{Right, Spec};

use super::{deployment_id, positional, required};

pub(crate) const SPEC: Spec = Spec {
    name: "cancel",
    aliases: &["abort", "stop"],
    summary: "Stop a deployment that is under way or waits",
    usage: "cancel <deployment>",
    examples: &["cancel {deployment}"],
    right: Right::Write(Permission::Deploy),
    how: "Calls it off if it has not begun. Otherwise asks the pipeline to stop once its running actions have ended (codepipeline:StopPipelineExecution); what it has already deployed stays.",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)),
    read: |matches| Ok(Command::Cancel { deployment: deployment_id(&required(matches, "deployment"))? }),
};
