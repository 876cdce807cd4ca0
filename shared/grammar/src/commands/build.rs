//! `build …`: what a channel is shown of pipelines, and what can be done with a run.

use clap::Arg;
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::rights::Permission;
use opsroom_domain::subscription::{BuildTarget, Occasion, WatchTerms};

use super::{joined, positional, required, rest_of_line, text, words};
use crate::command::{Build, Command};
use crate::mistake::{Mistake, nearest};
use crate::registry::{Right, Spec};

/// What fits into a message and may be read there.
const MOST_LINES: usize = 200;
const LINES: usize = 40;

pub(crate) const WATCH: Spec = Spec {
    name: "build watch",
    aliases: &["build subscribe", "build follow"],
    summary: "Show what happens to a pipeline, to all of a repository, or to everything, in this channel",
    usage: "build watch <pipeline|owner/name|owner/*|*> [on:fail,fixed,approval,start,success] [branch:glob]",
    examples: &["build watch *", "build watch {pipeline} on:start,success,fail", "build watch {repository} branch:main"],
    right: Right::Subscribe,
    how: "Writes the channel's watch (dynamodb:TransactWriteItems). Without on: it is transitions and what waits for a person: fail, fixed, approval.",
    arguments: |grammar| grammar.arg(positional("target").required(true)).arg(rest_of_line("terms")),
    read: |matches| {
        let target = BuildTarget::typed(&required(matches, "target"));
        Ok(Command::Build(Build::Watch { target, terms: terms(&words(matches, "terms"))? }))
    },
};

fn terms(words: &[String]) -> Result<WatchTerms, Mistake> {
    let mut terms = WatchTerms::default();
    for word in words {
        let (name, values) = word.split_once(':').unwrap_or((word, ""));
        let values = || values.split(',').map(str::trim).filter(|value| !value.is_empty());
        match name.to_lowercase().as_str() {
            "on" | "--on" if values().next().is_some() => terms.on = values().map(occasion).collect::<Result<_, _>>()?,
            "branch" | "branches" if values().next().is_some() => terms.branches.extend(values().map(str::to_owned)),
            _ => {
                return Err(Mistake::new(format!("`{word}` isn't understood"))
                    .valid(["on:fail,fixed,approval,start,success", "branch:main,release/*"]));
            }
        }
    }
    if terms.branches.len() > 20 || terms.branches.iter().any(|branch| branch.chars().count() > 100) {
        return Err(Mistake::new("`branch:` takes 20 values of 100 characters at most"));
    }
    Ok(terms)
}

fn occasion(typed: &str) -> Result<Occasion, Mistake> {
    Occasion::named(typed).ok_or_else(|| {
        let names = || Occasion::ALL.map(Occasion::name);
        let near = nearest(typed, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Mistake::new(format!("`{typed}` is no occasion{near}")).valid(names())
    })
}

pub(crate) const UNWATCH: Spec = Spec {
    name: "build unwatch",
    aliases: &["build unsubscribe", "build unfollow"],
    summary: "Show no more of a pipeline here",
    usage: "build unwatch <pipeline|owner/name|owner/*|*>",
    examples: &["build unwatch *", "build unwatch {pipeline}"],
    right: Right::Subscribe,
    how: "Ends the channel's watch (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(positional("target").required(true)),
    read: |matches| Ok(Command::Build(Build::Unwatch { target: BuildTarget::typed(&required(matches, "target")) })),
};

pub(crate) const WATCHES: Spec = Spec {
    name: "build watches",
    aliases: &["build list"],
    summary: "What this channel watches",
    usage: "build watches",
    examples: &["build watches"],
    right: Right::Read,
    how: "Reads the channel's subscriptions (dynamodb:Query on the index by channel).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Build(Build::Watches)),
};

pub(crate) const STATUS: Spec = Spec {
    name: "build status",
    aliases: &["build health"],
    summary: "How pipelines stand, what is broken first",
    usage: "build status [pipeline]",
    examples: &["build status", "build status {pipeline}"],
    right: Right::Read,
    how: "Reads how the branches of pipelines stand (dynamodb:Query).",
    arguments: |grammar| grammar.arg(positional("pipeline")),
    read: |matches| Ok(Command::Build(Build::Status { pipeline: text(matches, "pipeline") })),
};

pub(crate) const LOGS: Spec = Spec {
    name: "build logs",
    aliases: &["build log"],
    summary: "The end of the log of the run that failed, or of the latest one",
    usage: "build logs <pipeline> [--lines 40]",
    examples: &["build logs {pipeline}", "build logs {pipeline} --lines 100"],
    right: Right::Read,
    how: "Reads CodeBuild's log (logs:GetLogEvents); of other systems, what they sent along. What looks like a secret is masked.",
    arguments: |grammar| {
        let lines = Arg::new("lines").long("lines").value_name("lines").value_parser(clap::value_parser!(u16));
        grammar.arg(positional("pipeline").required(true)).arg(lines)
    },
    read: |matches| {
        let lines = matches.get_one::<u16>("lines").map_or(LINES, |&lines| usize::from(lines));
        if lines == 0 || lines > MOST_LINES {
            return Err(Mistake::new(format!("`--lines` is from 1 to {MOST_LINES}")));
        }
        Ok(Command::Build(Build::Logs { pipeline: required(matches, "pipeline"), lines }))
    },
};

pub(crate) const RETRY: Spec = Spec {
    name: "build retry",
    aliases: &["build rerun"],
    summary: "Run the failed actions of a pipeline's latest run again",
    usage: "build retry <pipeline> [stage]",
    examples: &["build retry {pipeline}", "build retry {pipeline} Test"],
    right: Right::Write(Permission::Deploy),
    how: "Runs the failed actions of the stage again (codepipeline:RetryStageExecution).",
    arguments: |grammar| grammar.arg(positional("pipeline").required(true)).arg(positional("stage")),
    read: |matches| Ok(Command::Build(Build::Retry { pipeline: required(matches, "pipeline"), stage: text(matches, "stage") })),
};

pub(crate) const APPROVE: Spec = Spec {
    name: "build approve",
    aliases: &["build accept"],
    summary: "Approve what waits in a pipeline",
    usage: "build approve <pipeline> [reason…]",
    examples: &["build approve {pipeline}", "build approve {pipeline} looked at it"],
    right: Right::Write(Permission::Approve),
    how: "Looks the approval's token up (codepipeline:GetPipelineState) and approves (codepipeline:PutApprovalResult). Whoever asked for a deployment can't approve it.",
    arguments: |grammar| grammar.arg(positional("pipeline").required(true)).arg(rest_of_line("reason")),
    read: |matches| Ok(decide(matches, Decision::Approved)),
};

pub(crate) const REJECT: Spec = Spec {
    name: "build reject",
    aliases: &["build decline"],
    summary: "Reject what waits in a pipeline, and say why",
    usage: "build reject <pipeline> <reason…>",
    examples: &["build reject {pipeline} not on a Friday"],
    right: Right::Write(Permission::Approve),
    how: "Looks the approval's token up (codepipeline:GetPipelineState) and rejects (codepipeline:PutApprovalResult).",
    arguments: |grammar| grammar.arg(positional("pipeline").required(true)).arg(rest_of_line("reason").required(true)),
    read: |matches| Ok(decide(matches, Decision::Rejected)),
};

fn decide(matches: &clap::ArgMatches, decision: Decision) -> Command {
    // As many as CodePipeline takes, less the name of whoever decides.
    let reason = joined(matches, "reason").unwrap_or_default().chars().take(400).collect();
    Command::Build(Build::Decide { pipeline: required(matches, "pipeline"), decision, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn a_reason_keeps_all_its_words_and_a_rejection_needs_one() {
        let rejected = |line: &str| match parse(line) {
            Ok(Command::Build(Build::Decide { reason, .. })) => reason,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(rejected("build reject api-production not on a Friday"), "not on a Friday");
        assert_eq!(rejected("build approve api-production"), "");
        assert!(parse("build reject api-production").is_err());
    }

    #[test]
    fn a_watch_is_for_transitions_unless_it_says_more() {
        let watched = |line: &str| match parse(line) {
            Ok(Command::Build(Build::Watch { terms, .. })) => terms,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(watched("build watch *"), WatchTerms::default());
        let all = watched("builds watch api-staging on:start,Success branch:main,release/*");
        assert_eq!(all.on, [Occasion::Start, Occasion::Success].into());
        assert_eq!(all.branches, ["main", "release/*"]);
        assert_eq!(parse("build watch * on:fial").unwrap_err().message, "`fial` is no occasion; did you mean `fail`?");
        assert_eq!(parse("build watch * everything").unwrap_err().message, "`everything` isn't understood");
    }
}
