//! Turns between people: next is the person whose last turn is the longest ago, whoever asked first and however many songs they asked for.
//!
//! So while somebody waits, nobody else has two turns, whatever is asked for, voted or taken back meanwhile (a property test holds that). Votes
//! decide which of one person's songs is played, never whose turn it is
//! ([ADR 23](../../../../docs/adr/0023-turns-between-people.md)).

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
            serve(&mut served, &entry.by);
            order.push(entry);
        }
        order
    }

    /// What comes next.
    pub fn next_up(&self) -> Option<&Entry> {
        let waiting: Vec<&Entry> = self.queue.iter().collect();
        first(&waiting, &self.served).and_then(|place| self.queue.get(place))
    }

    /// The place of a song in the order in which it is played, from 1.
    pub fn place_of(&self, id: &EntryId) -> Option<usize> {
        self.in_turn().iter().position(|entry| entry.id == *id).map(|place| place + 1)
    }

    /// Takes a song out of the queue, as its asker's turn.
    pub(super) fn take(&mut self, id: &EntryId) -> Option<Entry> {
        let place = self.queue.iter().position(|entry| entry.id == *id)?;
        let entry = self.queue.remove(place);
        serve(&mut self.served, &entry.by);
        Some(entry)
    }

    /// A turn is given back: the song couldn't be played. Who had it was the one whose turn was the longest ago, and is again.
    pub(super) fn give_back(&mut self, person: &PersonId) {
        self.served.retain(|served| served != person);
    }
}

/// Where the song is that comes next. Those who never had a turn are before all others; of several, who asked first.
fn first(waiting: &[&Entry], served: &[PersonId]) -> Option<usize> {
    let turn = |entry: &Entry| served.iter().position(|person| *person == entry.by);
    let person = &waiting.iter().min_by_key(|entry| (turn(entry), entry.at, &entry.id))?.by;
    let own = waiting.iter().enumerate().filter(|(_, entry)| entry.by == *person);
    own.min_by_key(|(_, entry)| (Reverse(entry.ups.count()), entry.at, &entry.id)).map(|(place, _)| place)
}

/// Somebody has a turn. Whoever is forgotten for the bound had theirs the longest ago, and stays before the others.
fn serve(served: &mut Vec<PersonId>, person: &PersonId) {
    served.retain(|known| known != person);
    served.push(person.clone());
    if served.len() > MOST_PRESENT {
        served.remove(0);
    }
}
