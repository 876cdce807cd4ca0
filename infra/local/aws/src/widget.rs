//! `GetMetricWidgetImage`, which the emulator lacks: a picture of metrics, with the bound and the moment that the definition marks
//! ("Metric Widget Structure and Syntax", CloudWatch API reference). Numbers come from the emulator's `GetMetricData`.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Picture, Plotter as _};
use opsroom_domain::alarm::{Comparison, Point, Threshold};
use opsroom_plot::Graphs;
use serde_json::{Map, Value, json};

use crate::call::Protocol;
use crate::cbor;
use crate::cloud::{Cloud, CloudError};
use crate::errors::{self, Failure};

/// The operation.
pub const OPERATION: &str = "GetMetricWidgetImage";

const DATA: &str = "GraniteServiceVersion20100801.GetMetricData";

/// What is asked for, as far as it is drawn.
#[derive(Debug)]
struct Widget {
    start: Timestamp,
    end: Timestamp,
    queries: Vec<Value>,
    picture: Picture,
}

/// Draws what a call asks for.
pub async fn image(cloud: &Cloud, members: &Value, now: Timestamp) -> Result<Vec<u8>, Failure> {
    let widget = read(members, now).map_err(|what| Failure::invalid(&what))?;
    let points = points(cloud, &widget).await.map_err(|error| {
        tracing::warn!(%error, "no numbers for a picture");
        Failure::internal()
    })?;
    Graphs.draw(&points, &widget.picture).ok_or_else(Failure::internal)
}

/// The answer in the caller's protocol.
pub fn answer(protocol: Protocol, image: &[u8]) -> Response {
    const MEMBER: &str = "MetricWidgetImage";
    match protocol {
        Protocol::Cbor => cbor::bytes(MEMBER, image),
        Protocol::Json | Protocol::S3 => errors::json(StatusCode::OK, &json!({ MEMBER: BASE64_STANDARD.encode(image) })),
        Protocol::Query => {
            let body = format!(
                "<{OPERATION}Response xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><{OPERATION}Result><{MEMBER}>{}</{MEMBER}>\
                 </{OPERATION}Result></{OPERATION}Response>",
                BASE64_STANDARD.encode(image)
            );
            (StatusCode::OK, [(CONTENT_TYPE, "text/xml")], body).into_response()
        }
    }
}

fn read(members: &Value, now: Timestamp) -> Result<Widget, String> {
    if members["OutputFormat"].as_str().is_some_and(|format| format != "png") {
        return Err("OutputFormat must be png".to_owned());
    }
    let definition = members["MetricWidget"].as_str().ok_or("MetricWidget is required")?;
    let widget: Value = serde_json::from_str(definition).map_err(|error| format!("MetricWidget is no JSON: {error}"))?;
    let metrics = widget["metrics"].as_array().filter(|metrics| !metrics.is_empty()).ok_or("MetricWidget has no metrics")?;
    let queries: Vec<Value> =
        metrics.iter().enumerate().map(|(at, line)| query(at, line)).collect::<Option<_>>().ok_or("a metric is malformed")?;
    if !queries.iter().any(|query| query["ReturnData"] == true) {
        return Err("no metric is visible".to_owned());
    }
    let time = |name: &str| widget[name].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let end = time("end").unwrap_or(now);
    let start = time("start").unwrap_or_else(|| end.saturating_sub(SignedDuration::from_hours(3)).unwrap_or(end));
    if start >= end {
        return Err("the start is not before the end".to_owned());
    }
    let mark = |name: &str| widget["annotations"][name][0]["value"].clone();
    let picture = Picture {
        title: widget["title"].as_str().unwrap_or_default().to_owned(),
        threshold: mark("horizontal").as_f64().map(|value| Threshold { wrong_if: Comparison::Above, value }),
        moment: mark("vertical").as_str().and_then(|text| text.parse().ok()).unwrap_or(end),
        unit: String::new(),
    };
    Ok(Widget { start, end, queries, picture })
}

/// `["Namespace", "Name", "Dimension", "Value", {"stat": "Sum"}]`, or `[{"expression": "m1 / m2"}]`, as `GetMetricData` asks for it.
fn query(at: usize, line: &Value) -> Option<Value> {
    let mut parts = line.as_array()?.clone();
    let options = match parts.last() {
        Some(Value::Object(_)) => parts.pop()?,
        _ => Value::Object(Map::new()),
    };
    let id = options["id"].as_str().map_or_else(|| format!("line{at}"), str::to_owned);
    let shown = options["visible"].as_bool().unwrap_or(true);
    if options["expression"].is_string() {
        return Some(json!({ "Id": id, "Expression": options["expression"], "ReturnData": shown }));
    }
    let mut words = parts.iter().map(Value::as_str);
    let (namespace, name) = (words.next()??, words.next()??);
    let mut dimensions = Vec::new();
    while let Some(dimension) = words.next() {
        dimensions.push(json!({ "Name": dimension?, "Value": words.next()?? }));
    }
    let stat = json!({
        "Metric": { "Namespace": namespace, "MetricName": name, "Dimensions": dimensions },
        "Period": options["period"].as_u64().unwrap_or(300),
        "Stat": options["stat"].as_str().unwrap_or("Average"),
    });
    Some(json!({ "Id": id, "MetricStat": stat, "ReturnData": shown }))
}

/// The numbers of the first line that has any; without numbers a line along the bottom, so that there is a picture.
async fn points(cloud: &Cloud, widget: &Widget) -> Result<Vec<Point>, CloudError> {
    let question = json!({
        "MetricDataQueries": widget.queries,
        "StartTime": widget.start.as_second(),
        "EndTime": widget.end.as_second(),
    });
    let answer = cloud.json("monitoring", DATA, &question).await?;
    let results = answer["MetricDataResults"].as_array().cloned().unwrap_or_default();
    let lines = results.iter().map(|result| {
        let times = result["Timestamps"].as_array().into_iter().flatten();
        let values = result["Values"].as_array().into_iter().flatten();
        let point = |(at, value): (&Value, &Value)| Some(Point { at: Timestamp::from_second(at.as_i64()?).ok()?, value: value.as_f64()? });
        times.zip(values).filter_map(point).collect::<Vec<_>>()
    });
    let drawn = lines.max_by_key(|points| points.len().min(2)).filter(|points| points.len() >= 2);
    Ok(drawn.unwrap_or_else(|| [widget.start, widget.end].map(|at| Point { at, value: 0.0 }).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widget(definition: &Value) -> Result<Widget, String> {
        let members = json!({ "MetricWidget": definition.to_string(), "OutputFormat": "png" });
        read(&members, Timestamp::from_second(1_795_600_000).unwrap())
    }

    #[test]
    fn a_definition_becomes_a_question_and_a_picture() {
        let widget = widget(&json!({
            "title": "api", "start": "2026-11-25T09:00:00Z", "end": "2026-11-25T12:15:00Z",
            "metrics": [
                ["AWS/ApiGateway", "5XXError", "ApiName", "api", {"stat": "Sum", "period": 60, "visible": false, "id": "m1"}],
                [{"expression": "m1 * 2", "visible": true}],
            ],
            "annotations": {"horizontal": [{"value": 10.0}], "vertical": [{"value": "2026-11-25T12:00:00Z"}]},
        }))
        .unwrap();
        let metric = json!({"Namespace": "AWS/ApiGateway", "MetricName": "5XXError", "Dimensions": [{"Name": "ApiName", "Value": "api"}]});
        assert_eq!(
            widget.queries,
            [
                json!({"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": false}),
                json!({"Id": "line1", "Expression": "m1 * 2", "ReturnData": true}),
            ]
        );
        assert_eq!(widget.picture.threshold.map(|threshold| threshold.value), Some(10.0));
        assert_eq!(widget.picture.moment.to_string(), "2026-11-25T12:00:00Z");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        for (definition, why) in [
            (json!({}), "MetricWidget has no metrics"),
            (json!({"metrics": [["OnlyANamespace"]]}), "a metric is malformed"),
            (json!({"metrics": [["N", "M", "Dimension"]]}), "a metric is malformed"),
            (json!({"metrics": [["N", "M", {"visible": false}]]}), "no metric is visible"),
            (
                json!({"metrics": [["N", "M"]], "start": "2026-11-25T09:00:00Z", "end": "2026-11-25T08:00:00Z"}),
                "the start is not before the end",
            ),
        ] {
            assert_eq!(widget(&definition).unwrap_err(), why);
        }
        assert_eq!(read(&json!({}), Timestamp::UNIX_EPOCH).unwrap_err(), "MetricWidget is required");
    }
}
