//! An incident's one message, from the first alarm to its end. It is a function of the incident alone, so that it is always true.

mod answers;
mod how;
mod parts;
mod words;

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, IncidentPress, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::incident::{Called, Incident, IncidentAlarm, Phase};
use opsroom_domain::monit::Severity;

pub use answers::{
    attached, attached_to_itself, incident_changed, no_incident_here, not_now, not_taken, rolled_back_by, several_incidents,
};
pub use how::incident_how;
pub(super) use parts::{called_in_words, first_acknowledged, place, where_it_is};
pub use words::{incident_call, incident_word, owner_told};

use super::words::{named, span};

/// The incident's message as it should be now.
pub fn incident(incident: &Incident, catalog: Option<&Catalog>) -> Card {
    let title = title(incident, catalog);
    let mut card = Card { tone: tone(incident), summary: summary(incident, catalog), parts: vec![Part::Text(title)] };
    if incident.phase.is_over() {
        card.parts.push(Part::Context(ending(incident, catalog)));
        card.parts.push(Part::Buttons(buttons(incident, catalog)));
        return card;
    }
    card.parts.extend(parts::what_is_wrong(incident));
    card.parts.push(Part::Context(parts::since_and_where(incident)));
    card.parts.extend(parts::standing(incident, catalog));
    card.parts.extend(parts::other_alarms(incident));
    card.parts.extend(parts::suspects(incident, catalog));
    if let Some(graph) = &incident.graph {
        card.parts.push(Part::Image { file: graph.file.clone(), alt: graph.alt.clone() });
    }
    card.parts.extend(parts::calls(incident, catalog));
    card.parts.extend(parts::notes(incident, catalog));
    card.parts.push(Part::Context(footer(incident)));
    card.parts.push(Part::Buttons(buttons(incident, catalog)));
    card
}

fn tone(incident: &Incident) -> Tone {
    let is_quiet = incident.is_hushed() || incident.snoozed_until.is_some();
    match (&incident.phase, incident.severity) {
        (Phase::Resolved { .. }, _) => Tone::Good,
        _ if is_quiet => Tone::Muted,
        (Phase::Acknowledged { .. }, _) => Tone::Working,
        (Phase::Triggered, Severity::Alert) => Tone::Bad,
        (Phase::Triggered, Severity::Notification) => Tone::Warning,
    }
}

/// The word for how it stands. The colour says the same to those who see it.
pub(crate) fn state(incident: &Incident) -> &'static str {
    match &incident.phase {
        Phase::Resolved { .. } => "Resolved",
        _ if incident.is_hushed() => "Silenced",
        _ if incident.snoozed_until.is_some() => "Snoozed",
        Phase::Acknowledged { .. } => "Acknowledged",
        Phase::Triggered if incident.severity == Severity::Alert => "Alert",
        Phase::Triggered => "Notification",
    }
}

/// `Alert: api-5xx · @dana`. Whoever is mentioned here is notified if the message is new; on an edit nobody is.
fn title(incident: &Incident, catalog: Option<&Catalog>) -> Text {
    let text = Text::empty().bold(format!("{}: {}", state(incident), incident.title));
    match &incident.phase {
        Phase::Triggered => match called_now(incident) {
            Some(called) => text.then(" · ").and(mention(called)),
            None => text,
        },
        Phase::Acknowledged { by, .. } => text.then(" · ").and(named_or(catalog, by)).then(" has it"),
        Phase::Resolved { by, at } => {
            let text = text.then(format!(" · after {}", span(at.duration_since(incident.since))));
            match by {
                Some(by) => text.then(", by ").and(named_or(catalog, by)),
                None => text.then(", by itself"),
            }
        }
    }
}

/// What a notification says: enough to decide whether to get up.
fn summary(incident: &Incident, catalog: Option<&Catalog>) -> Text {
    let text = title(incident, catalog);
    match worst(incident).and_then(|alarm| alarm.measure.as_ref()).filter(|_| !incident.phase.is_over()) {
        Some(measure) => text.then(" · ").then(measure.in_words()),
        None => text,
    }
}

/// Who was called last in this round, if that was anybody.
fn called_now(incident: &Incident) -> Option<&Called> {
    let calls = incident.escalation.calls.iter().rev();
    calls
        .filter(|call| call.round == incident.escalation.round)
        .map(|call| &call.called)
        .find(|called| !matches!(called, Called::Nobody { .. }))
}

/// Mentions whoever is called.
pub(super) fn mention(called: &Called) -> Text {
    match called {
        Called::People { people } => {
            people.iter().enumerate().fold(Text::empty(), |text, (n, person)| text.then(if n == 0 { "" } else { " " }).person(person))
        }
        Called::Channel => Text::empty().everybody(),
        Called::Nobody { why } => Text::plain(why.as_str()),
    }
}

/// By name where the catalog has one: a mention would notify somebody who is only spoken of.
pub(super) fn named_or(catalog: Option<&Catalog>, person: &opsroom_domain::ids::PersonId) -> Text {
    catalog.map_or_else(|| Text::empty().person(person), |catalog| named(catalog, person))
}

/// The alarm that stands for the incident: the one it is named after, else the worst that fires, else any.
pub(crate) fn worst(incident: &Incident) -> Option<&IncidentAlarm> {
    let alarms = || incident.alarms.values();
    alarms()
        .filter(|alarm| alarm.name == incident.title)
        .max_by_key(|alarm| alarm.fires())
        .or_else(|| alarms().max_by_key(|alarm| (alarm.fires(), alarm.severity)))
}

/// `began 12:03, ended 12:40 · acknowledged by Dana after 3 min · 2 alarms · api in production · i-7k3m9q`
fn ending(incident: &Incident, catalog: Option<&Catalog>) -> Text {
    let mut text = Text::plain("Began ").moment(incident.since);
    if let Phase::Resolved { at, .. } = &incident.phase {
        text = text.then(", ended ").moment(*at);
    }
    if let Some((by, at)) = parts::first_acknowledged(incident) {
        let after = span(at.duration_since(incident.since));
        text = text.then(" · acknowledged by ").and(named_or(catalog, by)).then(format!(" after {after}"));
    }
    let alarms = incident.alarms.len() + usize::try_from(incident.more_alarms).unwrap_or(0);
    if alarms > 1 {
        text = text.then(format!(" · {alarms} alarms"));
    }
    if let Some(place) = parts::place(incident) {
        text = text.then(format!(" · {place}"));
    }
    text.then(" · ").code(incident.id.as_str())
}

fn footer(incident: &Incident) -> Text {
    let text = Text::empty().code(incident.id.as_str());
    let links = worst(incident).map(|alarm| &alarm.links);
    let pages = links.iter().flat_map(|links| [(links.console.as_ref(), "the alarm"), (links.dashboard.as_ref(), "dashboard")]);
    pages.fold(text, |text, (url, name)| match url {
        Some(url) => text.then(" · ").link(url, name),
        None => text,
    })
}

fn buttons(incident: &Incident, catalog: Option<&Catalog>) -> Vec<Button> {
    let press = |label: &str, press: IncidentPress, style: ButtonStyle| Button {
        label: label.to_owned(),
        action: ButtonAction::Incident { incident: incident.id.clone(), press },
        style,
        confirm: None,
    };
    let plain = |label: &str, what: IncidentPress| press(label, what, ButtonStyle::Plain);
    if incident.phase.is_over() {
        return vec![plain("Reopen", IncidentPress::Reopen), plain("How?", IncidentPress::Explain)];
    }
    let mut buttons = match &incident.phase {
        Phase::Acknowledged { .. } => {
            vec![press("Resolve", IncidentPress::Resolve, ButtonStyle::Primary), plain("Give back", IncidentPress::Unacknowledge)]
        }
        _ => vec![press("Acknowledge", IncidentPress::Acknowledge, ButtonStyle::Primary), plain("Resolve", IncidentPress::Resolve)],
    };
    buttons.push(plain("Silence…", IncidentPress::Silence));
    buttons.push(plain("Assign…", IncidentPress::Assign));
    buttons.push(plain("Snooze…", IncidentPress::Snooze));
    buttons.extend(parts::rollback(incident, catalog));
    if let Some(url) = runbook(incident) {
        let action = ButtonAction::OpenUrl { url: url.to_owned() };
        buttons.push(Button { label: "Runbook".to_owned(), action, style: ButtonStyle::Plain, confirm: None });
    }
    buttons.push(plain("How?", IncidentPress::Explain));
    buttons
}

/// What to do about it: the word of the alarm that it is named after, else of any.
pub(crate) fn runbook(incident: &Incident) -> Option<&str> {
    let of = |alarm: &'_ IncidentAlarm| alarm.links.runbook.is_some();
    let alarm = worst(incident).filter(|alarm| of(alarm)).or_else(|| incident.alarms.values().find(|alarm| of(alarm)))?;
    alarm.links.runbook.as_deref()
}
