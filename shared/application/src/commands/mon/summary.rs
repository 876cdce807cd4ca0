//! The daily summary: posted once for each day, and it plans the next one.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_domain::room_message::Destination;

use super::OPEN;
use crate::alarms::summary;
use crate::cards;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{CatalogStore, Change, Commit, MessageChange, MonitStore, Store};
use crate::request::Request;

/// How many incidents that are over are looked at.
const CLOSED: usize = 200;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn summarise(&self, request: &Request, channel: &ChannelId, at: Timestamp) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let mut change = Change { claim: Some(request.event.clone()), ..Change::default() };
        change.due.extend(summary::next(Some(&catalog.catalog), self.now.max(at)));
        // The catalog may have moved or dropped it since it was planned: then only the next one is planned.
        let wanted = catalog.catalog.monit.summary.as_ref();
        if let Some(wanted) = wanted.filter(|wanted| wanted.channel == *channel && summary::is_wanted_at(wanted, at)) {
            let since = at.saturating_sub(A_DAY).unwrap_or(at);
            let closed = self.store.closed_incidents(since, CLOSED).await?;
            let open = self.store.open_incidents(OPEN).await?;
            let settings = self.store.monit_settings(at).await?;
            let zone = TimeZone::get(&wanted.zone).unwrap_or(TimeZone::UTC);
            let day = at.to_zoned(zone).date().to_string();
            change.messages.push(MessageChange {
                key: MessageKey::summary(channel, &day),
                destination: Destination::Channel { channel: channel.clone(), thread: None },
                card: cards::daily_summary(&closed, &open, &settings, &catalog.catalog, at),
            });
        }
        let keys = lanes(&change);
        let worked = if self.store.commit(change).await? == Commit::AlreadyDone { Worked::Before } else { Worked::Done };
        self.nudge(&request.correlation, &keys).await;
        Ok(worked)
    }
}
