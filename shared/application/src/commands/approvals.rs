//! Approving, rejecting and overriding: what helps a deployment on that waits for people, or ends it.
//!
//! The right is judged in the moment of the press, and the deployment decides whether it still waits for that person's word. Of two people
//! at once the slower one meets what the faster one has made of it.

use opsroom_domain::audit::AuditRecord;
use opsroom_domain::deployment::{Approved, Deployment, Event, Phase, Undecidable};
use opsroom_domain::ids::{DeploymentId, MessageKey};
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::rights::{Allowed, Permission};

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{Commit, Directory, MessageChange, Slot, Store};
use crate::progress::{ATTEMPTS, lanes, under_deployment};

/// The longest reason that is kept.
const LONGEST_REASON: usize = 400;

/// What came of an attempt to decide.
enum Attempt {
    /// It is written.
    Written,
    /// The request was worked on before.
    Before,
    /// Somebody was faster; look again.
    Again,
    /// Another deployment is under way there; look again with that in mind.
    Taken(Slot),
}

impl<W: Ports> Commander<'_, W> {
    /// `approve` and `reject`.
    pub(super) async fn decide_deployment(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        id: &DeploymentId,
        decision: Decision,
        reason: &str,
    ) -> Result<Worked, Failure> {
        let (deployment, allowed) = match self.may_act(context, catalog, id, Permission::Approve).await? {
            Ok(found) => found,
            Err(worked) => return Ok(worked),
        };
        let place = (Some(&deployment.service), &deployment.environment);
        let reason: String = reason.trim().chars().take(LONGEST_REASON).collect();
        let roles = catalog.catalog.roles_of(&context.asker.person);
        let mut taken = None;
        for _ in 0..ATTEMPTS {
            let Some(deployment) = self.store.deployment(id).await? else { break };
            match (deployment.may_be_approved_by(&context.asker.person, roles), decision) {
                (Err(Undecidable::NotWaiting | Undecidable::Before(_)), _) => return self.decided_before(context, catalog, id).await,
                (Err(Undecidable::Own), Decision::Approved) => {
                    return self
                        .turn_down_about(
                            context,
                            cards::own_request(&deployment),
                            "own-deployment",
                            place,
                            Some(MessageKey::deployment(id)),
                        )
                        .await;
                }
                (Err(Undecidable::Role(role)), Decision::Approved) => {
                    return self
                        .turn_down_about(
                            context,
                            cards::approver_role(&deployment, &role),
                            "approver-role",
                            place,
                            Some(MessageKey::deployment(id)),
                        )
                        .await;
                }
                (Ok(()), _) | (Err(Undecidable::Own | Undecidable::Role(_)), Decision::Rejected) => {}
            }
            let role = allowed.role.clone();
            let (by, at) = (context.asker.person.clone(), self.now);
            let event = match decision {
                Decision::Approved => Event::ApprovedBy(Approved { by, at, role, reason: reason.clone() }),
                Decision::Rejected => Event::RejectedBy { by, reason: reason.clone() },
            };
            match self.help_on(context, catalog, deployment, event, &allowed, taken.as_ref()).await? {
                Attempt::Written => return Ok(Worked::Done),
                Attempt::Before => return Ok(Worked::Before),
                Attempt::Again => {}
                Attempt::Taken(slot) => taken = Some(slot),
            }
        }
        Err(Failure::Contended(format!("deployment {id}")))
    }

    /// `override`, and *Deploy anyway*.
    pub(super) async fn override_doubts(&self, context: Context<'_>, catalog: &Catalog, id: &DeploymentId) -> Result<Worked, Failure> {
        let (_, allowed) = match self.may_act(context, catalog, id, Permission::Override).await? {
            Ok(found) => found,
            Err(worked) => return Ok(worked),
        };
        let mut taken = None;
        for _ in 0..ATTEMPTS {
            let Some(deployment) = self.store.deployment(id).await? else { break };
            if !matches!(deployment.phase, Phase::Requested { .. }) {
                return self.decided_before(context, catalog, id).await;
            }
            let event = Event::ConfirmedBy(context.asker.person.clone());
            match self.help_on(context, catalog, deployment, event, &allowed, taken.as_ref()).await? {
                Attempt::Written => return Ok(Worked::Done),
                Attempt::Before => return Ok(Worked::Before),
                Attempt::Again => {}
                Attempt::Taken(slot) => taken = Some(slot),
            }
        }
        Err(Failure::Contended(format!("deployment {id}")))
    }

    /// The deployment, if the person may do that to it; otherwise they were told.
    async fn may_act(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        id: &DeploymentId,
        permission: Permission,
    ) -> Result<Result<(Deployment, Allowed), Worked>, Failure> {
        let Some(deployment) = self.store.deployment(id).await? else {
            return self.answer_privately(context, cards::not_found(&format!("deployment {id}"))).await.map(Err);
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        let (service, environment) = (&deployment.service, &deployment.environment);
        match may_change(&catalog.catalog, context.asker, standing, permission, service, environment) {
            Ok(allowed) => Ok(Ok((deployment, allowed))),
            Err(denied) => self.refuse_about(context, &denied, MessageKey::deployment(id)).await.map(Err),
        }
    }

    /// Writes somebody's word, and lets the deployment in with it if it was the last one that was missing.
    async fn help_on(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        deployment: Deployment,
        event: Event<'static>,
        allowed: &Allowed,
        taken: Option<&Slot>,
    ) -> Result<Attempt, Failure> {
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let unseen = self.execution_of(&deployment).await?;
        let id = deployment.id.clone();
        let word = word(&deployment, &event);
        let audit = self.helped(context, &deployment, &event, allowed);
        let (helped, _) = deployment.clone().on(event.clone(), self.now);
        let mut events = vec![event];
        if matches!(helped.phase, Phase::Waiting { .. }) {
            let gate = self.store.gate().await?;
            events.push(self.way_in(catalog, &helped, &gate, taken).await?);
        }
        let mut change = follower.moved(deployment, &unseen, events, &unseen);
        change.claim = Some(context.request.event.clone());
        change.habit = context.habit.cloned();
        change.audit.insert(0, audit);
        change.messages.extend(word);
        let keys = lanes(&change);
        let attempt = match self.store.commit(change).await? {
            Commit::Done => Attempt::Written,
            Commit::AlreadyDone => Attempt::Before,
            Commit::SlotTaken(slot) => return Ok(Attempt::Taken(slot)),
            Commit::Stale | Commit::LoginTaken(_) => return Ok(Attempt::Again),
        };
        follower.nudge(&keys).await?;
        self.start(context.request, &id).await?;
        Ok(attempt)
    }

    fn helped(&self, context: Context<'_>, deployment: &Deployment, event: &Event<'_>, allowed: &Allowed) -> AuditRecord {
        let what = match event {
            Event::ApprovedBy(_) => "approval",
            Event::RejectedBy { .. } => "rejection",
            _ => "override",
        };
        let mut record = self.allowed(context, deployment, allowed.role.to_string(), format!("{what} of {}", deployment.id));
        let reason = match event {
            Event::ApprovedBy(approved) => approved.reason.as_str(),
            Event::RejectedBy { reason, .. } => reason.as_str(),
            _ => "",
        };
        // Given in a dialog it is no part of a line: it is recorded as it would have been typed.
        if !context.line.contains(reason) {
            record.request = format!("{} {reason}", record.request).chars().take(500).collect();
        }
        record
    }

    /// It doesn't wait for that any more. Whoever pressed is told what happened since; if it was this very request that did it, and was
    /// left in the middle, it is brought to its end.
    async fn decided_before(&self, context: Context<'_>, catalog: &Catalog, id: &DeploymentId) -> Result<Worked, Failure> {
        self.start(context.request, id).await?;
        match self.store.deployment(id).await? {
            Some(deployment) => self.answer_privately(context, cards::since_then(&deployment, &catalog.catalog)).await,
            None => Ok(Worked::Before),
        }
    }
}

/// The word under the message: an edit notifies nobody. Of a rejection the deployment itself tells whoever asked.
fn word(deployment: &Deployment, event: &Event<'_>) -> Option<MessageChange> {
    let (what, card) = match event {
        Event::ApprovedBy(approved) => (format!("approved/{}", approved.by), cards::approved_word(deployment, approved)),
        Event::ConfirmedBy(by) => ("overridden".to_owned(), cards::overridden_word(by)),
        _ => return None,
    };
    Some(MessageChange { key: MessageKey::deployment_word(&deployment.id, &what), destination: under_deployment(deployment), card })
}
