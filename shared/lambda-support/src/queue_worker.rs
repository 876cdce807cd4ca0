//! Works off a batch from a queue, record by record: one that fails is reported and comes back, the others are done with
//! (Lambda developer guide, "Implementing partial batch responses").

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use opsroom_application::failure::Failure;
use opsroom_application::ports::Clock as _;

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
}

impl From<SqsMessage> for Record {
    fn from(mut message: SqsMessage) -> Self {
        Self {
            message_id: message.message_id.unwrap_or_default(),
            receipt_handle: message.receipt_handle.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
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

/// Works off a batch.
pub async fn work_off<H, F>(function: &str, event: SqsEvent, order: Order, handle: H) -> SqsBatchResponse
where
    H: Fn(Record) -> F,
    F: Future<Output = Result<Worked, RecordError>>,
{
    let records: Vec<Record> = event.records.into_iter().map(Record::from).collect();
    let failed = match order {
        Order::Together => join_all(records.into_iter().map(|record| work(function, record, &handle))).await,
        Order::OneByOne => {
            let mut failed = Vec::new();
            for record in records {
                failed.push(work(function, record, &handle).await);
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

/// Works one record off; gives its id back if it failed.
async fn work<H, F>(function: &str, record: Record, handle: &H) -> Option<String>
where
    H: Fn(Record) -> F,
    F: Future<Output = Result<Worked, RecordError>>,
{
    let message_id = record.message_id.clone();
    let started = Instant::now();
    // A panic in one record must not take the others with it, nor pass in silence. Boxed, because the futures of whole use cases
    // are large and nest deeper than the compiler likes to look.
    let result = AssertUnwindSafe(Box::pin(handle(record))).catch_unwind().await;
    let failure = match &result {
        Ok(Ok(worked)) => {
            line(function, worked, started);
            return None;
        }
        Ok(Err(error @ RecordError::Unreadable(_))) => {
            tracing::error!(message_id, %error, "unreadable");
            "unreadable"
        }
        Ok(Err(RecordError::Failed(failure))) if failure.is_retryable() => {
            tracing::warn!(message_id, error = %failure, "will be tried again");
            "retry"
        }
        Ok(Err(error)) => {
            tracing::error!(message_id, %error, "failed");
            "failed"
        }
        Err(_panic) => {
            tracing::error!(message_id, "panicked");
            "panicked"
        }
    };
    line(function, &Worked { kind: "record", outcome: failure, event: message_id.clone(), correlation: String::new() }, started);
    Some(message_id)
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
            other => panic!("{other}"),
        }
    }

    #[tokio::test]
    async fn only_what_failed_comes_back_and_a_panic_is_a_failure() {
        for order in [Order::OneByOne, Order::Together] {
            let response = work_off("test", batch(&["good", "bad", "panic", "good"]), order, handle).await;
            let failed: Vec<_> = response.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
            assert_eq!(failed, ["m1", "m2"], "{order:?}");
        }
    }
}
