//! Makes Slack show what the table wants, one message at a time.
//!
//! The hard part is a new message, because Slack has no key that would make a second `chat.postMessage` harmless. So:
//!
//! ```text
//! read the message -> mark it "sending" -> post -> mark it "shown"
//!        a               b                c           d
//! ```
//!
//! A sender that dies before `b` leaves nothing behind; between `b` and `c`, or between `c` and `d`, it leaves its mark. The
//! next sender can't tell these two apart, so it waits until the first can't be alive any more (the mark's lease) and asks
//! Slack's history for a message with the key in its metadata before it posts. The mark is conditional, so of two senders one
//! goes on. Changes of a message that is there need no mark: making them twice shows the same.
//!
//! A change that is wanted while the former is being sent makes no second call of its own: after each call the table is read
//! again, and what is wanted *then* is sent.
//!
//! What must not wait behind others (an incident's first word) has a way beside its lane, so two senders can be at one message
//! at the same moment. On that way messages are only ever sent for the first time; as soon as one is there, changing it is left to
//! its lane. Nothing is lost in between, because a change is nudged after it is written: the lane's nudge finds either the place
//! of the message, and changes it, or the mark of the urgent sender. Then it waits, and looks again soon: the mark alone doesn't
//! tell a sender at work from a dead one, but its age does.

mod refusal;

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_domain::room_message::{Destination, RoomMessage, Step};

use self::refusal::{Refusal, refusal};
use crate::ports::{Clock, Mark, Messenger, Nudge, Outbox, PortError, PortErrorKind, SlackError};

/// How many calls one message gets before others have their turn.
const CALLS: usize = 4;
/// Where a message goes on being changed while it is sent, or its place is found anew.
const SOON: SignedDuration = SignedDuration::from_secs(1);
/// A message under a message under a message: Slack's threads have two levels, so more is a mistake somewhere.
const ANCESTORS: usize = 3;
/// A mark that isn't set costs the next sender a look through history, so it is worth some tries.
const MARK_TRIES: usize = 3;

impl DeliveryError {
    /// Whether the message itself may be the cause, so that it could fail however often it is tried while all others go on: a
    /// row that can't be read, contents that Slack stumbles over. A token that isn't taken, or a table or a Slack that can't be
    /// reached, keep all messages waiting alike.
    pub fn may_be_the_messages_own(&self) -> bool {
        match self {
            Self::Outbox(error) => error.kind == PortErrorKind::Permanent,
            Self::Slack(error) => !matches!(error.kind, PortErrorKind::Denied | PortErrorKind::NotFound),
        }
    }
}

/// What delivering needs.
#[derive(Debug)]
pub struct Ports<'a, O, M, C> {
    /// The messages.
    pub outbox: &'a O,
    /// Slack.
    pub messenger: &'a M,
    /// The time.
    pub clock: &'a C,
}

/// How delivering went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Slack shows what is wanted.
    Current {
        /// How many calls that took; none if it did so already.
        calls: usize,
    },
    /// It is there, by this urgent way or before it. Something newer is wanted, and the lane's own nudge shows that.
    LeftToItsLane {
        /// How many calls that took; none if it was there already.
        calls: usize,
    },
    /// There is no such message.
    NoSuchMessage,
    /// It can never be shown. Said once; until something else is wanted, it is [`GivenUp`](Self::GivenUp) from then on.
    Undeliverable {
        /// Slack's error code.
        error: String,
    },
    /// It answered something that can't be answered any more: too much time has passed, or the dialog was closed.
    Expired {
        /// Slack's error code.
        error: String,
    },
    /// It can't be shown as things stand, but somebody can mend that: it stays among the messages that are swept.
    Hindered {
        /// Slack's error code.
        error: String,
    },
    /// It was found undeliverable, or expired, before.
    GivenUp,
    /// Not yet: this message, and those behind it in its lane, have to wait.
    Wait {
        /// How long.
        retry_after: SignedDuration,
    },
}

/// Why delivering failed. Trying again is safe, whatever it was.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The table.
    #[error(transparent)]
    Outbox(#[from] PortError),
    /// Slack.
    #[error("Slack: {0}")]
    Slack(#[source] PortError),
}

/// Brings one message up to date.
pub async fn deliver<O: Outbox, M: Messenger, C: Clock>(nudge: &Nudge, ports: &Ports<'_, O, M, C>) -> Result<Delivered, DeliveryError> {
    let way = if nudge.urgent { Way::FirstSendingsOnly } else { Way::Lane };
    let mut line = ports.lineage(&nudge.key).await?;
    let mut thread = None;
    // From the eldest to the one that is meant: a message can't hang under one that isn't there.
    while let Some(mut message) = line.pop() {
        let (key, destination) = (message.key.clone(), message.destination.clone());
        if line.is_empty() {
            return ports.bring_up_to_date(message, thread.as_deref(), way).await;
        }
        if needs_a_place(&message) {
            let delivered = ports.bring_up_to_date(message, thread.as_deref(), way).await?;
            if matches!(delivered, Delivered::Wait { .. } | Delivered::Hindered { .. }) {
                return Ok(delivered);
            }
            // That took its time, so what was read of the next one is old.
            for younger in &mut line {
                let Some(now) = ports.outbox.message(&younger.key).await? else { return Ok(Delivered::NoSuchMessage) };
                *younger = now;
            }
            let Some(now) = ports.outbox.message(&key).await? else { return Ok(Delivered::NoSuchMessage) };
            message = now;
        }
        thread = root(&destination, thread, message.shown.and_then(|shown| shown.ts));
    }
    Ok(Delivered::NoSuchMessage)
}

/// Whether it will be posted, if anything is done.
fn needs_a_place(message: &RoomMessage) -> bool {
    message.shown.is_none() && message.undeliverable.is_none()
}

/// The thread that messages under this one belong to: Slack hangs all of a thread under its first message.
fn root(destination: &Destination, own_thread: Option<String>, ts: Option<String>) -> Option<String> {
    match destination {
        Destination::Channel { thread: Some(thread), .. } => Some(thread.clone()),
        Destination::Under { .. } => own_thread.or(ts),
        _ => ts,
    }
}

/// What is done about a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Everything, in the lane's order.
    Lane,
    /// It is sent if it isn't there. Slack takes posts and updates at a pace each, so that posts don't wait behind updates here.
    FirstSendingsOnly,
}

/// What follows from one call.
enum Next {
    /// Look again.
    Again,
    /// That was it.
    Stop(Delivered),
}

fn wait(retry_after: SignedDuration) -> Next {
    Next::Stop(Delivered::Wait { retry_after: retry_after.max(SignedDuration::from_millis(1)) })
}

/// How long to wait for another sender: as long again as its mark is old. One at work takes less than a second, and must not hold this way
/// up for all of its lease; one that is dead is asked for a handful of times until that is over.
fn for_another_sender(message: &RoomMessage, until: Timestamp, now: Timestamp) -> SignedDuration {
    let at_it = message.sending.as_ref().map_or(SOON, |sending| now.duration_since(sending.since));
    at_it.max(SOON).min(until.duration_since(now))
}

impl<O: Outbox, M: Messenger, C: Clock> Ports<'_, O, M, C> {
    /// The message and those it hangs under, itself first.
    async fn lineage(&self, key: &MessageKey) -> Result<Vec<RoomMessage>, DeliveryError> {
        let mut line = Vec::new();
        let mut next = Some(key.clone());
        while let Some(key) = next.take() {
            let Some(message) = self.outbox.message(&key).await? else { break };
            // One that is shown has its place. The ancestors of one that isn't are followed up to the first.
            let placed = line.is_empty() && !needs_a_place(&message);
            if let Destination::Under { parent, .. } = &message.destination
                && !placed
                && line.len() < ANCESTORS
            {
                next = Some(parent.clone());
            }
            line.push(message);
        }
        Ok(line)
    }

    async fn bring_up_to_date(&self, first: RoomMessage, thread: Option<&str>, way: Way) -> Result<Delivered, DeliveryError> {
        let key = first.key.clone();
        let mut message = Some(first);
        for calls in 0..=CALLS {
            let Some(current) = message.take() else { return Ok(Delivered::NoSuchMessage) };
            let now = self.clock.now();
            let next = match current.next_step(now) {
                Step::Nothing => {
                    return Ok(match current.undeliverable {
                        Some(_) => Delivered::GivenUp,
                        None => Delivered::Current { calls },
                    });
                }
                Step::LeaveToOther { until } => wait(for_another_sender(&current, until, now)),
                Step::Update { .. } if way == Way::FirstSendingsOnly => return Ok(Delivered::LeftToItsLane { calls }),
                _ if calls == CALLS => break,
                Step::Update { ts } => self.update(&current, &ts).await?,
                Step::Post => self.post(&current, thread).await?,
                Step::LookForIt { since } => self.look(&current, thread, since).await?,
            };
            match next {
                Next::Stop(delivered) => return Ok(delivered),
                Next::Again => message = self.outbox.message(&key).await?,
            }
        }
        Ok(Delivered::Wait { retry_after: SOON })
    }

    async fn update(&self, message: &RoomMessage, ts: &str) -> Result<Next, DeliveryError> {
        let (Destination::Channel { channel, .. } | Destination::Under { channel, .. }) = &message.destination else {
            // Only these have a `ts`.
            return self.refused(message, "no_channel".to_owned(), Mine::Nothing).await;
        };
        match self.messenger.update(channel, ts, &message.key, &message.wanted).await {
            Ok(()) => self.shown(message, Some(ts.to_owned()), message.version).await,
            Err(SlackError::RateLimited { retry_after }) => Ok(wait(retry_after)),
            Err(SlackError::Refused { error }) => self.refused(message, error, Mine::Nothing).await,
            Err(SlackError::MessageGone) => {
                self.mark(message, Mark::Gone).await?;
                // Its place in a thread has to be found anew, which only the beginning does.
                let under = matches!(message.destination, Destination::Under { .. });
                Ok(if under { wait(SOON) } else { Next::Again })
            }
            Err(SlackError::Unknown(error)) => Err(DeliveryError::Slack(error)),
        }
    }

    async fn post(&self, message: &RoomMessage, thread: Option<&str>) -> Result<Next, DeliveryError> {
        let since = self.clock.now();
        if !self.outbox.mark(&message.key, Mark::Sending { version: message.version, since }).await? {
            // Somebody was faster. Reading again tells who waits for whom.
            return Ok(Next::Again);
        }
        match self.send(message, thread).await {
            Ok(ts) => self.shown(message, ts, message.version).await,
            Err(SlackError::RateLimited { retry_after }) => {
                self.mark(message, Mark::NotSent).await?;
                Ok(wait(retry_after))
            }
            Err(SlackError::Refused { error }) => self.refused(message, error, Mine::SendingMark).await,
            Err(SlackError::MessageGone) => self.refused(message, "message_not_found".to_owned(), Mine::SendingMark).await,
            Err(SlackError::Unknown(error)) => self.after_unknown(message, thread, since, error).await,
        }
    }

    /// Sends it as new.
    async fn send(&self, message: &RoomMessage, thread: Option<&str>) -> Result<Option<String>, SlackError> {
        let card = &message.wanted;
        match &message.destination {
            Destination::Private { channel, person, thread } => {
                self.messenger.post_private(channel, person, thread.as_deref(), card).await.map(|()| None)
            }
            Destination::Response { url, replaces, .. } => self.messenger.respond(url.reveal(), card, *replaces).await.map(|()| None),
            Destination::View { view, title } => self.messenger.update_view(view, title, card).await.map(|()| None),
            Destination::Home { person } => self.messenger.publish_home(person, card).await.map(|()| None),
            destination @ (Destination::Channel { channel, .. } | Destination::Under { channel, .. }) => {
                self.messenger.post(channel, own_thread(destination, thread), &message.key, card).await.map(|posted| Some(posted.ts))
            }
        }
    }

    /// Slack gave no usable answer. Often its history tells at once what became of the message; where it doesn't, and the
    /// message may still be on its way, the mark stays until it can't be.
    async fn after_unknown(
        &self,
        message: &RoomMessage,
        thread: Option<&str>,
        since: Timestamp,
        error: PortError,
    ) -> Result<Next, DeliveryError> {
        let answered = error.kind == PortErrorKind::Throttled;
        if answered || error.kind == PortErrorKind::Transient {
            let found = match placed(message, thread) {
                Some((channel, thread)) => self.messenger.find(channel, thread, &message.key, since).await.ok(),
                // Nobody can look for it. Showing an answer twice is better than never.
                None => Some(None),
            };
            match found {
                Some(Some(posted)) => return self.shown(message, Some(posted.ts), message.version).await,
                Some(None) if answered => {}
                _ => return Err(DeliveryError::Slack(error)),
            }
        }
        // Now it is certain that it wasn't done.
        self.mark(message, Mark::NotSent).await?;
        Err(DeliveryError::Slack(error))
    }

    /// An earlier sender left its mark and is gone.
    async fn look(&self, message: &RoomMessage, thread: Option<&str>, since: Timestamp) -> Result<Next, DeliveryError> {
        let Some((channel, place)) = placed(message, thread) else { return self.post(message, thread).await };
        match self.messenger.find(channel, place, &message.key, since).await {
            Ok(Some(posted)) => {
                let version = message.sending.as_ref().map_or(0, |sending| sending.version);
                self.shown(message, Some(posted.ts), version).await
            }
            // Gone: the thread it was to hang in was deleted, and the message with it.
            Ok(None) | Err(SlackError::MessageGone) => self.post(message, thread).await,
            Err(SlackError::RateLimited { retry_after }) => Ok(wait(retry_after)),
            Err(SlackError::Refused { error }) => self.refused(message, error, Mine::Nothing).await,
            Err(SlackError::Unknown(error)) => Err(DeliveryError::Slack(error)),
        }
    }

    async fn shown(&self, message: &RoomMessage, ts: Option<String>, version: u64) -> Result<Next, DeliveryError> {
        self.mark(message, Mark::Shown { ts, version }).await?;
        Ok(Next::Again)
    }

    /// Slack said no, to what was wanted when it was asked.
    async fn refused(&self, message: &RoomMessage, error: String, mine: Mine) -> Result<Next, DeliveryError> {
        let refusal = refusal(&message.destination, &error);
        let is_final = !matches!(refusal, Refusal::Mendable);
        let given_up = is_final && self.mark(message, Mark::Undeliverable { version: message.version, error: error.clone() }).await?;
        if !given_up && matches!(mine, Mine::SendingMark) {
            // Nobody needs to wait for the mark: it is certain that nothing was sent.
            self.mark(message, Mark::NotSent).await?;
        }
        let version = message.version;
        Ok(match refusal {
            Refusal::Mendable => {
                tracing::error!(key = %message.key, error, "Slack doesn't show this message until somebody mends that");
                Next::Stop(Delivered::Hindered { error })
            }
            _ if !given_up => {
                tracing::info!(key = %message.key, error, version, "refused, but something else is wanted by now");
                Next::Again
            }
            Refusal::TooLate => {
                tracing::info!(key = %message.key, error, "too late for this answer");
                Next::Stop(Delivered::Expired { error })
            }
            Refusal::Final => {
                tracing::error!(key = %message.key, error, "Slack will never show this message");
                Next::Stop(Delivered::Undeliverable { error })
            }
        })
    }

    /// Marks what happened. A mark that is refused (`false`) has been overtaken by another sender's, or by a change.
    async fn mark(&self, message: &RoomMessage, mark: Mark) -> Result<bool, DeliveryError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.outbox.mark(&message.key, mark.clone()).await {
                Ok(done) => return Ok(done),
                Err(error) if error.is_retryable() && tries < MARK_TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether the mark on a message is the one that this sender has just set.
#[derive(Clone, Copy)]
enum Mine {
    SendingMark,
    Nothing,
}

/// Where history can tell of it.
fn placed<'m>(message: &'m RoomMessage, thread: Option<&'m str>) -> Option<(&'m ChannelId, Option<&'m str>)> {
    match &message.destination {
        destination @ (Destination::Channel { channel, .. } | Destination::Under { channel, .. }) => {
            Some((channel, own_thread(destination, thread)))
        }
        _ => None,
    }
}

/// The thread a message is posted to.
fn own_thread<'m>(destination: &'m Destination, found: Option<&'m str>) -> Option<&'m str> {
    match destination {
        Destination::Channel { thread, .. } => thread.as_deref(),
        _ => found,
    }
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
