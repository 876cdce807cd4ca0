//! What CloudWatch tells EventBridge about alarms ("Alarm events and EventBridge"), which the emulator doesn't: it is looked at the alarms before
//! and after a call that may change them, and each difference becomes an event.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::call::Call;
use crate::cloud::{Cloud, CloudError};
use crate::pipelines::Site;

const DESCRIBE: &str = "GraniteServiceVersion20100801.DescribeAlarms";

/// One such call at a time: of two at once nobody could say which of them changed what.
#[derive(Debug, Default)]
pub struct Alarms(Mutex<()>);

/// Alarms by name.
pub type States = BTreeMap<String, Value>;

/// Whose alarms a call may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These, and composite alarms above them.
    Named(Vec<String>),
    /// Any: new numbers of any metric.
    All,
}

/// What a call may change about alarms' states, if anything.
pub fn touched(call: &Call, body: &[u8]) -> Option<Touched> {
    if !matches!(call.service.as_str(), "monitoring" | "cloudwatch") {
        return None;
    }
    let members = || call.members(body);
    match call.operation.as_str() {
        "SetAlarmState" | "PutMetricAlarm" | "PutCompositeAlarm" => {
            Some(Touched::Named(members()["AlarmName"].as_str().map(str::to_owned).into_iter().collect()))
        }
        "DeleteAlarms" => {
            let names = members()["AlarmNames"].as_array().cloned().unwrap_or_default();
            Some(Touched::Named(names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()))
        }
        "PutMetricData" => Some(Touched::All),
        _ => None,
    }
}

impl Alarms {
    /// Waits until no other call changes alarms.
    pub async fn alone(&self) -> MutexGuard<'_, ()> {
        self.0.lock().await
    }
}

/// How the alarms stand that a call may change.
pub async fn look(cloud: &Cloud, touched: &Touched) -> Result<States, CloudError> {
    let both = json!(["MetricAlarm", "CompositeAlarm"]);
    match touched {
        Touched::All => described(cloud, json!({ "AlarmTypes": both })).await,
        Touched::Named(names) => {
            let mut states = described(cloud, json!({ "AlarmTypes": ["CompositeAlarm"] })).await?;
            if !names.is_empty() {
                states.extend(described(cloud, json!({ "AlarmTypes": both, "AlarmNames": names })).await?);
            }
            Ok(states)
        }
    }
}

async fn described(cloud: &Cloud, mut question: Value) -> Result<States, CloudError> {
    question["MaxRecords"] = json!(100);
    let mut states = States::new();
    loop {
        let page = cloud.json("monitoring", DESCRIBE, &question).await?;
        for alarm in ["MetricAlarms", "CompositeAlarms"].iter().filter_map(|kind| page[*kind].as_array()).flatten() {
            states.extend(alarm["AlarmName"].as_str().map(|name| (name.to_owned(), alarm.clone())));
        }
        if !page["NextToken"].is_string() {
            return Ok(states);
        }
        question["NextToken"] = page["NextToken"].clone();
    }
}

/// What EventBridge hears of the difference. An alarm that is new, or only described otherwise, has changed no state.
pub fn events(site: &Site, before: &States, after: &States, now: Timestamp, mut id: impl FnMut() -> String) -> Vec<Value> {
    let mut events = Vec::new();
    for (name, alarm) in after {
        if let Some(old) = before.get(name).filter(|old| old["StateValue"] != alarm["StateValue"]) {
            let detail =
                json!({ "alarmName": name, "state": state(alarm), "previousState": state(old), "configuration": configuration(alarm) });
            events.push(event(site, "CloudWatch Alarm State Change", alarm, &detail, now, &id()));
        }
    }
    for (name, alarm) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        let detail = json!({ "alarmName": name, "operation": "delete", "state": state(alarm), "configuration": configuration(alarm) });
        events.push(event(site, "CloudWatch Alarm Configuration Change", alarm, &detail, now, &id()));
    }
    events
}

/// The functions that are actions of alarms which have changed, each with what it is called with ("Invoke a Lambda function from an alarm"). The
/// emulator carries out those that are topics.
pub fn calls(site: &Site, before: &States, after: &States) -> Vec<(String, Value)> {
    let mut calls = Vec::new();
    for (name, alarm) in after {
        let Some(old) = before.get(name).filter(|old| old["StateValue"] != alarm["StateValue"]) else { continue };
        let actions = match alarm["StateValue"].as_str() {
            _ if alarm["ActionsEnabled"] == false => continue,
            Some("ALARM") => &alarm["AlarmActions"],
            Some("OK") => &alarm["OKActions"],
            _ => &alarm["InsufficientDataActions"],
        };
        let functions = actions.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|arn| arn.contains(":lambda:"));
        let state = state(alarm);
        for function in functions {
            let call = json!({
                "source": "aws.cloudwatch",
                "alarmArn": alarm["AlarmArn"],
                "accountId": site.account,
                "time": state["timestamp"],
                "region": site.region,
                "alarmData": { "alarmName": name, "state": state, "previousState": self::state(old), "configuration": configuration(alarm) },
            });
            calls.push((function.to_owned(), call));
        }
    }
    calls
}

fn event(site: &Site, kind: &str, alarm: &Value, detail: &Value, now: Timestamp, id: &str) -> Value {
    json!({
        "version": "0",
        "id": id,
        "detail-type": kind,
        "source": "aws.cloudwatch",
        "account": site.account,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": site.region,
        "resources": [alarm["AlarmArn"]],
        "detail": detail,
    })
}

fn state(alarm: &Value) -> Value {
    let seconds = alarm["StateUpdatedTimestamp"].as_i64().unwrap_or_default();
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    let mut state = Map::from_iter([
        ("value".to_owned(), alarm["StateValue"].clone()),
        ("timestamp".to_owned(), json!(at.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string())),
    ]);
    for (name, member) in [("reason", "StateReason"), ("reasonData", "StateReasonData")] {
        if alarm[member].as_str().is_some_and(|text| !text.is_empty()) {
            state.insert(name.to_owned(), alarm[member].clone());
        }
    }
    Value::Object(state)
}

fn configuration(alarm: &Value) -> Value {
    let mut configuration = Map::new();
    if alarm["AlarmDescription"].as_str().is_some_and(|text| !text.is_empty()) {
        configuration.insert("description".to_owned(), alarm["AlarmDescription"].clone());
    }
    if alarm["AlarmRule"].is_string() {
        configuration.insert("alarmRule".to_owned(), alarm["AlarmRule"].clone());
        return Value::Object(configuration);
    }
    let metrics = match alarm["Metrics"].as_array().filter(|metrics| !metrics.is_empty()) {
        Some(metrics) => metrics.iter().map(entry).collect(),
        None => vec![json!({
            "id": "00000000-0000-4000-8000-000000000000",
            "metricStat": stat(alarm, &alarm["Period"], if alarm["Statistic"].is_string() { &alarm["Statistic"] } else { &alarm["ExtendedStatistic"] }),
            "returnData": true,
        })],
    };
    configuration.insert("metrics".to_owned(), Value::Array(metrics));
    Value::Object(configuration)
}

fn entry(metric: &Value) -> Value {
    let mut entry = Map::from_iter([("id".to_owned(), metric["Id"].clone())]);
    entry.insert("returnData".to_owned(), json!(metric["ReturnData"].as_bool().unwrap_or(true)));
    for (name, member) in [("expression", "Expression"), ("label", "Label")] {
        if metric[member].is_string() {
            entry.insert(name.to_owned(), metric[member].clone());
        }
    }
    let measured = &metric["MetricStat"];
    if measured.is_object() {
        entry.insert("metricStat".to_owned(), stat(&measured["Metric"], &measured["Period"], &measured["Stat"]));
    }
    Value::Object(entry)
}

/// A metric with how it is measured. Whole numbers are floats in EventBridge's events.
fn stat(metric: &Value, period: &Value, statistic: &Value) -> Value {
    let dimensions: Map<String, Value> = match &metric["Dimensions"] {
        Value::Array(pairs) => pairs.iter().filter_map(|pair| Some((pair["Name"].as_str()?.to_owned(), pair["Value"].clone()))).collect(),
        Value::Object(pairs) => pairs.clone(),
        _ => Map::new(),
    };
    json!({
        "metric": { "namespace": metric["Namespace"], "name": metric["MetricName"], "dimensions": dimensions },
        "period": period.as_f64().unwrap_or(60.0),
        "stat": statistic,
    })
}

#[cfg(test)]
#[path = "alarms_tests.rs"]
mod tests;
