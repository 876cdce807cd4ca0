//! Pipelines that do what a test says.

use std::collections::HashMap;
use std::sync::Mutex;

use opsroom_application::ports::{Pipelines, PortError, PortErrorKind, StartRequest, Started};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::ExecutionId;
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation};

use crate::{Failures, lock};

/// Pipelines in memory.
#[derive(Debug, Default)]
pub struct MemoryPipelines {
    /// Every call of `start`, with the execution it answered.
    pub starts: Mutex<Vec<(StartRequest, ExecutionId)>>,
    /// Every call of `stop`, with its reason.
    pub stops: Mutex<Vec<(ExecutionKey, String)>>,
    /// What `observe` sees. An execution that isn't here isn't found.
    pub observations: Mutex<HashMap<ExecutionKey, Vec<Observation>>>,
    /// For `start`, `stop` and `observe`.
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

    async fn stop(&self, key: &ExecutionKey, reason: &str) -> Result<(), PortError> {
        self.failures.around("stop", || lock(&self.stops).push((key.clone(), reason.to_owned())))
    }

    async fn observe(&self, key: &ExecutionKey) -> Result<Vec<Observation>, PortError> {
        let seen = self.failures.around("observe", || lock(&self.observations).get(key).cloned())?;
        seen.ok_or_else(|| PortError::new(PortErrorKind::NotFound, "observe", "no such execution"))
    }
}
