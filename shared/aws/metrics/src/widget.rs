//! The definition of a graph ("`GetMetricWidgetImage`: Metric Widget Structure and Syntax", `CloudWatch` API reference).

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::Picture;
use opsroom_domain::alarm::PlottedMetric;
use serde_json::{Map, Value, json};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 340;

/// A graph of metrics around a moment, with the bound and the moment marked.
pub(crate) fn widget(metrics: &[PlottedMetric], picture: &Picture, before: SignedDuration, after: SignedDuration) -> Value {
    let start = picture.moment.saturating_sub(before).unwrap_or(picture.moment);
    let end = picture.moment.saturating_add(after).unwrap_or(picture.moment);
    let mut annotations =
        Map::from_iter([("vertical".to_owned(), json!([{"value": second(picture.moment), "label": "alarm", "color": "#e01e5a"}]))]);
    if let Some(threshold) = picture.threshold {
        annotations.insert("horizontal".to_owned(), json!([{"value": threshold.value, "label": "threshold", "color": "#e01e5a"}]));
    }
    json!({
        "title": picture.title,
        "width": WIDTH,
        "height": HEIGHT,
        "view": "timeSeries",
        "stacked": false,
        "start": second(start),
        "end": second(end),
        "timezone": "+0000",
        "metrics": metrics.iter().map(line).collect::<Vec<_>>(),
        "annotations": annotations,
    })
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// One line: an array of namespace, name and dimensions with the rest in an object at its end; for an expression only the object.
fn line(metric: &PlottedMetric) -> Value {
    match metric {
        PlottedMetric::Metric { id, namespace, name, dimensions, statistic, period, drawn } => {
            let mut parts = vec![json!(namespace), json!(name)];
            parts.extend(dimensions.iter().flat_map(|(name, value)| [json!(name), json!(value)]));
            let mut rest = Map::from_iter([("stat".to_owned(), json!(statistic)), ("period".to_owned(), json!(period))]);
            rest.insert("visible".to_owned(), json!(drawn));
            rest.extend(id.iter().map(|id| ("id".to_owned(), json!(id))));
            parts.push(Value::Object(rest));
            Value::Array(parts)
        }
        PlottedMetric::Expression { id, expression, label, drawn } => {
            let mut rest = Map::from_iter([("expression".to_owned(), json!(expression)), ("visible".to_owned(), json!(drawn))]);
            rest.extend(id.iter().map(|id| ("id".to_owned(), json!(id))));
            rest.extend(label.iter().map(|label| ("label".to_owned(), json!(label))));
            json!([rest])
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use opsroom_domain::alarm::{Comparison, Threshold};

    use super::*;

    #[test]
    fn a_metric_and_an_expression_with_the_bound_and_the_moment() {
        let metrics = [
            PlottedMetric::Metric {
                id: Some("m1".into()),
                namespace: "AWS/ApiGateway".into(),
                name: "5XXError".into(),
                dimensions: BTreeMap::from([("ApiName".into(), "api".into())]),
                statistic: "Sum".into(),
                period: 60,
                drawn: false,
            },
            PlottedMetric::Expression { id: None, expression: "m1 * 2".into(), label: Some("twice".into()), drawn: true },
        ];
        let picture = Picture {
            title: "api".into(),
            threshold: Some(Threshold { wrong_if: Comparison::Above, value: 10.0 }),
            moment: "2026-11-25T12:00:00Z".parse().unwrap(),
            unit: String::new(),
        };
        let widget = widget(&metrics, &picture, SignedDuration::from_hours(3), SignedDuration::from_mins(15));
        assert_eq!(
            widget["metrics"],
            json!([
                ["AWS/ApiGateway", "5XXError", "ApiName", "api", {"stat": "Sum", "period": 60, "visible": false, "id": "m1"}],
                [{"expression": "m1 * 2", "visible": true, "label": "twice"}],
            ])
        );
        assert_eq!((&widget["start"], &widget["end"]), (&json!("2026-11-25T09:00:00Z"), &json!("2026-11-25T12:15:00Z")));
        assert_eq!(widget["annotations"]["horizontal"][0]["value"], json!(10.0));
        assert_eq!(widget["annotations"]["vertical"][0]["value"], json!("2026-11-25T12:00:00Z"));
    }
}
