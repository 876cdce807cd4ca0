//! What is quiet for a while: made, ended by hand, and over.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::audit::Outcome;
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{EnvironmentName, EventKey, MessageKey, PersonId, ServiceName, SilenceId};
use opsroom_domain::incident::{Event, Incident};
use opsroom_domain::monit::{AlarmMatch, MonitSettings, SettingChange, Silence};
use opsroom_domain::room_message::Destination;
use opsroom_grammar::Quiet;

use super::hush::Fitting;
use crate::alarms::desk::Desk;
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{AlarmChore, AlarmQueue, CatalogStore, Change, Commit, MessageChange, MonitStore, Store};
use crate::progress::{ATTEMPTS, under_deployment};
use crate::request::{Ask, Request};

/// Among how many open incidents those are looked for that a silence keeps quiet: one that was missed would call nobody for good, so it is
/// more than a team could have open.
pub(super) const MOST_OPEN: usize = 5000;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn silence(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        what: &Quiet,
        span: SignedDuration,
        reason: &str,
    ) -> Result<Worked, Failure> {
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        for _ in 0..ATTEMPTS {
            let incident = match what {
                Quiet::Alarms(_) => None,
                Quiet::Incident(id) => match self.store.incident(id).await? {
                    Some(incident) => Some(incident),
                    None => return self.answer_privately(context, cards::no_such_incident(id)).await,
                },
            };
            let (matches, about) = match (what, &incident) {
                (Quiet::Alarms(matches), _) => (matches.clone(), (matches.service.clone(), matches.environment.clone())),
                (_, Some(incident)) => (alarms_of(incident), (incident.service.clone(), incident.environment.clone())),
                (Quiet::Incident(_), None) => return Ok(Worked::Before),
            };
            let role = match self.may_respond(context, catalog, about.0.as_ref(), about.1.as_ref()).await? {
                Ok(allowed) => allowed.role.to_string(),
                Err(denied) => return self.refuse(context, &denied).await,
            };
            if let Some(over) = incident.as_ref().filter(|incident| incident.phase.is_over()) {
                return self.not_as_things_stand(context, over, cards::over_already(over), "resolved-before").await;
            }
            let silence = self.wanted_silence(context, matches, span, reason, incident.as_ref());
            if let Err(why) = Silence::allowed(silence.from, silence.until, &silence.reason) {
                return self.answer_privately(context, cards::no_silence(&why.to_string())).await;
            }
            let outcome = Outcome::Allowed { role, started: silence.id.to_string() };
            let record = self.mon_record(context, about.0.as_ref(), about.1.as_ref(), outcome);
            let fitting = match incident {
                Some(incident) => Fitting::only(incident),
                None => self.fitting(&silence).await?,
            };
            let mut change = Change {
                claim: Some(context.request.event.clone()),
                habit: context.habit.cloned(),
                due: vec![DueItem { at: silence.until, task: DueTask::EndSilence { silence: silence.id.clone() } }],
                audit: vec![record],
                ..Change::default()
            };
            self.hush_first(catalog, &fitting, &silence, &context.asker.person, &mut change);
            change.monit.settings.push(SettingChange::Silence(silence.clone()));
            if matches!(context.request.ask, Ask::Line { .. }) {
                change.messages.push(Self::for_all(context, cards::silence_made(&silence, fitting.left)));
            }
            if let Some(worked) = self.written(context, change).await? {
                if matches!(what, Quiet::Alarms(_)) {
                    self.hush_others(context, catalog, fitting, &silence, worked).await?;
                }
                return Ok(worked);
            }
        }
        Err(Failure::Contended("incidents that are to be silenced".to_owned()))
    }

    fn wanted_silence(
        &self,
        context: Context<'_>,
        matches: AlarmMatch,
        span: SignedDuration,
        reason: &str,
        incident: Option<&Incident>,
    ) -> Silence {
        let reason = match (reason.trim(), incident) {
            ("", Some(incident)) => format!("because of {}", incident.id),
            (reason, _) => reason.to_owned(),
        };
        Silence {
            id: SilenceId::derived_from(&context.request.event),
            matches,
            from: self.now,
            until: self.now.saturating_add(span).unwrap_or(self.now),
            reason,
            by: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            deployment: None,
            count: 0,
            held: Vec::new(),
            ended_at: None,
            version: 0,
        }
    }

    pub(super) async fn silences(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let MonitSettings { silences, .. } = self.store.monit_settings(self.now).await?;
        self.answer(context, cards::silences(&silences, &catalog.catalog)).await
    }

    pub(super) async fn unsilence(&self, context: Context<'_>, catalog: &Catalog, id: &SilenceId) -> Result<Worked, Failure> {
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        for _ in 0..ATTEMPTS {
            let Some(silence) = self.store.silence(id).await? else {
                return self.answer_privately(context, cards::no_such_silence(id)).await;
            };
            let about = (silence.matches.service.clone(), silence.matches.environment.clone());
            let role = match self.may_respond(context, catalog, about.0.as_ref(), about.1.as_ref()).await? {
                Ok(allowed) => allowed.role.to_string(),
                Err(denied) => return self.refuse(context, &denied).await,
            };
            if let Some(ended) = silence.ended_at {
                // This very request may have ended it and been left in the middle.
                self.after_silence(context.request, catalog, &silence, ended).await?;
                return self.answer_privately(context, cards::silence_ended_before(&silence, ended)).await;
            }
            let ended = Silence { ended_at: Some(self.now), ..silence };
            let outcome = Outcome::Allowed { role, started: format!("end of {id}") };
            let mut change = Change {
                claim: Some(context.request.event.clone()),
                habit: context.habit.cloned(),
                messages: self.over(&ended, Some(&context.asker.person), self.now).await?,
                audit: vec![self.mon_record(context, about.0.as_ref(), about.1.as_ref(), outcome)],
                ..Change::default()
            };
            change.messages.extend(Self::told(context, cards::silence_over(&ended, Some(&context.asker.person))));
            change.monit.settings.push(SettingChange::Silence(ended.clone()));
            if let Some(worked) = self.written(context, change).await? {
                self.after_silence(context.request, catalog, &ended, self.now).await?;
                return Ok(worked);
            }
        }
        Err(Failure::Contended(format!("silence {id}")))
    }

    /// A silence's time is over, or its deployment is.
    pub(super) async fn end_silence(&self, request: &Request, id: &SilenceId, at: Timestamp) -> Result<Worked, Failure> {
        let catalog = self.catalog.catalog().await?;
        let Some(catalog) = catalog else { return Ok(Worked::Before) };
        for _ in 0..ATTEMPTS {
            let Some(silence) = self.store.silence(id).await? else { return Ok(Worked::Before) };
            if let Some(ended) = silence.ended_at {
                // What follows from the end may have been left in the middle.
                self.after_silence(request, &catalog, &silence, ended).await?;
                return Ok(Worked::Before);
            }
            if at < silence.until && !self.deployment_is_over(&silence).await? {
                return Ok(Worked::Before);
            }
            let ended = Silence { ended_at: Some(at), ..silence };
            let mut change =
                Change { claim: Some(request.event.clone()), messages: self.over(&ended, None, at).await?, ..Change::default() };
            change.monit.settings.push(SettingChange::Silence(ended.clone()));
            let keys = lanes(&change);
            let worked = match self.store.commit(change).await? {
                Commit::Done => Worked::Done,
                Commit::AlreadyDone => Worked::Before,
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => continue,
            };
            self.nudge(&request.correlation, &keys).await;
            self.after_silence(request, &catalog, &ended, at).await?;
            return Ok(worked);
        }
        Err(Failure::Contended(format!("silence {id}")))
    }

    async fn deployment_is_over(&self, silence: &Silence) -> Result<bool, Failure> {
        let Some(id) = &silence.deployment else { return Ok(false) };
        let deployment = self.store.deployment(id).await?;
        Ok(deployment.is_none_or(|deployment| deployment.phase.is_final()))
    }

    /// The word that a silence is over. One that a deployment made is told under the deployment's message, and only if it kept anything
    /// quiet.
    async fn over(&self, silence: &Silence, by: Option<&PersonId>, _at: Timestamp) -> Result<Vec<MessageChange>, Failure> {
        let deployment = match &silence.deployment {
            Some(id) => self.store.deployment(id).await?,
            None => None,
        };
        if silence.deployment.is_some() && silence.count == 0 {
            return Ok(Vec::new());
        }
        let destination = match &deployment {
            Some(deployment) => under_deployment(deployment),
            None => Destination::Channel { channel: silence.channel.clone(), thread: None },
        };
        Ok(vec![MessageChange { key: MessageKey::silence_over(&silence.id), destination, card: cards::silence_over(silence, by) }])
    }

    /// What a silence kept quiet is looked at again. Doing it twice does no harm.
    async fn after_silence(&self, request: &Request, catalog: &Catalog, silence: &Silence, at: Timestamp) -> Result<(), Failure> {
        let is_under_it = |incident: &Incident| {
            incident.silenced.as_ref().is_some_and(|by| by.silence == silence.id)
                || incident.alarms.values().any(|alarm| alarm.silence.as_ref() == Some(&silence.id))
        };
        for incident in self.store.open_incidents(MOST_OPEN).await?.into_iter().filter(is_under_it) {
            self.apply_due(request, catalog, None, &incident.id, at, |_| Event::SilenceOver { silence: silence.id.clone(), at }).await?;
        }
        for alarm in &silence.held {
            self.alarms.send(&AlarmChore::LookAgain { alarm: alarm.clone() }).await?;
        }
        Ok(())
    }

    /// Applies an event that nobody asked for to an incident, if it still counts.
    pub(super) async fn apply_due<'e>(
        &self,
        request: &Request,
        catalog: &Catalog,
        claim: Option<&EventKey>,
        id: &opsroom_domain::ids::IncidentId,
        at: Timestamp,
        event: impl Fn(&Incident) -> Event<'e> + Send,
    ) -> Result<Worked, Failure> {
        for _ in 0..ATTEMPTS {
            let Some(mut incident) = self.store.incident(id).await? else { return Ok(Worked::Before) };
            let settings = self.store.monit_settings(at.min(self.now)).await?;
            let desk = Desk::new(Some(&catalog.catalog), &settings.overrides);
            let event = event(&incident);
            let Ok(follows) = desk.apply(&mut incident, event, at) else { return Ok(Worked::Before) };
            let mut change = Change { claim: claim.cloned(), ..Change::default() };
            let draw = follows.draw;
            follows.write(incident, Some(&catalog.catalog), &mut change);
            let keys = lanes(&change);
            let worked = match self.store.commit(change).await? {
                Commit::Done => Worked::Done,
                Commit::AlreadyDone => Worked::Before,
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => continue,
            };
            self.nudge(&request.correlation, &keys).await;
            if draw {
                self.alarms.send(&AlarmChore::Draw { incident: id.clone() }).await?;
            }
            return Ok(worked);
        }
        Err(Failure::Contended(format!("incident {id}")))
    }

    /// A message about what holds from now on, for everybody where it was asked.
    pub(super) fn for_all(context: Context<'_>, card: opsroom_domain::card::Card) -> MessageChange {
        let (channel, thread) = (context.asker.channel.clone(), context.reply.thread().map(str::to_owned));
        MessageChange {
            key: MessageKey::answer(&context.request.event),
            destination: Destination::Channel { channel, thread },
            card: context.explained(card),
        }
    }
}

/// The alarms that are meant where somebody silences an incident: its only one by name, else those of its service and environment.
fn alarms_of(incident: &Incident) -> AlarmMatch {
    let about =
        |service: Option<ServiceName>, environment: Option<EnvironmentName>| AlarmMatch { service, environment, ..AlarmMatch::default() };
    match (incident.alarms.values().next(), &incident.service) {
        (Some(only), _) if incident.alarms.len() == 1 && incident.unlisted.is_empty() => {
            AlarmMatch { name: Some(only.name.clone()), source: Some(only.key.source), ..about(None, incident.environment.clone()) }
        }
        (_, Some(service)) => about(Some(service.clone()), incident.environment.clone()),
        _ => AlarmMatch { name: Some(incident.title.clone()), ..about(None, incident.environment.clone()) },
    }
}
