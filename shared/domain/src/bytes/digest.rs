//! When the best of a room, or of a reader's rooms, are sent: at a time of the day as clocks show it where people are.

use jiff::civil::{Time, Weekday};
use jiff::tz::{Disambiguation, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::url::LinkId;
use crate::ids::{ChannelId, PersonId};

/// Who gets a digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum DigestFor {
    /// Everybody in a room.
    Room {
        /// Which.
        channel: ChannelId,
    },
    /// One reader, of all their rooms, by a direct message.
    Reader {
        /// Who.
        person: PersonId,
    },
}

impl std::fmt::Display for DigestFor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Room { channel } => write!(f, "{channel}"),
            Self::Reader { person } => write!(f, "{person}"),
        }
    }
}

/// A digest that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// For whom.
    #[serde(flatten)]
    pub to: DigestFor,
    /// When; `None` for one that was ended.
    pub time: Option<DigestTime>,
    /// Who asked.
    pub by: PersonId,
    /// When they asked.
    pub set_at: Timestamp,
    /// What was kept before this was in the last one, or in one before that.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// What was in it though it was kept since then.
    #[serde(default)]
    pub shown: Vec<LinkId>,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// When a digest is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestTime {
    /// On which days.
    pub days: Days,
    /// At which time of the day, as clocks show it.
    pub time: Time,
    /// Where: the IANA name of a zone, `Europe/Berlin`.
    pub zone: String,
}

/// On which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// Every day.
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// Mondays.
    Monday,
    /// Tuesdays.
    Tuesday,
    /// Wednesdays.
    Wednesday,
    /// Thursdays.
    Thursday,
    /// Fridays.
    Friday,
    /// Saturdays.
    Saturday,
    /// Sundays.
    Sunday,
}

/// The zone's name is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone; the IANA names look like `Europe/Berlin`")]
pub struct UnknownZone(pub String);

impl Days {
    fn include(self, day: Weekday) -> bool {
        match self {
            Self::Daily => true,
            Self::Weekdays => !matches!(day, Weekday::Saturday | Weekday::Sunday),
            Self::Monday => day == Weekday::Monday,
            Self::Tuesday => day == Weekday::Tuesday,
            Self::Wednesday => day == Weekday::Wednesday,
            Self::Thursday => day == Weekday::Thursday,
            Self::Friday => day == Weekday::Friday,
            Self::Saturday => day == Weekday::Saturday,
            Self::Sunday => day == Weekday::Sunday,
        }
    }

    /// How many days' links a digest brings.
    pub fn covers(self) -> i64 {
        match self {
            Self::Daily => 1,
            // What was posted at the weekend is Monday's.
            Self::Weekdays => 3,
            _ => 7,
        }
    }
}

impl From<Weekday> for Days {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

impl std::fmt::Display for DigestTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days = match self.days {
            Days::Daily => "every day",
            Days::Weekdays => "Monday to Friday",
            Days::Monday => "every Monday",
            Days::Tuesday => "every Tuesday",
            Days::Wednesday => "every Wednesday",
            Days::Thursday => "every Thursday",
            Days::Friday => "every Friday",
            Days::Saturday => "every Saturday",
            Days::Sunday => "every Sunday",
        };
        write!(f, "{days} at {:02}:{:02} ({})", self.time.hour(), self.time.minute(), self.zone)
    }
}

impl DigestTime {
    /// The first moment after `after` at which it is sent. A time that clocks skip in spring is as much later as they were put forward; one that
    /// they show twice in autumn is the first of the two.
    pub fn next_after(&self, after: Timestamp) -> Result<Timestamp, UnknownZone> {
        let unknown = || UnknownZone(self.zone.clone());
        let zone = TimeZone::get(&self.zone).map_err(|_| unknown())?;
        let mut date = after.to_zoned(zone.clone()).date();
        // Today's may be over; the same day of next week is at most seven days off.
        for _ in 0..=8 {
            if self.days.include(date.weekday()) {
                let ambiguous = zone.clone().into_ambiguous_zoned(date.to_datetime(self.time));
                if let Ok(moment) = ambiguous.disambiguate(Disambiguation::Compatible)
                    && moment.timestamp() > after
                {
                    return Ok(moment.timestamp());
                }
            }
            date = date.checked_add(1.day()).map_err(|_| unknown())?;
        }
        Err(unknown())
    }
}
