//! What people do with what waits and plays: vote, skip, ban, make it louder, stop it.

use jiff::Timestamp;

use super::refusal::Refusal;
use super::station::{
    Banned, EarlyVote, Effect, Entry, EntryId, HowOver, MOST_BANNED, MOST_EARLY, Note, Present, SkippedBy, Station, StationRules,
};
use super::track::{Track, shown, words};
use super::votes::needed_to_skip;
use crate::ids::PersonId;

/// A wish for loudness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// So many percent.
    To(u8),
    /// So many percent more, or less.
    By(i8),
}

/// What came of a vote to skip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// It is skipped.
    Skipped(Vec<Effect>),
    /// It plays on; so many want it skipped, and so many are needed.
    Voted {
        /// How many.
        votes: usize,
        /// Of how many.
        needed: usize,
    },
}

impl Station {
    /// Somebody wants a song that waits or plays, or no longer does. Returns whether that is news.
    pub fn up(&mut self, id: &EntryId, person: &PersonId, up: bool, at: Timestamp) -> Result<bool, Refusal> {
        let playing = self.playing.as_mut().map(|playing| &mut playing.entry);
        let entry = self.queue.iter_mut().chain(playing).find(|entry| entry.id == *id).ok_or(Refusal::Gone)?;
        if entry.by == *person {
            return Err(Refusal::Own);
        }
        Ok(entry.ups.cast(person, up, at))
    }

    /// Somebody reacts to a message. It may ask for a song that isn't found yet: such votes are kept, bounded.
    pub fn up_message(&mut self, ts: &str, person: &PersonId, up: bool, at: Timestamp) -> bool {
        let playing = self.playing.as_ref().map(|playing| &playing.entry);
        let entry = self.queue.iter().chain(playing).find(|entry| entry.ts.as_deref() == Some(ts)).map(|entry| entry.id.clone());
        if let Some(id) = entry {
            return self.up(&id, person, up, at).unwrap_or(false);
        }
        if let Some(known) = self.early.iter_mut().find(|vote| vote.ts == ts && vote.by == *person) {
            if (at, !up) > (known.at, !known.up) {
                (known.at, known.up) = (at, up);
            }
        } else {
            self.early.insert(0, EarlyVote { ts: ts.to_owned(), by: person.clone(), at, up });
            self.early.truncate(MOST_EARLY);
        }
        false
    }

    /// Somebody wants what plays to be skipped. `id` is the song they mean, if they pressed a button: that may be over by now.
    ///
    /// Who asked for it and a DJ skip at once. Else [`needed_to_skip`] says how many votes it takes; somebody who votes is there.
    pub fn skip(
        &mut self,
        id: Option<&EntryId>,
        person: &PersonId,
        is_dj: bool,
        at: Timestamp,
        rules: &StationRules,
        now: Timestamp,
    ) -> Result<Skip, Refusal> {
        self.saw(person, now);
        let present = self.present_at(now);
        let playing = self.playing.as_mut().ok_or(if id.is_some() { Refusal::Over } else { Refusal::Silence })?;
        if id.is_some_and(|id| *id != playing.entry.id) {
            return Err(Refusal::Over);
        }
        if playing.entry.by == *person {
            return Ok(Skip::Skipped(self.leave(SkippedBy::Requester, rules, now)));
        }
        if is_dj {
            return Ok(Skip::Skipped(self.leave(SkippedBy::Dj(person.clone()), rules, now)));
        }
        if playing.skips.has(person) {
            return Err(Refusal::Voted);
        }
        playing.skips.cast(person, true, at);
        let (votes, needed) = (playing.skips.count(), needed_to_skip(present));
        if votes < needed {
            return Ok(Skip::Voted { votes, needed });
        }
        Ok(Skip::Skipped(self.leave(SkippedBy::Votes(votes), rules, now)))
    }

    /// What somebody means who said at a moment that they mean what plays. What they said may be worked off late: the song may be over by then.
    pub fn meant_by(&self, at: Timestamp) -> Result<&Entry, Refusal> {
        let playing = self.playing.as_ref().ok_or(Refusal::Silence)?;
        // A song goes on from where it was made silent, as if it had begun later; and what was over last may be a song that was to come.
        let was_before = |moment: Option<Timestamp>| moment.is_some_and(|moment| at < moment);
        let (over, began) = (self.recent.first().map(|last| last.at), playing.began_at);
        if was_before(over) && (began.is_none() || was_before(began)) {
            return Err(Refusal::Over);
        }
        Ok(&playing.entry)
    }

    /// Somebody takes their vote to skip back. Returns whether that is news.
    pub fn keep(&mut self, id: &EntryId, person: &PersonId, at: Timestamp) -> bool {
        self.playing.as_mut().filter(|playing| playing.entry.id == *id).is_some_and(|playing| playing.skips.cast(person, false, at))
    }

    /// How many votes want what plays to be skipped, and how many are needed; `None` while nothing plays.
    pub fn skip_votes(&self, now: Timestamp) -> Option<(usize, usize)> {
        Some((self.playing.as_ref()?.skips.count(), needed_to_skip(self.present_at(now))))
    }

    /// A DJ bans a song that waits or plays. It is out at once.
    pub fn ban(&mut self, id: &EntryId, dj: &PersonId, rules: &StationRules, now: Timestamp) -> Result<(Track, Vec<Effect>), Refusal> {
        let playing = self.playing.as_ref().map(|playing| &playing.entry);
        let entry = self.queue.iter().chain(playing).find(|entry| entry.id == *id).cloned().ok_or(Refusal::Gone)?;
        let (key, track) = (entry.track.key(), entry.track.clone());
        if self.banned.iter().any(|banned| banned.key == key) {
            return Err(Refusal::BannedAlready);
        }
        if self.banned.len() >= MOST_BANNED {
            return Err(Refusal::BannedFull);
        }
        self.banned.push(Banned { key, name: shown(&track.name()), by: dj.clone() });
        if self.queue.iter().any(|known| known.id == *id) {
            self.queue.retain(|known| known.id != *id);
            self.forget(id.as_str());
            return Ok((track, vec![Effect::Say(Note::Banned { entry, by: dj.clone() })]));
        }
        Ok((track, self.leave(SkippedBy::Ban(dj.clone()), rules, now)))
    }

    /// A DJ lets a banned song be asked for again, named by words of its artist and title.
    pub fn unban(&mut self, said: &str) -> Result<Banned, Refusal> {
        let said = words(said);
        let fits = |banned: &Banned| {
            let name = words(&banned.name);
            !said.is_empty() && said.iter().all(|word| name.contains(word))
        };
        let fitting: Vec<usize> = (0..self.banned.len()).filter(|place| self.banned.get(*place).is_some_and(fits)).collect();
        // A name that is said in full is meant, though longer ones have the same words.
        let in_full = fitting.iter().copied().find(|place| self.banned.get(*place).is_some_and(|banned| words(&banned.name) == said));
        match (in_full, fitting.as_slice()) {
            (Some(place), _) | (None, &[place]) => Ok(self.banned.remove(place)),
            (None, []) => Err(Refusal::NotBanned),
            (None, several) => Err(Refusal::SeveralBanned(
                several.iter().filter_map(|place| self.banned.get(*place)).take(5).map(|banned| banned.name.clone()).collect(),
            )),
        }
    }

    /// How loud it is, as far as is known or wished for, 0 to 100.
    pub fn loudness(&self) -> Option<u8> {
        self.volume.or_else(|| self.seen.as_ref()?.volume)
    }

    /// A DJ makes it louder or softer. Returns how loud it is to be. A step stops at the largest; a number above it is refused.
    pub fn set_volume(&mut self, wish: Loudness, rules: &StationRules) -> Result<u8, Refusal> {
        let percent = match wish {
            Loudness::To(percent) if percent > rules.largest_volume => return Err(Refusal::TooLoud(rules.largest_volume)),
            Loudness::To(percent) => percent,
            Loudness::By(by) => {
                let now = self.loudness().unwrap_or(rules.largest_volume);
                now.saturating_add_signed(by).min(rules.largest_volume)
            }
        };
        self.volume = Some(percent);
        Ok(percent)
    }

    /// A DJ makes it silent; songs wait.
    pub fn stop(&mut self, dj: &PersonId, rules: &StationRules, now: Timestamp) -> Result<(), Refusal> {
        if self.stopped.is_some() {
            return Err(Refusal::StoppedAlready);
        }
        self.stopped = Some(Present { person: dj.clone(), at: now });
        self.settle(rules, now);
        Ok(())
    }

    /// A DJ lets it go on. In quiet hours it goes on when they are over ([`super::quiet::until`]).
    pub fn resume(&mut self, rules: &StationRules, now: Timestamp) -> Result<(), Refusal> {
        self.stopped.take().ok_or(Refusal::NotStopped)?;
        self.settle(rules, now);
        Ok(())
    }

    /// What plays is skipped.
    fn leave(&mut self, by: SkippedBy, rules: &StationRules, now: Timestamp) -> Vec<Effect> {
        let Some(playing) = self.playing.take() else { return Vec::new() };
        let effects = vec![Effect::Say(Note::Skipped { entry: playing.entry.clone(), by })];
        self.remember(playing.entry, HowOver::Skipped, now);
        self.settle(rules, now);
        effects
    }
}
