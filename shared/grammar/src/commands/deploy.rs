//! `deploy <service>[@ref]… to <environment> [--dry-run] [--reason …]`

use clap::{Arg, ArgAction};
use opsroom_domain::revision::Revision;
use opsroom_domain::rights::Permission;

use crate::command::{Command, Deploy, Wanted};
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{positional, reason, reason_option, required, words};

/// More at once nobody watches.
const MOST_AT_ONCE: usize = 10;

pub(crate) const SPEC: Spec = Spec {
    name: "deploy",
    aliases: &["ship"],
    summary: "Bring a service into an environment, or several, one after the other",
    usage: "deploy <service>[@ref]… to <environment> [--dry-run] [--reason …]",
    examples: &[
        "deploy {service} to {environment}",
        "deploy {service}@v1.4.2 to {environment} --reason fixes the login",
        "deploy {service} to {environment} --dry-run",
    ],
    right: Right::Write(Permission::Deploy),
    how: "Starts the catalog's pipeline once (codepipeline:StartPipelineExecution with a client request token) and follows it by its EventBridge events; if they stay away, it asks (codepipeline:GetPipelineExecution, codepipeline:GetPipelineState). Of several services each is started when the one before has succeeded.",
    arguments: |grammar| {
        grammar
            .arg(positional("service").required(true))
            .arg(positional("environment").required(true))
            .arg(positional("more").num_args(0..).hide(true))
            .arg(Arg::new("dry-run").long("dry-run").alias("dryrun").action(ArgAction::SetTrue))
            .arg(reason_option())
    },
    read: |matches| {
        let mut names = vec![required(matches, "service"), required(matches, "environment")];
        names.extend(words(matches, "more"));
        for name in &mut names {
            name.truncate(name.trim_end_matches(',').len());
        }
        names.retain(|name| !name.is_empty() && !name.eq_ignore_ascii_case("and"));
        // The environment is named last.
        let environment =
            names.pop().filter(|_| !names.is_empty()).ok_or_else(|| Mistake::new("`deploy` needs `service` `environment`"))?;
        if names.len() > MOST_AT_ONCE {
            return Err(Mistake::new(format!("{} services are too many at once; {MOST_AT_ONCE} is the most", names.len())));
        }
        let mut services = names.iter().map(|name| wanted(name)).collect::<Result<Vec<Wanted>, Mistake>>()?;
        let Wanted { service, revision } = services.remove(0);
        let dry_run = matches.get_flag("dry-run");
        if dry_run && !services.is_empty() {
            return Err(Mistake::new("a dry run shows one service at a time"));
        }
        Ok(Command::Deploy(Deploy { service, revision, environment, dry_run, reason: reason(matches)?, then: services }))
    },
};

/// `api`, `api@v1.2`
fn wanted(typed: &str) -> Result<Wanted, Mistake> {
    let (service, revision) = match typed.split_once('@') {
        None => (typed, None),
        Some((service, revision)) => (service, Some(Revision::parse(revision).map_err(|why| Mistake::new(why.to_string()))?)),
    };
    Ok(Wanted { service: service.to_owned(), revision })
}
