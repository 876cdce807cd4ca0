//! What happened to an incident, for those who come later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Called;
use crate::ids::{PersonId, SilenceId};

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// An alarm fired, or fired again.
    Fired {
        /// Its name.
        alarm: String,
    },
    /// An alarm is well again.
    Well {
        /// Its name.
        alarm: String,
    },
    /// An alarm was put into it by hand.
    Attached {
        /// Its name.
        alarm: String,
        /// By whom.
        by: PersonId,
    },
    /// Somebody was called.
    Called {
        /// Which level, from 0.
        level: usize,
        /// Who.
        called: Called,
    },
    /// Somebody has it.
    Acknowledged {
        /// Who.
        by: PersonId,
    },
    /// Nobody has it any more: somebody gave it back, or (`None`) nothing happened for too long.
    Unacknowledged {
        /// Who.
        by: Option<PersonId>,
    },
    /// Somebody was named for it.
    Assigned {
        /// Who.
        to: PersonId,
        /// By whom.
        by: PersonId,
    },
    /// It calls nobody for a while.
    Snoozed {
        /// Until when.
        until: Timestamp,
        /// By whom.
        by: PersonId,
    },
    /// It calls again.
    SnoozeOver,
    /// It is under a silence.
    Silenced {
        /// Which.
        silence: SilenceId,
        /// By whom.
        by: PersonId,
    },
    /// It is no longer under one.
    SilenceOver,
    /// It began to flap.
    Flapping,
    /// It is over.
    Resolved {
        /// Who said so; `None` for its alarms.
        by: Option<PersonId>,
    },
    /// It is open again.
    Reopened {
        /// Who said so; `None` for its alarms.
        by: Option<PersonId>,
    },
}
