//! Prometheus Alertmanager ("Configuration", `webhook_config`, and "Notification template reference"; `prometheus.io`), version 4 of its
//! format: a group of one alert.

use jiff::Timestamp;
use serde_json::json;

use super::{ALARMS, FIELDS, NOT_YET, SHOWN_AFTER, annotations, end, fingerprint, labels, raise};
use crate::fields::{Existing, Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::ALERTMANAGER;
use crate::world::{Alarm, World};

const ID: &str = "alertmanager";

/// Alertmanager.
pub static SENDER: Sender = Sender {
    id: ID,
    name: "Alertmanager",
    group: ALARMS,
    about: "A receiver of Prometheus' Alertmanager; sends a bearer token along.",
    shown_after: SHOWN_AFTER,
    actions: &[
        Action { id: "raise", name: "Raise an alert", about: "A group of one alert fires.", fields: FIELDS, make: go_wrong },
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
    let (labels, annotations) = (labels(alarm), annotations(alarm));
    let status = if ended.is_some() { "resolved" } else { "firing" };
    let payload = json!({
        "version": "4", "groupKey": format!("{{}}:{{alertname=\"{}\"}}", alarm.name), "truncatedAlerts": 0, "status": status,
        "receiver": "opsroom", "groupLabels": {"alertname": alarm.name}, "commonLabels": labels, "commonAnnotations": annotations,
        "externalURL": "https://alertmanager.example.com",
        "alerts": [{
            "status": status, "labels": labels, "annotations": annotations, "startsAt": alarm.since.to_string(),
            "endsAt": ended.map_or_else(|| NOT_YET.to_owned(), |ended| ended.to_string()),
            "generatorURL": "https://prometheus.example.com/graph?g0.expr=rate%28errors%5B5m%5D%29", "fingerprint": fingerprint(&labels),
        }],
    });
    Request::webhook(&ALERTMANAGER, status, payload)
}
