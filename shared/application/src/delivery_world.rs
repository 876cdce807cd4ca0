//! A table and a Slack in memory that fail as they are told, for the tests of delivering.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::room_message::{Destination, RoomMessage, SENDING_LEASE, Sending, Shown};

use super::super::{Delivered, DeliveryError, Ports, deliver};
use crate::ports::{Clock, Mark, Messenger, Nudge, Outbox, PortError, PortErrorKind, Posted, SlackError, StaleMessage};

/// What goes wrong with the next call of Slack.
pub(super) enum Fault {
    RateLimited(i64),
    Refused(&'static str),
    Gone,
    /// It fails with this kind, and was done or not.
    Unknown {
        kind: PortErrorKind,
        done: bool,
    },
    /// Somebody wants something else while the call is under way. The call succeeds.
    Meanwhile(&'static str),
    /// Somebody wants something else while the call is under way. The call is refused with this error.
    RefusedMeanwhile(&'static str, &'static str),
    None,
}

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) ts: String,
    pub(super) thread: Option<String>,
    pub(super) key: String,
    pub(super) text: String,
}

pub(super) struct World {
    pub(super) now: Mutex<Timestamp>,
    pub(super) table: Mutex<HashMap<MessageKey, RoomMessage>>,
    pub(super) slack: Mutex<Vec<Seen>>,
    pub(super) faults: Mutex<VecDeque<Fault>>,
    /// Names of the calls, and of the marks.
    pub(super) log: Mutex<Vec<String>>,
    /// How many of the next marks fail, after this many that don't.
    pub(super) marks_fail: Mutex<(usize, usize)>,
}

pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

pub(super) fn text_of(card: &Card) -> String {
    format!("{:?}", card.summary.0).split('"').nth(1).unwrap_or_default().to_owned()
}

pub(super) fn nudge(key: &str) -> Nudge {
    Nudge { key: key.into(), lane: "C1".into(), urgent: false, occasion: "o".into(), correlation: "c".into() }
}

pub(super) fn card(text: &str) -> Card {
    Card::line(Tone::Plain, Text::plain(text))
}

impl World {
    pub(super) fn new(messages: impl IntoIterator<Item = RoomMessage>, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            now: Mutex::new(start()),
            table: Mutex::new(messages.into_iter().map(|m| (m.key.clone(), m)).collect()),
            slack: Mutex::default(),
            faults: Mutex::new(faults.into_iter().collect()),
            log: Mutex::default(),
            marks_fail: Mutex::default(),
        }
    }

    pub(super) fn deliver(&self, key: &str) -> Result<Delivered, DeliveryError> {
        self.work_off(&nudge(key))
    }

    pub(super) fn deliver_urgently(&self, key: &str) -> Result<Delivered, DeliveryError> {
        self.work_off(&Nudge { urgent: true, ..nudge(key) })
    }

    fn work_off(&self, nudge: &Nudge) -> Result<Delivered, DeliveryError> {
        let ports = Ports { outbox: self, messenger: self, clock: self };
        // Nothing here ever waits, so one poll is the whole run.
        match pin!(deliver(nudge, &ports)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(delivered) => delivered,
            Poll::Pending => panic!("it waits for something"),
        }
    }

    pub(super) fn wait(&self, duration: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(duration).unwrap();
    }

    pub(super) fn want(&self, key: &str, text: &str) {
        let mut table = self.table.lock().unwrap();
        let message = table.get_mut(key).unwrap();
        message.wanted = card(text);
        message.version += 1;
        message.undeliverable = None;
    }

    pub(super) fn stored(&self, key: &str) -> RoomMessage {
        self.table.lock().unwrap()[key].clone()
    }

    pub(super) fn seen(&self) -> Vec<(Option<String>, String)> {
        self.slack.lock().unwrap().iter().map(|seen| (seen.thread.clone(), seen.text.clone())).collect()
    }

    pub(super) fn texts(&self) -> Vec<String> {
        self.seen().into_iter().map(|(_, text)| text).collect()
    }

    pub(super) fn log(&self) -> String {
        std::mem::take(&mut *self.log.lock().unwrap()).join(" ")
    }

    /// One call of Slack: notes it, does it unless told otherwise, fails if told so.
    pub(super) fn call(&self, name: &str, key: Option<&MessageKey>, act: impl FnOnce()) -> Result<(), SlackError> {
        self.log.lock().unwrap().push(name.to_owned());
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::RateLimited(seconds) => return Err(SlackError::RateLimited { retry_after: SignedDuration::from_secs(seconds) }),
            Fault::Refused(error) => return Err(SlackError::Refused { error: error.into() }),
            Fault::Gone => return Err(SlackError::MessageGone),
            Fault::Unknown { kind, done } => {
                if done {
                    act();
                }
                return Err(SlackError::Unknown(PortError::new(kind, "slack", "fault")));
            }
            Fault::Meanwhile(text) => {
                act();
                self.want(key.unwrap().as_str(), text);
            }
            Fault::RefusedMeanwhile(error, text) => {
                self.want(key.unwrap().as_str(), text);
                return Err(SlackError::Refused { error: error.into() });
            }
            Fault::None => act(),
        }
        Ok(())
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Outbox for World {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        Ok(self.table.lock().unwrap().get(key).cloned())
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        let mut fail = self.marks_fail.lock().unwrap();
        match &mut *fail {
            (0, 0) => {}
            (0, failing) => {
                *failing -= 1;
                return Err(PortError::new(PortErrorKind::Transient, "table", "fault"));
            }
            (passing, _) => *passing -= 1,
        }
        let mut table = self.table.lock().unwrap();
        let message = table.get_mut(key).unwrap();
        let (word, done) = match mark {
            Mark::Sending { version, since } => {
                let alone = message.sending.as_ref().is_none_or(|s| s.since.checked_add(SENDING_LEASE).unwrap() <= since);
                let free = alone && message.shown.as_ref().is_none_or(|shown| shown.ts.is_none());
                if free {
                    message.sending = Some(Sending { version, since });
                }
                ("sending", free)
            }
            Mark::Shown { version, .. } if message.shown.as_ref().is_some_and(|shown| shown.version > version) => ("overtaken", false),
            Mark::Shown { ts, version } => {
                (message.shown, message.sending) = (Some(Shown { ts, version }), None);
                ("shown", true)
            }
            Mark::NotSent => {
                message.sending = None;
                ("not-sent", true)
            }
            Mark::Gone => {
                (message.shown, message.sending) = (None, None);
                ("gone", true)
            }
            Mark::Undeliverable { version, error } if message.version == version => {
                (message.undeliverable, message.sending) = (Some(error), None);
                ("undeliverable", true)
            }
            Mark::Undeliverable { .. } => ("still-deliverable", false),
        };
        self.log.lock().unwrap().push(word.to_owned());
        Ok(done)
    }

    async fn stale(&self, _: Timestamp, _: usize) -> Result<Vec<StaleMessage>, PortError> {
        unreachable!("delivering asks for no sweep")
    }
}

impl Messenger for World {
    async fn post(&self, _: &ChannelId, thread: Option<&str>, key: &MessageKey, card: &Card) -> Result<Posted, SlackError> {
        let ts = format!("{}.{}", self.now().as_second(), self.slack.lock().unwrap().len());
        let seen = Seen { ts: ts.clone(), thread: thread.map(str::to_owned), key: key.to_string(), text: text_of(card) };
        self.call("post", Some(key), || self.slack.lock().unwrap().push(seen))?;
        Ok(Posted { ts })
    }

    async fn update(&self, _: &ChannelId, ts: &str, key: &MessageKey, card: &Card) -> Result<(), SlackError> {
        let act = || {
            let mut slack = self.slack.lock().unwrap();
            slack.iter_mut().find(|seen| seen.ts == ts).unwrap().text = text_of(card);
        };
        self.call("update", Some(key), act)
    }

    async fn find(&self, _: &ChannelId, thread: Option<&str>, key: &MessageKey, since: Timestamp) -> Result<Option<Posted>, SlackError> {
        self.call("find", None, || {})?;
        let slack = self.slack.lock().unwrap();
        let oldest = since.as_second().to_string();
        let found = slack.iter().find(|seen| seen.key == key.as_str() && seen.thread.as_deref() == thread && seen.ts >= oldest);
        Ok(found.map(|seen| Posted { ts: seen.ts.clone() }))
    }

    async fn post_private(&self, _: &ChannelId, person: &PersonId, thread: Option<&str>, card: &Card) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: thread.map(str::to_owned), key: person.to_string(), text: text_of(card) };
        self.call("private", None, || self.slack.lock().unwrap().push(seen))
    }

    async fn respond(&self, url: &str, card: &Card, _replaces: bool) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: None, key: url.to_owned(), text: text_of(card) };
        self.call("respond", None, || self.slack.lock().unwrap().push(seen))
    }

    async fn update_view(&self, view: &str, title: &str, card: &Card) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: None, key: format!("{view} {title}"), text: text_of(card) };
        self.call("view", None, || self.slack.lock().unwrap().push(seen))
    }

    async fn publish_home(&self, person: &PersonId, card: &Card) -> Result<(), SlackError> {
        let seen = Seen { ts: String::new(), thread: None, key: format!("home of {person}"), text: text_of(card) };
        self.call("home", None, || self.slack.lock().unwrap().push(seen))
    }
}

pub(super) fn to(key: &str, destination: Destination) -> RoomMessage {
    RoomMessage { key: key.into(), destination, wanted: card("one"), version: 1, shown: None, sending: None, undeliverable: None }
}

pub(super) fn message() -> RoomMessage {
    to("m", Destination::Channel { channel: "C1".into(), thread: None })
}

pub(super) fn under(key: &str, parent: &str) -> RoomMessage {
    to(key, Destination::Under { channel: "C1".into(), parent: parent.into() })
}
