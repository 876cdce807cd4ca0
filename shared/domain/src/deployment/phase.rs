//! How a deployment stands.

use serde::{Deserialize, Serialize};

use super::{Doubt, Obstacle};
use crate::ids::PersonId;

/// How a deployment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Asked for; somebody who may has to say that it should go on in spite of these.
    Requested {
        /// What speaks against it; nothing in the moment in which it is asked for.
        doubts: Vec<Doubt>,
    },
    /// Somebody has to approve it.
    AwaitingApproval,
    /// It may start, as soon as nothing stands in its way.
    Waiting {
        /// What does; `None` in the moment before that is known.
        on: Option<Obstacle>,
    },
    /// Recorded; the pipeline is being started.
    Starting,
    /// The pipeline runs.
    Running,
    /// The pipeline was asked to stop.
    Cancelling,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed {
        /// Why, where the pipeline itself can't tell: it never started, or it is gone.
        why: Option<String>,
    },
    /// Was stopped, or called off before it had begun.
    Cancelled,
    /// Gave way to a newer execution of the same pipeline, or to a newer request while it waited.
    Superseded,
    /// Somebody who could have approved it did not want it.
    Rejected {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Nobody helped it on in time.
    Expired {
        /// How it stood.
        was: Box<Phase>,
    },
}

impl Phase {
    /// Whether it was not let in yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Requested { .. } | Self::AwaitingApproval | Self::Waiting { .. })
    }

    /// Whether others have to stay out of its place.
    pub fn holds_slot(&self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Cancelling)
    }

    /// Whether this is an end.
    pub fn is_final(&self) -> bool {
        !self.is_waiting() && !self.holds_slot()
    }
}
