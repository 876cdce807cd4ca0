//! What can happen to an incident, and what follows from it.

use jiff::Timestamp;

use super::{Called, Graph, Note, SilencedBy, Suspect};
use crate::alarm::AlarmReport;
use crate::due::DueItem;
use crate::ids::{ChannelId, EnvironmentName, IncidentId, PersonId, ServiceName};
use crate::monit::Severity;

/// What a new incident begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening<'a> {
    /// Its id.
    pub id: IncidentId,
    /// Its group.
    pub group: String,
    /// The alarm that opens it.
    pub report: &'a AlarmReport,
    /// How bad that is, all things considered.
    pub severity: Severity,
    /// The service.
    pub service: Option<ServiceName>,
    /// The environment.
    pub environment: Option<EnvironmentName>,
    /// Where it goes.
    pub channel: ChannelId,
    /// Why there.
    pub routed: super::Routed,
    /// What may have caused it.
    pub suspects: Vec<Suspect>,
    /// When it is opened here: calling begins then.
    pub at: Timestamp,
}

/// What can happen to an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// One of its alarms changed, or another one joins it. One that is older than what is known of that alarm changes nothing.
    Alarm {
        /// The report.
        report: &'a AlarmReport,
        /// How bad it is, all things considered.
        severity: Severity,
        /// The silence that the alarm is under, if any.
        silence: Option<crate::ids::SilenceId>,
        /// Whether the incident counts it in its crowd already, as the alarm's record says.
        counted: bool,
        /// When it arrived.
        at: Timestamp,
    },
    /// Somebody takes it.
    Acknowledge {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Somebody gives it back: it calls again from the first level.
    Unacknowledge {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Nobody did anything about it for too long after it was acknowledged. Counts only if it is still that acknowledgement.
    AcknowledgementExpired {
        /// When it was acknowledged.
        acknowledged_at: Timestamp,
        /// Now.
        at: Timestamp,
    },
    /// Somebody is named for it. Whoever is named has it: that is an acknowledgement.
    Assign {
        /// Who.
        to: PersonId,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It calls nobody for a while.
    Snooze {
        /// Until when.
        until: Timestamp,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// The while is over: whoever had it has it no longer, and it calls again from the first level. Counts only if it is still that while.
    SnoozeOver {
        /// Until when it was.
        until: Timestamp,
        /// Now.
        at: Timestamp,
    },
    /// It is over.
    Resolve {
        /// Who says so.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It is not over after all.
    Reopen {
        /// Who says so.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// All of its firing alarms are under a silence.
    Silence {
        /// Which, and until when.
        silence: SilencedBy,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// A silence has ended. Counts only if it is the one that it is under.
    SilenceOver {
        /// Which.
        silence: crate::ids::SilenceId,
        /// When.
        at: Timestamp,
    },
    /// The next level's time has come. Counts only if it is still that round and level.
    CallNext {
        /// The round.
        round: u32,
        /// The level, from 0.
        level: usize,
        /// When it came due: the level after it is counted from then, so that no time is lost when the clock stood still.
        at: Timestamp,
    },
    /// A level was called.
    CalledLevel {
        /// Which, from 0.
        level: usize,
        /// Who that was.
        called: Called,
        /// When.
        at: Timestamp,
    },
    /// Somebody said something in its thread.
    Said(Note),
    /// An alarm is put into it by hand.
    Attach {
        /// The report.
        report: &'a AlarmReport,
        /// How bad it is.
        severity: Severity,
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Its graph is drawn.
    Drawn(Graph),
    /// No alarm of it changed for the time in which flapping is counted. If something changed since `latest`, it is looked at again later.
    Calmed {
        /// The latest change that was known.
        latest: Timestamp,
        /// Now.
        at: Timestamp,
    },
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The message has to be written anew.
    Show,
    /// A level has to be called now: find out who that is, say so, and answer with [`Event::CalledLevel`].
    Call {
        /// Which, from 0.
        level: usize,
    },
    /// Something comes due.
    Due(DueItem),
    /// Tell somebody privately that it is theirs now.
    TellOwner {
        /// Whom.
        person: PersonId,
    },
    /// A word under the message, because an edit notifies nobody: nobody has it any more, it is open again.
    Tell(Word),
    /// The graph has to be drawn.
    Draw,
}

/// Words under an incident's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Nobody has it any more; `by` gave it back, or `None`: it was acknowledged for too long.
    NobodyHasIt {
        /// Who.
        by: Option<PersonId>,
    },
    /// It is open again.
    OpenAgain {
        /// Who says so; `None` for its alarms.
        by: Option<PersonId>,
    },
}

/// Why something can't be done to an incident as it stands. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Somebody else was faster.
    #[error("it was acknowledged already")]
    AcknowledgedBefore {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It is over.
    #[error("it is resolved already")]
    ResolvedBefore {
        /// Who said so; `None` for its alarms.
        by: Option<PersonId>,
        /// When.
        at: Timestamp,
    },
    /// It isn't acknowledged.
    #[error("nobody has it")]
    NobodyHasIt,
    /// It isn't over.
    #[error("it is not over")]
    NotOver,
    /// What comes due was overtaken, or the same was told before: nothing to do, nothing to say.
    #[error("nothing new")]
    NothingNew,
}

/// The catalog's rules, as far as they decide about incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// Whom alerts call: minutes after the level before. Never empty.
    pub levels: &'a [u32],
    /// 0 for never.
    pub unacknowledge_after_minutes: u32,
    /// See [`crate::catalog::Monit::reopen_within_minutes`].
    pub reopen_within_minutes: u32,
    /// See [`crate::catalog::Monit::flapping`].
    pub flapping_changes: u32,
    /// See [`crate::catalog::Monit::flapping`].
    pub flapping_minutes: u32,
}

impl<'a> Rules<'a> {
    /// The rules of a catalog. `levels` are the minutes of [`crate::monit::levels`], one for each level.
    pub fn of(monit: &crate::catalog::Monit, levels: &'a [u32]) -> Self {
        Self {
            levels,
            unacknowledge_after_minutes: monit.unacknowledge_after_minutes,
            reopen_within_minutes: monit.reopen_within_minutes,
            flapping_changes: monit.flapping.changes,
            flapping_minutes: monit.flapping.minutes,
        }
    }
}
