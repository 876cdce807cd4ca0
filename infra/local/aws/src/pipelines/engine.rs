//! The state machine: executions move through stages as time passes.
//!
//! Pure: time comes in as an argument, and what happened goes out through [`Engine::take_events`]. The rules are those of
//! the CodePipeline user guide, "How pipeline executions work": a stage holds one execution at a time; of those that
//! wait for it a newer one supersedes an older one (unless the mode is QUEUED); a failed stage is free for the next.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::actions::{self, Outcome};
use super::commits::Commits;
use super::definition::{Definition, Host, Mode};
use super::events::Site;
use super::model::{ActionRun, ActionStatus, Execution, StageRun, StageSlot, StageStatus, Status};

/// How long a manual approval waits before it fails (CodePipeline quotas: seven days).
pub const APPROVAL_TIMEOUT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A pipeline and all that ever ran in it.
#[derive(Debug)]
pub struct Pipeline {
    /// What it is.
    pub definition: Definition,
    /// Its stages' occupants.
    pub slots: Vec<StageSlot>,
    /// Its executions, oldest first.
    pub executions: Vec<Execution>,
    /// When it was created.
    pub created: Timestamp,
}

/// What runs on a host.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The ref or commit.
    pub version: String,
    /// The commit of the source artifact.
    pub revision: Option<String>,
    /// The execution that put it there; none for what was there at first.
    pub execution: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What the hosts of a service are to run from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The service.
    pub service: String,
    /// Its environment.
    pub environment: String,
    /// The ref or commit.
    pub version: String,
}

/// Which execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The pipeline's position.
    pub pipeline: usize,
    /// The execution's position in it.
    pub execution: usize,
}

/// All pipelines of the account.
#[derive(Debug)]
pub struct Engine {
    /// Where they are.
    pub site: Site,
    /// The pipelines, in the file's order.
    pub pipelines: Vec<Pipeline>,
    /// What their sources find.
    pub commits: Commits,
    /// What the hosts report.
    pub hosts: BTreeMap<Host, Deployed>,
    /// How long an action takes.
    pub pace: SignedDuration,
    ids: fastrand::Rng,
    pub(super) outbox: Vec<Value>,
    pub(super) deployments: Vec<Deployment>,
}

impl Engine {
    /// Pipelines in which nothing has run yet.
    pub fn new(site: Site, definitions: Vec<Definition>, pace: SignedDuration, seed: u64, now: Timestamp) -> Self {
        let mut hosts = BTreeMap::new();
        for definition in &definitions {
            if let Some(host) = &definition.local.host {
                let commit = Commits::first(actions::pipeline_repository(definition));
                hosts.insert(host.clone(), Deployed { version: commit.sha.clone(), revision: Some(commit.sha), execution: None, at: None });
            }
        }
        let pipelines = definitions
            .into_iter()
            .map(|definition| Pipeline {
                slots: definition.stages.iter().map(|_| StageSlot::default()).collect(),
                executions: Vec::new(),
                created: now,
                definition,
            })
            .collect();
        Engine {
            site,
            pipelines,
            commits: Commits::default(),
            hosts,
            pace,
            ids: fastrand::Rng::with_seed(seed),
            outbox: Vec::new(),
            deployments: Vec::new(),
        }
    }

    /// The events since the last call, in the order they happened.
    pub fn take_events(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.outbox)
    }

    /// The deployments since the last call.
    pub fn take_deployments(&mut self) -> Vec<Deployment> {
        std::mem::take(&mut self.deployments)
    }

    /// What all hosts run.
    pub fn versions(&self) -> Vec<Deployment> {
        let of = |(host, deployed): (&Host, &Deployed)| Deployment {
            service: host.service.clone(),
            environment: host.environment.clone(),
            version: deployed.version.clone(),
        };
        self.hosts.iter().map(of).collect()
    }

    /// When the next thing happens by itself.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due().map(|(due, ..)| due)
    }

    /// Lets everything happen that is due by `now`, each at its own time.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((due, at, run)) = self.due() {
            if due > now {
                break;
            }
            self.finish_action(at, run, due);
        }
    }

    /// A version 4 UUID.
    pub fn new_id(&mut self) -> String {
        let mut bytes = self.ids.u128(..).to_be_bytes();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let text = hex::encode(bytes);
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }

    /// The execution itself.
    pub fn execution(&self, at: At) -> &Execution {
        &self.pipelines[at.pipeline].executions[at.execution]
    }

    pub(super) fn execution_mut(&mut self, at: At) -> &mut Execution {
        &mut self.pipelines[at.pipeline].executions[at.execution]
    }

    /// The earliest action that ends by itself.
    fn due(&self) -> Option<(Timestamp, At, usize)> {
        let mut earliest: Option<(Timestamp, At, usize)> = None;
        for (pipeline, record) in self.pipelines.iter().enumerate() {
            for (stage, slot) in record.slots.iter().enumerate() {
                let Some(occupant) = slot.occupant else { continue };
                let execution = &record.executions[occupant];
                for run in execution.running(stage) {
                    let action = &execution.actions[run];
                    let approval = record.definition.stages[stage].actions[action.action].is_approval();
                    let takes = if approval { APPROVAL_TIMEOUT } else { self.pace };
                    let Ok(due) = action.started.checked_add(takes) else { continue };
                    if earliest.is_none_or(|(first, ..)| due < first) {
                        earliest = Some((due, At { pipeline, execution: occupant }, run));
                    }
                }
            }
        }
        earliest
    }

    /// Puts an execution in front of a stage.
    pub(super) fn arrive(&mut self, at: At, stage: usize, now: Timestamp) {
        let pipeline = &mut self.pipelines[at.pipeline];
        let superseding = pipeline.definition.mode == Mode::Superseded;
        let waiting = &mut pipeline.slots[stage].waiting;
        waiting.push(at.execution);
        waiting.sort_unstable();
        // The newest is the last; a retried execution may arrive behind a newer one, and gives way too.
        let replaced = if superseding { waiting.drain(..waiting.len() - 1).collect() } else { Vec::new() };
        for execution in replaced {
            self.finish(At { pipeline: at.pipeline, execution }, Status::Superseded, now);
        }
        self.settle(at.pipeline, now);
    }

    /// Lets in whoever waits for a stage that is free and open.
    pub(super) fn settle(&mut self, pipeline: usize, now: Timestamp) {
        let stages = self.pipelines[pipeline].slots.len();
        for stage in (0..stages).rev() {
            let slots = &mut self.pipelines[pipeline].slots;
            let open = slots[stage].inbound.disabled.is_none() && (stage == 0 || slots[stage - 1].outbound.disabled.is_none());
            if open && slots[stage].occupant.is_none() && !slots[stage].waiting.is_empty() {
                let execution = slots[stage].waiting.remove(0);
                self.enter(At { pipeline, execution }, stage, now);
            }
        }
    }

    fn enter(&mut self, at: At, stage: usize, now: Timestamp) {
        self.occupy(at, stage);
        let run = StageRun { status: StageStatus::InProgress, started: now, retries: 0, from_scratch: false, retried: None };
        self.execution_mut(at).stages.insert(stage, run);
        self.stage_changed(at, stage, "STARTED", now);
        self.start_next_actions(at, stage, now);
    }

    pub(super) fn occupy(&mut self, at: At, stage: usize) {
        let slot = &mut self.pipelines[at.pipeline].slots[stage];
        slot.occupant = Some(at.execution);
        slot.latest = Some(at.execution);
    }

    /// Starts the first actions, by run order, that have not succeeded yet.
    pub(super) fn start_next_actions(&mut self, at: At, stage: usize, now: Timestamp) {
        let record = &self.pipelines[at.pipeline];
        let actions = &record.definition.stages[stage].actions;
        let execution = &record.executions[at.execution];
        let entered = execution.stages.get(&stage).map_or(now, |run| run.retried.unwrap_or(run.started));
        let open: Vec<_> = actions
            .iter()
            .enumerate()
            .filter(|(action, _)| !has_succeeded(execution, stage, *action, entered))
            .map(|(action, declared)| (declared.run_order, action))
            .collect();
        let Some(order) = open.iter().map(|(order, _)| *order).min() else { return };
        for (_, action) in open.into_iter().filter(|(of, _)| *of == order) {
            self.start_action(at, stage, action, now);
        }
    }

    fn start_action(&mut self, at: At, stage: usize, action: usize, now: Timestamp) {
        let id = self.new_id();
        let token = self.new_id();
        let declared = &self.pipelines[at.pipeline].definition.stages[stage].actions[action];
        let external = actions::external(&self.site, declared, &id);
        let run = ActionRun {
            id,
            stage,
            action,
            status: ActionStatus::InProgress,
            started: now,
            updated: now,
            updated_by: None,
            token: declared.is_approval().then_some(token),
            external_id: external.id,
            external_url: external.url,
            summary: None,
            error: None,
            output_variables: BTreeMap::new(),
        };
        let execution = self.execution_mut(at);
        execution.actions.push(run);
        let index = execution.actions.len() - 1;
        self.action_changed(at, index, "STARTED", now);
    }

    /// An action's time is up.
    fn finish_action(&mut self, at: At, run: usize, now: Timestamp) {
        let record = &self.pipelines[at.pipeline];
        let execution = &record.executions[at.execution];
        let (stage, action) = (execution.actions[run].stage, execution.actions[run].action);
        let declared = &record.definition.stages[stage].actions[action];
        if declared.is_approval() {
            return self.decide(at, run, Err("The approval timed out after 7 days".to_owned()), now);
        }
        let outcome = actions::outcome(&self.site, &self.commits, &record.definition, execution, (stage, declared), now);
        let deploys = declared.kind.category == "Deploy";
        let execution = self.execution_mut(at);
        let action = &mut execution.actions[run];
        match outcome {
            Outcome::Found(revision) => {
                action.external_id = Some(revision.id.clone());
                action.external_url = Some(revision.url.clone());
                action.summary = Some(revision.summary.clone());
                action.output_variables.insert("CommitId".to_owned(), revision.id.clone());
                execution.revisions.retain(|known| known.action != revision.action);
                execution.revisions.push(*revision);
            }
            Outcome::Done { summary } => action.summary = summary,
            Outcome::Failed { summary, error } => {
                action.summary = Some(summary);
                action.error = Some(error);
            }
        }
        if deploys && self.execution(at).actions[run].error.is_none() {
            self.deploy(at, now);
        }
        self.end_action(at, run, now);
    }

    /// A person, or the timeout, decides an approval.
    pub(super) fn decide(&mut self, at: At, run: usize, verdict: Result<String, String>, now: Timestamp) {
        let action = &mut self.execution_mut(at).actions[run];
        match verdict {
            Ok(summary) => action.summary = Some(summary),
            Err(summary) => {
                action.error = Some(super::model::ActionError { code: "JobFailed".to_owned(), message: summary.clone() });
                action.summary = Some(summary);
            }
        }
        self.end_action(at, run, now);
    }

    fn end_action(&mut self, at: At, run: usize, now: Timestamp) {
        let action = &mut self.execution_mut(at).actions[run];
        let failed = action.error.is_some();
        action.status = if failed { ActionStatus::Failed } else { ActionStatus::Succeeded };
        action.updated = now;
        let stage = action.stage;
        self.action_changed(at, run, if failed { "FAILED" } else { "SUCCEEDED" }, now);
        self.move_on(at, stage, now);
    }

    /// Decides what follows once nothing runs in the stage any more.
    pub(super) fn move_on(&mut self, at: At, stage: usize, now: Timestamp) {
        let record = &self.pipelines[at.pipeline];
        let execution = &record.executions[at.execution];
        if execution.running(stage).next().is_some() {
            return;
        }
        let actions = record.definition.stages[stage].actions.len();
        let entered = execution.stages.get(&stage).map_or(now, |run| run.retried.unwrap_or(run.started));
        let complete = (0..actions).all(|action| has_succeeded(execution, stage, action, entered));
        let failed = (0..actions).any(|action| {
            execution.latest_run(stage, action).is_some_and(|run| run.status == ActionStatus::Failed && run.started >= entered)
        });
        if failed {
            let stopping = execution.stop.is_some();
            self.leave(at, stage, StageStatus::Failed, now);
            let status = if stopping { Status::Stopped } else { Status::Failed };
            self.finish(at, status, now);
        } else if execution.stop.is_some() {
            self.leave(at, stage, if complete { StageStatus::Succeeded } else { StageStatus::Stopped }, now);
            self.finish(at, Status::Stopped, now);
        } else if !complete {
            return self.start_next_actions(at, stage, now);
        } else {
            let last = stage + 1 == record.slots.len() || execution.rollback_target.is_some();
            self.leave(at, stage, StageStatus::Succeeded, now);
            if last {
                self.finish(at, Status::Succeeded, now);
            } else {
                return self.arrive(at, stage + 1, now);
            }
        }
        self.settle(at.pipeline, now);
    }

    /// Frees the stage.
    pub(super) fn leave(&mut self, at: At, stage: usize, status: StageStatus, now: Timestamp) {
        if let Some(run) = self.execution_mut(at).stages.get_mut(&stage) {
            run.status = status;
        }
        let slot = &mut self.pipelines[at.pipeline].slots[stage];
        if slot.occupant == Some(at.execution) {
            slot.occupant = None;
        }
        self.stage_changed(at, stage, &status.word().to_ascii_uppercase(), now);
    }

    /// Ends the execution.
    pub(super) fn finish(&mut self, at: At, status: Status, now: Timestamp) {
        self.execution_mut(at).status = status;
        self.pipeline_changed(at, &status.word().to_ascii_uppercase(), now);
    }
}

/// Whether an action is done for this visit: a retry of failed actions keeps what succeeded, a retry of all does not.
fn has_succeeded(execution: &Execution, stage: usize, action: usize, entered: Timestamp) -> bool {
    let all_again = execution.stages.get(&stage).is_some_and(|run| run.from_scratch);
    execution.latest_run(stage, action).is_some_and(|run| run.status == ActionStatus::Succeeded && (!all_again || run.started >= entered))
}
