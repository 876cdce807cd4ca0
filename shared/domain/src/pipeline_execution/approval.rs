//! A manual approval in a pipeline.

use serde::{Deserialize, Serialize};

use super::ExecutionKey;

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Approval {
    /// The run that waits.
    pub run: ExecutionKey,
    /// The stage.
    pub stage: String,
    /// The action.
    pub action: String,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Go on.
    Approved,
    /// Don't.
    Rejected,
}
