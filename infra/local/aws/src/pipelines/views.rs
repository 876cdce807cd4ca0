//! The API's pictures of pipelines and executions; field names are the API model's.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::engine::{Engine, Pipeline};
use super::events::Site;
use super::model::{ActionRun, Execution, Transition};

/// Seconds since the epoch, as the JSON 1.1 protocol writes times.
pub fn epoch(time: Timestamp) -> Value {
    json!(time.as_duration().as_secs_f64())
}

/// Sets a field if there is something to set.
pub fn set(object: &mut Value, field: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object[field] = value.into();
    }
}

/// A member of `ListPipelines`.
pub fn pipeline_summary(pipeline: &Pipeline) -> Value {
    json!({
        "name": pipeline.definition.name,
        "version": pipeline.definition.version,
        "pipelineType": pipeline_type(&pipeline.definition),
        "executionMode": pipeline.definition.mode.word(),
        "created": epoch(pipeline.created),
        "updated": epoch(pipeline.created),
    })
}

fn pipeline_type(definition: &Definition) -> &Value {
    &definition.declaration["pipelineType"]
}

/// `GetPipeline`.
pub fn pipeline(site: &Site, pipeline: &Pipeline) -> Value {
    json!({
        "pipeline": pipeline.definition.declaration,
        "metadata": {
            "pipelineArn": site.pipeline_arn(&pipeline.definition.name),
            "created": epoch(pipeline.created),
            "updated": epoch(pipeline.created),
        },
    })
}

/// `GetPipelineExecution`.
pub fn execution(pipeline: &Pipeline, execution: &Execution) -> Value {
    let revisions: Vec<_> = execution
        .revisions
        .iter()
        .map(|revision| {
            json!({
                "name": revision.artifact,
                "revisionId": revision.id,
                "revisionSummary": revision.summary,
                "created": epoch(revision.created),
                "revisionUrl": revision.url,
            })
        })
        .collect();
    let variables: Vec<_> = execution.variables.iter().map(|(name, value)| json!({ "name": name, "resolvedValue": value })).collect();
    let mut view = common(pipeline, execution);
    view["pipelineName"] = json!(pipeline.definition.name);
    view["pipelineVersion"] = json!(pipeline.definition.version);
    view["artifactRevisions"] = json!(revisions);
    set(&mut view, "variables", (!variables.is_empty()).then_some(variables));
    json!({ "pipelineExecution": view })
}

/// A member of `ListPipelineExecutions`.
pub fn execution_summary(pipeline: &Pipeline, execution: &Execution) -> Value {
    let revisions: Vec<_> = execution
        .revisions
        .iter()
        .map(|revision| {
            json!({
                "actionName": revision.action,
                "revisionId": revision.id,
                "revisionSummary": revision.summary,
                "revisionUrl": revision.url,
            })
        })
        .collect();
    let mut view = common(pipeline, execution);
    view["startTime"] = epoch(execution.started);
    view["lastUpdateTime"] = epoch(execution.updated);
    view["sourceRevisions"] = json!(revisions);
    if let Some(stop) = &execution.stop {
        view["stopTrigger"] = json!({});
        set(&mut view["stopTrigger"], "reason", stop.reason.clone());
    }
    view
}

fn common(pipeline: &Pipeline, execution: &Execution) -> Value {
    let mut view = json!({
        "pipelineExecutionId": execution.id,
        "status": execution.status.word(),
        "trigger": { "triggerType": execution.trigger.kind, "triggerDetail": execution.trigger.detail },
        "executionMode": pipeline.definition.mode.word(),
        "executionType": execution.kind(),
    });
    let target = execution.rollback_target.as_ref();
    set(&mut view, "rollbackMetadata", target.map(|target| json!({ "rollbackTargetPipelineExecutionId": target })));
    view
}

/// `GetPipelineState`.
pub fn state(engine: &Engine, pipeline: &Pipeline) -> Value {
    let stages: Vec<_> = (0..pipeline.slots.len()).map(|stage| stage_state(engine, pipeline, stage)).collect();
    json!({
        "pipelineName": pipeline.definition.name,
        "pipelineVersion": pipeline.definition.version,
        "stageStates": stages,
        "created": epoch(pipeline.created),
        "updated": epoch(pipeline.created),
    })
}

fn stage_state(engine: &Engine, pipeline: &Pipeline, stage: usize) -> Value {
    let slot = &pipeline.slots[stage];
    let inbound: Vec<_> = slot
        .waiting
        .iter()
        .map(|waiting| {
            let execution = &pipeline.executions[*waiting];
            json!({
                "pipelineExecutionId": execution.id,
                "status": "InProgress",
                "type": execution.kind(),
            })
        })
        .collect();
    let declared = &pipeline.definition.stages[stage];
    let actions: Vec<_> = (0..declared.actions.len()).map(|action| action_state(engine, pipeline, stage, action)).collect();
    let mut view = json!({
        "stageName": declared.name,
        "inboundExecutions": inbound,
        "inboundTransitionState": transition(pipeline, stage),
        "actionStates": actions,
    });
    set(&mut view, "inboundExecution", inbound.last().cloned());
    let latest = slot.latest.map(|latest| &pipeline.executions[latest]);
    if let Some((execution, run)) = latest.and_then(|execution| Some((execution, execution.stages.get(&stage)?))) {
        view["latestExecution"] = json!({
            "pipelineExecutionId": execution.id,
            "status": run.status.word(),
            "type": execution.kind(),
        });
        if run.retries > 0 {
            view["retryStageMetadata"] = json!({
                "manualStageRetryAttempt": run.retries,
                "latestRetryTrigger": "ManualStageRetry",
            });
        }
    }
    view
}

/// A closed way out of the stage before shows as a closed way into this one.
fn transition(pipeline: &Pipeline, stage: usize) -> Value {
    let before = stage.checked_sub(1).map(|before| &pipeline.slots[before].outbound);
    let inbound = &pipeline.slots[stage].inbound;
    let shown: &Transition = before.filter(|before| inbound.disabled.is_none() && before.disabled.is_some()).unwrap_or(inbound);
    let mut view = json!({ "enabled": shown.disabled.is_none() });
    set(&mut view, "disabledReason", shown.disabled.clone());
    if let Some((by, at)) = &shown.changed {
        view["lastChangedBy"] = json!(by);
        view["lastChangedAt"] = epoch(*at);
    }
    view
}

fn action_state(engine: &Engine, pipeline: &Pipeline, stage: usize, action: usize) -> Value {
    let declared = &pipeline.definition.stages[stage].actions[action];
    let mut view = json!({ "actionName": declared.name });
    set(&mut view, "entityUrl", entity_url(engine, pipeline, stage, action));
    let latest = pipeline
        .executions
        .iter()
        .filter_map(|execution| Some((execution, execution.latest_run(stage, action)?)))
        .max_by_key(|(_, run)| run.started);
    let Some((execution, run)) = latest else { return view };
    let revision = execution.revisions.iter().find(|revision| revision.action == declared.name);
    if let Some(revision) = revision.filter(|_| declared.is_source()) {
        view["currentRevision"] = json!({
            "revisionId": revision.id,
            "revisionChangeId": revision.id,
            "created": epoch(revision.created),
        });
        view["revisionUrl"] = json!(revision.url);
    }
    view["latestExecution"] = action_execution(run);
    view
}

fn action_execution(run: &ActionRun) -> Value {
    let mut view = json!({
        "actionExecutionId": run.id,
        "status": run.status.word(),
        "lastStatusChange": epoch(run.updated),
    });
    let open = run.status == super::model::ActionStatus::InProgress;
    set(&mut view, "summary", run.summary.clone());
    set(&mut view, "token", run.token.clone().filter(|_| open));
    set(&mut view, "lastUpdatedBy", run.updated_by.clone());
    set(&mut view, "externalExecutionId", run.external_id.clone());
    set(&mut view, "externalExecutionUrl", run.external_url.clone());
    let error = run.error.as_ref();
    set(&mut view, "errorDetails", error.map(|error| json!({ "code": error.code, "message": error.message })));
    view
}

fn entity_url(engine: &Engine, pipeline: &Pipeline, stage: usize, action: usize) -> Option<String> {
    let action = &pipeline.definition.stages[stage].actions[action];
    let region = &engine.site.region;
    let setting = |name: &str| action.configuration.get(name);
    match action.kind.provider.as_str() {
        "CodeBuild" => {
            Some(format!("https://console.aws.amazon.com/codebuild/home?region={region}#/projects/{}/view", setting("ProjectName")?))
        }
        "CodeDeploy" => Some(format!(
            "https://console.aws.amazon.com/codedeploy/home?region={region}#/applications/{}/deployment-groups/{}",
            setting("ApplicationName")?,
            setting("DeploymentGroupName")?
        )),
        "Manual" => setting("ExternalEntityLink").cloned(),
        _ => None,
    }
}

/// `ListTagsForResource`.
pub fn tags(definition: &Definition) -> Value {
    let tags: Vec<_> = definition.tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value })).collect();
    json!({ "tags": tags })
}

/// A page of a list, with the token of the next one.
pub fn page(name: &str, items: Vec<Value>, offset: usize, size: usize) -> Value {
    let more = items.len() > offset.saturating_add(size);
    let shown: Vec<_> = items.into_iter().skip(offset).take(size).collect();
    let mut view = Map::new();
    view.insert(name.to_owned(), shown.into());
    if more {
        view.insert("nextToken".to_owned(), hex::encode(format!("offset={}", offset + size)).into());
    }
    Value::Object(view)
}

/// Where a page begins, by its token.
pub fn offset(token: Option<&str>) -> Option<usize> {
    let Some(token) = token else { return Some(0) };
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    text.strip_prefix("offset=")?.parse().ok()
}
