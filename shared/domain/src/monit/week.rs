//! Times of the day and of the week, as catalogs write them: `09:00`, `monday 09:00`, in an IANA time zone.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Why a time of a catalog can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableTime {
    /// No such time zone.
    #[error("`{0}` is no time zone of the IANA database, such as `Europe/Berlin`")]
    Zone(String),
    /// No time of the day.
    #[error("`{0}` is no time of the day, such as `09:00`")]
    TimeOfDay(String),
    /// No time of the week.
    #[error("`{0}` is no time of the week, such as `monday 09:00`")]
    TimeOfWeek(String),
    /// No date.
    #[error("`{0}` is no date, such as `2026-01-05`")]
    Date(String),
}

/// Finds a time zone.
pub(crate) fn zone(name: &str) -> Result<TimeZone, UnreadableTime> {
    TimeZone::get(name).map_err(|_| UnreadableTime::Zone(name.to_owned()))
}

/// Reads `09:00`.
pub(crate) fn time_of_day(text: &str) -> Result<Time, UnreadableTime> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let number = |digits: &str| (digits.len() == 2).then(|| digits.parse::<i8>().ok()).flatten();
        Time::new(number(hour)?, number(minute)?, 0, 0).ok()
    };
    read().ok_or_else(|| UnreadableTime::TimeOfDay(text.to_owned()))
}

/// When a turn passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handover {
    /// The day.
    pub weekday: Weekday,
    /// The time.
    pub time: Time,
}

impl Handover {
    /// Reads `monday 09:00`.
    pub(crate) fn read(text: &str) -> Result<Self, UnreadableTime> {
        let read = || {
            let (day, time) = text.trim().split_once(' ')?;
            let weekday = match day.to_ascii_lowercase().as_str() {
                "monday" => Weekday::Monday,
                "tuesday" => Weekday::Tuesday,
                "wednesday" => Weekday::Wednesday,
                "thursday" => Weekday::Thursday,
                "friday" => Weekday::Friday,
                "saturday" => Weekday::Saturday,
                "sunday" => Weekday::Sunday,
                _ => return None,
            };
            Some(Self { weekday, time: time_of_day(time.trim()).ok()? })
        };
        read().ok_or_else(|| UnreadableTime::TimeOfWeek(text.to_owned()))
    }
}

/// The first moment after `after` at which clocks in a zone show a time of the day; where clocks jump over it, the moment of the jump's
/// other side.
pub fn next_time_of_day(time: &str, zone_name: &str, after: Timestamp) -> Result<Timestamp, UnreadableTime> {
    let (time, zone) = (time_of_day(time)?, zone(zone_name)?);
    let mut day = after.to_zoned(zone.clone()).date();
    loop {
        let unreadable = |_| UnreadableTime::TimeOfDay(time.to_string());
        let moment = zone.to_timestamp(day.to_datetime(time)).map_err(unreadable)?;
        if moment > after {
            return Ok(moment);
        }
        day = day.checked_add(1.day()).map_err(unreadable)?;
    }
}
