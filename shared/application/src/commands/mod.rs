//! What people asked for is done here. One file per kind of request.

mod admission;
mod answer;
mod approvals;
mod builds;
mod bytes;
mod cancel;
mod deploy;
mod dj;
mod doubts;
mod explain;
mod hosts;
mod how;
mod locks;
mod mon;
mod offers;
mod pick;
mod posted;
mod read;
mod reconcile;
mod release;
mod rollback;
mod start;
mod subscriptions;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::Card;
use opsroom_domain::console::Console;
use opsroom_domain::habit::Use;
use opsroom_domain::ids::{CorrelationId, DeploymentId, OperationId};
use opsroom_domain::pipeline_execution::Observation;
use opsroom_domain::rights::{Allowed, Asker, Standing};
use opsroom_grammar::{Command, habit};

use crate::cards;
use crate::commands::builds::decision_in_words;
use crate::commands::mon::Saying;
use crate::commands::release::deployment_decision_in_words;
use crate::failure::Failure;
use crate::judge::{Verdict, judge};
use crate::outgoing::nudge;
use crate::ports::{
    AlarmQueue, AuditLog, BuildLogs, BuildStore, BytesStore, CatalogStore, DeliveryQueue, Directory, DjStore, Hosts, Later, MonitStore,
    MusicService, OperationStore, Outbox, Permalinks, Pipelines, PortError, RepositoryStore, RoomKinds, ServiceLogs, Snippets, Store,
    StoredCatalog, SubscriptionStore,
};
use crate::progress::Follower;
use crate::request::{Ask, Press, Reply, Request};

pub(crate) use subscriptions::parked;

/// Nobody expects to be answered after that: Slack's `response_url` lives for 30 minutes, a person's patience less.
const EXPIRES_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// What working requests off needs of the world.
pub trait Ports {
    /// The tables.
    type Store: Store
        + AuditLog
        + Outbox
        + SubscriptionStore
        + RepositoryStore
        + BuildStore
        + MonitStore
        + OperationStore
        + BytesStore
        + DjStore
        + RoomKinds;
    /// The catalog.
    type Catalog: CatalogStore;
    /// The pipelines.
    type Pipelines: Pipelines;
    /// The logs of builds and of services.
    type Logs: BuildLogs + ServiceLogs;
    /// The hosts.
    type Hosts: Hosts;
    /// The people, where messages are, and files.
    type Slack: Directory + Permalinks + Snippets;
    /// The way to the room.
    type Delivery: DeliveryQueue;
    /// What is left to `alarms`.
    type Alarms: AlarmQueue;
    /// The way back to here.
    type Later: Later;
    /// A music service that plays for the DJ.
    type Music: MusicService;
}

/// Works requests off.
pub struct Commander<'a, W: Ports> {
    /// The tables.
    pub store: &'a W::Store,
    /// The catalog.
    pub catalog: &'a W::Catalog,
    /// The pipelines.
    pub pipelines: &'a W::Pipelines,
    /// The logs of builds and of services.
    pub logs: &'a W::Logs,
    /// The hosts.
    pub hosts: &'a W::Hosts,
    /// The people, where messages are, and files.
    pub slack: &'a W::Slack,
    /// The way to the room.
    pub delivery: &'a W::Delivery,
    /// What is left to `alarms`.
    pub alarms: &'a W::Alarms,
    /// The way back to here.
    pub later: &'a W::Later,
    /// A music service that plays for the DJ.
    pub music: &'a W::Music,
    /// For links.
    pub console: &'a Console,
    /// Now.
    pub now: Timestamp,
}

/// Who asked, which request it is, and how to answer.
#[derive(Clone, Copy)]
struct Context<'a> {
    request: &'a Request,
    asker: &'a Asker,
    reply: &'a Reply,
    /// The line, or what the pressed button says.
    line: &'a str,
    /// When it was asked.
    at: Timestamp,
    /// The use that is counted with what comes of it.
    habit: Option<&'a Use>,
}

impl Context<'_> {
    /// What a line has led to says how it was found.
    fn explained(&self, card: Card) -> Card {
        if self.habit.is_some() { cards::explained(card, self.line) } else { card }
    }
}

/// What came of a request, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Done.
    Done,
    /// It had been done before.
    Before,
    /// Refused by a rule.
    Refused,
}

impl<W: Ports> Commander<'_, W> {
    /// Works one request off. Doing it again does no harm.
    pub async fn work(&self, request: &Request) -> Result<Worked, Failure> {
        // The kinds of requests with the largest futures are boxed: one of them is worked off at a time.
        match &request.ask {
            Ask::Line { asker, line, at, reply } => {
                let context = Context { request, asker, reply, line, at: *at, habit: None };
                self.told_if_it_fails(context, Box::pin(self.line(context)).await).await
            }
            Ask::Cancel { asker, deployment, at, reply } => {
                let line = format!("cancel {deployment}");
                let context = Context { request, asker, reply, line: &line, at: *at, habit: None };
                self.told_if_it_fails(context, Box::pin(self.press_cancel(context, deployment)).await).await
            }
            Ask::Pick { asker, line, chosen, shown, at, reply } => {
                let context = Context { request, asker, reply, line, at: *at, habit: None };
                self.told_if_it_fails(context, Box::pin(self.pick(context, chosen, shown.as_deref())).await).await
            }
            Ask::Explain { asker, deployment, view } => Box::pin(self.explain(request, asker, deployment, view)).await,
            Ask::Refused { asker, line, denied } => self.record_refusal(request, asker, line, denied).await,
            Ask::Pressed { asker, press, at, reply } => {
                let line = press.in_words();
                let context = Context { request, asker, reply, line: &line, at: *at, habit: None };
                let result = match press {
                    Press::RetryStage { run, stage } => Box::pin(self.press_retry(context, run, stage)).await,
                    Press::UndoSubscription { subject, version } => Box::pin(self.undo(context, subject, *version)).await,
                    Press::StopOperation { operation } => Box::pin(self.press_stop(context, operation)).await,
                    Press::Reboot { host, service, environment } => {
                        Box::pin(self.press_reboot(context, host, (service, environment))).await
                    }
                    Press::Override { .. } | Press::RollBack { .. } | Press::Promote { .. } | Press::Unlock { .. } => {
                        Box::pin(self.press_release(context, press)).await
                    }
                };
                self.told_if_it_fails(context, result).await
            }
            Ask::Decide { asker, approval, decision, reason, at, reply } => {
                let line = decision_in_words(approval, *decision);
                let context = Context { request, asker, reply, line: &line, at: *at, habit: None };
                self.told_if_it_fails(context, Box::pin(self.decide(context, approval, *decision, reason)).await).await
            }
            Ask::DecideDeployment { asker, deployment, decision, reason, at, reply } => {
                let line = deployment_decision_in_words(deployment, *decision);
                let context = Context { request, asker, reply, line: &line, at: *at, habit: None };
                let result = Box::pin(self.press_decide(context, deployment, *decision, reason)).await;
                self.told_if_it_fails(context, result).await
            }
            Ask::ExplainLine { asker, line, view } => self.explain_line(request, asker, line, view).await,
            Ask::ExplainRun { asker, run, view } => Box::pin(self.explain_run(request, asker, run, view)).await,
            Ask::ChannelLost { channel, error } => Box::pin(self.park_channel(request, channel, error)).await,
            Ask::Incident { asker, incident, act, at, reply } => {
                let line = act.in_words(incident);
                let context = Context { request, asker, reply, line: &line, at: *at, habit: None };
                self.told_if_it_fails(context, Box::pin(self.press_incident(context, incident, act)).await).await
            }
            Ask::ExplainIncident { asker, incident, view } => self.explain_incident(request, asker, incident, view).await,
            Ask::ExplainOperation { asker, operation, view } => Box::pin(self.explain_operation(request, asker, operation, view)).await,
            Ask::CommandMoved { command, document } => Box::pin(self.command_moved(request, command, document)).await,
            Ask::LookAtOperation { operation, tick } => Box::pin(self.look_at_operation(request, operation, *tick)).await,
            Ask::Said { asker, thread, ts, text, at } => Box::pin(self.said(request, asker, &Saying { thread, ts, text, at: *at })).await,
            Ask::Posted { posting } => Box::pin(self.posted(request, posting)).await,
            Ask::RunErrand { errand } => Box::pin(self.errand(request, errand)).await,
            Ask::Dj { asker, press, at, reply } => {
                let line = dj::in_words(press);
                let context = Context { request, asker, reply, line: &line, at: *at, habit: None };
                self.told_if_it_fails(context, Box::pin(self.press_dj(context, press)).await).await
            }
            Ask::Home { asker } => Box::pin(self.home(request, asker)).await,
            Ask::Due { task, at } => Box::pin(self.come_due(request, task, *at)).await,
        }
    }

    async fn press_cancel(&self, context: Context<'_>, deployment: &DeploymentId) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        self.cancel(context, &catalog, deployment).await
    }

    /// Tells the person when their request can't be done, ever: the log and the dead letters are not where they look.
    async fn told_if_it_fails(&self, context: Context<'_>, result: Result<Worked, Failure>) -> Result<Worked, Failure> {
        if let Err(failure) = &result
            && !failure.is_retryable()
        {
            self.tell_failure(context).await?;
        }
        result
    }

    /// Whether a request was left lying so long that its person no longer expects it: it was among the dead letters, say. What
    /// was begun in time is brought to its end.
    async fn comes_too_late(&self, context: Context<'_>) -> Result<bool, Failure> {
        if self.now.duration_since(context.at) <= EXPIRES_AFTER {
            return Ok(false);
        }
        let event = &context.request.event;
        let begun = self.store.deployment(&DeploymentId::derived_from(event)).await?.is_some()
            || self.store.operation(&OperationId::derived_from(event)).await?.is_some();
        Ok(!begun)
    }

    async fn line(&self, context: Context<'_>) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        let (standing, silence) = self.standing_or_assumed(&catalog, context.asker).await;
        let verdict = judge(&catalog.catalog, context.asker, standing, context.line);
        if let Some(error) = silence
            && (verdict.changes_something() || standing == Standing::Guest)
        {
            return Err(error.into());
        }
        if verdict.changes_something() && self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        match verdict {
            Verdict::Answer(card) => self.answer(context, card).await,
            Verdict::Mistaken(card) => self.answer_privately(context, card).await,
            Verdict::Unfinished(found) => Box::pin(self.ask_for_more(context, &catalog, standing, &found, &[])).await,
            Verdict::Refused { denied, .. } => self.refuse(context, &denied).await,
            Verdict::Run { command, allowed } => {
                let habit = habit(context.line, &catalog.catalog).map(|(command, line)| Use {
                    channel: context.asker.channel.clone(),
                    command: command.to_owned(),
                    line,
                });
                self.run(Context { habit: habit.as_ref(), ..context }, &catalog, command, allowed).await
            }
        }
    }

    /// Does what a line asks for. `allowed` is the rule that allows it as the person stands now, where the line alone can be judged.
    async fn run(&self, context: Context<'_>, catalog: &Catalog, command: Command, allowed: Option<Allowed>) -> Result<Worked, Failure> {
        let role = || allowed.as_ref().map(|allowed| allowed.role.to_string());
        match command {
            Command::Deploy(deploy) => Box::pin(self.deploy(context, catalog, &deploy, role().unwrap_or_default())).await,
            Command::Release(release) => Box::pin(self.release(context, catalog, release, allowed)).await,
            Command::Cancel { deployment } => Box::pin(self.cancel(context, catalog, &deployment)).await,
            Command::Gh(gh) => Box::pin(self.gh(context, catalog, &gh, role().unwrap_or_default())).await,
            Command::Build(build) => Box::pin(self.build(context, catalog, &build, role().unwrap_or_default())).await,
            Command::Mon(mon) => Box::pin(self.mon(context, catalog, &mon, role().unwrap_or_default())).await,
            Command::Bytes(bytes) => Box::pin(self.bytes(context, catalog, &bytes)).await,
            Command::Dj(dj) => Box::pin(self.dj(context, catalog, &dj)).await,
            Command::Hosts(hosts) => Box::pin(self.hosts(context, catalog, &hosts, role())).await,
            Command::Offers => self.offer(context, catalog).await,
            other => Box::pin(self.read(context, catalog, &other)).await,
        }
    }

    /// What Slack says of a person, or what has to be assumed while it says nothing: looking at things may go on, for people
    /// whom the catalog knows; changing them may not.
    async fn standing_or_assumed(&self, catalog: &Catalog, asker: &Asker) -> (Standing, Option<PortError>) {
        match self.slack.standing(&asker.person).await {
            Ok(standing) => (standing, None),
            Err(error) if catalog.catalog.people.contains_key(&asker.person) => (Standing::Member, Some(error)),
            Err(error) => (Standing::Guest, Some(error)),
        }
    }

    fn follower<'b>(
        &'b self,
        correlation: &'b CorrelationId,
        catalog: Option<&'b Catalog>,
    ) -> Follower<'b, W::Store, W::Logs, W::Delivery> {
        Follower {
            store: self.store,
            logs: self.logs,
            delivery: self.delivery,
            catalog: catalog.map(|stored| &stored.catalog),
            console: self.console,
            now: self.now,
            correlation,
        }
    }

    async fn nudge(&self, correlation: &CorrelationId, messages: &[crate::outgoing::Changed]) {
        nudge(self.delivery, correlation, self.now, messages).await;
    }
}

/// The pipeline's stages in its order, as asking tells them.
fn stage_order(observations: &[Observation]) -> Vec<String> {
    observations
        .iter()
        .filter_map(|observation| match observation {
            Observation::Stage { stage, .. } => Some(stage.clone()),
            _ => None,
        })
        .collect()
}

/// The catalog as the use cases hold it.
type Catalog = Arc<StoredCatalog>;
