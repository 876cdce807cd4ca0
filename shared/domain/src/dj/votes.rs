//! Who is for something: each once, whatever the order in which Slack tells of reactions and of taking them back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;

/// So many people's votes are kept for one thing.
pub const MOST_VOTES: usize = 50;
/// So many votes are enough to skip, however many people are there.
pub const ENOUGH_TO_SKIP: usize = 5;

/// The votes for one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Votes(Vec<Vote>);

/// The latest that is known of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vote {
    /// Who.
    by: PersonId,
    /// When they said so, in microseconds of Unix time: that precise are Slack's events.
    at: i64,
    /// Whether they are for it; `false` is kept, so that a vote that arrives after it was taken back isn't counted.
    up: bool,
}

impl Votes {
    /// Somebody is for it, or no longer. Returns whether that changes what is counted. What they said later stands; of one moment, that they
    /// are no longer.
    pub fn cast(&mut self, person: &PersonId, up: bool, at: Timestamp) -> bool {
        let at = at.as_microsecond();
        if let Some(known) = self.0.iter_mut().find(|known| known.by == *person) {
            if (known.at, !known.up) >= (at, !up) {
                return false;
            }
            let changed = known.up != up;
            (known.at, known.up) = (at, up);
            return changed;
        }
        if self.0.len() >= MOST_VOTES {
            // One who isn't for it makes room: at worst a vote is counted that was taken back.
            let Some(place) = self.0.iter().position(|vote| !vote.up) else { return false };
            self.0.remove(place);
        }
        self.0.push(Vote { by: person.clone(), at, up });
        up
    }

    /// How many are for it.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|vote| vote.up).count()
    }

    /// Who is for it, in the order in which that became known.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        self.0.iter().filter(|vote| vote.up).map(|vote| &vote.by)
    }

    /// Whether somebody is for it.
    pub fn has(&self, person: &PersonId) -> bool {
        self.people().any(|by| by == person)
    }
}

/// How many votes skip a song while so many people are there, who asked for it among them if they are: more than half, and five at most.
pub fn needed_to_skip(present: usize) -> usize {
    (present / 2 + 1).min(ENOUGH_TO_SKIP)
}
