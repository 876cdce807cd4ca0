//! `cancel <deployment>`

use opsroom_domain::ids::OperationId;
use opsroom_domain::rights::Permission;

use crate::command::Command;
use crate::hosts::Hosts;
use crate::registry::{Right, Spec};

use super::{deployment_id, positional, required};

pub(crate) const SPEC: Spec = Spec {
    name: "cancel",
    aliases: &["abort", "stop"],
    summary: "Stop a deployment, or what runs on hosts, that is under way or waits",
    usage: "cancel <deployment|operation>",
    examples: &["cancel {deployment}"],
    right: Right::Write(Permission::Deploy),
    how: "Calls a deployment off if it has not begun. Otherwise asks the pipeline to stop once its running actions have ended (codepipeline:StopPipelineExecution); what it has already deployed stays. What runs on hosts is stopped where it can be (ssm:CancelCommand).",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)),
    read: |matches| {
        let typed = required(matches, "deployment");
        match typed.to_lowercase().strip_prefix("o-") {
            Some(code) if !code.is_empty() && code.len() <= 32 && code.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Ok(Command::Hosts(Hosts::Cancel { operation: OperationId::new(typed.to_lowercase()) }))
            }
            _ => Ok(Command::Cancel { deployment: deployment_id(&typed)? }),
        }
    },
};
