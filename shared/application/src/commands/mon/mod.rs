//! What people ask of alarms and incidents, and what comes due for them.

mod act;
mod attach;
mod due;
mod home;
mod hush;
mod line;
mod look;
mod oncall;
mod press;
mod rollback;
mod routes;
mod said;
mod silences;
mod summary;

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{EnvironmentName, IncidentId, MessageKey, ServiceName};
use opsroom_domain::incident::Incident;
use opsroom_domain::rights::{Allowed, Denied, Wish};

pub(in crate::commands) use said::Saying;

use super::answer::destination;
use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{Change, Commit, Directory, MessageChange, MonitStore, Outbox, Permalinks, Store};
use crate::request::Ask;

/// How many open incidents are looked at.
const OPEN: usize = 100;

/// An incident that was asked for, or what there is to say instead.
enum Which {
    This(Box<Incident>),
    Not(Card),
}

impl<W: Ports> Commander<'_, W> {
    /// The incident that is meant: the one that is named, else the one in whose thread it was asked, else the only one that is open.
    async fn which(&self, context: Context<'_>, named: Option<&IncidentId>) -> Result<Which, Failure> {
        if let Some(id) = named {
            let found = self.store.incident(id).await?;
            return Ok(found.map_or_else(|| Which::Not(cards::no_such_incident(id)), |incident| Which::This(Box::new(incident))));
        }
        if let Some(thread) = context.reply.thread()
            && let Some(key) = self.store.incident_message_at(&context.asker.channel, thread).await?
            && let Some(id) = key.as_incident()
            && let Some(incident) = self.store.incident(&id).await?
        {
            return Ok(Which::This(Box::new(incident)));
        }
        let mut open = self.store.open_incidents(OPEN).await?;
        Ok(match open.len() {
            0 => Which::Not(cards::no_incident_here()),
            1 => Which::This(Box::new(open.remove(0))),
            _ => Which::Not(cards::several_incidents(&open)),
        })
    }

    /// Whether somebody may respond to what is about a service and an environment, judged now.
    async fn may_respond(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        service: Option<&ServiceName>,
        environment: Option<&EnvironmentName>,
    ) -> Result<Result<Allowed, Denied>, Failure> {
        let standing = self.slack.standing(&context.asker.person).await?;
        Ok(catalog.catalog.decide(context.asker, standing, Wish::Respond { service, environment }))
    }

    /// What goes into the audit log about an incident, a silence or a route.
    fn mon_record(
        &self,
        context: Context<'_>,
        service: Option<&ServiceName>,
        environment: Option<&EnvironmentName>,
        outcome: Outcome,
    ) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: service.cloned(),
            environment: environment.cloned(),
            outcome,
            correlation: context.request.correlation.clone(),
            approvers: Vec::new(),
            message: None,
        }
    }

    /// The same about an incident, with its message.
    fn incident_record(&self, context: Context<'_>, incident: &Incident, outcome: Outcome) -> AuditRecord {
        let record = self.mon_record(context, incident.service.as_ref(), incident.environment.as_ref(), outcome);
        AuditRecord { message: Some(MessageKey::incident(&incident.id)), ..record }
    }

    /// Tells the person that it can't be done as things stand, and records that.
    async fn not_as_things_stand(&self, context: Context<'_>, incident: &Incident, card: Card, rule: &str) -> Result<Worked, Failure> {
        let outcome = Outcome::Refused { rule: rule.to_owned(), why: "as the incident stands".to_owned() };
        let record = self.incident_record(context, incident, outcome);
        self.answer_recorded(context, card, record).await.map(|worked| if worked == Worked::Done { Worked::Refused } else { worked })
    }

    /// The answer to a line, as a part of a change. Who pressed a button sees on the message what came of it.
    fn told(context: Context<'_>, card: Card) -> Option<MessageChange> {
        let is_typed = matches!(context.request.ask, Ask::Line { .. });
        is_typed.then(|| MessageChange {
            key: MessageKey::answer(&context.request.event),
            destination: destination(context, false),
            card: context.explained(card),
        })
    }

    /// The address of an incident's message, if it can be had: what is said is of use without it.
    async fn link_to_incident(&self, incident: &Incident) -> Option<String> {
        let message = self.store.message(&MessageKey::incident(&incident.id)).await.ok()??;
        self.slack.permalink(&incident.channel, message.shown?.ts.as_deref()?).await.ok()?
    }

    /// Writes a change and nudges its messages; `None` if it was decided on something that is no longer so.
    async fn written(&self, context: Context<'_>, change: Change) -> Result<Option<Worked>, Failure> {
        let keys = crate::outgoing::lanes(&change);
        let worked = match self.store.commit(change).await? {
            Commit::Done => Worked::Done,
            Commit::AlreadyDone => Worked::Before,
            Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => return Ok(None),
        };
        self.nudge(&context.request.correlation, &keys).await;
        Ok(Some(worked))
    }
}
