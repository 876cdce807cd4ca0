//! The writes on what is known of alarms and incidents, and on what was said about them in chat.
//!
//! Two reports of one storm, the clock and a person act on one incident at the same moment: each is changed only by somebody who has seen
//! its latest state.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{MonitChange, PortError};
use opsroom_domain::alarm::{AlarmRecord, Measure, Plot};
use opsroom_domain::ids::PersonId;
use opsroom_domain::incident::{GroupPointer, Incident};
use opsroom_domain::monit::{Override, Route, SettingChange, Silence, Unreadables};

use crate::items::{Item, encode, number, text};
use crate::keys::{self, Key};
use crate::rules::{expires, put, version_is};
use crate::write::{Action, Rule, Write};

const DAY: i64 = 24;
/// An alarm that is well and says nothing for that long is taken for a new one. One that fires is known until it is well: its incident
/// would never hear of the end.
const ALARMS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(60 * DAY);
const CLOSED_INCIDENTS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(180 * DAY);
/// Far longer than an incident that is over is opened again, or a window of correlation.
const GROUPS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(30 * DAY);
/// Its end is told by then, and what it held looked at again.
const ENDED_SILENCES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(30 * DAY);
/// Readers leave out what is over; this only clears up.
const PAST_OVERRIDES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(DAY);
/// Far longer than anything is counted there.
const UNREADABLES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(DAY);
/// As long as there is something to have missed.
const LOOKS_ARE_KEPT: SignedDuration = CLOSED_INCIDENTS_ARE_KEPT;

/// Everything that changes.
pub(crate) fn writes(table: &str, change: &MonitChange, now: Timestamp) -> Result<Vec<Write>, PortError> {
    let mut writes = Vec::new();
    for alarm in &change.alarms {
        writes.push(alarm_if_unchanged(table, alarm, now)?);
    }
    for incident in &change.incidents {
        writes.push(incident_if_unchanged(table, incident, now)?);
    }
    for group in &change.groups {
        writes.push(group_if_unchanged(table, group, now)?);
    }
    for setting in &change.settings {
        match setting {
            SettingChange::AddRoute(route) => writes.push(route_if_unchanged(table, route)?),
            SettingChange::RemoveRoute(id) => writes.push(delete(table, &keys::route(id))),
            SettingChange::Silence(silence) => {
                let next = Silence { version: silence.version + 1, ..silence.clone() };
                writes.push(silence_if_unchanged(table, &next, silence.version, now)?);
                writes.push(silence_in_the_list(table, &next)?);
            }
            SettingChange::Override(stand_in) => writes.push(stand_in_until_over(table, stand_in, now)?),
        }
    }
    if let Some((person, at)) = &change.looked {
        writes.push(looked_if_later(table, person, *at, now));
    }
    if let Some(unreadables) = &change.unreadables {
        writes.push(unreadables_if_unchanged(table, unreadables, now)?);
    }
    Ok(writes)
}

/// Tells settings apart: the item that a change is about.
pub(crate) fn setting_key(setting: &SettingChange) -> Key {
    match setting {
        SettingChange::AddRoute(route) => keys::route(&route.id),
        SettingChange::RemoveRoute(id) => keys::route(id),
        SettingChange::Silence(silence) => keys::silence(&silence.id),
        SettingChange::Override(stand_in) => keys::stand_in(stand_in),
    }
}

/// An alarm. Closes the race of two reports of it that arrive at the same moment, by whichever ways: the slower one finds that there is
/// nothing new in it.
fn alarm_if_unchanged(table: &str, alarm: &AlarmRecord, now: Timestamp) -> Result<Write, PortError> {
    let mut next = AlarmRecord { version: alarm.version + 1, ..alarm.clone() };
    only_what_can_be_stored(&mut next.latest.measure, &mut next.latest.plot);
    let mut attributes = encode(&next)?;
    if !next.fires() {
        attributes.insert("expires_at".to_owned(), expires(now, ALARMS_ARE_KEPT));
    }
    let (condition, values) = version_is(alarm.version)?;
    Ok(put(table, &keys::alarm(&next.latest.key), attributes, Rule::MonitIsUnchanged, Some(condition), values))
}

/// An incident. Closes the race of two people who acknowledge it, of the clock that calls the next level with somebody who takes it, and
/// of two alarms that join it.
fn incident_if_unchanged(table: &str, incident: &Incident, now: Timestamp) -> Result<Write, PortError> {
    let mut next = Incident { version: incident.version + 1, ..incident.clone() };
    for alarm in next.alarms.values_mut() {
        only_what_can_be_stored(&mut alarm.measure, &mut alarm.plot);
    }
    let mut attributes = encode(&next)?;
    let list = if next.phase.is_over() { keys::CLOSED_INCIDENTS } else { keys::OPEN_INCIDENTS };
    attributes.insert("gsi1pk".to_owned(), text(list));
    attributes.insert("gsi1sk".to_owned(), text(keys::incident_order(next.since, &next.id)));
    if next.phase.is_over() {
        attributes.insert("expires_at".to_owned(), expires(now, CLOSED_INCIDENTS_ARE_KEPT));
    }
    let (condition, values) = version_is(incident.version)?;
    Ok(put(table, &keys::incident(&next.id), attributes, Rule::MonitIsUnchanged, Some(condition), values))
}

/// Where a group leads. Closes the race of two alarms of one group that both find no incident: the slower one joins that of the faster.
fn group_if_unchanged(table: &str, group: &GroupPointer, now: Timestamp) -> Result<Write, PortError> {
    let next = GroupPointer { version: group.version + 1, ..group.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("expires_at".to_owned(), expires(now, GROUPS_ARE_KEPT));
    let (condition, values) = version_is(group.version)?;
    Ok(put(table, &keys::group(&next.group), attributes, Rule::MonitIsUnchanged, Some(condition), values))
}

/// A route. Closes the race of two people who change the same one.
fn route_if_unchanged(table: &str, route: &Route) -> Result<Write, PortError> {
    let next = Route { version: route.version + 1, ..route.clone() };
    let (condition, values) = version_is(route.version)?;
    Ok(put(table, &keys::route(&next.id), encode(&next)?, Rule::MonitIsUnchanged, Some(condition), values))
}

/// A silence. Closes the race of its end with an alarm that it is about to hold: the slower one would leave an alarm that nobody looks at
/// again.
fn silence_if_unchanged(table: &str, next: &Silence, read: u64, now: Timestamp) -> Result<Write, PortError> {
    let mut attributes = encode(next)?;
    if next.ended_at.is_some() {
        attributes.insert("expires_at".to_owned(), expires(now, ENDED_SILENCES_ARE_KEPT));
    }
    let (condition, values) = version_is(read)?;
    Ok(put(table, &keys::silence(&next.id), attributes, Rule::MonitIsUnchanged, Some(condition), values))
}

/// Its copy among the settings, for as long as it has not ended. Needs no condition of its own: it travels with the silence.
fn silence_in_the_list(table: &str, silence: &Silence) -> Result<Write, PortError> {
    let key = keys::listed_silence(&silence.id);
    match silence.ended_at {
        Some(_) => Ok(delete(table, &key)),
        None => Ok(put(table, &key, encode(silence)?, Rule::None, None, Item::new())),
    }
}

/// Somebody stands in. Needs no condition: the same word twice is one.
fn stand_in_until_over(table: &str, stand_in: &Override, now: Timestamp) -> Result<Write, PortError> {
    let mut attributes = encode(stand_in)?;
    attributes.insert("expires_at".to_owned(), expires(stand_in.until.max(now), PAST_OVERRIDES_ARE_KEPT));
    Ok(put(table, &keys::stand_in(stand_in), attributes, Rule::None, None, Item::new()))
}

/// The later look counts. When there was a later one, there is nothing to remember, and the rest of the change is written without this.
fn looked_if_later(table: &str, person: &PersonId, at: Timestamp, now: Timestamp) -> Write {
    let looked = number(at.as_nanosecond());
    let attributes = Item::from([("looked_at".to_owned(), looked.clone()), ("expires_at".to_owned(), expires(now, LOOKS_ARE_KEPT))]);
    let condition = "attribute_not_exists(#pk) OR #looked_at < :looked";
    let values = Item::from([(":looked".to_owned(), looked)]);
    put(table, &keys::looked(person), attributes, Rule::LookIsLater, Some(condition), values)
}

/// The count of an hour. Closes the race of two notifications that come at the same moment: each is counted.
fn unreadables_if_unchanged(table: &str, unreadables: &Unreadables, now: Timestamp) -> Result<Write, PortError> {
    let next = Unreadables { version: unreadables.version + 1, ..unreadables.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("expires_at".to_owned(), expires(now, UNREADABLES_ARE_KEPT));
    let (condition, values) = version_is(unreadables.version)?;
    Ok(put(table, &keys::unreadables(next.hour), attributes, Rule::MonitIsUnchanged, Some(condition), values))
}

fn delete(table: &str, key: &Key) -> Write {
    let action = Action::Delete { key: key.attributes() };
    Write { rule: Rule::None, table: table.to_owned(), action, condition: None, values: Item::new() }
}

/// Leaves out numbers that the table refuses: an alarm that is shown without its value is better than one that is never shown.
fn only_what_can_be_stored(measure: &mut Option<Measure>, plot: &mut Option<Plot>) {
    if let Some(measure) = measure {
        measure.value = measure.value.filter(|value| can_be_stored(*value));
        measure.threshold = measure.threshold.filter(|threshold| can_be_stored(threshold.value));
    }
    if let Some(Plot::Points { points }) = plot {
        points.retain(|point| can_be_stored(point.value));
    }
}

/// Whether it is 0 or between 1e-130 and 9.99…e+125, either sign (DynamoDB developer guide, "Naming rules and data types", Number).
fn can_be_stored(value: f64) -> bool {
    value == 0.0 || (1e-130..1e126).contains(&value.abs())
}

#[cfg(test)]
mod tests {
    use opsroom_memory::contract::{monit_samples, samples};

    use super::*;
    use crate::items::decode;

    fn item(write: &Write) -> &Item {
        match &write.action {
            Action::Put(item) => item,
            other => panic!("nothing is put: {other:?}"),
        }
    }

    fn expiry(write: &Write) -> Option<i64> {
        item(write).get("expires_at").map(|at| at.as_n().unwrap().parse().unwrap())
    }

    fn days(days: i64) -> i64 {
        samples::at(days * 86_400).as_second()
    }

    #[test]
    fn every_number_that_a_table_takes_survives() {
        let values = [0.0, -0.0, 37.5, 3.0, -2.0, 0.1, 1.0 / 3.0, 1e20, -1e20, 1.8e19, 1e125, 1e-129, f64::from(f32::MAX), 2f64.powi(53)];
        for value in values {
            let mut alarm = monit_samples::alarm("a", 1);
            let measure = alarm.latest.measure.as_mut().unwrap();
            (measure.value, measure.threshold.as_mut().unwrap().value) = (Some(value), -value);
            alarm.latest.plot = Some(Plot::Points { points: vec![opsroom_domain::alarm::Point { at: samples::at(1), value }] });
            let write = alarm_if_unchanged("t", &alarm, samples::at(1)).unwrap();
            alarm.version = 1;
            assert_eq!(decode::<AlarmRecord>(item(&write).clone()).unwrap(), alarm, "{value}");
        }
    }

    #[test]
    fn numbers_that_no_table_takes_are_left_out() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e126, -1e300, 1e-131, f64::MIN_POSITIVE] {
            let mut incident = monit_samples::incident("i-1", 1);
            let (key, mut alarm) = incident.alarms.pop_first().unwrap();
            let measure = alarm.measure.as_mut().unwrap();
            (measure.value, measure.threshold.as_mut().unwrap().value) = (Some(value), value);
            let point = |value| opsroom_domain::alarm::Point { at: samples::at(1), value };
            alarm.plot = Some(Plot::Points { points: vec![point(1.0), point(value), point(2.0)] });
            incident.alarms.insert(key.clone(), alarm);
            let write = incident_if_unchanged("t", &incident, samples::at(1)).unwrap();
            let stored = decode::<Incident>(item(&write).clone()).unwrap();
            let measure = stored.alarms[&key].measure.as_ref().unwrap();
            assert_eq!((measure.value, measure.threshold), (None, None), "{value}");
            assert_eq!(stored.alarms[&key].plot, Some(Plot::Points { points: vec![point(1.0), point(2.0)] }), "{value}");
        }
    }

    #[test]
    fn what_is_over_is_forgotten_in_time_and_what_is_not_over_never() {
        let now = samples::at(0);
        let mut open = monit_samples::incident("i-1", 1);
        open.phase = opsroom_domain::incident::Phase::Triggered;
        assert_eq!(expiry(&incident_if_unchanged("t", &open, now).unwrap()), None);
        let closed = monit_samples::resolved(&open, 5);
        assert_eq!(expiry(&incident_if_unchanged("t", &closed, now).unwrap()), Some(days(180)));
        let mut alarm = monit_samples::alarm("a", 1);
        assert_eq!(expiry(&alarm_if_unchanged("t", &alarm, now).unwrap()), None, "its end is still to be told");
        alarm.verdict = alarm.verdict.map(|verdict| opsroom_domain::alarm::Verdict { firing: false, ..verdict });
        assert_eq!(expiry(&alarm_if_unchanged("t", &alarm, now).unwrap()), Some(days(60)));
        let mut silence = monit_samples::silence("s-1", 1);
        assert_eq!(expiry(&silence_if_unchanged("t", &silence, 0, now).unwrap()), None);
        assert_eq!(expiry(&silence_in_the_list("t", &silence).unwrap()), None);
        silence.ended_at = Some(now);
        assert_eq!(expiry(&silence_if_unchanged("t", &silence, 0, now).unwrap()), Some(days(30)));
        assert!(matches!(silence_in_the_list("t", &silence).unwrap().action, Action::Delete { .. }));
        let mut stand_in = monit_samples::stand_in("U1", 0);
        stand_in.until = samples::at(7 * 86_400);
        assert_eq!(expiry(&stand_in_until_over("t", &stand_in, now).unwrap()), Some(days(8)));
    }
}
