//! What is known of an alarm, whatever the order in which its reports come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlarmReport, AlarmState};

/// What is known of an alarm: enough to tell a change from its repetition, and flapping from trouble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmRecord {
    /// The newest report by the sender's time.
    pub latest: AlarmReport,
    /// The incident that it is, or was last, part of.
    pub incident: Option<crate::ids::IncidentId>,
    /// The incident that counts it in its [crowd](crate::incident::Incident::crowd), while it fires: one that has no place for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_by: Option<crate::ids::IncidentId>,
    /// The silence that keeps it quiet, while it fires.
    pub held_by: Option<crate::ids::SilenceId>,
    /// What the newest report said that said anything about trouble: no data is neither an end nor a beginning.
    pub verdict: Option<Verdict>,
    /// When it began or ceased to fire, newest last; [`AlarmRecord::MOST_CHANGES`] at most.
    pub changes: Vec<Timestamp>,
    /// Counts writes; guards against writing over a newer one. 0 for one that was never written.
    pub version: u64,
}

impl AlarmRecord {
    /// How many changes are remembered.
    pub const MOST_CHANGES: usize = 50;

    /// What is known after an alarm's first report.
    pub fn new(report: AlarmReport) -> Self {
        let verdict = Verdict::of(report.state, report.at);
        let changes = if report.state == AlarmState::Firing { vec![report.at] } else { Vec::new() };
        Self { latest: report, incident: None, counted_by: None, held_by: None, verdict, changes, version: 0 }
    }

    /// Takes in a further report, and says what is new about it.
    pub fn take(&mut self, report: &AlarmReport) -> Taken {
        let told = Told::between((self.latest.state, self.latest.at), self.verdict, (report.state, report.at));
        if told.news != News::None {
            self.latest = report.clone();
        }
        if told.judges {
            self.verdict = Verdict::of(report.state, report.at);
        }
        if told.turns {
            self.changes.push(report.at);
            self.changes.sort();
            let surplus = self.changes.len().saturating_sub(Self::MOST_CHANGES);
            self.changes.drain(..surplus);
        }
        told.taken()
    }

    /// Whether it fires, as far as is known.
    pub fn fires(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict.firing)
    }
}

/// What is new about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Nothing: it is older than what is known, or the same was told before.
    Nothing,
    /// The alarm stands differently now.
    Changed,
    /// It stands as before, in newer words.
    OnlyWords,
}

/// What a report says about trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether there is any.
    pub firing: bool,
    /// When that was so, by the sender's clock.
    pub at: Timestamp,
}

impl Verdict {
    /// What a state says about trouble; no data says nothing.
    pub fn of(state: AlarmState, at: Timestamp) -> Option<Self> {
        match state {
            AlarmState::Firing => Some(Self { firing: true, at }),
            AlarmState::Ok => Some(Self { firing: false, at }),
            AlarmState::NoData => None,
        }
    }

    fn state(self) -> AlarmState {
        if self.firing { AlarmState::Firing } else { AlarmState::Ok }
    }
}

/// How a report relates to what is known.
///
/// Reports are ordered by the sender's time. Of two states at the same time the worse one counts, whichever is told first: an alarm that
/// seems to fire a little too long is seen by somebody, one that is missed isn't. Two reports of one state at one time are one
/// report that came two ways. What is said about trouble has an order of its own, so that an `OK` that was overtaken by a later
/// `INSUFFICIENT_DATA` still ends what it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// Whether it is the newest report of all.
    pub news: News,
    /// It is the newest that says anything about trouble.
    pub judges: bool,
    /// It begins or ends trouble.
    pub turns: bool,
}

/// What a report says that the newest one before doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// Nothing: it is not newer.
    None,
    /// The same state in newer words.
    Words,
    /// Another state.
    State,
}

impl Told {
    /// Compares a report with the newest known state and verdict.
    pub(crate) fn between(newest: (AlarmState, Timestamp), verdict: Option<Verdict>, told: (AlarmState, Timestamp)) -> Self {
        let place = |(state, at): (AlarmState, Timestamp)| {
            let worse = match state {
                AlarmState::NoData => 0_u8,
                AlarmState::Ok => 1,
                AlarmState::Firing => 2,
            };
            (at, worse)
        };
        let news = match place(told) > place(newest) {
            false => News::None,
            true if told.0 == newest.0 => News::Words,
            true => News::State,
        };
        let now = Verdict::of(told.0, told.1);
        let judges = now.is_some() && verdict.is_none_or(|known| place(told) > place((known.state(), known.at)));
        let was_firing = verdict.is_some_and(|known| known.firing);
        let turns = judges && now.is_some_and(|now| now.firing != was_firing);
        Self { news, judges, turns }
    }

    /// In a word.
    pub(crate) fn taken(self) -> Taken {
        if self.turns || self.news == News::State {
            Taken::Changed
        } else if self.news == News::Words || self.judges {
            Taken::OnlyWords
        } else {
            Taken::Nothing
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
