//! Pipelines that do what a test says.

use std::collections::HashMap;
use std::sync::Mutex;

use opsroom_application::ports::{Pipelines, PortError, PortErrorKind, RollbackRequest, StartRequest, Started};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::ExecutionId;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation};

use crate::{Failures, lock};

/// Pipelines in memory.
#[derive(Debug, Default)]
pub struct MemoryPipelines {
    /// Every call of `start`, with the execution it answered.
    pub starts: Mutex<Vec<(StartRequest, ExecutionId)>>,
    /// Every rollback that was really started, with its execution.
    pub rollbacks: Mutex<Vec<(RollbackRequest, ExecutionId)>>,
    /// Every call of `stop`, with its reason.
    pub stops: Mutex<Vec<(ExecutionKey, String)>>,
    /// Every call of `retry`.
    pub retries: Mutex<Vec<(ExecutionKey, String)>>,
    /// Every call of `decide`, with its words.
    pub decisions: Mutex<Vec<(Approval, Decision, String)>>,
    /// What `observe` sees. An execution that isn't here isn't found.
    pub observations: Mutex<HashMap<ExecutionKey, Vec<Observation>>>,
    /// For `start`, `roll_back`, `stop`, `retry`, `decide` and `observe`.
    pub failures: Failures,
}

impl MemoryPipelines {
    /// How many executions were really started: the same token twice is one.
    pub fn executions(&self) -> Vec<ExecutionId> {
        let mut executions: Vec<ExecutionId> = lock(&self.starts).iter().map(|(_, execution)| execution.clone()).collect();
        executions.dedup();
        executions
    }

    /// Decides what `observe` sees from now on.
    pub fn show(&self, key: &ExecutionKey, observations: Vec<Observation>) {
        lock(&self.observations).insert(key.clone(), observations);
    }
}

impl Pipelines for MemoryPipelines {
    fn start_call(&self, request: &StartRequest) -> ApiCall {
        let call = ApiCall::new("codepipeline", "start-pipeline-execution").with("name", request.pipeline.as_str());
        let call = match &request.revision {
            Some((revision, _)) => call.with("revision", revision.as_str()),
            None => call,
        };
        call.with("client-request-token", request.client_request_token.as_str())
    }

    fn stop_call(&self, key: &ExecutionKey, reason: &str) -> ApiCall {
        ApiCall::new("codepipeline", "stop-pipeline-execution")
            .with("pipeline-name", key.pipeline.as_str())
            .with("pipeline-execution-id", key.execution.as_str())
            .with("reason", reason)
    }

    /// The same token starts the same execution, as the API promises.
    async fn start(&self, request: &StartRequest) -> Result<Started, PortError> {
        self.failures.around("start", || {
            let mut starts = lock(&self.starts);
            let before = starts.iter().find(|(earlier, _)| earlier.client_request_token == request.client_request_token);
            let execution = before.map_or_else(|| ExecutionId::new(format!("execution-{}", starts.len() + 1)), |(_, id)| id.clone());
            starts.push((request.clone(), execution.clone()));
            Started { execution }
        })
    }

    fn rollback_call(&self, request: &RollbackRequest) -> ApiCall {
        ApiCall::new("codepipeline", "rollback-stage")
            .with("pipeline-name", request.pipeline.as_str())
            .with("stage-name", request.stage.as_str())
            .with("target-pipeline-execution-id", request.target.as_str())
    }

    /// What was started for the same since it was wanted is found again.
    async fn roll_back(&self, request: &RollbackRequest) -> Result<Started, PortError> {
        self.failures.around("roll_back", || {
            let mut rollbacks = lock(&self.rollbacks);
            if let Some((_, execution)) = rollbacks.iter().find(|(earlier, _)| earlier == request) {
                return Started { execution: execution.clone() };
            }
            let execution = ExecutionId::new(format!("rollback-{}", rollbacks.len() + 1));
            rollbacks.push((request.clone(), execution.clone()));
            Started { execution }
        })
    }

    async fn stop(&self, key: &ExecutionKey, reason: &str) -> Result<(), PortError> {
        self.failures.around("stop", || lock(&self.stops).push((key.clone(), reason.to_owned())))
    }

    fn retry_call(&self, key: &ExecutionKey, stage: &str) -> ApiCall {
        ApiCall::new("codepipeline", "retry-stage-execution")
            .with("pipeline-name", key.pipeline.as_str())
            .with("stage-name", stage)
            .with("pipeline-execution-id", key.execution.as_str())
            .with("retry-mode", "FAILED_ACTIONS")
    }

    async fn retry(&self, key: &ExecutionKey, stage: &str) -> Result<(), PortError> {
        self.failures.around("retry", || lock(&self.retries).push((key.clone(), stage.to_owned())))
    }

    fn decide_call(&self, approval: &Approval, decision: Decision, words: &str) -> ApiCall {
        let status = match decision {
            Decision::Approved => "Approved",
            Decision::Rejected => "Rejected",
        };
        ApiCall::new("codepipeline", "put-approval-result")
            .with("pipeline-name", approval.run.pipeline.as_str())
            .with("stage-name", approval.stage.as_str())
            .with("action-name", approval.action.as_str())
            .with("result", format!("summary={words},status={status}"))
    }

    /// An approval is decided on once, as its token is good once.
    async fn decide(&self, approval: &Approval, decision: Decision, words: &str) -> Result<(), PortError> {
        self.failures.around("decide", || {
            let mut decisions = lock(&self.decisions);
            if decisions.iter().any(|(decided, ..)| decided == approval) {
                return Err(PortError::new(PortErrorKind::Conflict, "decide", "it does not wait any more"));
            }
            decisions.push((approval.clone(), decision, words.to_owned()));
            Ok(())
        })?
    }

    async fn observe(&self, key: &ExecutionKey) -> Result<Vec<Observation>, PortError> {
        let seen = self.failures.around("observe", || lock(&self.observations).get(key).cloned())?;
        seen.ok_or_else(|| PortError::new(PortErrorKind::NotFound, "observe", "no such execution"))
    }
}
