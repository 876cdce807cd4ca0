//! Who is on call: weekly rotations of the catalog, and who stands in.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::week::{Handover, UnreadableTime, date, zone};
use crate::catalog::{Callee, Catalog, Level, Monit, Rotation};
use crate::ids::{PersonId, RotationName, ServiceName};
use crate::incident::Called;

/// Somebody stands in for whoever the rotation would call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// In which rotation.
    pub rotation: RotationName,
    /// Who is called.
    pub person: PersonId,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who said so.
    pub by: PersonId,
    /// When. Of two that overlap the later word counts.
    pub at: Timestamp,
}

/// Why a level or a rotation has nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBody {
    /// The catalog has no such rotation.
    #[error("the catalog has no rotation {0}")]
    UnknownRotation(RotationName),
    /// It is empty.
    #[error("the rotation {0} has nobody in it")]
    Empty(RotationName),
    /// What the catalog says of its times can't be read.
    #[error("the times of the rotation {0} can't be read: {1}")]
    Unreadable(RotationName, UnreadableTime),
    /// Owners are meant, and nobody knows of what.
    #[error("it is not known which service it is about")]
    UnknownService,
    /// The service has none.
    #[error("the service {0} has no owners")]
    NoOwners(ServiceName),
}

/// Who is on call at a moment: whoever stands in then, else the one whose week it is.
pub fn on_duty(name: &RotationName, rotation: &Rotation, overrides: &[Override], at: Timestamp) -> Result<PersonId, NoBody> {
    let stands_in = overrides.iter().filter(|word| &word.rotation == name && word.from <= at && at < word.until).max_by_key(|word| word.at);
    if let Some(word) = stands_in {
        return Ok(word.person.clone());
    }
    let turns = Turns::of(rotation).map_err(|error| NoBody::Unreadable(name.clone(), error))?;
    let week = turns.week_at(at).map_err(|error| NoBody::Unreadable(name.clone(), error))?;
    let place = i64::try_from(rotation.people.len()).ok().and_then(|people| week.checked_rem_euclid(people));
    let person = place.and_then(|place| rotation.people.get(usize::try_from(place).ok()?));
    person.cloned().ok_or_else(|| NoBody::Empty(name.clone()))
}

/// When the turn passes on the next time after a moment.
pub fn next_handover(name: &RotationName, rotation: &Rotation, at: Timestamp) -> Result<Timestamp, NoBody> {
    let next = || {
        let turns = Turns::of(rotation)?;
        turns.begins(turns.week_at(at)? + 1)
    };
    next().map_err(|error| NoBody::Unreadable(name.clone(), error))
}

/// The weeks of a rotation. A week lasts from one handover to the next by the clocks of its zone, so that one with a change of clocks
/// is an hour longer or shorter.
struct Turns {
    zone: TimeZone,
    handover: Handover,
    first: Date,
}

impl Turns {
    fn of(rotation: &Rotation) -> Result<Self, UnreadableTime> {
        let (zone, handover) = (zone(&rotation.zone)?, Handover::read(&rotation.handover)?);
        let starts: Date = date(&rotation.starts)?;
        // The first week begins with the first handover on or after that date.
        let later = starts.weekday().until(handover.weekday);
        let first = starts.checked_add(i64::from(later).days()).map_err(|_| UnreadableTime::Date(rotation.starts.clone()))?;
        Ok(Self { zone, handover, first })
    }

    /// When a week begins, counted from the first one, which is 0.
    fn begins(&self, week: i64) -> Result<Timestamp, UnreadableTime> {
        let begins = || {
            let day = self.first.checked_add(Span::new().try_days(week.checked_mul(7)?).ok()?).ok()?;
            self.zone.to_timestamp(day.to_datetime(self.handover.time)).ok()
        };
        begins().ok_or_else(|| UnreadableTime::Date(self.first.to_string()))
    }

    /// The week that a moment belongs to.
    fn week_at(&self, at: Timestamp) -> Result<i64, UnreadableTime> {
        const WEEK: i64 = 7 * 24 * 60 * 60;
        let mut week = (at.as_second() - self.begins(0)?.as_second()).div_euclid(WEEK);
        // Changes of clocks move a week's ends by less than a day, so this is a step at most.
        while self.begins(week)? > at {
            week -= 1;
        }
        while self.begins(week + 1)? <= at {
            week += 1;
        }
        Ok(week)
    }
}

/// Whom alerts call, one level after the other; see [`Monit::escalation`].
pub fn levels(monit: &Monit) -> Vec<Level> {
    if !monit.escalation.is_empty() {
        return monit.escalation.clone();
    }
    let level = |after_minutes, call| Level { after_minutes, call };
    match monit.oncall.keys().next() {
        Some(rotation) => vec![
            level(0, Callee::Oncall { rotation: rotation.clone() }),
            level(10, Callee::Everybody { rotation: rotation.clone() }),
            level(10, Callee::Channel {}),
        ],
        None => vec![level(0, Callee::Owners {}), level(20, Callee::Channel {})],
    }
}

/// Whom a level calls at a moment.
pub fn callees(level: &Level, catalog: Option<&Catalog>, service: Option<&ServiceName>, overrides: &[Override], at: Timestamp) -> Called {
    let rotation = |name: &RotationName| {
        catalog.and_then(|catalog| catalog.monit.oncall.get(name)).ok_or_else(|| NoBody::UnknownRotation(name.clone()))
    };
    let called = match &level.call {
        Callee::Oncall { rotation: name } => {
            rotation(name).and_then(|found| on_duty(name, found, overrides, at)).map(|person| vec![person])
        }
        Callee::Everybody { rotation: name } => rotation(name).and_then(|found| everybody(name, found, overrides, at)),
        Callee::Owners {} => owners(catalog, service),
        Callee::People { people } => Ok(people.clone()),
        Callee::Channel {} => return Called::Channel,
    };
    match called {
        Ok(people) if people.is_empty() => Called::Nobody { why: "the level has nobody in it".to_owned() },
        Ok(people) => Called::People { people },
        Err(why) => Called::Nobody { why: why.to_string() },
    }
}

/// Everybody of a rotation, and whoever stands in, who may be none of them.
fn everybody(name: &RotationName, rotation: &Rotation, overrides: &[Override], at: Timestamp) -> Result<Vec<PersonId>, NoBody> {
    let mut people = rotation.people.clone();
    if let Ok(person) = on_duty(name, rotation, overrides, at)
        && !people.contains(&person)
    {
        people.insert(0, person);
    }
    if people.is_empty() { Err(NoBody::Empty(name.clone())) } else { Ok(people) }
}

fn owners(catalog: Option<&Catalog>, service: Option<&ServiceName>) -> Result<Vec<PersonId>, NoBody> {
    let name = service.ok_or(NoBody::UnknownService)?;
    let owners = catalog.and_then(|catalog| catalog.services.get(name)).map_or(&[][..], |service| &service.owners);
    if owners.is_empty() { Err(NoBody::NoOwners(name.clone())) } else { Ok(owners.to_vec()) }
}

#[cfg(test)]
#[path = "oncall_tests.rs"]
mod tests;
