//! What Grafana's contact points have beyond Alertmanager's webhooks ("Configure webhook notifications", Grafana documentation): a
//! signature, numbers, and alerts about rules that can't be evaluated.

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value;

use super::group::Alert;
use crate::secrets::{NotAuthentic, Secrets, recent};
use crate::webhook::header;

/// Alerts that Grafana makes up when a rule has no data or fails, with what they say of it. The rule's name is the label `rulename`.
const OF_RULES: [(&str, &str); 2] =
    [("DatasourceNoData", "The rule's query returns no data"), ("DatasourceError", "The rule can't be evaluated: its query fails")];

/// `X-Grafana-Alerting-Signature: <hex>` over the body, or over `<seconds>:<body>` where a header for the time is configured; without a
/// signature the header `Authorization`, as Alertmanager has it.
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secrets: &Secrets, now: Timestamp) -> Result<(), NotAuthentic> {
    const SIGNATURE: &str = "X-Grafana-Alerting-Signature";
    // Its name is the configuration's to choose: the one that Grafana's documentation uses, and which our guide asks for.
    const TIME: &str = "X-Grafana-Alerting-Signature-Timestamp";
    let Some(digits) = header(headers, SIGNATURE) else { return super::verify_authorization(headers, secrets) };
    match header(headers, TIME) {
        Some(seconds) => {
            recent(seconds, now, TIME)?;
            secrets.sign(&[seconds.as_bytes(), b":", body], digits, SIGNATURE)
        }
        None => secrets.sign(&[body], digits, SIGNATURE),
    }
}

fn about_rule(alert: &Alert) -> Option<&'static str> {
    let name = alert.labels.get("alertname")?;
    OF_RULES.iter().find(|(known, _)| known == name).map(|(_, says)| *says)
}

/// The name of the rule that an alert is about that Grafana made up.
pub(super) fn rule(alert: &Alert) -> Option<String> {
    let says = if about_rule(alert)?.ends_with("no data") { "no data" } else { "error" };
    alert.labels.get("rulename").map(|rule| format!("{rule} ({says})"))
}

/// What such an alert means, where its annotations don't say anything.
pub(super) fn why(alert: &Alert) -> Option<String> {
    about_rule(alert).map(str::to_owned)
}

/// The number that was judged. `values` holds one for each expression, under letters in the order of their making; a rule's last one is
/// mostly its condition, which is 0 or 1 and no measurement.
pub(super) fn value(alert: &Alert) -> Option<f64> {
    let numbers: Vec<f64> = alert.values.as_ref()?.values().filter_map(Value::as_f64).collect();
    let (last, before) = numbers.split_last()?;
    let is_condition = *last == 0.0 || (*last - 1.0).abs() < f64::EPSILON;
    match before.last() {
        Some(measured) if is_condition => Some(*measured),
        _ => Some(*last),
    }
}

#[cfg(test)]
#[path = "grafana_tests.rs"]
mod tests;
