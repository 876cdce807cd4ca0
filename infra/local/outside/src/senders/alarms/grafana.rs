//! Grafana's unified alerting ("Configure the webhook notifier for Alerting", `grafana.com/docs`): Alertmanager's format, grown.

use jiff::Timestamp;
use serde_json::json;

use super::{ALARMS, FIELDS, NOT_YET, SHOWN_AFTER, annotations, end, fingerprint, labels, raise};
use crate::fields::{Existing, Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::GRAFANA;
use crate::world::{Alarm, World};

const ID: &str = "grafana";

/// Grafana.
pub static SENDER: Sender = Sender {
    id: ID,
    name: "Grafana",
    group: ALARMS,
    about: "A contact point of Grafana's alerting; sends a bearer token along.",
    shown_after: SHOWN_AFTER,
    actions: &[
        Action { id: "raise", name: "Raise an alert", about: "An alert rule fires.", fields: FIELDS, make: go_wrong },
        Action {
            id: "resolve",
            name: "Resolve an alert",
            about: "An alert that fires is over.",
            fields: &[Field::one_of("name", "Alert", Existing::Firing(ID), "none fires: raise an alert first")],
            make: go_well,
        },
    ],
};

fn go_wrong(values: &Values, world: &mut World) -> Deed {
    let alarm = raise(ID, values, world);
    Deed { summary: format!("{} fires", alarm.name), requests: vec![told(&alarm, None)] }
}

fn go_well(values: &Values, world: &mut World) -> Deed {
    let ended = world.moment();
    let alarm = end(ID, values, world);
    let requests = alarm.iter().map(|alarm| told(alarm, Some(ended))).collect();
    Deed { summary: format!("{} is resolved", values.text("name")), requests }
}

fn told(alarm: &Alarm, ended: Option<Timestamp>) -> Request {
    const PAGE: &str = "https://grafana.example.com";
    let (labels, annotations) = (labels(alarm), annotations(alarm));
    let (status, state) = if ended.is_some() { ("resolved", "ok") } else { ("firing", "alerting") };
    let values = if ended.is_some() { json!(null) } else { json!({"B": 12, "C": 1}) };
    let title = format!("[{}:1] {} ({} {})", status.to_uppercase(), alarm.name, alarm.service, alarm.environment);
    let fingerprint = fingerprint(&labels);
    let payload = json!({
        "receiver": "opsroom", "status": status, "orgId": 1, "groupLabels": {"alertname": alarm.name}, "commonLabels": labels,
        "commonAnnotations": annotations, "externalURL": format!("{PAGE}/"), "version": "1",
        "groupKey": format!("{{}}:{{alertname=\"{}\"}}", alarm.name), "truncatedAlerts": 0, "title": title, "state": state,
        "message": format!("{title}\n{}", alarm.reason),
        "alerts": [{
            "status": status, "labels": labels, "annotations": annotations, "startsAt": alarm.since.to_string(),
            "endsAt": ended.map_or_else(|| NOT_YET.to_owned(), |ended| ended.to_string()), "values": values,
            "valueString": "[ var='B' labels={} value=12 ]", "generatorURL": format!("{PAGE}/alerting/grafana/{fingerprint}/view"),
            "fingerprint": fingerprint, "silenceURL": format!("{PAGE}/alerting/silence/new"),
            "dashboardURL": format!("{PAGE}/d/{fingerprint}"), "panelURL": format!("{PAGE}/d/{fingerprint}?viewPanel=1"),
        }],
    });
    Request::webhook(&GRAFANA, status, payload)
}
