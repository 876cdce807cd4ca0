//! EventBridge's event ("Alarm events and EventBridge") and the input of a function that is an alarm's action ("Invoke a Lambda function from
//! an alarm"). Both hold the same description of the change, one as `detail`, the other as `alarmData`.

use opsroom_domain::alarm::AlarmState;
use serde::Deserialize;
use serde_json::Value;

use super::super::null_is_empty;
use super::metrics::Entry;
use super::{Change, Contributor, NotUnderstood, Told, parts_of, shape, tags, time};

#[derive(Deserialize)]
struct Event {
    source: String,
    account: String,
    region: String,
    time: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    alarm_arn: String,
    alarm_data: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    alarm_name: String,
    /// Of changes of the configuration: `create`, `update`, `delete`.
    operation: Option<String>,
    state: Option<State>,
    #[serde(default, deserialize_with = "null_is_empty")]
    configuration: Configuration,
    #[serde(default)]
    alarm_tags: Value,
    alarm_contributor: Option<Contributor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    value: String,
    reason: Option<String>,
    reason_data: Option<String>,
    timestamp: String,
    actions_suppressed_by: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    description: Option<String>,
    #[serde(deserialize_with = "null_is_empty")]
    metrics: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ReasonData {
    triggering_alarms: Vec<Child>,
}

#[derive(Deserialize)]
struct Child {
    arn: String,
}

pub(super) fn read(kind: &str, json: &str) -> Result<Told, NotUnderstood> {
    if !matches!(
        kind,
        "CloudWatch Alarm State Change" | "CloudWatch Alarm Contributor State Change" | "CloudWatch Alarm Configuration Change"
    ) {
        return Err(NotUnderstood::UnknownForm);
    }
    let event: Event = serde_json::from_str(json).map_err(|error| shape("an alarm's event", &error))?;
    if event.source != "aws.cloudwatch" {
        return Err(NotUnderstood::Field("source"));
    }
    if kind == "CloudWatch Alarm Configuration Change" {
        return event.configuration_change();
    }
    let Event { account, region, detail, .. } = event;
    detail.told(account, region)
}

pub(super) fn read_action(json: &str) -> Result<Told, NotUnderstood> {
    let Action { alarm_arn, alarm_data } = serde_json::from_str(json).map_err(|error| shape("an alarm's action", &error))?;
    let (region, account, _) = parts_of(&alarm_arn).ok_or(NotUnderstood::Field("alarm's ARN"))?;
    alarm_data.told(account.to_owned(), region.to_owned())
}

impl Event {
    /// An alarm that is gone can't become well any more: it is taken for well, and said to be gone.
    fn configuration_change(self) -> Result<Told, NotUnderstood> {
        if self.detail.operation.as_deref() != Some("delete") {
            return Ok(Told::Nothing("alarm_reconfigured"));
        }
        let at = time(&self.time);
        let mut report = self.detail.change(self.account, self.region, "OK".to_owned(), at).report()?;
        report.state = AlarmState::Ok;
        report.reason = Some("The alarm was deleted.".to_owned());
        report.measure = None;
        Ok(Told::Alarm(report))
    }
}

impl Detail {
    fn told(mut self, account: String, region: String) -> Result<Told, NotUnderstood> {
        let State { value, reason, reason_data, timestamp, actions_suppressed_by } =
            self.state.take().ok_or(NotUnderstood::Field("state"))?;
        // The team told CloudWatch to keep this one quiet. Its end is no secret.
        if value == "ALARM" && actions_suppressed_by.is_some() {
            return Ok(Told::Nothing("suppressed_by_its_composite"));
        }
        let data: ReasonData = reason_data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
        let mut change = self.change(account, region, value, time(&timestamp));
        change.reason = reason;
        change.children =
            data.triggering_alarms.iter().filter_map(|child| parts_of(&child.arn)).map(|(.., name)| name.to_owned()).collect();
        change.report().map(Told::Alarm)
    }

    fn change(self, account: String, region: String, state: String, at: Option<jiff::Timestamp>) -> Change {
        Change {
            account,
            region,
            name: self.alarm_name,
            state,
            at,
            description: self.configuration.description,
            lines: self.configuration.metrics.into_iter().filter_map(Entry::line).collect(),
            tags: tags(&self.alarm_tags),
            contributor: self.alarm_contributor,
            ..Change::default()
        }
    }
}
