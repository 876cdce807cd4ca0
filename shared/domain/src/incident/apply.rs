//! What an event makes of an incident.
//!
//! Whether people have to be called is one question, asked before and after each event: when it becomes so, a round of calling begins; when
//! it ceases to be so, calling stops. No event decides about that on its own.

use jiff::{SignedDuration, Timestamp};

use super::{Effect, Event, Graph, Happened, Incident, NotNow, Note, Phase, Rules, What};
use crate::alarm::cut;
use crate::due::{DueItem, DueTask};

impl Incident {
    /// Applies an event. If it can't be, or says nothing new, nothing is changed.
    pub fn apply(&mut self, event: Event<'_>, rules: &Rules<'_>) -> Result<Vec<Effect>, NotNow> {
        let mut change = Change::of(self.clone(), rules);
        change.take(event)?;
        *self = change.incident;
        Ok(change.effects)
    }
}

/// An incident on its way to its next state.
pub(super) struct Change<'a> {
    /// As it will be.
    pub incident: Incident,
    /// The catalog's rules.
    pub rules: &'a Rules<'a>,
    /// What follows.
    pub effects: Vec<Effect>,
}

impl<'a> Change<'a> {
    pub(super) fn of(incident: Incident, rules: &'a Rules<'a>) -> Self {
        Self { incident, rules, effects: Vec::new() }
    }

    fn take(&mut self, event: Event<'_>) -> Result<(), NotNow> {
        let called_before = self.must_call();
        let at = match event {
            Event::Alarm { report, severity, silence, counted, at } => self.alarm(report, severity, (silence, counted), at).map(|()| at),
            Event::Attach { report, severity, by, at } => self.attach(report, severity, by, at).map(|()| at),
            Event::Silence { silence, by, at } => self.silence(silence, by, at).map(|()| at),
            Event::SilenceOver { silence, at } => self.silence_over(&silence, at).map(|()| at),
            Event::Calmed { latest, at } => self.calmed(latest, at).map(|()| at),
            Event::Acknowledge { by, at } => self.acknowledge(by, at).map(|()| at),
            Event::Unacknowledge { by, at } => self.unacknowledge(by, at).map(|()| at),
            Event::AcknowledgementExpired { acknowledged_at, at } => self.acknowledgement_expired(acknowledged_at, at).map(|()| at),
            Event::Assign { to, by, at } => self.assign(to, by, at).map(|()| at),
            Event::Snooze { until, by, at } => self.snooze(until, by, at).map(|()| at),
            Event::SnoozeOver { until, at } => self.snooze_over(until, at).map(|()| at),
            Event::Resolve { by, at } => self.resolve_by_hand(by, at).map(|()| at),
            Event::Reopen { by, at } => self.reopen_by_hand(by, at).map(|()| at),
            Event::CallNext { round, level, at } => self.call_next(round, level, at).map(|()| at),
            Event::CalledLevel { level, called, at } => self.called(level, called, at).map(|()| at),
            Event::Said(note) => self.said(note),
            Event::Drawn(graph) => self.drawn(graph),
        }?;
        match (called_before, self.must_call()) {
            (false, true) => self.begin_calling(at),
            (_, false) => self.incident.escalation.next = None,
            (true, true) => {}
        }
        self.incident.fit();
        Ok(())
    }

    fn said(&mut self, note: Note) -> Result<Timestamp, NotNow> {
        let notes = &mut self.incident.notes;
        let text = cut(&note.text, 1000, true);
        if text.is_empty() || notes.iter().any(|known| known.ts == note.ts) {
            return Err(NotNow::NothingNew);
        }
        let at = note.at;
        notes.push(Note { text, ..note });
        notes.sort_by(|one, other| (one.at, &one.ts).cmp(&(other.at, &other.ts)));
        notes.drain(..notes.len().saturating_sub(Incident::MOST_NOTES));
        self.show();
        Ok(at)
    }

    fn drawn(&mut self, graph: Graph) -> Result<Timestamp, NotNow> {
        if self.incident.graph.as_ref().is_some_and(|known| known.at > graph.at || known.file == graph.file) {
            return Err(NotNow::NothingNew);
        }
        let at = graph.at;
        self.incident.graph = Some(graph);
        self.show();
        Ok(at)
    }

    /// Refuses what can't be done to an incident that is over.
    pub(super) fn open(&self) -> Result<(), NotNow> {
        match &self.incident.phase {
            Phase::Resolved { by, at } => Err(NotNow::ResolvedBefore { by: by.clone(), at: *at }),
            Phase::Triggered | Phase::Acknowledged { .. } => Ok(()),
        }
    }

    pub(super) fn happened(&mut self, at: Timestamp, what: What) {
        let timeline = &mut self.incident.timeline;
        timeline.push(Happened { at, what });
        timeline.drain(..timeline.len().saturating_sub(Incident::MOST_TIMELINE));
    }

    pub(super) fn show(&mut self) {
        if !self.effects.contains(&Effect::Show) {
            self.effects.push(Effect::Show);
        }
    }

    pub(super) fn due(&mut self, at: Timestamp, task: DueTask) {
        self.effects.push(Effect::Due(DueItem { at, task }));
    }
}

/// So many minutes later.
pub(super) fn later(at: Timestamp, minutes: u32) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(at)
}
