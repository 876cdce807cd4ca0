//! Silences that are there because of a deployment, and what a silence keeps quiet.

use jiff::SignedDuration;
use opsroom_domain::alarm::AlarmKey;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{DeploymentId, EnvironmentName, EventKey, ServiceName, SilenceId};
use opsroom_domain::monit::{AlarmMatch, Facts, MonitSettings, Silence, covering};

use super::{AlarmTables, Watcher};
use crate::failure::Failure;
use crate::ports::Slot;

/// A deployment that takes longer no longer explains what is wrong.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// The deployment may have ended in the very moment in which its silence was made, and its end found none: so it is looked at once more.
const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_mins(2);

/// A silence that an alarm is under.
pub(super) struct Hush {
    /// As it was read; of version 0 if it has to be made.
    pub(super) silence: Silence,
    /// What comes due for a new one.
    pub(super) due: Vec<DueItem>,
}

impl<S: AlarmTables, M: Sync, Q: Sync, D: Sync> Watcher<'_, S, M, Q, D> {
    /// The silence that an alarm is under now, one that somebody made or one that a deployment in flight makes.
    pub(super) async fn hush(
        &self,
        settings: &MonitSettings,
        facts: &Facts<'_>,
        service: Option<&ServiceName>,
        environment: Option<&EnvironmentName>,
    ) -> Result<Option<Hush>, Failure> {
        if let Some(silence) = covering(&settings.silences, facts, self.now) {
            return Ok(Some(Hush { silence: silence.clone(), due: Vec::new() }));
        }
        let (Some(service), Some(environment)) = (service, environment) else { return Ok(None) };
        if !is_quiet_while_deploying(self.catalog, service) {
            return Ok(None);
        }
        let slots = self.store.slots().await?;
        let slot = slots.iter().find(|slot| slot.service == *service && slot.environment == *environment);
        let Some(slot) = slot.filter(|slot| self.now.duration_since(slot.since) < LONGEST) else { return Ok(None) };
        // It may have been ended before its deployment, by somebody who wants to hear the alarms.
        if self.store.silence(&of_deployment(&slot.deployment)).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(self.made_by(slot)))
    }

    fn made_by(&self, slot: &Slot) -> Hush {
        let until = slot.since.saturating_add(LONGEST).unwrap_or(self.now);
        let matches =
            AlarmMatch { service: Some(slot.service.clone()), environment: Some(slot.environment.clone()), ..AlarmMatch::default() };
        let silence = Silence {
            id: of_deployment(&slot.deployment),
            matches,
            from: self.now,
            until,
            reason: format!("{} is being deployed to {}", slot.service, slot.environment),
            by: slot.requester.clone(),
            channel: slot.channel.clone(),
            deployment: Some(slot.deployment.clone()),
            count: 0,
            held: Vec::new(),
            ended_at: None,
            version: 0,
        };
        let soon = self.now.saturating_add(LOOKED_AT_AGAIN).unwrap_or(until).min(until);
        let end = |at| DueItem { at, task: DueTask::EndSilence { silence: silence.id.clone() } };
        let mut due = vec![end(until)];
        if soon < until {
            due.push(end(soon));
        }
        Hush { silence, due }
    }
}

/// Whether a service's alarms are quiet while it is deployed.
pub(crate) fn is_quiet_while_deploying(catalog: Option<&Catalog>, service: &ServiceName) -> bool {
    catalog.and_then(|catalog| catalog.services.get(service)).is_some_and(|service| service.quiet_while_deploying)
}

/// The silence that a deployment makes has the same id whoever makes it.
pub(crate) fn of_deployment(deployment: &DeploymentId) -> SilenceId {
    SilenceId::derived_from(&EventKey::new(format!("deployment/{deployment}")))
}

/// Counts an alarm that a silence keeps quiet, and remembers it if it has to be looked at again; `false` if there is no place for that.
pub(super) fn keep(silence: &mut Silence, alarm: &AlarmKey, is_held: bool) -> bool {
    silence.count = silence.count.saturating_add(1);
    if !is_held || silence.held.contains(alarm) {
        return true;
    }
    let has_room = silence.held.len() < Silence::MOST_HELD;
    if has_room {
        silence.held.push(alarm.clone());
    }
    has_room
}
