//! A channel that Slack refuses for good: its subscriptions rest, and those who should know are told once.

use std::collections::BTreeSet;

use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::{Parked, ParkedBecause, Subscription};

use super::super::{Commander, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{CatalogStore as _, Change, Commit, MessageChange, Store as _, SubscriptionStore as _};
use crate::progress::ATTEMPTS;
use crate::request::Request;

/// As many as fit into a transaction with the words about them.
const AT_ONCE: usize = 40;

impl<W: Ports> Commander<'_, W> {
    /// Needs no claim: what is parked is not parked again.
    pub(in crate::commands) async fn park_channel(&self, request: &Request, channel: &ChannelId, error: &str) -> Result<Worked, Failure> {
        let catalog = self.catalog.catalog().await?;
        for _ in 0..ATTEMPTS {
            let all = self.store.subscriptions_of(channel).await?;
            let mut awake: Vec<Subscription> = all.into_iter().filter(|one| one.terms.is_some() && one.parked.is_none()).collect();
            if awake.is_empty() {
                return Ok(Worked::Done);
            }
            let more = awake.len() > AT_ONCE;
            awake.truncate(AT_ONCE);
            let why = ParkedBecause::Channel { error: error.to_owned() };
            let change = parked(awake, &why, catalog.as_deref().map(|stored| &stored.catalog), self.now);
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Done => {
                    self.nudge(&request.correlation, &keys).await;
                    if !more {
                        return Ok(Worked::Done);
                    }
                }
                Commit::AlreadyDone | Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
            }
        }
        Err(Failure::Contended(format!("the subscriptions of {channel}")))
    }
}

/// The subscriptions at rest, and one word about them to each who made one and to those who look after the channel. `subscriptions` are
/// of one channel.
pub(crate) fn parked(subscriptions: Vec<Subscription>, why: &ParkedBecause, catalog: Option<&Catalog>, now: jiff::Timestamp) -> Change {
    let mut told: BTreeSet<PersonId> = subscriptions.iter().map(|one| one.by.clone()).collect();
    if let (Some(catalog), Some(first)) = (catalog, subscriptions.first()) {
        told.extend(catalog.operators.iter().cloned());
        told.extend(catalog.rooms.get(&first.channel).into_iter().flat_map(|room| room.operators.iter().cloned()));
    }
    let card = cards::parked(&subscriptions, why);
    let messages = told.iter().filter_map(|person| {
        let first = subscriptions.first()?;
        Some(MessageChange {
            key: MessageKey::parked(&first.channel, &first.subject, first.version, person),
            // A member's id stands for the conversation with them.
            destination: Destination::Channel { channel: ChannelId::new(person.as_str()), thread: None },
            card: card.clone(),
        })
    });
    let messages = messages.collect();
    let rest = |one: Subscription| Subscription { parked: Some(Parked { at: now, why: why.clone() }), ..one };
    Change { subscriptions: subscriptions.into_iter().map(rest).collect(), messages, ..Change::default() }
}
