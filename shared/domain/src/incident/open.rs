//! How an incident begins, and which alarms it takes in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Effect, Escalation, Incident, Opening, Phase, Rules};
use crate::alarm::AlarmKey;

impl Incident {
    /// Opens an incident for an alarm that fires.
    pub fn open(opening: Opening<'_>, _rules: &Rules<'_>) -> (Self, Vec<Effect>) {
        let Opening { id, group, report, severity, service, environment, channel, routed, suspects, at } = opening;
        let since = report.at.min(at);
        let incident = Self {
            id,
            group,
            title: report.name.clone(),
            service,
            environment,
            severity,
            channel,
            routed,
            alarms: BTreeMap::new(),
            more_alarms: 0,
            unlisted: BTreeSet::new(),
            since,
            last_fired: at,
            phase: Phase::Triggered,
            assignee: None,
            snoozed_until: None,
            silenced: None,
            escalation: Escalation::default(),
            flapping: None,
            suspects,
            graph: None,
            notes: Vec::new(),
            timeline: Vec::new(),
            version: 0,
        };
        (incident, vec![Effect::Show])
    }

    /// Whether an alarm that fires now belongs to this incident: it is one of its alarms and the incident is open, or was so until a little while
    /// ago; or the incident is open and its latest alarm is not longer ago than its group's window. If not, it is for a new one.
    pub fn takes(&self, _key: &AlarmKey, _window: SignedDuration, _at: Timestamp, _rules: &Rules<'_>) -> bool {
        !self.phase.is_over()
    }
}
