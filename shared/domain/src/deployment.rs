//! A deployment's life: a pure function from (state, event) to (state, effects).
//!
//! `requested -> awaiting approval -> waiting -> starting -> running -> succeeded | failed | cancelled | rejected | expired | superseded`.
//! What comes before *starting* is in `passage.rs`. An end is final, but for one thing: a failed execution that is retried in the
//! pipeline itself runs again, and the message must not go on saying "failed".

mod contents;
pub mod history;
mod passage;
mod phase;
mod plan;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::api_call::ApiCall;
use crate::catalog::RevisionInput;
use crate::due::{DueItem, DueTask};
use crate::ids::{ChannelId, DeploymentId, EnvironmentName, ExecutionId, PersonId, PipelineName, ServiceName};
use crate::pipeline_execution::{ExecutionKey, PipelineExecution, RunStatus, SourceRevision};
use crate::revision::Revision;

pub use contents::{ContainedCommit, Contents};
pub use passage::{DOUBTS_STAND_FOR, Undecidable, WAITS_AT_MOST, Way};
pub use phase::Phase;
pub use plan::{Approvals, Approved, Confirmed, Doubt, Further, Kind, Obstacle, Plan, StageRollback};

/// How long after a deployment was asked for CodePipeline is asked about it for the first time. The looks grow apart with its age.
pub const RECONCILE_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// How long a retry is expected to begin: its request isn't worked off after that ("A request is begun within 15 minutes or not at all").
pub const RETRY_EXPECTED_FOR: SignedDuration = SignedDuration::from_mins(20);

/// However long a deployment takes, it is asked about this often.
pub const RECONCILE_AT_LEAST: SignedDuration = SignedDuration::from_mins(30);

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// What is deployed.
    pub service: ServiceName,
    /// Where.
    pub environment: EnvironmentName,
    /// By which pipeline.
    pub pipeline: PipelineName,
    /// What to deploy; `None` for whatever the pipeline's source has.
    pub revision: Option<Revision>,
    /// How the revision reaches the pipeline.
    pub revision_input: Option<RevisionInput>,
    /// What ran there when it was asked for, as people read it.
    pub replaces: Option<String>,
    /// Who asked, where and why.
    pub request: Request,
    /// What it is for, what it has to pass before it may start, and what follows.
    #[serde(default)]
    pub plan: Box<Plan>,
    /// What is in it, once its revision is known and the pushes in between are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
    /// How it stands.
    pub phase: Phase,
    /// The pipeline's execution, once it is known.
    pub execution: Option<ExecutionId>,
    /// Who asked to cancel it.
    pub cancelled_by: Option<PersonId>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The API calls that were made for it.
    pub calls: Vec<ApiCall>,
    /// Counts writes; guards against writing over a newer one.
    pub version: u64,
}

/// Who asked for a deployment, where and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The channel it was asked in, which shows its message.
    pub channel: ChannelId,
    /// The thread it was asked in.
    pub thread: Option<String>,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// What can happen to a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// It was asked for.
    Asked,
    /// Somebody who may lets it pass in spite of doubts.
    ConfirmedBy(PersonId),
    /// Somebody who may approves it.
    ApprovedBy(Approved),
    /// Somebody who may rejects it.
    RejectedBy {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Something stands in the way of its start.
    Held(Obstacle),
    /// Nothing does. Whoever says so writes it together with the slot, or not at all.
    Admitted,
    /// Whoever asked for it may no longer do so.
    Withdrawn {
        /// By which rule, in words.
        why: String,
    },
    /// It has waited for too long.
    TimeUp {
        /// For the moment that was set then: one that was set later comes due by itself.
        deadline: Timestamp,
    },
    /// A later request for the same place took its place.
    Overtaken {
        /// Which.
        by: DeploymentId,
    },
    /// CodePipeline took it.
    Started {
        /// Under this id.
        execution: ExecutionId,
        /// By this call.
        call: ApiCall,
    },
    /// CodePipeline refused it for good.
    NotStarted {
        /// In these words.
        why: String,
        /// To this call.
        call: ApiCall,
    },
    /// Somebody asked to cancel it.
    CancelRequested {
        /// Who.
        by: PersonId,
    },
    /// Somebody asks to run a failed stage of it again. Whoever says so writes it together with the slot, or not at all.
    Retried,
    /// That came to nothing: it stands as it did.
    NotRetried,
    /// CodePipeline was asked to stop.
    StopSent {
        /// By this call.
        call: ApiCall,
    },
    /// CodePipeline refuses to stop it.
    StopRefused,
    /// What is in it is known.
    Contains(Contents),
    /// The pipeline moved.
    Progressed(&'a PipelineExecution),
    /// The pipeline's execution doesn't exist (any more).
    Vanished,
}

/// What has to be done because of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// List it among those that wait.
    StandBy,
    /// Take it off that list.
    StandDown,
    /// Call those who can help it on: who may approve it, or let it pass.
    Call,
    /// Keep other deployments of the service out of the environment.
    TakeSlot,
    /// What was asked for together with it comes next.
    GoOn,
    /// Stop the pipeline's execution.
    StopPipeline(ExecutionKey),
    /// Let the next deployment of the service into the environment.
    ReleaseSlot,
    /// Take the slot back, because a retry runs it again.
    RetakeSlot,
    /// Remember that this is what runs in the environment now.
    RecordAsCurrent,
    /// Tell the person who asked: an edited message notifies nobody.
    NotifyRequester,
    /// Do something later.
    Schedule(DueItem),
}

impl Deployment {
    /// The execution it started.
    pub fn execution_key(&self) -> Option<ExecutionKey> {
        self.execution.clone().map(|execution| ExecutionKey::codepipeline(self.pipeline.clone(), execution))
    }

    /// What its pipeline's source says of the revision. A revision that travels as a variable is none of the source's: what the
    /// source has then is something else, and must not be shown as what was deployed.
    pub fn source_of_revision<'e>(&self, execution: &'e PipelineExecution) -> Option<&'e SourceRevision> {
        let asked = self.revision.as_ref().map(Revision::as_str);
        execution
            .source
            .as_ref()
            .filter(|source| asked.is_none_or(|asked| source.id == asked || (asked.len() >= 7 && source.id.starts_with(asked))))
    }

    /// When it was let in: its own time counts from then.
    pub fn begun_at(&self) -> Timestamp {
        self.plan.begun_at.unwrap_or(self.request.at)
    }

    /// Whether a retry was asked for so long ago that it isn't expected any more, with nothing heard of it since.
    pub fn waits_in_vain_for_its_retry(&self, execution: &PipelineExecution, now: Timestamp) -> bool {
        let Some(retried_at) = self.plan.retried_at.filter(|_| self.phase.holds_slot()) else { return false };
        let nothing_since = execution.status.is_none_or(|seen| seen.at <= retried_at);
        nothing_since && now.duration_since(retried_at) > RETRY_EXPECTED_FOR
    }

    /// When to look after it next, seen from `now`.
    pub fn next_look(&self, now: Timestamp) -> DueItem {
        let wait = now.duration_since(self.begun_at()).clamp(RECONCILE_AFTER, RECONCILE_AT_LEAST);
        let at = now.saturating_add(wait).unwrap_or(now);
        DueItem { at, task: DueTask::ReconcileDeployment { deployment: self.id.clone() } }
    }

    /// Decides what an event makes of it, and what has to be done then.
    pub fn on(mut self, event: Event<'_>, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut effects = Vec::new();
        match event {
            Event::Asked => self.asked(now, &mut effects),
            Event::ConfirmedBy(by) => self.confirmed(by, now, &mut effects),
            Event::ApprovedBy(approved) => self.approved(approved),
            Event::RejectedBy { by, reason } if self.phase == Phase::AwaitingApproval => {
                self.given_up(Phase::Rejected { by, reason }, now, &mut effects);
            }
            Event::Held(obstacle) => self.held(obstacle, now, &mut effects),
            Event::Admitted => self.admitted(now, &mut effects),
            Event::Withdrawn { why } if self.phase.is_waiting() => {
                self.given_up(Phase::Failed { why: Some(why) }, now, &mut effects);
            }
            Event::TimeUp { deadline } if self.phase.is_waiting() && self.plan.deadline == Some(deadline) => {
                let was = Box::new(self.phase.clone());
                self.given_up(Phase::Expired { was }, now, &mut effects);
            }
            Event::Overtaken { by } if self.phase.is_waiting() => {
                self.plan.overtaken_by = Some(by);
                self.given_up(Phase::Superseded, now, &mut effects);
            }
            Event::CancelRequested { by } if self.phase.is_waiting() => {
                self.cancelled_by = Some(by);
                self.given_up(Phase::Cancelled, now, &mut effects);
            }
            Event::Started { execution, call } if self.phase == Phase::Starting => {
                self.calls.push(call);
                self.phase = Phase::Running;
                self.execution = Some(execution);
                if self.cancelled_by.is_some() {
                    self.phase = Phase::Cancelling;
                    effects.extend(self.execution_key().map(Effect::StopPipeline));
                }
            }
            Event::NotStarted { why, call } if self.phase == Phase::Starting => {
                self.calls.push(call);
                self.end(Phase::Failed { why: Some(why) }, now, &mut effects);
            }
            Event::CancelRequested { by } if !self.phase.is_final() && self.cancelled_by.is_none() => {
                self.cancelled_by = Some(by);
                // While it is starting there is nothing to stop yet; `Started` sees the wish and stops it then.
                if let Some(key) = self.execution_key() {
                    self.phase = Phase::Cancelling;
                    effects.push(Effect::StopPipeline(key));
                }
            }
            Event::Retried => self.retried(now, &mut effects),
            Event::NotRetried => self.plan.retried_at = None,
            Event::StopSent { call } => {
                if !self.calls.contains(&call) {
                    self.calls.push(call);
                }
            }
            Event::StopRefused if self.phase == Phase::Cancelling => {
                self.phase = Phase::Running;
                self.cancelled_by = None;
            }
            Event::Contains(contents) => self.contents = Some(contents),
            Event::Progressed(execution) => self.follow(execution, now, &mut effects),
            Event::Vanished if self.phase.holds_slot() => {
                self.end(Phase::Failed { why: Some("CodePipeline no longer knows this execution".to_owned()) }, now, &mut effects);
            }
            Event::RejectedBy { .. }
            | Event::Withdrawn { .. }
            | Event::TimeUp { .. }
            | Event::Overtaken { .. }
            | Event::Started { .. }
            | Event::NotStarted { .. }
            | Event::CancelRequested { .. }
            | Event::StopRefused
            | Event::Vanished => {}
        }
        (self, effects)
    }

    fn follow(&mut self, execution: &PipelineExecution, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(seen) = execution.status else { return };
        // Nothing runs for one that was never let in.
        if self.phase.is_waiting() || (self.phase.is_final() && self.execution.is_none()) {
            return;
        }
        // The end that a retry is about is heard of once more, or late.
        let is_old = self.plan.retried_at.is_some_and(|retried_at| seen.at <= retried_at);
        if is_old && self.phase.holds_slot() && matches!(seen.status, RunStatus::Failed | RunStatus::Stopped) {
            return;
        }
        // A failed or stopped execution that moves on was retried in the pipeline. The word of the retry itself may be lost or
        // late, so whatever comes next is believed.
        let can_be_retried = matches!(self.phase, Phase::Failed { why: None } | Phase::Cancelled);
        let next = match seen.status {
            RunStatus::InProgress if self.cancelled_by.is_some() && !self.phase.is_final() => Phase::Cancelling,
            RunStatus::InProgress => Phase::Running,
            RunStatus::Stopping => Phase::Cancelling,
            RunStatus::Succeeded => Phase::Succeeded,
            RunStatus::Failed => Phase::Failed { why: None },
            RunStatus::Stopped => Phase::Cancelled,
            RunStatus::Superseded => Phase::Superseded,
        };
        if self.phase == next || (self.phase.is_final() && !can_be_retried) {
            return;
        }
        if can_be_retried {
            // Who cancelled the first run has not cancelled the retry.
            self.cancelled_by = None;
        }
        if next.is_final() {
            if next == Phase::Succeeded {
                let source = self.source_of_revision(execution).map(|source| source.id.clone());
                self.plan.brought = self.revision.as_ref().map(ToString::to_string).or(source);
            }
            self.end(next, seen.at, effects);
            return;
        }
        if can_be_retried {
            self.ended_at = None;
            effects.extend([Effect::RetakeSlot, Effect::Schedule(self.next_look(now))]);
        }
        self.phase = next;
    }

    fn retried(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(_) = &self.execution else { return };
        if self.phase.holds_slot() {
            // The stage has failed, and the word of the whole run's end is still on its way.
            self.plan.retried_at = Some(now);
        } else if matches!(self.phase, Phase::Failed { why: None } | Phase::Cancelled) {
            self.plan.retried_at = Some(now);
            self.cancelled_by = None;
            self.ended_at = None;
            self.phase = Phase::Running;
            effects.extend([Effect::RetakeSlot, Effect::Schedule(self.next_look(now))]);
        }
    }

    fn end(&mut self, phase: Phase, at: Timestamp, effects: &mut Vec<Effect>) {
        // One that had ended already holds nothing.
        if !self.phase.is_final() {
            effects.push(Effect::ReleaseSlot);
        }
        match phase {
            Phase::Succeeded => {
                effects.push(Effect::RecordAsCurrent);
                if !self.plan.then.is_empty() {
                    effects.push(Effect::GoOn);
                }
            }
            Phase::Failed { .. } | Phase::Superseded => effects.push(Effect::NotifyRequester),
            _ => {}
        }
        self.phase = phase;
        self.ended_at = Some(at.max(self.request.at));
    }
}

#[cfg(test)]
#[path = "deployment_tests.rs"]
mod tests;

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod passage_tests;
