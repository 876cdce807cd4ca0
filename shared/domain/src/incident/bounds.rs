//! An incident is one item of the table, which takes 400 KB ("Quotas in Amazon DynamoDB"). What is said about it may be more than that: dozens of
//! alarms with long addresses, and all that people write. An incident that couldn't be written any more would call nobody, so it lets
//! go of words before.

use super::{Incident, IncidentAlarm};
use crate::alarm::AlarmLinks;

/// How much it may be as JSON, which is somewhat more than the table counts.
const MOST_BYTES: usize = 300_000;

/// How many of the latest notes it never lets go of.
const NOTES_KEPT: usize = 5;

impl Incident {
    /// Lets go of the oldest notes, then of what its alarms say besides their names, states and values, until it fits. The alarm that it is
    /// named after keeps its words.
    pub(super) fn fit(&mut self) {
        let bytes = serde_json::to_vec(self).map_or(0, |json| json.len());
        let mut surplus = bytes.saturating_sub(MOST_BYTES);
        while surplus > 0 && self.notes.len() > NOTES_KEPT {
            let note = self.notes.remove(0);
            surplus = surplus.saturating_sub(note.text.len());
        }
        let first = self.alarms.iter().find(|(_, alarm)| alarm.name == self.title).map(|(key, _)| key.clone());
        for (_, alarm) in self.alarms.iter_mut().filter(|(key, _)| Some(*key) != first.as_ref()) {
            if surplus == 0 {
                break;
            }
            surplus = surplus.saturating_sub(alarm.let_go());
        }
    }
}

impl IncidentAlarm {
    /// Lets go of its words; tells how many bytes they were.
    fn let_go(&mut self) -> usize {
        let AlarmLinks { console, runbook, dashboard } = std::mem::take(&mut self.links);
        let texts = [console, runbook, dashboard, self.reason.take()].into_iter().flatten();
        texts.chain(std::mem::take(&mut self.children)).map(|text| text.len()).sum()
    }
}
