//! `rollback` and `promote`, typed or pressed: both bring a revision that has run somewhere already.

use opsroom_domain::deployment::history::{self, HISTORY, is_same_revision};
use opsroom_domain::deployment::{Deployment, Kind, Phase, StageRollback};
use opsroom_domain::ids::{DeploymentId, EnvironmentName, MessageKey, ServiceName};
use opsroom_domain::revision::Revision;
use opsroom_domain::rights::Permission;

use super::deploy::{Wish, found};
use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{BuildStore, Directory, Store};

impl<W: Ports> Commander<'_, W> {
    /// `rollback <service> in <environment> [to <ref>]`
    pub(super) async fn roll_back(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        place: (&str, &str),
        to: Option<&Revision>,
        reason: Option<String>,
        role: String,
    ) -> Result<Worked, Failure> {
        let (service, environment) = (ServiceName::new(place.0), EnvironmentName::new(place.1));
        let mut history = self.store.deployments(&service, Some(&environment), HISTORY).await?;
        // Worked on again, it must not go back from its own rollback.
        let own = DeploymentId::derived_from(&context.request.event);
        history.retain(|one| one.id != own);
        let current = self.store.current(&service, &environment).await?.and_then(|state| state.revision);
        let wanted = match to {
            Some(revision) => history::with_revision(&history, revision.as_str()),
            None => history::before(&history),
        };
        let Some(wanted) = wanted else {
            return self.answer_privately(context, cards::nothing_before((&service, &environment), to, &history)).await;
        };
        let is_current = to.zip(current.as_deref()).is_some_and(|(to, current)| is_same_revision(to.as_str(), current));
        if is_current && self.is_undisturbed(catalog, &history, wanted).await? {
            return self.answer_privately(context, cards::runs_already(wanted)).await;
        }
        self.go_back_to(context, catalog, &history, wanted, reason, role).await
    }

    /// Whether what succeeded last is what was begun there last: a later one may have changed half of it, and so may a run that nobody asked for
    /// here.
    async fn is_undisturbed(&self, catalog: &Catalog, history: &[Deployment], wanted: &Deployment) -> Result<bool, Failure> {
        let Some(latest) = history.iter().find(|one| one.execution.is_some()) else { return Ok(true) };
        if latest.phase != Phase::Succeeded {
            return Ok(false);
        }
        let target = found(catalog, wanted.service.as_str(), wanted.environment.as_str())?;
        let runs = self.store.runs(&target.target.pipeline, 1).await?;
        let run = runs.first().filter(|_| latest.pipeline == target.target.pipeline);
        Ok(run.is_none_or(|run| Some(&run.key.execution) == latest.execution.as_ref()))
    }

    /// The Rollback button of a deployment: brings back what ran before that one, unless something else has happened there since.
    pub(super) async fn press_rollback(&self, context: Context<'_>, catalog: &Catalog, id: &DeploymentId) -> Result<Worked, Failure> {
        self.roll_back_from(context, catalog, id, None).await
    }

    /// Brings back what ran before a deployment.
    pub(super) async fn roll_back_from(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        id: &DeploymentId,
        reason: Option<String>,
    ) -> Result<Worked, Failure> {
        let Some(deployment) = self.store.deployment(id).await? else {
            return self.answer_privately(context, cards::not_found(&format!("deployment {id}"))).await;
        };
        let (service, environment) = (&deployment.service, &deployment.environment);
        let standing = self.slack.standing(&context.asker.person).await?;
        let allowed = match may_change(&catalog.catalog, context.asker, standing, Permission::Deploy, service, environment) {
            Ok(allowed) => allowed,
            Err(denied) => return self.refuse_about(context, &denied, MessageKey::deployment(id)).await,
        };
        let history = self.store.deployments(service, Some(environment), HISTORY).await?;
        // Worked on again, it must not take its own rollback for somebody else's.
        let own = DeploymentId::derived_from(&context.request.event);
        let mut later = history.iter().take_while(|one| one.id != *id).filter(|one| one.id != own);
        if let Some(later) = later.find(|one| one.execution.is_some() || !one.phase.is_final()) {
            return self.answer_privately(context, cards::overtaken_since(&deployment, later, &catalog.catalog)).await;
        }
        match history::before_this(&history, id) {
            Some(wanted) => self.go_back_to(context, catalog, &history, wanted, reason, allowed.role.to_string()).await,
            None => self.answer_privately(context, cards::nothing_before((service, environment), None, &history)).await,
        }
    }

    /// Takes the pipeline's stage back where it can, else deploys the earlier revision again.
    async fn go_back_to(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        history: &[Deployment],
        wanted: &Deployment,
        reason: Option<String>,
        role: String,
    ) -> Result<Worked, Failure> {
        let origin = history::origin(history, wanted);
        let target = found(catalog, wanted.service.as_str(), wanted.environment.as_str())?;
        let run = origin.execution.as_ref().filter(|_| origin.pipeline == target.target.pipeline);
        let stage = target.target.rollback_stage.as_ref().zip(run);
        let stage = stage.map(|(stage, target)| StageRollback { stage: stage.clone(), target: target.clone() });
        let revision = wanted.known_revision().and_then(|known| Revision::parse(known).ok());
        if revision.is_none() && stage.is_none() {
            return self.answer_privately(context, cards::unknown_revision(wanted)).await;
        }
        let wish = Wish { kind: Kind::Rollback { to: origin.id.clone(), stage }, revision, reason, then: Vec::new(), waits: false };
        self.ask_for(context, catalog, &target, wish, role).await
    }

    /// `promote <service> from <environment> to <environment>`
    pub(super) async fn promote(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        service: &str,
        (from, to): (&str, &str),
        reason: Option<String>,
        role: String,
    ) -> Result<Worked, Failure> {
        let (source, target) = (found(catalog, service, from)?, found(catalog, service, to)?);
        let state = self.store.current(source.service_name, source.environment_name).await?;
        let revision = state.and_then(|state| state.revision).and_then(|revision| Revision::parse(&revision).ok());
        let Some(revision) = revision else {
            return self.answer_privately(context, cards::nothing_to_promote(source.service_name, source.environment_name)).await;
        };
        let from = source.environment_name.clone();
        let wish = Wish { kind: Kind::Promotion { from }, revision: Some(revision), reason, then: Vec::new(), waits: false };
        self.ask_for(context, catalog, &target, wish, role).await
    }

    /// The Promote button of a deployment: brings what it brought into the next environment, if that is what runs still.
    pub(super) async fn press_promote(&self, context: Context<'_>, catalog: &Catalog, id: &DeploymentId) -> Result<Worked, Failure> {
        let Some(deployment) = self.store.deployment(id).await? else {
            return self.answer_privately(context, cards::not_found(&format!("deployment {id}"))).await;
        };
        let Some(onward) = deployment.plan.onward.as_ref().filter(|_| deployment.phase == Phase::Succeeded) else {
            return self.answer_privately(context, cards::since_then(&deployment, &catalog.catalog)).await;
        };
        let (service, environment) = (&deployment.service, &deployment.environment);
        let standing = self.slack.standing(&context.asker.person).await?;
        let allowed = match may_change(&catalog.catalog, context.asker, standing, Permission::Deploy, service, onward) {
            Ok(allowed) => allowed,
            Err(denied) => return self.refuse_about(context, &denied, MessageKey::deployment(id)).await,
        };
        let current = self.store.current(service, environment).await?;
        if let Some(other) = current.filter(|state| state.deployment != *id) {
            let later = self.store.deployment(&other.deployment).await?;
            return match later {
                Some(later) => self.answer_privately(context, cards::overtaken_since(&deployment, &later, &catalog.catalog)).await,
                None => self.answer_privately(context, cards::since_then(&deployment, &catalog.catalog)).await,
            };
        }
        if catalog.catalog.target(service.as_str(), onward.as_str()).is_err() {
            return self.answer_privately(context, cards::not_found(&format!("{service} in {onward} any more"))).await;
        }
        let places = (environment.as_str(), onward.as_str());
        self.promote(context, catalog, service.as_str(), places, None, allowed.role.to_string()).await
    }
}
