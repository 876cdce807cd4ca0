//! What the room played most in a month, as its zone's calendar has them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::track::TrackKey;

/// So many songs of a chart are shown at most.
pub const LONGEST_CHART: usize = 25;

/// A month. As text `2026-11`, which sorts by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// Why there is no such month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no month, such as `2026-11`")]
pub struct NoMonth(String);

/// A song that was played to its end, to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// In which month's chart.
    pub month: Month,
    /// Which song.
    pub key: TrackKey,
    /// As people call it.
    pub name: String,
}

impl Month {
    /// A month of the calendar.
    pub fn new(year: i16, month: i8) -> Result<Self, NoMonth> {
        if (2000..=9999).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(NoMonth(format!("{year}-{month}")))
        }
    }

    /// The month in which a moment is, in a zone.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let date = at.to_zoned(zone.clone()).date();
        Self { year: date.year(), month: date.month() }
    }

    /// The month before.
    pub fn before(self) -> Self {
        if self.month == 1 { Self { year: self.year - 1, month: 12 } } else { Self { month: self.month - 1, ..self } }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = NoMonth;

    fn try_from(text: String) -> Result<Self, NoMonth> {
        let digits = |text: &str, length: usize| {
            (text.len() == length && text.bytes().all(|digit| digit.is_ascii_digit())).then(|| text.parse().ok())
        };
        let read = || {
            let (year, month) = text.split_once('-')?;
            Self::new(digits(year, 4)??, i8::try_from(digits(month, 2)??).ok()?).ok()
        };
        read().ok_or(NoMonth(text.clone()))
    }
}
