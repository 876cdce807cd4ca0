//! `cancel <deployment>`

use opsroom_domain::ids::{DeploymentId, OperationId};
use opsroom_domain::rights::Permission;

use crate::command::Command;
use crate::hosts::Hosts;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{positional, required};

pub(crate) const SPEC: Spec = Spec {
    name: "cancel",
    aliases: &["abort", "stop"],
    summary: "Stop a deployment, or what runs on hosts, that is under way",
    usage: "cancel <deployment|operation>",
    examples: &["cancel {deployment}"],
    right: Right::Write(Permission::Deploy),
    how: "Asks the pipeline to stop once its running actions have ended (codepipeline:StopPipelineExecution); what it has already deployed stays. What runs on hosts is stopped where it can be (ssm:CancelCommand).",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)),
    read: |matches| {
        let typed = required(matches, "deployment").to_lowercase();
        let is_id = |beginning: &str| {
            let code = typed.strip_prefix(beginning);
            code.is_some_and(|code| !code.is_empty() && code.len() <= 32 && code.chars().all(|c| c.is_ascii_alphanumeric()))
        };
        if is_id("d-") {
            Ok(Command::Cancel { deployment: DeploymentId::new(typed) })
        } else if is_id("o-") {
            Ok(Command::Hosts(Hosts::Cancel { operation: OperationId::new(typed) }))
        } else {
            Err(Mistake::new(format!(
                "`{typed}` is no deployment; its id stands in its message and looks like `d-7k3m9q2xw1`, and `pending` lists what is under way"
            )))
        }
    },
};
