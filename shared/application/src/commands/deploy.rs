//! `deploy`, `rollback` and `promote` come to the same: recorded first, started then, so that a crash in between starts it once and not
//! twice. What has to wait is recorded as waiting; see `admission.rs`.

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::catalog::Resolved;
use opsroom_domain::deployment::{self, Approvals, Deployment, Event, Further, Kind, Obstacle, Phase, Plan};
use opsroom_domain::ids::{DeploymentId, EnvironmentName, MessageKey, ServiceName};
use opsroom_domain::revision::Revision;
use opsroom_domain::rights::{Asker, Permission};
use opsroom_grammar::Deploy;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{CatalogStore, Commit, Directory, Gate, Outbox, Permalinks, Slot, Store};
use crate::progress::lanes;
use crate::request::{Reply, Request};

/// What is to be deployed, and what for.
pub(super) struct Wish {
    /// What for.
    pub(super) kind: Kind,
    /// Which revision; `None` for whatever the pipeline's source has.
    pub(super) revision: Option<Revision>,
    /// Why.
    pub(super) reason: Option<String>,
    /// What follows.
    pub(super) then: Vec<Further>,
    /// Whether it waits if another one is under way there. Whoever types a line is told so and may decide; what follows another deployment is
    /// asked for by nobody who looks.
    pub(super) waits: bool,
}

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn deploy(&self, context: Context<'_>, catalog: &Catalog, wanted: &Deploy, role: String) -> Result<Worked, Failure> {
        let then =
            wanted.then.iter().map(|further| Further { service: ServiceName::new(&further.service), revision: further.revision.clone() });
        let wish = Wish {
            kind: Kind::Deploy,
            revision: wanted.revision.clone(),
            reason: wanted.reason.clone(),
            then: then.collect(),
            waits: false,
        };
        let target = found(catalog, &wanted.service, &wanted.environment)?;
        if wanted.dry_run {
            return self.dry_run(context, catalog, &target, wish).await;
        }
        self.ask_for(context, catalog, &target, wish, role).await
    }

    /// What comes next in a request for several services. The right is judged again: it may have been withdrawn meanwhile.
    pub(super) async fn deploy_next(&self, request: &Request, id: &DeploymentId) -> Result<Worked, Failure> {
        let (Some(catalog), Some(before)) = (self.catalog.catalog().await?, self.store.deployment(id).await?) else {
            return Ok(Worked::Before);
        };
        let Some((first, rest)) = before.plan.then.split_first().filter(|_| before.phase == Phase::Succeeded) else {
            return Ok(Worked::Before);
        };
        let origin = &before.request;
        let asker = Asker { person: origin.by.clone(), team: catalog.catalog.workspace.team.clone(), channel: origin.channel.clone() };
        let reply = Reply::Private { thread: origin.thread.clone() };
        let revision = first.revision.as_ref().map(|revision| format!("@{revision}")).unwrap_or_default();
        let line = format!("deploy {}{revision} to {} (after {id})", first.service, before.environment);
        let context = Context { request, asker: &asker, reply: &reply, line: &line, at: self.now, habit: None };
        let Ok(target) = catalog.catalog.target(first.service.as_str(), before.environment.as_str()) else {
            let card = cards::not_found(&format!("service {} in {} any more", first.service, before.environment));
            return self.answer_privately(context, card).await;
        };
        let standing = self.slack.standing(&asker.person).await?;
        let deploy = Permission::Deploy;
        let allowed = match may_change(&catalog.catalog, &asker, standing, deploy, target.service_name, target.environment_name) {
            Ok(allowed) => allowed,
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let wish =
            Wish { kind: Kind::Deploy, revision: first.revision.clone(), reason: origin.reason.clone(), then: rest.to_vec(), waits: true };
        self.ask_for(context, &catalog, &target, wish, allowed.role.to_string()).await
    }

    /// Asks for a deployment: refuses what can never be, records the rest, and starts it if nothing stands in its way.
    pub(super) async fn ask_for(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        target: &Resolved<'_>,
        wish: Wish,
        role: String,
    ) -> Result<Worked, Failure> {
        let place = (target.service_name, target.environment_name);
        if wish.revision.is_some() && target.target.revision.is_none() && !goes_back_by_itself(&wish.kind) {
            return self.answer_privately(context, no_revisions(place.0, place.1)).await;
        }
        if let Some(card) = self.lacks_what_is_required(catalog, target, &wish).await? {
            return self.turn_down(context, card, "requires", (Some(place.0), place.1)).await;
        }
        let gate = self.store.gate().await?;
        let waits = wish.waits;
        let mut wanted = self.recorded(context, catalog, target, wish).await?;
        let doubts = self.doubts(catalog, target, &wanted, &gate).await?;
        wanted.phase = Phase::Requested { doubts };
        self.record_and_start(context, catalog, wanted, role, &gate, waits).await
    }

    /// The deployment as it is recorded, before anything speaks for or against it.
    async fn recorded(&self, context: Context<'_>, catalog: &Catalog, target: &Resolved<'_>, wish: Wish) -> Result<Deployment, Failure> {
        let current = self.store.current(target.service_name, target.environment_name).await?;
        let goes_back = matches!(wish.kind, Kind::Rollback { .. });
        let approval = catalog.catalog.approval_of(target).filter(|rule| rule.rollbacks || !goes_back);
        let takes_revisions = target.target.revision.is_some() || target.target.rollback_stage.is_some();
        let replaces = current.and_then(|state| state.revision);
        let plan = Plan {
            kind: wish.kind,
            approval: approval.cloned().map(Approvals::none_yet),
            then: wish.then,
            onward: catalog.catalog.onward_from(target).cloned(),
            can_go_back: replaces.is_some() && takes_revisions,
            ..Plan::default()
        };
        Ok(Deployment {
            id: DeploymentId::derived_from(&context.request.event),
            service: target.service_name.clone(),
            environment: target.environment_name.clone(),
            pipeline: target.target.pipeline.clone(),
            revision: wish.revision,
            revision_input: target.target.revision.clone(),
            replaces,
            request: deployment::Request {
                by: context.asker.person.clone(),
                at: self.now,
                channel: context.asker.channel.clone(),
                thread: context.reply.thread().map(str::to_owned),
                reason: wish.reason,
            },
            plan: Box::new(plan),
            contents: None,
            phase: Phase::Requested { doubts: Vec::new() },
            execution: None,
            cancelled_by: None,
            ended_at: None,
            calls: Vec::new(),
            version: 0,
        })
    }

    async fn record_and_start(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        wanted: Deployment,
        role: String,
        gate: &Gate,
        waits: bool,
    ) -> Result<Worked, Failure> {
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let unseen = self.execution_of(&wanted).await?;
        let (asked, _) = wanted.clone().on(Event::Asked, self.now);
        let mut events = vec![Event::Asked];
        if matches!(asked.phase, Phase::Waiting { .. }) {
            let obstacle = asked.obstacle(&gate.locks, &catalog.catalog, self.now);
            events.push(obstacle.map_or(Event::Admitted, Event::Held));
        }
        let recorded = |events: Vec<Event>| {
            let mut change = follower.moved(wanted.clone(), &unseen, events, &unseen);
            change.claim = Some(context.request.event.clone());
            change.habit = context.habit.cloned();
            change.audit.insert(0, self.allowed(context, &wanted, role.clone(), wanted.id.to_string()));
            change
        };
        let change = recorded(events);
        let mut keys = lanes(&change);
        let mut committed = self.store.commit(change).await?;
        if let Commit::SlotTaken(slot) = &committed
            && waits
        {
            let obstacle = Obstacle::Deployment { id: slot.deployment.clone(), by: slot.requester.clone() };
            let change = recorded(vec![Event::Asked, Event::Held(obstacle)]);
            keys = lanes(&change);
            committed = self.store.commit(change).await?;
        }
        let worked = match committed {
            Commit::Done => Worked::Done,
            // This event was worked on before and may have been left in the middle.
            Commit::AlreadyDone | Commit::Stale | Commit::LoginTaken(_) => Worked::Before,
            Commit::SlotTaken(slot) => {
                let link = self.link_to(&slot).await;
                return self
                    .turn_down(context, cards::busy(&slot, link.as_deref()), "busy", (Some(&wanted.service), &wanted.environment))
                    .await;
            }
        };
        follower.nudge(&keys).await?;
        self.overtake(context.request, &wanted, gate).await?;
        self.start(context.request, &wanted.id).await?;
        Ok(worked)
    }

    /// The address of the message of the deployment in a slot, if it can be had: the answer is of use without it.
    pub(super) async fn link_to(&self, slot: &Slot) -> Option<String> {
        let message = self.store.message(&MessageKey::deployment(&slot.deployment)).await.ok()??;
        self.slack.permalink(&slot.channel, message.shown?.ts.as_deref()?).await.ok()?
    }

    async fn dry_run(&self, context: Context<'_>, catalog: &Catalog, target: &Resolved<'_>, wish: Wish) -> Result<Worked, Failure> {
        if wish.revision.is_some() && target.target.revision.is_none() {
            return self.answer_privately(context, no_revisions(target.service_name, target.environment_name)).await;
        }
        let lacks = self.lacks_what_is_required(catalog, target, &wish).await?.is_some();
        let wanted = self.recorded(context, catalog, target, wish).await?;
        let gate = self.store.gate().await?;
        let doubts = self.doubts(catalog, target, &wanted, &gate).await?;
        let slots = self.store.slots().await?;
        let outlook = cards::Outlook {
            busy: slots.iter().find(|slot| slot.service == wanted.service && slot.environment == wanted.environment),
            lacks: catalog.catalog.required_before(target).filter(|_| lacks),
            doubts: &doubts,
            obstacle: wanted.obstacle(&gate.locks, &catalog.catalog, self.now),
        };
        let call = self.start_call(&wanted);
        self.answer(context, cards::dry_run(&wanted, &call, &outlook)).await
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
            approvers: deployment.plan.approvers(),
            message: Some(MessageKey::deployment(&deployment.id)),
        }
    }
}

/// What the grammar has found in the catalog is there.
pub(super) fn found<'c>(catalog: &'c Catalog, service: &str, environment: &str) -> Result<Resolved<'c>, Failure> {
    catalog.catalog.target(service, environment).map_err(|_| Failure::Bug(format!("{service} in {environment} was found and then wasn't")))
}

fn goes_back_by_itself(kind: &Kind) -> bool {
    matches!(kind, Kind::Rollback { stage: Some(_), .. })
}

/// That a pipeline takes no revision.
pub(super) fn no_revisions(service: &ServiceName, environment: &EnvironmentName) -> Card {
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
