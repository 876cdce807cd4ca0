//! The parts of an incident's message.

use jiff::Timestamp;
use opsroom_domain::alarm::AlarmState;
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, IncidentPress, Part, Step, StepState, Text};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::PersonId;
use opsroom_domain::incident::{Call, Called, Incident, IncidentAlarm, Phase, Routed, Suspect, What};
use opsroom_domain::monit::Severity;

use super::{named_or, worst};
use crate::cards::settings::spoken_of;
use crate::cards::words::{first_line, short_revision, span};

/// How many alarms are listed; the rest is counted.
const ALARMS_SHOWN: usize = 10;

/// How many of the latest notes are shown; `mon show` has them all.
const NOTES_SHOWN: usize = 3;

/// How many calls are listed.
const CALLS_SHOWN: usize = 6;

/// The value and the bound, and what the sender says about it.
pub(super) fn what_is_wrong(incident: &Incident) -> Option<Part> {
    let alarm = worst(incident)?;
    let reason = alarm.reason.as_deref().map(|reason| first_line(reason, 280));
    let mut text = match (&alarm.measure, &reason) {
        (Some(measure), Some(reason)) => Text::empty().bold(measure.in_words()).then(". ").then(reason),
        (Some(measure), None) => Text::empty().bold(measure.in_words()),
        (None, Some(reason)) => Text::plain(reason),
        (None, None) => Text::plain("Its sender doesn't say what is wrong."),
    };
    if !alarm.children.is_empty() {
        text = text.then(" Because of ").and(codes(&alarm.children)).then(".");
    }
    Some(Part::Text(text))
}

fn codes(names: &[String]) -> Text {
    names.iter().enumerate().fold(Text::empty(), |text, (n, name)| text.then(if n == 0 { "" } else { ", " }).code(name))
}

/// `Since 12:03 · api in production · eu-central-1 · account 000000000000 · CloudWatch`
pub(super) fn since_and_where(incident: &Incident) -> Text {
    let text = Text::plain("Since ").moment(incident.since);
    let place = where_it_is(incident);
    if place.is_empty() { text } else { text.then(format!(" · {place}")) }
}

/// Service, environment, region, account, source.
pub(in crate::cards) fn where_it_is(incident: &Incident) -> String {
    let alarm = worst(incident);
    let region = alarm.and_then(|alarm| alarm.region.clone());
    let account = alarm.and_then(|alarm| alarm.account.as_ref()).map(|account| format!("account {account}"));
    let source = alarm.map(|alarm| alarm.key.source.shown().to_owned());
    [place(incident), region, account, source].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// `api in production`
pub(in crate::cards) fn place(incident: &Incident) -> Option<String> {
    match (&incident.service, &incident.environment) {
        (Some(service), Some(environment)) => Some(format!("{service} in {environment}")),
        (Some(service), None) => Some(service.to_string()),
        (None, Some(environment)) => Some(format!("in {environment}")),
        (None, None) => None,
    }
}

/// What holds besides: snoozed, silenced, flapping, nobody's.
pub(super) fn standing(incident: &Incident, catalog: Option<&Catalog>) -> Vec<Part> {
    let mut lines = Vec::new();
    if let Phase::Acknowledged { by, at } = &incident.phase {
        let text = named_or(catalog, by).then(" has it since ").moment(*at);
        lines.push(match incident.assignee.as_ref().filter(|assignee| *assignee != by) {
            Some(assignee) => text.then(", assigned to ").and(named_or(catalog, assignee)),
            None => text,
        });
    }
    if let Some(until) = incident.snoozed_until {
        lines.push(Text::empty().bold("Snoozed").then(" until ").moment(until).then(": it calls nobody before"));
    }
    match &incident.silenced {
        Some(silenced) => {
            let until = Text::empty().bold("Silenced").then(" until ").moment(silenced.until);
            lines.push(until.then(" by ").code(silenced.silence.as_str()));
        }
        None if incident.is_hushed() => lines.push(Text::empty().bold("Silenced").then(": all of its alarms are under a silence")),
        None => {}
    }
    if let Some(flapping) = &incident.flapping {
        let minutes = flapping.latest.duration_since(flapping.since).as_mins();
        let since = if minutes > 0 { format!(", for {minutes} min so far") } else { String::new() };
        lines.push(
            Text::empty()
                .bold("Flapping")
                .then(format!(": {} changes shortly after each other{since}, not told one by one", flapping.changes)),
        );
    }
    if incident.routed == Routed::Nobody {
        let line = Text::empty().bold("No route took this").then(", so it is here. Send it where it belongs: ");
        lines.push(line.code(format!("/ops mon route add name:{} to:here", quoted(&incident.title))));
    }
    lines.into_iter().map(Part::Context).collect()
}

/// As it would be typed.
fn quoted(name: &str) -> String {
    if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() }
}

/// The alarms, if there is more than one.
pub(super) fn other_alarms(incident: &Incident) -> Vec<Part> {
    let more = usize::try_from(incident.more_alarms).unwrap_or(usize::MAX);
    if incident.alarms.len() + more < 2 {
        return Vec::new();
    }
    let mut alarms: Vec<&IncidentAlarm> = incident.alarms.values().collect();
    alarms.sort_by_key(|alarm| (!alarm.fires(), std::cmp::Reverse(alarm.severity), alarm.at));
    let firing = alarms.iter().filter(|alarm| alarm.fires()).count() + more;
    let title = Text::empty().bold(format!("{} alarms, {firing} of them firing", alarms.len() + more));
    let steps = alarms.iter().take(ALARMS_SHOWN).map(|alarm| step(alarm)).collect();
    let hidden = alarms.len().saturating_sub(ALARMS_SHOWN) + more;
    let mut parts = vec![Part::Context(title), Part::Steps(steps)];
    if hidden > 0 {
        parts.push(Part::Context(Text::plain(format!("and {hidden} more"))));
    }
    parts
}

fn step(alarm: &IncidentAlarm) -> Step {
    let (state, word) = match alarm.state {
        _ if alarm.fires() && alarm.silence.is_some() => (StepState::Stopped, "silenced"),
        AlarmState::Firing if alarm.severity == Severity::Alert => (StepState::Failed, ""),
        AlarmState::Firing => (StepState::Waiting, ""),
        AlarmState::NoData if alarm.fires() => (StepState::Failed, "no data"),
        AlarmState::NoData => (StepState::Stopped, "no data"),
        AlarmState::Ok => (StepState::Done, "well again"),
    };
    let measure = alarm.measure.as_ref().filter(|_| alarm.fires()).map(opsroom_domain::alarm::Measure::in_words);
    let note = [Some(word.to_owned()).filter(|word| !word.is_empty()), measure].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let note = if note.is_empty() { Text::empty() } else { Text::plain(note).then(" · ") };
    Step { name: alarm.name.clone(), state, note: note.then("since ").moment(alarm.at) }
}

/// Deployments and pushes in the hour before.
pub(super) fn suspects(incident: &Incident, catalog: Option<&Catalog>) -> Vec<Part> {
    if incident.suspects.is_empty() {
        return Vec::new();
    }
    let title = Text::empty().bold("What changed in the hour before");
    vec![Part::Context(title), Part::List(incident.suspects.iter().map(|suspect| self::suspect(suspect, incident, catalog)).collect())]
}

fn suspect(suspect: &Suspect, incident: &Incident, catalog: Option<&Catalog>) -> Text {
    match suspect {
        Suspect::Deployment { deployment, revision, replaced, outcome, by, at } => {
            let what = revision.as_deref().unwrap_or("the latest revision");
            let text = Text::plain("Deployment of ").bold(short_revision(what)).then(format!(", {outcome}"));
            let text = match replaced {
                Some(replaced) => text.then(", replaced ").code(short_revision(replaced)),
                None => text,
            };
            let text = text.then(" · by ").and(named_or(catalog, by)).then(" ").moment(*at);
            text.then(before(incident, *at)).then(" · ").code(deployment.as_str())
        }
        Suspect::Push { repository, branch, sha, title, url, author, commits, at } => {
            let text = Text::plain("Push to ").code(format!("{repository}:{branch}")).then(" ");
            let text = match url {
                Some(url) => text.link(url, short_revision(sha)),
                None => text.code(short_revision(sha)),
            };
            let more = if *commits > 1 { format!(" and {} more", commits - 1) } else { String::new() };
            let text = text.then(format!(" {}{more} · by {author} ", first_line(title, 80)));
            text.moment(*at).then(before(incident, *at))
        }
    }
}

/// `, 4 min before`
fn before(incident: &Incident, at: Timestamp) -> String {
    let before = incident.since.duration_since(at);
    if before.is_negative() { String::new() } else { format!(", {} before", span(before)) }
}

/// A button for the newest deployment that can be undone: what it replaced is known and something else, and the pipeline takes a revision.
pub(super) fn rollback(incident: &Incident, catalog: Option<&Catalog>) -> Option<Button> {
    let (service, environment) = (incident.service.as_ref()?, incident.environment.as_ref()?);
    catalog?.target(service.as_str(), environment.as_str()).ok()?.target.revision.as_ref()?;
    incident.suspects.iter().find_map(|suspect| {
        let Suspect::Deployment { deployment, revision, replaced: Some(replaced), outcome, .. } = suspect else { return None };
        if matches!(outcome.as_str(), "running" | "cancelled") || revision.as_ref() == Some(replaced) {
            return None;
        }
        let replaced = short_revision(replaced);
        let instead = revision.as_deref().map(|revision| format!(" in place of {}", short_revision(revision))).unwrap_or_default();
        Some(Button {
            label: format!("Roll back to {replaced}"),
            action: ButtonAction::Incident {
                incident: incident.id.clone(),
                press: IncidentPress::Rollback { deployment: deployment.clone() },
            },
            style: ButtonStyle::Danger,
            confirm: Some(format!("Deploy {replaced} of {service} to {environment}{instead}?")),
        })
    })
}

/// Whom it has called, and whom it calls next.
pub(super) fn calls(incident: &Incident, catalog: Option<&Catalog>) -> Vec<Part> {
    let calls = &incident.escalation.calls;
    let latest = calls.iter().skip(calls.len().saturating_sub(CALLS_SHOWN));
    let mut entries: Vec<Text> = latest.map(|call| self::call(call, catalog)).collect();
    match incident.escalation.next {
        Some((level, at)) if entries.is_empty() => entries.push(Text::plain("Calls ").and(level_name(level)).then(" ").moment(at)),
        Some((_, at)) => entries.push(Text::plain("Unless somebody has it, calls the next level ").moment(at)),
        None => {}
    }
    if entries.is_empty() { Vec::new() } else { vec![Part::List(entries)] }
}

fn call(call: &Call, catalog: Option<&Catalog>) -> Text {
    let again = if call.round > 1 { " again" } else { "" };
    let text = match &call.called {
        Called::People { people } => {
            let names = people.iter().enumerate();
            names.fold(Text::plain(format!("Called{again} ")), |text, (n, person)| {
                text.then(if n == 0 { "" } else { ", " }).and(named_or(catalog, person))
            })
        }
        Called::Channel => Text::plain(format!("Called{again} everybody in this channel")),
        Called::Nobody { why } => Text::empty().bold("Called nobody").then(format!(": {why}")),
    };
    text.then(" ").moment(call.at)
}

/// Who is called, by name: in a list nobody is notified.
pub(in crate::cards) fn called_in_words(called: &Called, catalog: Option<&Catalog>) -> Text {
    match called {
        Called::People { people } => spoken_of(catalog, people),
        Called::Channel => Text::plain("everybody in the channel"),
        Called::Nobody { why } => Text::empty().bold("nobody").then(format!(", because {why}")),
    }
}

fn level_name(level: usize) -> Text {
    Text::plain(format!("level {}", level + 1))
}

/// The latest notes.
pub(super) fn notes(incident: &Incident, catalog: Option<&Catalog>) -> Vec<Part> {
    if incident.notes.is_empty() {
        return Vec::new();
    }
    let hidden = incident.notes.len().saturating_sub(NOTES_SHOWN);
    let entry = |note: &opsroom_domain::incident::Note| {
        named_or(catalog, &note.by).then(": ").italic(first_line(&note.text, 200)).then(" ").moment(note.at)
    };
    let mut parts = vec![Part::List(incident.notes.iter().skip(hidden).map(entry).collect())];
    if hidden > 0 {
        parts.push(Part::Context(Text::plain(format!("{hidden} earlier notes: ")).code(format!("/ops mon show {}", incident.id))));
    }
    parts
}

/// Who had it first.
pub(in crate::cards) fn first_acknowledged(incident: &Incident) -> Option<(&PersonId, Timestamp)> {
    incident.timeline.iter().find_map(|happened| match &happened.what {
        What::Acknowledged { by } => Some((by, happened.at)),
        What::Assigned { to, .. } => Some((to, happened.at)),
        _ => None,
    })
}
