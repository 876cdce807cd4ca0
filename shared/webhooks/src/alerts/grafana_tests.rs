use opsroom_domain::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState, Comparison, Measure, Threshold};
use opsroom_domain::monit::Severity;
use serde_json::json;

use super::super::samples::{at, headers, labels, now, reading, sample};
use super::*;
use crate::Sender;

fn slow() -> AlarmReport {
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Grafana, id: "grafana.example/1/57c6d9296de2ad39".to_owned() },
        name: "Checkout is slow".to_owned(),
        state: AlarmState::Firing,
        at: at("2026-11-25T10:10:00Z"),
        reason: Some("The 95th percentile is above two seconds".to_owned()),
        description: None,
        severity: Some(Severity::Notification),
        labels: labels(&[("alertname", "Checkout is slow"), ("grafana_folder", "Shop"), ("service", "web"), ("severity", "warning")]),
        measure: Some(Measure {
            what: "Checkout is slow".to_owned(),
            value: Some(2.75),
            threshold: Some(Threshold { wrong_if: Comparison::Above, value: 2.0 }),
            unit: "s".to_owned(),
        }),
        children: Vec::new(),
        account: None,
        region: None,
        links: AlarmLinks {
            console: Some("https://grafana.example/alerting/grafana/fdk3qz/view?orgId=1".to_owned()),
            runbook: None,
            dashboard: Some("https://grafana.example/d/shop?orgId=1&viewPanel=4".to_owned()),
        },
        plot: None,
    }
}

#[test]
fn an_alert_fires_with_its_number_and_ends_without_one() {
    assert_eq!(reading(Sender::Grafana, "grafana_firing").alarms, [slow()]);
    let mut ended = AlarmReport { state: AlarmState::Ok, at: at("2026-11-25T10:40:00Z"), ..slow() };
    ended.measure.as_mut().unwrap().value = None;
    assert_eq!(reading(Sender::Grafana, "grafana_resolved").alarms, [ended]);
}

#[test]
fn a_rule_that_cannot_be_judged_is_an_alarm_about_that_rule() {
    let alarm = reading(Sender::Grafana, "grafana_no_data").alarms.remove(0);
    assert_eq!((alarm.name.as_str(), alarm.state), ("Checkout is slow (no data)", AlarmState::Firing));
    assert_eq!(alarm.reason.as_deref(), Some("The rule's query returns no data"));
    assert_ne!(alarm.key, slow().key);
    let alarm = reading(Sender::Grafana, "grafana_error").alarms.remove(0);
    assert_eq!((alarm.name.as_str(), alarm.reason.as_deref()), ("Checkout is slow (error)", Some("The query of the rule fails")));
}

#[test]
fn of_several_numbers_the_measured_one_counts() {
    let of = |values: serde_json::Value| {
        let alert: Alert = serde_json::from_value(json!({"values": values})).unwrap();
        value(&alert)
    };
    assert_eq!(of(json!({"B": 37.5, "C": 1})), Some(37.5));
    assert_eq!(of(json!({"A": 12, "B": 0.5})), Some(0.5), "not a condition");
    assert_eq!(of(json!({"A": 2, "B": null, "C": 0})), Some(2.0));
    assert_eq!(of(json!({"B0": 1})), Some(1.0), "nothing else is there");
    assert_eq!(of(json!({})), None);
    assert_eq!(of(json!(null)), None);
}

fn hmac(parts: &[&[u8]]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"s3cret").unwrap();
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

#[test]
fn a_signature_covers_the_body_and_the_time_if_there_is_one() {
    const SIGNATURE: &str = "X-Grafana-Alerting-Signature";
    const TIME: &str = "X-Grafana-Alerting-Signature-Timestamp";
    let body = sample("grafana_firing").into_bytes();
    let secrets = Secrets { current: "s3cret".to_owned(), previous: None };
    let check = |of: &[(&str, &str)], body: &[u8]| verify(&headers(of), body, &secrets, now());
    let plain = hmac(&[&body]);
    let seconds = now().as_second().to_string();
    let timed = hmac(&[seconds.as_bytes(), b":", &body]);
    assert_eq!(check(&[(SIGNATURE, &plain)], &body), Ok(()));
    assert_eq!(check(&[(SIGNATURE, &timed), (TIME, &seconds)], &body), Ok(()));
    assert_eq!(check(&[("Authorization", "Bearer s3cret")], &body), Ok(()));
    assert_eq!(check(&[(SIGNATURE, &plain)], b"{}"), Err(NotAuthentic::Mismatch));
    // A signature with a time is none without it, and a right token doesn't mend a wrong signature.
    assert_eq!(check(&[(SIGNATURE, &timed)], &body), Err(NotAuthentic::Mismatch));
    assert_eq!(check(&[(SIGNATURE, &timed), ("Authorization", "Bearer s3cret")], &body), Err(NotAuthentic::Mismatch));
    let old = (now().as_second() - 301).to_string();
    assert_eq!(check(&[(SIGNATURE, &hmac(&[old.as_bytes(), b":", &body])), (TIME, &old)], &body), Err(NotAuthentic::OutOfTime));
    assert_eq!(check(&[(SIGNATURE, "xyz")], &body), Err(NotAuthentic::Malformed(SIGNATURE)));
    assert_eq!(check(&[], &body), Err(NotAuthentic::Missing("Authorization")));
}
