//! Brings back what ran before a deployment that is suspected. It is a deployment like any other: the same right, the same slot, the same
//! record, with the incident as its reason.

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
    pub(super) async fn roll_back(
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
        let Some(replaced) = &deployment.replaces else {
            return self
                .turn_down(context, cards::no_rollback(suspect, "what ran before it isn't known"), "unknown", (service, environment))
                .await;
        };
        let Ok(revision) = Revision::parse(replaced) else {
            return self
                .turn_down(context, cards::no_rollback(suspect, "what ran before it is no revision"), "unknown", (service, environment))
                .await;
        };
        if catalog.catalog.target(service.as_str(), environment.as_str()).is_err() {
            let card = cards::no_rollback(suspect, "the catalog doesn't have its service there any more");
            return self.turn_down(context, card, "unknown", (service, environment)).await;
        }
        let wish = Deploy {
            service: service.to_string(),
            environment: environment.to_string(),
            revision: Some(revision),
            reason: Some(format!("rolls {suspect} back because of {incident}")),
            dry_run: false,
        };
        let worked = self.deploy(context, catalog, &wish, role).await?;
        if worked == Worked::Done {
            let started = DeploymentId::derived_from(&context.request.event);
            let words = cards::rolled_back_by(&started, replaced, suspect, incident);
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
