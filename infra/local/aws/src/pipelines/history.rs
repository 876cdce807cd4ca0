//! `ListActionExecutions`: what every action did, newest first.

use serde_json::{Value, json};

use super::definition::{Action, Definition};
use super::engine::Pipeline;
use super::events::{Site, artifact_detail};
use super::model::{ActionRun, ActionStatus, Execution};
use super::views::{epoch, set};

/// Which action executions.
#[derive(Debug, Default)]
pub struct Filter {
    /// Of this execution only.
    pub execution: Option<String>,
    /// The last run of each action only.
    pub latest: bool,
}

/// The action executions of a pipeline.
pub fn action_executions(site: &Site, pipeline: &Pipeline, filter: &Filter) -> Vec<Value> {
    let mut runs: Vec<(&Execution, &ActionRun)> = pipeline
        .executions
        .iter()
        .filter(|execution| filter.execution.as_ref().is_none_or(|id| *id == execution.id))
        .flat_map(|execution| execution.actions.iter().map(move |run| (execution, run)))
        .filter(|(execution, run)| !filter.latest || execution.latest_run(run.stage, run.action).is_some_and(|latest| latest.id == run.id))
        .collect();
    // Stable: of those that started together the later one in the stage comes first, as all else.
    runs.reverse();
    runs.sort_by_key(|(_, run)| std::cmp::Reverse(run.started));
    runs.into_iter().map(|(execution, run)| detail(site, &pipeline.definition, execution, run)).collect()
}

fn detail(site: &Site, definition: &Definition, execution: &Execution, run: &ActionRun) -> Value {
    let stage = &definition.stages[run.stage];
    let action = &stage.actions[run.action];
    let mut view = json!({
        "pipelineExecutionId": execution.id,
        "actionExecutionId": run.id,
        "pipelineVersion": definition.version,
        "stageName": stage.name,
        "actionName": action.name,
        "startTime": epoch(run.started),
        "lastUpdateTime": epoch(run.updated),
        "status": run.status.word(),
        "input": input(site, definition, execution, action),
        "output": output(site, definition, execution, (action, run)),
    });
    set(&mut view, "updatedBy", run.updated_by.clone());
    view
}

fn input(site: &Site, definition: &Definition, execution: &Execution, action: &Action) -> Value {
    let kind = &action.kind;
    let resolved: serde_json::Map<_, _> =
        action.configuration.iter().map(|(name, value)| (name.clone(), json!(resolve(value, execution)))).collect();
    let artifacts: Vec<_> =
        action.input_artifacts.iter().map(|artifact| artifact_detail(site, definition, execution, &artifact.name)).collect();
    let mut view = json!({
        "actionTypeId": {
            "category": kind.category,
            "owner": kind.owner,
            "provider": kind.provider,
            "version": kind.version,
        },
        "configuration": action.configuration,
        "resolvedConfiguration": resolved,
        "region": site.region,
        "inputArtifacts": artifacts,
    });
    set(&mut view, "namespace", action.namespace.clone());
    view
}

fn output(site: &Site, definition: &Definition, execution: &Execution, (action, run): (&Action, &ActionRun)) -> Value {
    let done = run.status == ActionStatus::Succeeded;
    let artifacts: Vec<_> = action
        .output_artifacts
        .iter()
        .filter(|_| done)
        .map(|artifact| artifact_detail(site, definition, execution, &artifact.name))
        .collect();
    let mut result = json!({});
    set(&mut result, "externalExecutionId", run.external_id.clone());
    set(&mut result, "externalExecutionSummary", run.summary.clone());
    set(&mut result, "externalExecutionUrl", run.external_url.clone());
    let error = run.error.as_ref();
    set(&mut result, "errorDetails", error.map(|error| json!({ "code": error.code, "message": error.message })));
    json!({
        "outputArtifacts": artifacts,
        "executionResult": result,
        "outputVariables": run.output_variables,
    })
}

/// Puts the pipeline variables' values in.
fn resolve(value: &str, execution: &Execution) -> String {
    execution.variables.iter().fold(value.to_owned(), |text, (name, value)| text.replace(&format!("#{{variables.{name}}}"), value))
}
