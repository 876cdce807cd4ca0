//! Answers about what ran before, and what has to run elsewhere first.

use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::{Catalog, Resolved};
use opsroom_domain::deployment::{Deployment, Phase};
use opsroom_domain::ids::{EnvironmentName, ServiceName};
use opsroom_domain::revision::Revision;

use super::passage::what;
use super::words::{named, short_revision};

/// How many revisions are named that one could go back to.
const NAMED: usize = 5;

/// There is nothing to go back to.
pub fn nothing_before(place: (&ServiceName, &EnvironmentName), to: Option<&Revision>, history: &[Deployment]) -> Card {
    let (service, environment) = place;
    let text = match to {
        Some(revision) => Text::code(Text::empty(), revision.short())
            .then(format!(" of {service} has not run in {environment}, as far as is known here.")),
        None => Text::plain(format!(
            "There is nothing to go back to: of {service} nothing else has run in {environment}, as far as is known here."
        )),
    };
    let mut ran: Vec<&str> = Vec::new();
    let succeeded = history.iter().filter(|deployment| deployment.phase == Phase::Succeeded);
    for revision in succeeded.filter_map(Deployment::known_revision).map(short_revision) {
        if !ran.contains(&revision) && ran.len() < NAMED {
            ran.push(revision);
        }
    }
    let card = Card::line(Tone::Warning, text.then(" Nothing was started."));
    if ran.is_empty() {
        return card;
    }
    let listed = ran
        .iter()
        .enumerate()
        .fold(Text::plain("These have: "), |text, (n, revision)| text.then(if n == 0 { "" } else { ", " }).code(*revision));
    card.with(Part::Context(listed))
}

/// What was asked for is there.
pub fn runs_already(wanted: &Deployment) -> Card {
    let revision = wanted.known_revision().map_or("it", short_revision);
    Card::line(
        Tone::Plain,
        Text::code(Text::empty(), revision)
            .then(format!(" of {} runs in {} already. Nothing was started.", wanted.service, wanted.environment)),
    )
}

/// What ran before is known, but not which revision it was.
pub fn unknown_revision(wanted: &Deployment) -> Card {
    let text = Text::plain("Before that ").code(wanted.id.as_str()).then(format!(
        " ran in {}, but which revision it brought isn't known here, and the catalog names no `rollback_stage` of its pipeline. Nothing was started.",
        wanted.environment
    ));
    Card::line(Tone::Warning, text)
}

/// Something else has happened there since.
pub fn overtaken_since(deployment: &Deployment, later: &Deployment, catalog: &Catalog) -> Card {
    let how = match &later.phase {
        phase if phase.is_waiting() => "waits",
        phase if phase.holds_slot() => "is under way",
        Phase::Succeeded => "has succeeded",
        Phase::Cancelled | Phase::Superseded => "was stopped",
        _ => "has failed",
    };
    let revision = later.known_revision().map(|revision| format!(" with {}", short_revision(revision))).unwrap_or_default();
    let text = Text::plain("Since ")
        .code(deployment.id.as_str())
        .then(", ")
        .code(later.id.as_str())
        .then(format!(" ({}){revision} by ", what(later)))
        .and(named(catalog, &later.request.by))
        .then(format!(" {how}, asked for "))
        .moment(later.request.at)
        .then(". Nothing was changed.");
    Card::line(Tone::Warning, text)
}

/// What runs there isn't known.
pub fn nothing_to_promote(service: &ServiceName, environment: &EnvironmentName) -> Card {
    Card::line(
        Tone::Warning,
        Text::plain(format!("Which revision of {service} runs in {environment} isn't known here. Deploy it there first, or name it: "))
            .code(format!("deploy {service}@… to …"))
            .then("."),
    )
}

/// The environment takes only what has proved itself, and no revision was named.
pub fn revision_required(target: &Resolved<'_>, required: &EnvironmentName, there: Option<&str>) -> Card {
    let (service, environment) = (target.service_name, target.environment_name);
    let text = Text::empty()
        .bold(format!("{environment} takes only what has succeeded in {required}"))
        .then(", and the newest revision may be another one. Name the revision, or bring the one that runs there. Nothing was started.");
    with_promotion(Card::line(Tone::Warning, text), service, environment, required, there)
}

/// The revision has not succeeded where it has to.
pub fn not_proved(target: &Resolved<'_>, required: &EnvironmentName, revision: &str, there: Option<&str>) -> Card {
    let (service, environment) = (target.service_name, target.environment_name);
    let text = Text::empty()
        .bold(format!("{environment} takes only what has succeeded in {required}"))
        .then(", and ")
        .code(short_revision(revision))
        .then(format!(" of {service} has not, as far as is known here. Nothing was started."));
    with_promotion(Card::line(Tone::Warning, text), service, environment, required, there)
}

fn with_promotion(
    card: Card,
    service: &ServiceName,
    environment: &EnvironmentName,
    required: &EnvironmentName,
    there: Option<&str>,
) -> Card {
    let card = match there {
        Some(there) => card.with(Part::Context(Text::plain(format!("In {required} runs ")).code(short_revision(there)))),
        None => card,
    };
    let promote = format!("/ops promote {service} from {required} to {environment}");
    card.with(Part::Code(promote)).with(Part::Context(Text::plain("Rule: ").code("requires").then(". This was recorded.")))
}
