//! How an incident begins, and which alarms it takes in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::apply::Change;
use super::{Effect, Escalation, Incident, Opening, Phase, Rules, What};
use crate::alarm::AlarmKey;

impl Incident {
    /// Opens an incident for an alarm that fires.
    pub fn open(opening: Opening<'_>, rules: &Rules<'_>) -> (Self, Vec<Effect>) {
        let Opening { id, group, report, severity, service, environment, channel, routed, mut suspects, at } = opening;
        suspects.truncate(Self::MOST_SUSPECTS);
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
            crowd: 0,
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
        let mut change = Change::of(incident, rules);
        change.list(report, severity, None, at);
        change.happened(since, What::Fired { alarm: report.name.clone() });
        change.show();
        if report.plot.is_some() {
            change.effects.push(Effect::Draw);
        }
        if change.must_call() {
            change.begin_calling(at);
        }
        change.incident.fit();
        (change.incident, change.effects)
    }

    /// Whether an alarm that fires now belongs to this incident: it is one of its alarms and the incident is open, or was so until a little
    /// while ago; or the incident is open and its latest alarm is not longer ago than its group's window. If not, it is for a new one.
    pub fn takes(&self, key: &AlarmKey, window: SignedDuration, at: Timestamp, rules: &Rules<'_>) -> bool {
        let knows = self.alarms.contains_key(&key.to_string());
        match &self.phase {
            Phase::Resolved { at: resolved_at, .. } => knows && may_reopen(*resolved_at, at, rules),
            Phase::Triggered | Phase::Acknowledged { .. } => knows || at.duration_since(self.last_fired) <= window,
        }
    }
}

/// Whether an alarm that fires opens its resolved incident again.
pub(super) fn may_reopen(resolved_at: Timestamp, at: Timestamp, rules: &Rules<'_>) -> bool {
    at.duration_since(resolved_at) <= SignedDuration::from_mins(i64::from(rules.reopen_within_minutes))
}
