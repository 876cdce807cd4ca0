//! `cancel <deployment>`

use opsroom_domain::ids::DeploymentId;
use opsroom_domain::rights::Permission;

use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{positional, required};

pub(crate) const SPEC: Spec = Spec {
    name: "cancel",
    aliases: &["abort", "stop"],
    summary: "Stop a deployment that is under way",
    usage: "cancel <deployment>",
    examples: &["cancel {deployment}"],
    right: Right::Write(Permission::Deploy),
    how: "Asks the pipeline to stop once its running actions have ended (codepipeline:StopPipelineExecution); what it has already deployed stays.",
    arguments: |grammar| grammar.arg(positional("deployment").required(true)),
    read: |matches| {
        let typed = required(matches, "deployment").to_lowercase();
        let is_id = typed
            .strip_prefix("d-")
            .is_some_and(|code| !code.is_empty() && code.len() <= 32 && code.chars().all(|c| c.is_ascii_alphanumeric()));
        if is_id {
            Ok(Command::Cancel { deployment: DeploymentId::new(typed) })
        } else {
            Err(Mistake::new(format!(
                "`{typed}` is no deployment; its id stands in its message and looks like `d-7k3m9q2xw1`, and `pending` lists what is under way"
            )))
        }
    },
};
