//! Many incidents at once: what is open, what was missed, the day's summary; and all about one.

use jiff::Timestamp;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{EnvironmentName, IncidentId};
use opsroom_domain::incident::{Happened, Incident, Note, Phase, What};
use opsroom_domain::monit::{MonitSettings, Severity};

use super::incident::{self, called_in_words, named_or, place, state, where_it_is, worst};
use super::words::{first_line, named, span};

/// How many incidents a list shows.
const SHOWN: usize = 30;

/// What is open, alerts first.
pub fn open_incidents(open: &[Incident], environment: Option<&EnvironmentName>, catalog: &Catalog, now: Timestamp) -> Card {
    let there = environment.map(|environment| format!(" in {environment}")).unwrap_or_default();
    if open.is_empty() {
        return Card::line(Tone::Good, Text::plain(format!("No incident is open{there}.")));
    }
    let mut sorted: Vec<&Incident> = open.iter().collect();
    sorted.sort_by_key(|incident| (urgency(incident), std::cmp::Reverse(incident.since)));
    let tone = if sorted.iter().any(|incident| urgency(incident) == 0) { Tone::Bad } else { Tone::Working };
    let count = if open.len() == 1 { "1 incident is open".to_owned() } else { format!("{} incidents are open", open.len()) };
    let entries = sorted.iter().take(SHOWN).map(|incident| entry(incident, catalog, Some(now))).collect();
    let card = Card::line(tone, Text::empty().bold(format!("{count}{there}"))).with(Part::List(entries));
    let more = open.len().saturating_sub(SHOWN);
    if more > 0 { card.with(Part::Context(Text::plain(format!("and {more} more")))) } else { card }
}

/// What calls people comes first, what somebody has after it, what is quiet last.
fn urgency(incident: &Incident) -> u8 {
    match (&incident.phase, incident.severity) {
        _ if incident.is_hushed() || incident.snoozed_until.is_some() => 3,
        (Phase::Triggered, Severity::Alert) => 0,
        (Phase::Triggered, Severity::Notification) => 1,
        _ => 2,
    }
}

/// `Alert api-5xx · api in production · for 12 min · in #alerts · i-7k3m9q`
fn entry(incident: &Incident, catalog: &Catalog, now: Option<Timestamp>) -> Text {
    let text = Text::empty().bold(state(incident)).then(format!(" {}", first_line(&incident.title, 100)));
    let text = match place(incident) {
        Some(place) => text.then(format!(" · {place}")),
        None => text,
    };
    let text = match (&incident.phase, now) {
        (Phase::Resolved { by, at }, _) => {
            let text = text.then(format!(" · took {}", span(at.duration_since(incident.since))));
            match by {
                Some(by) => text.then(", resolved by ").and(named(catalog, by)),
                None => text,
            }
        }
        (Phase::Acknowledged { by, .. }, Some(now)) => {
            text.then(" · ").and(named(catalog, by)).then(format!(" has it · for {}", span(now.duration_since(incident.since))))
        }
        (_, Some(now)) => text.then(format!(" · for {}", span(now.duration_since(incident.since)))),
        (_, None) => text.then(" · since ").moment(incident.since),
    };
    text.then(" · in ").channel(&incident.channel).then(" · ").code(incident.id.as_str())
}

/// What began and ended since somebody looked, and what lasts.
pub fn missed(closed: &[Incident], open: &[Incident], since: Timestamp, catalog: &Catalog) -> Card {
    if closed.is_empty() && open.is_empty() {
        return Card::line(Tone::Good, Text::plain("You missed nothing since ").moment(since).then("."));
    }
    let title = Text::empty().bold("What you missed").then(" since ").moment(since);
    let mut card = Card::line(if open.is_empty() { Tone::Plain } else { Tone::Warning }, title);
    for (name, incidents) in [("Still open", open), ("Over", closed)] {
        if incidents.is_empty() {
            continue;
        }
        card = card.with(Part::Context(Text::empty().bold(format!("{name}: {}", incidents.len()))));
        card = card.with(Part::List(incidents.iter().take(SHOWN).map(|incident| entry(incident, catalog, None)).collect()));
    }
    card
}

/// All about one incident.
pub fn incident_in_full(incident: &Incident, link: Option<&str>, catalog: &Catalog) -> Card {
    let title = Text::empty().bold(format!("{}: ", state(incident)));
    let title = match link {
        Some(url) => title.link(url, incident.title.as_str()),
        None => title.bold(incident.title.as_str()),
    };
    let shown = incident::incident(incident, Some(catalog));
    let mut card = Card::line(shown.tone, title.then(" · in ").channel(&incident.channel).then(" · ").code(incident.id.as_str()));
    card = card.with(Part::Context(Text::plain(format!("{} · one incident for {}", where_it_is(incident), incident.group))));
    if let Some(measure) = worst(incident).and_then(|alarm| alarm.measure.as_ref()) {
        card = card.with(Part::Text(Text::plain(measure.in_words())));
    }
    let alarms = incident.alarms.values().map(|alarm| {
        let how = if alarm.fires() { "fires" } else { "is well" };
        let text = Text::empty().code(alarm.name.as_str()).then(format!(" {how} since ")).moment(alarm.at);
        match &alarm.reason {
            Some(reason) => text.then(format!(" · {}", first_line(reason, 120))),
            None => text,
        }
    });
    card = card.with(Part::List(alarms.take(SHOWN).collect()));
    card = card.with(Part::Context(Text::empty().bold("What happened")));
    let hidden = incident.timeline.len().saturating_sub(SHOWN);
    card = card.with(Part::List(incident.timeline.iter().skip(hidden).map(|happened| self::happened(happened, catalog)).collect()));
    if !incident.notes.is_empty() {
        let note = |note: &Note| named(catalog, &note.by).then(" ").moment(note.at).then(": ").then(note.text.as_str());
        card = card.with(Part::Context(Text::empty().bold("Notes"))).with(Part::List(incident.notes.iter().map(note).collect()));
    }
    card
}

/// `none is open`, `1 is open`, `2 are open`
fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("none {}", one.trim_start_matches("incident ")),
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

fn happened(happened: &Happened, catalog: &Catalog) -> Text {
    let text = Text::empty().moment(happened.at).then(" ");
    let named = |person| named_or(Some(catalog), person);
    match &happened.what {
        What::Fired { alarm } => text.code(alarm).then(" fired"),
        What::Well { alarm } => text.code(alarm).then(" was well again"),
        What::Attached { alarm, by } => text.and(named(by)).then(" attached ").code(alarm),
        What::Called { level, called } => text.then(format!("level {} called: ", level + 1)).and(called_in_words(called, Some(catalog))),
        What::Acknowledged { by } => text.and(named(by)).then(" took it"),
        What::Unacknowledged { by: Some(by) } => text.and(named(by)).then(" gave it back"),
        What::Unacknowledged { by: None } => text.then("nothing had happened for long, so nobody has it"),
        What::Assigned { to, by } if to == by => text.and(named(by)).then(" took it"),
        What::Assigned { to, by } => text.and(named(by)).then(" gave it to ").and(named(to)),
        What::Snoozed { until, by } => text.and(named(by)).then(" snoozed it until ").moment(*until),
        What::SnoozeOver => text.then("it came back"),
        What::Silenced { silence, by } => text.and(named(by)).then(" silenced it: ").code(silence.as_str()),
        What::SilenceOver => text.then("it was no longer silenced"),
        What::Flapping => text.then("it began to flap"),
        What::Calmed => text.then("it no longer flapped"),
        What::Resolved { by: Some(by) } => text.and(named(by)).then(" resolved it"),
        What::Resolved { by: None } => text.then("its last alarm was well again"),
        What::Reopened { by: Some(by) } => text.and(named(by)).then(" opened it again"),
        What::Reopened { by: None } => text.then("it was back"),
    }
}

/// There is none of that name.
pub fn no_such_incident(id: &IncidentId) -> Card {
    let text = Text::plain("No incident is called ").code(id.as_str()).then(". ").code("/ops mon open").then(" lists what is open.");
    Card::line(Tone::Warning, text)
}

/// It is over.
pub fn over_already(incident: &Incident) -> Card {
    let text = Text::empty().bold(incident.title.as_str()).then(" (").code(incident.id.as_str()).then(") is over already");
    let text = match &incident.phase {
        Phase::Resolved { at, .. } => text.then(", since ").moment(*at),
        _ => text,
    };
    Card::line(Tone::Warning, text.then(". Nothing was changed."))
}

/// The last day in a message: what began, how long it took until somebody had it, what is open.
pub fn daily_summary(closed: &[Incident], open: &[Incident], settings: &MonitSettings, catalog: &Catalog, at: Timestamp) -> Card {
    let since = at.saturating_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(at);
    let new_open = open.iter().filter(|incident| incident.since > since).count();
    let began = closed.len() + new_open;
    let tone = if open.iter().any(|incident| urgency(incident) == 0) { Tone::Warning } else { Tone::Good };
    let title = Text::empty().bold("The last 24 hours").then(match (began, open.len()) {
        (0, 0) => ": all was quiet".to_owned(),
        (began, open) => format!(": {}, {}", counted(began, "incident began", "incidents began"), counted(open, "is open", "are open")),
    });
    let mut card = Card::line(tone, title);
    if !open.is_empty() {
        card = card.with(Part::Context(Text::empty().bold("Open")));
        card = card.with(Part::List(open.iter().take(SHOWN).map(|incident| entry(incident, catalog, Some(at))).collect()));
    }
    if !closed.is_empty() {
        card = card.with(Part::Context(Text::empty().bold("Over")));
        card = card.with(Part::List(closed.iter().take(SHOWN).map(|incident| entry(incident, catalog, None)).collect()));
    }
    let waits: Vec<i64> = closed
        .iter()
        .chain(open)
        .filter_map(|incident| Some(incident::first_acknowledged(incident)?.1.duration_since(incident.since).as_secs().max(0)))
        .collect();
    if !waits.is_empty() {
        let mean = waits.iter().sum::<i64>() / i64::try_from(waits.len()).unwrap_or(1);
        let mean = span(jiff::SignedDuration::from_secs(mean));
        card = card.with(Part::Context(Text::plain(format!("Until somebody had an incident it took {mean} on average."))));
    }
    let quiet: u32 = settings.silences.iter().map(|silence| silence.count).sum();
    if !settings.silences.is_empty() {
        let silences =
            if settings.silences.len() == 1 { "1 silence holds".to_owned() } else { format!("{} silences hold", settings.silences.len()) };
        card =
            card.with(Part::Context(Text::plain(format!("{silences}, and kept {quiet} alarms quiet so far: ")).code("/ops mon silences")));
    }
    card
}
