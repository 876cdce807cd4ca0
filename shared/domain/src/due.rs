//! What has to happen later: written in the same transaction as the reason for it, executed by `schedule`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alarm::AlarmKey;
use crate::ids::{ChannelId, DeploymentId, IncidentId, SilenceId, code};
use crate::pipeline_execution::ExecutionKey;
use crate::pipeline_execution::health::HealthKey;

/// One thing that comes due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueItem {
    /// When, to the millisecond.
    pub at: Timestamp,
    /// What.
    pub task: DueTask,
}

/// The kinds of things that come due. Each must be harmless when it is done twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum DueTask {
    /// Ask CodePipeline how an unfinished deployment stands, in case its events were lost.
    ReconcileDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Call a service's owners if its pipeline is still broken.
    RemindOwners {
        /// Whose health.
        health: HealthKey,
        /// The run that broke it: a later break has a reminder of its own.
        first: ExecutionKey,
    },
    /// Call the next level if nobody has acted.
    CallNext {
        /// Of which incident.
        incident: IncidentId,
        /// See [`crate::incident::Escalation::round`].
        round: u32,
        /// From 0.
        level: usize,
    },
    /// Take an acknowledgement off that led to nothing.
    ExpireAcknowledgement {
        /// Of which incident.
        incident: IncidentId,
        /// When it was acknowledged: a later one has a due item of its own.
        acknowledged_at: Timestamp,
    },
    /// Let an incident call again.
    EndSnooze {
        /// Which.
        incident: IncidentId,
        /// Until when it was snoozed.
        until: Timestamp,
    },
    /// See whether an incident has stopped flapping.
    CalmDown {
        /// Which.
        incident: IncidentId,
        /// The latest change that was known.
        latest: Timestamp,
    },
    /// A silence's time is over: say so, and look again at what it kept quiet.
    EndSilence {
        /// Which.
        silence: SilenceId,
    },
    /// Look at an alarm again that a silence kept quiet and had no place to remember: the silence's time is over.
    LookAgain {
        /// Which.
        alarm: AlarmKey,
    },
    /// Post the daily summary, and plan the next one.
    Summarise {
        /// Where.
        channel: ChannelId,
    },
}

impl DueTask {
    /// Tells tasks apart that come due at the same millisecond.
    pub fn key(&self) -> String {
        match self {
            Self::ReconcileDeployment { deployment } => format!("reconcile/{deployment}"),
            Self::CallNext { incident, round, level } => format!("call/{incident}/{round}/{level}"),
            Self::ExpireAcknowledgement { incident, acknowledged_at } => format!("unack/{incident}/{}", acknowledged_at.as_millisecond()),
            Self::EndSnooze { incident, until } => format!("snooze/{incident}/{}", until.as_millisecond()),
            Self::CalmDown { incident, latest } => format!("calm/{incident}/{}", latest.as_millisecond()),
            Self::EndSilence { silence } => format!("silence/{silence}"),
            // An alarm's key may be longer than the table's.
            Self::LookAgain { alarm } => format!("look-again/{}", code(&alarm.to_string(), 16)),
            Self::Summarise { channel } => format!("summary/{channel}"),
            Self::RemindOwners { first, .. } => format!("remind-owners/{}/{}/{}", first.system.as_str(), first.pipeline, first.execution),
        }
    }
}
