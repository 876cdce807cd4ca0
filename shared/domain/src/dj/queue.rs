//! What is asked for, found, picked, taken back: how songs get into the queue and out of it again.

use jiff::Timestamp;

use super::refusal::Refusal;
use super::station::{
    EarlyVote, Entry, EntryId, HowOver, MOST_EARLY, MOST_PICKS, MOST_WAITING, MOST_WISHES, Pick, Station, StationRules, Wish,
};
use super::track::{Track, TrackKey};
use crate::ids::PersonId;

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// Nothing else played: it is its turn at once.
    Now,
    /// It waits, in that place of the order, from 1.
    Waits(usize),
    /// The song waited already: the request is a vote for that one.
    Vote(EntryId),
    /// That very request was taken in before.
    Known,
}

/// What a deleted message had asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawn {
    /// Its song waited, and is out.
    Entry(Box<Entry>),
    /// It wasn't found yet, and won't be looked for.
    Wish(Box<Wish>),
    /// Nothing, or what plays already.
    Nothing,
}

impl Station {
    /// Somebody asks for a track. A song is in the queue once: asking for one that waits is a vote for it.
    pub fn request(&mut self, wish: &Wish, track: Track, rules: &StationRules, now: Timestamp) -> Result<Requested, Refusal> {
        let key = track.key();
        if self.knows(&wish.entry) {
            return Ok(Requested::Known);
        }
        self.is_wanted(wish)?;
        self.may_be_played(&key, rules, now)?;
        if let Some(known) = self.queue.iter_mut().find(|known| known.track.key() == key) {
            if known.by != wish.by {
                known.ups.cast(&wish.by, true, wish.at);
            }
            return Ok(Requested::Vote(known.id.clone()));
        }
        if self.queue.iter().filter(|known| known.by == wish.by).count() >= rules.cap {
            return Err(Refusal::Cap(rules.cap));
        }
        if self.queue.len() >= MOST_WAITING {
            return Err(Refusal::Full);
        }
        let mut entry =
            Entry { id: wish.entry.clone(), track, by: wish.by.clone(), at: wish.at, ups: super::Votes::default(), ts: wish.ts.clone() };
        let (early, others) = std::mem::take(&mut self.early).into_iter().partition(|vote: &EarlyVote| Some(&vote.ts) == entry.ts.as_ref());
        self.early = others;
        for vote in early.iter().filter(|vote| vote.by != entry.by) {
            entry.ups.cast(&vote.by, vote.up, vote.at);
        }
        self.queue.push(entry);
        self.settle(rules, now);
        Ok(self.place_of(&wish.entry).map_or(Requested::Now, Requested::Waits))
    }

    /// Somebody takes a song out of the queue: one of their own, or as a DJ any.
    pub fn remove(&mut self, id: &EntryId, person: &PersonId, is_dj: bool) -> Result<Entry, Refusal> {
        let place = self.queue.iter().position(|entry| entry.id == *id).ok_or(Refusal::Gone)?;
        if !is_dj && self.queue.get(place).is_some_and(|entry| entry.by != *person) {
            return Err(Refusal::NotYours);
        }
        let entry = self.queue.remove(place);
        self.forget(entry.id.as_str());
        Ok(entry)
    }

    /// The message that asked for a song was deleted. What is still under way for it comes to nothing.
    pub fn withdraw(&mut self, ts: &str) -> Withdrawn {
        self.early.retain(|vote| vote.ts != ts);
        self.forget(ts);
        if let Some(place) = self.queue.iter().position(|entry| entry.ts.as_deref() == Some(ts)) {
            return Withdrawn::Entry(Box::new(self.queue.remove(place)));
        }
        if let Some(place) = self.wishes.iter().position(|wish| wish.ts.as_deref() == Some(ts)) {
            return Withdrawn::Wish(Box::new(self.wishes.remove(place)));
        }
        if let Some(place) = self.picks.iter().position(|pick| pick.wish.ts.as_deref() == Some(ts)) {
            return Withdrawn::Wish(Box::new(self.picks.remove(place).wish));
        }
        Withdrawn::Nothing
    }

    /// A wish waits until the player is back. Once, however often it is said.
    pub fn wait(&mut self, wish: Wish) -> Result<(), Refusal> {
        if self.knows(&wish.entry) || self.wishes.iter().any(|known| known.entry == wish.entry) {
            return Ok(());
        }
        self.is_wanted(&wish)?;
        if self.wishes.len() >= MOST_WISHES {
            return Err(Refusal::TooManyWishes);
        }
        self.wishes.push(wish);
        Ok(())
    }

    /// Several tracks fit: one is to be picked. What waits longest for a pick makes room.
    pub fn offer(&mut self, wish: Wish, mut tracks: Vec<Track>) -> Result<(), Refusal> {
        if self.knows(&wish.entry) {
            return Ok(());
        }
        self.is_wanted(&wish)?;
        tracks.truncate(super::matching::MOST_OFFERED);
        self.picks.retain(|known| known.wish.entry != wish.entry);
        if self.picks.len() >= MOST_PICKS {
            self.picks.remove(0);
        }
        self.picks.push(Pick { wish, tracks });
        Ok(())
    }

    /// Who asked picks a track, from 1. The choice stays open if the track is refused, for another pick.
    pub fn pick(
        &mut self,
        id: &EntryId,
        place: usize,
        person: &PersonId,
        rules: &StationRules,
        now: Timestamp,
    ) -> Result<(Track, Requested), Refusal> {
        let pick = self.picks.iter().find(|pick| pick.wish.entry == *id).cloned().ok_or(Refusal::NoPick)?;
        if pick.wish.by != *person {
            return Err(Refusal::NotYours);
        }
        let track = place.checked_sub(1).and_then(|place| pick.tracks.get(place)).ok_or(Refusal::NotOffered(pick.tracks.len()))?;
        let requested = self.request(&pick.wish, track.clone(), rules, now)?;
        self.picks.retain(|known| known.wish.entry != *id);
        Ok((track.clone(), requested))
    }

    /// Why a song can't be played now, if it can't.
    fn may_be_played(&self, key: &TrackKey, rules: &StationRules, now: Timestamp) -> Result<(), Refusal> {
        if self.banned.iter().any(|banned| banned.key == *key) {
            return Err(Refusal::Banned);
        }
        if self.playing.as_ref().is_some_and(|playing| playing.entry.track.key() == *key) {
            return Err(Refusal::PlaysNow);
        }
        // A station that was written by an older release knows the recent ones only.
        let recent = self.recent.iter().filter(|played| played.how != HowOver::Failed).map(|played| (&played.key, played.at));
        let lately = self.lately.iter().map(|known| (&known.key, known.at)).chain(recent).filter(|(known, _)| *known == key);
        let lately = lately.map(|(_, at)| now.duration_since(at)).min().filter(|ago| *ago < rules.repeat_after);
        lately.map_or(Ok(()), |ago| {
            let again = rules.repeat_after - ago;
            Err(Refusal::Lately { ago: ago.as_mins().max(0), again: (again.as_secs() + 59).div_euclid(60) })
        })
    }

    /// Whether a request was taken in before: it waits, plays, or was played.
    pub(super) fn knows(&self, id: &EntryId) -> bool {
        self.queue.iter().any(|entry| entry.id == *id)
            || self.playing.as_ref().is_some_and(|playing| playing.entry.id == *id)
            || self.recent.iter().any(|played| played.id == *id)
    }

    /// Whether what asked for it is still there.
    fn is_wanted(&self, wish: &Wish) -> Result<(), Refusal> {
        let is_gone = self.gone.iter().any(|gone| gone == wish.entry.as_str() || Some(gone) == wish.ts.as_ref());
        if is_gone { Err(Refusal::TakenBack) } else { Ok(()) }
    }

    /// A song or a message isn't there any more.
    pub(super) fn forget(&mut self, gone: &str) {
        if !self.gone.iter().any(|known| known == gone) {
            self.gone.insert(0, gone.to_owned());
            self.gone.truncate(MOST_EARLY);
        }
    }
}
