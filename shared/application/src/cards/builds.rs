//! Answers about builds: how they stand, their logs, and how they are looked up and taken up again.

use opsroom_domain::api_call::ApiCall;
use opsroom_domain::card::{Card, Part, Step, StepState, Text, Tone};
use opsroom_domain::console::Console;
use opsroom_domain::ids::PipelineName;
use opsroom_domain::pipeline_execution::approval::{Approval, Retried};
use opsroom_domain::pipeline_execution::health::{Health, Streak};
use opsroom_domain::pipeline_execution::{ActionRun, BuildSystem, PipelineExecution, RunStatus, Seen, StageRun};

use super::run::{named_run, page};
use super::stages::{failed_step, last_lines};
use super::words::{first_line, span};
use crate::people::People;

/// How many characters of a log an answer shows.
const LOG_LENGTH: usize = 8000;

/// How many pipelines that are well are named.
const WELL_NAMED: usize = 40;

/// How everything stands: what is broken first.
pub fn build_status(healths: &[Health], people: &People, console: &Console) -> Card {
    let broken: Vec<(&Health, &Streak)> = healths.iter().filter_map(|health| Some((health, health.open_streak()?))).collect();
    let well: Vec<&Health> = healths.iter().filter(|health| health.open_streak().is_none() && health.latest.is_some()).collect();
    if broken.is_empty() && well.is_empty() {
        return Card::line(Tone::Plain, Text::plain("Nothing is known of any build yet."));
    }
    let (tone, title) = match broken.len() {
        0 => (Tone::Good, "Every build is well".to_owned()),
        1 => (Tone::Bad, "1 build is broken".to_owned()),
        many => (Tone::Bad, format!("{many} builds are broken")),
    };
    let mut card = Card::line(tone, Text::empty().bold(title));
    if !broken.is_empty() {
        card = card.with(Part::List(broken.iter().map(|(health, streak)| broken_entry(health, streak, people, console)).collect()));
    }
    if !well.is_empty() {
        let names = well.iter().take(WELL_NAMED).enumerate();
        let text =
            names.fold(Text::plain("Well: "), |text, (n, health)| text.then(if n == 0 { "" } else { ", " }).and(name(health, console)));
        let more = well.len().saturating_sub(WELL_NAMED);
        card = card.with(Part::Context(if more > 0 { text.then(format!(" and {more} more")) } else { text }));
    }
    card
}

fn name(health: &Health, console: &Console) -> Text {
    let pipeline = health.key.pipeline.as_str();
    let latest = health.latest.as_ref();
    let text = match latest.and_then(|latest| page(&latest.run, latest.url.as_deref(), console)) {
        Some(url) => Text::empty().link(url, pipeline),
        None => Text::empty().bold(pipeline),
    };
    if health.key.branch.is_empty() { text } else { text.then(" on ").code(health.key.branch.as_str()) }
}

fn broken_entry(health: &Health, streak: &Streak, people: &People, console: &Console) -> Text {
    let failures = if streak.failures == 1 { "1 failure".to_owned() } else { format!("{} failures", streak.failures) };
    let text = name(health, console).then(" broken since ").moment(streak.since).then(format!(" · {failures}"));
    match &streak.by {
        Some(author) => text.then(" · by ").and(people.name(author)),
        None => text,
    }
}

/// How one pipeline stands, and its latest runs.
pub fn build_runs(pipeline: &PipelineName, runs: &[PipelineExecution], healths: &[Health], people: &People, console: &Console) -> Card {
    if runs.is_empty() {
        return no_runs(pipeline);
    }
    let broken: Vec<(&Health, &Streak)> = healths.iter().filter_map(|health| Some((health, health.open_streak()?))).collect();
    let (tone, how) = if broken.is_empty() { (Tone::Good, "is well") } else { (Tone::Bad, "is broken") };
    let mut card = Card::line(tone, Text::empty().bold(format!("{pipeline} {how}")));
    if !broken.is_empty() {
        card = card.with(Part::List(broken.iter().map(|(health, streak)| broken_entry(health, streak, people, console)).collect()));
    }
    card.with(Part::Steps(runs.iter().map(|run| step(run, console)).collect()))
}

fn step(run: &PipelineExecution, console: &Console) -> Step {
    let status = run.status.map_or(RunStatus::InProgress, |seen| seen.status);
    let (state, how) = match status {
        RunStatus::InProgress if run.waiting_approval().is_some() => (StepState::Waiting, "waits for an approval"),
        RunStatus::InProgress | RunStatus::Stopping => (StepState::Running, "running"),
        RunStatus::Succeeded => (StepState::Done, "passed"),
        RunStatus::Failed => (StepState::Failed, "failed"),
        RunStatus::Stopped => (StepState::Stopped, "stopped"),
        RunStatus::Superseded => (StepState::Stopped, "gave way to a newer run"),
    };
    let number = run.facts.number.as_ref().map(|number| format!("#{number}"));
    let label = number.unwrap_or_else(|| run.key.execution.as_str().chars().take(8).collect());
    let mut note = Text::plain(how);
    if let Some(branch) = &run.facts.branch {
        note = note.then(" on ").code(branch);
    }
    if let Some(summary) = run.source.as_ref().and_then(|source| source.summary.as_deref()) {
        note = note.then(format!(" · {}", first_line(summary, 60)));
    }
    if let Some(began) = run.began_at() {
        note = note.then(" · ").moment(began);
        if let Some(ended) = run.status.filter(|seen| seen.status.has_ended()) {
            note = note.then(format!(" · took {}", span(ended.at.duration_since(began))));
        }
    }
    if let Some(url) = page(&run.key, run.facts.url.as_deref(), console) {
        note = note.then(" · ").link(url, "Details");
    }
    Step { name: label, state, note }
}

/// Nothing was ever seen of a pipeline.
pub fn no_runs(pipeline: &PipelineName) -> Card {
    let text =
        Text::plain("No run of ").code(pipeline.as_str()).then(" was seen yet. ").code("/ops build status").then(" lists what is known.");
    Card::line(Tone::Warning, text)
}

/// Where the lines of a log come from.
pub enum LogSource {
    /// From CloudWatch Logs, just now.
    CloudWatch,
    /// They were kept when it failed.
    Kept,
    /// They were kept, because CloudWatch Logs can't be read just now.
    KeptInstead,
}

/// The end of a log.
pub fn build_log(run: &PipelineExecution, stage: &StageRun, action: &ActionRun, text: &str, from: &LogSource, console: &Console) -> Card {
    let title = Text::plain("The end of the log of ").bold(place(stage, action)).then(" in ").and(named_run(run, console));
    let shown = last_lines(text, usize::MAX, LOG_LENGTH);
    let lines = shown.lines().count();
    let note = match from {
        LogSource::CloudWatch => format!("The last {lines} lines, from CloudWatch Logs."),
        LogSource::Kept => format!("The last {lines} lines, as kept when it failed."),
        LogSource::KeptInstead => format!("The last {lines} lines, as kept when it failed; CloudWatch Logs can't be read just now."),
    };
    let note = Text::plain(format!("{note} What looks like a secret is masked."));
    let note = match action.result.url.as_deref() {
        Some(url) => note.then(" · ").link(url, "All of it"),
        None => note,
    };
    Card::line(Tone::Plain, title).with(Part::Code(shown)).with(Part::Context(note))
}

/// There is no log to be shown.
pub fn no_log(run: &PipelineExecution, is_silent: bool, console: &Console) -> Card {
    let why = if is_silent { "CloudWatch Logs can't be read just now, and nothing was kept of" } else { "There is no log here of" };
    let text = Text::plain(format!("{why} ")).and(named_run(run, console)).then(".");
    let card = Card::line(Tone::Warning, text);
    match failed_step(run) {
        Some(step) => card.with(Part::Text(step)),
        None => card,
    }
}

fn place(stage: &StageRun, action: &ActionRun) -> String {
    if stage.name == action.name { action.name.clone() } else { format!("{} / {}", stage.name, action.name) }
}

/// What was asked for can only be done where the build runs.
pub fn not_from_here(run: &PipelineExecution, what: &str, console: &Console) -> Card {
    let text = named_run(run, console).then(format!(" runs on {}. {what} it there.", run.key.system.shown()));
    Card::line(Tone::Warning, text)
}

/// A stage that hasn't failed can't be run again.
pub fn nothing_to_retry(run: &PipelineExecution, stage: Option<&str>, console: &Console) -> Card {
    let found = stage.map(|name| run.stages.iter().find(|stage| stage.name.eq_ignore_ascii_case(name)));
    let (text, status) = match found {
        None => (Text::empty(), run.status),
        Some(Some(found)) => (Text::plain(format!("{} of ", found.name)), found.status),
        Some(None) => {
            let text = named_run(run, console).then(" has no stage ").code(stage.unwrap_or_default());
            return Card::line(Tone::Warning, text.then(". Nothing was run again."));
        }
    };
    let text = text.and(named_run(run, console));
    let text = match status {
        None => text.then(" hasn't begun."),
        Some(Seen { status, .. }) => text.then(format!(" {}.", in_words(status))),
    };
    Card::line(Tone::Warning, text.then(" Nothing was run again."))
}

fn in_words(status: RunStatus) -> &'static str {
    match status {
        RunStatus::InProgress => "is running already",
        RunStatus::Stopping => "is being stopped",
        RunStatus::Succeeded => "went well",
        RunStatus::Failed => "failed, but can't be taken up any more: a newer run has passed it",
        RunStatus::Stopped => "was stopped",
        RunStatus::Superseded => "gave way to a newer run",
    }
}

/// Somebody else asked for the same.
pub fn retried_already(retried: &Retried) -> Card {
    let text = Text::empty().bold(retried.stage.as_str()).then(" is run again already, asked by ").person(&retried.by);
    Card::line(Tone::Warning, text.then(" ").moment(retried.at).then("."))
}

/// It is run again.
pub fn retrying(run: &PipelineExecution, stage: &str, console: &Console) -> Card {
    let text = Text::plain("What failed in ").bold(stage).then(" of ").and(named_run(run, console)).then(" is run again.");
    Card::line(Tone::Working, text)
}

/// Nothing waits for a decision.
pub fn nothing_waits(pipeline: &PipelineName) -> Card {
    let text = Text::plain("Nothing waits for an approval in ").code(pipeline.as_str());
    Card::line(Tone::Plain, text.then(": it was decided, has expired, or hasn't got there. Nothing was changed."))
}

/// Who asked for a deployment can't approve it.
pub fn own_deployment(approval: &Approval) -> Card {
    let text = Text::empty().bold("Not allowed").then(": you asked for this deployment, so somebody else has to approve ");
    Card::line(Tone::Bad, text.bold(approval.stage.as_str()).then("."))
        .with(Part::Context(Text::plain("Rule: ").code("own-deployment").then(". This was recorded; nothing was done.")))
}

/// A decision's outcome, for somebody who doesn't see the run's message.
pub fn decision_sent(run: &PipelineExecution, decided: &Card, console: &Console) -> Card {
    let text = named_run(run, console).then(": ").and(decided.summary.clone());
    Card::line(decided.tone, text)
}

/// How a run is looked up and taken up again, as lines to paste.
pub fn run_how(run: &PipelineExecution, retry: Option<&ApiCall>, decide: Option<&ApiCall>, console: &Console) -> Card {
    let key = &run.key;
    if key.system != BuildSystem::CodePipeline {
        return elsewhere(run, console);
    }
    let get = ApiCall::new("codepipeline", "get-pipeline-execution")
        .with("pipeline-name", key.pipeline.as_str())
        .with("pipeline-execution-id", key.execution.as_str());
    let mut card = Card::line(Tone::Plain, Text::plain("Told by CodePipeline's events. The same can be asked, as AWS CLI:"));
    card = card.with(Part::Code(get.command_line()));
    if let Some(retry) = retry {
        card = card.with(Part::Text(Text::plain("What Retry does:"))).with(Part::Code(retry.command_line()));
    }
    if let Some(decide) = decide {
        let state = ApiCall::new("codepipeline", "get-pipeline-state").with("name", key.pipeline.as_str());
        let text = Text::plain("What Approve does; the token stands in the pipeline's state:");
        card = card.with(Part::Text(text)).with(Part::Code(format!("{}\n{}", state.command_line(), decide.command_line())));
    }
    match log_call(run) {
        Some(call) => card.with(Part::Text(Text::plain("The log:"))).with(Part::Code(call.command_line())),
        None => card,
    }
}

fn elsewhere(run: &PipelineExecution, console: &Console) -> Card {
    let how = match run.key.system {
        BuildSystem::CodeBuild => "CodeBuild's events".to_owned(),
        BuildSystem::GithubActions => "the GitHub webhook (workflow_run, workflow_job, check_suite)".to_owned(),
        other => format!("the webhook of {}", other.shown()),
    };
    let card = Card::line(Tone::Plain, Text::plain("Told by ").then(how).then(": ").and(named_run(run, console)).then("."));
    match log_call(run) {
        Some(call) => card.with(Part::Text(Text::plain("The log:"))).with(Part::Code(call.command_line())),
        None => card,
    }
}

/// AWS CLI version 2, `aws logs tail`.
fn log_call(run: &PipelineExecution) -> Option<ApiCall> {
    let (_, action) = action_with_log(run)?;
    let pointer = action.log_pointer(run.key.system)?;
    let call = ApiCall::new("logs", "get-log-events").with("log-group-name", pointer.group).with("log-stream-name", pointer.stream);
    Some(call.with("limit", 50))
}

/// The action whose log is of interest: the one that failed, else the last one that has one.
pub fn action_with_log(run: &PipelineExecution) -> Option<(&StageRun, &ActionRun)> {
    let has_log = |action: &ActionRun| action.log.is_some() || action.log_pointer(run.key.system).is_some();
    if let Some((stage, Some(action))) = run.failure()
        && has_log(action)
    {
        return Some((stage, action));
    }
    let all = run.stages.iter().flat_map(|stage| stage.actions.iter().map(move |action| (stage, action)));
    all.filter(|(_, action)| has_log(action)).max_by_key(|(_, action)| action.status.at)
}
