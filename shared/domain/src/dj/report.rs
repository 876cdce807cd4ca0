//! What follows from what the player says: a song begins, is over, can't be played; the player is off, or back.

use jiff::{SignedDuration, Timestamp};

use super::chart::{Counted, Month};
use super::errand::ErrandId;
use super::player::{PlayerAnswer, PlayerAsk, PlayerStatus, Sound};
use super::refusal::Refusal;
use super::station::{
    Effect, Entry, EntryId, HowOver, LATELY, Lately, MOST_LATELY, MOST_RECENT, Note, Played, PlayerState, Playing, Station, StationRules,
    Wish,
};
use super::track::{cut, shown};
use super::votes::Votes;

/// A song that ends so many seconds before its end by its tags is at its end: tags are rounded, and encoders pad.
pub const ENDS_WITHIN: i64 = 10;
/// What a player says is cut there, in bytes.
pub const LONGEST_REASON: usize = 300;

impl Station {
    /// The errand by which the player is steered has its answer. An errand that isn't the one under way changes nothing, so an answer counts once.
    pub fn answered(&mut self, errand: &ErrandId, answer: &PlayerAnswer, rules: &StationRules, now: Timestamp) -> Vec<Effect> {
        if self.steering.errand.as_ref() != Some(errand) {
            return Vec::new();
        }
        self.steering.errand = None;
        let ask = self.steering.told.last().map_or(PlayerAsk::Status, |told| told.ask.clone());
        let effects = match answer {
            PlayerAnswer::Off { why } => self.player_lost(why, now),
            PlayerAnswer::Found { .. } => self.player_back(rules, now),
            PlayerAnswer::Refused { why } => self.refused(&ask, why, rules, now),
            PlayerAnswer::Status(status) => self.reported(&ask, status, rules, now),
        };
        self.settle(rules, now);
        self.obeyed(rules, now);
        effects
    }

    /// The errand under way got no answer in its time: the player is off.
    pub fn unanswered(&mut self, errand: &ErrandId, now: Timestamp) -> Vec<Effect> {
        if self.steering.errand.as_ref() == Some(errand) { self.player_lost("it doesn't answer", now) } else { Vec::new() }
    }

    /// The player is off. Songs wait; the room is told once.
    pub fn player_lost(&mut self, why: &str, now: Timestamp) -> Vec<Effect> {
        self.steering.errand = None;
        self.seen = None;
        if self.is_off() {
            return Vec::new();
        }
        let why = cut(why, LONGEST_REASON);
        self.player = PlayerState::Off { since: now, why: why.clone() };
        vec![Effect::Say(Note::PlayerLost { why })]
    }

    /// The player has answered something: what waited for that is looked for. If it was off, it goes on.
    pub fn player_back(&mut self, rules: &StationRules, now: Timestamp) -> Vec<Effect> {
        if !self.is_off() {
            return self.look_for_wishes();
        }
        self.player = PlayerState::On;
        // What the player was told before it was lost says nothing of how it is now.
        self.steering.told.clear();
        let mut effects = vec![Effect::Say(Note::PlayerBack)];
        effects.extend(self.look_for_wishes());
        self.settle(rules, now);
        effects
    }

    /// What waits for the player is looked for.
    fn look_for_wishes(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.wishes).into_iter().map(Effect::Search).collect()
    }

    /// A search got no answer in its time. That alone doesn't say that the player is off, while it may play: it is asked how it is, and the wish
    /// waits for that. `false` if it has waited so before.
    pub fn too_slow(&mut self, wish: &Wish) -> Result<bool, Refusal> {
        if wish.slow {
            return Ok(false);
        }
        self.wait(Wish { slow: true, ..wish.clone() })?;
        self.steering.look = self.steering.errand.is_none();
        Ok(true)
    }

    /// Gives the next song its turn, if none has it and nothing is against music. Every decision ends with this; it is to be called, too, when
    /// quiet hours begin or end.
    pub fn settle(&mut self, rules: &StationRules, now: Timestamp) {
        if self.is_silenced(rules, now) {
            self.idle = true;
            return;
        }
        if self.playing.is_none()
            && !self.is_off()
            && let Some(id) = self.next_up().map(|entry| entry.id.clone())
        {
            self.begin(&id, None);
        }
        if self.playing.is_none() {
            self.idle = true;
        } else if self.idle {
            self.idle = false;
            self.session = Some(now.as_millisecond().to_string());
        }
    }

    /// What the player says of itself.
    fn reported(&mut self, ask: &PlayerAsk, status: &PlayerStatus, rules: &StationRules, now: Timestamp) -> Vec<Effect> {
        let was_off = self.is_off();
        let mut effects = self.player_back(rules, now);
        let before = self.seen.replace(short(status));
        if let PlayerAsk::Volume { percent } = ask
            && self.volume == Some(*percent)
            && let Some(heard) = status.volume
        {
            // It may know a few steps only, and then this is what it made of it.
            self.volume = Some(heard.min(rules.largest_volume));
        }
        let began_at = now.saturating_sub(SignedDuration::from_secs(i64::from(status.elapsed_seconds))).unwrap_or(now);
        let Some(playing) = self.playing.as_mut() else { return effects };
        let current = status.current.as_ref().filter(|_| status.sound != Sound::Stopped).map(|track| track.uri.as_str());
        if current == Some(playing.entry.track.uri.as_str()) {
            playing.began_at = Some(began_at);
            return effects;
        }
        let Some(began) = playing.began_at else {
            if status.sound == Sound::Stopped && matches!(ask, PlayerAsk::Play { uri } if *uri == playing.entry.track.uri) {
                effects.extend(self.failed(status.error.as_deref().unwrap_or("it ended at once"), now));
            }
            return effects;
        };
        let went_on_to = current.and_then(|uri| self.queue.iter().find(|entry| entry.track.uri == uri)).map(|entry| entry.id.clone());
        if let Some(next) = went_on_to {
            effects.extend(self.over(rules, now));
            self.begin(&next, Some(began_at));
            return effects;
        }
        let ends = |began: Timestamp, seconds: Option<u32>| {
            let length = SignedDuration::from_secs(i64::from(seconds.unwrap_or(0)) - ENDS_WITHIN);
            began.saturating_add(length).unwrap_or(began)
        };
        let is_cut_off = was_off || now < ends(began, playing.entry.track.seconds);
        if is_cut_off && status.error.is_some() && status.sound == Sound::Stopped && !was_off {
            effects.extend(self.failed(status.error.as_deref().unwrap_or_default(), now));
        } else if is_cut_off && !playing.again {
            // The player was restarted, or somebody is at its keys. Once more from the start, but not for ever.
            (playing.began_at, playing.again) = (None, true);
        } else {
            let ended = ends(began, playing.entry.track.seconds);
            effects.extend(self.over(rules, now));
            effects.extend(self.unheard(before, ended, status, rules, now));
        }
        effects
    }

    /// Looked at very late, the player has played what it had been given as the next song, too.
    fn unheard(
        &mut self,
        before: Option<PlayerStatus>,
        ended: Timestamp,
        status: &PlayerStatus,
        rules: &StationRules,
        now: Timestamp,
    ) -> Vec<Effect> {
        let given = before.and_then(|before| before.next).map(|track| track.uri);
        let next = self.queue.iter().find(|entry| Some(&entry.track.uri) == given.as_ref());
        let Some((id, seconds)) = next.and_then(|entry| Some((entry.id.clone(), entry.track.seconds?))) else { return Vec::new() };
        let both = ended.saturating_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(now);
        if status.sound != Sound::Stopped || status.error.is_some() || now < both {
            return Vec::new();
        }
        self.begin(&id, None);
        self.over(rules, now)
    }

    /// The player doesn't do what it was asked.
    fn refused(&mut self, ask: &PlayerAsk, why: &str, rules: &StationRules, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.player_back(rules, now);
        match ask {
            PlayerAsk::Play { uri } if self.playing.as_ref().is_some_and(|playing| playing.entry.track.uri == *uri) => {
                effects.extend(self.failed(why, now));
                // Whether it still plays what came before isn't known.
                self.seen = None;
            }
            PlayerAsk::Enqueue { uri } => {
                if let Some(place) = self.queue.iter().position(|entry| entry.track.uri == *uri) {
                    let entry = self.queue.remove(place);
                    effects.push(Effect::Say(Note::Failed { entry: entry.clone(), why: cut(why, LONGEST_REASON) }));
                    self.remember(entry, HowOver::Failed, now);
                }
            }
            PlayerAsk::Volume { percent } if self.volume == Some(*percent) => self.volume = None,
            _ => {}
        }
        effects
    }

    /// What plays can't be played. Its asker's turn is given back.
    fn failed(&mut self, why: &str, now: Timestamp) -> Vec<Effect> {
        let Some(playing) = self.playing.take() else { return Vec::new() };
        self.give_back(&playing.entry.by);
        let note = Note::Failed { entry: playing.entry.clone(), why: cut(why, LONGEST_REASON) };
        self.remember(playing.entry, HowOver::Failed, now);
        vec![Effect::Say(note)]
    }

    /// What plays is over, and counts.
    fn over(&mut self, rules: &StationRules, now: Timestamp) -> Vec<Effect> {
        let Some(playing) = self.playing.take() else { return Vec::new() };
        let track = &playing.entry.track;
        let counted = Counted { month: Month::of(now, &rules.zone), key: track.key(), name: shown(&track.name()) };
        self.remember(playing.entry, HowOver::Played, now);
        vec![Effect::Count(counted)]
    }

    /// It is a song's turn.
    fn begin(&mut self, id: &EntryId, began_at: Option<Timestamp>) {
        if let Some(entry) = self.take(id) {
            self.playing = Some(Playing { entry, began_at, skips: Votes::default(), again: false });
        }
    }

    /// A song was played, in whatever way it ended.
    pub(super) fn remember(&mut self, entry: Entry, how: HowOver, now: Timestamp) {
        let (key, name) = (entry.track.key(), shown(&entry.track.name()));
        self.lately.retain(|known| now.duration_since(known.at) < LATELY);
        // What failed may be asked for again: somebody may have mended it.
        if how != HowOver::Failed {
            self.lately.retain(|known| known.key != key);
            self.lately.insert(0, Lately { key: key.clone(), at: now });
            self.lately.truncate(MOST_LATELY);
        }
        self.recent.insert(0, Played { id: entry.id, key, name, by: entry.by, at: now, how });
        self.recent.truncate(MOST_RECENT);
    }
}

/// A status without what is endless.
fn short(status: &PlayerStatus) -> PlayerStatus {
    PlayerStatus { error: status.error.as_deref().map(|error| cut(error, LONGEST_REASON)), ..status.clone() }
}
