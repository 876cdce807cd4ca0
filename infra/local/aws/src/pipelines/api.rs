//! The CodePipeline operations: read the request, ask the engine, show the answer.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::engine::Engine;
use super::events::Site;
use super::history::{self, Filter};
use super::interventions::{Approval, Gate, Retry};
use super::model::{StageStatus, Stop};
use super::starting::{Override, Rollback, Start};
use super::views;
use crate::input::{Input, Problems, Rule};
use crate::refusal::Refusal;

/// A call of the API.
#[derive(Debug)]
pub struct Call<'a> {
    /// The operation's name.
    pub operation: &'a str,
    /// The request's fields.
    pub body: &'a Map<String, Value>,
    /// The caller's ARN.
    pub caller: &'a str,
}

type Operation = fn(&mut Engine, &Call<'_>, Timestamp) -> Result<Value, Refusal>;

/// The operations there are.
const OPERATIONS: [(&str, Operation); 14] = [
    ("DisableStageTransition", disable_stage_transition),
    ("EnableStageTransition", enable_stage_transition),
    ("GetPipeline", get_pipeline),
    ("GetPipelineExecution", get_pipeline_execution),
    ("GetPipelineState", get_pipeline_state),
    ("ListActionExecutions", list_action_executions),
    ("ListPipelineExecutions", list_pipeline_executions),
    ("ListPipelines", list_pipelines),
    ("ListTagsForResource", list_tags_for_resource),
    ("PutApprovalResult", put_approval_result),
    ("RetryStageExecution", retry_stage_execution),
    ("RollbackStage", rollback_stage),
    ("StartPipelineExecution", start_pipeline_execution),
    ("StopPipelineExecution", stop_pipeline_execution),
];

/// Whether the stand-in has an operation.
pub fn has(operation: &str) -> bool {
    OPERATIONS.iter().any(|(name, _)| *name == operation)
}

/// What a call acts on, for IAM (Service Authorization Reference, "Actions, resources, and condition keys for AWS
/// `CodePipeline`"): a pipeline, a stage of it, an action of that.
pub fn resource(site: &Site, operation: &str, body: &Map<String, Value>) -> String {
    let text = |field: &str| body.get(field).and_then(Value::as_str);
    if operation == "ListTagsForResource" {
        return text("resourceArn").unwrap_or("*").to_owned();
    }
    let pipeline = text("pipelineName").or_else(|| text("name")).unwrap_or("*");
    let mut path = pipeline.to_owned();
    let deeper: &[&str] = match operation {
        "DisableStageTransition" | "EnableStageTransition" | "RetryStageExecution" | "RollbackStage" => &["stageName"],
        "PutApprovalResult" => &["stageName", "actionName"],
        _ => &[],
    };
    for field in deeper {
        path.push('/');
        path.push_str(text(field).unwrap_or("*"));
    }
    site.pipeline_arn(&path)
}

/// Answers a call.
pub fn answer(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    match OPERATIONS.iter().find(|(name, _)| *name == call.operation) {
        Some((_, operation)) => operation(engine, call, now),
        None => Err(Refusal::new(
            "UnknownOperationException",
            format!("The operation {} is not part of the local CodePipeline", call.operation),
        )),
    }
}

fn list_pipelines(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let (offset, size) = paging(call, 1000, Problems::default())?;
    let mut pipelines: Vec<_> = engine.pipelines.iter().collect();
    pipelines.sort_by(|one, other| one.definition.name.cmp(&other.definition.name));
    let items = pipelines.into_iter().map(views::pipeline_summary).collect();
    Ok(views::page("pipelines", items, offset, size))
}

fn get_pipeline(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let name = input.required("name", Rule::Name, &mut problems);
    let version = input.number("version", 1, u64::from(u32::MAX), &mut problems);
    problems.check()?;
    let pipeline = &engine.pipelines[engine.find(&name)?];
    if version.is_some_and(|version| u32::try_from(version) != Ok(pipeline.definition.version)) {
        return Err(Refusal::new("PipelineVersionNotFoundException", format!("The pipeline '{name}' does not have this version")));
    }
    Ok(views::pipeline(&engine.site, pipeline))
}

fn get_pipeline_state(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let name = Input::new(call.body).required("name", Rule::Name, &mut problems);
    problems.check()?;
    let pipeline = &engine.pipelines[engine.find(&name)?];
    Ok(views::state(engine, pipeline))
}

fn start_pipeline_execution(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let start = Start {
        pipeline: input.required("name", Rule::Name, &mut problems),
        client_token: input.optional("clientRequestToken", Rule::ClientToken, &mut problems),
        variables: input.list("variables", (1, 50), &mut problems, |input, problems| {
            let name = input.required("name", Rule::VariableName, problems);
            (name, input.required("value", Rule::Text(1, 1000), problems))
        }),
        overrides: input.list("sourceRevisions", (0, 50), &mut problems, |input, problems| {
            let kinds = &["COMMIT_ID", "IMAGE_DIGEST", "S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"];
            Override {
                action: input.required("actionName", Rule::Name, problems),
                kind: input.required("revisionType", Rule::OneOf(kinds), problems),
                value: input.required("revisionValue", Rule::Text(1, 1500), problems),
            }
        }),
        caller: call.caller.to_owned(),
    };
    problems.check()?;
    Ok(json!({ "pipelineExecutionId": engine.start(start, now)? }))
}

fn stop_pipeline_execution(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let pipeline = input.required("pipelineName", Rule::Name, &mut problems);
    let id = input.required("pipelineExecutionId", Rule::Id, &mut problems);
    let stop = Stop { abandon: input.flag("abandon", &mut problems), reason: input.optional("reason", Rule::Text(0, 200), &mut problems) };
    problems.check()?;
    engine.stop(&pipeline, &id, stop, now)?;
    Ok(json!({ "pipelineExecutionId": id }))
}

fn get_pipeline_execution(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let name = input.required("pipelineName", Rule::Name, &mut problems);
    let id = input.required("pipelineExecutionId", Rule::Id, &mut problems);
    problems.check()?;
    let at = engine.find_execution(engine.find(&name)?, &id)?;
    Ok(views::execution(&engine.pipelines[at.pipeline], engine.execution(at)))
}

fn list_pipeline_executions(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let name = input.required("pipelineName", Rule::Name, &mut problems);
    let stage = input.object("filter", &mut problems, |filter, problems| {
        filter.object("succeededInStage", problems, |input, problems| input.optional("stageName", Rule::Name, problems))
    });
    let (offset, size) = paging(call, 100, problems)?;
    let index = engine.find(&name)?;
    let pipeline = &engine.pipelines[index];
    let stage = match stage.flatten().flatten() {
        Some(stage) => Some(engine.find_stage(index, &stage).map_err(|refusal| Refusal::invalid(refusal.message))?),
        None => None,
    };
    let succeeded = |execution: &super::model::Execution| {
        stage.is_none_or(|stage| execution.stages.get(&stage).is_some_and(|run| run.status == StageStatus::Succeeded))
    };
    let items = pipeline
        .executions
        .iter()
        .rev()
        .filter(|execution| succeeded(execution))
        .map(|execution| views::execution_summary(pipeline, execution))
        .collect();
    Ok(views::page("pipelineExecutionSummaries", items, offset, size))
}

fn list_action_executions(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let name = input.required("pipelineName", Rule::Name, &mut problems);
    let filter = input.object("filter", &mut problems, |filter, problems| {
        let latest = filter.object("latestInPipelineExecution", problems, |input, problems| {
            let id = input.required("pipelineExecutionId", Rule::Id, problems);
            (id, input.required("startTimeRange", Rule::OneOf(&["Latest", "All"]), problems))
        });
        let of = filter.optional("pipelineExecutionId", Rule::Id, problems);
        match latest {
            Some((id, range)) => Filter { execution: Some(id), latest: range == "Latest" },
            None => Filter { execution: of, latest: false },
        }
    });
    let (offset, size) = paging(call, 100, problems)?;
    let index = engine.find(&name)?;
    let filter = filter.unwrap_or_default();
    if let Some(id) = &filter.execution {
        engine.find_execution(index, id)?;
    }
    let items = history::action_executions(&engine.site, &engine.pipelines[index], &filter);
    Ok(views::page("actionExecutionDetails", items, offset, size))
}

fn retry_stage_execution(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let mode = Rule::OneOf(&["FAILED_ACTIONS", "ALL_ACTIONS"]);
    let retry = Retry {
        pipeline: input.required("pipelineName", Rule::Name, &mut problems),
        stage: input.required("stageName", Rule::Name, &mut problems),
        execution: input.required("pipelineExecutionId", Rule::Id, &mut problems),
        all_actions: input.required("retryMode", mode, &mut problems) == "ALL_ACTIONS",
    };
    problems.check()?;
    engine.retry(&retry, now)?;
    Ok(json!({ "pipelineExecutionId": retry.execution }))
}

fn rollback_stage(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let rollback = Rollback {
        pipeline: input.required("pipelineName", Rule::Name, &mut problems),
        stage: input.required("stageName", Rule::Name, &mut problems),
        target: input.required("targetPipelineExecutionId", Rule::Id, &mut problems),
        caller: call.caller.to_owned(),
    };
    problems.check()?;
    Ok(json!({ "pipelineExecutionId": engine.roll_back(rollback, now)? }))
}

fn put_approval_result(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let result = input.object("result", &mut problems, |input, problems| {
        let summary = input.required("summary", Rule::Text(0, 512), problems);
        (summary, input.required("status", Rule::OneOf(&["Approved", "Rejected"]), problems))
    });
    let pipeline = input.required("pipelineName", Rule::Name, &mut problems);
    let stage = input.required("stageName", Rule::Name, &mut problems);
    let action = input.required("actionName", Rule::Name, &mut problems);
    let token = input.required("token", Rule::Id, &mut problems);
    if result.is_none() {
        input.required("result", Rule::Text(0, 0), &mut problems);
    }
    problems.check()?;
    let (summary, status) = result.unwrap_or_default();
    let approved = status == "Approved";
    let caller = call.caller.to_owned();
    engine.approve(Approval { pipeline, stage, action, token, approved, summary, caller }, now)?;
    Ok(json!({ "approvedAt": views::epoch(now) }))
}

fn enable_stage_transition(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    stage_transition(engine, call, false, now)
}

fn disable_stage_transition(engine: &mut Engine, call: &Call<'_>, now: Timestamp) -> Result<Value, Refusal> {
    stage_transition(engine, call, true, now)
}

fn stage_transition(engine: &mut Engine, call: &Call<'_>, close: bool, now: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let input = Input::new(call.body);
    let kind = Rule::OneOf(&["Inbound", "Outbound"]);
    let gate = Gate {
        pipeline: input.required("pipelineName", Rule::Name, &mut problems),
        stage: input.required("stageName", Rule::Name, &mut problems),
        inbound: input.required("transitionType", kind, &mut problems) == "Inbound",
        reason: close.then(|| input.required("reason", Rule::DisabledReason, &mut problems)),
        caller: call.caller.to_owned(),
    };
    problems.check()?;
    engine.gate(gate, now)?;
    Ok(json!({}))
}

fn list_tags_for_resource(engine: &mut Engine, call: &Call<'_>, _: Timestamp) -> Result<Value, Refusal> {
    let mut problems = Problems::default();
    let arn = Input::new(call.body).required("resourceArn", Rule::Text(1, 2048), &mut problems);
    paging(call, 100, problems)?;
    if !arn.starts_with("arn:aws:codepipeline:") {
        return Err(Refusal::new("InvalidArnException", format!("The resource ARN '{arn}' is not valid")));
    }
    let pipeline = engine.pipelines.iter().find(|pipeline| engine.site.pipeline_arn(&pipeline.definition.name) == arn);
    pipeline
        .map(|pipeline| views::tags(&pipeline.definition))
        .ok_or_else(|| Refusal::new("ResourceNotFoundException", format!("The resource '{arn}' does not exist")))
}

/// Reads `nextToken` and `maxResults`, and tells every problem found so far.
fn paging(call: &Call<'_>, most: u64, mut problems: Problems) -> Result<(usize, usize), Refusal> {
    let input = Input::new(call.body);
    let token = input.optional("nextToken", Rule::Text(1, 2048), &mut problems);
    let size = input.number("maxResults", 1, most, &mut problems);
    problems.check()?;
    let offset =
        views::offset(token.as_deref()).ok_or_else(|| Refusal::new("InvalidNextTokenException", "The next token is not valid."))?;
    Ok((offset, size.unwrap_or_else(|| usize::try_from(most).unwrap_or(usize::MAX))))
}
