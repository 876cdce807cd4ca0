//! What an event makes of an incident.

use super::{Effect, Event, Incident, NotNow, Rules};

impl Incident {
    /// Applies an event. If it can't be, or says nothing new, nothing is changed.
    pub fn apply(&mut self, event: Event<'_>, rules: &Rules<'_>) -> Result<Vec<Effect>, NotNow> {
        let _ = (event, rules);
        Err(NotNow::NothingNew)
    }
}
