//! A run's one message in a channel, from its start to its end; that of the run which broke a branch also tells how the branch stands.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Span, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::console::Console;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::ids::{PersonId, RoleName};
use opsroom_domain::pipeline_execution::approval::{Decided, Decision};
use opsroom_domain::pipeline_execution::health::{Fix, Health, Judged, Streak};
use opsroom_domain::pipeline_execution::{ActionRun, BuildSystem, ExecutionKey, PipelineExecution, RunStatus, StageRun};
use opsroom_domain::rights::Permission;

use super::stages::{
    ASKED_LENGTH, approval_buttons, asked_for, decisions, failed_step, log, logs_button, past, retried, retry_button, steps,
};
use super::words::{beginning, first_line, named, short_revision, span};
use crate::people::People;

/// A run, and what its message tells besides.
pub struct RunView<'a> {
    /// The run.
    pub run: &'a PipelineExecution,
    /// How its branch stands, once the run has ended.
    pub health: Option<&'a Health>,
    /// Who people are.
    pub people: &'a People,
    /// For links.
    pub console: &'a Console,
    /// Whether the author of what broke is mentioned. On an edited message that notifies nobody.
    pub calls_author: bool,
}

impl RunView<'_> {
    /// The failures whose message this is.
    fn own_streak(&self) -> Option<&Streak> {
        self.health?.streak.as_ref().filter(|streak| streak.first == self.run.key)
    }

    fn status(&self) -> RunStatus {
        self.run.status.map_or(RunStatus::InProgress, |seen| seen.status)
    }
}

/// The run's message as it should be now.
pub fn run(view: &RunView<'_>) -> Card {
    let run = view.run;
    let status = view.status();
    let title = title(view);
    let mut parts = vec![Part::Text(title.clone())];
    parts.extend(standing(view).map(Part::Text));
    parts.extend(commit(view).map(Part::Context));
    parts.extend(steps(run, status.has_ended()));
    parts.extend(asked_for(run));
    if status == RunStatus::Failed {
        parts.extend(failed_step(run).map(Part::Text));
        // Once it is well again nobody needs the log at a glance; the button still has it.
        let is_fixed = view.own_streak().is_some_and(|streak| streak.fixed.is_some());
        parts.extend(log(run).filter(|_| !is_fixed));
    }
    parts.extend(decisions(run));
    parts.extend(retried(run));
    parts.push(Part::Context(footer(run)));
    parts.push(Part::Buttons(buttons(view)));
    Card { tone: tone(view), summary: title, parts }
}

fn tone(view: &RunView<'_>) -> Tone {
    let is_open = view.own_streak().map(|streak| streak.fixed.is_none());
    match (view.status(), is_open) {
        (RunStatus::InProgress, _) if view.run.waiting_approval().is_some() => Tone::Warning,
        (RunStatus::InProgress, _) => Tone::Working,
        (RunStatus::Stopping, _) => Tone::Warning,
        (_, Some(false)) | (RunStatus::Succeeded, None) => Tone::Good,
        (_, Some(true)) | (RunStatus::Failed, None) => Tone::Bad,
        (RunStatus::Stopped | RunStatus::Superseded, None) => Tone::Muted,
    }
}

/// `acme/api: CI #412 failed on main · broken by @dana`
fn title(view: &RunView<'_>) -> Text {
    let run = view.run;
    let how = match view.status() {
        RunStatus::InProgress if run.waiting_approval().is_some() => "waits for an approval",
        RunStatus::InProgress => "is running",
        RunStatus::Stopping => "is being stopped",
        RunStatus::Succeeded => "passed",
        RunStatus::Failed => "failed",
        RunStatus::Stopped => "was stopped",
        RunStatus::Superseded => "gave way to a newer run",
    };
    let text = named_run(run, view.console).bold(format!(" {how}"));
    let text = match &run.facts.branch {
        Some(branch) => text.then(" on ").code(branch),
        None => text,
    };
    match (view.own_streak(), &run.facts.author) {
        (Some(Streak { fixed: Some(_), .. }), _) if view.status() == RunStatus::Failed => text.bold(" and is fixed"),
        (Some(Streak { fixed: None, .. }), Some(author)) if view.calls_author => text.then(" · by ").and(view.people.mention(author)),
        (_, Some(author)) if view.status() == RunStatus::Failed => text.then(" · by ").and(view.people.name(author)),
        _ => text,
    }
}

/// The pipeline and the run's number, with its page.
pub(super) fn named_run(run: &PipelineExecution, console: &Console) -> Text {
    let name = match &run.facts.number {
        Some(number) => format!("{} #{number}", run.key.pipeline),
        None => run.key.pipeline.to_string(),
    };
    match page(&run.key, run.facts.url.as_deref(), console) {
        Some(url) => Text::empty().link(url, name),
        None => Text::empty().bold(name),
    }
}

/// A run's page, if one is known.
pub(super) fn page(key: &ExecutionKey, url: Option<&str>, console: &Console) -> Option<String> {
    let in_console = || (key.system == BuildSystem::CodePipeline).then(|| console.execution(key));
    url.map(str::to_owned).or_else(in_console)
}

/// `#414` with its page, or `a later run`.
fn numbered(key: &ExecutionKey, number: Option<&str>, url: Option<&str>, console: &Console) -> Text {
    let name = number.map_or_else(|| "a later run".to_owned(), |number| format!("#{number}"));
    match page(key, url, console) {
        Some(url) => Text::empty().link(url, name),
        None => Text::plain(name),
    }
}

/// How the branch stands, on the message of the run that broke it, and what this run means for it on others.
fn standing(view: &RunView<'_>) -> Option<Text> {
    let health = view.health?;
    let streak = health.streak.as_ref()?;
    let is_first = streak.first == view.run.key;
    match &streak.fixed {
        Some(fix) if is_first => Some(fixed(streak, fix, view.people, view.console)),
        Some(fix) if fix.run == view.run.key => {
            Some(Text::plain("Fixes what was broken since ").moment(streak.since).then(format!(": {}.", failures(streak))))
        }
        None if is_first && streak.failures > 1 => {
            let last = health.latest.as_ref().map(|last: &Judged| {
                Text::plain(", last ").and(numbered(&last.run, last.number.as_deref(), last.url.as_deref(), view.console))
            });
            Some(Text::empty().bold(format!("Still failing: {} runs", streak.failures)).and(last.unwrap_or_default()).then("."))
        }
        None if !is_first && view.status() == RunStatus::Failed => {
            Some(Text::plain("Broken since ").moment(streak.since).then(format!(": {}.", failures(streak))))
        }
        _ => None,
    }
}

fn failures(streak: &Streak) -> String {
    if streak.failures == 1 { "1 failure".to_owned() } else { format!("{} failures", streak.failures) }
}

/// `Fixed by #414 after 3 failures, 1 h 20 min · Dana`
fn fixed(streak: &Streak, fix: &Fix, people: &People, console: &Console) -> Text {
    let text = if fix.run == streak.first {
        Text::empty().bold("Fixed").then(" by running it again")
    } else {
        Text::empty().bold("Fixed").then(" by ").and(numbered(&fix.run, fix.number.as_deref(), fix.url.as_deref(), console))
    };
    let text = text.then(format!(" after {}, {}", failures(streak), span(fix.at.duration_since(streak.since))));
    match &fix.by {
        Some(author) if fix.run != streak.first => text.then(" · ").and(people.name(author)),
        _ => text,
    }
}

/// `4f9c2d1 Fix the login · Dana`
fn commit(view: &RunView<'_>) -> Option<Text> {
    let source = view.run.source.as_ref();
    let text = match source {
        Some(source) => {
            let id = short_revision(&source.id);
            let text = match &source.url {
                Some(url) => Text::empty().link(url, id),
                None => Text::empty().code(id),
            };
            match &source.summary {
                Some(summary) => text.then(format!(" {}", first_line(summary, 100))),
                None => text,
            }
        }
        None => Text::empty(),
    };
    let is_named_above = view.status() == RunStatus::Failed || view.own_streak().is_some();
    let text = match view.run.facts.author.as_ref().filter(|_| !is_named_above) {
        Some(author) => text.then(if source.is_some() { " · " } else { "" }).and(view.people.name(author)),
        None => text,
    };
    (!text.is_empty()).then_some(text)
}

fn footer(run: &PipelineExecution) -> Text {
    let mut text = Text::plain(run.key.system.shown());
    if let Some(trigger) = &run.facts.trigger {
        text = text.then(format!(" · {trigger}"));
    }
    if let Some(pull) = run.facts.pull {
        text = text.then(format!(" · pull request #{pull}"));
    }
    let ended = run.status.filter(|seen| seen.status.has_ended());
    match (run.began_at(), ended) {
        (Some(began), Some(ended)) => text.then(format!(" · took {}", span(ended.at.duration_since(began)))),
        (Some(began), None) => text.then(" · since ").moment(began),
        (None, _) => text,
    }
}

fn buttons(view: &RunView<'_>) -> Vec<Button> {
    let mut buttons = approval_buttons(view.run);
    // A run that others came after can't be taken up again.
    let is_latest = view.health.and_then(|health| health.latest.as_ref()).is_none_or(|latest| latest.run == view.run.key);
    buttons.extend(retry_button(view.run).filter(|_| is_latest));
    buttons.extend(logs_button(view.run));
    buttons.push(how(&view.run.key));
    buttons
}

/// How?
pub(super) fn how(key: &ExecutionKey) -> Button {
    let action = ButtonAction::ExplainRun { run: key.clone() };
    Button { label: "How?".to_owned(), action, style: ButtonStyle::Plain, confirm: None }
}

/// The word under a message that was there before its run failed: an edit calls nobody.
pub fn run_broken(run: &PipelineExecution, by: &PersonId, console: &Console) -> Card {
    let text = Text::empty().person(by).then(" ").and(plain(named_run(run, console))).then(" failed");
    let text = match failed_step(run) {
        Some(step) => text.then(". ").and(step),
        None => text.then("."),
    };
    Card::line(Tone::Plain, text)
}

/// The word under the message of the run that broke a branch, once it is well again.
pub fn run_fixed(streak: &Streak, people: &People, console: &Console) -> Card {
    let text = streak.fixed.as_ref().map(|fix| fixed(streak, fix, people, console)).unwrap_or_default();
    Card::line(Tone::Good, text.then("."))
}

/// The word to the owners of a service that stays broken.
pub fn owners_wanted(run: &PipelineExecution, streak: &Streak, owners: &[PersonId], console: &Console) -> Card {
    let text = owners.iter().fold(Text::empty(), |text, owner| text.person(owner).then(" "));
    let text = text.and(plain(named_run(run, console))).then(" is still broken, since ").moment(streak.since);
    Card::line(Tone::Warning, text.then(format!(": {}.", failures(streak))))
}

/// The word under a deployment's message that it waits, and whom for.
pub fn approval_wanted(deployment: &Deployment, stage: &StageRun, action: &ActionRun, catalog: Option<&Catalog>) -> Card {
    let what = if stage.name == action.name { stage.name.clone() } else { format!("{} / {}", stage.name, action.name) };
    let text =
        Text::empty().bold(what).then(format!(" waits for an approval to deploy {} to {}.", deployment.service, deployment.environment));
    let may = |grant: &opsroom_domain::catalog::Grant| {
        grant.allow.contains(&Permission::Approve)
            && (grant.environments.is_empty() || grant.environments.contains(&deployment.environment))
            && (grant.services.is_empty() || grant.services.contains(&deployment.service))
    };
    let roles = catalog.iter().flat_map(|catalog| &catalog.roles).filter(|(_, role)| role.grants.iter().any(may));
    let roles: Vec<&str> = roles.map(|(name, _): (&RoleName, _)| name.as_str()).collect();
    let text = match roles.as_slice() {
        [] => text.then(" No role of the catalog allows that here."),
        roles => text.then(format!(" Who may: {}, but not whoever asked for it.", roles.join(", "))),
    };
    let card = Card::line(Tone::Warning, text);
    match &action.result.asks {
        Some(asks) => card.with(Part::Text(Text::plain(beginning(asks, ASKED_LENGTH)))),
        None => card,
    }
}

/// The word under a message that somebody has decided.
pub fn decided(decided: &Decided, catalog: &Catalog) -> Card {
    let verb = if decided.decision == Decision::Approved { "Approved" } else { "Rejected" };
    let text = Text::empty().bold(verb).then(" by ").and(named(catalog, &decided.by));
    let text = if decided.reason.is_empty() { text.then(".") } else { text.then(": ").then(first_line(&decided.reason, 400)) };
    Card::line(if decided.decision == Decision::Approved { Tone::Good } else { Tone::Bad }, text)
}

/// Somebody else was faster.
pub fn decided_already(decided: &Decided, catalog: &Catalog) -> Card {
    let text = Text::empty().bold(decided.stage.as_str()).then(format!(" was {} already by ", past(decided.decision)));
    Card::line(Tone::Warning, text.and(named(catalog, &decided.by)).then(" ").moment(decided.at).then(". Nothing was changed."))
}

/// Bold and links become plain: in a reply the run is only spoken of.
fn plain(text: Text) -> Text {
    let plain = |span| match span {
        Span::Bold(text) | Span::Link { text, .. } => Span::Plain(text),
        other => other,
    };
    Text(text.0.into_iter().map(plain).collect())
}
