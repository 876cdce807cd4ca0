//! Which alarm goes where, and what would happen to one.

use opsroom_domain::alarm::{AlarmKey, AlarmLinks, AlarmReport, AlarmSource, AlarmState};
use opsroom_domain::audit::Outcome;
use opsroom_domain::ids::{ChannelId, RouteId};
use opsroom_domain::monit::{self, AlarmMatch, Facts, Route, SettingChange, Severity};

use crate::alarms::is_quiet_while_deploying;
use crate::cards::{self, Trial};
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Change, MonitStore, Store};

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn routes(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let settings = self.store.monit_settings(self.now).await?;
        self.answer(context, cards::routes(&catalog.catalog, &settings.routes)).await
    }

    pub(super) async fn add_route(
        &self,
        context: Context<'_>,
        role: String,
        matches: &AlarmMatch,
        to: Option<&ChannelId>,
        severity: Option<Severity>,
    ) -> Result<Worked, Failure> {
        let route = Route {
            id: RouteId::derived_from(&context.request.event),
            matches: matches.clone(),
            channel: to.unwrap_or(&context.asker.channel).clone(),
            severity,
            by: context.asker.person.clone(),
            at: self.now,
            version: 0,
        };
        let outcome = Outcome::Allowed { role, started: route.id.to_string() };
        let mut change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            messages: vec![Self::for_all(context, cards::route_added(&route))],
            audit: vec![self.mon_record(context, matches.service.as_ref(), matches.environment.as_ref(), outcome)],
            ..Change::default()
        };
        change.monit.settings.push(SettingChange::AddRoute(route));
        // The id is the request's own: nobody else writes it.
        Ok(self.written(context, change).await?.unwrap_or(Worked::Before))
    }

    pub(super) async fn remove_route(&self, context: Context<'_>, role: String, id: &RouteId) -> Result<Worked, Failure> {
        let settings = self.store.monit_settings(self.now).await?;
        let Some(route) = settings.routes.iter().find(|route| route.id == *id) else {
            return self.answer_privately(context, cards::no_such_route(id)).await;
        };
        let outcome = Outcome::Allowed { role, started: format!("end of {id}") };
        let mut change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            messages: vec![Self::for_all(context, cards::route_removed(route, &context.asker.person))],
            audit: vec![self.mon_record(context, route.matches.service.as_ref(), route.matches.environment.as_ref(), outcome)],
            ..Change::default()
        };
        change.monit.settings.push(SettingChange::RemoveRoute(id.clone()));
        self.written(context, change).await?.ok_or_else(|| Failure::Contended(format!("route {id}")))
    }

    /// Decides as for a real alarm, and does nothing.
    pub(super) async fn test(&self, context: Context<'_>, catalog: &Catalog, alarm: &AlarmMatch) -> Result<Worked, Failure> {
        let settings = self.store.monit_settings(self.now).await?;
        let report = self.report_for(alarm);
        let (mut service, mut environment) = monit::service_and_environment(Some(&catalog.catalog), &report);
        service = alarm.service.clone().or(service);
        environment = alarm.environment.clone().or(environment);
        let facts = Facts::of(&report, service.as_ref(), environment.as_ref());
        let routed = monit::route(Some(&catalog.catalog), &settings.routes, &facts);
        let monit = &catalog.catalog.monit;
        let severity = routed.severity(report.severity, monit);
        let group = monit::group(monit, &report, service.as_ref(), environment.as_ref());
        let open = match self.store.group(&group.key).await? {
            Some(pointer) => self.store.incident(&pointer.incident).await?.filter(|incident| !incident.phase.is_over()),
            None => None,
        };
        let deploying = match service.as_ref().filter(|service| is_quiet_while_deploying(Some(&catalog.catalog), service)) {
            Some(service) => {
                let slots = self.store.slots().await?;
                slots.into_iter().find(|slot| slot.service == *service && Some(&slot.environment) == environment.as_ref())
            }
            None => None,
        };
        let mut at = self.now;
        let mut calls = Vec::new();
        for level in monit::levels(monit).iter().filter(|_| severity == Severity::Alert) {
            at = at.saturating_add(jiff::SignedDuration::from_mins(level.after_minutes.into())).unwrap_or(at);
            calls.push((at, monit::callees(level, Some(&catalog.catalog), service.as_ref(), &settings.overrides, at)));
        }
        let trial = Trial {
            name: &report.name,
            service: service.as_ref(),
            environment: environment.as_ref(),
            routed: &routed,
            severity,
            group: &group,
            open: open.as_ref(),
            silence: monit::covering(&settings.silences, &facts, self.now),
            deploying: deploying.as_ref(),
            calls,
            now: self.now,
        };
        self.answer(context, cards::trial(&trial, &catalog.catalog)).await
    }

    fn report_for(&self, alarm: &AlarmMatch) -> AlarmReport {
        let name = alarm.name.clone().unwrap_or_else(|| "an alarm".to_owned());
        AlarmReport {
            key: AlarmKey { source: alarm.source.unwrap_or(AlarmSource::Cloudwatch), id: name.clone() },
            name,
            state: AlarmState::Firing,
            at: self.now,
            reason: None,
            description: None,
            severity: alarm.severity,
            labels: alarm.labels.clone(),
            measure: None,
            children: Vec::new(),
            account: None,
            region: None,
            links: AlarmLinks::default(),
            plot: None,
        }
        .bounded()
    }
}
