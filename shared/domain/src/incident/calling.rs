//! Whom an incident calls, and when: level after level, until somebody acts.

use jiff::Timestamp;

use super::apply::{Change, later};
use super::{Call, Called, Effect, Incident, NotNow, Phase, What};
use crate::due::DueTask;
use crate::monit::Severity;

/// How many calls are remembered.
const MOST_CALLS: usize = 30;

impl Incident {
    /// Whether all that fires is under a silence.
    pub fn is_hushed(&self) -> bool {
        let mut firing = self.alarms.values().filter(|alarm| alarm.fires()).peekable();
        self.silenced.is_some() || (self.more_alarms == 0 && firing.peek().is_some() && firing.all(|alarm| alarm.silence.is_some()))
    }
}

impl Change<'_> {
    /// Whether somebody has to act and nobody has said that they do.
    pub(super) fn must_call(&self) -> bool {
        let incident = &self.incident;
        incident.phase == Phase::Triggered
            && incident.severity == Severity::Alert
            && incident.snoozed_until.is_none()
            && !incident.is_hushed()
    }

    /// A new round, from the first level.
    pub(super) fn begin_calling(&mut self, at: Timestamp) {
        self.incident.escalation.round += 1;
        match self.rules.levels.first() {
            Some(0) => self.call(0, at),
            _ => self.plan(0, at),
        }
    }

    fn call(&mut self, level: usize, at: Timestamp) {
        // The catalog may have fewer levels than when this one was planned.
        if level < self.rules.levels.len() {
            self.effects.push(Effect::Call { level });
        }
        self.plan(level + 1, at);
    }

    /// Plans a level from the moment at which the one before was due, not from the one at which it was called: what was late doesn't make
    /// the next one late, too.
    fn plan(&mut self, level: usize, from: Timestamp) {
        let when = self.rules.levels.get(level).map(|&minutes| later(from, minutes));
        self.incident.escalation.next = when.map(|when| (level, when));
        if let Some(when) = when {
            let task = DueTask::CallNext { incident: self.incident.id.clone(), round: self.incident.escalation.round, level };
            self.due(when, task);
        }
    }

    pub(super) fn call_next(&mut self, round: u32, level: usize, at: Timestamp) -> Result<(), NotNow> {
        let escalation = &self.incident.escalation;
        let planned = escalation.round == round && escalation.next.is_some_and(|(next, _)| next == level);
        if !planned || !self.must_call() {
            return Err(NotNow::NothingNew);
        }
        self.call(level, at);
        self.show();
        Ok(())
    }

    pub(super) fn called(&mut self, level: usize, called: Called, at: Timestamp) -> Result<(), NotNow> {
        let escalation = &mut self.incident.escalation;
        let round = escalation.round;
        let asked = escalation.next.map_or(self.rules.levels.len(), |(next, _)| next);
        if level >= asked || escalation.calls.iter().any(|call| (call.round, call.level) == (round, level)) || !self.must_call() {
            return Err(NotNow::NothingNew);
        }
        let nobody = matches!(called, Called::Nobody { .. });
        let calls = &mut self.incident.escalation.calls;
        calls.push(Call { round, level, called: called.clone(), at });
        calls.drain(..calls.len().saturating_sub(MOST_CALLS));
        self.happened(at, What::Called { level, called });
        // Nobody can act, so there is nobody to wait for: the next level's delay is for the one before it to act in.
        if nobody && asked == level + 1 && asked < self.rules.levels.len() {
            self.call(asked, at);
        }
        self.show();
        Ok(())
    }
}
