//! Incidents, event by event.

mod alarms;
mod any_order;
mod people;

use jiff::Timestamp;

use super::*;
use crate::alarm::{AlarmReport, AlarmState};
use crate::due::{DueItem, DueTask};
use crate::test_data::{at, report};

/// A minute in seconds.
const MINUTE: i64 = 60;

/// Three levels: at once, after 5 minutes, after 10 more.
const RULES: Rules<'static> =
    Rules { levels: &[0, 5, 10], unacknowledge_after_minutes: 120, reopen_within_minutes: 10, flapping_changes: 6, flapping_minutes: 10 };

fn opening(report: &AlarmReport, severity: Severity) -> Opening<'_> {
    Opening {
        id: "i-1".into(),
        group: "service=api".into(),
        report,
        severity,
        service: Some("api".into()),
        environment: Some("production".into()),
        channel: "C1".into(),
        routed: Routed::Nobody,
        suspects: Vec::new(),
        at: at(0),
    }
}

/// An alert that fires since the beginning, with everything that was effected so far.
struct Life {
    incident: Incident,
    rules: Rules<'static>,
    effects: Vec<Effect>,
}

impl Life {
    fn of(severity: Severity) -> Self {
        let first = report("a", AlarmState::Firing, 0);
        let (incident, effects) = Incident::open(opening(&first, severity), &RULES);
        Self { incident, rules: RULES, effects }
    }

    fn alert() -> Self {
        Self::of(Severity::Alert)
    }

    /// Applies what must be possible, and gives what follows.
    fn takes(&mut self, event: Event<'_>) -> Vec<Effect> {
        let name = format!("{event:?}");
        self.effects = self.incident.apply(event, &self.rules).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        self.effects.clone()
    }

    /// Applies what must not be possible.
    fn refuses(&mut self, event: Event<'_>) -> NotNow {
        let before = self.incident.clone();
        let error = self.incident.apply(event, &self.rules).expect_err("it was taken");
        assert_eq!(self.incident, before);
        error
    }

    fn told(&mut self, id: &str, state: AlarmState, second: i64) -> Vec<Effect> {
        let report = report(id, state, second);
        self.takes(Event::Alarm { report: &report, severity: Severity::Alert, silence: None, counted: false, at: at(second) })
    }

    fn next(&self) -> Option<(usize, i64)> {
        self.incident.escalation.next.map(|(level, when)| (level, when.as_second() - at(0).as_second()))
    }

    fn happened(&self) -> Vec<&What> {
        self.incident.timeline.iter().map(|entry| &entry.what).collect()
    }
}

fn calls(effects: &[Effect]) -> Vec<usize> {
    effects.iter().filter_map(|effect| if let Effect::Call { level } = effect { Some(*level) } else { None }).collect()
}

fn call_next(round: u32, level: usize, second: i64) -> (Timestamp, Effect) {
    let task = DueTask::CallNext { incident: "i-1".into(), round, level };
    (at(second), Effect::Due(DueItem { at: at(second), task }))
}
