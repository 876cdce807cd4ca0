//! `history [@person|service] [--since 7d]`

use clap::Arg;
use jiff::SignedDuration;

use crate::command::{Command, HistoryOf};
use crate::duration::parse_duration;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{mention, positional, text};

pub(crate) const SPEC: Spec = Spec {
    name: "history",
    aliases: &["audit", "log"],
    summary: "What was asked, by whom, and what came of it",
    usage: "history [@person|service] [--since 7d]",
    examples: &["history", "history {service} --since 7d"],
    right: Right::Read,
    how: "Reads the audit table (dynamodb:Query). Functions only append to it; each entry carries the hash of the one before, and \
          `opsctl doctor` checks them all.",
    arguments: |grammar| {
        grammar.arg(positional("of")).arg(Arg::new("since").long("since").value_name("since").value_parser(parse_duration))
    },
    read: |matches| {
        let of = text(matches, "of").map(|typed| who_or_what(&typed)).transpose()?;
        Ok(Command::History { of, since: matches.get_one::<SignedDuration>("since").copied() })
    },
};

fn who_or_what(typed: &str) -> Result<HistoryOf, Mistake> {
    if typed.starts_with(['@', '<']) {
        return mention(typed).map(HistoryOf::Person);
    }
    Ok(HistoryOf::Service(typed.to_owned()))
}
