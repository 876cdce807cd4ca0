//! Remembers who people are for a while: somebody who types ten commands is looked up once, and somebody who leaves has no
//! rights a few minutes later.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opsroom_domain::ids::PersonId;
use opsroom_domain::rights::Standing;

const FRESH: Duration = Duration::from_mins(5);
/// More people than ever ask one process within [`FRESH`]; bounds the memory.
const MOST: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Standings {
    known: Mutex<HashMap<PersonId, (Standing, Instant)>>,
}

impl Standings {
    pub(super) fn get(&self, person: &PersonId, now: Instant) -> Option<Standing> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(person).filter(|(_, since)| now.saturating_duration_since(*since) < FRESH).map(|(standing, _)| *standing)
    }

    pub(super) fn put(&self, person: PersonId, standing: Standing, now: Instant) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(person, (standing, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_after_five_minutes_and_never_grows_without_end() {
        let standings = Standings::default();
        let start = Instant::now();
        let dana = PersonId::from("U1");
        standings.put(dana.clone(), Standing::Guest, start);
        assert_eq!(standings.get(&dana, start + Duration::from_secs(299)), Some(Standing::Guest));
        assert_eq!(standings.get(&dana, start + FRESH), None);
        for i in 0..2 * MOST {
            standings.put(PersonId::new(format!("U{i}")), Standing::Member, start);
        }
        assert!(standings.known.lock().unwrap().len() <= MOST);
    }
}
