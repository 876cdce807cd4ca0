//! Brings back what ran before a deployment that is suspected. It is a deployment like any other: the same right, the same slot, the same
//! record, with the incident as its reason.

use opsroom_domain::deployment::Deployment;
use opsroom_domain::ids::{DeploymentId, IncidentId};
use opsroom_domain::incident::Event;
use opsroom_domain::revision::Revision;
use opsroom_domain::rights::Permission;
use opsroom_grammar::Deploy;

use crate::alarms::desk::Desk;
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::judge::may_change;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, Directory, MonitStore, Store};
use crate::progress::ATTEMPTS;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn roll_back_suspect(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        incident: &IncidentId,
        suspect: &DeploymentId,
    ) -> Result<Worked, Failure> {
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        let Some(deployment) = self.store.deployment(suspect).await? else {
            return self.answer_privately(context, cards::not_found(&format!("deployment {suspect}"))).await;
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        let (service, environment) = (&deployment.service, &deployment.environment);
        let role = match may_change(&catalog.catalog, context.asker, standing, Permission::Deploy, service, environment) {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let revision = match brought_back(catalog, &deployment) {
            Ok(revision) => revision,
            Err(why) => return self.turn_down(context, cards::no_rollback(suspect, why), "no-rollback", (service, environment)).await,
        };
        let replaced = revision.to_string();
        let wish = Deploy {
            service: service.to_string(),
            environment: environment.to_string(),
            revision: Some(revision),
            reason: Some(format!("rolls {suspect} back because of {incident}")),
            dry_run: false,
            then: Vec::new(),
        };
        let worked = self.deploy(context, catalog, &wish, role).await?;
        if worked == Worked::Done {
            let started = DeploymentId::derived_from(&context.request.event);
            let words = cards::rolled_back_by(&started, &replaced, suspect, incident);
            self.note_on(context, catalog, incident, &words).await?;
        }
        Ok(worked)
    }

    /// Keeps on an incident what was done because of it. Whoever was faster with the same words has said it.
    async fn note_on(&self, context: Context<'_>, catalog: &Catalog, id: &IncidentId, words: &str) -> Result<(), Failure> {
        let desk = Desk::new(Some(&catalog.catalog), &[]);
        for _ in 0..ATTEMPTS {
            let Some(mut incident) = self.store.incident(id).await? else { return Ok(()) };
            let Ok(follows) = desk.apply(&mut incident, Event::Said(self.note(context, words)), self.now) else { return Ok(()) };
            let mut change = Change::default();
            follows.write(incident, Some(&catalog.catalog), &mut change);
            let keys = lanes(&change);
            if self.store.commit(change).await? == Commit::Done {
                self.nudge(&context.request.correlation, &keys).await;
                return Ok(());
            }
        }
        Err(Failure::Contended(format!("incident {id}")))
    }
}

/// What ran before a deployment, if it is known exactly enough to be deployed again.
fn brought_back(catalog: &Catalog, deployment: &Deployment) -> Result<Revision, &'static str> {
    let replaced = deployment.replaces.as_deref().ok_or("what ran before it isn't known")?;
    if deployment.revision.as_ref().is_some_and(|revision| revision.as_str() == replaced) {
        return Err("what ran before it has the same name");
    }
    if catalog.catalog.target(deployment.service.as_str(), deployment.environment.as_str()).is_err() {
        return Err("the catalog doesn't have its service there any more");
    }
    Revision::parse(replaced).map_err(|_| "what ran before it is no revision")
}
