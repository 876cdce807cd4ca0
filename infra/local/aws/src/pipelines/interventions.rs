//! What people do to a running pipeline: stop, retry, approve, hold back.

use jiff::Timestamp;

use super::engine::{At, Engine};
use super::model::{ActionStatus, StageStatus, Status, Stop};
use crate::refusal::Refusal;

/// `RetryStageExecution`.
#[derive(Debug)]
pub struct Retry {
    /// Which pipeline.
    pub pipeline: String,
    /// Which stage.
    pub stage: String,
    /// Which execution.
    pub execution: String,
    /// Every action again, instead of only those that failed.
    pub all_actions: bool,
}

/// `PutApprovalResult`.
#[derive(Debug)]
pub struct Approval {
    /// Which pipeline.
    pub pipeline: String,
    /// Which stage.
    pub stage: String,
    /// Which action.
    pub action: String,
    /// The token `GetPipelineState` gave.
    pub token: String,
    /// The verdict.
    pub approved: bool,
    /// The reviewer's words.
    pub summary: String,
    /// The caller's ARN.
    pub caller: String,
}

/// `EnableStageTransition` and `DisableStageTransition`.
#[derive(Debug)]
pub struct Gate {
    /// Which pipeline.
    pub pipeline: String,
    /// Which stage.
    pub stage: String,
    /// Into the stage, instead of out of it.
    pub inbound: bool,
    /// Why nothing may pass; `None` opens.
    pub reason: Option<String>,
    /// The caller's ARN.
    pub caller: String,
}

impl Engine {
    /// Stops an execution: at once when `abandon`, else when what runs is done.
    pub fn stop(&mut self, pipeline: &str, id: &str, stop: Stop, now: Timestamp) -> Result<(), Refusal> {
        let index = self.find(pipeline)?;
        let not_stoppable = || {
            Refusal::new(
                "PipelineExecutionNotStoppableException",
                format!("Unable to stop the pipeline execution '{id}'. It is not in progress."),
            )
        };
        let at = self.find_execution(index, id).map_err(|_| not_stoppable())?;
        match self.execution(at).status {
            Status::InProgress => {}
            Status::Stopping if stop.abandon => {}
            Status::Stopping => {
                return Err(Refusal::new(
                    "DuplicatedStopRequestException",
                    format!("The pipeline execution '{id}' is already in a Stopping state."),
                ));
            }
            _ => return Err(not_stoppable()),
        }
        let fresh = self.execution(at).status == Status::InProgress;
        let abandon = stop.abandon;
        let execution = self.execution_mut(at);
        execution.stop = Some(stop);
        execution.status = Status::Stopping;
        if fresh {
            self.pipeline_changed(at, "STOPPING", now);
        }
        if let Some(stage) = self.stage_of(at) {
            self.stop_in_stage(at, stage, fresh, abandon, now);
        } else {
            for slot in &mut self.pipelines[index].slots {
                slot.waiting.retain(|waiting| *waiting != at.execution);
            }
            self.finish(at, Status::Stopped, now);
        }
        Ok(())
    }

    fn stop_in_stage(&mut self, at: At, stage: usize, fresh: bool, abandon: bool, now: Timestamp) {
        if fresh {
            if let Some(run) = self.execution_mut(at).stages.get_mut(&stage) {
                run.status = StageStatus::Stopping;
            }
            self.stage_changed(at, stage, "STOPPING", now);
        }
        if abandon {
            let running: Vec<_> = self.execution(at).running(stage).collect();
            for run in running {
                let action = &mut self.execution_mut(at).actions[run];
                action.status = ActionStatus::Abandoned;
                action.updated = now;
                self.action_changed(at, run, "ABANDONED", now);
            }
            self.leave(at, stage, StageStatus::Stopped, now);
            self.finish(at, Status::Stopped, now);
            self.settle(at.pipeline, now);
        }
    }

    fn stage_of(&self, at: At) -> Option<usize> {
        self.pipelines[at.pipeline].slots.iter().position(|slot| slot.occupant == Some(at.execution))
    }

    /// Runs a failed or stopped stage again, in the same execution.
    pub fn retry(&mut self, request: &Retry, now: Timestamp) -> Result<(), Refusal> {
        let pipeline = self.find(&request.pipeline)?;
        let stage = self.find_stage(pipeline, &request.stage)?;
        let not_retryable =
            |why: &str| Refusal::new("StageNotRetryableException", format!("Unable to retry the stage '{}'. {why}", request.stage));
        let at =
            self.find_execution(pipeline, &request.execution).map_err(|_| not_retryable("The pipeline execution could not be found."))?;
        let run = self.execution(at).stages.get(&stage).map(|run| run.status);
        if self.pipelines[pipeline].slots[stage].latest != Some(at.execution) && run.is_some() {
            return Err(Refusal::new(
                "NotLatestPipelineExecutionException",
                format!("The stage '{}' has since been entered by another execution.", request.stage),
            ));
        }
        if self.execution(at).is_live() {
            return Err(not_retryable("The pipeline execution is in progress."));
        }
        if !matches!(run, Some(StageStatus::Failed | StageStatus::Stopped)) {
            return Err(not_retryable("The stage has not failed or stopped in this execution."));
        }
        let execution = self.execution_mut(at);
        execution.status = Status::InProgress;
        execution.stop = None;
        execution.attempt += 1;
        execution.retried = Some(now);
        if let Some(run) = execution.stages.get_mut(&stage) {
            run.status = StageStatus::InProgress;
            run.retries += 1;
            run.retried = Some(now);
            run.from_scratch = request.all_actions;
        }
        self.occupy(at, stage);
        self.pipeline_changed(at, "RESUMED", now);
        self.stage_changed(at, stage, "RESUMED", now);
        self.start_next_actions(at, stage, now);
        Ok(())
    }

    /// Answers a manual approval.
    pub fn approve(&mut self, request: Approval, now: Timestamp) -> Result<(), Refusal> {
        let pipeline = self.find(&request.pipeline)?;
        let stage = self.find_stage(pipeline, &request.stage)?;
        let record = &self.pipelines[pipeline];
        let declared = &record.definition.stages[stage].actions;
        let action = declared.iter().position(|action| action.name == request.action && action.is_approval()).ok_or_else(|| {
            Refusal::new("ActionNotFoundException", format!("The stage '{}' has no approval action '{}'", request.stage, request.action))
        })?;
        let asked = record.executions.iter().enumerate().find_map(|(execution, record)| {
            let run = record
                .actions
                .iter()
                .position(|run| run.stage == stage && run.action == action && run.token.as_ref() == Some(&request.token))?;
            Some((At { pipeline, execution }, run))
        });
        let Some((at, run)) = asked else {
            return Err(Refusal::new("InvalidApprovalTokenException", "The approval token is not valid for the approval request."));
        };
        if self.execution(at).actions[run].status != ActionStatus::InProgress {
            return Err(Refusal::new("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected."));
        }
        self.execution_mut(at).actions[run].updated_by = Some(request.caller);
        let verdict = if request.approved { Ok(request.summary) } else { Err(request.summary) };
        self.decide(at, run, verdict, now);
        Ok(())
    }

    /// Opens or closes the way into or out of a stage.
    pub fn gate(&mut self, request: Gate, now: Timestamp) -> Result<(), Refusal> {
        let pipeline = self.find(&request.pipeline)?;
        let stage = self.find_stage(pipeline, &request.stage)?;
        let slot = &mut self.pipelines[pipeline].slots[stage];
        let transition = if request.inbound { &mut slot.inbound } else { &mut slot.outbound };
        transition.disabled = request.reason;
        transition.changed = Some((request.caller, now));
        self.settle(pipeline, now);
        Ok(())
    }
}
