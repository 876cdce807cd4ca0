//! Answers to people who do something about incidents.

use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::ids::{DeploymentId, IncidentId, PersonId};
use opsroom_domain::incident::{Incident, NotNow};

use super::{named_or, state};

/// How an incident stands after what was done about it, for who typed that.
pub fn incident_changed(incident: &Incident, link: Option<&str>) -> Card {
    Card::line(Tone::Plain, titled(incident, link).then(format!(" is {} now.", state(incident).to_lowercase())))
}

fn titled(incident: &Incident, link: Option<&str>) -> Text {
    let text = match link {
        Some(url) => Text::empty().link(url, incident.title.as_str()),
        None => Text::empty().bold(incident.title.as_str()),
    };
    text.then(" (").code(incident.id.as_str()).then(")")
}

/// Why it can't be done as things stand.
pub fn not_now(incident: &Incident, why: &NotNow, asker: &PersonId, catalog: Option<&Catalog>) -> Card {
    let text = titled(incident, None);
    let text = match why {
        NotNow::AcknowledgedBefore { by, at } if by == asker => text.then(" is yours already, since ").moment(*at),
        NotNow::AcknowledgedBefore { by, at } => {
            text.then(": ").and(named_or(catalog, by)).then(" was faster and has it since ").moment(*at)
        }
        NotNow::ResolvedBefore { by: Some(by), at } => {
            text.then(" was resolved before, by ").and(named_or(catalog, by)).then(" ").moment(*at)
        }
        NotNow::ResolvedBefore { by: None, at } => text.then(" was over before: its last alarm was well again ").moment(*at),
        NotNow::NobodyHasIt => text.then(": nobody has it, so nobody can give it back"),
        NotNow::NotOver => text.then(" is not over"),
        NotNow::NothingNew => text.then(" stands like that already"),
    };
    Card::line(Tone::Warning, text.then(". Nothing was changed."))
}

/// None is named, and none is open.
pub fn no_incident_here() -> Card {
    Card::line(Tone::Good, Text::plain("No incident is open."))
}

/// None is named, and several are open.
pub fn several_incidents(open: &[Incident]) -> Card {
    let entry = |incident: &Incident| Text::empty().code(incident.id.as_str()).then(format!("  {}", incident.title));
    Card::line(Tone::Warning, Text::plain("Several incidents are open; say which one. Nothing was changed."))
        .with(Part::List(open.iter().map(entry).collect()))
}

/// The alarms of one are in another now.
pub fn attached(from: &Incident, to: &Incident, alarms: usize) -> Card {
    let alarms = if alarms == 1 { "1 alarm".to_owned() } else { format!("{alarms} alarms") };
    let text = Text::plain(format!("{alarms} of ")).bold(from.title.as_str()).then(" now belong to ").and(titled(to, None));
    Card::line(Tone::Plain, text.then("; the former is resolved."))
}

/// An incident can't be put into itself.
pub fn attached_to_itself() -> Card {
    Card::line(Tone::Warning, Text::plain("An incident can't be attached to itself. Nothing was changed."))
}

/// It holds as many alarms as it can.
pub fn not_taken(to: &Incident) -> Card {
    Card::line(Tone::Warning, titled(to, None).then(" has these alarms already, or has no place for more. Nothing was changed."))
}

/// What the note on the incident says.
pub fn rolled_back_by(begun: &Deployment, of: &DeploymentId, incident: &IncidentId) -> String {
    let revision = begun.known_revision().unwrap_or("what ran before");
    format!("brings {revision} back ({}), in place of {of}, because of {incident}", begun.id)
}
