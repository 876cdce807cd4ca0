//! What the answers of CodePipeline say about one execution.
//!
//! `GetPipelineState` tells of the pipeline, not of an execution: each stage names the execution that was in it last, which
//! may be an older or a newer one. What is known of a stage that has passed to another execution follows from the
//! execution's own status and from how far it got. The times come from `ListActionExecutions`.

use std::collections::BTreeMap;

use aws_sdk_codepipeline::primitives::DateTime;
use aws_sdk_codepipeline::types::{
    ActionCategory, ActionExecutionDetail, ActionExecutionStatus, ActionTypeId, ArtifactRevision, PipelineExecution,
    PipelineExecutionStatus, StageExecutionStatus, StageState,
};
use jiff::Timestamp;
use opsroom_domain::pipeline_execution::approval::Approval;
use opsroom_domain::pipeline_execution::{ActionKind, ActionResult, ExecutionKey, Observation, RunStatus, Sighting, SourceRevision};

/// When a stage's actions ran.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: Timestamp,
    end: Timestamp,
}

/// Everything that the answers say, stages in the pipeline's order.
pub(crate) fn observations(
    key: &ExecutionKey,
    whole: &PipelineExecution,
    stages: &[StageState],
    actions: &[ActionExecutionDetail],
) -> Vec<Observation> {
    let status = whole.status().and_then(execution_status);
    let latest = latest_runs(actions);
    let spans = spans(&latest);
    let mut seen = Vec::new();
    seen.extend(whole.artifact_revisions().iter().find_map(source).map(Observation::Source));
    let reached = stages.iter().rposition(|stage| is_in(stage, key) || spans.contains_key(stage.stage_name().unwrap_or_default()));
    for (position, stage) in stages.iter().enumerate() {
        let Some(name) = stage.stage_name() else { continue };
        let status = stage_status(key, stage, status, reached.is_some_and(|reached| position < reached));
        seen.extend(stage_sightings(name, status, spans.get(name)));
    }
    for action in &latest {
        seen.extend(action_observation(action));
    }
    if let Some(status) = status {
        let ended = status.has_ended().then(|| spans.values().map(|span| span.end).max()).flatten();
        seen.extend(timed_then_plain(status, ended).map(Observation::Execution));
    }
    seen
}

/// Whether the execution is in a stage, or waits before it.
fn is_in(stage: &StageState, key: &ExecutionKey) -> bool {
    let ours = |id: &str| id == key.execution.as_str();
    stage.latest_execution().is_some_and(|latest| ours(latest.pipeline_execution_id()))
        || stage.inbound_executions().iter().any(|inbound| ours(inbound.pipeline_execution_id()))
        || stage.inbound_execution().is_some_and(|inbound| ours(inbound.pipeline_execution_id()))
}

fn stage_status(key: &ExecutionKey, stage: &StageState, whole: Option<RunStatus>, passed: bool) -> Option<RunStatus> {
    if whole == Some(RunStatus::Succeeded) || passed {
        return Some(RunStatus::Succeeded);
    }
    let latest = stage.latest_execution().filter(|latest| latest.pipeline_execution_id() == key.execution.as_str())?;
    Some(match latest.status() {
        StageExecutionStatus::InProgress => RunStatus::InProgress,
        StageExecutionStatus::Stopping => RunStatus::Stopping,
        StageExecutionStatus::Succeeded => RunStatus::Succeeded,
        StageExecutionStatus::Failed => RunStatus::Failed,
        // Cancelled: the pipeline was changed; skipped: a condition said so.
        StageExecutionStatus::Stopped | StageExecutionStatus::Cancelled | StageExecutionStatus::Skipped => RunStatus::Stopped,
        _ => return None,
    })
}

/// First when it began, so that its duration is known even if no event came; then how it stands.
fn stage_sightings(stage: &str, status: Option<RunStatus>, span: Option<&Span>) -> Vec<Observation> {
    let of = |seen| Observation::Stage { stage: stage.to_owned(), seen };
    let Some(status) = status else { return vec![of(None)] };
    let began = span.map(|span| of(Some(Sighting { status: RunStatus::InProgress, at: Some(span.start) })));
    let ended = span.filter(|_| status.has_ended()).map(|span| span.end);
    began.into_iter().chain(timed_then_plain(status, ended).map(|seen| of(Some(seen)))).collect()
}

/// With its time, so that durations are right; and then without, because that is how things stand now, even if something
/// later was known before.
fn timed_then_plain(status: RunStatus, at: Option<Timestamp>) -> impl Iterator<Item = Sighting> {
    let timed = at.map(|at| Sighting { status, at: Some(at) });
    timed.into_iter().chain([Sighting { status, at: None }])
}

/// Of every action the run that began last (a retry runs it again), in the order in which they began.
fn latest_runs(actions: &[ActionExecutionDetail]) -> Vec<&ActionExecutionDetail> {
    let mut latest: BTreeMap<(&str, &str), &ActionExecutionDetail> = BTreeMap::new();
    for action in actions {
        let (Some(stage), Some(name)) = (action.stage_name(), action.action_name()) else { continue };
        let known = latest.entry((stage, name)).or_insert(action);
        if known.start_time() < action.start_time() {
            *known = action;
        }
    }
    let mut runs: Vec<_> = latest.into_values().collect();
    runs.sort_by_key(|run| run.start_time().and_then(moment));
    runs
}

fn spans<'a>(runs: &[&'a ActionExecutionDetail]) -> BTreeMap<&'a str, Span> {
    let mut spans: BTreeMap<&str, Span> = BTreeMap::new();
    for run in runs {
        let Some((stage, start)) = run.stage_name().zip(run.start_time().and_then(moment)) else { continue };
        let end = run.last_update_time().and_then(moment).unwrap_or(start);
        let span = spans.entry(stage).or_insert(Span { start, end });
        *span = Span { start: span.start.min(start), end: span.end.max(end) };
    }
    spans
}

fn action_observation(run: &ActionExecutionDetail) -> Option<Observation> {
    let status = match run.status()? {
        ActionExecutionStatus::InProgress => RunStatus::InProgress,
        ActionExecutionStatus::Succeeded => RunStatus::Succeeded,
        ActionExecutionStatus::Failed => RunStatus::Failed,
        ActionExecutionStatus::Abandoned => RunStatus::Stopped,
        _ => return None,
    };
    let said = run.output().and_then(|output| output.execution_result());
    let error = said.and_then(|said| said.error_details());
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let kind = match run.input().and_then(|input| input.action_type_id()).map(ActionTypeId::category) {
        Some(ActionCategory::Approval) => ActionKind::Approval,
        _ => ActionKind::Work,
    };
    let result = ActionResult {
        url: text(said.and_then(|said| said.external_execution_url())),
        summary: text(said.and_then(|said| said.external_execution_summary())).or_else(|| text(error.and_then(|e| e.message()))),
        external_id: text(said.and_then(|said| said.external_execution_id())),
        error_code: text(error.and_then(|error| error.code())),
        asks: text(custom_data(run)).filter(|_| kind == ActionKind::Approval),
        kind,
        log: None,
    };
    Some(Observation::Action {
        stage: run.stage_name()?.to_owned(),
        action: run.action_name()?.to_owned(),
        seen: Sighting { status, at: run.last_update_time().and_then(moment) },
        result,
    })
}

/// What an approval's author wrote for whoever decides (CodePipeline user guide, "Manual approval action reference": `CustomData`), with the
/// pipeline's variables filled in where CodePipeline says so.
fn custom_data(run: &ActionExecutionDetail) -> Option<&str> {
    let input = run.input()?;
    let settings = [input.resolved_configuration(), input.configuration()];
    settings.into_iter().flatten().find_map(|settings| settings.get("CustomData")).map(String::as_str)
}

/// The token of an approval that waits, if it is this run that waits there.
pub(crate) fn token(stages: &[StageState], approval: &Approval) -> Option<String> {
    let stage = stages.iter().find(|stage| stage.stage_name() == Some(approval.stage.as_str()))?;
    stage.latest_execution().filter(|latest| latest.pipeline_execution_id() == approval.run.execution.as_str())?;
    let action = stage.action_states().iter().find(|action| action.action_name() == Some(approval.action.as_str()))?;
    let latest = action.latest_execution().filter(|latest| latest.status() == Some(&ActionExecutionStatus::InProgress))?;
    latest.token().map(str::to_owned)
}

fn execution_status(status: &PipelineExecutionStatus) -> Option<RunStatus> {
    Some(match status {
        PipelineExecutionStatus::InProgress => RunStatus::InProgress,
        PipelineExecutionStatus::Stopping => RunStatus::Stopping,
        PipelineExecutionStatus::Succeeded => RunStatus::Succeeded,
        PipelineExecutionStatus::Failed => RunStatus::Failed,
        // Cancelled: the pipeline was changed while it ran.
        PipelineExecutionStatus::Stopped | PipelineExecutionStatus::Cancelled => RunStatus::Stopped,
        PipelineExecutionStatus::Superseded => RunStatus::Superseded,
        _ => return None,
    })
}

fn source(revision: &ArtifactRevision) -> Option<SourceRevision> {
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    Some(SourceRevision::told(text(revision.revision_id())?, text(revision.revision_summary()), text(revision.revision_url())))
}

fn moment(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

#[cfg(test)]
#[path = "sighting_tests.rs"]
mod tests;
