//! The app's Home tab: what waits for a person, how everything stands, and what was shared in their rooms.

use opsroom_domain::card::Card;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::incident::{Called, Incident, Phase};
use opsroom_domain::rights::{Asker, Wish};
use opsroom_domain::room_message::Destination;

use crate::alarms::summary;
use crate::cards::{self, Waiting};
use crate::commands::{Catalog, Commander, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{CatalogStore, Change, Commit, MessageChange, MonitStore, Store};
use crate::request::Request;

/// How many incidents that wait for somebody are shown; each takes a look for the way to it.
const WAITING: usize = 8;

impl<W: Ports> Commander<'_, W> {
    /// Somebody opened their Home tab.
    pub(in crate::commands) async fn home(&self, request: &Request, asker: &Asker) -> Result<Worked, Failure> {
        let mut change = Change { claim: Some(request.event.clone()), ..Change::default() };
        let card = match self.catalog.catalog().await? {
            None => cards::no_catalog(),
            Some(catalog) => {
                change.due.extend(summary::next(Some(&catalog.catalog), self.now));
                self.home_of(&catalog, asker).await?
            }
        };
        let destination = Destination::Home { person: asker.person.clone() };
        change.messages.push(MessageChange { key: MessageKey::home(&asker.person), destination, card });
        let keys = lanes(&change);
        let worked = if self.store.commit(change).await? == Commit::AlreadyDone { Worked::Before } else { Worked::Done };
        self.nudge(&request.correlation, &keys).await;
        Ok(worked)
    }

    async fn home_of(&self, catalog: &Catalog, asker: &Asker) -> Result<Card, Failure> {
        let (standing, _) = self.standing_or_assumed(catalog, asker).await;
        if let Err(denied) = catalog.catalog.decide(asker, standing, Wish::Read) {
            return Ok(cards::refused(&denied));
        }
        let overview = self.overview(None).await?;
        let settings = self.store.monit_settings(self.now).await?;
        let mut waiting = Vec::new();
        for incident in overview.open.iter().filter(|incident| waits_for(incident, asker)).take(WAITING) {
            waiting.push(Waiting { incident, link: self.link_to_incident(incident).await });
        }
        // Links can be left out: what waits for somebody can't, and the tab is drawn anew whenever it is opened.
        let links = self.news_at_home(catalog, &asker.person).await;
        let links = links.unwrap_or_else(|error| {
            tracing::warn!(%error, person = %asker.person, "a Home tab is shown without links");
            None
        });
        Ok(cards::home(&catalog.catalog, &asker.person, &waiting, &overview, &settings, links.as_ref()))
    }
}

/// Whether somebody has an incident, or was called for one that nobody has.
fn waits_for(incident: &Incident, asker: &Asker) -> bool {
    let is_called = || {
        let round = incident.escalation.round;
        incident.escalation.calls.iter().filter(|call| call.round == round).any(|call| match &call.called {
            Called::People { people } => people.contains(&asker.person),
            Called::Channel | Called::Nobody { .. } => false,
        })
    };
    match &incident.phase {
        Phase::Acknowledged { by, .. } => *by == asker.person || incident.assignee.as_ref() == Some(&asker.person),
        Phase::Triggered => is_called(),
        Phase::Resolved { .. } => false,
    }
}
