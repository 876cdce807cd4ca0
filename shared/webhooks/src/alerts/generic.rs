//! The documented format for anything that can send a request: `docs/guide/monit-room.md`. Signed like the one of builds.
//!
//! This format is ours, so what is wrong with it is said by name instead of being borne.

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsroom_domain::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState, Comparison, Measure, Plot, Point, Threshold};
use opsroom_domain::monit::Severity;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::not_ahead;
use crate::text::{line, lines};
use crate::webhook::{BadRequest, Known, Reading};

/// What a graph shows at most.
const MOST_POINTS: usize = 300;

/// As long as it may be: it is the alarm's name for good, so it is refused rather than cut.
const LONGEST_KEY: usize = 200;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    key: String,
    state: State,
    name: Option<String>,
    at: Option<Timestamp>,
    severity: Option<String>,
    summary: Option<String>,
    description: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    measure: Option<String>,
    value: Option<f64>,
    threshold: Option<Bound>,
    unit: Option<String>,
    #[serde(default)]
    points: Vec<Point>,
    #[serde(default)]
    links: Links,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    #[serde(alias = "alarm")]
    Firing,
    #[serde(alias = "resolved")]
    Ok,
    NoData,
}

/// `10`, or `{"below": 10}`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
enum Bound {
    Above(f64),
    Side(Side),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Side {
    Above(f64),
    AtOrAbove(f64),
    Below(f64),
    AtOrBelow(f64),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Links {
    page: Option<String>,
    runbook: Option<String>,
    dashboard: Option<String>,
}

impl Bound {
    fn threshold(self) -> Threshold {
        let (wrong_if, value) = match self {
            Self::Above(value) | Self::Side(Side::Above(value)) => (Comparison::Above, value),
            Self::Side(Side::AtOrAbove(value)) => (Comparison::AtOrAbove, value),
            Self::Side(Side::Below(value)) => (Comparison::Below, value),
            Self::Side(Side::AtOrBelow(value)) => (Comparison::AtOrBelow, value),
        };
        Threshold { wrong_if, value }
    }
}

fn parse(body: &RawValue) -> Result<Payload, BadRequest> {
    let json = &mut serde_json::Deserializer::from_str(body.get());
    let payload: Payload = serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let what = error.inner().to_string();
        let what = what.split(" at line ").next().unwrap_or(&what);
        BadRequest::Field(match path.as_str() {
            "." => what.to_owned(),
            "threshold" => "`threshold`: a number, or one of `above`, `at_or_above`, `below`, `at_or_below` with one".to_owned(),
            _ => format!("`{path}`: {what}"),
        })
    })?;
    let wrong = |what: String| Err(BadRequest::Field(what));
    if line(&payload.key, LONGEST_KEY).is_empty() {
        return wrong("`key` is empty; it says which alarm this is about, the same for each of its changes".to_owned());
    }
    if payload.key.chars().count() > LONGEST_KEY {
        return wrong(format!("`key` has more than {LONGEST_KEY} characters"));
    }
    if payload.severity.as_deref().is_some_and(|word| Severity::named(word).is_none()) {
        return wrong("`severity`: `alert` (somebody has to act) or `notification` (good to know)".to_owned());
    }
    for (name, link) in [("page", &payload.links.page), ("runbook", &payload.links.runbook), ("dashboard", &payload.links.dashboard)] {
        if link.as_deref().is_some_and(|link| !link.starts_with("https://") && !link.starts_with("http://")) {
            return wrong(format!("`links.{name}`: an address that starts with https:// or http://"));
        }
    }
    Ok(payload)
}

pub(crate) fn recognise(body: &RawValue) -> Result<Known, BadRequest> {
    let payload = parse(body)?;
    Ok(Known::Event { event: "alarm".to_owned(), delivery: None, place: payload.key })
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&bounded(serde_json::from_str(body.get())?))
}

fn bounded(mut payload: Payload) -> Payload {
    let cut = |text: Option<String>| text.map(|text| lines(&text, 1_000));
    payload.name = payload.name.map(|name| line(&name, 255));
    payload.summary = cut(payload.summary);
    payload.description = cut(payload.description);
    payload.measure = payload.measure.map(|measure| line(&measure, 200));
    payload.unit = payload.unit.map(|unit| line(&unit, 20));
    payload.labels = payload.labels.iter().take(50).map(|(name, value)| (line(name, 100), line(value, 200))).collect();
    payload.points.sort_by_key(|point| point.at);
    payload.points.drain(..payload.points.len().saturating_sub(MOST_POINTS));
    payload
}

pub(crate) fn read(body: &RawValue, received_at: Timestamp) -> Result<Reading, serde_json::Error> {
    let payload = bounded(serde_json::from_str(body.get())?);
    let key = line(&payload.key, LONGEST_KEY);
    let name = payload.name.filter(|name| !name.is_empty()).unwrap_or_else(|| key.clone());
    let is_measured = payload.value.is_some() || payload.threshold.is_some();
    let measure = is_measured.then(|| Measure {
        what: payload.measure.filter(|what| !what.is_empty()).unwrap_or_else(|| name.clone()),
        value: payload.value,
        threshold: payload.threshold.map(Bound::threshold),
        unit: payload.unit.unwrap_or_default(),
    });
    let report = AlarmReport {
        key: AlarmKey { source: AlarmSource::Generic, id: key },
        name,
        state: match payload.state {
            State::Firing => AlarmState::Firing,
            State::Ok => AlarmState::Ok,
            State::NoData => AlarmState::NoData,
        },
        at: not_ahead(payload.at.unwrap_or(received_at), received_at),
        reason: payload.summary.filter(|text| !text.is_empty()),
        description: payload.description.filter(|text| !text.is_empty()),
        severity: payload.severity.as_deref().and_then(Severity::named),
        labels: payload.labels,
        measure,
        children: Vec::new(),
        account: None,
        region: None,
        links: AlarmLinks { console: payload.links.page, runbook: payload.links.runbook, dashboard: payload.links.dashboard },
        plot: (!payload.points.is_empty()).then_some(Plot::Points { points: payload.points }),
    };
    Ok(Reading { alarms: vec![report], ..Reading::default() })
}

#[cfg(test)]
#[path = "generic_tests.rs"]
mod tests;
