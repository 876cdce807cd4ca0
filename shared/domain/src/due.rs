//! What has to happen later: written in the same transaction as the reason for it, executed by `schedule`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::DeploymentId;

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
}

impl DueTask {
    /// Tells tasks apart that come due at the same millisecond.
    pub fn key(&self) -> String {
        match self {
            Self::ReconcileDeployment { deployment } => format!("reconcile/{deployment}"),
        }
    }
}
