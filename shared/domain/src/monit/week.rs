//! Times of the day and of the week, as catalogs write them: `09:00`, `monday 09:00`, in an IANA time zone.

use jiff::civil::{Date, Time, Weekday};
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

/// Reads `2026-01-05`.
pub(crate) fn date(text: &str) -> Result<Date, UnreadableTime> {
    // Ten characters: jiff would take a whole date and time, too.
    text.parse().ok().filter(|_| text.len() == 10).ok_or_else(|| UnreadableTime::Date(text.to_owned()))
}

/// Reads `09:00`.
pub(crate) fn time_of_day(text: &str) -> Result<Time, UnreadableTime> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let number = |digits: &str| {
            (digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit())).then(|| digits.parse::<i8>().ok()).flatten()
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day_and_the_week_are_read_strictly() {
        for (text, reads) in
            [("09:00", true), ("23:59", true), ("24:00", false), ("9:00", false), ("09:00:00", false), ("+9:00", false), ("", false)]
        {
            assert_eq!(time_of_day(text).is_ok(), reads, "{text}");
        }
        for (text, reads) in [("monday 09:00", true), ("Sunday 23:30", true), ("mon 09:00", false), ("monday", false), ("monday 9", false)]
        {
            assert_eq!(Handover::read(text).is_ok(), reads, "{text}");
        }
        for (text, reads) in [("2026-01-05", true), ("2026-02-30", false), ("2026-1-5", false), ("2026-01-05T10:00", false)] {
            assert_eq!(date(text).is_ok(), reads, "{text}");
        }
        assert!(zone("Europe/Berlin").is_ok() && zone("UTC").is_ok() && zone("Europe/Bonn").is_err());
    }

    #[test]
    fn the_same_time_of_the_day_follows_the_clocks() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (time, after, expected) in [
            ("09:00", "2026-11-25T07:59:59Z", "2026-11-25T08:00:00Z"),
            ("09:00", "2026-11-25T08:00:00Z", "2026-11-26T08:00:00Z"),
            // Clocks go back on 25 October, and forward on 29 March, when they show no 02:30.
            ("09:00", "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z"),
            ("02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
            ("02:30", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"),
        ] {
            assert_eq!(next_time_of_day(time, "Europe/Berlin", at(after)), Ok(at(expected)), "{time} after {after}");
        }
        assert_eq!(next_time_of_day("9", "Europe/Berlin", at("2026-01-01T00:00:00Z")), Err(UnreadableTime::TimeOfDay("9".into())));
    }
}
