//! Works off a batch from a queue, record by record: one that fails is reported and comes back, the others are done with
//! (Lambda developer guide, "Implementing partial batch responses").
//!
//! An invocation that is cut off answers nothing, and its whole batch would come back and count as failed. So what isn't done
//! shortly before that is let go of, and reported like any other failure.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::Timestamp;
use opsroom_application::failure::Failure;
use opsroom_application::ports::Clock as _;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use crate::clock::SystemClock;
use crate::event_line::EventLine;

/// A record, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The queue's id for the message.
    pub message_id: String,
    /// The handle of this receipt.
    pub receipt_handle: String,
    /// What was sent.
    pub body: String,
    /// The group within which a FIFO queue keeps the order.
    pub group: Option<String>,
    /// Whether it was handed out before: somebody may have begun with it.
    pub redelivered: bool,
}

impl From<SqsMessage> for Record {
    fn from(mut message: SqsMessage) -> Self {
        Self {
            message_id: message.message_id.unwrap_or_default(),
            receipt_handle: message.receipt_handle.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            redelivered: message.attributes.get("ApproximateReceiveCount").is_some_and(|count| count != "1"),
            group: message.attributes.remove("MessageGroupId"),
        }
    }
}

/// How a record was worked off, for its log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// What kind of event it was.
    pub kind: &'static str,
    /// What came of it.
    pub outcome: &'static str,
    /// The event's own id.
    pub event: String,
    /// Follows it from the door to the room.
    pub correlation: String,
}

/// Why a record was not worked off. It comes back in any case, and ends among the dead letters if that doesn't help.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The body isn't what this queue carries.
    #[error("the body can't be read: {0}")]
    Unreadable(String),
    /// The work failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// In which order the records of a batch are worked off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One after the other: they are likely to be about the same thing.
    OneByOne,
    /// All at once: they mostly wait.
    Together,
}

/// What remains to be done once the work has ended: the log lines and the answer.
const ANSWERING: Duration = Duration::from_secs(1);

/// Works off a batch before `deadline`. Letting go of work in its midst is safe, because being killed there has to be.
pub async fn work_off<H, F>(function: &str, event: SqsEvent, order: Order, deadline: Timestamp, handle: H) -> SqsBatchResponse
where
    H: Fn(Record) -> F,
    F: Future<Output = Result<Worked, RecordError>>,
{
    let records: Vec<Record> = event.records.into_iter().map(Record::from).collect();
    let end = end_of_work(deadline);
    let failed = match order {
        Order::Together => join_all(records.into_iter().map(|record| work(function, record, end, &handle))).await,
        Order::OneByOne => {
            let mut failed = Vec::new();
            // Of a FIFO queue, what is behind a failure in its group has to come back with it, or it would be worked off first
            // ("Using Lambda with Amazon SQS", partial batch responses for FIFO queues).
            let mut held: HashSet<String> = HashSet::new();
            for record in records {
                let group = record.group.clone();
                if group.as_ref().is_some_and(|group| held.contains(group)) {
                    failed.push(Some(record.message_id));
                } else if Instant::now() < end {
                    let result = work(function, record, end, &handle).await;
                    held.extend(group.filter(|_| result.is_some()));
                    failed.push(result);
                } else {
                    tracing::warn!(message_id = record.message_id, "no time is left for it; it comes back untouched");
                    failed.push(Some(record.message_id));
                }
            }
            failed
        }
    };
    response(failed.into_iter().flatten())
}

/// The answer that brings these messages back.
pub fn response(failed: impl IntoIterator<Item = String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for message_id in failed {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message_id;
        response.batch_item_failures.push(failure);
    }
    response
}

/// The deadline is a time of day; waiting goes by a clock that nobody sets.
fn end_of_work(deadline: Timestamp) -> Instant {
    let left = Duration::try_from(deadline.duration_since(SystemClock.now())).unwrap_or_default();
    // An end that is too far away to be told is an hour away: more than any function has.
    Instant::now() + left.min(Duration::from_hours(1)).saturating_sub(ANSWERING)
}

/// What the body says of where it comes from: Opsroom's own requests carry a correlation, EventBridge's events an id that
/// becomes one.
#[derive(Default, Deserialize)]
struct Origin {
    correlation: Option<String>,
    id: Option<String>,
}

fn correlation(body: &str) -> String {
    let Origin { correlation, id } = serde_json::from_str(body).unwrap_or_default();
    correlation.or(id).unwrap_or_default()
}

/// Works one record off before `end`; gives its id back if it failed.
async fn work<H, F>(function: &str, record: Record, end: Instant, handle: &H) -> Option<String>
where
    H: Fn(Record) -> F,
    F: Future<Output = Result<Worked, RecordError>>,
{
    let message_id = record.message_id.clone();
    let started = Instant::now();
    let correlation = correlation(&record.body);
    let span = tracing::info_span!("record", correlation);
    // A panic in one record must not take the others with it, nor pass in silence. Boxed, because the futures of whole use cases
    // are large and nest deeper than the compiler likes to look.
    let work = AssertUnwindSafe(Box::pin(handle(record))).catch_unwind().instrument(span.clone());
    let result = timeout_at(end, work).await;
    let outcome = match &result {
        Ok(Ok(Ok(worked))) => {
            line(function, worked, started);
            return None;
        }
        Ok(Ok(Err(error))) => span.in_scope(|| failed(&message_id, error)),
        Ok(Err(_panic)) => {
            tracing::error!(parent: &span, message_id, "panicked");
            "panicked"
        }
        Err(_elapsed) => {
            tracing::warn!(parent: &span, message_id, "took too long; will be tried again");
            "retry"
        }
    };
    line(function, &Worked { kind: "record", outcome, event: message_id.clone(), correlation }, started);
    Some(message_id)
}

/// Says why it failed; gives the outcome for its line.
fn failed(message_id: &str, error: &RecordError) -> &'static str {
    match error {
        RecordError::Unreadable(_) => {
            tracing::error!(message_id, %error, "unreadable");
            "unreadable"
        }
        RecordError::Failed(failure) if failure.is_retryable() => {
            tracing::warn!(message_id, error = %failure, "will be tried again");
            "retry"
        }
        RecordError::Failed(_) => {
            tracing::error!(message_id, %error, "failed");
            "failed"
        }
    }
}

fn line(function: &str, worked: &Worked, started: Instant) {
    let Worked { kind, outcome, event, correlation } = worked;
    EventLine { function, kind, outcome, event, correlation, duration: started.elapsed() }.write(SystemClock.now());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(bodies: &[&str]) -> SqsEvent {
        let message = |(n, body): (usize, &&str)| {
            let mut message = SqsMessage::default();
            message.message_id = Some(format!("m{n}"));
            message.body = Some((*body).to_owned());
            message
        };
        let mut event = SqsEvent::default();
        event.records = bodies.iter().enumerate().map(message).collect();
        event
    }

    async fn handle(record: Record) -> Result<Worked, RecordError> {
        match record.body.as_str() {
            "good" => Ok(Worked { kind: "test", outcome: "done", event: String::new(), correlation: String::new() }),
            "bad" => Err(RecordError::Unreadable("no".into())),
            "slow" => std::future::pending().await,
            other => panic!("{other}"),
        }
    }

    async fn failed(bodies: &[&str], order: Order, deadline: Timestamp) -> Vec<String> {
        let response = work_off("test", batch(bodies), order, deadline, handle).await;
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    #[tokio::test]
    async fn only_what_failed_comes_back_and_a_panic_is_a_failure() {
        for order in [Order::OneByOne, Order::Together] {
            assert_eq!(failed(&["good", "bad", "panic", "good"], order, Timestamp::MAX).await, ["m1", "m2"], "{order:?}");
        }
    }

    #[tokio::test]
    async fn a_slow_record_takes_no_other_with_it_and_is_let_go_of_in_time() {
        // A moment to work in before the second that is kept for answering.
        let soon = || SystemClock.now() + jiff::SignedDuration::from_millis(1100);
        assert_eq!(failed(&["good", "slow", "good"], Order::Together, soon()).await, ["m1"]);
        assert_eq!(failed(&["good", "slow", "good"], Order::OneByOne, soon()).await, ["m1", "m2"], "what was not touched comes back");
        assert_eq!(failed(&["good"], Order::OneByOne, Timestamp::MIN).await, ["m0"]);
    }

    #[test]
    fn a_message_tells_whether_it_was_handed_out_before() {
        let record = |count: Option<&str>| {
            let mut message = SqsMessage::default();
            message.attributes.extend(count.map(|count| ("ApproximateReceiveCount".to_owned(), count.to_owned())));
            Record::from(message)
        };
        assert_eq!([None, Some("1"), Some("2"), Some("10")].map(|count| record(count).redelivered), [false, false, true, true]);
    }

    #[test]
    fn a_failed_record_is_followed_by_what_its_body_says() {
        assert_eq!(correlation(r#"{"event": "e", "correlation": "c", "ask": {}}"#), "c");
        assert_eq!(correlation(r#"{"id": "an-event-of-eventbridge", "detail": {"id": "another"}}"#), "an-event-of-eventbridge");
        for nothing in ["", "{", "{}", "[1]", r#"{"correlation": 5}"#] {
            assert_eq!(correlation(nothing), "");
        }
    }
}
