//! `history [@person|service] [--since 7d]`

use clap::Arg;
use jiff::SignedDuration;
use opsroom_domain::ids::PersonId;

use crate::command::{Command, HistoryOf};
use crate::duration::parse_duration;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

use super::{positional, text};

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

/// Slack sends a mention as `<@U012AB3CD>` or `<@U012AB3CD|name>`; the id decides, the name never.
fn who_or_what(typed: &str) -> Result<HistoryOf, Mistake> {
    let Some(mention) = typed.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) else {
        if typed.starts_with('@') {
            return Err(Mistake::new(format!("`{typed}` is no mention; pick the person from Slack's list so that it becomes one")));
        }
        return Ok(HistoryOf::Service(typed.to_owned()));
    };
    let id = mention.split('|').next().unwrap_or(mention);
    Ok(HistoryOf::Person(PersonId::from(id)))
}
