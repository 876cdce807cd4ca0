//! What has to happen later: written in the same transaction as the reason for it, executed by `schedule`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::DeploymentId;
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
}

impl DueTask {
    /// Tells tasks apart that come due at the same millisecond.
    pub fn key(&self) -> String {
        match self {
            Self::ReconcileDeployment { deployment } => format!("reconcile/{deployment}"),
            Self::RemindOwners { first, .. } => format!("remind-owners/{}/{}/{}", first.system.as_str(), first.pipeline, first.execution),
        }
    }
}
