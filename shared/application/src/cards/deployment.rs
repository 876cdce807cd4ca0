//! A deployment's one message, from "starting" to its end.

use jiff::SignedDuration;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Span, Text, Tone};
use opsroom_domain::console::Console;
use opsroom_domain::deployment::{ContainedCommit, Contents, Deployment, Doubt, Kind, Obstacle, Phase};
use opsroom_domain::ids::EnvironmentName;
use opsroom_domain::pipeline_execution::PipelineExecution;
use opsroom_domain::revision::Revision;

use super::passage;
use super::stages::{approval_buttons, asked_for, decisions, failed_step, log, logs_button, retried, retry_button, steps};
use super::words::{first_line, short_revision, span};
use crate::ports::Slot;

/// The deployment's message as it should be now.
pub fn deployment(deployment: &Deployment, execution: Option<&PipelineExecution>, console: &Console) -> Card {
    let title = title(deployment);
    let mut parts = vec![Part::Text(title.clone()), Part::Context(request(deployment, execution))];
    if let Some(reason) = &deployment.request.reason {
        parts.push(Part::Context(Text::plain("Reason: ").italic(reason)));
    }
    parts.extend(passage::standing(deployment));
    parts.extend(deployment.contents.iter().flat_map(contents));
    parts.extend(execution.and_then(|execution| steps(execution, deployment.phase.is_final())));
    parts.extend(execution.and_then(asked_for));
    if let Some(failure) = failure(deployment, execution) {
        parts.push(Part::Text(failure));
        parts.extend(execution.and_then(log));
    }
    if let Some(execution) = execution {
        parts.extend(decisions(execution));
        parts.extend(retried(execution));
    }
    parts.push(Part::Context(footer(deployment, console)));
    parts.push(Part::Buttons(buttons(deployment, execution)));
    Card { tone: tone(&deployment.phase), summary: title, parts }
}

fn tone(phase: &Phase) -> Tone {
    match phase {
        Phase::Starting | Phase::Running => Tone::Working,
        Phase::Requested { .. } | Phase::AwaitingApproval | Phase::Waiting { .. } | Phase::Cancelling => Tone::Warning,
        Phase::Succeeded => Tone::Good,
        Phase::Failed { .. } => Tone::Bad,
        Phase::Cancelled | Phase::Superseded | Phase::Rejected { .. } | Phase::Expired { .. } => Tone::Muted,
    }
}

fn title(deployment: &Deployment) -> Text {
    let goes_back = matches!(deployment.plan.kind, Kind::Rollback { .. });
    let what = |before: &str| Text::empty().bold(format!("{before}{}", passage::what(deployment)));
    let does = |deploys: &str, rolls_back: &str| what(if goes_back { rolls_back } else { deploys });
    match &deployment.phase {
        Phase::Requested { .. } => what("Not started: ").then(" waits for somebody who lets it pass"),
        Phase::AwaitingApproval => what("Waiting: ").then(" needs an approval"),
        Phase::Waiting { on } => match on {
            Some(on) => what("Waiting: ").then(" ").and(passage::obstacle(on)),
            None => what("Waiting: "),
        },
        Phase::Starting if deployment.cancelled_by.is_some() => what("Cancelling ").then(": it stops as soon as it has started"),
        Phase::Starting => does("Starting to deploy ", "Starting to roll back "),
        Phase::Running => does("Deploying ", "Rolling back "),
        Phase::Cancelling => what("Cancelling ").then(": it stops when the step that runs has ended"),
        Phase::Succeeded => does("Deployed ", "Rolled back "),
        Phase::Failed { .. } => does("Failed to deploy ", "Failed to roll back "),
        Phase::Cancelled => match &deployment.cancelled_by {
            Some(person) => what("Cancelled: ").then(" by ").person(person),
            None => what("Stopped: ").then(" in CodePipeline"),
        },
        Phase::Superseded => match &deployment.plan.overtaken_by {
            Some(newer) => what("Superseded: ").then(" by ").code(newer.as_str()).then(", which was asked for later"),
            None => what("Superseded: ").then(" by a newer run of the pipeline"),
        },
        Phase::Rejected { by, .. } => what("Rejected: ").then(" by ").person(by),
        Phase::Expired { was } => match &**was {
            Phase::AwaitingApproval => what("Expired: ").then(" nobody approved it in time"),
            Phase::Requested { .. } => what("Expired: ").then(" nobody let it pass in time"),
            _ => what("Expired: ").then(" it waited for too long"),
        },
    }
}

/// `v1.4.2 (replaces v1.4.1) · asked by @dana · 14:02`
fn request(deployment: &Deployment, execution: Option<&PipelineExecution>) -> Text {
    let mut text = Text::empty();
    let source = execution.and_then(|execution| deployment.source_of_revision(execution));
    text = match (&deployment.revision, source) {
        (Some(revision), _) => text.code(revision.short()),
        (None, Some(source)) => match &source.url {
            Some(url) => text.link(url, short_revision(&source.id)),
            None => text.code(short_revision(&source.id)),
        },
        (None, None) => text.then("the latest revision"),
    };
    if let Some(summary) = source.and_then(|source| source.summary.as_deref()) {
        text = text.then(format!(" {}", first_line(summary, 80)));
    }
    let deployed = source.map(|source| source.id.as_str()).or(deployment.revision.as_ref().map(Revision::as_str));
    if let Some(replaces) = deployment.replaces.as_deref().filter(|replaces| deployed != Some(*replaces)) {
        text = text.then(" · replaces ").code(short_revision(replaces));
    }
    text.then(" · asked by ").person(&deployment.request.by).then(" ").moment(deployment.request.at)
}

/// What failed, what it says, and its page.
fn failure(deployment: &Deployment, execution: Option<&PipelineExecution>) -> Option<Text> {
    let Phase::Failed { why } = &deployment.phase else { return None };
    let unknown = || Text::plain("The pipeline failed and did not say where.");
    Some(why.as_ref().map_or_else(|| execution.and_then(failed_step).unwrap_or_else(unknown), |why| Text::sentence(why)))
}

/// The commits that it brings, or takes back.
fn contents(contents: &Contents) -> Vec<Part> {
    let commits = if contents.total == 1 { "1 commit".to_owned() } else { format!("{} commits", contents.total) };
    let what = if contents.backwards { format!("Takes back {commits}") } else { format!("Brings {commits}") };
    let title = match &contents.compare {
        Some(url) => Text::empty().link(url, what),
        None => Text::plain(what),
    };
    let entry = |commit: &ContainedCommit| {
        let sha = short_revision(&commit.sha);
        let text = match &commit.url {
            Some(url) => Text::empty().link(url, sha),
            None => Text::empty().code(sha),
        };
        text.then(format!(" {} · {}", first_line(&commit.title, 80), commit.author))
    };
    let mut entries: Vec<Text> = contents.commits.iter().map(entry).collect();
    let more = contents.total - contents.commits.len().min(contents.total);
    if more > 0 {
        entries.push(Text::plain(format!("and {more} more")));
    }
    vec![Part::Context(title), Part::List(entries)]
}

fn footer(deployment: &Deployment, console: &Console) -> Text {
    let mut text = Text::empty().code(deployment.id.as_str()).then(" · ");
    text = match deployment.execution_key() {
        Some(key) => text.link(console.execution(&key), deployment.pipeline.as_str()),
        None => text.then(deployment.pipeline.as_str()),
    };
    match deployment.ended_at {
        Some(ended) => text.then(format!(" · took {}", span(ended.duration_since(deployment.begun_at())))),
        None => text,
    }
}

fn buttons(deployment: &Deployment, execution: Option<&PipelineExecution>) -> Vec<Button> {
    let mut buttons: Vec<Button> = execution.map(approval_buttons).unwrap_or_default();
    if matches!(deployment.phase, Phase::Failed { why: None }) {
        buttons.extend(execution.and_then(retry_button));
    }
    buttons.extend(passage::buttons(deployment));
    let is_under_way = matches!(deployment.phase, Phase::Starting | Phase::Running) && deployment.cancelled_by.is_none();
    if is_under_way || deployment.phase.is_waiting() {
        let what = passage::what(deployment);
        let question = if is_under_way {
            format!("Stop {what}? What is already deployed stays.")
        } else {
            format!("Call {what} off before it has begun?")
        };
        buttons.push(Button {
            label: "Cancel".to_owned(),
            action: ButtonAction::CancelDeployment { deployment: deployment.id.clone() },
            style: ButtonStyle::Danger,
            confirm: Some(question),
        });
    }
    buttons.extend(afterwards(deployment));
    buttons.extend(execution.and_then(logs_button));
    buttons.push(Button {
        label: "How?".to_owned(),
        action: ButtonAction::ExplainDeployment { deployment: deployment.id.clone() },
        style: ButtonStyle::Plain,
        confirm: None,
    });
    buttons
}

/// What makes sense after it has ended: bringing it further, or taking it back.
fn afterwards(deployment: &Deployment) -> Vec<Button> {
    let (service, environment) = (&deployment.service, &deployment.environment);
    let promote = deployment.plan.onward.as_ref().filter(|_| deployment.phase == Phase::Succeeded).map(|onward| Button {
        label: format!("Promote to {onward}"),
        action: ButtonAction::Promote { deployment: deployment.id.clone() },
        style: ButtonStyle::Primary,
        confirm: Some(format!("Bring this revision of {service} to {onward}?")),
    });
    let may_have_changed = deployment.phase == Phase::Succeeded || matches!(deployment.phase, Phase::Failed { why: None });
    let back = Some(deployment).filter(|deployment| deployment.plan.can_go_back && may_have_changed).map(|deployment| Button {
        label: "Roll back".to_owned(),
        action: ButtonAction::RollBack { deployment: deployment.id.clone() },
        style: ButtonStyle::Danger,
        confirm: Some(format!("Bring back what ran before of {service} in {environment}?")),
    });
    promote.into_iter().chain(back).collect()
}

/// The word to the person who asked, under the message: an edit notifies nobody.
pub fn deployment_notice(deployment: &Deployment, execution: Option<&PipelineExecution>) -> Card {
    let mut text = Text::empty().person(&deployment.request.by).then(" ").and(Text(title(deployment).0.into_iter().map(unbold).collect()));
    if let Some(failure) = failure(deployment, execution) {
        text = text.then(". ").and(failure);
    }
    Card::line(Tone::Plain, text)
}

fn unbold(span: Span) -> Span {
    match span {
        Span::Bold(text) => Span::Plain(text),
        other => other,
    }
}

/// The API calls behind a deployment, for anyone to paste.
pub fn deployment_how(deployment: &Deployment) -> Card {
    let intro = Text::plain("What was really done for ").code(deployment.id.as_str()).then(", as AWS CLI:");
    let mut card = Card::line(Tone::Plain, intro);
    if deployment.calls.is_empty() {
        let why = if deployment.phase.is_waiting() { "it has not begun" } else { "the pipeline is being started" };
        let why = if deployment.phase.is_final() { "Nothing: it never began.".to_owned() } else { format!("Nothing yet: {why}.") };
        card = card.with(Part::Text(Text::plain(why)));
    }
    for call in &deployment.calls {
        card = card.with(Part::Code(call.command_line()));
    }
    match deployment.execution_key() {
        Some(key) => card.with(Part::Text(Text::plain("How it stands is told by the pipeline's events, and can be asked:"))).with(
            Part::Code(format!(
                "aws codepipeline get-pipeline-execution \\\n  --pipeline-name {} \\\n  --pipeline-execution-id {}",
                key.pipeline, key.execution
            )),
        ),
        None => card,
    }
}

/// What a deployment would meet.
pub struct Outlook<'a> {
    /// What is under way there.
    pub busy: Option<&'a Slot>,
    /// Where its revision would have to succeed first.
    pub lacks: Option<&'a EnvironmentName>,
    /// What speaks against it.
    pub doubts: &'a [Doubt],
    /// What it would wait for.
    pub obstacle: Option<Obstacle>,
}

/// What a deployment would do.
pub fn dry_run(deployment: &Deployment, call: &ApiCall, outlook: &Outlook<'_>) -> Card {
    let revision = deployment.revision.as_ref().map_or("the latest revision", |revision| revision.short());
    let title = Text::plain("Dry run: this would deploy ")
        .bold(format!("{revision} of {} to {}", deployment.service, deployment.environment))
        .then(". Nothing was started.");
    let mut card = Card::line(Tone::Plain, title);
    if let Some(replaces) = &deployment.replaces {
        card = card.with(Part::Context(Text::plain("It would replace ").code(short_revision(replaces))));
    }
    if let Some(required) = outlook.lacks {
        card = card.with(Part::Text(Text::plain(format!("Now it would be refused: it has to succeed in {required} before."))));
    }
    for doubt in outlook.doubts {
        card = card.with(Part::Text(
            Text::plain("Now somebody who may override would have to let it pass: ").and(passage::doubt(doubt)).then("."),
        ));
    }
    if let Some(approval) = &deployment.plan.approval {
        let people = if approval.rule.count == 1 { "another person".to_owned() } else { format!("{} other people", approval.rule.count) };
        card = card.with(Part::Text(Text::plain(format!("It would have to be approved by {people}."))));
    }
    if let Some(obstacle) = outlook.obstacle.as_ref().filter(|_| outlook.doubts.is_empty()) {
        card = card.with(Part::Text(Text::plain("Now it would wait ").and(passage::obstacle(obstacle)).then(".")));
    }
    if let Some(slot) = outlook.busy {
        let note = Text::plain("Now it would be refused: ")
            .code(slot.deployment.as_str())
            .then(" by ")
            .person(&slot.requester)
            .then(" is under way there.");
        card = card.with(Part::Text(note));
    }
    card.with(Part::Code(call.command_line()))
}

/// A deployment in a line, for the audit log.
pub fn deployment_in_words(deployment: &Deployment) -> String {
    let (service, environment) = (&deployment.service, &deployment.environment);
    let revision = |before: &str| deployment.revision.as_ref().map(|revision| format!("{before}{revision}")).unwrap_or_default();
    match &deployment.plan.kind {
        Kind::Rollback { .. } => format!("rollback {service} in {environment}{}", revision(" to ")),
        Kind::Deploy | Kind::Promotion { .. } => format!("deploy {service}{} to {environment}", revision("@")),
    }
}

/// How long a deployment has taken, or takes so far.
pub(super) fn duration(deployment: &Deployment) -> Option<SignedDuration> {
    deployment.ended_at.map(|ended| ended.duration_since(deployment.begun_at()))
}
