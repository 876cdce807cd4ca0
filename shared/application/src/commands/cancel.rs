//! `cancel`, typed or pressed. The right is checked at the moment of acting, against what is deployed.

use opsroom_domain::deployment::Event;
use opsroom_domain::ids::{DeploymentId, MessageKey};
use opsroom_domain::rights::Permission;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{Commit, Directory, Store};
use crate::progress::{ATTEMPTS, lanes};

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn cancel(&self, context: Context<'_>, catalog: &Catalog, id: &DeploymentId) -> Result<Worked, Failure> {
        let Some(deployment) = self.store.deployment(id).await? else {
            return self.answer_privately(context, cards::not_found(&format!("deployment {id}"))).await;
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        let allowed =
            match may_change(&catalog.catalog, context.asker, standing, Permission::Deploy, &deployment.service, &deployment.environment) {
                Ok(allowed) => allowed,
                Err(denied) => return self.refuse_about(context, &denied, MessageKey::deployment(id)).await,
            };
        let follower = self.follower(&context.request.correlation, Some(catalog));
        for _ in 0..ATTEMPTS {
            let Some(deployment) = self.store.deployment(id).await? else { break };
            if deployment.phase.is_final() {
                return self.answer_privately(context, cards::over(&deployment)).await;
            }
            if let Some(other) = deployment.cancelled_by.as_ref().filter(|by| **by != context.asker.person) {
                return self.answer_privately(context, cards::cancelled_already(&deployment, other)).await;
            }
            let execution = self.execution_of(&deployment).await?;
            let audit = self.allowed(context, &deployment, allowed.role.to_string(), format!("cancel of {id}"));
            let wish = Event::CancelRequested { by: context.asker.person.clone() };
            let mut change = follower.moved(deployment, &execution, vec![wish], &execution);
            change.claim = Some(context.request.event.clone());
            change.habit = context.habit.cloned();
            change.audit.push(audit);
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Done => {
                    follower.nudge(&keys).await?;
                    self.stop_if_wished(context.request, id).await?;
                    return Ok(Worked::Done);
                }
                Commit::AlreadyDone => {
                    self.stop_if_wished(context.request, id).await?;
                    return Ok(Worked::Before);
                }
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
            }
        }
        Err(Failure::Contended(format!("deployment {id}")))
    }
}
