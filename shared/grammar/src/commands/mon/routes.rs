//! Which alarm goes where.

use opsroom_domain::ids::{ChannelId, RouteId};
use opsroom_domain::monit::AlarmMatch;

use super::super::{positional, required, rest_of_line, words};
use super::is_id;
use super::terms::{Terms, severity};
use crate::command::Command;
use crate::mistake::Mistake;
use crate::mon::Mon;
use crate::registry::{Right, Spec};

pub(crate) const ROUTES: Spec = Spec {
    name: "mon routes",
    aliases: &["mon route", "mon route list"],
    summary: "Which alarm goes where: the catalog's routes, then those made in chat",
    usage: "mon routes",
    examples: &["mon routes"],
    right: Right::Read,
    how: "Reads the routes made in chat (dynamodb:Query); the others stand in the catalog.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Mon(Mon::Routes)),
};

pub(crate) const ADD: Spec = Spec {
    name: "mon route add",
    aliases: &["mon route new", "mon route create"],
    summary: "Send alarms to this channel or another one, and say how bad they are",
    usage: "mon route add <terms…> [to:here|to:#channel] [severity:alert|notification]",
    examples: &[
        "mon route add name:api-* to:here severity:critical",
        "mon route add service={service} env={environment} to:{channel}",
        "mon route add source:grafana label.team=shop reported:warning severity:notification",
    ],
    right: Right::Subscribe,
    how: "Writes the route (dynamodb:TransactWriteItems). Terms: name, service, env, source, label.<name>, tag.<name>, reported (what the sender calls \
          severity), with = or :, where * stands for anything; all have to fit. severity: says how bad it is, whatever the sender says.",
    arguments: |grammar| grammar.arg(rest_of_line("terms").num_args(1..).required(true)),
    read: |matches| {
        let (mut terms, mut to, mut how_bad) = (Terms::default(), None, None);
        for word in words(matches, "terms") {
            match Terms::split(&word) {
                Some((name, value)) if matches!(name.to_lowercase().as_str(), "to" | "channel") => to = channel(value)?,
                Some((name, value)) if name.eq_ignore_ascii_case("severity") => how_bad = Some(severity(value)?),
                // `to here` lost its preposition on the way.
                None if is_channel(&word) => to = channel(&word)?,
                _ => terms.take(&word)?,
            }
        }
        let matches = terms.matches();
        if matches == AlarmMatch::default() {
            return Err(Mistake::new("which alarms? For all of them, write `name:*`").valid(Terms::VALID));
        }
        Ok(Command::Mon(Mon::AddRoute { matches, to, severity: how_bad }))
    },
};

fn is_channel(word: &str) -> bool {
    word.eq_ignore_ascii_case("here") || word.starts_with('#') || word.starts_with("<#")
}

/// Slack sends a channel as `<#C012AB3CD>` or `<#C012AB3CD|name>`; the id decides. `None` for where it is asked.
fn channel(typed: &str) -> Result<Option<ChannelId>, Mistake> {
    if typed.eq_ignore_ascii_case("here") {
        return Ok(None);
    }
    let linked = typed.strip_prefix("<#").and_then(|rest| rest.strip_suffix('>')).map(|link| link.split('|').next().unwrap_or(link));
    let is_id = |id: &str| id.starts_with(['C', 'G']) && id.len() >= 9 && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    match linked.or_else(|| is_id(typed).then_some(typed)) {
        Some(id) if !id.is_empty() => Ok(Some(ChannelId::new(id))),
        _ => Err(Mistake::new(format!("`{typed}` is no channel; write `to:here`, or pick it from Slack's list so that it becomes a link"))),
    }
}

pub(crate) const REMOVE: Spec = Spec {
    name: "mon route remove",
    aliases: &["mon route delete", "mon route rm"],
    summary: "Take a route off that was made in chat",
    usage: "mon route remove <route>",
    examples: &["mon route remove r-7k3m9q2x"],
    right: Right::Subscribe,
    how: "Deletes the route (dynamodb:TransactWriteItems); incidents that are open stay where they are.",
    arguments: |grammar| grammar.arg(positional("route").required(true)),
    read: |matches| {
        let typed = required(matches, "route");
        if is_id(&typed, "r-") {
            Ok(Command::Mon(Mon::RemoveRoute { route: RouteId::new(typed.to_lowercase()) }))
        } else {
            Err(Mistake::new(format!("`{typed}` is no route made in chat; it looks like `r-7k3m9q2x`, and `mon routes` lists them")))
        }
    },
};

pub(crate) const TEST: Spec = Spec {
    name: "mon test",
    aliases: &["mon try", "mon explain"],
    summary: "What would happen to an alarm: where it goes, whom it calls, which silence keeps it quiet",
    usage: "mon test <alarm|terms…>",
    examples: &["mon test api-5xx", "mon test name:api-5xx severity:critical label.team=shop"],
    right: Right::Read,
    how: "Reads routes, silences and who stands in (dynamodb:Query), and decides as for a real alarm. Nothing is written, nobody is called.",
    arguments: |grammar| grammar.arg(rest_of_line("alarm").num_args(1..).required(true)),
    read: |matches| {
        let mut terms = Terms::default();
        let mut name: Vec<String> = Vec::new();
        for word in words(matches, "alarm") {
            // Alarms may have spaces and colons in their names: what is no term belongs to the name.
            if Terms::is_term(&word) { terms.take(&word)? } else { name.push(word) }
        }
        let mut alarm = terms.matches();
        if !name.is_empty() {
            if alarm.name.is_some() {
                return Err(Mistake::new(format!("`{}` is one word too many, the alarm has a name already", name.join(" "))));
            }
            alarm.name = Some(name.join(" "));
        }
        Ok(Command::Mon(Mon::Test { alarm }))
    },
};
