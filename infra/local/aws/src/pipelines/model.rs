//! An execution's record, in CodePipeline's terms: what has happened to it, stage by stage and action by action.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// An execution's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Under way, or waiting for a stage.
    InProgress,
    /// Asked to stop, an action still runs.
    Stopping,
    /// Stopped by request.
    Stopped,
    /// Through every stage.
    Succeeded,
    /// A newer execution took its place in front of a stage.
    Superseded,
    /// A stage failed.
    Failed,
}

impl Status {
    /// The API's word.
    pub fn word(self) -> &'static str {
        match self {
            Status::InProgress => "InProgress",
            Status::Stopping => "Stopping",
            Status::Stopped => "Stopped",
            Status::Succeeded => "Succeeded",
            Status::Superseded => "Superseded",
            Status::Failed => "Failed",
        }
    }
}

/// A stage's status within an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageStatus {
    /// Its actions run.
    InProgress,
    /// Asked to stop, an action still runs.
    Stopping,
    /// Stopped by request.
    Stopped,
    /// All its actions succeeded.
    Succeeded,
    /// One of its actions failed.
    Failed,
}

impl StageStatus {
    /// The API's word.
    pub fn word(self) -> &'static str {
        match self {
            StageStatus::InProgress => "InProgress",
            StageStatus::Stopping => "Stopping",
            StageStatus::Stopped => "Stopped",
            StageStatus::Succeeded => "Succeeded",
            StageStatus::Failed => "Failed",
        }
    }
}

/// An action's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionStatus {
    /// It runs, or waits for a person.
    InProgress,
    /// Given up by a request to stop and abandon.
    Abandoned,
    /// Done.
    Succeeded,
    /// Not done.
    Failed,
}

impl ActionStatus {
    /// The API's word.
    pub fn word(self) -> &'static str {
        match self {
            ActionStatus::InProgress => "InProgress",
            ActionStatus::Abandoned => "Abandoned",
            ActionStatus::Succeeded => "Succeeded",
            ActionStatus::Failed => "Failed",
        }
    }
}

/// Why an execution runs.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// The API's trigger type.
    pub kind: &'static str,
    /// Who or what: for a start by API, the caller's ARN.
    pub detail: String,
}

/// A commit that a source action found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The source action that found it.
    pub action: String,
    /// The artifact that carries it.
    pub artifact: String,
    /// The commit.
    pub id: String,
    /// The connection's summary: JSON with provider and commit message.
    pub summary: String,
    /// A link to it.
    pub url: String,
    /// When it was found.
    pub created: Timestamp,
}

/// A request to stop.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Whether running actions are given up.
    pub abandon: bool,
    /// Why.
    pub reason: Option<String>,
}

/// What a failed action says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionError {
    /// The API's code, such as `JobFailed`.
    pub code: String,
    /// What happened.
    pub message: String,
}

/// One run of an action; a retried action has several.
#[derive(Debug, Clone)]
pub struct ActionRun {
    /// The action execution's id.
    pub id: String,
    /// Which stage, by position.
    pub stage: usize,
    /// Which action of it, by position.
    pub action: usize,
    /// How it goes.
    pub status: ActionStatus,
    /// When it began.
    pub started: Timestamp,
    /// When its status last changed.
    pub updated: Timestamp,
    /// Who decided it, for an approval.
    pub updated_by: Option<String>,
    /// What an approval is answered with.
    pub token: Option<String>,
    /// Its id in the system that does the work.
    pub external_id: Option<String>,
    /// A link into that system.
    pub external_url: Option<String>,
    /// What that system says of it.
    pub summary: Option<String>,
    /// Why it failed.
    pub error: Option<ActionError>,
    /// Names for later actions.
    pub output_variables: BTreeMap<String, String>,
}

/// A stage within an execution.
#[derive(Debug, Clone)]
pub struct StageRun {
    /// How it goes.
    pub status: StageStatus,
    /// When it was entered.
    pub started: Timestamp,
    /// How often it was retried by hand.
    pub retries: u32,
    /// Whether the last retry runs every action again, not only what failed.
    pub from_scratch: bool,
    /// When it was last retried.
    pub retried: Option<Timestamp>,
}

/// One run through a pipeline.
#[derive(Debug, Clone)]
pub struct Execution {
    /// Its id.
    pub id: String,
    /// How it goes.
    pub status: Status,
    /// Why it runs.
    pub trigger: Trigger,
    /// The token it was asked for with; the same token gives the same execution.
    pub client_token: Option<String>,
    /// Source action name -> the revision asked for.
    pub overrides: BTreeMap<String, String>,
    /// Variables with their values.
    pub variables: BTreeMap<String, String>,
    /// What the source actions found.
    pub revisions: Vec<Revision>,
    /// When it was started.
    pub started: Timestamp,
    /// When anything last changed.
    pub updated: Timestamp,
    /// 1, and one more for every retry.
    pub attempt: u32,
    /// When it was last retried.
    pub retried: Option<Timestamp>,
    /// The request to stop, if any.
    pub stop: Option<Stop>,
    /// The execution it rolls a stage back to.
    pub rollback_target: Option<String>,
    /// Stage position -> what happened there.
    pub stages: BTreeMap<usize, StageRun>,
    /// Every action run, oldest first.
    pub actions: Vec<ActionRun>,
}

impl Execution {
    /// STANDARD or ROLLBACK.
    pub fn kind(&self) -> &'static str {
        if self.rollback_target.is_some() { "ROLLBACK" } else { "STANDARD" }
    }

    /// Whether it can still change without a retry.
    pub fn is_live(&self) -> bool {
        matches!(self.status, Status::InProgress | Status::Stopping)
    }

    /// The last run of an action.
    pub fn latest_run(&self, stage: usize, action: usize) -> Option<&ActionRun> {
        self.actions.iter().rev().find(|run| run.stage == stage && run.action == action)
    }

    /// Positions, in `actions`, of what runs now in a stage.
    pub fn running(&self, stage: usize) -> impl Iterator<Item = usize> {
        self.actions
            .iter()
            .enumerate()
            .filter(move |(_, run)| run.stage == stage && run.status == ActionStatus::InProgress)
            .map(|(index, _)| index)
    }

    /// Every name for what is deployed that somebody asked for.
    pub fn asked_for(&self) -> impl Iterator<Item = &str> {
        self.overrides.values().chain(self.variables.values()).map(String::as_str)
    }
}

/// Whether executions may enter a stage.
#[derive(Debug, Clone, Default)]
pub struct Transition {
    /// Why not, if not.
    pub disabled: Option<String>,
    /// Who last changed it, and when.
    pub changed: Option<(String, Timestamp)>,
}

/// A stage of a pipeline: one execution at a time, the others wait.
#[derive(Debug, Default)]
pub struct StageSlot {
    /// The execution inside, by position.
    pub occupant: Option<usize>,
    /// Those that wait to enter, oldest first.
    pub waiting: Vec<usize>,
    /// The last that entered.
    pub latest: Option<usize>,
    /// Whether any may enter.
    pub inbound: Transition,
    /// Whether any may leave.
    pub outbound: Transition,
}
