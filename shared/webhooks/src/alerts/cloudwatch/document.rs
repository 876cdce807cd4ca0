//! The message that an alarm sends to an SNS topic ("Notifying users on alarm changes").

use std::collections::BTreeMap;

use opsroom_domain::alarm::Threshold;
use serde::Deserialize;
use serde_json::Value;

use super::super::null_is_empty;
use super::metrics::{Entry, Line, Metric, MetricStat};
use super::{Change, Contributor, NotUnderstood, comparison, parts_of, shape, tags, time};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    alarm_name: String,
    alarm_description: Option<String>,
    #[serde(rename = "AWSAccountId")]
    account: Option<String>,
    new_state_value: String,
    new_state_reason: Option<String>,
    state_change_time: String,
    alarm_arn: Option<String>,
    /// The code of the region in imitations; AWS writes what people call it, `EU (Ireland)`.
    region: Option<String>,
    trigger: Option<Trigger>,
    #[serde(default, deserialize_with = "null_is_empty")]
    triggering_children: Vec<Child>,
    #[serde(default)]
    alarm_tags: Value,
    alarm_contributor_id: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    alarm_contributor_attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger {
    metric_name: Option<String>,
    namespace: Option<String>,
    statistic: Option<String>,
    extended_statistic: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    dimensions: Value,
    period: Option<f64>,
    comparison_operator: Option<String>,
    threshold: Option<f64>,
    #[serde(default, deserialize_with = "null_is_empty")]
    metrics: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    arn: String,
}

pub(super) fn read(json: &str, topic: Option<&str>) -> Result<Change, NotUnderstood> {
    let document: Document = serde_json::from_str(json).map_err(|error| shape("an alarm's message", &error))?;
    let Document { alarm_name, account, region, alarm_arn, .. } = document;
    let of_arn = alarm_arn.as_deref().and_then(parts_of);
    let of_topic = topic.and_then(|topic| topic.split(':').nth(3));
    let is_code = |region: &&str| region.split('-').count() >= 3 && !region.contains([' ', '(']);
    let region = of_arn.map(|(region, ..)| region).or(region.as_deref().filter(is_code)).or(of_topic).unwrap_or_default().to_owned();
    let account = of_arn.map(|(_, account, _)| account.to_owned()).or(account).unwrap_or_default();
    let trigger = document.trigger.as_ref();
    let threshold = trigger.and_then(|trigger| {
        let wrong_if = trigger.comparison_operator.as_deref().and_then(comparison)?;
        Some(Threshold { wrong_if, value: trigger.threshold? })
    });
    Ok(Change {
        account,
        region,
        name: alarm_name,
        state: document.new_state_value,
        at: time(&document.state_change_time),
        reason: document.new_state_reason,
        description: document.alarm_description,
        threshold,
        tags: tags(&document.alarm_tags),
        children: document.triggering_children.iter().filter_map(|child| parts_of(&child.arn)).map(|(.., name)| name.to_owned()).collect(),
        contributor: document.alarm_contributor_id.map(|id| Contributor { id, attributes: document.alarm_contributor_attributes }),
        lines: document.trigger.map(Trigger::lines).unwrap_or_default(),
    })
}

impl Trigger {
    fn lines(self) -> Vec<Line> {
        if !self.metrics.is_empty() {
            return self.metrics.into_iter().filter_map(Entry::line).collect();
        }
        let (Some(name), Some(namespace)) = (self.metric_name, self.namespace) else { return Vec::new() };
        let single = Entry {
            metric_stat: Some(MetricStat {
                metric: Metric { name: Some(name), namespace: Some(namespace), dimensions: self.dimensions },
                period: self.period,
                stat: self.extended_statistic.or(self.statistic),
                unit: self.unit,
            }),
            ..Entry::default()
        };
        single.line().into_iter().collect()
    }
}
