//! One run of a pipeline, as far as it has been seen.
//!
//! What is known arrives as observations: from EventBridge (late, twice and out of order) and from asking CodePipeline.
//! An observation that is older than what is known changes nothing, so any order leads to the same end.

mod action;
pub mod approval;
mod facts;
pub mod health;
mod log;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use action::{ActionResult, ActionRun, LONGEST_LOG};
pub use facts::{ActionKind, BuildSystem, LogPointer, RunFacts};
pub use log::{MASK, masked_line, readable, without_keys};

use self::approval::{Decided, Retried};
use crate::ids::{ChannelId, DeploymentId, ExecutionId, PipelineName};

/// Which run of which pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExecutionKey {
    /// Who runs it.
    #[serde(default, skip_serializing_if = "BuildSystem::is_codepipeline")]
    pub system: BuildSystem,
    /// The pipeline; of systems that know them by a repository, `owner/name: workflow`.
    pub pipeline: PipelineName,
    /// The run.
    pub execution: ExecutionId,
}

impl ExecutionKey {
    /// A run of CodePipeline.
    pub fn codepipeline(pipeline: PipelineName, execution: ExecutionId) -> Self {
        Self { system: BuildSystem::CodePipeline, pipeline, execution }
    }
}

/// A run of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineExecution {
    /// Which.
    #[serde(flatten)]
    pub key: ExecutionKey,
    /// How the whole stands; `None` until it was seen.
    pub status: Option<Seen>,
    /// Its stages in the order in which they run (or were first seen).
    pub stages: Vec<StageRun>,
    /// What it runs on, once its source is known.
    pub source: Option<SourceRevision>,
    /// What it is about.
    #[serde(default)]
    pub facts: RunFacts,
    /// The deployment that started it, if one of ours did.
    pub deployment: Option<DeploymentId>,
    /// In which channels it has a message of its own.
    #[serde(default)]
    pub shown_in: Vec<ChannelId>,
    /// What was decided here on its approvals, until they wait again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decided>,
    /// Who asked here last to run a failed stage of it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retried: Option<Retried>,
    /// Counts writes; guards against writing over a newer one.
    pub version: u64,
}

/// A status and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The status.
    pub status: RunStatus,
    /// When it was reached.
    pub at: Timestamp,
}

/// The statuses of executions, stages and actions, as one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Runs.
    InProgress,
    /// Is being stopped.
    Stopping,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Was stopped by somebody.
    Stopped,
    /// Gave way to a newer execution.
    Superseded,
}

impl RunStatus {
    /// Whether it has ended. A failed one may still be taken up again by a retry.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::InProgress | Self::Stopping)
    }
}

/// A stage of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRun {
    /// Its name.
    pub name: String,
    /// How it stands; `None` when it has not begun.
    pub status: Option<Seen>,
    /// When it was first seen to run.
    pub started_at: Option<Timestamp>,
    /// Its actions, in the order in which they were seen.
    pub actions: Vec<ActionRun>,
}

/// What a run runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRevision {
    /// The commit id or version.
    pub id: String,
    /// The first line of its message.
    pub summary: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

impl SourceRevision {
    /// A revision as CodePipeline tells it. Sources that come over a connection wrap the commit's message in JSON:
    /// `{"ProviderType":"GitHub","CommitMessage":"…"}`.
    pub fn told(id: String, summary: Option<String>, url: Option<String>) -> Self {
        let message = |text: &str| {
            let wrapped: serde_json::Value = serde_json::from_str(text).ok()?;
            wrapped.get("CommitMessage")?.as_str().map(str::to_owned)
        };
        let first_line = |text: String| text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        Self { id, summary: summary.map(|text| message(&text).unwrap_or(text)).and_then(first_line), url }
    }
}

/// What a sender tells of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// Which run.
    pub key: ExecutionKey,
    /// What it tells.
    pub observations: Vec<Observation>,
}

/// Something seen of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Observation {
    /// The whole run.
    Execution(Sighting),
    /// A stage.
    Stage {
        /// Its name.
        stage: String,
        /// What was seen; `None` when it is only known that the stage exists.
        seen: Option<Sighting>,
    },
    /// An action.
    Action {
        /// Its stage.
        stage: String,
        /// Its name.
        action: String,
        /// What was seen.
        seen: Sighting,
        /// What its provider says.
        result: ActionResult,
    },
    /// An action waits for nobody's approval any more, if it did: for senders that tell only that a stage runs. One that nobody knows of
    /// isn't made known by it.
    Resumed {
        /// Its stage.
        stage: String,
        /// Its name.
        action: String,
        /// When that was, if the sender says so.
        at: Option<Timestamp>,
    },
    /// What it runs on.
    Source(SourceRevision),
    /// What it is about.
    Facts(Box<RunFacts>),
    /// The end of a failed action's log.
    Log {
        /// Its stage.
        stage: String,
        /// Its name.
        action: String,
        /// The last lines.
        lines: String,
    },
}

/// A status with the time the sender gave for it. Asking gives none: that is how things stand *now*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The status.
    pub status: RunStatus,
    /// When it was reached, if the sender says so. EventBridge gives whole seconds.
    pub at: Option<Timestamp>,
}

impl Sighting {
    /// What to know after seeing this, or `None` if it tells nothing new.
    ///
    /// Of two sightings in the same second the one further along the scale is the later one: an event's time has whole
    /// seconds, and a stage can start and end within one. A sighting without a time is one of now; it is stamped just
    /// after what was known, not with our clock, so that an event of the same second isn't taken for older than it.
    fn over(self, known: Option<Seen>, now: Timestamp) -> Option<Seen> {
        let Some(known) = known else {
            return Some(Seen { status: self.status, at: self.at.unwrap_or(now) });
        };
        let at = match self.at {
            Some(at) => at,
            // Asked before, or in the same second as, what is known by now: an answer that was overtaken.
            None if self.status == known.status || known.at.as_second() >= now.as_second() => return None,
            None => known.at.saturating_add(SignedDuration::from_millis(1)).unwrap_or(known.at),
        };
        let newer = at > known.at || (at.as_second() == known.at.as_second() && self.status > known.status);
        (newer && self.status != known.status).then_some(Seen { status: self.status, at })
    }
}

impl PipelineExecution {
    /// A run nothing is known of yet.
    pub fn unseen(key: ExecutionKey) -> Self {
        Self {
            key,
            status: None,
            stages: Vec::new(),
            source: None,
            facts: RunFacts::default(),
            deployment: None,
            shown_in: Vec::new(),
            decisions: Vec::new(),
            retried: None,
            version: 0,
        }
    }

    /// Takes an observation in; tells whether anything changed. `now` is a moment before the question was put, where it was
    /// one.
    pub fn observe(&mut self, observation: &Observation, now: Timestamp) -> bool {
        match observation {
            Observation::Execution(sighting) => {
                let seen = sighting.over(self.status, now);
                self.status = seen.or(self.status);
                seen.is_some()
            }
            Observation::Stage { stage, seen } => {
                let known = self.stages.len();
                let run = self.stage_mut(stage);
                let next = seen.and_then(|sighting| sighting.over(run.status, now));
                if let (Some(next), None) = (next, run.started_at) {
                    run.started_at = Some(next.at);
                }
                // A late "started" tells nothing about how the stage stands, but when it began.
                let earlier = seen.and_then(|s| s.at).filter(|at| run.started_at.is_some_and(|started| *at < started));
                run.started_at = earlier.or(run.started_at);
                run.status = next.or(run.status);
                next.is_some() || earlier.is_some() || self.stages.len() > known
            }
            Observation::Action { stage, action, seen, result } => self.observe_action(stage, action, *seen, result, now),
            Observation::Resumed { stage, action, at } => {
                let mut known = self.stages.iter().filter(|run| run.name == *stage).flat_map(|run| &run.actions);
                let Some(known) = known.find(|run| run.name == *action && run.result.kind == ActionKind::Approval) else { return false };
                let (seen, result) = (Sighting { status: RunStatus::Succeeded, at: *at }, known.result.clone());
                self.observe_action(stage, action, seen, &result, now)
            }
            Observation::Source(source) => {
                let new = self.source.as_ref() != Some(source);
                self.source = Some(source.clone());
                new
            }
            Observation::Facts(facts) => self.facts.fill_from(facts),
            Observation::Log { stage, action, lines } => self.keep_log(stage, action, lines),
        }
    }

    /// Keeps the end of an action's log; the first that was told stays.
    fn keep_log(&mut self, stage: &str, action: &str, lines: &str) -> bool {
        let stage = self.stages.iter_mut().find(|run| run.name == stage);
        let Some(run) = stage.and_then(|stage| stage.actions.iter_mut().find(|run| run.name == action)) else { return false };
        let lines = readable(lines);
        if run.log.is_some() || lines.trim().is_empty() {
            return false;
        }
        run.log = Some(log::end(&lines, LONGEST_LOG).to_owned());
        true
    }

    /// When it began: by its sender's word, else when it was first seen to run.
    pub fn began_at(&self) -> Option<Timestamp> {
        let seen = || self.stages.iter().filter_map(|stage| stage.started_at).min();
        self.facts.started_at.or_else(seen)
    }

    /// The action that waits for somebody's approval, with its stage. In a stage that has ended none does, whether its sender told of that or not.
    pub fn waiting_approval(&self) -> Option<(&StageRun, &ActionRun)> {
        if self.status.is_some_and(|seen| seen.status.has_ended()) {
            return None;
        }
        let waits = |action: &&ActionRun| action.result.kind == ActionKind::Approval && action.status.status == RunStatus::InProgress;
        let has_ended = |stage: &StageRun| stage.status.is_some_and(|seen| seen.status.has_ended());
        self.stages.iter().filter(|stage| !has_ended(stage)).find_map(|stage| Some((stage, stage.actions.iter().find(waits)?)))
    }

    fn observe_action(&mut self, stage: &str, action: &str, seen: Sighting, result: &ActionResult, now: Timestamp) -> bool {
        let run = self.stage_mut(stage);
        let Some(known) = run.actions.iter_mut().find(|known| known.name == action) else {
            let status = Seen { status: seen.status, at: seen.at.unwrap_or(now) };
            run.actions.push(ActionRun { name: action.to_owned(), status, result: result.bounded(), log: None });
            return true;
        };
        if let Some(next) = seen.over(Some(known.status), now) {
            let kind = known.result.kind;
            known.status = next;
            known.result = result.bounded();
            if kind == ActionKind::Approval {
                known.result.kind = kind;
            }
            // A retry's log is another one, and an approval that waits again asks for another decision.
            if next.status == RunStatus::InProgress {
                known.log = None;
                self.decisions.retain(|decided| decided.stage != stage || decided.action != action);
            }
            return true;
        }
        seen.status == known.status.status && known.result.fill_from(&result.bounded())
    }

    fn stage_mut(&mut self, name: &str) -> &mut StageRun {
        let position = self.stages.iter().position(|stage| stage.name == name).unwrap_or_else(|| {
            self.stages.push(StageRun { name: name.to_owned(), status: None, started_at: None, actions: Vec::new() });
            self.stages.len() - 1
        });
        &mut self.stages[position]
    }

    /// Puts the stages into the order in which the pipeline has them.
    pub fn arrange_stages(&mut self, order: &[String]) {
        for name in order {
            self.stage_mut(name);
        }
        self.stages.sort_by_key(|stage| order.iter().position(|name| *name == stage.name).unwrap_or(usize::MAX));
    }

    /// The stage and the action that failed, if one did. A stage that went well since, by a retry, is none; and of a stage that failed again
    /// the action that did so last counts, because not every sender tells that an earlier one is well by now.
    pub fn failure(&self) -> Option<(&StageRun, Option<&ActionRun>)> {
        let failed = |seen: &Seen| seen.status == RunStatus::Failed;
        let is_well = |stage: &StageRun| stage.status.is_some_and(|seen| seen.status == RunStatus::Succeeded);
        let has_failed = |stage: &StageRun| stage.status.as_ref().is_some_and(failed) || stage.actions.iter().any(|a| failed(&a.status));
        let stage = self.stages.iter().find(|stage| has_failed(stage) && !is_well(stage))?;
        let actions = stage.actions.iter().rev().filter(|action| failed(&action.status));
        // The last of equal ones, which from the end is the first.
        Some((stage, actions.max_by_key(|action| action.status.at)))
    }

    /// The stage that is under way, if one is.
    pub fn current_stage(&self) -> Option<&StageRun> {
        self.stages.iter().find(|stage| stage.status.is_some_and(|seen| !seen.status.has_ended()))
    }
}

#[cfg(test)]
mod tests;
