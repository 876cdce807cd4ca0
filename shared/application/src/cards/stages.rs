//! What the cards of deployments and of runs have in common: stages, what failed, its log, what was decided, and the buttons for that.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Part, Step, StepState, Text};
use opsroom_domain::pipeline_execution::approval::{Approval, Decided, Decision};
use opsroom_domain::pipeline_execution::{ActionKind, BuildSystem, PipelineExecution, RunStatus, StageRun};

use super::words::{beginning, first_line, span};

/// How many lines of a log a message shows.
const LOG_LINES: usize = 10;

/// How many characters of a log a message shows; Slack takes 3000 in a block.
const LOG_LENGTH: usize = 2500;

/// How many characters are shown of what an approval asks for; CodePipeline takes a thousand.
pub(super) const ASKED_LENGTH: usize = 600;

/// The stages as steps. Once all is `over`, a stage that never ran will not run.
pub(super) fn steps(run: &PipelineExecution, over: bool) -> Option<Part> {
    let steps: Vec<Step> = run.stages.iter().map(|stage| step(stage, over)).collect();
    (!steps.is_empty()).then_some(Part::Steps(steps))
}

fn step(run: &StageRun, over: bool) -> Step {
    let Some(seen) = run.status else {
        let state = if over { StepState::Stopped } else { StepState::Pending };
        return Step { name: run.name.clone(), state, note: Text::empty() };
    };
    let took = || run.started_at.map(|started| Text::plain(span(seen.at.duration_since(started)))).unwrap_or_default();
    let waits = |action: &&opsroom_domain::pipeline_execution::ActionRun| {
        action.result.kind == ActionKind::Approval && action.status.status == RunStatus::InProgress
    };
    let (state, note) = match seen.status {
        RunStatus::InProgress | RunStatus::Stopping if over => (StepState::Stopped, Text::empty()),
        RunStatus::InProgress => match run.actions.iter().find(waits) {
            Some(action) => (StepState::Waiting, Text::plain("waiting since ").moment(action.status.at)),
            None => (StepState::Running, run.started_at.map(|at| Text::plain("since ").moment(at)).unwrap_or_default()),
        },
        RunStatus::Stopping => (StepState::Running, Text::plain("stopping")),
        RunStatus::Succeeded => (StepState::Done, took()),
        RunStatus::Failed => (StepState::Failed, took()),
        RunStatus::Stopped => (StepState::Stopped, Text::plain("stopped")),
        RunStatus::Superseded => (StepState::Stopped, Text::plain("superseded")),
    };
    Step { name: run.name.clone(), state, note }
}

/// The failing action, what it says, and its page; `None` if no stage failed.
pub(super) fn failed_step(run: &PipelineExecution) -> Option<Text> {
    let (stage, action) = run.failure()?;
    let Some(action) = action else {
        return Some(Text::empty().bold(&stage.name).then(" failed."));
    };
    let mut text =
        Text::empty().bold(if stage.name == action.name { action.name.clone() } else { format!("{} / {}", stage.name, action.name) });
    // Who rejected it and why stands below, and is not said twice.
    let is_rejected =
        |decided: &Decided| decided.stage == stage.name && decided.action == action.name && decided.decision == Decision::Rejected;
    if run.decisions.iter().any(is_rejected) {
        return Some(text.then(" was rejected."));
    }
    text = text.then(" failed");
    if let Some(code) = &action.result.error_code {
        text = text.then(" with ").code(code);
    }
    if let Some(summary) = action.result.summary.as_deref().filter(|summary| !summary.trim().is_empty()) {
        text = text.then(": ").then(first_line(summary, 300));
    }
    if let Some(url) = &action.result.url {
        text = text.then(" · ").link(url, "Details");
    }
    Some(text)
}

/// The end of the failing action's log, as far as it is kept.
pub(super) fn log(run: &PipelineExecution) -> Option<Part> {
    let (_, action) = run.failure()?;
    let lines = action?.log.as_deref()?;
    Some(Part::Code(last_lines(lines, LOG_LINES, LOG_LENGTH)))
}

/// The last lines of a text, whole ones but for the first.
pub(super) fn last_lines(text: &str, lines: usize, length: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    let mut kept: Vec<String> = Vec::new();
    let mut left = length;
    for line in all.iter().rev().take(lines) {
        let too_many = line.chars().count().saturating_sub(left);
        kept.push(line.chars().skip(too_many).collect());
        left = left.saturating_sub(line.chars().count() + 1);
        if left == 0 {
            break;
        }
    }
    kept.reverse();
    kept.join("\n")
}

/// Who decided what. Stands in small print, where a mention notifies nobody.
pub(super) fn decisions(run: &PipelineExecution) -> impl Iterator<Item = Part> {
    run.decisions.iter().filter(|decided| decided.sent).map(|decided| Part::Context(decision(decided)))
}

fn decision(decided: &Decided) -> Text {
    let text = Text::empty().bold(decided.stage.as_str()).then(format!(" {} by ", past(decided.decision))).person(&decided.by);
    let text = if decided.reason.is_empty() { text } else { text.then(": ").italic(first_line(&decided.reason, 300)) };
    text.then(" · ").moment(decided.at)
}

/// Who asked to run what failed again.
pub(super) fn retried(run: &PipelineExecution) -> Option<Part> {
    let retried = run.retried.as_ref()?;
    let text = Text::empty().bold(retried.stage.as_str()).then(" run again by ").person(&retried.by).then(" · ").moment(retried.at);
    Some(Part::Context(text))
}

/// `approved` or `rejected`.
pub(crate) fn past(decision: Decision) -> &'static str {
    match decision {
        Decision::Approved => "approved",
        Decision::Rejected => "rejected",
    }
}

/// What the author of the approval that waits asks for.
pub(super) fn asked_for(run: &PipelineExecution) -> Option<Part> {
    let (stage, action) = run.waiting_approval()?;
    let asks = action.result.asks.as_deref()?;
    Some(Part::Text(Text::empty().bold(stage.name.as_str()).then(" asks: ").then(beginning(asks, ASKED_LENGTH))))
}

/// Approve and Reject, while an approval waits that can be decided on from here.
pub(super) fn approval_buttons(run: &PipelineExecution) -> Vec<Button> {
    let Some((stage, action)) = run.waiting_approval().filter(|_| run.key.system == BuildSystem::CodePipeline) else { return Vec::new() };
    let approval = Approval { run: run.key.clone(), stage: stage.name.clone(), action: action.name.clone() };
    let button = |label: &str, decision, style| Button {
        label: label.to_owned(),
        action: ButtonAction::Decide { approval: approval.clone(), decision },
        style,
        confirm: None,
    };
    vec![button("Approve", Decision::Approved, ButtonStyle::Primary), button("Reject", Decision::Rejected, ButtonStyle::Danger)]
}

/// Retry, if a stage failed that CodePipeline can run again.
pub(super) fn retry_button(run: &PipelineExecution) -> Option<Button> {
    let has_failed = run.status.is_some_and(|seen| seen.status == RunStatus::Failed);
    let (stage, _) = run.failure().filter(|_| has_failed && run.key.system == BuildSystem::CodePipeline)?;
    Some(Button {
        label: "Retry".to_owned(),
        action: ButtonAction::RetryStage { run: run.key.clone(), stage: stage.name.clone() },
        style: ButtonStyle::Primary,
        confirm: Some(format!("Run what failed in {} of {} again?", stage.name, run.key.pipeline)),
    })
}

/// Logs, where there are some: kept here, or in CloudWatch Logs.
pub(super) fn logs_button(run: &PipelineExecution) -> Option<Button> {
    let mut actions = run.stages.iter().flat_map(|stage| &stage.actions);
    actions.find(|action| action.log.is_some() || action.log_pointer(run.key.system).is_some())?;
    let pipeline = run.key.pipeline.as_str();
    let is_plain = pipeline.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    let line = if is_plain { format!("build logs {pipeline}") } else { format!("build logs \"{}\"", pipeline.replace('"', "")) };
    Some(Button { label: "Logs".to_owned(), action: ButtonAction::RunRead { line }, style: ButtonStyle::Plain, confirm: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_log_the_last_lines_are_shown_within_bounds() {
        assert_eq!(last_lines("one\ntwo\nthree\n", 2, 100), "two\nthree");
        assert_eq!(last_lines("one\ntwo\nthree", 3, 8), "wo\nthree");
        assert_eq!(last_lines("äöü", 1, 2), "öü");
        assert_eq!(last_lines("", 2, 100), "");
    }
}
