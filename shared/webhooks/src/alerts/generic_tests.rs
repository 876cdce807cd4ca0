use serde_json::{Value, json};

use super::super::samples::{at, labels, now, reading, sample, webhook};
use super::*;
use crate::{Sender, recognise as take};

fn backup() -> AlarmReport {
    let point = |moment: &str, value| Point { at: at(moment), value };
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Generic, id: "backup/orders".to_owned() },
        name: "Backup of orders is old".to_owned(),
        state: AlarmState::Firing,
        at: at("2026-11-25T10:00:00.250Z"),
        reason: Some("The newest backup is 31.5 hours old".to_owned()),
        description: Some("Written by backup-check each quarter of an hour.".to_owned()),
        severity: Some(Severity::Alert),
        labels: labels(&[("environment", "production"), ("service", "api")]),
        measure: Some(Measure {
            what: "age of the newest backup".to_owned(),
            value: Some(31.5),
            threshold: Some(Threshold { wrong_if: Comparison::AtOrAbove, value: 26.0 }),
            unit: "h".to_owned(),
        }),
        children: Vec::new(),
        account: None,
        region: None,
        links: AlarmLinks {
            console: Some("https://backup.example/orders".to_owned()),
            runbook: Some("https://wiki.example/runbooks/backup".to_owned()),
            dashboard: Some("https://grafana.example/d/backup".to_owned()),
        },
        plot: Some(Plot::Points {
            points: vec![point("2026-11-25T08:00:00Z", 29.5), point("2026-11-25T09:00:00Z", 30.5), point("2026-11-25T10:00:00Z", 31.5)],
        }),
    }
}

#[test]
fn everything_that_can_be_said_is_read() {
    assert_eq!(reading(Sender::GenericAlerts, "generic_firing").alarms, [backup()]);
}

#[test]
fn little_is_enough() {
    let end = reading(Sender::GenericAlerts, "generic_ok").alarms.remove(0);
    assert_eq!((end.key, end.state, end.at), (backup().key, AlarmState::Ok, at("2026-11-25T10:30:00Z")));
    let least = reading(Sender::GenericAlerts, "generic_smallest").alarms.remove(0);
    assert_eq!((least.name.as_str(), least.at, least.measure, least.plot), ("disk", now(), None, None));
}

#[test]
fn words_of_other_senders_are_understood_and_a_bare_threshold_is_an_upper_one() {
    let body = json!({"key": "k", "state": "resolved", "severity": "P2", "value": 3, "threshold": 2});
    let alarm = read(&webhook(Sender::GenericAlerts, &body.to_string()).body, now()).unwrap().alarms.remove(0);
    assert_eq!((alarm.state, alarm.severity), (AlarmState::Ok, Some(Severity::Alert)));
    let threshold = Some(Threshold { wrong_if: Comparison::Above, value: 2.0 });
    assert_eq!(alarm.measure, Some(Measure { what: "k".to_owned(), value: Some(3.0), threshold, unit: String::new() }));
}

#[test]
fn what_is_wrong_is_named() {
    let said = |change: Value| {
        let mut body: Value = serde_json::from_str(&sample("generic_smallest")).unwrap();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let body = body.to_string();
        take(Sender::GenericAlerts, &http::HeaderMap::new(), body.as_bytes(), now()).unwrap_err().to_string()
    };
    assert_eq!(said(json!({"key": " "})), "`key` is empty; it says which alarm this is about, the same for each of its changes");
    assert_eq!(said(json!({"key": "k".repeat(201)})), "`key` has more than 200 characters");
    assert_eq!(
        said(json!({"state": "bad"})),
        "`state`: unknown variant `bad`, expected one of `alarm`, `firing`, `ok`, `resolved`, `no_data`"
    );
    assert_eq!(said(json!({"severity": "blue"})), "`severity`: `alert` (somebody has to act) or `notification` (good to know)");
    assert_eq!(
        said(json!({"threshold": {"over": 1}})),
        "`threshold`: a number, or one of `above`, `at_or_above`, `below`, `at_or_below` with one"
    );
    assert_eq!(said(json!({"links": {"page": "javascript:alert(1)"}})), "`links.page`: an address that starts with https:// or http://");
    assert!(said(json!({"lables": {}})).starts_with("`lables`: unknown field `lables`"), "{}", said(json!({"lables": {}})));
    assert!(said(json!({"labels": {"a": 5}})).starts_with("`labels.a`: "), "{}", said(json!({"labels": {"a": 5}})));
}

#[test]
fn too_many_points_lose_the_oldest() {
    let points: Vec<Value> = (0..400).map(|n| json!({"at": now() + jiff::SignedDuration::from_secs(n - 400), "value": n})).collect();
    let body = json!({"key": "k", "state": "firing", "points": points}).to_string();
    let alarm = read(&webhook(Sender::GenericAlerts, &body).body, now()).unwrap().alarms.remove(0);
    let Some(Plot::Points { points }) = alarm.plot else { panic!() };
    assert_eq!((points.len(), points[0].value, points[299].value), (300, 100.0, 399.0));
}
