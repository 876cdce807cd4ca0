//! Hours in which nothing is played.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::station::StationRules;

/// A stretch of the day, as the room's clocks show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    /// From then.
    pub from: Time,
    /// Until then: on the next day if that isn't later than `from`.
    pub until: Time,
    /// The days on which it begins; none for every day.
    pub days: Vec<Weekday>,
}

impl QuietHours {
    /// The stretch that begins on a day, if one does; the end isn't part of it. What clocks jump over is the moment of the jump's other side.
    fn on(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !self.days.is_empty() && !self.days.contains(&day.weekday()) {
            return None;
        }
        let last = if self.until > self.from { day } else { day.tomorrow().ok()? };
        let moment = |day: Date, time: Time| zone.to_timestamp(day.to_datetime(time)).ok();
        Some((moment(day, self.from)?, moment(last, self.until)?))
    }
}

/// All stretches that begin from the day before a moment to a week after it.
fn around(rules: &StationRules, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
    let today = at.to_zoned(rules.zone.clone()).date();
    (-1..=8)
        .filter_map(move |days: i64| today.checked_add(days.days()).ok())
        .flat_map(move |day| rules.quiet.iter().filter_map(move |hours| hours.on(day, &rules.zone)))
}

/// Whether it is quiet at a moment.
pub fn holds(rules: &StationRules, at: Timestamp) -> bool {
    around(rules, at).any(|(from, until)| from <= at && at < until)
}

/// When it is no longer quiet: `None` if it isn't at `at`, or if no end is in sight within a week.
pub fn until(rules: &StationRules, at: Timestamp) -> Option<Timestamp> {
    let stretches: Vec<_> = around(rules, at).collect();
    let mut end = at;
    // Stretches may touch or overlap; each step ends at another one's end, so there are as many steps as stretches at most.
    for _ in 0..=stretches.len() {
        match stretches.iter().filter(|(from, until)| *from <= end && end < *until).map(|(_, until)| *until).max() {
            Some(later) => end = later,
            None => break,
        }
    }
    let in_sight = at.saturating_add(SignedDuration::from_hours(7 * 24)).unwrap_or(at);
    (end > at && end <= in_sight).then_some(end)
}

/// The next moment after `at` at which a stretch begins or ends, and so the station has to be looked at again; `None` without quiet hours.
pub fn next_change(rules: &StationRules, at: Timestamp) -> Option<Timestamp> {
    around(rules, at).flat_map(|(from, until)| [from, until]).filter(|moment| *moment > at).min()
}
