//! CodePipeline.

mod call;
mod lookup;
mod rollback;
mod sighting;

use aws_sdk_codepipeline::config::Builder;
use aws_sdk_codepipeline::config::retry::RetryConfig;
use aws_sdk_codepipeline::types::{ActionExecutionFilter, StageRetryMode};
use aws_sdk_codepipeline::{Client, Config};
use opsroom_application::ports::{Pipelines, PortError, PortErrorKind, RollbackRequest, StartRequest, Started};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::ExecutionId;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation};

pub use lookup::{PipelineInputs, pipeline_inputs};

const START: &str = "codepipeline:StartPipelineExecution";
const STOP: &str = "codepipeline:StopPipelineExecution";
const RETRY: &str = "codepipeline:RetryStageExecution";
const DECIDE: &str = "codepipeline:PutApprovalResult";

/// Action executions that are looked at; an execution has fewer unless it was retried very often, and they come newest first.
const ACTIONS: i32 = 100;

/// Pipelines on CodePipeline.
#[derive(Debug, Clone)]
pub struct CodePipeline {
    client: Client,
}

impl CodePipeline {
    /// The pipelines of the configuration's region.
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }
}

/// For calls that know no request token: the SDK repeats what got no answer by itself, and nobody would have looked in between.
fn once() -> Builder {
    Config::builder().retry_config(RetryConfig::disabled())
}

impl Pipelines for CodePipeline {
    fn start_call(&self, request: &StartRequest) -> ApiCall {
        call::start(request)
    }

    fn stop_call(&self, key: &ExecutionKey, reason: &str) -> ApiCall {
        call::stop(key, reason)
    }

    async fn start(&self, request: &StartRequest) -> Result<Started, PortError> {
        let (source_revisions, variables) = call::overrides(request).map_err(|e| PortError::new(PortErrorKind::Permanent, START, e))?;
        let started = self
            .client
            .start_pipeline_execution()
            .name(request.pipeline.as_str())
            .set_variables(variables.map(|variable| vec![variable]))
            .client_request_token(&request.client_request_token)
            .set_source_revisions(source_revisions.map(|revision| vec![revision]))
            .send()
            .await
            .map_err(|error| port_error(START, &error))?;
        let execution = started.pipeline_execution_id.map(ExecutionId::new);
        let execution = execution.ok_or_else(|| PortError::new(PortErrorKind::Transient, START, "the answer names no execution"))?;
        Ok(Started { execution })
    }

    fn rollback_call(&self, request: &RollbackRequest) -> ApiCall {
        call::rollback(request)
    }

    async fn roll_back(&self, request: &RollbackRequest) -> Result<Started, PortError> {
        rollback::roll_back(&self.client, request).await
    }

    async fn stop(&self, key: &ExecutionKey, reason: &str) -> Result<(), PortError> {
        let stopped = self
            .client
            .stop_pipeline_execution()
            .pipeline_name(key.pipeline.as_str())
            .pipeline_execution_id(key.execution.as_str())
            .abandon(false)
            .reason(call::cut(reason))
            .send()
            .await;
        match stopped {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // It has ended, or somebody asked before.
                Some(refusal) if refusal.is_pipeline_execution_not_stoppable_exception() => Ok(()),
                Some(refusal) if refusal.is_duplicated_stop_request_exception() => Ok(()),
                _ => Err(port_error(STOP, &error)),
            },
        }
    }

    fn retry_call(&self, key: &ExecutionKey, stage: &str) -> ApiCall {
        call::retry(key, stage)
    }

    async fn retry(&self, key: &ExecutionKey, stage: &str) -> Result<(), PortError> {
        let retried = self
            .client
            .retry_stage_execution()
            .pipeline_name(key.pipeline.as_str())
            .stage_name(stage)
            .pipeline_execution_id(key.execution.as_str())
            .retry_mode(StageRetryMode::FailedActions)
            // Where no answer came it may have been done. Only whoever has looked may ask again.
            .customize()
            .config_override(once())
            .send()
            .await;
        match retried {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(refusal)
                    if refusal.is_stage_not_retryable_exception()
                        || refusal.is_not_latest_pipeline_execution_exception()
                        || refusal.is_conflict_exception()
                        || refusal.is_stage_not_found_exception() =>
                {
                    Err(PortError::new(PortErrorKind::Conflict, RETRY, error.into_service_error()))
                }
                _ => Err(port_error(RETRY, &error)),
            },
        }
    }

    fn decide_call(&self, approval: &Approval, decision: Decision, words: &str) -> ApiCall {
        call::decide(approval, decision, words)
    }

    /// A token is good for one decision on one run, so whoever is second learns that it waits no more.
    async fn decide(&self, approval: &Approval, decision: Decision, words: &str) -> Result<(), PortError> {
        let gone = |why: &str| PortError::new(PortErrorKind::Conflict, DECIDE, why.to_owned());
        let state = self.client.get_pipeline_state().name(approval.run.pipeline.as_str()).send().await;
        let state = state.map_err(|error| port_error("codepipeline:GetPipelineState", &error))?;
        let token = sighting::token(state.stage_states(), approval).ok_or_else(|| gone("the approval does not wait any more"))?;
        let result = call::result(decision, words).map_err(|error| PortError::new(PortErrorKind::Permanent, DECIDE, error))?;
        let put = self
            .client
            .put_approval_result()
            .pipeline_name(approval.run.pipeline.as_str())
            .stage_name(&approval.stage)
            .action_name(&approval.action)
            .token(token)
            .result(result)
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(refusal) if refusal.is_invalid_approval_token_exception() || refusal.is_approval_already_completed_exception() => {
                    Err(gone("somebody else decided, or it ran out"))
                }
                _ => Err(port_error(DECIDE, &error)),
            },
        }
    }

    async fn observe(&self, key: &ExecutionKey) -> Result<Vec<Observation>, PortError> {
        let (pipeline, execution) = (key.pipeline.as_str(), key.execution.as_str());
        let whole = async {
            let got = self.client.get_pipeline_execution().pipeline_name(pipeline).pipeline_execution_id(execution).send().await;
            got.map_err(|error| port_error("codepipeline:GetPipelineExecution", &error))
        };
        let state = async {
            let got = self.client.get_pipeline_state().name(pipeline).send().await;
            got.map_err(|error| port_error("codepipeline:GetPipelineState", &error))
        };
        let actions = async {
            let ours = ActionExecutionFilter::builder().pipeline_execution_id(execution).build();
            let got = self.client.list_action_executions().pipeline_name(pipeline).filter(ours).max_results(ACTIONS).send().await;
            got.map_err(|error| port_error("codepipeline:ListActionExecutions", &error))
        };
        let (whole, state, actions) = tokio::try_join!(whole, state, actions)?;
        let whole = whole.pipeline_execution.ok_or_else(|| {
            PortError::new(PortErrorKind::Transient, "codepipeline:GetPipelineExecution", "the answer holds no execution")
        })?;
        Ok(sighting::observations(key, &whole, state.stage_states(), actions.action_execution_details()))
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod call_tests;
