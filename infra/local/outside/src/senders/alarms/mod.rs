//! Alarms: each sender raises one and says later that it is over. What fires is remembered, because its end tells when it began.

pub mod alertmanager;
pub mod cloudwatch;
pub mod generic;
pub mod grafana;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::ALARMS;
use crate::fields::{Field, Kind, Values};
use crate::world::{Alarm, World};

/// What has to be typed for a channel to see alarms.
const SHOWN_AFTER: &str = "/ops mon route add name:* to:here";

const NAME: Field = Field::text("name", "Alarm", "api-production-5xx");
const SERVICE: Field = Field::text("service", "Service", "api").of(Kind::Text(&["api", "web", "worker"]));
const ENVIRONMENT: Field = Field::text("environment", "Environment", "production").of(Kind::Text(&["staging", "production"]));
const SEVERITY: Field = Field::choice("severity", "Severity", "critical", &[("critical", "critical"), ("warning", "warning")]);
const REASON: Field = Field::text("reason", "What is wrong", "12 of 100 requests failed");

/// What all but CloudWatch ask for.
const FIELDS: &[Field] = &[NAME, SERVICE, ENVIRONMENT, SEVERITY, REASON];

/// What stands for the end of what still fires, at Prometheus and Grafana: Go's zero time.
const NOT_YET: &str = "0001-01-01T00:00:00Z";

/// Raises what was asked for. One that fires already goes on since it began.
fn raise(sender: &'static str, values: &Values, world: &mut World) -> Alarm {
    let name = values.text("name").to_owned();
    let now = world.moment();
    let since = world.firing.get(&(sender, name.clone())).map_or(now, |alarm| alarm.since);
    let text = |id: &str| values.text(id).to_owned();
    let alarm = Alarm {
        name: name.clone(),
        service: text("service"),
        environment: text("environment"),
        severity: text("severity"),
        reason: text("reason"),
        since,
    };
    world.firing.insert((sender, name), alarm.clone());
    alarm
}

/// Ends the one that was chosen; it is there, because the field was checked against what fires.
fn end(sender: &'static str, values: &Values, world: &mut World) -> Option<Alarm> {
    world.firing.remove(&(sender, values.text("name").to_owned()))
}

/// What Prometheus and Grafana know an alarm by.
fn labels(alarm: &Alarm) -> Map<String, Value> {
    let pairs =
        [("alertname", &alarm.name), ("service", &alarm.service), ("environment", &alarm.environment), ("severity", &alarm.severity)];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect()
}

/// What they say about it.
fn annotations(alarm: &Alarm) -> Value {
    let runbook = format!("https://runbooks.example.com/{}", alarm.name);
    serde_json::json!({"summary": alarm.reason, "description": format!("{} of {} is in trouble.", alarm.service, alarm.environment), "runbook_url": runbook})
}

/// The same for the same labels: 16 hexadecimal digits.
fn fingerprint(labels: &Map<String, Value>) -> String {
    let digest = hex::encode(Sha256::digest(Value::Object(labels.clone()).to_string()));
    digest.chars().take(16).collect()
}
