//! Brings Slack up to date, message by message. The queue says only which messages have changed; what they should show is in
//! the table.
//!
//! Messages of one lane (a channel) are sent in order, so the first that has to wait holds those behind it back, and no other
//! lane: they are handed out again when Slack said it would take more (`ChangeMessageVisibility`), not when the queue's own
//! time is over.
//!
//! What is urgent comes in a group of its own beside its lane's, and is only sent for the first time there: it waits neither behind the
//! lane nor, as Slack takes posts and updates at a pace each, for the lane's updates.

mod lanes;

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use opsroom_application::delivery::{Delivered, DeliveryError, Ports, deliver};
use opsroom_application::ports::{Clock, CommandQueue, Messenger, Nudge, Outbox, PortError};
use opsroom_application::request::{Ask, Request};
use opsroom_domain::ids::{ChannelId, EventKey};
use opsroom_lambda_support::event_line::EventLine;
use opsroom_lambda_support::queue_worker::response;
use tracing::Instrument as _;

pub use lanes::{Letter, lanes};

/// What one message takes at worst: a post, a look through history, the table. With less time left, the rest of a lane is
/// left to the next invocation: one that is cut off leaves marks behind, and those take long to clear up.
const ONE_MESSAGE: SignedDuration = SignedDuration::from_secs(11);
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(1);
/// The patience with failures doubles up to this.
const LONGEST_RETRY: SignedDuration = SignedDuration::from_secs(30);
/// So often a message that may itself be the cause of its failing is tried while its lane waits. After that it is left to the
/// sweep, whose turns come at growing distances, and the others go on.
const TRIES_OF_ITS_OWN: u32 = 4;

/// Decides when a nudge comes back.
pub trait Redelivery: Send + Sync {
    /// Lets it come back after `delay`.
    fn delay(&self, receipt_handle: &str, delay: SignedDuration) -> impl Future<Output = Result<(), PortError>> + Send;
}

impl Redelivery for opsroom_aws_queue::Redelivery {
    async fn delay(&self, receipt_handle: &str, delay: SignedDuration) -> Result<(), PortError> {
        self.delay(receipt_handle, delay).await
    }
}

/// What the function needs.
#[derive(Debug)]
pub struct World<O, M, R, Q, C> {
    /// The messages.
    pub outbox: O,
    /// Slack.
    pub messenger: M,
    /// The queue that the nudges came from.
    pub redelivery: R,
    /// The way to `commands`, which lets the subscriptions of a lost channel rest.
    pub commands: Q,
    /// The time.
    pub clock: C,
}

/// Slack's words for a channel that is gone, archived, or that the app is no longer in ("chat.postMessage": errors).
const LOST: [&str; 3] = ["is_archived", "channel_not_found", "not_in_channel"];

impl<O: Outbox, M: Messenger, R: Redelivery, Q: CommandQueue, C: Clock> World<O, M, R, Q, C> {
    /// Opens the way to the table while the function starts and has a whole processor.
    pub async fn warm_up(&self) {
        if let Err(error) = self.outbox.message(&"warm-up".into()).await {
            tracing::warn!(%error, "the table can't be reached yet");
        }
    }

    /// Works off a batch before `deadline`: the lanes side by side, each in order.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let held = join_all(lanes(event).into_iter().map(|lane| self.lane(lane, deadline))).await;
        response(held.into_iter().flatten())
    }

    /// Works off a lane; gives back what has to come again.
    async fn lane(&self, letters: Vec<Letter>, deadline: Timestamp) -> Vec<String> {
        for (done, letter) in letters.iter().enumerate() {
            let in_time = done == 0 || self.clock.now().saturating_add(ONE_MESSAGE).is_ok_and(|end| end <= deadline);
            let wait = if in_time { self.letter(letter).await } else { Some(SHORTEST_WAIT) };
            if let Some(wait) = wait {
                return self.hold(&letters[done..], wait.max(SHORTEST_WAIT)).await;
            }
        }
        Vec::new()
    }

    /// Works off one nudge; says how long it, and its lane, have to wait if that was for nothing.
    async fn letter(&self, letter: &Letter) -> Option<SignedDuration> {
        let started = Instant::now();
        let (outcome, key, correlation, wait) = match serde_json::from_str::<Nudge>(&letter.body) {
            // The table knows what is to be shown, and the sweep finds it: nothing is lost with a nudge. Holding the lane
            // until this one is among the dead letters would lose time for all behind it.
            Err(error) => {
                tracing::error!(message_id = letter.message_id, column = error.column(), "no nudge; left out");
                ("unreadable", letter.message_id.clone(), String::new(), None)
            }
            Ok(nudge) => {
                let ports = Ports { outbox: &self.outbox, messenger: &self.messenger, clock: &self.clock };
                let span = tracing::info_span!("nudge", correlation = %nudge.correlation);
                // A panic in one message must not take the other lanes with it.
                let delivered = AssertUnwindSafe(deliver(&nudge, &ports)).catch_unwind().instrument(span.clone()).await;
                if let Ok(Ok(Delivered::Undeliverable { error } | Delivered::Hindered { error })) = &delivered
                    && LOST.contains(&error.as_str())
                {
                    self.channel_is_lost(&nudge, error).await;
                }
                let (outcome, wait) = span.in_scope(|| Self::outcome(letter, &nudge, delivered.ok()));
                (outcome, nudge.key.to_string(), nudge.correlation.to_string(), wait)
            }
        };
        let duration = started.elapsed();
        let line = EventLine { function: "delivery", kind: "message", outcome, event: &key, correlation: &correlation, duration };
        line.write(self.clock.now());
        wait
    }

    /// Says it once an hour in each channel; what is parked already is not parked again. If it can't be said, the next message says it.
    async fn channel_is_lost(&self, nudge: &Nudge, error: &str) {
        let channel = ChannelId::new(nudge.lane.as_str());
        let hour = self.clock.now().as_second().div_euclid(3600);
        let request = Request {
            event: EventKey::new(format!("channel-lost/{channel}/{error}/{hour}")),
            correlation: nudge.correlation.clone(),
            ask: Ask::ChannelLost { channel, error: error.to_owned() },
        };
        if let Err(error) = self.commands.send(&request).await {
            tracing::warn!(%error, lane = nudge.lane, "nobody can be told that the channel is lost");
        }
    }

    fn outcome(
        letter: &Letter,
        nudge: &Nudge,
        delivered: Option<Result<Delivered, DeliveryError>>,
    ) -> (&'static str, Option<SignedDuration>) {
        match delivered {
            Some(Ok(Delivered::Current { calls: 0 } | Delivered::LeftToItsLane { calls: 0 } | Delivered::GivenUp)) => ("nothing_new", None),
            Some(Ok(Delivered::Current { .. } | Delivered::LeftToItsLane { .. })) => ("delivered", None),
            Some(Ok(Delivered::NoSuchMessage)) => {
                tracing::warn!(key = %nudge.key, "a nudge for a message that isn't there");
                ("no_such_message", None)
            }
            // One word for both, because an alarm is put on it: whoever can mend it has to be told.
            Some(Ok(Delivered::Undeliverable { .. } | Delivered::Hindered { .. })) => ("undeliverable", None),
            Some(Ok(Delivered::Expired { .. })) => ("expired", None),
            Some(Ok(Delivered::Wait { retry_after })) => ("waits", Some(retry_after)),
            Some(Err(error)) if letter.receive_count >= TRIES_OF_ITS_OWN && error.may_be_the_messages_own() => {
                tracing::error!(key = %nudge.key, %error, tries = letter.receive_count, "left to the sweep");
                ("left_to_the_sweep", None)
            }
            Some(Err(error)) => {
                tracing::warn!(key = %nudge.key, %error, tries = letter.receive_count, "will be tried again");
                ("retry", Some(patience(letter.receive_count)))
            }
            None if letter.receive_count >= TRIES_OF_ITS_OWN => {
                tracing::error!(key = %nudge.key, tries = letter.receive_count, "panicked; left to the sweep");
                ("left_to_the_sweep", None)
            }
            None => {
                tracing::error!(key = %nudge.key, "panicked");
                ("panicked", Some(patience(letter.receive_count)))
            }
        }
    }

    /// Lets letters come back after a while, in their order: a FIFO queue hands none of a group out while an earlier one is
    /// hidden, so the later ones must not be hidden longer.
    async fn hold(&self, letters: &[Letter], wait: SignedDuration) -> Vec<String> {
        join_all(letters.iter().map(async |letter| {
            if let Err(error) = self.redelivery.delay(&letter.receipt_handle, wait).await {
                tracing::warn!(message_id = letter.message_id, %error, "comes back after the queue's own time");
            }
            letter.message_id.clone()
        }))
        .await
    }
}

/// 1, 2, 4 … seconds.
fn patience(receive_count: u32) -> SignedDuration {
    let doubled = receive_count.saturating_sub(1).min(10);
    SignedDuration::from_secs(1 << doubled).min(LONGEST_RETRY)
}

#[cfg(test)]
mod tests;
