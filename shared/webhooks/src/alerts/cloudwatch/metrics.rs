//! Metrics and expressions of an alarm, as SNS (`MetricStat`) and EventBridge (`metricStat`) write them.

use std::collections::BTreeMap;

use opsroom_domain::alarm::PlottedMetric;
use serde::Deserialize;
use serde_json::Value;

/// As told.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Entry {
    #[serde(alias = "Id")]
    pub(super) id: Option<String>,
    #[serde(alias = "MetricStat", rename = "metricStat")]
    pub(super) metric_stat: Option<MetricStat>,
    #[serde(alias = "Expression")]
    pub(super) expression: Option<String>,
    #[serde(alias = "Label")]
    pub(super) label: Option<String>,
    #[serde(alias = "ReturnData", rename = "returnData")]
    pub(super) return_data: Option<bool>,
}

/// What is measured, and how.
#[derive(Debug, Deserialize)]
pub(super) struct MetricStat {
    #[serde(alias = "Metric")]
    pub(super) metric: Metric,
    #[serde(alias = "Period")]
    pub(super) period: Option<f64>,
    #[serde(alias = "Stat")]
    pub(super) stat: Option<String>,
    #[serde(alias = "Unit")]
    pub(super) unit: Option<String>,
}

/// Which metric.
#[derive(Debug, Deserialize)]
pub(super) struct Metric {
    #[serde(alias = "MetricName")]
    pub(super) name: Option<String>,
    #[serde(alias = "Namespace")]
    pub(super) namespace: Option<String>,
    /// `[{"value": …, "name": …}]`, or an object.
    #[serde(alias = "Dimensions", default)]
    pub(super) dimensions: Value,
}

/// As it is drawn, with its unit.
#[derive(Debug)]
pub(super) struct Line {
    plotted: PlottedMetric,
    unit: &'static str,
}

impl Entry {
    pub(super) fn line(self) -> Option<Line> {
        let drawn = self.return_data.unwrap_or(true);
        // EventBridge gives the only metric of an alarm an id that no expression could use.
        let id = self.id.filter(|id| is_id(id));
        if let Some(expression) = self.expression {
            let label = self.label.filter(|label| !label.is_empty());
            return Some(Line { plotted: PlottedMetric::Expression { id, expression, label, drawn }, unit: "" });
        }
        let MetricStat { metric, period, stat, unit } = self.metric_stat?;
        let plotted = PlottedMetric::Metric {
            id,
            namespace: metric.namespace?,
            name: metric.name?,
            dimensions: pairs(&metric.dimensions),
            statistic: statistic(stat.as_deref().unwrap_or("Average")),
            period: seconds(period),
            drawn,
        };
        Some(Line { plotted, unit: unit.as_deref().map_or("", symbol) })
    }
}

pub(super) fn plotted(lines: &[Line]) -> Vec<PlottedMetric> {
    lines.iter().map(|line| line.plotted.clone()).collect()
}

/// All metrics' dimensions; of two with one name the first.
pub(super) fn dimensions(lines: &[Line]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for line in lines {
        if let PlottedMetric::Metric { dimensions, .. } = &line.plotted {
            for (name, value) in dimensions {
                all.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    all
}

/// What an alarm watches, as people read it, and its unit: of several the one that is drawn and no band around another.
pub(super) fn measured(lines: &[Line]) -> Option<(String, &'static str)> {
    let is_band = |line: &Line| matches!(&line.plotted, PlottedMetric::Expression { expression, .. } if expression.trim_start().starts_with("ANOMALY_DETECTION_BAND"));
    let is_drawn = |line: &Line| match line.plotted {
        PlottedMetric::Metric { drawn, .. } | PlottedMetric::Expression { drawn, .. } => drawn,
    };
    let watched = lines.iter().find(|line| is_drawn(line) && !is_band(line)).or_else(|| lines.iter().find(|line| !is_band(line)))?;
    let what = match &watched.plotted {
        PlottedMetric::Metric { name, statistic, .. } => format!("{name} ({statistic})"),
        PlottedMetric::Expression { expression, label, .. } => label.as_ref().unwrap_or(expression).clone(),
    };
    Some((what, watched.unit))
}

fn is_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn pairs(dimensions: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match dimensions {
        Value::Object(pairs) => pairs.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect(),
        Value::Array(pairs) => {
            let field = |pair: &Value, names: [&str; 2]| names.iter().find_map(|name| text(&pair[*name]));
            pairs.iter().filter_map(|pair| Some((field(pair, ["name", "Name"])?, field(pair, ["value", "Value"])?))).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// SNS writes them in capitals, `AVERAGE`; everything else as one asks for them.
fn statistic(text: &str) -> String {
    match text {
        "AVERAGE" => "Average",
        "SUM" => "Sum",
        "MINIMUM" => "Minimum",
        "MAXIMUM" => "Maximum",
        "SAMPLE_COUNT" | "SAMPLECOUNT" => "SampleCount",
        other => other,
    }
    .to_owned()
}

/// EventBridge writes whole numbers as floats. A graph needs some period.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn seconds(period: Option<f64>) -> u32 {
    period.filter(|seconds| *seconds >= 1.0).map_or(60, |seconds| seconds.min(86_400.0) as u32)
}

fn symbol(unit: &str) -> &'static str {
    match unit {
        "Percent" => "%",
        "Seconds" => "s",
        "Milliseconds" => "ms",
        "Microseconds" => "µs",
        "Bytes" => "B",
        "Kilobytes" => "kB",
        "Megabytes" => "MB",
        "Gigabytes" => "GB",
        "Bytes/Second" => "B/s",
        "Count/Second" => "/s",
        _ => "",
    }
}
