//! Alarms and incidents to store.

use std::collections::{BTreeMap, BTreeSet};

use opsroom_domain::alarm::{
    AlarmKey, AlarmLinks, AlarmRecord, AlarmReport, AlarmSource, AlarmState, Comparison, Measure, Plot, PlottedMetric, Point, Threshold,
    Verdict,
};
use opsroom_domain::incident::{
    Call, Called, Escalation, Flapping, Graph, GroupPointer, Happened, Incident, IncidentAlarm, Note, Phase, Routed, SilencedBy, Suspect,
    What,
};
use opsroom_domain::monit::{AlarmMatch, Override, Route, Severity, Silence};

use super::samples::at;

/// Which alarm.
pub fn alarm_key(name: &str) -> AlarmKey {
    AlarmKey { source: AlarmSource::Cloudwatch, id: format!("000000000000/eu-central-1/{name}") }
}

/// A report that uses every field.
pub fn report(name: &str, second: i64) -> AlarmReport {
    let labels = [("LoadBalancer", "app/api/1"), ("tag:service", "api")];
    AlarmReport {
        key: alarm_key(name),
        name: name.into(),
        state: AlarmState::Firing,
        at: at(second),
        reason: Some("Threshold Crossed: 37.5 > 10 💥 <!channel>".into()),
        description: Some("Too many \"5xx\"".into()),
        severity: Some(Severity::Alert),
        labels: labels.map(|(key, value)| (key.into(), value.into())).into(),
        measure: Some(measure()),
        children: vec!["api-latency".into()],
        account: Some("000000000000".into()),
        region: Some("eu-central-1".into()),
        links: AlarmLinks { console: Some("https://e.example/a".into()), runbook: Some("https://e.example/r".into()), dashboard: None },
        plot: Some(metrics_plot()),
    }
}

fn measure() -> Measure {
    let threshold = Threshold { wrong_if: Comparison::Above, value: 10.0 };
    Measure { what: "5XXError (Sum)".into(), value: Some(37.5), threshold: Some(threshold), unit: "%".into() }
}

fn metrics_plot() -> Plot {
    let metric = PlottedMetric::Metric {
        id: Some("m1".into()),
        namespace: "AWS/ApiGateway".into(),
        name: "5XXError".into(),
        dimensions: BTreeMap::from([("ApiName".into(), "api".into())]),
        statistic: "Sum".into(),
        period: 60,
        drawn: true,
    };
    let rate = PlottedMetric::Expression { id: None, expression: "m1 / 2".into(), label: Some("rate".into()), drawn: false };
    Plot::Metrics { metrics: vec![metric, rate] }
}

/// An alarm that was never written.
pub fn alarm(name: &str, second: i64) -> AlarmRecord {
    let mut record = AlarmRecord::new(report(name, second));
    record.incident = Some("i-1".into());
    record.counted_by = Some("i-1".into());
    record.held_by = Some("s-1".into());
    record
}

/// An incident that was never written and uses every field. It began at that second.
pub fn incident(id: &str, second: i64) -> Incident {
    let happened = |second, what| Happened { at: at(second), what };
    let deployment = Suspect::Deployment {
        deployment: "d-1".into(),
        revision: Some("4f9c2d1".into()),
        replaced: Some("v1".into()),
        outcome: "succeeded".into(),
        by: "U1".into(),
        at: at(second - 60),
    };
    let push = Suspect::Push {
        repository: "acme/api".into(),
        branch: "main".into(),
        sha: "4f9c2d1".into(),
        title: "Faster".into(),
        url: None,
        author: "dana".into(),
        commits: 2,
        at: at(second - 90),
    };
    Incident {
        id: id.into(),
        group: "service=api environment=production".into(),
        title: "api-5xx".into(),
        service: Some("api".into()),
        environment: Some("production".into()),
        severity: Severity::Alert,
        channel: "C1".into(),
        routed: Routed::Chat { route: "r-1".into() },
        alarms: BTreeMap::from([(alarm_key("api-5xx").to_string(), incident_alarm(second))]),
        more_alarms: 3,
        unlisted: BTreeSet::from(["0a1b".into()]),
        crowd: 2,
        since: at(second),
        last_fired: at(second),
        phase: Phase::Acknowledged { by: "U1".into(), at: at(second + 5) },
        assignee: Some("U1".into()),
        snoozed_until: Some(at(second + 600)),
        silenced: Some(SilencedBy { silence: "s-1".into(), until: at(second + 3600) }),
        escalation: Escalation {
            round: 1,
            calls: vec![Call { round: 1, level: 0, called: Called::People { people: vec!["U1".into()] }, at: at(second) }],
            next: Some((1, at(second + 600))),
        },
        flapping: Some(Flapping { since: at(second), changes: 7, latest: at(second + 9) }),
        suspects: vec![deployment, push],
        graph: Some(Graph { file: "F1".into(), alt: "5XXError since noon".into(), at: at(second + 1) }),
        notes: vec![Note { by: "U1".into(), at: at(second + 7), ts: "1790000007.000100".into(), text: "looking <@U1>".into() }],
        timeline: vec![
            happened(second, What::Fired { alarm: "api-5xx".into() }),
            happened(second, What::Called { level: 0, called: Called::Nobody { why: "nobody".into() } }),
            happened(second + 5, What::Acknowledged { by: "U1".into() }),
        ],
        version: 0,
    }
}

fn incident_alarm(second: i64) -> IncidentAlarm {
    IncidentAlarm {
        key: alarm_key("api-5xx"),
        name: "api-5xx".into(),
        state: AlarmState::NoData,
        at: at(second),
        told_at: at(second),
        reason: None,
        measure: Some(measure()),
        severity: Severity::Alert,
        account: Some("000000000000".into()),
        region: None,
        links: AlarmLinks::default(),
        children: Vec::new(),
        plot: Some(Plot::Points { points: vec![Point { at: at(second), value: 1.5 }] }),
        silence: Some("s-1".into()),
        verdict: Verdict::of(AlarmState::Firing, at(second)),
        changes: vec![at(second)],
    }
}

/// The same incident, over.
pub fn resolved(incident: &Incident, second: i64) -> Incident {
    Incident { phase: Phase::Resolved { by: None, at: at(second) }, ..incident.clone() }
}

/// Where a group's alarms go.
pub fn group(group: &str, incident: &str) -> GroupPointer {
    GroupPointer { group: group.into(), incident: incident.into(), version: 0 }
}

/// A route made in chat.
pub fn route(id: &str, second: i64) -> Route {
    let matches = AlarmMatch { name: Some("api-*".into()), service: Some("api".into()), ..AlarmMatch::default() };
    Route { id: id.into(), matches, channel: "C1".into(), severity: Some(Severity::Alert), by: "U1".into(), at: at(second), version: 0 }
}

/// A silence of an hour.
pub fn silence(id: &str, second: i64) -> Silence {
    Silence {
        id: id.into(),
        matches: AlarmMatch { labels: BTreeMap::from([("tag:team".into(), "sh*p".into())]), ..AlarmMatch::default() },
        from: at(second),
        until: at(second + 3600),
        reason: "maintenance".into(),
        by: "U1".into(),
        channel: "C1".into(),
        deployment: Some("d-1".into()),
        count: 2,
        held: vec![alarm_key("api-5xx")],
        ended_at: None,
        version: 0,
    }
}

/// Somebody stands in for ten minutes.
pub fn stand_in(person: &str, second: i64) -> Override {
    Override {
        rotation: "primary".into(),
        person: person.into(),
        from: at(second),
        until: at(second + 600),
        by: "U1".into(),
        at: at(second),
    }
}
