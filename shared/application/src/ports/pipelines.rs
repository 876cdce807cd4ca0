//! CodePipeline, as the use cases need it.

use jiff::Timestamp;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::catalog::RevisionInput;
use opsroom_domain::ids::{ExecutionId, PipelineName};
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation};
use opsroom_domain::revision::Revision;

use super::PortError;

/// What to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartRequest {
    /// The pipeline.
    pub pipeline: PipelineName,
    /// What to run it on, and how that reaches it; `None` for whatever its source has.
    pub revision: Option<(Revision, RevisionInput)>,
    /// The same token starts the same execution, however often it is sent.
    pub client_request_token: String,
}

/// What to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackRequest {
    /// The pipeline.
    pub pipeline: PipelineName,
    /// Its stage.
    pub stage: String,
    /// The execution whose state it goes back to.
    pub target: ExecutionId,
    /// When this was first wanted: what was started since then for the same is this very rollback.
    pub since: Timestamp,
}

/// What was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The execution.
    pub execution: ExecutionId,
}

/// Runs pipelines.
pub trait Pipelines: Send + Sync {
    /// The call that [`start`](Self::start) makes for a request, for people to read.
    fn start_call(&self, request: &StartRequest) -> ApiCall;

    /// The call that [`stop`](Self::stop) makes, for people to read.
    fn stop_call(&self, key: &ExecutionKey, reason: &str) -> ApiCall;

    /// Starts an execution (`StartPipelineExecution`).
    fn start(&self, request: &StartRequest) -> impl Future<Output = Result<Started, PortError>> + Send;

    /// The call that [`roll_back`](Self::roll_back) makes, for people to read.
    fn rollback_call(&self, request: &RollbackRequest) -> ApiCall;

    /// Takes a stage back to what an earlier execution brought (`RollbackStage`). The API has no request token, so an execution is looked
    /// for first that was started for the same since it was wanted (`ListPipelineExecutions`). `Permanent` if the stage can't be taken
    /// back to that.
    fn roll_back(&self, request: &RollbackRequest) -> impl Future<Output = Result<Started, PortError>> + Send;

    /// Asks an execution to stop once its running actions have ended (`StopPipelineExecution`). Succeeds if it already is
    /// stopping or has ended.
    fn stop(&self, key: &ExecutionKey, reason: &str) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The call that [`retry`](Self::retry) makes, for people to read.
    fn retry_call(&self, key: &ExecutionKey, stage: &str) -> ApiCall;

    /// Runs the failed actions of a stage again (`RetryStageExecution`, `FAILED_ACTIONS`). `Conflict` if the stage can't be retried
    /// any more: it runs, it went well, or a newer execution has passed it.
    fn retry(&self, key: &ExecutionKey, stage: &str) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The call that [`decide`](Self::decide) makes, for people to read.
    fn decide_call(&self, approval: &Approval, decision: Decision, words: &str) -> ApiCall;

    /// Decides on a manual approval (`PutApprovalResult`); its token is looked up (`GetPipelineState`). `words` are shown in
    /// CodePipeline, 512 characters at most. `Conflict` if it doesn't wait any more, or waits for another execution.
    fn decide(&self, approval: &Approval, decision: Decision, words: &str) -> impl Future<Output = Result<(), PortError>> + Send;

    /// How an execution stands now (`GetPipelineExecution`, `GetPipelineState`), or `NotFound`. Stages that it has not
    /// reached come as [`Observation::Stage`] without a sighting, in the pipeline's order.
    fn observe(&self, key: &ExecutionKey) -> impl Future<Output = Result<Vec<Observation>, PortError>> + Send;
}
