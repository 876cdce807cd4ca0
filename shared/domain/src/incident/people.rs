//! What people do about an incident: take it, give it back, hand it on, put it off, end it.

use jiff::Timestamp;

use super::apply::{Change, later};
use super::{Effect, NotNow, Phase, What, Word};
use crate::due::DueTask;
use crate::ids::PersonId;

impl Change<'_> {
    pub(super) fn acknowledge(&mut self, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        if let Phase::Acknowledged { by, at } = &self.incident.phase {
            return Err(NotNow::AcknowledgedBefore { by: by.clone(), at: *at });
        }
        self.happened(at, What::Acknowledged { by: by.clone() });
        self.has_it(by, at);
        Ok(())
    }

    pub(super) fn assign(&mut self, to: PersonId, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        if matches!(&self.incident.phase, Phase::Acknowledged { by, .. } if *by == to) {
            return Err(NotNow::NothingNew);
        }
        self.happened(at, What::Assigned { to: to.clone(), by });
        self.has_it(to, at);
        Ok(())
    }

    /// Somebody has it from now on. What was put off before is theirs now, too.
    fn has_it(&mut self, person: PersonId, at: Timestamp) {
        self.incident.phase = Phase::Acknowledged { by: person.clone(), at };
        self.incident.assignee = Some(person.clone());
        self.incident.snoozed_until = None;
        self.show();
        self.effects.push(Effect::TellOwner { person });
        if self.rules.unacknowledge_after_minutes > 0 {
            let task = DueTask::ExpireAcknowledgement { incident: self.incident.id.clone(), acknowledged_at: at };
            self.due(later(at, self.rules.unacknowledge_after_minutes), task);
        }
    }

    pub(super) fn unacknowledge(&mut self, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        if self.incident.phase == Phase::Triggered {
            return Err(NotNow::NobodyHasIt);
        }
        self.incident.snoozed_until = None;
        self.happened(at, What::Unacknowledged { by: Some(by.clone()) });
        self.nobody_has_it();
        self.effects.push(Effect::Tell(Word::NobodyHasIt { by: Some(by) }));
        Ok(())
    }

    pub(super) fn acknowledgement_expired(&mut self, acknowledged_at: Timestamp, at: Timestamp) -> Result<(), NotNow> {
        let still = matches!(self.incident.phase, Phase::Acknowledged { at, .. } if at == acknowledged_at);
        // Whoever put it off said when it should come back: it does so then.
        if !still || self.incident.snoozed_until.is_some() {
            return Err(NotNow::NothingNew);
        }
        self.happened(at, What::Unacknowledged { by: None });
        self.nobody_has_it();
        if !self.incident.is_hushed() {
            self.effects.push(Effect::Tell(Word::NobodyHasIt { by: None }));
        }
        Ok(())
    }

    fn nobody_has_it(&mut self) {
        self.incident.phase = Phase::Triggered;
        self.incident.assignee = None;
        self.show();
    }

    pub(super) fn snooze(&mut self, until: Timestamp, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        if until <= at || self.incident.snoozed_until == Some(until) {
            return Err(NotNow::NothingNew);
        }
        self.incident.snoozed_until = Some(until);
        self.happened(at, What::Snoozed { until, by });
        self.show();
        let task = DueTask::EndSnooze { incident: self.incident.id.clone(), until };
        self.due(until, task);
        Ok(())
    }

    pub(super) fn snooze_over(&mut self, until: Timestamp, at: Timestamp) -> Result<(), NotNow> {
        if self.incident.snoozed_until != Some(until) {
            return Err(NotNow::NothingNew);
        }
        self.incident.snoozed_until = None;
        self.happened(at, What::SnoozeOver);
        self.nobody_has_it();
        Ok(())
    }

    pub(super) fn resolve_by_hand(&mut self, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        self.resolve(Some(by), at);
        Ok(())
    }

    /// It is over. Who had it stays to be seen; what was only about its being open goes.
    pub(super) fn resolve(&mut self, by: Option<PersonId>, at: Timestamp) {
        let incident = &mut self.incident;
        incident.phase = Phase::Resolved { by: by.clone(), at };
        incident.snoozed_until = None;
        incident.silenced = None;
        incident.flapping = None;
        for alarm in incident.alarms.values_mut() {
            alarm.silence = None;
        }
        self.happened(at, What::Resolved { by });
        self.show();
    }

    pub(super) fn reopen_by_hand(&mut self, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        if !self.incident.phase.is_over() {
            return Err(NotNow::NotOver);
        }
        self.reopen(Some(by), at);
        Ok(())
    }

    pub(super) fn reopen(&mut self, by: Option<PersonId>, at: Timestamp) {
        self.happened(at, What::Reopened { by: by.clone() });
        self.nobody_has_it();
        self.effects.push(Effect::Tell(Word::OpenAgain { by }));
        if self.incident.alarms.values().any(|alarm| alarm.plot.is_some()) {
            self.effects.push(Effect::Draw);
        }
    }
}
