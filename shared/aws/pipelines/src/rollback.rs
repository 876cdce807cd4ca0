//! A stage that goes back by itself. The API takes no request token, so whoever asks again looks first for what was started before.

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::types::{ExecutionType, PipelineExecutionSummary};
use opsroom_application::ports::{PortError, PortErrorKind, RollbackRequest, Started};
use opsroom_aws_session::port_error;
use opsroom_domain::ids::ExecutionId;

const ROLL_BACK: &str = "codepipeline:RollbackStage";
const LIST: &str = "codepipeline:ListPipelineExecutions";

/// Executions that are looked at, newest first: what was begun a moment ago is among them.
const LOOKED_AT: i32 = 20;

/// Takes a stage back, once for each request however often it is made.
pub(crate) async fn roll_back(client: &Client, request: &RollbackRequest) -> Result<Started, PortError> {
    let listed = client.list_pipeline_executions().pipeline_name(request.pipeline.as_str()).max_results(LOOKED_AT).send().await;
    let listed = listed.map_err(|error| port_error(LIST, &error))?;
    if let Some(execution) = begun(listed.pipeline_execution_summaries(), request) {
        return Ok(Started { execution });
    }
    let rolled_back = client
        .rollback_stage()
        .pipeline_name(request.pipeline.as_str())
        .stage_name(&request.stage)
        .target_pipeline_execution_id(request.target.as_str())
        // Where no answer came it may have been done. Only whoever has looked may ask again.
        .customize()
        .config_override(crate::once())
        .send()
        .await;
    match rolled_back {
        Ok(answer) => Ok(Started { execution: ExecutionId::new(answer.pipeline_execution_id) }),
        Err(error) => match error.as_service_error() {
            // What can't be taken back now can't be in a minute: the run is too old, of an earlier version, or never reached the stage.
            Some(refusal)
                if refusal.is_unable_to_rollback_stage_exception()
                    || refusal.is_pipeline_execution_outdated_exception()
                    || refusal.is_pipeline_execution_not_found_exception()
                    || refusal.is_stage_not_found_exception() =>
            {
                Err(PortError::new(PortErrorKind::Permanent, ROLL_BACK, error.into_service_error()))
            }
            _ => Err(port_error(ROLL_BACK, &error)),
        },
    }
}

/// The rollback to the same that was begun since it was wanted. Times of the API have whole seconds at least.
fn begun(executions: &[PipelineExecutionSummary], request: &RollbackRequest) -> Option<ExecutionId> {
    let is_it = |execution: &&PipelineExecutionSummary| {
        let target = execution.rollback_metadata().and_then(|rollback| rollback.rollback_target_pipeline_execution_id());
        let since = execution.start_time().map_or(i64::MIN, aws_sdk_codepipeline::primitives::DateTime::secs);
        execution.execution_type() == Some(&ExecutionType::Rollback)
            && target == Some(request.target.as_str())
            && since >= request.since.as_second()
    };
    executions.iter().find(is_it).and_then(PipelineExecutionSummary::pipeline_execution_id).map(ExecutionId::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_codepipeline::primitives::DateTime;
    use aws_sdk_codepipeline::types::PipelineRollbackMetadata;
    use jiff::Timestamp;

    fn execution(id: &str, kind: ExecutionType, target: &str, second: i64) -> PipelineExecutionSummary {
        let rollback = PipelineRollbackMetadata::builder().rollback_target_pipeline_execution_id(target).build();
        PipelineExecutionSummary::builder()
            .pipeline_execution_id(id)
            .execution_type(kind)
            .rollback_metadata(rollback)
            .start_time(DateTime::from_secs(second))
            .build()
    }

    #[test]
    fn finds_its_own_earlier_attempt_and_no_other() {
        let request = RollbackRequest {
            pipeline: "web-staging".into(),
            stage: "Deploy".into(),
            target: "e-1".into(),
            since: Timestamp::from_millisecond(1_790_000_000_700).unwrap(),
        };
        let at = 1_790_000_000;
        let cases = [
            (execution("e-9", ExecutionType::Rollback, "e-1", at), Some("e-9")),
            (execution("e-9", ExecutionType::Rollback, "e-1", at - 1), None),
            (execution("e-9", ExecutionType::Rollback, "e-2", at), None),
            (execution("e-9", ExecutionType::Standard, "e-1", at), None),
        ];
        for (execution, expected) in cases {
            assert_eq!(begun(&[execution], &request), expected.map(ExecutionId::new));
        }
    }
}
