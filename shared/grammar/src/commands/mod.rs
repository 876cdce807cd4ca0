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
mod pending;
mod status;
mod where_is;
mod whoami;

use clap::{Arg, ArgMatches};

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
