//! The messages, for those who send them.

use jiff::Timestamp;
use opsroom_application::ports::{Mark, Outbox, PortError, StaleMessage};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::{RoomMessage, SENDING_LEASE, Sending, Shown};

use super::{MemoryStore, MessageItem};
use crate::lock;

impl Outbox for MemoryStore {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        self.failures.around("message", || self.look(|state| state.messages.get(key).map(|item| item.message.clone())))
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        self.failures.around("mark", || {
            let mut state = lock(&self.state);
            let now = state.now;
            state.messages.get_mut(key).is_some_and(|item| item.mark(mark, now))
        })
    }

    async fn stale(&self, before: Timestamp, limit: usize) -> Result<Vec<StaleMessage>, PortError> {
        self.failures.around("stale", || {
            let state = lock(&self.state);
            let waiting = state.messages.values().filter_map(|item| {
                let since = item.waiting_since.filter(|since| *since < before)?;
                Some(StaleMessage { key: item.message.key.clone(), lane: item.message.destination.lane(), since })
            });
            let mut messages: Vec<StaleMessage> = waiting.collect();
            messages.sort_by_key(|message| message.since);
            messages.truncate(limit);
            messages
        })
    }
}

impl MessageItem {
    fn mark(&mut self, mark: Mark, now: Timestamp) -> bool {
        let message = &mut self.message;
        match mark {
            Mark::Sending { version, since } => {
                let held = message.sending.as_ref().is_some_and(|other| other.since.duration_until(since) < SENDING_LEASE);
                let sent = message.shown.as_ref().is_some_and(|shown| shown.ts.is_some() || shown.version >= version);
                if held || sent {
                    return false;
                }
                message.sending = Some(Sending { version, since });
            }
            Mark::Shown { ts, version } => {
                if message.shown.as_ref().is_some_and(|shown| shown.version > version) {
                    return false;
                }
                message.shown = Some(Shown { ts, version });
                message.sending = None;
                if message.version == version {
                    self.waiting_since = None;
                }
            }
            Mark::NotSent => message.sending = None,
            Mark::Gone => {
                message.shown = None;
                message.sending = None;
                self.waiting_since.get_or_insert(now);
            }
            Mark::Undeliverable { version, error } => {
                if message.version != version {
                    return false;
                }
                message.undeliverable = Some(error);
                message.sending = None;
                self.waiting_since = None;
            }
        }
        true
    }
}
