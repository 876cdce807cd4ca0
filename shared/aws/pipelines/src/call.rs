//! The calls that change something, in one place for sending them and for showing them.

use aws_sdk_codepipeline::error::BuildError;
use aws_sdk_codepipeline::types::{ApprovalResult, ApprovalStatus, PipelineVariable, SourceRevisionOverride, SourceRevisionType};
use opsroom_application::ports::{RollbackRequest, StartRequest};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::catalog::RevisionInput;
use opsroom_domain::pipeline_execution::ExecutionKey;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use serde_json::json;

/// The longest reason for a stop (API model of CodePipeline, `StopPipelineExecutionReason`).
const LONGEST_REASON: usize = 200;

/// A reason as the API takes it.
pub(crate) fn cut(reason: &str) -> String {
    reason.chars().take(LONGEST_REASON).collect()
}

type Overrides = (Option<SourceRevisionOverride>, Option<PipelineVariable>);

/// How the revision reaches the pipeline.
pub(crate) fn overrides(request: &StartRequest) -> Result<Overrides, BuildError> {
    Ok(match &request.revision {
        None => (None, None),
        Some((revision, RevisionInput::Source { action, revision_type })) => {
            let source = SourceRevisionOverride::builder()
                .action_name(action)
                .revision_type(SourceRevisionType::from(revision_type.as_str()))
                .revision_value(revision.as_str());
            (Some(source.build()?), None)
        }
        Some((revision, RevisionInput::Variable { name })) => {
            (None, Some(PipelineVariable::builder().name(name).value(revision.as_str()).build()?))
        }
    })
}

/// `StartPipelineExecution`, with the options of `aws codepipeline start-pipeline-execution`.
pub(crate) fn start(request: &StartRequest) -> ApiCall {
    let call = ApiCall::new("codepipeline", "start-pipeline-execution").with("name", request.pipeline.as_str());
    let call = match &request.revision {
        None => call,
        Some((revision, RevisionInput::Source { action, revision_type })) => call
            .with("source-revisions", json!([{"actionName": action, "revisionType": revision_type, "revisionValue": revision.as_str()}])),
        Some((revision, RevisionInput::Variable { name })) => call.with("variables", json!([{"name": name, "value": revision.as_str()}])),
    };
    call.with("client-request-token", request.client_request_token.as_str())
}

/// `RollbackStage`, with the options of `aws codepipeline rollback-stage`.
pub(crate) fn rollback(request: &RollbackRequest) -> ApiCall {
    ApiCall::new("codepipeline", "rollback-stage")
        .with("pipeline-name", request.pipeline.as_str())
        .with("stage-name", request.stage.as_str())
        .with("target-pipeline-execution-id", request.target.as_str())
}

/// `StopPipelineExecution`, with the options of `aws codepipeline stop-pipeline-execution`.
pub(crate) fn stop(key: &ExecutionKey, reason: &str) -> ApiCall {
    ApiCall::new("codepipeline", "stop-pipeline-execution")
        .with("pipeline-name", key.pipeline.as_str())
        .with("pipeline-execution-id", key.execution.as_str())
        .with("abandon", false)
        .with("reason", cut(reason))
}

/// `RetryStageExecution`, with the options of `aws codepipeline retry-stage-execution`.
pub(crate) fn retry(key: &ExecutionKey, stage: &str) -> ApiCall {
    ApiCall::new("codepipeline", "retry-stage-execution")
        .with("pipeline-name", key.pipeline.as_str())
        .with("stage-name", stage)
        .with("pipeline-execution-id", key.execution.as_str())
        .with("retry-mode", "FAILED_ACTIONS")
}

/// The longest summary of an approval (API model of CodePipeline, `ApprovalSummary`).
const LONGEST_SUMMARY: usize = 512;

fn status(decision: Decision) -> ApprovalStatus {
    match decision {
        Decision::Approved => ApprovalStatus::Approved,
        Decision::Rejected => ApprovalStatus::Rejected,
    }
}

/// A decision as the API takes it. The summary can't be left out; it may be empty.
pub(crate) fn result(decision: Decision, words: &str) -> Result<ApprovalResult, BuildError> {
    let summary: String = words.chars().take(LONGEST_SUMMARY).collect();
    ApprovalResult::builder().status(status(decision)).summary(summary).build()
}

/// `PutApprovalResult`, with the options of `aws codepipeline put-approval-result`. Its token is only good once and is looked up.
pub(crate) fn decide(approval: &Approval, decision: Decision, words: &str) -> ApiCall {
    ApiCall::new("codepipeline", "put-approval-result")
        .with("pipeline-name", approval.run.pipeline.as_str())
        .with("stage-name", approval.stage.as_str())
        .with("action-name", approval.action.as_str())
        .with("token", "<from get-pipeline-state>")
        .with("result", json!({"status": status(decision).as_str(), "summary": words}))
}
