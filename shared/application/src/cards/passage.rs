//! What is said of a deployment before it starts: what speaks against it, who has to approve it, what it waits for.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};
use opsroom_domain::catalog::{Catalog, Grant};
use opsroom_domain::deployment::{Approved, Deployment, Doubt, Kind, Obstacle, Phase};
use opsroom_domain::ids::{EnvironmentName, PersonId, RoleName, ServiceName};
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::rights::Permission;

use super::words::{first_line, named};

/// `api to production`, or of one that goes back `api in production`.
pub(super) fn what(deployment: &Deployment) -> String {
    let preposition = if matches!(deployment.plan.kind, Kind::Rollback { .. }) { "in" } else { "to" };
    format!("{} {preposition} {}", deployment.service, deployment.environment)
}

/// What it is about, as something that is to be done: `deploy api to production`.
pub(super) fn deed(deployment: &Deployment) -> String {
    let verb = if matches!(deployment.plan.kind, Kind::Rollback { .. }) { "roll back" } else { "deploy" };
    format!("{verb} {}", what(deployment))
}

/// A doubt as the end of a sentence: `checks failed: CI, lint`.
pub(super) fn doubt(doubt: &Doubt) -> Text {
    match doubt {
        Doubt::ChecksFailed { names, total } => {
            let more = total - names.len().min(*total);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Text::plain(format!("checks of its commit failed: {}{more}", names.join(", ")))
        }
        Doubt::Frozen { until, reason } => frozen(Text::plain("the environment is frozen"), *until, reason.as_deref()),
    }
}

fn frozen(text: Text, until: Option<jiff::Timestamp>, reason: Option<&str>) -> Text {
    let text = match until {
        Some(until) => text.then(" until ").moment(until),
        None => text,
    };
    match reason {
        Some(reason) => text.then(": ").italic(first_line(reason, 200)),
        None => text,
    }
}

/// For whom, or for what, it waits.
pub(super) fn obstacle(obstacle: &Obstacle) -> Text {
    match obstacle {
        Obstacle::Lock { by, until, reason, .. } => frozen(Text::plain("for the lock of ").person(by), Some(*until), reason.as_deref()),
        Obstacle::Freeze { by, until, reason } => {
            let text = match by {
                Some(by) => Text::plain("for the end of the freeze by ").person(by),
                None => Text::plain("for the end of a freeze"),
            };
            frozen(text, *until, reason.as_deref())
        }
        Obstacle::Deployment { id, by } => Text::plain("for ").code(id.as_str()).then(" by ").person(by).then(", which is under way there"),
    }
}

/// A stage isn't run again now.
pub fn retry_held(service: &ServiceName, environment: &EnvironmentName, on: &Obstacle) -> Card {
    let text =
        Text::empty().bold(format!("{service} can't be deployed to {environment} now")).then(": running a stage again would have to wait ");
    Card::line(Tone::Warning, text.and(obstacle(on)).then(". Nothing was done; press Retry again then."))
}

/// What was passed and what is missing, below the deployment's title.
pub(super) fn standing(deployment: &Deployment) -> Vec<Part> {
    let mut parts = Vec::new();
    let plan = &deployment.plan;
    if let Kind::Promotion { from } = &plan.kind {
        parts.push(Part::Context(Text::plain(format!("The revision that runs in {from}"))));
    }
    if let Phase::Requested { doubts } = &deployment.phase {
        parts.extend(doubts.iter().map(|one| Part::Text(Text::plain("⚠️ ").and(doubt(one)))));
    }
    if let Phase::Waiting { on: Some(on) } = &deployment.phase {
        parts.push(Part::Text(Text::plain("It waits ").and(obstacle(on)).then(", and goes on by itself.")));
    }
    if let Some(confirmed) = &plan.confirmed {
        for one in &confirmed.doubts {
            let text = Text::plain("Goes on by the word of ").person(&confirmed.by).then(", although ").and(doubt(one));
            parts.push(Part::Context(text));
        }
    }
    if let Some(approval) = &plan.approval {
        parts.extend(approval.given.iter().map(|given| Part::Context(approved(given))));
        let missing = approval.missing();
        if missing > 0 && deployment.phase == Phase::AwaitingApproval {
            let who = if missing == 1 { "one more person".to_owned() } else { format!("{missing} more people") };
            let role = approval.rule.role.as_ref().map(|role| format!(" with the role {role}")).unwrap_or_default();
            parts.push(Part::Context(Text::plain(format!("To be approved by {who}{role}, not by whoever asked for it"))));
        }
    }
    if let Some(deadline) = plan.deadline.filter(|_| deployment.phase.is_waiting()) {
        parts.push(Part::Context(Text::plain("Given up ").moment(deadline)));
    }
    if let Phase::Rejected { reason, .. } = &deployment.phase
        && !reason.is_empty()
    {
        parts.push(Part::Text(Text::empty().italic(first_line(reason, 400))));
    }
    parts.extend(following(deployment).map(Part::Context));
    parts
}

/// The services that follow, or don't any more.
fn following(deployment: &Deployment) -> Option<Text> {
    let names: Vec<&str> = deployment.plan.then.iter().map(|further| further.service.as_str()).collect();
    let names = Some(names.join(", ")).filter(|names| !names.is_empty())?;
    Some(match &deployment.phase {
        Phase::Succeeded => Text::plain(format!("Goes on with {names}")),
        phase if phase.is_final() => Text::plain(format!("Not deployed after this: {names}")),
        _ => Text::plain(format!("Then: {names}")),
    })
}

fn approved(given: &Approved) -> Text {
    let text = Text::plain("Approved by ").person(&given.by).then(" ").moment(given.at);
    if given.reason.is_empty() { text } else { text.then(": ").italic(first_line(&given.reason, 200)) }
}

/// The buttons of one that has not begun.
pub(super) fn buttons(deployment: &Deployment) -> Vec<Button> {
    let id = || deployment.id.clone();
    let button = |label: &str, action, style, confirm| Button { label: label.to_owned(), action, style, confirm };
    match &deployment.phase {
        Phase::Requested { .. } => vec![button(
            "Deploy anyway",
            ButtonAction::OverrideDeployment { deployment: id() },
            ButtonStyle::Danger,
            Some(format!("Let it {} in spite of that? It is recorded who said so.", deed(deployment))),
        )],
        Phase::AwaitingApproval => vec![
            button(
                "Approve",
                ButtonAction::DecideDeployment { deployment: id(), decision: Decision::Approved },
                ButtonStyle::Primary,
                None,
            ),
            button("Reject", ButtonAction::DecideDeployment { deployment: id(), decision: Decision::Rejected }, ButtonStyle::Danger, None),
        ],
        _ => Vec::new(),
    }
}

/// Tells the words apart that call people.
pub fn call_name(deployment: &Deployment) -> &'static str {
    if matches!(deployment.phase, Phase::Requested { .. }) { "call/override" } else { "call/approve" }
}

/// Whom it waits for: an edited message notifies nobody, and whoever reads it should know who may help.
pub fn deployment_call(deployment: &Deployment, catalog: Option<&Catalog>) -> Card {
    let (permission, needs) = match deployment.phase {
        Phase::Requested { .. } => (Permission::Override, "somebody who may override"),
        _ => (Permission::Approve, "an approval"),
    };
    let text = Text::empty().bold(format!("{} waits", what(deployment))).then(format!(" for {needs}. Who may: "));
    let required = deployment.plan.approval.as_ref().and_then(|approval| approval.rule.role.as_ref());
    let required = required.filter(|_| permission == Permission::Approve);
    let allows = |grant: &Grant| {
        grant.allow.contains(&permission)
            && (grant.environments.is_empty() || grant.environments.contains(&deployment.environment))
            && (grant.services.is_empty() || grant.services.contains(&deployment.service))
    };
    let has = |roles: &[RoleName]| {
        let grants =
            catalog.iter().flat_map(|catalog| roles.iter().filter_map(|role| catalog.roles.get(role))).flat_map(|role| &role.grants);
        grants.into_iter().any(allows) && required.is_none_or(|required| roles.contains(required))
    };
    let is_other = |person: &PersonId| permission == Permission::Override || *person != deployment.request.by;
    let people = catalog.iter().flat_map(|catalog| &catalog.people).filter(|(id, person)| is_other(id) && has(&person.roles));
    let people: Vec<&PersonId> = people.map(|(id, _)| id).collect();
    // Calling everybody calls nobody.
    let text = match people.as_slice() {
        [] => text.then("nobody in the catalog."),
        few if few.len() <= MOST_CALLED => {
            few.iter().enumerate().fold(text, |text, (n, person)| text.then(if n == 0 { "" } else { ", " }).person(person)).then(".")
        }
        many => text
            .then(format!("{} people", many.len()))
            .then(required.map(|role| format!(" with the role {role}")).unwrap_or_default())
            .then("."),
    };
    Card::line(Tone::Warning, text)
}

/// More people aren't named.
const MOST_CALLED: usize = 5;

/// The word under the message that somebody has approved it.
pub fn approved_word(deployment: &Deployment, given: &Approved) -> Card {
    let missing = deployment.plan.approval.as_ref().map_or(0, |approval| approval.missing().saturating_sub(1));
    let text = approved(given);
    let text = if missing > 0 { text.then(format!(". {missing} more to go.")) } else { text };
    Card::line(Tone::Good, text)
}

/// The word under the message that somebody let it pass.
pub fn overridden_word(by: &PersonId) -> Card {
    Card::line(Tone::Warning, Text::plain("It goes on by the word of ").person(by).then("."))
}

/// Nobody approves their own.
pub fn own_request(deployment: &Deployment) -> Card {
    let text = Text::code(Text::empty(), deployment.id.as_str()).then(" is your own request; another person has to approve it.");
    Card::line(Tone::Warning, text).with(Part::Context(Text::plain("Rule: ").code("own-deployment").then(". This was recorded.")))
}

/// The rule asks for a role.
pub fn approver_role(deployment: &Deployment, role: &RoleName) -> Card {
    let text = Text::code(Text::empty(), deployment.id.as_str()).then(" has to be approved by somebody with the role ").code(role.as_str());
    Card::line(Tone::Warning, text.then(", which you don't have."))
        .with(Part::Context(Text::plain("Rule: ").code("approver-role").then(". This was recorded.")))
}

/// What happened since a button was there: it doesn't wait for that any more.
pub fn since_then(deployment: &Deployment, catalog: &Catalog) -> Card {
    let plan = &deployment.plan;
    let mut text = Text::code(Text::empty(), deployment.id.as_str()).then(format!(" ({}) ", what(deployment)));
    text = match &deployment.phase {
        Phase::Requested { .. } => text.then("waits for somebody who may override."),
        Phase::AwaitingApproval => text.then("waits for the approval of another person."),
        Phase::Waiting { on: Some(on) } => text.then("waits ").and(obstacle(on)).then("."),
        Phase::Waiting { on: None } | Phase::Starting | Phase::Running => text.then("is under way."),
        Phase::Cancelling => text.then("is being cancelled."),
        Phase::Succeeded => text.then("has succeeded."),
        Phase::Failed { .. } => text.then("has failed."),
        Phase::Cancelled => text.then("was cancelled."),
        Phase::Superseded => text.then("gave way to a newer one."),
        Phase::Rejected { by, .. } => text.then("was rejected by ").and(named(catalog, by)).then("."),
        Phase::Expired { .. } => text.then("was given up: nobody helped it on in time."),
    };
    if let Some(last) = plan.approval.as_ref().and_then(|approval| approval.given.last()) {
        text = text.then(" It was approved by ").and(named(catalog, &last.by)).then(" ").moment(last.at).then(".");
    }
    if let Some(confirmed) = &plan.confirmed {
        text = text.then(" It was let pass by ").and(named(catalog, &confirmed.by)).then(" ").moment(confirmed.at).then(".");
    }
    Card::line(Tone::Warning, text.then(" Nothing was changed."))
}
