//! An alarm as its sender tells of it, whoever that is: `CloudWatch`, Alertmanager, Grafana, or a script.
//!
//! Senders tell late, twice and in any order, so a report carries the sender's own time of the change. What a report says in words is
//! text from outside: it may hold anything, and is only ever shown as plain text.

mod bounds;
mod words;

pub(crate) use bounds::cut;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// What is known of an alarm: enough to tell a change from its repetition, and flapping from trouble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmRecord {
    /// The newest report by the sender's time.
    pub latest: AlarmReport,
    /// The incident that it is, or was last, part of.
    pub incident: Option<crate::ids::IncidentId>,
    /// The silence that keeps it quiet, while it fires.
    pub held_by: Option<crate::ids::SilenceId>,
    /// What the newest report said that said anything about trouble: no data is neither an end nor a beginning.
    pub verdict: Option<Verdict>,
    /// When it began or ceased to fire, newest last; [`AlarmRecord::MOST_CHANGES`] at most.
    pub changes: Vec<Timestamp>,
    /// Counts writes; guards against writing over a newer one. 0 for one that was never written.
    pub version: u64,
}

impl AlarmRecord {
    /// How many changes are remembered.
    pub const MOST_CHANGES: usize = 50;

    /// What is known after an alarm's first report.
    pub fn new(report: AlarmReport) -> Self {
        let verdict = Verdict::of(report.state, report.at);
        let changes = if report.state == AlarmState::Firing { vec![report.at] } else { Vec::new() };
        Self { latest: report, incident: None, held_by: None, verdict, changes, version: 0 }
    }

    /// Takes in a further report, and says what is new about it.
    pub fn take(&mut self, report: &AlarmReport) -> Taken {
        let told = Told::between((self.latest.state, self.latest.at), self.verdict, (report.state, report.at));
        if told.newest {
            self.latest = report.clone();
        }
        if told.judges {
            self.verdict = Verdict::of(report.state, report.at);
        }
        if told.turns {
            self.changes.push(report.at);
            self.changes.sort();
            let surplus = self.changes.len().saturating_sub(Self::MOST_CHANGES);
            self.changes.drain(..surplus);
        }
        told.taken()
    }

    /// Whether it fires, as far as is known.
    pub fn fires(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict.firing)
    }
}

/// What is new about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Nothing: it is older than what is known, or the same was told before.
    Nothing,
    /// The alarm stands differently now.
    Changed,
    /// It stands as before, in newer words.
    OnlyWords,
}

/// What a report says about trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether there is any.
    pub firing: bool,
    /// When that was so, by the sender's clock.
    pub at: Timestamp,
}

impl Verdict {
    /// What a state says about trouble; no data says nothing.
    pub fn of(state: AlarmState, at: Timestamp) -> Option<Self> {
        match state {
            AlarmState::Firing => Some(Self { firing: true, at }),
            AlarmState::Ok => Some(Self { firing: false, at }),
            AlarmState::NoData => None,
        }
    }

    fn state(self) -> AlarmState {
        if self.firing { AlarmState::Firing } else { AlarmState::Ok }
    }
}

/// How a report relates to what is known.
///
/// Reports are ordered by the sender's time. Of two states at the same time the worse one counts, whichever is told first: an alarm that
/// seems to fire a little too long is seen by somebody, one that is missed isn't. Two reports of one state at one time are one
/// report that came two ways. What is said about trouble has an order of its own, so that an `OK` that was overtaken by a later
/// `INSUFFICIENT_DATA` still ends what it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// It is the newest report of all.
    pub newest: bool,
    /// It is the newest that says anything about trouble.
    pub judges: bool,
    /// It begins or ends trouble.
    pub turns: bool,
    /// It is the newest, and says another state than the one before.
    pub differs: bool,
}

impl Told {
    /// Compares a report with the newest known state and verdict.
    pub(crate) fn between(newest: (AlarmState, Timestamp), verdict: Option<Verdict>, told: (AlarmState, Timestamp)) -> Self {
        let place = |(state, at): (AlarmState, Timestamp)| {
            let worse = match state {
                AlarmState::NoData => 0_u8,
                AlarmState::Ok => 1,
                AlarmState::Firing => 2,
            };
            (at, worse)
        };
        let is_newest = place(told) > place(newest);
        let judged = Verdict::of(told.0, told.1);
        let judges = judged.is_some() && verdict.is_none_or(|known| place(told) > place((known.state(), known.at)));
        let was_firing = verdict.is_some_and(|known| known.firing);
        let turns = judges && judged.is_some_and(|now| now.firing != was_firing);
        Self { newest: is_newest, judges, turns, differs: is_newest && told.0 != newest.0 }
    }

    /// In a word.
    pub(crate) fn taken(self) -> Taken {
        if self.turns || self.differs {
            Taken::Changed
        } else if self.newest || self.judges {
            Taken::OnlyWords
        } else {
            Taken::Nothing
        }
    }
}
