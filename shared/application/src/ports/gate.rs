//! What stands between a request and its start: locks, freezes, and the deployments that wait.

use jiff::Timestamp;
use opsroom_domain::ids::{ChannelId, DeploymentId, EnvironmentName, PersonId, ServiceName};
use opsroom_domain::lock::Lock;
use serde::{Deserialize, Serialize};

/// Everything that is locked, frozen or waits. A team has few of each, so they are read at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// Locks and freezes, also those that have run out and were not taken away yet.
    pub locks: Vec<Lock>,
    /// Deployments that were not let in yet, by service and environment.
    pub waiting: Vec<Waiting>,
}

/// A deployment that waits: for a word, for an approval, or for what is in its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The deployment.
    pub deployment: DeploymentId,
    /// Who asked for it.
    pub requester: PersonId,
    /// What is to be deployed, as people read it.
    pub revision: Option<String>,
    /// When it was asked for.
    pub since: Timestamp,
    /// Where its message is.
    pub channel: ChannelId,
}

/// What changes about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateChange {
    /// A deployment waits from now on.
    Wait(Waiting),
    /// It waits no longer.
    Leave {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: EnvironmentName,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// Something is locked or frozen. [`Commit::Stale`](super::Commit::Stale) if another lock is there than the one that was read.
    Lock {
        /// The lock.
        lock: Lock,
        /// The one that was in its place, as it was read: one that was prolonged since is another.
        replaces: Option<Box<Lock>>,
    },
    /// A lock or a freeze is taken away. [`Commit::Stale`](super::Commit::Stale) if it isn't there any more.
    Unlock {
        /// Which, as it was read: one that was prolonged since is another.
        lock: Lock,
    },
}
