//! `lock`, `unlock`, `locks`, `freeze` and `unfreeze`.

use clap::{Arg, ArgAction};
use jiff::SignedDuration;
use opsroom_domain::lock::{LONGEST_FREEZE, LONGEST_LOCK};
use opsroom_domain::rights::Permission;

use super::{positional, reason, reason_option, required, text, words};
use crate::command::Command;
use crate::duration::parse_duration;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};
use crate::release::{Place, Release};
use crate::until::Until;

fn span_option() -> Arg {
    Arg::new("for").long("for").value_name("2h").value_parser(parse_duration)
}

/// `--for 2h`, and not more than is taken.
fn span(matches: &clap::ArgMatches, most: SignedDuration) -> Result<Option<SignedDuration>, Mistake> {
    match matches.get_one::<SignedDuration>("for").copied() {
        Some(span) if span > most => Err(Mistake::new(format!("that is too long; {}d is the most", most.as_hours() / 24))),
        span => Ok(span),
    }
}

fn place(matches: &clap::ArgMatches) -> Place {
    Place { environment: required(matches, "environment"), service: text(matches, "service") }
}

pub(crate) const LOCK: Spec = Spec {
    name: "lock",
    aliases: &["reserve"],
    summary: "Keep others from deploying to an environment, or one service there, for a while",
    usage: "lock <environment> [on <service>] [--for 2h] [--reason …] [--steal]",
    examples: &[
        "lock {environment} --for 2h --reason testing the migration",
        "lock {environment} on {service}",
        "lock {environment} on {service} --steal --reason urgent fix",
    ],
    right: Right::Write(Permission::Deploy),
    how: "Writes the lock and when it ends, in two hours if nothing else is said (dynamodb:TransactWriteItems). Others' deployments wait for it and go \
          on by themselves; --steal takes over another's lock and tells them.",
    arguments: |grammar| {
        grammar
            .arg(positional("environment").required(true))
            .arg(positional("service"))
            .arg(span_option())
            .arg(reason_option())
            .arg(Arg::new("steal").long("steal").alias("force").action(ArgAction::SetTrue))
    },
    read: |matches| {
        Ok(Command::Release(Release::Lock {
            place: place(matches),
            span: span(matches, LONGEST_LOCK)?,
            reason: reason(matches)?,
            steal: matches.get_flag("steal"),
        }))
    },
};

pub(crate) const UNLOCK: Spec = Spec {
    name: "unlock",
    aliases: &["release"],
    summary: "Let others deploy again",
    usage: "unlock <environment> [on <service>]",
    examples: &["unlock {environment}", "unlock {environment} on {service}"],
    right: Right::Write(Permission::Deploy),
    how: "Takes the lock away (dynamodb:TransactWriteItems) and lets in who waits for it. It takes the lock's owner, or the permission to override.",
    arguments: |grammar| grammar.arg(positional("environment").required(true)).arg(positional("service")),
    read: |matches| Ok(Command::Release(Release::Unlock { place: place(matches) })),
};

pub(crate) const LOCKS: Spec = Spec {
    name: "locks",
    aliases: &["freezes"],
    summary: "What is locked or frozen, by whom, until when, and who waits",
    usage: "locks",
    examples: &["locks"],
    right: Right::Read,
    how: "Reads the locks, and the deployments that wait (dynamodb:Query).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Release(Release::Locks)),
};

pub(crate) const FREEZE: Spec = Spec {
    name: "freeze",
    aliases: &["halt"],
    summary: "Keep everybody from deploying to an environment for a while",
    usage: "freeze <environment> --for <2d> [or --until friday 18:00] [--reason …]",
    examples: &["freeze {environment} --for 4h --reason incident", "freeze {environment} --until monday 08:00 --reason trade fair"],
    right: Right::Write(Permission::Override),
    how: "Writes the freeze and when it ends (dynamodb:TransactWriteItems). What is asked for meanwhile needs somebody who may override; rollbacks pass. \
          The catalog may have windows that come again each week.",
    arguments: |grammar| {
        let until = Arg::new("until").long("until").value_name("friday 18:00").num_args(1..=2).conflicts_with("for");
        grammar.arg(positional("environment").required(true)).arg(span_option()).arg(until).arg(reason_option())
    },
    read: |matches| {
        let until = match (span(matches, LONGEST_FREEZE)?, words(matches, "until").as_slice()) {
            (Some(span), _) => Until::In(span),
            (None, []) => return Err(Mistake::new("for how long? Write `--for 2d` or `--until friday 18:00`")),
            (None, typed) => match Until::read(typed) {
                Some((until, taken)) if taken == typed.len() => until,
                _ => {
                    let valid = ["friday", "tomorrow 18:00", "2026-11-27 18:00", "4h"];
                    return Err(Mistake::new(format!("`{}` is no end", typed.join(" "))).valid(valid));
                }
            },
        };
        Ok(Command::Release(Release::Freeze { environment: required(matches, "environment"), until, reason: reason(matches)? }))
    },
};

pub(crate) const UNFREEZE: Spec = Spec {
    name: "unfreeze",
    aliases: &["thaw"],
    summary: "End a freeze before its time",
    usage: "unfreeze <environment>",
    examples: &["unfreeze {environment}"],
    right: Right::Write(Permission::Override),
    how: "Takes the freeze away (dynamodb:TransactWriteItems) and lets in what waits for its end. Windows of the catalog are changed there.",
    arguments: |grammar| grammar.arg(positional("environment").required(true)),
    read: |matches| Ok(Command::Release(Release::Unfreeze { environment: required(matches, "environment") })),
};
