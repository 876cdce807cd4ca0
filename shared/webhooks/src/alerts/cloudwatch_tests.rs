use opsroom_domain::alarm::PlottedMetric;
use serde_json::json;

use super::super::samples::{at, labels, sample};
use super::*;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:opsroom-AlarmTopic-1A2B3C";

fn told(name: &str) -> Told {
    let json = sample(name);
    if name.ends_with("_sns") {
        let envelope: Value = serde_json::from_str(&json).unwrap();
        return read(envelope["Message"].as_str().unwrap(), envelope["TopicArn"].as_str()).unwrap();
    }
    read(&json, None).unwrap()
}

fn alarm(name: &str) -> AlarmReport {
    match told(name) {
        Told::Alarm(report) => *report,
        Told::Nothing(why) => panic!("{name}: {why}"),
    }
}

fn metric(
    id: Option<&str>,
    namespace: &str,
    name: &str,
    dimensions: &[(&str, &str)],
    statistic: &str,
    period: u32,
    drawn: bool,
) -> PlottedMetric {
    PlottedMetric::Metric {
        id: id.map(str::to_owned),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions: labels(dimensions),
        statistic: statistic.to_owned(),
        period,
        drawn,
    }
}

fn expression(id: &str, expression: &str, label: Option<&str>) -> PlottedMetric {
    PlottedMetric::Expression { id: Some(id.to_owned()), expression: expression.to_owned(), label: label.map(str::to_owned), drawn: true }
}

fn api_5xx() -> AlarmReport {
    let dimensions = [("ApiName", "api"), ("Stage", "production")];
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Cloudwatch, id: "111122223333/eu-west-1/api-production-5xx".to_owned() },
        name: "api-production-5xx".to_owned(),
        state: AlarmState::Firing,
        at: at("2026-11-25T10:04:07.640Z"),
        reason: Some(
            "Threshold Crossed: 2 out of the last 2 datapoints [37.0 (25/11/26 10:03:00), 21.0 (25/11/26 10:02:00)] were greater than the \
             threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition)."
                .to_owned(),
        ),
        description: Some("The API answers with errors. Runbook: https://wiki.example/runbooks/api-5xx.".to_owned()),
        severity: None,
        labels: labels(&dimensions),
        measure: Some(Measure {
            what: "5XXError (Sum)".to_owned(),
            value: Some(37.0),
            threshold: Some(Threshold { wrong_if: Comparison::Above, value: 10.0 }),
            unit: String::new(),
        }),
        children: Vec::new(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        links: AlarmLinks {
            console: Some(
                "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/api-production-5xx".to_owned(),
            ),
            runbook: Some("https://wiki.example/runbooks/api-5xx".to_owned()),
            dashboard: None,
        },
        plot: Some(Plot::Metrics { metrics: vec![metric(None, "AWS/ApiGateway", "5XXError", &dimensions, "Sum", 60, true)] }),
    }
}

#[test]
fn one_change_is_the_same_in_all_three_forms() {
    for form in ["sns", "event", "action"] {
        assert_eq!(alarm(&format!("cloudwatch_metric_{form}")), api_5xx(), "{form}");
    }
    for (name, forms) in [("math", &["sns", "event"][..]), ("anomaly", &["sns", "event"]), ("composite", &["sns", "event", "action"])] {
        let first = alarm(&format!("cloudwatch_{name}_{}", forms[0]));
        for form in &forms[1..] {
            assert_eq!(alarm(&format!("cloudwatch_{name}_{form}")), first, "{name} {form}");
        }
    }
}

#[test]
fn an_end_has_its_own_time_and_value() {
    let report = alarm("cloudwatch_metric_ok_sns");
    assert_eq!((report.state, report.at), (AlarmState::Ok, at("2026-11-25T10:21:07.655Z")));
    assert_eq!(report.key, api_5xx().key);
    assert_eq!(report.measure.unwrap().value, Some(4.0), "the newest of two");
}

#[test]
fn a_percentile_with_a_unit_and_a_name_with_a_colon() {
    let report = alarm("cloudwatch_percentile_sns");
    assert_eq!(report.key.id, "111122223333/eu-west-1/web: slow answers");
    assert_eq!(report.description, None);
    assert_eq!(
        report.measure,
        Some(Measure {
            what: "TargetResponseTime (p99)".to_owned(),
            value: Some(2.25),
            threshold: Some(Threshold { wrong_if: Comparison::AtOrAbove, value: 1.5 }),
            unit: "s".to_owned(),
        })
    );
    assert_eq!(
        report.links.console.as_deref(),
        Some("https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/web%3A%20slow%20answers")
    );
}

#[test]
fn metric_math_is_called_by_its_label_and_drawn_from_its_parts() {
    let report = alarm("cloudwatch_math_sns");
    assert_eq!(
        report.measure,
        Some(Measure {
            what: "error rate".to_owned(),
            value: Some(7.5),
            threshold: Some(Threshold { wrong_if: Comparison::Above, value: 5.0 }),
            unit: String::new(),
        })
    );
    let part = |id, name| metric(Some(id), "AWS/ApiGateway", name, &[("ApiName", "api")], "Sum", 60, false);
    let metrics =
        vec![expression("rate", "100 * errors / requests", Some("error rate")), part("errors", "5XXError"), part("requests", "Count")];
    assert_eq!(report.plot, Some(Plot::Metrics { metrics }));
    assert_eq!(report.labels, labels(&[("ApiName", "api")]));
}

#[test]
fn an_anomaly_has_a_value_and_no_threshold() {
    let report = alarm("cloudwatch_anomaly_sns");
    let measure = Measure { what: "RequestCount (Sum)".to_owned(), value: Some(812.0), threshold: None, unit: String::new() };
    assert_eq!(report.measure, Some(measure));
    assert_eq!(report.description, None, "an empty one is none");
    let metrics = vec![
        metric(Some("m1"), "AWS/ApplicationELB", "RequestCount", &[("LoadBalancer", "app/web/50dc6c495c0c9188")], "Sum", 300, true),
        expression("ad1", "ANOMALY_DETECTION_BAND(m1, 2)", Some("RequestCount (expected)")),
    ];
    assert_eq!(report.plot, Some(Plot::Metrics { metrics }));
}

#[test]
fn a_composite_alarm_has_children_and_nothing_to_draw() {
    let report = alarm("cloudwatch_composite_event");
    assert_eq!(report.children, ["web: slow answers", "api-production-5xx"]);
    assert_eq!(report.at, at("2026-11-25T10:04:07.802Z"));
    assert_eq!((report.measure, report.plot, report.labels.len()), (None, None, 0));
    assert_eq!(told("cloudwatch_composite_suppressed_event"), Told::Nothing("suppressed_by_its_composite"));
}

#[test]
fn no_data_and_missing_data_are_two_things() {
    let report = alarm("cloudwatch_insufficient_event");
    assert_eq!((report.state, report.at), (AlarmState::NoData, at("2026-11-25T11:00:07.640Z")));
    let mut measure = report.measure.clone().unwrap();
    assert_eq!((measure.value, measure.threshold), (None, None), "an event's threshold stands in its reason, or nowhere");
    measure.threshold = Some(Threshold { wrong_if: Comparison::Above, value: 10.0 });
    assert_eq!(alarm("cloudwatch_insufficient_sns"), AlarmReport { measure: Some(measure), ..report });

    let report = alarm("cloudwatch_missing_data_sns");
    assert_eq!(report.state, AlarmState::Firing);
    assert_eq!(
        report.measure,
        Some(Measure {
            what: "Heartbeat (SampleCount)".to_owned(),
            value: None,
            threshold: Some(Threshold { wrong_if: Comparison::Below, value: 1.0 }),
            unit: String::new(),
        })
    );
}

#[test]
fn one_of_many_that_an_alarm_watches_is_an_alarm_of_its_own_and_tags_are_labels() {
    let report = alarm("cloudwatch_contributor_sns");
    assert_eq!(report.key.id, "111122223333/eu-west-1/queues-too-old/6d442278dba546f6");
    assert_eq!(report.labels, labels(&[("QueueName", "invoices"), ("tag:service", "worker"), ("tag:severity", "critical")]));
    assert_eq!(report.severity, Some(Severity::Alert));
    assert_eq!(report.measure.unwrap().value, Some(905.0));
    let list = tags(&json!([{"Key": "service", "Value": "worker"}, {"key": "team", "value": "shop"}, {"Key": "empty"}, 5]));
    assert_eq!(list, labels(&[("service", "worker"), ("team", "shop")]));
}

#[test]
fn a_deleted_alarm_has_ended() {
    let report = alarm("cloudwatch_deleted_event");
    assert_eq!(report.key, api_5xx().key);
    assert_eq!((report.state, report.at), (AlarmState::Ok, at("2026-11-25T12:00:00Z")));
    assert_eq!((report.reason.as_deref(), report.measure), (Some("The alarm was deleted."), None));
    let created = sample("cloudwatch_deleted_event").replace("\"delete\"", "\"update\"");
    assert_eq!(read(&created, None), Ok(Told::Nothing("alarm_reconfigured")));
}

#[test]
fn a_message_without_an_arn_is_placed_by_its_topic() {
    let report = alarm("cloudwatch_plain_sns");
    assert_eq!(report.key.id, "111122223333/eu-west-1/old");
    assert_eq!(report.measure.unwrap().value, Some(10.0));
    // A region that is a code is believed before the topic.
    let message = json!({"AlarmName": "a", "AWSAccountId": "1", "NewStateValue": "OK", "StateChangeTime": "2026-11-25T10:00:00Z", "Region": "us-east-1"});
    let Ok(Told::Alarm(report)) = read(&message.to_string(), Some(TOPIC)) else { panic!() };
    assert_eq!((report.key.id.as_str(), report.region.as_deref()), ("1/us-east-1/a", Some("us-east-1")));
}

#[test]
fn what_is_wrong_is_said_without_repeating_it() {
    let message = |change: &dyn Fn(&mut Value)| {
        let envelope: Value = serde_json::from_str(&sample("cloudwatch_metric_sns")).unwrap();
        let mut message: Value = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
        change(&mut message);
        read(&message.to_string(), Some(TOPIC)).unwrap_err().to_string()
    };
    assert_eq!(message(&|m| m["NewStateValue"] = json!("BROKEN")), "the state can't be read");
    assert_eq!(message(&|m| m["StateChangeTime"] = json!("yesterday")), "the time of the change can't be read");
    let missing = message(&|m| drop(m.as_object_mut().unwrap().remove("NewStateValue")));
    assert!(missing.starts_with("an alarm's message: line 1, column "), "{missing}");
    assert!(missing.ends_with(": `NewStateValue` is missing"), "{missing}");
    let wrong = message(&|m| m["AlarmDescription"] = json!({"secret": "value"}));
    assert!(wrong.ends_with("a value of another kind than expected") && !wrong.contains("secret"), "{wrong}");
    assert_eq!(read("{}", None).unwrap_err().to_string(), "neither an alarm's message, event nor action");
    assert_eq!(read("Hello", None).unwrap_err().to_string(), "JSON: line 1, column 1: no JSON");
    let foreign = sample("cloudwatch_metric_event").replace("aws.cloudwatch", "acme.cloudwatch");
    assert_eq!(read(&foreign, None), Err(NotUnderstood::Field("source")));
    let other = sample("cloudwatch_metric_event").replace("CloudWatch Alarm State Change", "Scheduled Event");
    assert_eq!(read(&other, None), Err(NotUnderstood::UnknownForm));
}

#[test]
fn times_are_read_with_and_without_a_colon() {
    for text in
        ["2026-11-25T10:00:00.640+0000", "2026-11-25T10:00:00.640Z", "2026-11-25T10:00:00.640+00:00", "2026-11-25T12:00:00.640+0200"]
    {
        assert_eq!(time(text), Some(at("2026-11-25T10:00:00.640Z")), "{text}");
    }
    for text in ["", "+0000", "é+0000", "2026-11-25"] {
        assert_eq!(time(text), None, "{text}");
    }
}

#[test]
fn a_description_may_name_its_runbook() {
    for (text, expected) in [
        ("Runbook: https://wiki.example/a.", Some("https://wiki.example/a")),
        ("See the playbook <https://wiki.example/a|here>", Some("https://wiki.example/a")),
        ("https://app.example is down (runbook http://wiki.example/b)", Some("http://wiki.example/b")),
        ("https://app.example is down", None),
        ("No runbook yet", None),
    ] {
        assert_eq!(runbook(text).as_deref(), expected, "{text}");
    }
}
