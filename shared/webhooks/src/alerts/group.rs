//! What Alertmanager sends ("Webhook receiver", `prometheus.io/docs/alerting`, version 4) and Grafana, whose alerting grew out of it: alerts
//! in groups. Each alert is an alarm of its own here; who belongs together is decided later, and not only within one sender.

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsroom_domain::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState, Measure};
use opsroom_domain::monit::Severity;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest as _, Sha256};

use super::{grafana, not_ahead, null_is_empty, numbers};
use crate::text::line;
use crate::webhook::{BadRequest, Known, Reading};

/// How many alerts of a group are worked off as one message: about as many as fit into a function's time by far.
const TOGETHER: usize = 25;

/// What is read of an alert's annotations.
const ANNOTATIONS: [&str; 11] = [
    "summary",
    "description",
    "message",
    "runbook_url",
    "runbook",
    "dashboard_url",
    "dashboard",
    "value",
    "threshold",
    "unit",
    "grafana_state_reason",
];

type Words = BTreeMap<String, String>;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Group {
    status: Option<String>,
    receiver: Option<String>,
    #[serde(rename = "truncatedAlerts", default)]
    left_out: Option<u64>,
    #[serde(rename = "externalURL")]
    external_url: Option<String>,
    #[serde(rename = "orgId")]
    organisation: Option<u64>,
    alerts: Vec<Alert>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alert {
    status: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) labels: Words,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) annotations: Words,
    starts_at: Option<String>,
    ends_at: Option<String>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
    fingerprint: Option<String>,
    /// Grafana's: the numbers of its expressions, of which some may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<BTreeMap<String, Value>>,
    #[serde(rename = "dashboardURL", default, skip_serializing_if = "Option::is_none")]
    dashboard_url: Option<String>,
    #[serde(rename = "panelURL", default, skip_serializing_if = "Option::is_none")]
    panel_url: Option<String>,
}

pub(crate) fn recognise(body: &RawValue) -> Result<Known, BadRequest> {
    let group: Group = serde_json::from_str(body.get()).map_err(|error| {
        let what = error.to_string();
        BadRequest::Field(format!("not a group of alerts: {}", what.split(" at line ").next().unwrap_or(&what)))
    })?;
    let event = group.status.clone().unwrap_or_else(|| "firing".to_owned());
    if group.alerts.is_empty() {
        return Ok(Known::NotOurs { event: "a group without alerts".to_owned() });
    }
    Ok(Known::Event { event: line(&event, 20), delivery: None, place: group.server() })
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    let group: Group = serde_json::from_str(body.get())?;
    to_raw_value(&Group { alerts: group.alerts.into_iter().map(bounded).collect(), ..group })
}

/// Parts of a group that are worked off by themselves, each within `limit` bytes as JSON; nothing if the whole is small enough.
pub(crate) fn split(body: &RawValue, limit: usize) -> Option<Vec<Box<RawValue>>> {
    let group: Group = serde_json::from_str(body.get()).ok()?;
    if group.alerts.len() <= TOGETHER && body.get().len() <= limit {
        return None;
    }
    let Group { status, receiver, left_out, external_url, organisation, alerts } = group;
    let part = |alerts| Group {
        status: status.clone(),
        receiver: receiver.clone(),
        left_out,
        external_url: external_url.clone(),
        organisation,
        alerts,
    };
    let mut parts = Vec::new();
    let (mut together, mut size) = (Vec::new(), 0);
    for alert in alerts.into_iter().map(bounded) {
        let weight = serde_json::to_vec(&alert).ok()?.len();
        if together.len() == TOGETHER || (size + weight > limit / 2 && !together.is_empty()) {
            parts.push(part(std::mem::take(&mut together)));
            size = 0;
        }
        size += weight;
        together.push(alert);
    }
    parts.push(part(together));
    parts.iter().map(|part| to_raw_value(part).ok()).collect()
}

fn bounded(alert: Alert) -> Alert {
    let cut = |text: &str, most: usize| -> String { text.chars().take(most).collect() };
    Alert {
        // Alarms may be told apart by their last label only: what counts is taken down first.
        fingerprint: Some(alert.fingerprint()),
        labels: alert.labels.iter().take(50).map(|(name, value)| (cut(name, 100), cut(value, 200))).collect(),
        annotations: alert
            .annotations
            .iter()
            .filter(|(name, _)| ANNOTATIONS.contains(&name.as_str()))
            .map(|(name, text)| (name.clone(), cut(text, 2_000)))
            .collect(),
        values: alert.values.map(|values| values.into_iter().take(20).collect()),
        ..alert
    }
}

pub(crate) fn read(source: AlarmSource, body: &RawValue, received_at: Timestamp) -> Result<Reading, serde_json::Error> {
    let group: Group = serde_json::from_str(body.get())?;
    let alarms = group.alerts.iter().map(|alert| report(source, &group, alert, received_at)).collect();
    Ok(Reading { alarms, left_out: group.left_out.unwrap_or_default(), ..Reading::default() })
}

fn report(source: AlarmSource, group: &Group, alert: &Alert, received_at: Timestamp) -> AlarmReport {
    let resolved = alert.status.as_deref().or(group.status.as_deref()) == Some("resolved");
    let state = if resolved { AlarmState::Ok } else { AlarmState::Firing };
    let at = moment(if resolved { alert.ends_at.as_deref() } else { alert.starts_at.as_deref() }).unwrap_or(received_at);
    let annotation = |names: &[&str]| names.iter().find_map(|name| alert.annotations.get(*name)).filter(|text| !text.trim().is_empty());
    let name =
        grafana::rule(alert).or_else(|| alert.labels.get("alertname").cloned()).unwrap_or_else(|| "an alert without a name".to_owned());
    AlarmReport {
        key: AlarmKey { source, id: group.id_of(alert) },
        state,
        at: not_ahead(at, received_at),
        reason: annotation(&["summary"]).cloned().or_else(|| grafana::why(alert)),
        description: annotation(&["description", "message"]).cloned(),
        severity: ["severity", "priority", "level"].iter().find_map(|label| Severity::named(alert.labels.get(*label)?)),
        measure: measure(alert, &name),
        labels: alert.labels.clone(),
        children: Vec::new(),
        account: None,
        region: None,
        links: AlarmLinks {
            console: alert.generator_url.clone(),
            runbook: annotation(&["runbook_url", "runbook"]).cloned(),
            dashboard: annotation(&["dashboard_url", "dashboard"]).or(alert.panel_url.as_ref()).or(alert.dashboard_url.as_ref()).cloned(),
        },
        plot: None,
        name,
    }
}

/// What stands in the annotations `value`, `threshold` and `unit`, the label `value`, or in Grafana's own numbers.
fn measure(alert: &Alert, name: &str) -> Option<Measure> {
    let written = ["value"].iter().find_map(|word| alert.annotations.get(*word).or_else(|| alert.labels.get(*word)));
    let value = written.and_then(|text| numbers::value(text)).or_else(|| grafana::value(alert).map(|number| (number, "")));
    let threshold = alert.annotations.get("threshold").and_then(|text| numbers::threshold(text));
    if value.is_none() && threshold.is_none() {
        return None;
    }
    let unit = alert.annotations.get("unit").cloned().unwrap_or_else(|| value.map_or("", |(_, unit)| unit).to_owned());
    Some(Measure { what: name.to_owned(), value: value.map(|(number, _)| number), threshold, unit })
}

/// `0001-01-01T00:00:00Z` is Go's word for no time at all.
fn moment(text: Option<&str>) -> Option<Timestamp> {
    crate::text::time(text).filter(|at| at.as_second() > 0)
}

impl Group {
    /// Which server it is: the same labels on two of them are two alarms. Empty if it doesn't say.
    fn server(&self) -> String {
        let address = self.external_url.as_deref().unwrap_or_default();
        let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
        let host = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        // Never the name and password of an address.
        line(host.rsplit('@').next().unwrap_or_default(), 150).to_lowercase()
    }

    fn id_of(&self, alert: &Alert) -> String {
        let organisation = self.organisation.map(|number| number.to_string());
        let parts = [Some(self.server()).filter(|server| !server.is_empty()), organisation, Some(alert.fingerprint())];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }
}

impl Alert {
    /// The sender's own, which old versions lack.
    fn fingerprint(&self) -> String {
        match self.fingerprint.as_deref() {
            Some(own) if !own.is_empty() => line(own, 64),
            _ => {
                let mut digest = Sha256::new();
                for (name, value) in &self.labels {
                    digest.update(format!("{}\0{name}\0{}\0{value}\0", name.len(), value.len()));
                }
                hex::encode(&digest.finalize()[..8])
            }
        }
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
