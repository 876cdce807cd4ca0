//! Alarms, as their senders tell of them.

use opsroom_domain::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState, Comparison, Measure, Plot, Point, Threshold};

use super::at;

/// An alarm of `CloudWatch` that says which service and environment it is about by its name.
pub fn alarm(name: &str, state: AlarmState, second: i64) -> AlarmReport {
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Cloudwatch, id: format!("000000000000/eu-central-1/{name}") },
        name: name.into(),
        state,
        at: at(second),
        reason: Some("Threshold Crossed: 1 datapoint [37.0] was greater than the threshold (10.0).".into()),
        description: None,
        severity: None,
        labels: std::collections::BTreeMap::new(),
        measure: Some(Measure {
            what: "5XXError (Sum)".into(),
            value: Some(37.0),
            threshold: Some(Threshold { wrong_if: Comparison::Above, value: 10.0 }),
            unit: String::new(),
        }),
        children: Vec::new(),
        account: Some("000000000000".into()),
        region: Some("eu-central-1".into()),
        links: AlarmLinks { console: Some("https://console.example/alarm".into()), runbook: None, dashboard: None },
        plot: None,
    }
}

pub fn firing(name: &str, second: i64) -> AlarmReport {
    alarm(name, AlarmState::Firing, second)
}

pub fn well(name: &str, second: i64) -> AlarmReport {
    alarm(name, AlarmState::Ok, second)
}

/// One that can be drawn.
pub fn with_points(report: AlarmReport) -> AlarmReport {
    let points = (0..5).map(|n| Point { at: at(n * 60), value: 7.0 }).collect();
    AlarmReport { plot: Some(Plot::Points { points }), ..report }
}

/// The same trouble, as Prometheus tells of it.
pub fn from_prometheus(name: &str, state: AlarmState, second: i64) -> AlarmReport {
    let labels = [("service", "api"), ("env", "prod"), ("alertname", name)];
    AlarmReport {
        key: AlarmKey { source: AlarmSource::Alertmanager, id: format!("prometheus/{name}") },
        labels: labels.map(|(key, value)| (key.into(), value.into())).into(),
        measure: None,
        account: None,
        region: None,
        reason: Some("p99 is 2.1 s <!channel> *now*".into()),
        ..alarm(name, state, second)
    }
}
