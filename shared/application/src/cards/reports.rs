//! What runs where, what is under way, and what was.

use jiff::Timestamp;
use opsroom_domain::audit::{AuditEntry, Outcome};
use opsroom_domain::card::{Card, Part, Step, StepState, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::{Deployment, Phase};
use opsroom_domain::ids::{EnvironmentName, ServiceName};

use super::deployment::duration;
use super::words::{column, first_line, longest, named, short_revision, span};
use crate::ports::{EnvironmentState, Slot, Waiting};

/// One service, environment by environment.
pub fn where_it_runs(catalog: &Catalog, service: &str, current: &[EnvironmentState], slots: &[Slot]) -> Card {
    let card = Card::line(Tone::Plain, Text::plain("Where ").bold(service).then(" runs"));
    let Ok((name, service)) = catalog.service(service) else { return card };
    let width = longest(service.environments.keys().map(EnvironmentName::as_str));
    let entry = |environment: &EnvironmentName| {
        let here = here(catalog, name, environment, current, slots);
        Text::empty().code(column(environment.as_str(), width)).then("  ").and(here)
    };
    card.with(Part::List(service.environments.keys().map(entry).collect()))
}

/// What runs in a place, and what is under way there.
pub(super) fn here(
    catalog: &Catalog,
    service: &ServiceName,
    environment: &EnvironmentName,
    current: &[EnvironmentState],
    slots: &[Slot],
) -> Text {
    let text = running(catalog, current.iter().find(|state| state.service == *service && state.environment == *environment));
    match slots.iter().find(|slot| slot.service == *service && slot.environment == *environment) {
        Some(slot) => text.then(" · ").and(under_way(catalog, slot)),
        None => text,
    }
}

fn running(catalog: &Catalog, state: Option<&EnvironmentState>) -> Text {
    let Some(state) = state else { return Text::empty().italic("nothing deployed from here yet") };
    let text = match (&state.revision, &state.url) {
        (Some(revision), Some(url)) => Text::empty().link(url, short_revision(revision)),
        (Some(revision), None) => Text::empty().bold(short_revision(revision)),
        (None, _) => Text::plain("an unknown revision"),
    };
    let text = match &state.summary {
        Some(summary) => text.then(format!(" {}", first_line(summary, 60))),
        None => text,
    };
    text.then(" · by ").and(named(catalog, &state.by)).then(" ").moment(state.at)
}

fn under_way(catalog: &Catalog, slot: &Slot) -> Text {
    let what = slot.revision.as_ref().map(|revision| format!("{revision} ")).unwrap_or_default();
    Text::empty()
        .bold(format!("{what}under way"))
        .then(" ")
        .code(slot.deployment.as_str())
        .then(" by ")
        .and(named(catalog, &slot.requester))
}

/// The latest deployments of a service.
pub fn deploys(catalog: &Catalog, service: &str, environment: Option<&str>, deployments: &[Deployment]) -> Card {
    let place = environment.map(|environment| format!(" in {environment}")).unwrap_or_default();
    if deployments.is_empty() {
        return Card::line(Tone::Plain, Text::plain(format!("{service} was never deployed{place} from here.")));
    }
    let step = |deployment: &Deployment| {
        let (state, how) = outcome(&deployment.phase);
        let revision = deployment.revision.as_ref().map_or("latest", |revision| revision.short());
        let mut note =
            Text::plain(format!("{how} · by ")).and(named(catalog, &deployment.request.by)).then(" ").moment(deployment.request.at);
        if let Some(took) = duration(deployment) {
            note = note.then(format!(" · took {}", span(took)));
        }
        Step { name: format!("{revision} to {}", deployment.environment), state, note: note.then(" · ").code(deployment.id.as_str()) }
    };
    Card::line(Tone::Plain, Text::plain("The latest deployments of ").bold(service).then(place))
        .with(Part::Steps(deployments.iter().map(step).collect()))
}

fn outcome(phase: &Phase) -> (StepState, &'static str) {
    match phase {
        Phase::Requested { .. } | Phase::AwaitingApproval | Phase::Waiting { .. } => (StepState::Waiting, "waits"),
        Phase::Rejected { .. } => (StepState::Stopped, "rejected"),
        Phase::Expired { .. } => (StepState::Stopped, "expired"),
        Phase::Starting | Phase::Running => (StepState::Running, "under way"),
        Phase::Cancelling => (StepState::Running, "being cancelled"),
        Phase::Succeeded => (StepState::Done, "succeeded"),
        Phase::Failed { .. } => (StepState::Failed, "failed"),
        Phase::Cancelled => (StepState::Stopped, "cancelled"),
        Phase::Superseded => (StepState::Stopped, "superseded"),
    }
}

/// What is under way.
pub fn pending(catalog: &Catalog, slots: &[Slot], waiting: &[Waiting], now: Timestamp) -> Card {
    let list = |waiting: &[Waiting]| Part::List(waiting.iter().map(|one| super::locks::waiting(catalog, one, now)).collect());
    if slots.is_empty() && !waiting.is_empty() {
        return Card::line(Tone::Plain, Text::empty().bold("Waiting")).with(list(waiting));
    }
    if slots.is_empty() {
        return Card::line(Tone::Plain, Text::plain("Nothing is under way."));
    }
    let entry = |slot: &Slot| {
        let mut text = Text::empty().bold(format!("{} to {}", slot.service, slot.environment));
        if let Some(revision) = &slot.revision {
            text = text.then(" ").code(revision);
        }
        text.then(format!(" · for {} so far · by ", span(now.duration_since(slot.since))))
            .and(named(catalog, &slot.requester))
            .then(" in ")
            .channel(&slot.channel)
            .then(" · ")
            .code(slot.deployment.as_str())
    };
    let card = Card::line(Tone::Plain, Text::empty().bold("Under way")).with(Part::List(slots.iter().map(entry).collect()));
    if waiting.is_empty() { card } else { card.with(Part::Text(Text::empty().bold("Waiting"))).with(list(waiting)) }
}

/// What was asked and what came of it, newest first.
pub fn history(catalog: &Catalog, title: &str, entries: &[AuditEntry]) -> Card {
    if entries.is_empty() {
        return Card::line(Tone::Plain, Text::plain(format!("{title}: nothing is recorded.")));
    }
    let entry = |entry: &AuditEntry| {
        let record = &entry.record;
        let text =
            Text::empty().moment(record.at).then(" ").and(named(catalog, &record.actor)).then(" ").code(first_line(&record.request, 80));
        match &record.outcome {
            Outcome::Allowed { role, started } => text.then(format!(" started {started} (role {role})")),
            Outcome::Refused { rule, .. } => text.then(" ").bold("refused").then(format!(" by rule {rule}")),
            Outcome::Ended { what, how } => {
                let text = text.then(format!(" {what} {how}"));
                match record.approvers.split_first() {
                    Some((first, others)) => others.iter().fold(text.then(", approved by ").and(named(catalog, first)), |text, other| {
                        text.then(", ").and(named(catalog, other))
                    }),
                    None => text,
                }
            }
        }
    };
    Card::line(Tone::Plain, Text::empty().bold(title)).with(Part::List(entries.iter().map(entry).collect()))
}
