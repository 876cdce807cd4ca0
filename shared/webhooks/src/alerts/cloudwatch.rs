//! Amazon `CloudWatch` tells of an alarm's change in three forms ("Acting on alarm changes", `CloudWatch` user guide): as a message of an
//! SNS topic, as an event of EventBridge, and as the input of a function that is an alarm's action. One change looks the same here, whichever
//! way it came, so that it is one when it comes several ways.

mod document;
mod event;
mod metrics;

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsroom_domain::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState, Comparison, Measure, Plot, Threshold};
use opsroom_domain::console::Console;
use opsroom_domain::monit::Severity;
use serde::Deserialize;
use serde_json::Value;

use self::metrics::Line;
use super::{null_is_empty, numbers};

/// What `CloudWatch` says.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// An alarm has changed.
    Alarm(Box<AlarmReport>),
    /// Nothing that anybody has to know, and why.
    Nothing(&'static str),
}

/// Why something isn't understood, without repeating it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// It lacks what it has to have.
    #[error("{what}: line {line}, column {column}: {why}")]
    Shape {
        /// Which form it seemed to have.
        what: &'static str,
        /// Where it ends to be that.
        line: usize,
        /// Likewise.
        column: usize,
        /// The field that is missing or wrong.
        why: String,
    },
    /// It is none of the forms.
    #[error("neither an alarm's message, event nor action")]
    UnknownForm,
    /// A field says something that is none of its values.
    #[error("the {0} can't be read")]
    Field(&'static str),
}

/// Reads any of the three forms. `topic` is the topic that a message came through: old and imitated ones don't say where their alarm is.
pub fn read(json: &str, topic: Option<&str>) -> Result<Told, NotUnderstood> {
    #[derive(Deserialize)]
    struct Form {
        #[serde(rename = "AlarmName")]
        message: Option<Value>,
        #[serde(rename = "detail-type")]
        event: Option<String>,
        #[serde(rename = "alarmData")]
        action: Option<Value>,
    }
    let form: Form = serde_json::from_str(json).map_err(|error| shape("JSON", &error))?;
    match form {
        Form { message: Some(_), .. } => document::read(json, topic)?.report().map(Told::Alarm),
        Form { event: Some(kind), .. } => event::read(&kind, json),
        Form { action: Some(_), .. } => event::read_action(json),
        _ => Err(NotUnderstood::UnknownForm),
    }
}

fn shape(what: &'static str, error: &serde_json::Error) -> NotUnderstood {
    // What serde says of data names types and fields, but may quote a value of a wrong type: only the field's name is kept.
    let said = error.to_string();
    let why = match said.split_once("missing field `").and_then(|(_, rest)| rest.split_once('`')) {
        Some((field, _)) => format!("`{field}` is missing"),
        None if error.is_data() => "a value of another kind than expected".to_owned(),
        None => "no JSON".to_owned(),
    };
    NotUnderstood::Shape { what, line: error.line(), column: error.column(), why }
}

/// One change, in any form.
#[derive(Debug, Default)]
struct Change {
    account: String,
    region: String,
    name: String,
    state: String,
    at: Option<Timestamp>,
    reason: Option<String>,
    description: Option<String>,
    lines: Vec<Line>,
    /// Only SNS says it; elsewhere it stands in the reason.
    threshold: Option<Threshold>,
    tags: BTreeMap<String, String>,
    children: Vec<String>,
    /// Of an alarm that watches many things by one query: which of them.
    contributor: Option<Contributor>,
}

/// One of the things that an alarm on a Metrics Insights query or a log watches.
#[derive(Debug, Clone, Deserialize)]
struct Contributor {
    id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    attributes: BTreeMap<String, String>,
}

impl Change {
    fn report(self) -> Result<Box<AlarmReport>, NotUnderstood> {
        let state = match self.state.as_str() {
            "ALARM" => AlarmState::Firing,
            "OK" => AlarmState::Ok,
            "INSUFFICIENT_DATA" => AlarmState::NoData,
            _ => return Err(NotUnderstood::Field("state")),
        };
        let at = self.at.ok_or(NotUnderstood::Field("time of the change"))?;
        let reason = self.reason.as_deref().unwrap_or_default();
        let threshold = self.threshold.or_else(|| numbers::threshold_in(reason));
        let measure = metrics::measured(&self.lines).map(|(what, unit)| Measure {
            what,
            value: numbers::newest_datapoint(reason),
            threshold,
            unit: unit.to_owned(),
        });
        let mut labels = metrics::dimensions(&self.lines);
        labels.extend(self.tags.iter().map(|(key, value)| (format!("tag:{key}"), value.clone())));
        let mut id = format!("{}/{}/{}", self.account, self.region, self.name);
        if let Some(Contributor { id: contributor, attributes }) = self.contributor {
            id = format!("{id}/{contributor}");
            labels.extend(attributes);
        }
        let runbook = self.description.as_deref().and_then(runbook);
        let plotted = metrics::plotted(&self.lines);
        Ok(Box::new(
            AlarmReport {
                key: AlarmKey { source: AlarmSource::Cloudwatch, id },
                state,
                at,
                severity: ["severity", "Severity", "priority", "Priority"].iter().find_map(|key| Severity::named(self.tags.get(*key)?)),
                measure,
                labels,
                // Who brought it to an end explains nothing.
                children: if state == AlarmState::Firing { self.children } else { Vec::new() },
                links: AlarmLinks {
                    console: (!self.region.is_empty()).then(|| Console { region: self.region.clone() }.alarm(&self.name)),
                    runbook,
                    dashboard: None,
                },
                plot: (!plotted.is_empty()).then_some(Plot::Metrics { metrics: plotted }),
                account: Some(self.account).filter(|account| !account.is_empty()),
                region: Some(self.region).filter(|region| !region.is_empty()),
                name: self.name,
                reason: self.reason.filter(|reason| !reason.trim().is_empty()),
                description: self.description.filter(|description| !description.trim().is_empty()),
            }
            .bounded(),
        ))
    }
}

/// `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`: region, account and name, which may hold colons.
fn parts_of(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.splitn(7, ':').skip(3);
    let (region, account) = (parts.next()?, parts.next()?);
    (parts.next()? == "alarm").then_some(())?;
    Some((region, account, parts.next()?))
}

/// `2026-11-25T10:00:00.640+0000`.
fn time(text: &str) -> Option<Timestamp> {
    let colon = text.len().checked_sub(2)?;
    let offset_at = text.len().checked_sub(5)?;
    let is_bare_offset = text.is_ascii() && matches!(text.as_bytes().get(offset_at), Some(b'+' | b'-'));
    if is_bare_offset {
        return format!("{}:{}", &text[..colon], &text[colon..]).parse().ok();
    }
    text.parse().ok()
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        "GreaterThanThreshold" => Comparison::Above,
        "GreaterThanOrEqualToThreshold" => Comparison::AtOrAbove,
        "LessThanThreshold" => Comparison::Below,
        "LessThanOrEqualToThreshold" => Comparison::AtOrBelow,
        // Those of anomaly detection have no number.
        _ => return None,
    })
}

/// Tags as an object or as a list of pairs: the forms differ, and this part of them is young.
fn tags(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::Object(pairs) => pairs.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect(),
        Value::Array(pairs) => {
            let field = |pair: &Value, names: [&str; 2]| names.iter().find_map(|name| text(&pair[*name]));
            pairs.iter().filter_map(|pair| Some((field(pair, ["Key", "key"])?, field(pair, ["Value", "value"])?))).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// The first address after the word in a description such as `Too many errors. Runbook: https://…`.
fn runbook(description: &str) -> Option<String> {
    let lower = description.to_ascii_lowercase();
    let word = ["runbook", "playbook"].iter().find_map(|word| lower.find(word))?;
    let after = &description[word..];
    let start = after.find("https://").or_else(|| after.find("http://"))?;
    let address: String = after[start..].chars().take_while(|c| !c.is_whitespace() && !matches!(c, '>' | ')' | '"' | '|')).collect();
    Some(address.trim_end_matches(['.', ',', ';']).to_owned())
}

#[cfg(test)]
#[path = "cloudwatch_tests.rs"]
mod tests;
