//! `promote <service> from <environment> to <environment> [--reason …]`

use opsroom_domain::rights::Permission;

use super::{positional, reason, reason_option, required, words};
use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};
use crate::release::Release;

pub(crate) const SPEC: Spec = Spec {
    name: "promote",
    aliases: &[],
    summary: "Bring the very revision that runs in one environment into another",
    usage: "promote <service> from <environment> to <environment> [--reason …]",
    examples: &[
        "promote {service} from {environment} to {onward}",
        "promote {service} from {environment} to {onward} --reason tested by QA",
    ],
    right: Right::Write(Permission::Deploy),
    how: "Reads what runs there (dynamodb:GetItem), and deploys that revision as `deploy` does.",
    arguments: |grammar| {
        grammar.arg(positional("service").required(true)).arg(positional("environments").num_args(1..).required(true)).arg(reason_option())
    },
    read: |matches| {
        let mut environments = words(matches, "environments");
        environments.retain(|word| !word.eq_ignore_ascii_case("from"));
        let [from, to] = environments.as_slice() else {
            return Err(Mistake::new("`promote` needs two environments: the one where it runs, and the one where it should"));
        };
        Ok(Command::Release(Release::Promote {
            service: required(matches, "service"),
            from: from.clone(),
            to: to.clone(),
            reason: reason(matches)?,
        }))
    },
};
