//! What runs where, what is under way, and what was.

use jiff::Timestamp;
use opsroom_domain::audit::{AuditEntry, Outcome};
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::{Deployment, Phase};
use opsroom_domain::ids::EnvironmentName;

use super::deployment::duration;
use super::words::{first_line, short_revision, span};
use crate::ports::{EnvironmentState, Slot};

/// Every service in every environment, or in one.
pub fn status(catalog: &Catalog, only: Option<&EnvironmentName>, current: &[EnvironmentState], slots: &[Slot]) -> Card {
    let mut card = Card::line(
        Tone::Plain,
        Text::empty().bold(only.map_or_else(|| "What runs where".to_owned(), |environment| format!("What runs in {environment}"))),
    );
    for environment in catalog.environments.keys().filter(|name| only.is_none_or(|only| *name == only)) {
        let services: Vec<_> =
            catalog.services.iter().filter(|(_, service)| service.environments.contains_key(environment)).map(|(name, _)| name).collect();
        if services.is_empty() {
            continue;
        }
        let mut text = Text::empty().bold(environment.as_str());
        for service in services {
            text = text.then("\n").code(service.as_str()).then("  ");
            let state = current.iter().find(|state| state.service == *service && state.environment == *environment);
            text = text.and(running(state));
            if let Some(slot) = slots.iter().find(|slot| slot.service == *service && slot.environment == *environment) {
                text = text.then(" · ").and(under_way(slot));
            }
        }
        card = card.with(Part::Text(text));
    }
    card
}

/// One service, environment by environment.
pub fn where_it_runs(catalog: &Catalog, service: &str, current: &[EnvironmentState], slots: &[Slot]) -> Card {
    let mut card = Card::line(Tone::Plain, Text::plain("Where ").bold(service).then(" runs"));
    let Ok((name, service)) = catalog.service(service) else { return card };
    let mut text = Text::empty();
    for (n, environment) in service.environments.keys().enumerate() {
        let state = current.iter().find(|state| state.service == *name && state.environment == *environment);
        text = text.then(if n == 0 { "" } else { "\n" }).code(environment.as_str()).then("  ").and(running(state));
        if let Some(slot) = slots.iter().find(|slot| slot.service == *name && slot.environment == *environment) {
            text = text.then(" · ").and(under_way(slot));
        }
    }
    card = card.with(Part::Text(text));
    card
}

fn running(state: Option<&EnvironmentState>) -> Text {
    let Some(state) = state else { return Text::plain("nothing deployed from here yet") };
    let text = match (&state.revision, &state.url) {
        (Some(revision), Some(url)) => Text::empty().link(url, short_revision(revision)),
        (Some(revision), None) => Text::empty().bold(short_revision(revision)),
        (None, _) => Text::plain("an unknown revision"),
    };
    let text = match &state.summary {
        Some(summary) => text.then(format!(" {}", first_line(summary, 60))),
        None => text,
    };
    text.then(" · by ").person(&state.by).then(" ").moment(state.at)
}

fn under_way(slot: &Slot) -> Text {
    let what = slot.revision.as_ref().map(|revision| format!("{revision} ")).unwrap_or_default();
    Text::italic(Text::empty(), format!("{what}under way")).then(" ").code(slot.deployment.as_str()).then(" by ").person(&slot.requester)
}

/// The latest deployments of a service.
pub fn deploys(service: &str, environment: Option<&str>, deployments: &[Deployment]) -> Card {
    let place = environment.map(|environment| format!(" in {environment}")).unwrap_or_default();
    if deployments.is_empty() {
        return Card::line(Tone::Plain, Text::plain(format!("{service} was never deployed{place} from here.")));
    }
    let mut text = Text::empty();
    for (n, deployment) in deployments.iter().enumerate() {
        let (mark, how) = outcome(&deployment.phase);
        text = text
            .then(format!("{}{mark} ", if n == 0 { "" } else { "\n" }))
            .moment(deployment.request.at)
            .then(" ")
            .code(deployment.revision.as_ref().map_or("latest", |revision| revision.short()));
        text = text.then(format!(" to {} {how} by ", deployment.environment)).person(&deployment.request.by);
        if let Some(took) = duration(deployment) {
            text = text.then(format!(" in {}", span(took)));
        }
        text = text.then(" ").code(deployment.id.as_str());
    }
    Card::line(Tone::Plain, Text::plain("The latest deployments of ").bold(service).then(place)).with(Part::Text(text))
}

fn outcome(phase: &Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Starting | Phase::Running => ("●", "under way"),
        Phase::Cancelling => ("●", "being cancelled"),
        Phase::Succeeded => ("✓", "succeeded"),
        Phase::Failed { .. } => ("✕", "failed"),
        Phase::Cancelled => ("–", "cancelled"),
        Phase::Superseded => ("–", "superseded"),
    }
}

/// What is under way.
pub fn pending(slots: &[Slot], now: Timestamp) -> Card {
    if slots.is_empty() {
        return Card::line(Tone::Plain, Text::plain("Nothing is under way."));
    }
    let mut text = Text::empty();
    for (n, slot) in slots.iter().enumerate() {
        text = text
            .then(if n == 0 { "" } else { "\n" })
            .code(slot.deployment.as_str())
            .then(" ")
            .bold(format!("{} to {}", slot.service, slot.environment));
        if let Some(revision) = &slot.revision {
            text = text.then(" ").code(revision);
        }
        text = text
            .then(" by ")
            .person(&slot.requester)
            .then(" in ")
            .channel(&slot.channel)
            .then(format!(", for {} so far", span(now.duration_since(slot.since))));
    }
    Card::line(Tone::Plain, Text::empty().bold("Under way")).with(Part::Text(text))
}

/// What was asked and what came of it, newest first.
pub fn history(title: &str, entries: &[AuditEntry]) -> Card {
    if entries.is_empty() {
        return Card::line(Tone::Plain, Text::plain(format!("{title}: nothing is recorded.")));
    }
    let mut text = Text::empty();
    for (n, entry) in entries.iter().enumerate() {
        let record = &entry.record;
        text = text
            .then(if n == 0 { "" } else { "\n" })
            .moment(record.at)
            .then(" ")
            .person(&record.actor)
            .then(" ")
            .code(first_line(&record.request, 80));
        text = match &record.outcome {
            Outcome::Allowed { role, started } => text.then(format!(" started {started} (role {role})")),
            Outcome::Refused { rule, .. } => text.then(format!(" refused by rule {rule}")),
            Outcome::Ended { what, how } => text.then(format!(" {what} {how}")),
        };
    }
    Card::line(Tone::Plain, Text::empty().bold(title)).with(Part::Text(text))
}
