//! CodePipeline's events as EventBridge delivers them, read tolerantly: only what is used, numbers in any form.
//!
//! Shapes: AWS CodePipeline user guide, "Monitoring CodePipeline events" and its "Pipeline-level, stage-level and
//! action-level state change events".

use jiff::Timestamp;
use opsroom_domain::pipeline_execution::{
    ActionKind, ActionResult, ExecutionKey, LogPointer, Observation, RunFacts, RunStatus, Sighting, SourceRevision,
};
use serde::Deserialize;

/// An event, understood.
#[derive(Debug, PartialEq, Eq)]
pub struct PipelineEvent {
    /// EventBridge's id for it.
    pub id: String,
    /// Which run it is about.
    pub key: ExecutionKey,
    /// What it tells.
    pub observations: Vec<Observation>,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    time: Timestamp,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Detail {
    pipeline: String,
    execution_id: String,
    state: String,
    start_time: Option<String>,
    stage: Option<String>,
    action: Option<String>,
    #[serde(rename = "type")]
    action_type: Option<ActionType>,
    execution_result: Option<ExecutionResult>,
    failed_actions: Option<Vec<FailedAction>>,
}

#[derive(Deserialize)]
struct ActionType {
    category: Option<String>,
    provider: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ExecutionResult {
    external_execution_url: Option<String>,
    external_execution_summary: Option<String>,
    external_execution_id: Option<String>,
    error_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FailedAction {
    action: String,
    additional_information: Option<String>,
}

/// Why an event isn't understood.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No JSON, or not of this shape. The position is all that is said: the parser's own words quote what it read.
    #[error("no CodePipeline event: line {line}, column {column}")]
    Shape {
        /// Where.
        line: usize,
        /// Where.
        column: usize,
    },
    /// A kind of event that is not about a state.
    #[error("unknown detail-type `{0}`")]
    Kind(String),
    /// A state that isn't known.
    #[error("unknown state `{0}`")]
    State(String),
    /// A stage's event without its stage, an action's without its action.
    #[error("`{0}` is missing in the event's detail")]
    Missing(&'static str),
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::Shape { line: error.line(), column: error.column() }
    }
}

impl PipelineEvent {
    /// Reads an event's JSON.
    pub fn read(json: &str) -> Result<Self, Unreadable> {
        let Envelope { id, detail_type, time, detail } = serde_json::from_str(json)?;
        let seen = Sighting { status: status(&detail.state)?, at: Some(time) };
        let stage = || detail.stage.clone().ok_or(Unreadable::Missing("stage"));
        let observations = match detail_type.as_str() {
            // The event's own time has whole seconds; when the run began decides which of two is the later one.
            "CodePipeline Pipeline Execution State Change" => {
                let started_at = detail.start_time.as_deref().and_then(|time| time.parse().ok());
                let began = started_at.map(|at| Observation::Facts(Box::new(RunFacts { started_at: Some(at), ..RunFacts::default() })));
                began.into_iter().chain([Observation::Execution(seen)]).collect()
            }
            "CodePipeline Stage Execution State Change" => {
                let stage = stage()?;
                let failed = detail.failed_actions.iter().flatten().map(|failed| Observation::Action {
                    stage: stage.clone(),
                    action: failed.action.clone(),
                    seen,
                    result: ActionResult { summary: failed.additional_information.clone(), ..ActionResult::default() },
                });
                std::iter::once(Observation::Stage { stage: stage.clone(), seen: Some(seen) }).chain(failed).collect()
            }
            "CodePipeline Action Execution State Change" => {
                let action = detail.action.clone().ok_or(Unreadable::Missing("action"))?;
                let mut result = detail.execution_result.map(ActionResult::from).unwrap_or_default();
                let (category, provider) = detail.action_type.map_or((None, None), |kind| (kind.category, kind.provider));
                let is_source = category.as_deref() == Some("Source");
                if category.as_deref() == Some("Approval") {
                    result.kind = ActionKind::Approval;
                }
                if provider.as_deref() == Some("CodeBuild") {
                    result.log = result.external_id.as_deref().and_then(log_of_build);
                }
                let source = result
                    .external_id
                    .clone()
                    .filter(|_| is_source && seen.status == RunStatus::Succeeded)
                    .map(|id| Observation::Source(SourceRevision::told(id, result.summary.clone(), result.url.clone())));
                std::iter::once(Observation::Action { stage: stage()?, action, seen, result }).chain(source).collect()
            }
            other => return Err(Unreadable::Kind(other.to_owned())),
        };
        let key = ExecutionKey::codepipeline(detail.pipeline.as_str().into(), detail.execution_id.as_str().into());
        Ok(Self { id, key, observations })
    }
}

/// Where CodeBuild logs a build unless its project says otherwise ("View build details": `/aws/codebuild/<project>`); its id is
/// `<project>:<uuid>`.
fn log_of_build(id: &str) -> Option<LogPointer> {
    let (project, build) = id.rsplit('/').next()?.split_once(':')?;
    Some(LogPointer { group: format!("/aws/codebuild/{project}"), stream: build.to_owned() })
}

impl From<ExecutionResult> for ActionResult {
    fn from(result: ExecutionResult) -> Self {
        Self {
            url: result.external_execution_url,
            summary: result.external_execution_summary,
            external_id: result.external_execution_id,
            error_code: result.error_code,
            ..Self::default()
        }
    }
}

fn status(state: &str) -> Result<RunStatus, Unreadable> {
    Ok(match state {
        "STARTED" | "RESUMED" => RunStatus::InProgress,
        "STOPPING" => RunStatus::Stopping,
        "SUCCEEDED" => RunStatus::Succeeded,
        "FAILED" => RunStatus::Failed,
        "STOPPED" | "CANCELED" | "ABANDONED" => RunStatus::Stopped,
        "SUPERSEDED" => RunStatus::Superseded,
        other => return Err(Unreadable::State(other.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(kind: &str, detail: &Value) -> Result<PipelineEvent, Unreadable> {
        PipelineEvent::read(
            &json!({"version": "0", "id": "e-1", "detail-type": format!("CodePipeline {kind} Execution State Change"), "source": "aws.codepipeline",
                "account": "123456789012", "time": "2026-11-22T21:00:07Z", "region": "eu-central-1",
                "resources": ["arn:aws:codepipeline:eu-central-1:123456789012:api-staging"], "detail": detail})
            .to_string(),
        )
    }

    fn seen(status: RunStatus) -> Sighting {
        Sighting { status, at: Some("2026-11-22T21:00:07Z".parse().unwrap()) }
    }

    #[test]
    fn reads_the_three_kinds() {
        let whole =
            event("Pipeline", &json!({"pipeline": "api-staging", "execution-id": "x", "state": "SUPERSEDED", "version": 6.0})).unwrap();
        assert_eq!(whole.observations, [Observation::Execution(seen(RunStatus::Superseded))]);
        assert_eq!(whole.key, ExecutionKey::codepipeline("api-staging".into(), "x".into()));

        let begun = json!({"pipeline": "p", "execution-id": "x", "state": "STARTED", "start-time": "2026-11-22T21:00:06.208Z"});
        let Some(Observation::Facts(facts)) = event("Pipeline", &begun).unwrap().observations.into_iter().next() else {
            panic!("no facts")
        };
        assert_eq!(facts.started_at, Some("2026-11-22T21:00:06.208Z".parse().unwrap()));

        let stage = event(
            "Stage",
            &json!({"pipeline": "p", "execution-id": "x", "stage": "Test", "state": "FAILED", "version": 6.0,
            "failed-actions": [{"action": "Unit", "additional-information": "2 tests failed"}]}),
        )
        .unwrap();
        let summary = ActionResult { summary: Some("2 tests failed".into()), ..ActionResult::default() };
        assert_eq!(
            stage.observations,
            [
                Observation::Stage { stage: "Test".into(), seen: Some(seen(RunStatus::Failed)) },
                Observation::Action { stage: "Test".into(), action: "Unit".into(), seen: seen(RunStatus::Failed), result: summary },
            ]
        );

        let source = event("Action", &json!({"pipeline": "p", "execution-id": "x", "stage": "Source", "action": "Source", "state": "SUCCEEDED",
            "type": {"owner": "AWS", "category": "Source", "provider": "CodeStarSourceConnection", "version": "1"}, "version": 6.0,
            "execution-result": {"external-execution-id": "4f9c2d1", "external-execution-summary": "Fix login", "external-execution-url": "https://x.test/c"}})).unwrap();
        let revision = SourceRevision { id: "4f9c2d1".into(), summary: Some("Fix login".into()), url: Some("https://x.test/c".into()) };
        assert_eq!(source.observations.last(), Some(&Observation::Source(revision)));
    }

    #[test]
    fn says_why_it_does_not_understand() {
        let detail = |state: &str| json!({"pipeline": "p", "execution-id": "x", "state": state});
        assert_eq!(event("Pipeline", &detail("ODD")).unwrap_err().to_string(), "unknown state `ODD`");
        assert_eq!(event("Stage", &detail("STARTED")).unwrap_err().to_string(), "`stage` is missing in the event's detail");
        assert_eq!(
            event("Other", &detail("STARTED")).unwrap_err().to_string(),
            "unknown detail-type `CodePipeline Other Execution State Change`"
        );
        assert!(PipelineEvent::read("{}").is_err());
    }
}
