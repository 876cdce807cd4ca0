//! One file per command; this is their list.

mod build;
mod can;
mod cancel;
mod deploy;
mod deploys;
mod gh;
mod gh_terms;
mod help;
mod history;
mod mon;
mod pending;
mod status;
mod where_is;
mod whoami;

use clap::{Arg, ArgMatches};

use opsroom_domain::ids::PersonId;

use crate::mistake::Mistake;
use crate::registry::Spec;

/// Every command, in the order in which help shows them.
pub(crate) const ALL: &[Spec] = &[
    help::SPEC,
    deploy::SPEC,
    cancel::SPEC,
    status::SPEC,
    where_is::SPEC,
    deploys::SPEC,
    pending::SPEC,
    history::SPEC,
    gh::SUBSCRIBE,
    gh::UNSUBSCRIBE,
    gh::LIST,
    gh::MUTE,
    gh::LINK,
    gh::EXPLAIN,
    build::WATCH,
    build::UNWATCH,
    build::WATCHES,
    build::STATUS,
    build::LOGS,
    build::RETRY,
    build::APPROVE,
    build::REJECT,
    mon::incidents::OPEN,
    mon::incidents::MISSED,
    mon::incidents::SHOW,
    mon::incidents::ACKNOWLEDGE,
    mon::incidents::UNACKNOWLEDGE,
    mon::incidents::RESOLVE,
    mon::incidents::REOPEN,
    mon::incidents::ASSIGN,
    mon::incidents::SNOOZE,
    mon::incidents::ATTACH,
    mon::incidents::NOTE,
    mon::silences::SILENCE,
    mon::silences::SILENCES,
    mon::silences::UNSILENCE,
    mon::oncall::ONCALL,
    mon::oncall::OVERRIDE,
    mon::routes::ROUTES,
    mon::routes::ADD,
    mon::routes::REMOVE,
    mon::routes::TEST,
    whoami::SPEC,
    can::SPEC,
];

/// A value in its place.
fn positional(name: &'static str) -> Arg {
    Arg::new(name).value_name(name)
}

/// The words of a line within a line.
fn rest_of_line(name: &'static str) -> Arg {
    Arg::new(name).value_name(name).num_args(0..).trailing_var_arg(true).allow_hyphen_values(true)
}

/// All the words of a line's end.
fn words(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

/// A value that the grammar requires, so that it is always there.
fn required(matches: &ArgMatches, name: &str) -> String {
    text(matches, name).unwrap_or_default()
}

fn joined(matches: &ArgMatches, name: &str) -> Option<String> {
    let words: Vec<&str> = matches.get_many::<String>(name)?.map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Slack sends a mention as `<@U012AB3CD>` or `<@U012AB3CD|name>`; the id decides, the name never.
fn mention(typed: &str) -> Result<PersonId, Mistake> {
    match typed.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) {
        Some(mention) => Ok(PersonId::from(mention.split('|').next().unwrap_or(mention))),
        None => Err(Mistake::new(format!("`{typed}` is no mention; pick the person from Slack's list so that it becomes one"))),
    }
}
