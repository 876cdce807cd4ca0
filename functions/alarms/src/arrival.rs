//! What lies in the queue of `alarms`: what the door has queued, what SNS and EventBridge put there, what the function asked itself to do, and
//! what Lambda gave up on of an alarm's own calls.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use opsroom_application::ports::AlarmChore;
use opsroom_domain::alarm::AlarmReport;
use opsroom_webhooks::Webhook;
use opsroom_webhooks::alerts::cloudwatch::{self, Told};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

/// Something to do.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// Alarms have changed.
    Reports(Reports),
    /// The function asked itself.
    Chore(AlarmChore),
    /// There is nothing to do, and why.
    Nothing(&'static str),
}

/// Changes of alarms that came together.
#[derive(Debug)]
pub(crate) struct Reports {
    /// Who tells, for the log.
    pub kind: &'static str,
    /// Follows it from the door to the room; empty where nothing does.
    pub correlation: String,
    /// The changes.
    pub alarms: Vec<AlarmReport>,
    /// How many the sender left out.
    pub left_out: u64,
}

/// What tells the kinds of messages apart.
#[derive(Deserialize)]
struct Marks<'a> {
    sender: Option<IgnoredAny>,
    chore: Option<IgnoredAny>,
    #[serde(rename = "Type")]
    sns: Option<IgnoredAny>,
    #[serde(rename = "detail-type")]
    event: Option<IgnoredAny>,
    /// EventBridge's.
    id: Option<String>,
    /// Lambda's record of an asynchronous call that it gave up on ("Capturing records of Lambda asynchronous invocations").
    #[serde(rename = "requestPayload", borrow)]
    given_up: Option<&'a RawValue>,
}

/// A message of a topic, as SNS puts it into a queue.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    topic_arn: String,
    message: String,
    message_id: String,
}

/// Reads a message's body; says what is wrong with it without repeating it. `topics` are those that are believed.
pub(crate) fn read(body: &str, topics: &[String]) -> Result<Arrival, String> {
    let wrong = |error: serde_json::Error| format!("line {}, column {}", error.line(), error.column());
    let marks: Marks = serde_json::from_str(body).map_err(|error| format!("no JSON object that is known here: {}", wrong(error)))?;
    match marks {
        Marks { given_up: Some(payload), .. } => read(payload.get(), topics),
        Marks { chore: Some(_), .. } => {
            serde_json::from_str(body).map(Arrival::Chore).map_err(|error| format!("an unknown chore: {}", wrong(error)))
        }
        Marks { sender: Some(_), .. } => of_door(body),
        Marks { sns: Some(_), .. } => {
            let Notification { topic_arn, message, message_id } =
                serde_json::from_str(body).map_err(|error| format!("no notification of SNS: {}", wrong(error)))?;
            // Whoever may write to the queue could name any alarm: only what our own topics carry is taken in.
            if !topics.contains(&topic_arn) {
                return Err("its topic isn't one of those whose alarms are taken in (parameter FurtherAlarmTopics)".to_owned());
            }
            of_cloudwatch("cloudwatch_topic", &message, Some(&topic_arn), message_id)
        }
        Marks { event: Some(_), id, .. } => of_cloudwatch("cloudwatch_event", body, None, id.unwrap_or_default()),
        _ => of_cloudwatch("cloudwatch_action", body, None, String::new()),
    }
}

fn of_door(body: &str) -> Result<Arrival, String> {
    let webhook: Webhook =
        serde_json::from_str(body).map_err(|error| format!("no webhook: line {}, column {}", error.line(), error.column()))?;
    let reading = opsroom_webhooks::read(&webhook).map_err(|error| error.to_string())?;
    Ok(Arrival::Reports(Reports {
        kind: webhook.sender.name(),
        correlation: webhook.delivery,
        alarms: reading.alarms,
        left_out: reading.left_out,
    }))
}

fn of_cloudwatch(kind: &'static str, json: &str, topic: Option<&str>, correlation: String) -> Result<Arrival, String> {
    match cloudwatch::read(json, topic).map_err(|error| error.to_string())? {
        Told::Alarm(report) => Ok(Arrival::Reports(Reports { kind, correlation, alarms: vec![*report], left_out: 0 })),
        Told::Nothing(why) => Ok(Arrival::Nothing(why)),
    }
}

/// The call of an alarm as a batch of one. It may be Lambda's second or third attempt, which nothing tells: so it is taken for one.
pub(crate) fn call(payload: &Value, request: &str) -> SqsEvent {
    let mut message = SqsMessage::default();
    message.message_id = Some(request.to_owned());
    message.body = Some(payload.to_string());
    message.attributes.insert("ApproximateReceiveCount".to_owned(), "2".to_owned());
    let mut event = SqsEvent::default();
    event.records = vec![message];
    event
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:opsroom-AlarmTopic-1A2B3C";

    fn sample(name: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/alarms").join(name).with_extension("json");
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn taken(body: &str) -> Result<Arrival, String> {
        read(body, &[TOPIC.to_owned()])
    }

    fn reports(body: &str) -> Reports {
        match taken(body) {
            Ok(Arrival::Reports(reports)) => reports,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_way_in_is_known_and_its_correlation_kept() {
        for (name, kind, correlation) in [
            ("cloudwatch_metric_sns", "cloudwatch_topic", "7c7f8b1e-0f0c-5d6e-9a3b-2f1f6d1f0a01"),
            ("cloudwatch_metric_event", "cloudwatch_event", "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92"),
            ("cloudwatch_metric_action", "cloudwatch_action", ""),
        ] {
            let reports = reports(&sample(name));
            assert_eq!((reports.kind, reports.correlation.as_str(), reports.alarms.len()), (kind, correlation, 1), "{name}");
        }
        assert!(matches!(taken(&sample("cloudwatch_composite_suppressed_event")), Ok(Arrival::Nothing(_))));
    }

    #[test]
    fn what_the_door_has_queued_is_read() {
        let body: Value = serde_json::from_str(&sample("alertmanager_firing")).unwrap();
        let webhook = json!({
            "sender": "alertmanager", "event": "firing", "delivery": "d1", "place": "alertmanager.example:9093",
            "received_at": "2026-11-25T12:00:00Z", "body": body,
        });
        let reports = reports(&webhook.to_string());
        assert_eq!((reports.kind, reports.correlation.as_str(), reports.alarms.len(), reports.left_out), ("alertmanager", "d1", 2, 3));
    }

    #[test]
    fn a_chore_and_a_call_that_lambda_gave_up_on_are_known() {
        let chore = json!({"chore": "draw", "incident": "i-1"});
        assert!(matches!(taken(&chore.to_string()), Ok(Arrival::Chore(AlarmChore::Draw { .. }))));
        let action: Value = serde_json::from_str(&sample("cloudwatch_metric_action")).unwrap();
        let given_up = json!({
            "version": "1.0", "timestamp": "2026-11-25T10:10:00Z",
            "requestContext": {"requestId": "r", "condition": "RetriesExhausted", "approximateInvokeCount": 3},
            "requestPayload": action, "responseContext": {"statusCode": 200}, "responsePayload": {"errorMessage": "no"},
        });
        assert_eq!(reports(&given_up.to_string()).kind, "cloudwatch_action");
    }

    #[test]
    fn a_topic_that_is_not_ours_is_not_believed_and_nothing_is_repeated() {
        let foreign = sample("cloudwatch_metric_sns").replace(TOPIC, "arn:aws:sns:eu-west-1:999999999999:theirs");
        let why = taken(&foreign).unwrap_err();
        assert!(why.contains("its topic isn't one of those") && !why.contains("999999999999"), "{why}");
        for (body, expected) in [
            ("Hello", "no JSON object that is known here: line 1, column 1"),
            ("[]", "no JSON object that is known here: line 1, column 2"),
            ("{}", "neither an alarm's message, event nor action"),
            (r#"{"chore": "sing", "password": "x"}"#, "an unknown chore: line 1, column 16"),
            (r#"{"Type": "Notification", "password": "x"}"#, "no notification of SNS: line 1, column 41"),
            (r#"{"sender": "fax", "password": "x"}"#, "no webhook: line 1, column 16"),
        ] {
            assert_eq!(taken(body).unwrap_err(), expected, "{body}");
        }
    }
}
