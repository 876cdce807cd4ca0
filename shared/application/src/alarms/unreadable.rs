//! Notifications that can't be understood: kept with the reason, and told once to those who can mend their sender. Somebody who sends nothing
//! else doesn't fill their room: of an hour the first few are told one by one, and one message counts the others.

use jiff::Timestamp;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{EventKey, MessageKey};
use opsroom_domain::monit::{self, Unreadables};
use opsroom_domain::room_message::Destination;

use super::{AlarmTables, Watcher};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::{lanes, nudge};
use crate::ports::{Change, Commit, DeadLetters, DeliveryQueue, MessageChange};
use crate::progress::ATTEMPTS;

impl<S: AlarmTables, M: Sync, Q: Sync, D: DeliveryQueue> Watcher<'_, S, M, Q, D> {
    /// Keeps a notification among the dead letters, and tells the operators' room of it; of the same one only once.
    pub async fn unreadable(&self, dead_letters: &impl DeadLetters, body: &str, reason: &str) -> Result<(), Failure> {
        dead_letters.keep(body, reason).await?;
        let Some(channel) = self.catalog.and_then(operators_room) else { return Ok(()) };
        let key = MessageKey::unreadable(body);
        let hour = Unreadables::hour_of(self.now);
        for _ in 0..ATTEMPTS {
            let mut known = self.store.unreadables(hour).await?.unwrap_or_else(|| Unreadables::none(hour));
            known.count = known.count.saturating_add(1);
            let more = known.count.saturating_sub(Unreadables::TOLD_ALONE);
            let (message, card) = match more {
                0 => (key.clone(), cards::unreadable(body, reason)),
                more => (MessageKey::unreadable_more(hour), cards::unreadable_more(more, begin_of(hour), reason)),
            };
            let destination = Destination::Channel { channel: channel.clone(), thread: None };
            let mut change = Change {
                claim: Some(EventKey::new(key.as_str())),
                messages: vec![MessageChange { key: message, destination, card }],
                ..Change::default()
            };
            change.monit.unreadables = Some(known);
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Done => {
                    nudge(self.delivery, self.correlation, self.now, &keys).await;
                    return Ok(());
                }
                Commit::AlreadyDone => return Ok(()),
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
            }
        }
        // It is kept, and those that were faster are told: once more from the queue would only keep it twice.
        tracing::warn!("too many at once: one that can't be understood isn't counted");
        Ok(())
    }
}

fn begin_of(hour: i64) -> Timestamp {
    Timestamp::from_second(hour.saturating_mul(60 * 60)).unwrap_or_default()
}

fn operators_room(catalog: &Catalog) -> Option<&opsroom_domain::ids::ChannelId> {
    catalog.monit.operators_room.as_ref().or_else(|| monit::default_room(catalog))
}
