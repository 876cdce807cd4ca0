//! What is asked about deployments besides `deploy` itself: going back, going on, approvals, locks, freezes.

use jiff::SignedDuration;
use opsroom_domain::ids::DeploymentId;
use opsroom_domain::revision::Revision;

use crate::until::Until;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// Bring back what ran before.
    Rollback {
        /// Of which service.
        service: String,
        /// Where.
        environment: String,
        /// To which revision; `None` for the one before.
        to: Option<Revision>,
        /// Why.
        reason: Option<String>,
    },
    /// Bring the very revision that runs in one environment into another.
    Promote {
        /// Of which service.
        service: String,
        /// Where it runs.
        from: String,
        /// Where it should run.
        to: String,
        /// Why.
        reason: Option<String>,
    },
    /// Approve a deployment.
    Approve {
        /// Which.
        deployment: DeploymentId,
        /// Anything to say; may be empty.
        reason: String,
    },
    /// Reject a deployment.
    Reject {
        /// Which.
        deployment: DeploymentId,
        /// Why.
        reason: String,
    },
    /// Let a deployment pass in spite of failed checks or a freeze.
    Override {
        /// Which.
        deployment: DeploymentId,
    },
    /// Keep others from deploying.
    Lock {
        /// Where.
        place: Place,
        /// For how long; `None` for the usual time.
        span: Option<SignedDuration>,
        /// Why.
        reason: Option<String>,
        /// Whether another's lock is taken over.
        steal: bool,
    },
    /// Let others deploy again.
    Unlock {
        /// Where.
        place: Place,
    },
    /// What is locked and frozen, and who waits.
    Locks,
    /// Keep everybody from deploying.
    Freeze {
        /// Where.
        environment: String,
        /// Until when.
        until: Until,
        /// Why.
        reason: Option<String>,
    },
    /// End a freeze.
    Unfreeze {
        /// Where.
        environment: String,
    },
}

/// An environment, or one service there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The environment.
    pub environment: String,
    /// The service; `None` for all.
    pub service: Option<String>,
}
