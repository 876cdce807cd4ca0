//! Buttons, and what pressing each asks for.

use serde::{Deserialize, Serialize};

use crate::dj::EntryId;
use crate::ids::{DeploymentId, EnvironmentName, HostId, IncidentId, LockId, OperationId, ServiceName};
use crate::lock::LockScope;
use crate::pipeline_execution::ExecutionKey;
use crate::pipeline_execution::approval::{Approval, Decision};
use crate::subscription::Subject;

/// A button. It carries what it does and an opaque id, never a right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
    /// How it looks.
    pub style: ButtonStyle,
    /// Asked before it does it.
    pub confirm: Option<String>,
}

/// Looks of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    /// As any other.
    Plain,
    /// The obvious next thing.
    Primary,
    /// Stops or breaks something.
    Danger,
}

/// What pressing a button asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ButtonAction {
    /// Stop a deployment.
    CancelDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Show the API calls behind a deployment.
    ExplainDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Run a command line that only reads, as if the person had typed it.
    RunRead {
        /// The line, without `/ops`.
        line: String,
    },
    /// Run a line that was put together from menus: this very one, and only if they still say so.
    RunPicked {
        /// The line, without `/ops`.
        line: String,
    },
    /// Ask for what a line doesn't say yet.
    AskForMore {
        /// The line, without `/ops`.
        line: String,
    },
    /// Show the API calls behind the answer to a line.
    ExplainLine {
        /// The line, without `/ops`.
        line: String,
    },
    /// Show how a run of a pipeline is looked up and taken up again.
    ExplainRun {
        /// Which.
        run: ExecutionKey,
    },
    /// Run the failed actions of a stage again.
    RetryStage {
        /// Of which run.
        run: ExecutionKey,
        /// Which stage.
        stage: String,
    },
    /// Ask for a word, then approve or reject.
    Decide {
        /// What waits.
        approval: Approval,
        /// Which way.
        decision: Decision,
    },
    /// Ask for a word, then approve or reject a deployment.
    DecideDeployment {
        /// Which.
        deployment: DeploymentId,
        /// Which way.
        decision: Decision,
    },
    /// Let a deployment pass in spite of doubts.
    OverrideDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Bring back what ran before a deployment.
    RollBack {
        /// Which.
        deployment: DeploymentId,
    },
    /// Bring what a deployment brought into the next environment.
    Promote {
        /// Which.
        deployment: DeploymentId,
    },
    /// Take a lock or a freeze away.
    Unlock {
        /// On what.
        scope: LockScope,
        /// Which.
        lock: LockId,
    },
    /// Take the last change of a subscription back, unless it was changed since.
    UndoSubscription {
        /// To what.
        subject: Subject,
        /// The change.
        version: u64,
    },
    /// Do something about an incident.
    Incident {
        /// Which.
        incident: IncidentId,
        /// What.
        press: IncidentPress,
    },
    /// Something about hosts.
    Hosts {
        /// What.
        press: HostPress,
    },
    /// Something about what the DJ plays.
    Dj {
        /// What.
        press: DjPress,
    },
    /// Open a page.
    OpenUrl {
        /// Its address.
        url: String,
    },
}

/// What a button of an incident is there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum IncidentPress {
    /// Take it.
    Acknowledge,
    /// Give it back.
    Unacknowledge,
    /// It is over.
    Resolve,
    /// It isn't over after all.
    Reopen,
    /// Ask for how long its alarms should be quiet, and why.
    Silence,
    /// Ask whose it should be.
    Assign,
    /// Ask for how long it should call nobody.
    Snooze,
    /// Show what Opsroom did about it.
    Explain,
    /// Bring back what ran before a deployment that is suspected.
    Rollback {
        /// The suspect.
        deployment: DeploymentId,
    },
}

/// What a button about hosts is pressed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum HostPress {
    /// Stop an operation.
    Stop {
        /// Which.
        operation: OperationId,
    },
    /// Show what was really done for an operation.
    Explain {
        /// Which.
        operation: OperationId,
    },
    /// Stop a host and start it again.
    Reboot {
        /// Its id.
        host: HostId,
        /// Whose it is.
        service: ServiceName,
        /// Where.
        environment: EnvironmentName,
    },
}

/// What a button of the DJ's is pressed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum DjPress {
    /// A vote to go on to the next song, or to go on at once, for those who may.
    Skip {
        /// The song that plays.
        song: EntryId,
    },
    /// A vote for a song.
    Up {
        /// Which.
        song: EntryId,
    },
    /// Louder, or softer.
    Volume {
        /// So many percent more; less than 0 for softer.
        by: i8,
    },
    /// One of several songs was meant.
    Pick {
        /// The wish.
        wish: EntryId,
        /// Its place among those that were offered, from 1.
        place: usize,
    },
}
