//! An alarm as its sender tells of it, whoever that is: `CloudWatch`, Alertmanager, Grafana, or a script.
//!
//! Senders tell late, twice and in any order, so a report carries the sender's own time of the change. What a report says in words is
//! text from outside: it may hold anything, and is only ever shown as plain text.

mod bounds;
mod record;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use bounds::cut;
pub use record::{AlarmRecord, Taken, Verdict};
pub(crate) use record::{News, Told};

use crate::monit::Severity;

/// Who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmSource {
    /// Amazon `CloudWatch`.
    Cloudwatch,
    /// Prometheus Alertmanager.
    Alertmanager,
    /// Grafana's unified alerting.
    Grafana,
    /// Anything that speaks the documented format.
    Generic,
}

impl AlarmSource {
    /// As it stands in keys, logs and catalogs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cloudwatch => "cloudwatch",
            Self::Alertmanager => "alertmanager",
            Self::Grafana => "grafana",
            Self::Generic => "generic",
        }
    }

    /// As people know it.
    pub fn shown(self) -> &'static str {
        match self {
            Self::Cloudwatch => "CloudWatch",
            Self::Alertmanager => "Alertmanager",
            Self::Grafana => "Grafana",
            Self::Generic => "a script",
        }
    }
}

/// Which alarm: the same for each of its changes, whichever way they come (its fingerprint).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlarmKey {
    /// Who watches.
    pub source: AlarmSource,
    /// `CloudWatch`: `<account>/<region>/<alarm name>`; Alertmanager and Grafana: the fingerprint of the labels, with what tells two
    /// servers apart in front; a script: its own `key`. 300 characters at most.
    pub id: String,
}

impl AlarmReport {
    /// The same report, with every text, list and link within its bounds.
    pub fn bounded(self) -> Self {
        bounds::bounded(self)
    }
}

impl Measure {
    /// What is wrong, or no longer wrong, in one line: `5XXError (Sum) is 37, above 10`.
    pub fn in_words(&self) -> String {
        words::in_words(self)
    }
}

impl std::fmt::Display for AlarmKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.source.as_str(), self.id)
    }
}

/// How an alarm stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// Something is wrong (`CloudWatch`: `ALARM`; others: `firing`).
    Firing,
    /// All is well (`OK`, `resolved`).
    Ok,
    /// Nothing is known (`INSUFFICIENT_DATA`, `NoData`). Neither an end nor a beginning.
    NoData,
}

/// One change of an alarm, as told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmReport {
    /// Which alarm.
    pub key: AlarmKey,
    /// What its people call it, 255 characters at most.
    pub name: String,
    /// How it stands from `at` on.
    pub state: AlarmState,
    /// When it changed, by the sender's clock.
    pub at: Timestamp,
    /// What is wrong in the sender's words (`CloudWatch`: `NewStateReason`; others: the annotation `summary`), 1,000 characters at most.
    pub reason: Option<String>,
    /// What the alarm is for (`AlarmDescription`; annotation `description`), 1,000 characters at most.
    pub description: Option<String>,
    /// How bad it is, if the sender says so in a way that is understood.
    pub severity: Option<Severity>,
    /// Labels; dimensions and tags of `CloudWatch`, too, tags as `tag:<key>`. 50 at most, values of 200 characters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What is measured.
    pub measure: Option<Measure>,
    /// Names of the alarms that made a composite alarm fire (`TriggeringChildren`), 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<String>,
    /// The AWS account.
    pub account: Option<String>,
    /// The AWS region's code.
    pub region: Option<String>,
    /// Pages.
    #[serde(default)]
    pub links: AlarmLinks,
    /// What a graph of it can be drawn from.
    pub plot: Option<Plot>,
}

/// Pages about an alarm. Only `https:` and `http:` addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmLinks {
    /// The alarm itself (console, `generatorURL`).
    pub console: Option<String>,
    /// What to do (annotation `runbook_url`).
    pub runbook: Option<String>,
    /// The dashboard.
    pub dashboard: Option<String>,
}

/// What an alarm measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The metric or expression, as people read it: `5XXError (Sum)`, `errors / requests`.
    pub what: String,
    /// What it was at the change.
    pub value: Option<f64>,
    /// What it must not be; an anomaly alarm has none.
    pub threshold: Option<Threshold>,
    /// `%`, `ms` …; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// A bound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Which side is wrong.
    pub wrong_if: Comparison,
    /// The bound itself.
    pub value: f64,
}

/// Which side of a bound is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtOrAbove,
    /// `<`
    Below,
    /// `<=`
    AtOrBelow,
}

/// What a graph can be drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Plot {
    /// `CloudWatch` has the numbers and draws them (`GetMetricWidgetImage`).
    Metrics {
        /// Metrics and expressions of the alarm, 10 at most.
        metrics: Vec<PlottedMetric>,
    },
    /// The sender sent the numbers along.
    Points {
        /// In the order of time, 300 at most.
        points: Vec<Point>,
    },
}

/// A line of a graph that `CloudWatch` draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PlottedMetric {
    /// A metric.
    Metric {
        /// Its name in expressions.
        id: Option<String>,
        /// `AWS/ApiGateway`.
        namespace: String,
        /// `5XXError`.
        name: String,
        /// Its dimensions.
        dimensions: BTreeMap<String, String>,
        /// `Sum`, `p99`.
        statistic: String,
        /// In seconds.
        period: u32,
        /// Whether it is drawn, or only used in an expression.
        drawn: bool,
    },
    /// An expression over the others.
    Expression {
        /// Its name in other expressions.
        id: Option<String>,
        /// `m1 / m2`.
        expression: String,
        /// What it is called in the graph.
        label: Option<String>,
        /// Whether it is drawn.
        drawn: bool,
    },
}

/// A value at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// How much.
    pub value: f64,
}
