//! Turns between people: a round gives everybody who waits one song, whoever asked first and however many they asked for.
//!
//! Who has had a turn in the round comes again when nobody is left who hasn't. So between two songs of one person nobody has more than two, and
//! whoever newly asks waits for one round at most ([ADR 23](../../../../docs/adr/0023-turns-between-people.md)).

use std::cmp::Reverse;

use super::station::{Entry, EntryId, MOST_PRESENT, Station};
use crate::ids::PersonId;

impl Station {
    /// What waits, in the order in which it is played as things stand.
    pub fn in_turn(&self) -> Vec<&Entry> {
        let mut waiting: Vec<&Entry> = self.queue.iter().collect();
        let mut served = self.served.clone();
        let mut order = Vec::with_capacity(waiting.len());
        while let Some(place) = first(&waiting, &served) {
            let entry = waiting.remove(place);
            serve(&mut served, &waiting, &entry.by);
            order.push(entry);
        }
        order
    }

    /// What comes next.
    pub fn next_up(&self) -> Option<&Entry> {
        let waiting: Vec<&Entry> = self.queue.iter().collect();
        let place = first(&waiting, &self.served)?;
        self.queue.get(place)
    }

    /// The place of a song in the order in which it is played, from 1.
    pub fn place_of(&self, id: &EntryId) -> Option<usize> {
        self.in_turn().iter().position(|entry| entry.id == *id).map(|place| place + 1)
    }

    /// Takes a song out of the queue, as its asker's turn.
    pub(super) fn take(&mut self, id: &EntryId) -> Option<Entry> {
        let place = self.queue.iter().position(|entry| entry.id == *id)?;
        let entry = self.queue.remove(place);
        let waiting: Vec<&Entry> = self.queue.iter().collect();
        serve(&mut self.served, &waiting, &entry.by);
        Some(entry)
    }
}

/// Where the song is that comes next. Those who have had their turn come after those who haven't; of several people, who has the song that most
/// want, then who asked first.
fn first(waiting: &[&Entry], served: &[PersonId]) -> Option<usize> {
    let rank = |entry: &Entry| (served.contains(&entry.by), Reverse(entry.ups.count()), entry.at, entry.id.clone());
    (0..waiting.len()).min_by_key(|place| waiting.get(*place).map(|entry| rank(entry)))
}

/// Somebody has had a turn, and those songs still wait. If they had one before and nobody waits who hadn't, a new round has begun.
fn serve(served: &mut Vec<PersonId>, waiting: &[&Entry], person: &PersonId) {
    if served.contains(person) {
        if waiting.iter().any(|entry| !served.contains(&entry.by)) {
            // The player went on to a song that was no longer the next one: nobody loses their turn by it.
            return;
        }
        served.clear();
    }
    served.push(person.clone());
    if served.len() > MOST_PRESENT {
        served.remove(0);
    }
}
