//! Brings back what ran before a deployment that is suspected: the Rollback button of that deployment, with the incident as its reason.

use opsroom_domain::ids::{DeploymentId, IncidentId};
use opsroom_domain::incident::Event;

use crate::alarms::desk::Desk;
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, MonitStore, Store};
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
        let reason = format!("rolls {suspect} back because of {incident}");
        let worked = self.roll_back_from(context, catalog, suspect, Some(reason)).await?;
        // A word to the person that there is nothing to bring back is an answer, too; then nothing was begun.
        let begun = self.store.deployment(&DeploymentId::derived_from(&context.request.event)).await?;
        if let Some(begun) = begun.filter(|_| worked == Worked::Done) {
            let words = cards::rolled_back_by(&begun, suspect, incident);
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
