//! Notifications that can't be understood: kept with the reason, and told once to those who can mend their sender.

use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{EventKey, MessageKey};
use opsroom_domain::monit;
use opsroom_domain::room_message::Destination;

use super::{AlarmTables, Watcher};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::{lanes, nudge};
use crate::ports::{Change, Commit, DeadLetters, DeliveryQueue, MessageChange};

impl<S: AlarmTables, M: Sync, Q: Sync, D: DeliveryQueue> Watcher<'_, S, M, Q, D> {
    /// Keeps a notification among the dead letters, and tells the operators' room of it; of the same one only once.
    pub async fn unreadable(&self, dead_letters: &impl DeadLetters, body: &str, reason: &str) -> Result<(), Failure> {
        dead_letters.keep(body, reason).await?;
        let Some(channel) = self.catalog.and_then(operators_room) else { return Ok(()) };
        let key = MessageKey::unreadable(body);
        let destination = Destination::Channel { channel: channel.clone(), thread: None };
        let message = MessageChange { key: key.clone(), destination, card: cards::unreadable(body, reason) };
        let change = Change { claim: Some(EventKey::new(key.as_str())), messages: vec![message], ..Change::default() };
        let keys = lanes(&change);
        if self.store.commit(change).await? != Commit::AlreadyDone {
            nudge(self.delivery, self.correlation, self.now, &keys).await;
        }
        Ok(())
    }
}

fn operators_room(catalog: &Catalog) -> Option<&opsroom_domain::ids::ChannelId> {
    catalog.monit.operators_room.as_ref().or_else(|| monit::default_room(catalog))
}
