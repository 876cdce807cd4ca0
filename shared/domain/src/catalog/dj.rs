//! The catalog's section on the DJ room.

use jiff::SignedDuration;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::TargetHosts;
use crate::bytes::Days;
use crate::dj::{QuietHours, StationRules};
use crate::ids::ChannelId;
use crate::monit::time_of_day;

/// The room in which songs are asked for, and what plays them. Who may skip, ban, turn up and stop has a role that grants `dj`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DjRules {
    /// The room. A player plays for one.
    pub room: ChannelId,
    /// What plays.
    pub player: PlayerRule,
    /// So many songs of one person wait at most.
    #[serde(default = "cap")]
    pub cap: u32,
    /// For so many minutes a song isn't played again; 0 for never minding.
    #[serde(default = "repeat_after_minutes")]
    pub repeat_after_minutes: u32,
    /// When nothing is played.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<QuietRule>,
    /// The IANA time zone of the quiet hours and of the chart's months, such as `Europe/Berlin`.
    #[serde(default = "zone")]
    pub zone: String,
    /// It gets no louder, in percent.
    #[serde(default = "largest_volume")]
    pub largest_volume: u8,
}

/// What plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlayerRule {
    /// Music Player Daemon on a host.
    Mpd {
        /// The host, by its tags: exactly one should have all of them, or every song is heard twice.
        hosts: TargetHosts,
    },
    /// A device of Spotify's.
    Spotify {
        /// The device's name as Spotify shows it; the one that is active if it isn't said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
        /// Where it stands, as ISO 3166-1 alpha-2 (`DE`): what isn't sold there can't be played there. The account's own country if it isn't
        /// said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        market: Option<String>,
    },
}

/// A stretch of a day in which nothing is played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietRule {
    /// From then, as clocks show it: `22:00`.
    pub from: String,
    /// Until then; earlier than `from` for a stretch over midnight, and the same for a whole day.
    pub to: String,
    /// On which days it begins; every day if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Days>,
}

fn cap() -> u32 {
    5
}

fn repeat_after_minutes() -> u32 {
    120
}

fn zone() -> String {
    "UTC".to_owned()
}

fn largest_volume() -> u8 {
    80
}

impl DjRules {
    /// As the station takes them. What the catalog's check refuses is left out: a zone or a time that is none.
    pub fn station(&self) -> StationRules {
        let quiet = self.quiet.iter().filter_map(|rule| {
            let (from, until) = (time_of_day(&rule.from).ok()?, time_of_day(&rule.to).ok()?);
            Some(QuietHours { from, until, days: rule.days.iter().flat_map(|days| weekdays(*days)).collect() })
        });
        StationRules {
            cap: usize::try_from(self.cap).unwrap_or(usize::MAX),
            repeat_after: SignedDuration::from_mins(i64::from(self.repeat_after_minutes)),
            largest_volume: self.largest_volume,
            quiet: quiet.collect(),
            zone: TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC),
        }
    }
}

fn weekdays(days: Days) -> Vec<Weekday> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match days {
        Days::Daily => vec![Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday],
        Days::Weekdays => vec![Monday, Tuesday, Wednesday, Thursday, Friday],
        Days::Monday => vec![Monday],
        Days::Tuesday => vec![Tuesday],
        Days::Wednesday => vec![Wednesday],
        Days::Thursday => vec![Thursday],
        Days::Friday => vec![Friday],
        Days::Saturday => vec![Saturday],
        Days::Sunday => vec![Sunday],
    }
}
