//! What somebody does about one incident, typed or pressed: one transaction with the claim, the record, the incident and its message.
//! Whoever was slower is told who was faster.

use jiff::SignedDuration;
use opsroom_domain::audit::Outcome;
use opsroom_domain::ids::{ChannelId, IncidentId, MessageKey, PersonId};
use opsroom_domain::incident::{Event, Incident, NotNow, Note};
use opsroom_domain::room_message::Destination;

use super::Which;
use crate::alarms::desk::{Desk, Follows};
use crate::alarms::summary;
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{AlarmChore, AlarmQueue, Change, MessageChange, MonitStore};
use crate::progress::ATTEMPTS;

/// What is done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act<'a> {
    Acknowledge,
    Unacknowledge,
    Resolve { reason: &'a str },
    Reopen,
    Assign { to: &'a PersonId },
    Snooze { span: SignedDuration },
    Note { text: &'a str },
}

impl<W: Ports> Commander<'_, W> {
    /// Does something about an incident. The right is judged once it is known what the incident is about.
    pub(super) async fn act(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        incident: Option<&IncidentId>,
        act: Act<'_>,
    ) -> Result<Worked, Failure> {
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        let incident = match self.which(context, incident).await? {
            Which::This(incident) => incident,
            Which::Not(card) => return self.answer_privately(context, card).await,
        };
        let role = match self.may_respond(context, catalog, incident.service.as_ref(), incident.environment.as_ref()).await? {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse_about(context, &denied, MessageKey::incident(&incident.id)).await,
        };
        let id = incident.id;
        for _ in 0..ATTEMPTS {
            let Some(before) = self.store.incident(&id).await? else {
                return self.answer_privately(context, cards::no_such_incident(&id)).await;
            };
            let settings = self.store.monit_settings(self.now).await?;
            let desk = Desk::new(Some(&catalog.catalog), &settings.overrides);
            let mut incident = before.clone();
            let follows = match self.applied(context, &desk, &mut incident, act) {
                Ok(follows) => follows,
                Err(why) => return self.too_late_for_it(context, catalog, &before, &why).await,
            };
            let outcome = Outcome::Allowed { role: role.clone(), started: id.to_string() };
            let record = self.incident_record(context, &incident, outcome);
            let mut change = Change {
                claim: Some(context.request.event.clone()),
                habit: context.habit.cloned(),
                audit: vec![record],
                ..Change::default()
            };
            let draw = self.add(context, catalog, incident, follows, &mut change).await;
            if let Some(worked) = self.written(context, change).await? {
                if draw {
                    self.alarms.send(&AlarmChore::Draw { incident: id }).await?;
                }
                return Ok(worked);
            }
        }
        Err(Failure::Contended(format!("incident {id}")))
    }

    /// Adds what follows to a change: the incident, its message, the answer, and the word to whoever has it now. Tells whether its graph has
    /// to be drawn.
    pub(super) async fn add(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        incident: Incident,
        follows: Follows,
        change: &mut Change,
    ) -> bool {
        let is_told = Self::told(context, cards::incident_changed(&incident, None)).is_some();
        let link = if is_told || !follows.owners.is_empty() { self.link_to_incident(&incident).await } else { None };
        for person in &follows.owners {
            let key = MessageKey::incident_word(&incident.id, &format!("owner/{person}/{}", self.now.as_millisecond()));
            // Slack takes a member's id for the conversation with them ("chat.postMessage").
            let destination = Destination::Channel { channel: ChannelId::new(person.as_str()), thread: None };
            change.messages.push(MessageChange { key, destination, card: cards::owner_told(&incident, link.as_deref()) });
        }
        change.messages.extend(Self::told(context, cards::incident_changed(&incident, link.as_deref())));
        change.due.extend(summary::next(Some(&catalog.catalog), self.now));
        let draw = follows.draw;
        follows.write(incident, Some(&catalog.catalog), change);
        draw
    }

    fn applied(&self, context: Context<'_>, desk: &Desk<'_>, incident: &mut Incident, act: Act<'_>) -> Result<Follows, NotNow> {
        let (by, at) = (context.asker.person.clone(), self.now);
        let event = match act {
            Act::Acknowledge => Event::Acknowledge { by, at },
            Act::Unacknowledge => Event::Unacknowledge { by, at },
            Act::Reopen => Event::Reopen { by, at },
            Act::Assign { to } => Event::Assign { to: to.clone(), by, at },
            Act::Snooze { span } => Event::Snooze { until: at.saturating_add(span).unwrap_or(at), by, at },
            Act::Note { text } => Event::Said(self.note(context, text)),
            Act::Resolve { reason } => {
                let resolved = desk.apply(incident, Event::Resolve { by, at }, at)?;
                if reason.trim().is_empty() {
                    return Ok(resolved);
                }
                let noted = desk.apply(incident, Event::Said(self.note(context, reason)), at);
                return Ok(noted.map_or(Follows::default(), |noted| noted).and(resolved));
            }
        };
        desk.apply(incident, event, at)
    }

    /// Typed words have no message of their own; their request tells them from others.
    pub(super) fn note(&self, context: Context<'_>, text: &str) -> Note {
        Note { by: context.asker.person.clone(), at: self.now, ts: context.request.event.to_string(), text: text.to_owned() }
    }

    /// It can't be done as the incident stands.
    async fn too_late_for_it(&self, context: Context<'_>, catalog: &Catalog, incident: &Incident, why: &NotNow) -> Result<Worked, Failure> {
        let card = cards::not_now(incident, why, &context.asker.person, Some(&catalog.catalog));
        let rule = match why {
            NotNow::AcknowledgedBefore { .. } => "acknowledged-before",
            NotNow::ResolvedBefore { .. } => "resolved-before",
            NotNow::NobodyHasIt => "nobody-has-it",
            NotNow::NotOver => "not-over",
            NotNow::NothingNew => "nothing-new",
        };
        self.not_as_things_stand(context, incident, card, rule).await
    }
}
