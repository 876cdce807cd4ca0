//! A player as the document `dj` makes one of mpd: a list of which the first plays, and what was played leaves it.

use super::*;

pub struct FakePlayer {
    /// What plays or would, the current one first.
    pub list: Vec<Track>,
    pub sound: Sound,
    pub elapsed: u32,
    pub volume: Option<u8>,
    /// It knows volumes that are multiples of this only.
    pub step: u8,
    pub is_off: bool,
    /// Addresses that can't be played.
    pub broken: Vec<String>,
    pub error: Option<String>,
    /// The songs that were heard from their start, in order.
    pub heard: Vec<String>,
    /// What it was asked.
    pub asked: Vec<PlayerAsk>,
}

impl FakePlayer {
    pub fn new() -> Self {
        Self {
            list: Vec::new(),
            sound: Sound::Stopped,
            elapsed: 0,
            volume: Some(50),
            step: 1,
            is_off: false,
            broken: Vec::new(),
            error: None,
            heard: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Starts what is first, leaving out what can't be played.
    fn start(&mut self) {
        self.elapsed = 0;
        while self.list.first().is_some_and(|track| self.broken.contains(&track.uri)) {
            self.error = Some("Failed to decode".to_owned());
            self.list.remove(0);
        }
        self.sound = if self.list.is_empty() { Sound::Stopped } else { Sound::Playing };
        self.heard.extend(self.list.first().map(|track| track.title.clone()));
    }

    /// Time passes.
    pub fn passes(&mut self, mut seconds: u32) {
        while self.sound == Sound::Playing && !self.is_off {
            let left = self.list[0].seconds.unwrap_or(u32::MAX) - self.elapsed;
            if seconds < left {
                self.elapsed += seconds;
                return;
            }
            seconds -= left;
            self.list.remove(0);
            self.start();
        }
    }

    /// It dies, and what it played is lost.
    pub fn dies(&mut self) {
        self.is_off = true;
        self.list.clear();
        self.sound = Sound::Stopped;
        self.elapsed = 0;
    }

    pub fn status(&self) -> PlayerStatus {
        let stopped = self.sound == Sound::Stopped;
        PlayerStatus {
            sound: self.sound,
            current: self.list.first().filter(|_| !stopped).cloned(),
            next: self.list.get(usize::from(!stopped)).cloned(),
            elapsed_seconds: self.elapsed,
            volume: self.volume,
            error: self.error.clone(),
        }
    }

    pub fn does(&mut self, ask: &PlayerAsk) -> PlayerAnswer {
        if self.is_off {
            return PlayerAnswer::Off { why: "connection refused".to_owned() };
        }
        self.asked.push(ask.clone());
        match ask {
            PlayerAsk::Search { .. } => return PlayerAnswer::Found { fit: Fit::All, tracks: Vec::new() },
            PlayerAsk::Play { uri } => {
                self.error = None;
                self.list = vec![track(uri.trim_end_matches(".flac"))];
                self.start();
            }
            PlayerAsk::Enqueue { uri } => {
                self.list.truncate(usize::from(self.sound != Sound::Stopped));
                self.list.push(track(uri.trim_end_matches(".flac")));
            }
            PlayerAsk::Next if self.sound != Sound::Stopped => {
                self.list.remove(0);
                self.start();
            }
            PlayerAsk::Stop if self.sound == Sound::Playing => self.sound = Sound::Paused,
            PlayerAsk::Resume if self.sound == Sound::Paused => self.sound = Sound::Playing,
            PlayerAsk::Volume { percent } => {
                if self.volume.is_none() {
                    return PlayerAnswer::Refused { why: "problems setting volume".to_owned() };
                }
                self.volume = Some(percent / self.step * self.step);
            }
            _ => {}
        }
        PlayerAnswer::Status(self.status())
    }
}

/// The station steers the player until it wants nothing more. Fails if that takes for ever.
pub fn steer(station: &mut Station, player: &mut FakePlayer, rules: &StationRules, second: i64) -> Vec<Effect> {
    let mut effects = Vec::new();
    for turn in 0..100 {
        let Some(ask) = station.next_ask(rules, at(second)) else { return effects };
        let errand = ErrandId::from(format!("{second}/{turn}").as_str());
        station.steered(errand.clone(), ask.clone(), at(second));
        assert_eq!(station.next_ask(rules, at(second)), None, "one errand at a time");
        effects.extend(station.answered(&errand, &player.does(&ask), rules, at(second)));
    }
    panic!("the player is asked without an end: {:?}", player.asked);
}

/// It is time to look, and then the station steers.
pub fn look(station: &mut Station, player: &mut FakePlayer, rules: &StationRules, second: i64) -> Vec<Effect> {
    station.look(rules, at(second));
    steer(station, player, rules, second)
}
