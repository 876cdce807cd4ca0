use opsroom_domain::alarm::{Comparison, Threshold};
use serde_json::json;

use super::super::samples::{at, labels, now, reading, sample, webhook};
use super::*;
use crate::{Recognised, Sender, recognise as take};

fn report(instance: &str, fingerprint: &str) -> AlarmReport {
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Alertmanager, id: format!("alertmanager.example:9093/{fingerprint}") },
        name: "HighErrorRate".to_owned(),
        state: AlarmState::Firing,
        at: at("2026-11-25T10:02:30.500Z"),
        reason: Some(format!("{instance} answers with errors")),
        description: Some("More than 5 % of the answers are errors.".to_owned()),
        severity: Some(Severity::Alert),
        labels: labels(&[
            ("alertname", "HighErrorRate"),
            ("environment", "production"),
            ("instance", instance),
            ("service", "api"),
            ("severity", "critical"),
        ]),
        measure: Some(Measure {
            what: "HighErrorRate".to_owned(),
            value: Some(7.25),
            threshold: Some(Threshold { wrong_if: Comparison::Above, value: 5.0 }),
            unit: "%".to_owned(),
        }),
        children: Vec::new(),
        account: None,
        region: None,
        links: AlarmLinks {
            console: Some("http://prometheus.example:9090/graph?g0.expr=rate".to_owned()),
            runbook: Some("https://wiki.example/runbooks/errors".to_owned()),
            dashboard: Some("https://grafana.example/d/api".to_owned()),
        },
        plot: None,
    }
}

fn measured(mut report: AlarmReport, value: Option<f64>, unit: &str) -> AlarmReport {
    if let Some(measure) = &mut report.measure {
        measure.value = value;
        unit.clone_into(&mut measure.unit);
    }
    report
}

#[test]
fn each_alert_of_a_group_is_an_alarm() {
    let said = reading(Sender::Alertmanager, "alertmanager_firing");
    let first = report("api-1:8080", "ba6a4d1e0c5a9f01");
    let second = measured(report("api-2:8080", "ba6a4d1e0c5a9f02"), None, "");
    assert_eq!(said, Reading { alarms: vec![first, second], left_out: 3, ..Reading::default() });
}

#[test]
fn an_alerts_own_state_counts_and_an_end_has_its_own_time() {
    let alarms = reading(Sender::Alertmanager, "alertmanager_partly_resolved").alarms;
    let first = measured(report("api-1:8080", "ba6a4d1e0c5a9f01"), Some(1.5), "%");
    assert_eq!(alarms[0], AlarmReport { state: AlarmState::Ok, at: at("2026-11-25T10:20:00.123Z"), ..first });
    assert_eq!(alarms[1], measured(report("api-2:8080", "ba6a4d1e0c5a9f02"), Some(9.0), ""));
    let last = reading(Sender::Alertmanager, "alertmanager_resolved").alarms.remove(0);
    assert_eq!((last.key, last.state, last.at), (alarms[1].key.clone(), AlarmState::Ok, at("2026-11-25T10:31:00Z")));
}

#[test]
fn without_a_fingerprint_the_labels_make_one() {
    let alarms = reading(Sender::Alertmanager, "alertmanager_oldest").alarms;
    assert_eq!((alarms[0].name.as_str(), alarms[0].severity, &alarms[0].measure), ("InstanceDown", None, &None));
    assert!(alarms[0].key.id.len() == 16 && alarms[0].key.id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", alarms[0].key.id);
    let other = webhook(Sender::Alertmanager, &sample("alertmanager_oldest").replace("\"node\"", "\"other\""));
    assert_ne!(crate::read(&other).unwrap().alarms[0].key, alarms[0].key);
}

#[test]
fn a_time_that_has_not_come_or_never_was_is_that_of_the_arrival() {
    let body = sample("alertmanager_firing").replace("2026-11-25T10:02:30.5Z", "2036-01-01T00:00:00Z");
    assert_eq!(crate::read(&webhook(Sender::Alertmanager, &body)).unwrap().alarms[0].at, now());
    let body = sample("alertmanager_resolved").replace("2026-11-25T10:31:00Z", "0001-01-01T00:00:00Z");
    assert_eq!(crate::read(&webhook(Sender::Alertmanager, &body)).unwrap().alarms[0].at, now());
}

#[test]
fn what_is_missing_or_null_is_borne() {
    let body = json!({"alerts": [{"labels": null, "annotations": null}]}).to_string();
    let alarm = crate::read(&webhook(Sender::Alertmanager, &body)).unwrap().alarms.remove(0);
    assert_eq!((alarm.name.as_str(), alarm.state, alarm.at), ("an alert without a name", AlarmState::Firing, now()));
}

#[test]
fn what_is_no_group_is_refused_by_name_and_an_empty_one_is_nothing() {
    let taken = |body: &str| take(Sender::Alertmanager, &http::HeaderMap::new(), body.as_bytes(), now());
    assert_eq!(taken("{}").unwrap_err().to_string(), "not a group of alerts: missing field `alerts`");
    assert!(matches!(taken(r#"{"alerts": []}"#), Ok(Recognised::NotOurs { .. })));
    assert!(matches!(taken("[]"), Err(BadRequest::NotAnObject)));
}

#[test]
fn a_large_group_is_worked_off_in_parts_and_nothing_is_lost() {
    let mut group: Value = serde_json::from_str(&sample("alertmanager_firing")).unwrap();
    let alert = group["alerts"][0].clone();
    let alerts = (0..60).map(|n| {
        let mut alert = alert.clone();
        alert["fingerprint"] = json!(format!("f{n}"));
        alert["annotations"]["description"] = json!("é".repeat(5_000));
        alert["annotations"]["unread"] = json!("x".repeat(5_000));
        alert
    });
    group["alerts"] = alerts.collect();
    let whole = webhook(Sender::Alertmanager, &group.to_string());
    let keys =
        |webhook: &crate::Webhook| -> Vec<String> { crate::read(webhook).unwrap().alarms.into_iter().map(|alarm| alarm.key.id).collect() };
    let expected = keys(&whole);
    assert_eq!(expected.len(), 60);
    for (limit, count) in [(1_000_000, 3), (60_000, 10)] {
        let parts = whole.clone().parts(limit);
        assert_eq!(parts.len(), count, "{limit}");
        assert!(parts.iter().all(|part| serde_json::to_vec(part).unwrap().len() <= limit), "{limit}");
        assert_eq!(parts.iter().flat_map(keys).collect::<Vec<_>>(), expected, "{limit}");
    }
    let small = webhook(Sender::Alertmanager, &sample("alertmanager_firing"));
    assert_eq!(small.clone().parts(1_000_000).len(), 1);
    assert_eq!(small.clone().parts(1_000_000)[0].body.get(), small.body.get());
}

#[test]
fn a_server_is_known_by_its_host_without_secrets() {
    let server = |address: &str| {
        let group: Group = serde_json::from_value(json!({"externalURL": address, "alerts": []})).unwrap();
        group.server()
    };
    assert_eq!(server("https://Alerts.Example:9093/path?x"), "alerts.example:9093");
    assert_eq!(server("https://user:pass@alerts.example/"), "alerts.example");
    assert_eq!(server(""), "");
}
