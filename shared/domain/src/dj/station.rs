//! The station: what plays, what waits, who is there. One item of the table, so everything in it is bounded: by numbers here, and by bytes
//! where a text is taken in (a test holds a full one below the 400 KB of an item).

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::chart::Counted;
use super::quiet::QuietHours;
use super::song::Song;
use super::steer::Steering;
use super::track::{Track, TrackKey};
use super::votes::Votes;
use crate::dj::player::{PlayerStatus, Sound};
use crate::ids::{ChannelId, EventKey, PersonId, code};

/// So many songs wait at most.
pub const MOST_WAITING: usize = 50;
/// So many that were played are remembered.
pub const MOST_RECENT: usize = 50;
/// So many people who are there are remembered, and so many who have had a turn; more than can wait.
pub const MOST_PRESENT: usize = 100;
/// So many songs may be banned.
pub const MOST_BANNED: usize = 100;
/// So many wishes wait for the player.
pub const MOST_WISHES: usize = 20;
/// So many wishes wait for a pick.
pub const MOST_PICKS: usize = 6;
/// So many votes for messages that aren't songs yet are remembered, and so many songs and messages that were taken back.
pub const MOST_EARLY: usize = 40;
/// So many songs are remembered that can't be asked for again yet: as many as are played in a day, the longest time a catalog may say.
pub const MOST_LATELY: usize = 480;
/// Nothing is remembered of when a song was played for longer than that.
pub const LATELY: SignedDuration = SignedDuration::from_hours(24);
/// Who did something within that time is there.
pub const PRESENT_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Names a song in the queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(String);

impl EntryId {
    /// Derives it from the event that asked for the song, so that a redelivery asks for the same one.
    pub fn derived_from(event: &EventKey) -> Self {
        Self(code(event.as_str(), 12))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for EntryId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// Rules of the room, from the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationRules {
    /// So many songs of one person wait at most.
    pub cap: usize,
    /// A song isn't played again within that time.
    pub repeat_after: SignedDuration,
    /// It gets no louder, in percent.
    pub largest_volume: u8,
    /// When nothing is played.
    pub quiet: Vec<QuietHours>,
    /// The zone of the quiet hours and of the chart's months.
    pub zone: TimeZone,
}

/// A DJ room's station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    /// The room.
    pub channel: ChannelId,
    /// What waits, in the order in which it was asked for; [`Station::in_turn`] is the order in which it is played.
    #[serde(default)]
    pub queue: Vec<Entry>,
    /// What plays, or is to play now.
    pub playing: Option<Playing>,
    /// What was played, the latest first.
    #[serde(default)]
    pub recent: Vec<Played>,
    /// When songs were heard in the last day, the latest first, each once; more of them than of [`Station::recent`], and less of each.
    #[serde(default)]
    pub lately: Vec<Lately>,
    /// Who is there, by what they did last, the latest first.
    #[serde(default)]
    pub present: Vec<Present>,
    /// Who has had a turn, the latest last.
    #[serde(default)]
    pub served: Vec<PersonId>,
    /// Songs that aren't played.
    #[serde(default)]
    pub banned: Vec<Banned>,
    /// How loud it should be; `None` while nobody has said.
    pub volume: Option<u8>,
    /// Who stopped it, and when.
    pub stopped: Option<Present>,
    /// How the player is.
    pub player: PlayerState,
    /// What the player said of itself last; `None` if it was never asked, or was lost since.
    pub seen: Option<PlayerStatus>,
    /// The errand by which the player is being steered, and what it was told last.
    #[serde(default)]
    pub steering: Steering,
    /// Wishes that wait for the player.
    #[serde(default)]
    pub wishes: Vec<Wish>,
    /// Wishes of which one of several is to be picked.
    #[serde(default)]
    pub picks: Vec<Pick>,
    /// Votes for messages that aren't songs yet.
    #[serde(default)]
    pub early: Vec<EarlyVote>,
    /// Songs that were taken out, and messages that were deleted: what is still under way for them comes to nothing.
    #[serde(default)]
    pub gone: Vec<String>,
    /// From silence to silence: names the message that tells what plays. It stays until the next one begins.
    pub session: Option<String>,
    /// It is silent: what plays next begins a session.
    #[serde(default)]
    pub idle: bool,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// A song that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Names it.
    pub id: EntryId,
    /// The track.
    pub track: Track,
    /// Who asked for it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Who else wants it.
    #[serde(default)]
    pub ups: Votes,
    /// The message that asked for it; reactions to it are votes.
    pub ts: Option<String>,
}

/// The song that plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playing {
    /// Which.
    pub entry: Entry,
    /// When it began, by what the player says; `None` while it is to begin.
    pub began_at: Option<Timestamp>,
    /// Who would rather hear the next.
    #[serde(default)]
    pub skips: Votes,
    /// It was cut off once and is played again; the second time it is over.
    #[serde(default)]
    pub again: bool,
}

/// A song that was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Played {
    /// What it was in the queue.
    pub id: EntryId,
    /// What song.
    pub key: TrackKey,
    /// As people call it.
    pub name: String,
    /// Who asked for it.
    pub by: PersonId,
    /// When it was over.
    pub at: Timestamp,
    /// How.
    pub how: HowOver,
}

/// When a song was heard last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lately {
    /// What song.
    pub key: TrackKey,
    /// When it was over.
    pub at: Timestamp,
}

/// How a song ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowOver {
    /// It was played to its end.
    Played,
    /// It was skipped.
    Skipped,
    /// The player couldn't play it.
    Failed,
}

/// Somebody at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A song that isn't played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banned {
    /// What song.
    pub key: TrackKey,
    /// As people call it.
    pub name: String,
    /// Who said so.
    pub by: PersonId,
}

/// How the player is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PlayerState {
    /// It answers, or was never asked.
    On,
    /// It doesn't.
    Off {
        /// Since when, as far as is known.
        since: Timestamp,
        /// What is known of why.
        why: String,
    },
}

/// A song that somebody asks for and that isn't found yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The entry that it becomes.
    pub entry: EntryId,
    /// Who.
    pub by: PersonId,
    /// Which song.
    pub song: Song,
    /// When.
    pub at: Timestamp,
    /// The message that asked for it, if it was posted.
    pub ts: Option<String>,
    /// It was looked for, and that took too long. The second time it isn't looked for again.
    #[serde(default)]
    pub slow: bool,
}

/// A wish of which one of several is to be picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The wish.
    pub wish: Wish,
    /// What to pick from.
    pub tracks: Vec<Track>,
}

/// A vote for a message that isn't a song yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyVote {
    /// The message.
    pub ts: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Whether they are for it, or no longer.
    pub up: bool,
}

/// What follows from a decision, beside the station itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Tell the room.
    Say(Note),
    /// Count it in the chart.
    Count(Counted),
    /// Look for the song that somebody asked for while the player was off.
    Search(Wish),
}

/// What the room is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The player couldn't play a song, which is skipped.
    Failed {
        /// Which.
        entry: Entry,
        /// What the player says.
        why: String,
    },
    /// A song was skipped.
    Skipped {
        /// Which.
        entry: Entry,
        /// By whom.
        by: SkippedBy,
    },
    /// A song that waited was banned.
    Banned {
        /// Which.
        entry: Entry,
        /// By whom.
        by: PersonId,
    },
    /// The player is off; songs wait.
    PlayerLost {
        /// What is known of why.
        why: String,
    },
    /// It is back.
    PlayerBack,
}

/// Who skipped a song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkippedBy {
    /// Who had asked for it.
    Requester,
    /// Somebody who may.
    Dj(PersonId),
    /// So many who were there.
    Votes(usize),
    /// Somebody who may, and it isn't to be played again.
    Ban(PersonId),
}

impl Station {
    /// A station that has never played anything.
    pub fn new(channel: ChannelId) -> Self {
        Self {
            channel,
            queue: Vec::new(),
            playing: None,
            recent: Vec::new(),
            lately: Vec::new(),
            present: Vec::new(),
            served: Vec::new(),
            banned: Vec::new(),
            volume: None,
            stopped: None,
            player: PlayerState::On,
            seen: None,
            steering: Steering::default(),
            wishes: Vec::new(),
            picks: Vec::new(),
            early: Vec::new(),
            gone: Vec::new(),
            session: None,
            idle: true,
            version: 0,
        }
    }

    /// Somebody did something here.
    pub fn saw(&mut self, person: &PersonId, now: Timestamp) {
        let at = self.present.iter().find(|known| known.person == *person).map_or(now, |known| known.at.max(now));
        self.present.retain(|known| known.person != *person && now.duration_since(known.at) < PRESENT_FOR);
        self.present.insert(0, Present { person: person.clone(), at });
        self.present.truncate(MOST_PRESENT);
    }

    /// How many people are there.
    pub fn present_at(&self, now: Timestamp) -> usize {
        self.present.iter().filter(|known| now.duration_since(known.at) < PRESENT_FOR).count()
    }

    /// Whether it is to be silent now.
    pub fn is_silenced(&self, rules: &StationRules, now: Timestamp) -> bool {
        self.stopped.is_some() || super::quiet::holds(rules, now)
    }

    /// Whether the player makes a sound, as far as is known.
    pub fn is_heard(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.sound == Sound::Playing)
    }

    /// Whether the player is off, as far as is known.
    pub fn is_off(&self) -> bool {
        matches!(self.player, PlayerState::Off { .. })
    }

    /// How many seconds of the song have been heard; `None` while it is to begin.
    pub fn elapsed(&self, now: Timestamp) -> Option<u32> {
        let began = self.playing.as_ref()?.began_at?;
        let elapsed = match &self.seen {
            Some(seen) if seen.sound != Sound::Playing => seen.elapsed_seconds,
            _ => u32::try_from(now.duration_since(began).as_secs().max(0)).unwrap_or(u32::MAX),
        };
        Some(self.playing.as_ref()?.entry.track.seconds.map_or(elapsed, |seconds| elapsed.min(seconds)))
    }
}
