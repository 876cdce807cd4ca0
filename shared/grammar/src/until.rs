//! Ends as people type them: `4h`, `friday`, `tomorrow 18:00`, `2026-11-27 18:00`.
//!
//! What day it is depends on where one is, so a line gives only the words; the moment comes with the time zone.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::duration::parse_duration;

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// So long from now.
    In(SignedDuration),
    /// A moment on somebody's calendar.
    On {
        /// Which day.
        day: Day,
        /// At what time of the day, if that was said.
        time: Option<Time>,
    },
}

/// A day as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Today, or tomorrow if that time of the day is over.
    Next,
    /// Tomorrow.
    Tomorrow,
    /// The next one of these.
    Weekday(Weekday),
    /// This one.
    Date(Date),
}

impl Until {
    /// Reads words; how many of them belong to it is given as well. `None` if the first can't begin one.
    pub(crate) fn read(words: &[String]) -> Option<(Self, usize)> {
        let first = words.first()?.to_lowercase();
        if let Ok(span) = parse_duration(&first) {
            return Some((Self::In(span), 1));
        }
        if let Some(time) = time(&first) {
            return Some((Self::On { day: Day::Next, time: Some(time) }, 1));
        }
        // `2026-11-27T18:00` is one word.
        if let Some((date, clock)) = first.split_once('t')
            && let (Ok(date), Some(time)) = (date.parse(), time(clock))
        {
            return Some((Self::On { day: Day::Date(date), time: Some(time) }, 1));
        }
        let day = match first.as_str() {
            "today" => Day::Next,
            "tomorrow" => Day::Tomorrow,
            word => weekday(word).map(Day::Weekday).or_else(|| word.parse().ok().map(Day::Date))?,
        };
        match words.get(1).and_then(|word| time(word)) {
            Some(time) => Some((Self::On { day, time: Some(time) }, 2)),
            None => Some((Self::On { day, time: None }, 1)),
        }
    }

    /// The moment, by the clock of a time zone. Where no time of the day was said it is `usual`: the time at which turns pass on, say.
    /// `None` if it lies beyond all calendars or isn't after `now`.
    pub fn moment(self, now: Timestamp, zone: &TimeZone, usual: Time) -> Option<Timestamp> {
        let moment = match self {
            Self::In(span) => now.checked_add(span).ok()?,
            Self::On { day, time } => {
                let here = now.to_zoned(zone.clone()).datetime();
                let time = time.unwrap_or(usual);
                let is_over = here.time() >= time;
                let date = match day {
                    Day::Date(date) => date,
                    Day::Next => here.date().checked_add(i32::from(is_over).days()).ok()?,
                    Day::Tomorrow => here.date().checked_add(1.days()).ok()?,
                    Day::Weekday(weekday) if weekday == here.date().weekday() && !is_over => here.date(),
                    Day::Weekday(weekday) => here.date().nth_weekday(1, weekday).ok()?,
                };
                date.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp()
            }
        };
        (moment > now).then_some(moment)
    }
}

/// A time of the day: `18:00`, `9:30`.
pub(crate) fn time(word: &str) -> Option<Time> {
    let (hour, minute) = word.split_once(':')?;
    let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour, 2) || !digits(minute, 2) || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A day of the week, in lower case: `monday`, `mon`.
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Until, usize)> {
        Until::read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    /// A Wednesday, at noon in a zone one hour east of Greenwich.
    fn moment(line: &str) -> Option<String> {
        let now: Timestamp = "2026-11-25T11:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let (until, _) = read(line).unwrap_or_else(|| panic!("{line}"));
        until.moment(now, &zone, jiff::civil::time(9, 0, 0, 0)).map(|moment| moment.to_string())
    }

    #[test]
    fn the_moment_is_the_one_on_that_calendar() {
        let cases = [
            ("4h", "2026-11-25T15:00:00Z"),
            ("friday", "2026-11-27T08:00:00Z"),
            ("Fri 18:00", "2026-11-27T17:00:00Z"),
            ("wednesday", "2026-12-02T08:00:00Z"),
            ("wednesday 18:00", "2026-11-25T17:00:00Z"),
            ("18:00", "2026-11-25T17:00:00Z"),
            ("8:00", "2026-11-26T07:00:00Z"),
            ("tomorrow", "2026-11-26T08:00:00Z"),
            ("2026-11-27 18:00", "2026-11-27T17:00:00Z"),
            ("2026-11-27T18:00", "2026-11-27T17:00:00Z"),
        ];
        for (line, expected) in cases {
            assert_eq!(moment(line).as_deref(), Some(expected), "{line}");
        }
        assert_eq!(moment("2026-11-25 09:00"), None, "the past");
        assert_eq!(moment("2026-11-25"), None, "this morning");
    }

    #[test]
    fn takes_only_the_words_that_belong_to_it() {
        assert_eq!(read("friday primary").map(|(_, words)| words), Some(1));
        assert_eq!(read("friday 18:00 primary").map(|(_, words)| words), Some(2));
        for wrong in ["primary", "someday 18:00", "25:00", "2026-13-01", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
