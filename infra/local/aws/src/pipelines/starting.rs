//! How an execution comes to be: by request, or by a stage's rollback.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::engine::{At, Engine};
use super::model::{Execution, StageStatus, Status, Trigger};
use crate::refusal::Refusal;

/// `StartPipelineExecution`.
#[derive(Debug, Default)]
pub struct Start {
    /// Which pipeline.
    pub pipeline: String,
    /// The same token starts once.
    pub client_token: Option<String>,
    /// Revisions to build instead of the newest.
    pub overrides: Vec<Override>,
    /// Variables with values.
    pub variables: Vec<(String, String)>,
    /// The caller's ARN.
    pub caller: String,
}

/// A revision to build instead of the newest.
#[derive(Debug)]
pub struct Override {
    /// The source action's name.
    pub action: String,
    /// The API's revision type.
    pub kind: String,
    /// The revision.
    pub value: String,
}

/// `RollbackStage`.
#[derive(Debug)]
pub struct Rollback {
    /// Which pipeline.
    pub pipeline: String,
    /// Which stage.
    pub stage: String,
    /// The execution to go back to.
    pub target: String,
    /// The caller's ARN.
    pub caller: String,
}

impl Engine {
    /// A pipeline's position.
    pub fn find(&self, name: &str) -> Result<usize, Refusal> {
        self.pipelines
            .iter()
            .position(|pipeline| pipeline.definition.name == name)
            .ok_or_else(|| Refusal::pipeline_not_found(&self.site, name))
    }

    /// An execution's position.
    pub fn find_execution(&self, pipeline: usize, id: &str) -> Result<At, Refusal> {
        let record = &self.pipelines[pipeline];
        record
            .executions
            .iter()
            .position(|execution| execution.id == id)
            .map(|execution| At { pipeline, execution })
            .ok_or_else(|| Refusal::execution_not_found(&record.definition.name, id))
    }

    /// A stage's position.
    pub fn find_stage(&self, pipeline: usize, name: &str) -> Result<usize, Refusal> {
        let definition = &self.pipelines[pipeline].definition;
        definition.stages.iter().position(|stage| stage.name == name).ok_or_else(|| Refusal::stage_not_found(&definition.name, name))
    }

    /// Starts an execution and returns its id; a client token seen before returns the execution it started.
    pub fn start(&mut self, request: Start, now: Timestamp) -> Result<String, Refusal> {
        let pipeline = self.find(&request.pipeline)?;
        if request.client_token.is_some() {
            let known = self.pipelines[pipeline].executions.iter().find(|execution| execution.client_token == request.client_token);
            if let Some(known) = known {
                return Ok(known.id.clone());
            }
        }
        let variables = self.resolve(pipeline, &request.variables)?;
        self.check_overrides(pipeline, &request.overrides)?;
        let execution = Execution {
            id: self.new_id(),
            status: Status::InProgress,
            trigger: Trigger { kind: "StartPipelineExecution", detail: request.caller },
            client_token: request.client_token,
            overrides: request.overrides.into_iter().map(|asked| (asked.action, asked.value)).collect(),
            variables,
            revisions: Vec::new(),
            started: now,
            updated: now,
            attempt: 1,
            retried: None,
            stop: None,
            rollback_target: None,
            stages: BTreeMap::new(),
            actions: Vec::new(),
        };
        Ok(self.begin(pipeline, execution, 0, now))
    }

    /// Runs one stage again with what an earlier execution brought through it.
    pub fn roll_back(&mut self, request: Rollback, now: Timestamp) -> Result<String, Refusal> {
        let pipeline = self.find(&request.pipeline)?;
        let stage = self.find_stage(pipeline, &request.stage)?;
        let target = self.find_execution(pipeline, &request.target)?;
        let unable = |message: &str| Err(Refusal::new("UnableToRollbackStageException", message));
        if stage == 0 {
            return unable("The source stage cannot be rolled back.");
        }
        let slot = &self.pipelines[pipeline].slots[stage];
        if slot.occupant.is_some() {
            return unable("Unable to roll back the stage. An execution is in progress in it.");
        }
        let current = slot.latest;
        let source = self.execution(target);
        let brought = source.stages.get(&stage).is_some_and(|run| run.status == StageStatus::Succeeded);
        if !brought || source.rollback_target.is_some() {
            return unable("Unable to roll back the stage. The target execution has not succeeded in it.");
        }
        if current == Some(target.execution) {
            return Err(Refusal::new(
                "PipelineExecutionOutdatedException",
                "The specified pipeline execution is the one the stage holds already.",
            ));
        }
        let (overrides, variables, revisions) = (source.overrides.clone(), source.variables.clone(), source.revisions.clone());
        let execution = Execution {
            id: self.new_id(),
            status: Status::InProgress,
            trigger: Trigger { kind: "ManualRollback", detail: request.caller },
            client_token: None,
            overrides,
            variables,
            revisions,
            started: now,
            updated: now,
            attempt: 1,
            retried: None,
            stop: None,
            rollback_target: Some(request.target),
            stages: BTreeMap::new(),
            actions: Vec::new(),
        };
        Ok(self.begin(pipeline, execution, stage, now))
    }

    fn begin(&mut self, pipeline: usize, execution: Execution, stage: usize, now: Timestamp) -> String {
        let id = execution.id.clone();
        let executions = &mut self.pipelines[pipeline].executions;
        executions.push(execution);
        let at = At { pipeline, execution: executions.len() - 1 };
        self.pipeline_changed(at, "STARTED", now);
        self.arrive(at, stage, now);
        id
    }

    fn resolve(&self, pipeline: usize, given: &[(String, String)]) -> Result<BTreeMap<String, String>, Refusal> {
        let declared = &self.pipelines[pipeline].definition.variables;
        let unknown = given.iter().find(|(name, _)| declared.iter().all(|variable| variable.name != *name));
        if let Some((name, _)) = unknown {
            return Err(Refusal::invalid(format!("The variable '{name}' is not declared by the pipeline")));
        }
        declared
            .iter()
            .map(|variable| {
                let value =
                    given.iter().find(|(name, _)| *name == variable.name).map(|(_, value)| value).or(variable.default_value.as_ref());
                value
                    .map(|value| (variable.name.clone(), value.clone()))
                    .ok_or_else(|| Refusal::invalid(format!("The variable '{}' has no default value and none was given", variable.name)))
            })
            .collect()
    }

    fn check_overrides(&self, pipeline: usize, overrides: &[Override]) -> Result<(), Refusal> {
        let sources = &self.pipelines[pipeline].definition.stages[0].actions;
        for asked in overrides {
            let Some(source) = sources.iter().find(|action| action.name == asked.action) else {
                return Err(Refusal::invalid(format!("The pipeline does not have a source action with name '{}'", asked.action)));
            };
            let fitting: &[&str] = match source.kind.provider.as_str() {
                "S3" => &["S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"],
                "ECR" => &["IMAGE_DIGEST"],
                _ => &["COMMIT_ID"],
            };
            if !fitting.contains(&asked.kind.as_str()) {
                return Err(Refusal::invalid(format!(
                    "The revision type {} does not fit the source action '{}'",
                    asked.kind, asked.action
                )));
            }
        }
        Ok(())
    }
}
