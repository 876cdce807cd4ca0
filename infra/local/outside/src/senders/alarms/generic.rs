//! Anything that can send a request, in Opsroom's own format for alarms.

use jiff::Timestamp;
use serde_json::json;

use super::{ALARMS, FIELDS, SHOWN_AFTER, end, raise};
use crate::fields::{Existing, Field, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::signing::GENERIC_ALERTS;
use crate::world::{Alarm, World};

const ID: &str = "generic-alert";

/// A script that watches something.
pub static SENDER: Sender = Sender {
    id: ID,
    name: "Any watcher",
    group: ALARMS,
    about: "Whatever can send a request, in Opsroom's own format; signs the time and the body.",
    shown_after: SHOWN_AFTER,
    actions: &[
        Action { id: "raise", name: "Raise an alarm", about: "It fires from now on.", fields: FIELDS, make: go_wrong },
        Action {
            id: "resolve",
            name: "Back to OK",
            about: "An alarm that fires is over.",
            fields: &[Field::one_of("name", "Alarm", Existing::Firing(ID), "none fires: raise an alarm first")],
            make: go_well,
        },
    ],
};

fn go_wrong(values: &Values, world: &mut World) -> Deed {
    let alarm = raise(ID, values, world);
    Deed { summary: format!("{} fires", alarm.name), requests: vec![told(&alarm, "firing", alarm.since)] }
}

fn go_well(values: &Values, world: &mut World) -> Deed {
    let ended = world.moment();
    let alarm = end(ID, values, world);
    let requests = alarm.iter().map(|alarm| told(alarm, "ok", ended)).collect();
    Deed { summary: format!("{} is OK", values.text("name")), requests }
}

fn told(alarm: &Alarm, state: &'static str, at: Timestamp) -> Request {
    let payload = json!({
        "key": alarm.name, "name": alarm.name, "state": state, "at": at.to_string(), "severity": alarm.severity, "summary": alarm.reason,
        "labels": {"service": alarm.service, "environment": alarm.environment},
    });
    Request::webhook(&GENERIC_ALERTS, state, payload)
}
