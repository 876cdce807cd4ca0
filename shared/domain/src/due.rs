//! What has to happen later: written in the same transaction as the reason for it, executed by `schedule`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alarm::AlarmKey;
use crate::bytes::DigestFor;
use crate::dj::ErrandId;
use crate::ids::{ChannelId, DeploymentId, EnvironmentName, IncidentId, LockId, OperationId, SilenceId, code};
use crate::lock::LockScope;
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
    /// See how an operation on hosts stands, in case its events were lost, and do what is left to do for it.
    LookAtOperation {
        /// Which.
        operation: OperationId,
    },
    /// Give a deployment up that has waited for too long.
    ExpireDeployment {
        /// Which.
        deployment: DeploymentId,
        /// The moment that was set: one that was set later has a due item of its own.
        deadline: Timestamp,
    },
    /// See which deployments need not wait any more.
    AdmitWaiting {
        /// Where.
        environment: EnvironmentName,
    },
    /// Ask for what comes next in a request for several services.
    DeployNext {
        /// The one that has succeeded.
        deployment: DeploymentId,
    },
    /// A lock's or a freeze's time is over: say so, and let those in who wait for it.
    EndLock {
        /// On what.
        scope: LockScope,
        /// Which: another one may be there by then.
        lock: LockId,
        /// The end that was set: one that was set later has a due item of its own.
        until: Timestamp,
    },
    /// Ask CodePipeline what its events don't tell of a run: what the author of an approval asks for.
    LookAtRun {
        /// Which.
        run: ExecutionKey,
        /// The approval's stage: a later one has a due item of its own.
        stage: String,
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
    /// Send a digest of links, and plan the next one.
    SendDigest {
        /// To whom.
        to: DigestFor,
        /// When it was asked for: one that was asked for later has a due item of its own.
        set_at: Timestamp,
    },
    /// See to something that was asked of the DJ's player, should its answer be lost.
    LookAtErrand {
        /// What.
        errand: ErrandId,
    },
    /// See what the DJ's player is at: a song should be over, or the player was off.
    LookAtStation {
        /// In which room.
        channel: ChannelId,
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
            Self::LookAtOperation { operation } => format!("look/{operation}"),
            Self::ExpireDeployment { deployment, deadline } => format!("expire/{deployment}/{}", deadline.as_millisecond()),
            Self::AdmitWaiting { environment } => format!("admit/{environment}"),
            Self::DeployNext { deployment } => format!("next/{deployment}"),
            Self::EndLock { lock, until, .. } => format!("unlock/{lock}/{}", until.as_millisecond()),
            Self::CallNext { incident, round, level } => format!("call/{incident}/{round}/{level}"),
            Self::ExpireAcknowledgement { incident, acknowledged_at } => format!("unack/{incident}/{}", acknowledged_at.as_millisecond()),
            Self::EndSnooze { incident, until } => format!("snooze/{incident}/{}", until.as_millisecond()),
            Self::CalmDown { incident, latest } => format!("calm/{incident}/{}", latest.as_millisecond()),
            Self::EndSilence { silence } => format!("silence/{silence}"),
            // An alarm's key may be longer than the table's.
            Self::LookAgain { alarm } => format!("look-again/{}", code(&alarm.to_string(), 16)),
            Self::SendDigest { to, set_at } => format!("digest/{to}/{}", set_at.as_millisecond()),
            Self::LookAtErrand { errand } => format!("errand/{errand}"),
            Self::LookAtStation { channel } => format!("station/{channel}"),
            Self::Summarise { channel } => format!("summary/{channel}"),
            Self::LookAtRun { run, stage } => format!("look-at-run/{}", code(&format!("{}/{}/{stage}", run.pipeline, run.execution), 16)),
            Self::RemindOwners { first, .. } => format!("remind-owners/{}/{}/{}", first.system.as_str(), first.pipeline, first.execution),
        }
    }
}
