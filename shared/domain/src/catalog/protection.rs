//! What protects an environment: approvals, the environment that comes before it, and times at which nothing is deployed.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{Catalog, Resolved};
use crate::ids::{EnvironmentName, RoleName};
use crate::monit::{Handover, UnreadableTime, time_of_day, zone};

/// Who has to approve a deployment. Never the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalRule {
    /// The role that an approver has, besides the permission to approve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// How many people; 0 for nobody.
    pub count: u32,
    /// After so many minutes without them the deployment is given up.
    pub expires_after_minutes: u32,
    /// Whether going back to what ran before needs it, too. It was approved when it came, and going back is urgent.
    pub rollbacks: bool,
}

impl Default for ApprovalRule {
    fn default() -> Self {
        Self { role: None, count: 1, expires_after_minutes: 240, rollbacks: false }
    }
}

/// A time at which nothing is deployed: each week (`friday 16:00` to `monday 08:00`), or once (`2026-12-23` to `2027-01-02`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeWindow {
    /// From when: a time of the week, or a date with or without a time. Without one, the day's beginning.
    pub from: String,
    /// Until when, of the same kind.
    pub until: String,
    /// The time zone, of the IANA database.
    #[serde(default = "utc")]
    pub zone: String,
    /// Why, for those who are held up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// A bound of a window.
enum Bound {
    /// Each week.
    Weekly(Handover),
    /// Once.
    Once(DateTime),
}

impl Bound {
    fn read(text: &str) -> Result<Self, UnreadableTime> {
        if let Ok(weekly) = Handover::read(text) {
            return Ok(Self::Weekly(weekly));
        }
        let (date, time) = text.trim().split_once([' ', 'T']).map_or((text.trim(), None), |(date, time)| (date, Some(time)));
        let Ok(date) = date.parse::<Date>() else {
            // Most windows are weekly, so that is what was meant.
            return Err(if date.starts_with(|c: char| c.is_ascii_digit()) {
                UnreadableTime::Date(text.to_owned())
            } else {
                UnreadableTime::TimeOfWeek(text.to_owned())
            });
        };
        let time = time.map_or(Ok(Time::midnight()), |time| time_of_day(time.trim()))?;
        Ok(Self::Once(date.to_datetime(time)))
    }
}

/// Why a window holds for no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWindow {
    /// One of its times can't be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableTime),
    /// It begins each week and ends once, or the other way round.
    #[error(
        "begins and ends in different ways; both are times of the week, such as `friday 16:00`, or both are dates, such as `2026-12-23`"
    )]
    Mixed,
    /// It ends before it begins, or at the same time.
    #[error("ends before it has begun")]
    Backwards,
}

impl FreezeWindow {
    /// When it ends, if it holds at a moment.
    pub fn frozen_until(&self, at: Timestamp) -> Result<Option<Timestamp>, BadWindow> {
        let zone = zone(&self.zone)?;
        match (Bound::read(&self.from)?, Bound::read(&self.until)?) {
            (Bound::Weekly(from), Bound::Weekly(until)) if from == until => Err(BadWindow::Backwards),
            (Bound::Weekly(from), Bound::Weekly(until)) => Ok(weekly(from, until, &zone, at)),
            (Bound::Once(from), Bound::Once(until)) => {
                let (Ok(from), Ok(until)) = (zone.to_timestamp(from), zone.to_timestamp(until)) else { return Ok(None) };
                if until <= from {
                    return Err(BadWindow::Backwards);
                }
                Ok(Some(until).filter(|until| from <= at && at < *until))
            }
            _ => Err(BadWindow::Mixed),
        }
    }
}

/// It holds if its next end comes before its next beginning.
fn weekly(from: Handover, until: Handover, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let (begins, ends) = (next(from, zone, at)?, next(until, zone, at)?);
    (ends < begins).then_some(ends)
}

/// The first moment after `at` at which clocks in a zone show a time of the week.
fn next(bound: Handover, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let today = at.to_zoned(zone.clone()).date();
    let days = days_until(today.weekday(), bound.weekday);
    [days, days + 7].into_iter().find_map(|days| {
        let day = today.checked_add(days.days()).ok()?;
        zone.to_timestamp(day.to_datetime(bound.time)).ok().filter(|moment| *moment > at)
    })
}

fn days_until(from: Weekday, to: Weekday) -> i64 {
    i64::from((to.to_monday_zero_offset() - from.to_monday_zero_offset()).rem_euclid(7))
}

impl Catalog {
    /// Who has to approve a deployment of a service to an environment; `None` for nobody.
    pub fn approval_of<'a>(&'a self, target: &Resolved<'a>) -> Option<&'a ApprovalRule> {
        let of_environment = || self.environments.get(target.environment_name).and_then(|environment| environment.approval.as_ref());
        target.target.approval.as_ref().or_else(of_environment).filter(|rule| rule.count > 0)
    }

    /// Where a service must have succeeded before it comes to an environment. What doesn't run there can't be asked that.
    pub fn required_before<'a>(&'a self, target: &Resolved<'a>) -> Option<&'a EnvironmentName> {
        let of_environment = || self.environments.get(target.environment_name).and_then(|environment| environment.requires.as_ref());
        let required = target.target.requires.as_ref().or_else(of_environment);
        required.filter(|required| *required != target.environment_name && target.service.environments.contains_key(*required))
    }

    /// The environment that comes after one for a service, if its revision can be brought there.
    pub fn onward_from<'a>(&'a self, target: &Resolved<'a>) -> Option<&'a EnvironmentName> {
        let mut later = self.environments.keys().skip_while(|name| *name != target.environment_name).skip(1);
        let next = later.find(|name| target.service.environments.contains_key(*name))?;
        target.service.environments.get(next).filter(|next| next.revision.is_some()).map(|_| next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, until: &str) -> FreezeWindow {
        FreezeWindow { from: from.into(), until: until.into(), zone: "Europe/Berlin".into(), reason: None }
    }

    #[test]
    fn holds_each_week_or_once_by_the_clocks_of_its_zone() {
        let until =
            |window: &FreezeWindow, at: &str| window.frozen_until(at.parse().unwrap()).map(|until| until.map(|until| until.to_string()));
        let weekend = window("friday 16:00", "monday 08:00");
        let cases = [
            // A Friday in winter: Berlin is an hour ahead.
            ("2026-11-27T14:59:59Z", None),
            ("2026-11-27T15:00:00Z", Some("2026-11-30T07:00:00Z")),
            ("2026-11-29T12:00:00Z", Some("2026-11-30T07:00:00Z")),
            ("2026-11-30T07:00:00Z", None),
            // Over the night in which clocks are set back.
            ("2026-10-24T12:00:00Z", Some("2026-10-26T07:00:00Z")),
        ];
        for (at, expected) in cases {
            assert_eq!(until(&weekend, at), Ok(expected.map(str::to_owned)), "{at}");
        }
        let nights = window("wednesday 20:00", "wednesday 06:00");
        assert_eq!(until(&nights, "2026-11-25T12:00:00Z"), Ok(None), "between six and eight");
        let holidays = window("2026-12-23 12:00", "2027-01-02");
        assert_eq!(until(&holidays, "2026-12-23T10:59:59Z"), Ok(None));
        assert_eq!(until(&holidays, "2026-12-31T23:00:00Z"), Ok(Some("2027-01-01T23:00:00Z".to_owned())));
        assert_eq!(until(&holidays, "2027-01-01T23:00:00Z"), Ok(None));
    }

    #[test]
    fn says_what_is_wrong_with_a_window() {
        let wrong = |from: &str, until: &str| window(from, until).frozen_until(Timestamp::UNIX_EPOCH).map_err(|wrong| wrong.to_string());
        assert_eq!(wrong("fridy 16:00", "monday 08:00"), Err("`fridy 16:00` is no time of the week, such as `monday 09:00`".to_owned()));
        assert_eq!(wrong("2026-13-01", "2027-01-02"), Err("`2026-13-01` is no date, such as `2026-01-05`".to_owned()));
        assert_eq!(wrong("2027-01-02", "2026-12-23"), Err("ends before it has begun".to_owned()));
        assert!(wrong("friday 16:00", "2026-12-23").unwrap_err().starts_with("begins and ends in different ways"));
        let nowhere = FreezeWindow { zone: "Europe/Nowhere".into(), ..window("friday 16:00", "monday 08:00") };
        assert!(nowhere.frozen_until(Timestamp::UNIX_EPOCH).is_err());
    }
}
