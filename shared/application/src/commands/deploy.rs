//! `deploy`: recorded first, started then, so that a crash in between starts it once and not twice.

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::deployment::{self, Deployment, Phase};
use opsroom_domain::ids::{DeploymentId, EnvironmentName, MessageKey, ServiceName};
use opsroom_grammar::Deploy;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{Change, Commit, Outbox, Permalinks, Pipelines, Slot, SlotChange, StartRequest, Store};
use crate::progress::{lanes, message, slot_of};

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn deploy(&self, context: Context<'_>, catalog: &Catalog, wish: &Deploy, role: String) -> Result<Worked, Failure> {
        let Ok(target) = catalog.catalog.target(&wish.service, &wish.environment) else {
            return Err(Failure::Bug(format!("{} in {} was found and then wasn't", wish.service, wish.environment)));
        };
        if wish.revision.is_some() && target.target.revision.is_none() {
            return self.answer_privately(context, no_revisions(target.service_name, target.environment_name)).await;
        }
        let current = self.store.current(target.service_name, target.environment_name).await?;
        let thread = context.reply.thread().map(str::to_owned);
        let wanted = Deployment {
            id: DeploymentId::derived_from(&context.request.event),
            service: target.service_name.clone(),
            environment: target.environment_name.clone(),
            pipeline: target.target.pipeline.clone(),
            revision: wish.revision.clone(),
            revision_input: target.target.revision.clone(),
            replaces: current.and_then(|state| state.revision),
            request: deployment::Request {
                by: context.asker.person.clone(),
                at: self.now,
                channel: context.asker.channel.clone(),
                thread,
                reason: wish.reason.clone(),
            },
            contents: None,
            phase: Phase::Starting,
            execution: None,
            cancelled_by: None,
            ended_at: None,
            calls: Vec::new(),
            version: 0,
        };
        if wish.dry_run {
            return self.dry_run(context, &wanted).await;
        }
        self.record_and_start(context, wanted, role).await
    }

    async fn record_and_start(&self, context: Context<'_>, wanted: Deployment, role: String) -> Result<Worked, Failure> {
        let follower = self.follower(&context.request.correlation, None);
        let change = Change {
            claim: Some(context.request.event.clone()),
            slot: Some(SlotChange::Take(slot_of(&wanted))),
            messages: vec![message(&wanted, follower.card(&wanted, None))],
            due: vec![wanted.next_look(self.now)],
            audit: vec![self.allowed(context, &wanted, role, wanted.id.to_string())],
            deployment: Some(wanted.clone()),
            ..Change::default()
        };
        let keys = lanes(&change);
        match self.store.commit(change).await? {
            Commit::Done => {
                follower.nudge(&keys).await?;
                self.start(context.request, &wanted.id).await?;
                Ok(Worked::Done)
            }
            // This event was worked on before and may have been left in the middle.
            Commit::AlreadyDone | Commit::Stale | Commit::LoginTaken(_) => {
                follower.nudge(&keys).await?;
                self.start(context.request, &wanted.id).await?;
                Ok(Worked::Before)
            }
            Commit::SlotTaken(slot) => {
                let link = self.link_to(&slot).await;
                self.turn_down(context, cards::busy(&slot, link.as_deref()), "busy", (&wanted.service, &wanted.environment)).await
            }
        }
    }

    /// The address of the message of the deployment in a slot, if it can be had: the answer is of use without it.
    async fn link_to(&self, slot: &Slot) -> Option<String> {
        let message = self.store.message(&MessageKey::deployment(&slot.deployment)).await.ok()??;
        self.slack.permalink(&slot.channel, message.shown?.ts.as_deref()?).await.ok()?
    }

    async fn dry_run(&self, context: Context<'_>, wanted: &Deployment) -> Result<Worked, Failure> {
        let slots = self.store.slots().await?;
        let busy = slots.iter().find(|slot| slot.service == wanted.service && slot.environment == wanted.environment);
        let call = self.pipelines.start_call(&start_request(wanted));
        self.answer(context, cards::dry_run(wanted, &call, busy)).await
    }

    pub(super) fn allowed(&self, context: Context<'_>, deployment: &Deployment, role: String, started: String) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: Some(deployment.service.clone()),
            environment: Some(deployment.environment.clone()),
            outcome: Outcome::Allowed { role, started },
            correlation: context.request.correlation.clone(),
        }
    }
}

/// The same request for the same deployment, whenever it is made: its id is the token.
pub(super) fn start_request(deployment: &Deployment) -> StartRequest {
    StartRequest {
        pipeline: deployment.pipeline.clone(),
        revision: deployment.revision.clone().zip(deployment.revision_input.clone()),
        client_request_token: deployment.id.to_string(),
    }
}

fn no_revisions(service: &ServiceName, environment: &EnvironmentName) -> Card {
    let text = Text::plain(format!(
        "The pipeline of {service} in {environment} takes no revision: the catalog doesn't say how it would reach it. "
    ))
    .then("Deploy without ")
    .code("@…")
    .then(", or have ")
    .code("revision")
    .then(" added to the catalog.");
    Card::line(Tone::Warning, text)
}
