//! What is asked of the Monit room.

use jiff::SignedDuration;
use opsroom_domain::ids::{ChannelId, IncidentId, PersonId, RotationName, RouteId, SilenceId};
use opsroom_domain::monit::{AlarmMatch, Severity};

use crate::until::Until;

/// What is asked of the Monit room. An incident that isn't named is the one that is open, if there is only one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mon {
    /// Which incidents are open.
    Open {
        /// Only there.
        environment: Option<String>,
    },
    /// What began and ended since the person last looked.
    Missed,
    /// All about an incident.
    Show {
        /// Which.
        incident: Option<IncidentId>,
    },
    /// Take it.
    Acknowledge {
        /// Which.
        incident: Option<IncidentId>,
    },
    /// Give it back.
    Unacknowledge {
        /// Which.
        incident: Option<IncidentId>,
    },
    /// It is over.
    Resolve {
        /// Which.
        incident: Option<IncidentId>,
        /// What it was; may be empty.
        reason: String,
    },
    /// It isn't over after all.
    Reopen {
        /// Which; there is no only one.
        incident: IncidentId,
    },
    /// Name somebody for it.
    Assign {
        /// Which.
        incident: Option<IncidentId>,
        /// Who; `None` for whoever asks.
        to: Option<PersonId>,
    },
    /// Let it call nobody for a while.
    Snooze {
        /// Which.
        incident: Option<IncidentId>,
        /// For how long.
        span: SignedDuration,
    },
    /// Put the alarms of one into another.
    Attach {
        /// Whose alarms.
        incident: IncidentId,
        /// Into which.
        to: IncidentId,
    },
    /// Keep some words on it.
    Note {
        /// Which.
        incident: Option<IncidentId>,
        /// The words.
        text: String,
    },
    /// Keep alarms quiet for a while.
    Silence {
        /// Which.
        what: Quiet,
        /// For how long.
        span: SignedDuration,
        /// Why; may be empty.
        reason: String,
    },
    /// What is quiet, and until when.
    Silences,
    /// End a silence before its time.
    Unsilence {
        /// Which.
        silence: SilenceId,
    },
    /// Who is on call.
    OnCall,
    /// Let somebody stand in.
    Override {
        /// Who; `None` for whoever asks.
        person: Option<PersonId>,
        /// Until when.
        until: Until,
        /// In which rotation; `None` for the only one.
        rotation: Option<RotationName>,
    },
    /// Which alarm goes where.
    Routes,
    /// Send alarms to a channel.
    AddRoute {
        /// Which.
        matches: AlarmMatch,
        /// Where; `None` for where it is asked.
        to: Option<ChannelId>,
        /// How bad they are, whatever their sender says.
        severity: Option<Severity>,
    },
    /// Take a route off.
    RemoveRoute {
        /// Which.
        route: RouteId,
    },
    /// What would happen to an alarm.
    Test {
        /// What is known of it: its name, labels and so on, taken as they are and not as patterns.
        alarm: AlarmMatch,
    },
}

/// What is to be quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quiet {
    /// Alarms that fit.
    Alarms(AlarmMatch),
    /// The alarms of an incident.
    Incident(IncidentId),
}
