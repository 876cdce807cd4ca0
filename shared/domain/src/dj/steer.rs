//! How the player is made to follow the station, one errand at a time: what it says is taken in, and the first difference to what the station
//! wants is what it is asked next. So a lost answer, a restart of the player or somebody at its keys all end in the same way.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::errand::ErrandId;
use super::player::{PlayerAsk, Sound};
use super::quiet;
use super::station::{PlayerState, Station, StationRules};
use super::track::Track;

/// The same thing isn't asked of a player in the same situation again before that time: it may have rounded a volume, or not be able to.
pub const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How often a stream, whose end nobody knows, is looked at.
pub const LOOK_AT_STREAMS_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// A song that plays on past its end by its tags is looked at that often at most.
pub const LOOK_AT_OVERRUN_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// A player that is off is looked at that often at most, and at least.
pub const LOOK_AT_LOST_AFTER: (SignedDuration, SignedDuration) = (SignedDuration::from_mins(1), SignedDuration::from_mins(10));

/// So many addresses that the player was given are remembered: what plays, and what it was to go on to, should an answer have been lost.
const MOST_GIVEN: usize = 3;

/// How the player is being steered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steering {
    /// The errand that is under way; `None` if none is.
    pub errand: Option<ErrandId>,
    /// What the player was told and hasn't done yet, as far as is known: of each kind the latest, the latest of all last.
    #[serde(default)]
    pub told: Vec<Told>,
    /// It is time to look at the player, whatever is known of it.
    #[serde(default)]
    pub look: bool,
    /// The addresses that the player was given to play or to go on to, the latest last: what was taken out since may still be in its list.
    #[serde(default)]
    pub given: Vec<String>,
    /// The look that is planned: none other is while it is ahead. One that was planned before it, and not for that moment, is dropped.
    #[serde(default)]
    pub planned: Option<Timestamp>,
}

/// Something that a player was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What.
    pub ask: PlayerAsk,
    /// In which situation: the address of the track it was at.
    pub during: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Station {
    /// What to ask of the player next; `None` if an errand is under way, if there is nothing to ask, or if the player is off, which is looked at
    /// in its time ([`Station::next_look`]).
    pub fn next_ask(&self, rules: &StationRules, now: Timestamp) -> Option<PlayerAsk> {
        if self.steering.errand.is_some() {
            return None;
        }
        if self.steering.look {
            return Some(PlayerAsk::Status);
        }
        if self.is_off() {
            return None;
        }
        let was_told = |ask: &PlayerAsk| {
            let mut told = self.steering.told.iter().filter(|told| told.ask == *ask && told.during == self.heard_uri());
            *ask != PlayerAsk::Status && told.any(|told| now.duration_since(told.at) < ASK_AGAIN_AFTER)
        };
        self.differences(rules, now).into_iter().find(|ask| !was_told(ask))
    }

    /// An errand is on its way to the player.
    pub fn steered(&mut self, errand: ErrandId, ask: PlayerAsk, now: Timestamp) {
        if let PlayerAsk::Play { uri } | PlayerAsk::Enqueue { uri } = &ask {
            self.steering.given.retain(|known| known != uri);
            self.steering.given.push(uri.clone());
            let too_many = self.steering.given.len().saturating_sub(MOST_GIVEN);
            self.steering.given.drain(..too_many);
        }
        let told = Told { ask, during: self.heard_uri(), at: now };
        self.steering.told.retain(|known| std::mem::discriminant(&known.ask) != std::mem::discriminant(&told.ask));
        self.steering.told.push(told);
        (self.steering.errand, self.steering.look) = (Some(errand), false);
    }

    /// What the player was told and what it now does is no longer held against asking it again.
    pub(super) fn obeyed(&mut self, rules: &StationRules, now: Timestamp) {
        let open = self.differences(rules, now);
        self.steering.told.retain(|told| open.contains(&told.ask));
    }

    /// It is time to look at the player ([`Station::next_look`]): [`Station::next_ask`] asks for its status then. `false` if there is nothing to
    /// see, or an errand is under way, whose answer tells the same.
    pub fn look(&mut self, rules: &StationRules, now: Timestamp) -> bool {
        self.settle(rules, now);
        self.steering.look = self.steering.errand.is_none() && self.next_look(rules, now).is_some();
        self.steering.look
    }

    /// What the player says differs from what the station wants in that, the most urgent first.
    fn differences(&self, rules: &StationRules, now: Timestamp) -> Vec<PlayerAsk> {
        let Some(seen) = &self.seen else {
            // Nothing is asked of a player from which nothing is wanted.
            let is_wanted = self.playing.is_some() || self.volume.is_some() || !self.queue.is_empty();
            return is_wanted.then_some(PlayerAsk::Status).into_iter().collect();
        };
        if self.is_silenced(rules, now) {
            return (seen.sound == Sound::Playing).then_some(PlayerAsk::Stop).into_iter().collect();
        }
        let mut asks = Vec::new();
        let wanted = self.volume.or(seen.volume).map(|volume| volume.min(rules.largest_volume));
        // Before the song: it shouldn't begin too loud.
        if let Some(percent) = wanted.filter(|_| seen.volume.is_some() && seen.volume != wanted) {
            asks.push(PlayerAsk::Volume { percent });
        }
        let Some(playing) = &self.playing else {
            // What was skipped with nothing after it has to end, and so has what was taken out after the player had been given it. Anything else
            // was put on by somebody at the machine.
            let was_left = |current: &Track| {
                self.recent.first().is_some_and(|left| left.key == current.key()) || self.steering.given.contains(&current.uri)
            };
            let is_left = seen.sound == Sound::Playing && seen.current.as_ref().is_some_and(was_left);
            asks.extend(is_left.then_some(PlayerAsk::Next));
            return asks;
        };
        let uri = playing.entry.track.uri.as_str();
        let is_current = seen.current.as_ref().is_some_and(|track| track.uri == uri);
        if !is_current || seen.sound == Sound::Stopped || playing.began_at.is_none() {
            asks.push(PlayerAsk::Play { uri: uri.to_owned() });
            return asks;
        }
        asks.extend((seen.sound == Sound::Paused).then_some(PlayerAsk::Resume));
        if let Some(next) = self.next_up().map(|entry| entry.track.uri.as_str())
            && seen.next.as_ref().is_none_or(|track| track.uri != next)
        {
            asks.push(PlayerAsk::Enqueue { uri: next.to_owned() });
        }
        asks
    }

    /// Plans the next look, at a moment at which the station is looked at anyway. `false` if one is planned that is ahead and no later.
    pub fn plan_look(&mut self, at: Timestamp, now: Timestamp) -> bool {
        if self.steering.planned.is_some_and(|planned| now < planned && planned <= at) {
            return false;
        }
        self.steering.planned = Some(at);
        true
    }

    /// The moment of a look has come. `false` if it isn't the one that is planned: another has taken its place.
    pub fn look_has_come(&mut self, at: Timestamp) -> bool {
        // A station that was written by an older release knows of no plan.
        let is_planned = self.steering.planned.is_none_or(|planned| planned == at);
        if is_planned {
            self.steering.planned = None;
        }
        is_planned
    }

    /// The address of the track that the player was at last.
    fn heard_uri(&self) -> Option<String> {
        Some(self.seen.as_ref()?.current.as_ref()?.uri.clone())
    }

    /// When the player is to be looked at (asked for its status) if nothing happens before; `None` if there is nothing to see.
    pub fn next_look(&self, rules: &StationRules, now: Timestamp) -> Option<Timestamp> {
        let after = |moment: Timestamp, time: SignedDuration| moment.saturating_add(time).unwrap_or(moment);
        if let PlayerState::Off { since, .. } = &self.player {
            // The longer it is off, the less often; and once nothing waits for it, only for as long as it may still play what was skipped.
            let (least, most) = LOOK_AT_LOST_AFTER;
            let is_wanted = self.playing.is_some() || !self.queue.is_empty() || !self.wishes.is_empty();
            if !is_wanted && now.duration_since(*since) >= most {
                return None;
            }
            return Some(after(now, (now.duration_since(*since) / 4).clamp(least, most)));
        }
        let mut moments = Vec::new();
        if self.playing.is_some() || !self.queue.is_empty() {
            moments.extend(quiet::next_change(rules, now));
        }
        if self.is_silenced(rules, now) {
            // It should have been silent by then.
            moments.extend(self.is_heard().then(|| after(now, ASK_AGAIN_AFTER)));
        } else if let Some(playing) = &self.playing {
            let end = playing.began_at.filter(|_| self.is_heard()).zip(playing.entry.track.seconds);
            moments.push(match end {
                Some((began, seconds)) => {
                    let end = after(began, SignedDuration::from_secs(i64::from(seconds) + 1));
                    // Longer than its tags say: nobody knows when it ends.
                    let overrun = now.duration_since(end);
                    if overrun.is_negative() { end } else { after(now, (overrun / 4).max(LOOK_AT_OVERRUN_AFTER)) }
                }
                None if self.is_heard() && playing.began_at.is_some() => after(now, LOOK_AT_STREAMS_AFTER),
                None => after(now, ASK_AGAIN_AFTER),
            });
        }
        // A look that is due already is made in a moment, not in none.
        moments.into_iter().min().map(|moment| moment.max(after(now, SignedDuration::from_secs(2))))
    }
}
