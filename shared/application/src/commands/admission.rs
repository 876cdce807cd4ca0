//! Letting deployments in that had to wait: as soon as nothing is in their way, the oldest first, without anybody's help.
//!
//! Nothing tells a deployment reliably that its way is free: a lock may end between its look and its waiting. So besides being called,
//! each looks by itself, as seldom as any other deployment is looked after.

use opsroom_domain::deployment::{Deployment, Event, Obstacle, Phase};
use opsroom_domain::ids::{DeploymentId, EnvironmentName};
use opsroom_domain::rights::{Asker, Permission};

use super::{Catalog, Commander, Ports, Worked};
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{CatalogStore, Change, Commit, Directory, Gate, Slot, Store, Waiting};
use crate::progress::{ATTEMPTS, lanes};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// What a deployment meets that needs no further word: it is let in, held, or may no longer be. `taken` is the slot, if it was found
    /// taken.
    pub(super) async fn way_in(
        &self,
        catalog: &Catalog,
        deployment: &Deployment,
        gate: &Gate,
        taken: Option<&Slot>,
    ) -> Result<Event<'static>, Failure> {
        let origin = &deployment.request;
        let asker = Asker { person: origin.by.clone(), team: catalog.catalog.workspace.team.clone(), channel: origin.channel.clone() };
        let standing = self.slack.standing(&origin.by).await?;
        let (service, environment) = (&deployment.service, &deployment.environment);
        if let Err(denied) = may_change(&catalog.catalog, &asker, standing, Permission::Deploy, service, environment) {
            return Ok(Event::Withdrawn { why: format!("Whoever asked for it may no longer do so: {denied}.") });
        }
        if let Some(obstacle) = deployment.obstacle(&gate.locks, &catalog.catalog, self.now) {
            return Ok(Event::Held(obstacle));
        }
        Ok(match taken.filter(|slot| slot.deployment != deployment.id) {
            Some(slot) => Event::Held(Obstacle::Deployment { id: slot.deployment.clone(), by: slot.requester.clone() }),
            None => Event::Admitted,
        })
    }

    /// Lets in whoever waits in an environment and need not any more.
    pub(super) async fn admit_waiting(&self, request: &Request, environment: &EnvironmentName) -> Result<Worked, Failure> {
        let gate = self.store.gate().await?;
        let mut waiting: Vec<&Waiting> = gate.waiting.iter().filter(|one| one.environment == *environment).collect();
        if waiting.is_empty() {
            return Ok(Worked::Before);
        }
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        waiting.sort_by_key(|one| one.since);
        for one in waiting {
            self.admit(request, &catalog, &one.deployment, &gate).await?;
        }
        Ok(Worked::Done)
    }

    /// Lets one in, if it may be.
    pub(super) async fn admit(&self, request: &Request, catalog: &Catalog, id: &DeploymentId, gate: &Gate) -> Result<(), Failure> {
        let follower = self.follower(&request.correlation, Some(catalog));
        let mut taken: Option<Slot> = None;
        for _ in 0..ATTEMPTS {
            let Some(deployment) = self.store.deployment(id).await? else { return Ok(()) };
            if !matches!(deployment.phase, Phase::Waiting { .. }) {
                // It may have been let in and left there.
                return self.start(request, id).await;
            }
            let unseen = self.execution_of(&deployment).await?;
            let event = match newer(gate, &deployment) {
                Some(newer) => Event::Overtaken { by: newer.clone() },
                None => self.way_in(catalog, &deployment, gate, taken.as_ref()).await?,
            };
            let change = follower.moved(deployment, &unseen, vec![event], &unseen);
            if change.deployment.is_none() {
                return Ok(());
            }
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Done => {
                    follower.nudge(&keys).await?;
                    return self.start(request, id).await;
                }
                Commit::SlotTaken(slot) => taken = Some(slot),
                Commit::Stale | Commit::AlreadyDone | Commit::LoginTaken(_) => {}
            }
        }
        Err(Failure::Contended(format!("deployment {id}")))
    }

    /// A request takes the place of older ones for the same that wait still: of two revisions, whoever asked last knew of the first.
    pub(super) async fn overtake(&self, request: &Request, by: &Deployment, gate: &Gate) -> Result<(), Failure> {
        let same = |one: &&Waiting| one.service == by.service && one.environment == by.environment && one.deployment != by.id;
        let older = |one: &&Waiting| (one.since, &one.deployment) < (by.request.at, &by.id);
        for one in gate.waiting.iter().filter(same).filter(older) {
            self.change_deployment(request, &one.deployment, |_| Event::Overtaken { by: by.id.clone() }).await?;
        }
        Ok(())
    }

    /// A waiting deployment's own look: the next one is planned before, as for one that is under way.
    pub(super) async fn look_for_admission(&self, request: &Request, deployment: &Deployment) -> Result<Worked, Failure> {
        if !matches!(deployment.phase, Phase::Waiting { .. }) {
            return Ok(Worked::Before);
        }
        let plan = Change { claim: Some(request.event.clone()), due: vec![deployment.next_look(self.now)], ..Change::default() };
        let worked = match self.store.commit(plan).await? {
            Commit::AlreadyDone => Worked::Before,
            _ => Worked::Done,
        };
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(worked) };
        let gate = self.store.gate().await?;
        self.admit(request, &catalog, &deployment.id, &gate).await?;
        Ok(worked)
    }

    /// Gives a deployment up that has waited for too long.
    pub(super) async fn give_up_waiting(&self, request: &Request, id: &DeploymentId, deadline: jiff::Timestamp) -> Result<Worked, Failure> {
        self.change_deployment(request, id, |_| Event::TimeUp { deadline }).await?;
        Ok(Worked::Done)
    }
}

/// The newest later request for the same place that waits, too.
fn newer<'g>(gate: &'g Gate, deployment: &Deployment) -> Option<&'g DeploymentId> {
    let same = |one: &&Waiting| one.service == deployment.service && one.environment == deployment.environment;
    let later = |one: &&Waiting| deployment.gives_way_to(&one.deployment, one.since);
    gate.waiting.iter().filter(same).filter(later).max_by_key(|one| one.since).map(|one| &one.deployment)
}
