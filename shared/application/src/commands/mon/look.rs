//! What is open, what was missed, and all about one incident.

use jiff::SignedDuration;
use opsroom_domain::ids::{EnvironmentName, IncidentId};
use opsroom_domain::incident::Incident;

use super::{OPEN, Which};
use crate::alarms::summary;
use crate::cards;
use crate::commands::answer::destination;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Change, MessageChange, MonitStore};
use opsroom_domain::ids::MessageKey;

/// Who never looked is shown what began since then.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// How many incidents that are over are looked at.
const CLOSED: usize = 100;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn open(&self, context: Context<'_>, catalog: &Catalog, environment: Option<&str>) -> Result<Worked, Failure> {
        let environment = environment.map(EnvironmentName::new);
        let mut open = self.store.open_incidents(OPEN).await?;
        open.retain(|incident| environment.is_none() || incident.environment == environment);
        let card = cards::open_incidents(&open, environment.as_ref(), &catalog.catalog, self.now);
        let mut change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            messages: vec![MessageChange {
                key: MessageKey::answer(&context.request.event),
                destination: destination(context, false),
                card: context.explained(card),
            }],
            ..Change::default()
        };
        change.due.extend(summary::next(Some(&catalog.catalog), self.now));
        Ok(self.written(context, change).await?.unwrap_or(Worked::Before))
    }

    /// What began and ended since somebody last looked, and what still lasts.
    pub(super) async fn missed(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let person = &context.asker.person;
        let first = self.now.saturating_sub(FIRST_LOOK).unwrap_or(self.now);
        let since = self.store.looked(person).await?.unwrap_or(first);
        let closed = self.store.closed_incidents(since, CLOSED).await?;
        let mut open = self.store.open_incidents(OPEN).await?;
        open.retain(|incident| incident.since > since);
        let card = cards::missed(&closed, &open, since, &catalog.catalog);
        let mut change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            messages: vec![MessageChange {
                key: MessageKey::answer(&context.request.event),
                destination: destination(context, true),
                card: context.explained(card),
            }],
            ..Change::default()
        };
        change.due.extend(summary::next(Some(&catalog.catalog), self.now));
        change.monit.looked = Some((person.clone(), self.now));
        Ok(self.written(context, change).await?.unwrap_or(Worked::Before))
    }

    pub(super) async fn show(&self, context: Context<'_>, catalog: &Catalog, incident: Option<&IncidentId>) -> Result<Worked, Failure> {
        match self.which(context, incident).await? {
            Which::This(incident) => {
                let incident: &Incident = &incident;
                let link = self.link_to_incident(incident).await;
                self.answer(context, cards::incident_in_full(incident, link.as_deref(), &catalog.catalog)).await
            }
            Which::Not(card) => self.answer_privately(context, card).await,
        }
    }
}
