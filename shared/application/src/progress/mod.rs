//! What has been seen of a run is taken in here: by `activity` from events and webhooks, by `commands` from asking. Whatever follows from
//! it (the run, how its branch stands, a deployment, messages, what comes due) is written in one transaction.

mod contents;
mod deployment;
mod log_tail;
mod told;
mod watchers;

use jiff::Timestamp;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::console::Console;
use opsroom_domain::deployment::{Deployment, Event};
use opsroom_domain::due::DueItem;
use opsroom_domain::ids::CorrelationId;
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation, PipelineExecution};

pub(crate) use self::log_tail::LogTail;
pub(crate) use self::told::{run_notice, under_deployment};
pub(crate) use self::watchers::{Wishes, service_of, subjects};
use crate::failure::Failure;
pub(crate) use crate::outgoing::lanes;
use crate::outgoing::nudge;
use crate::ports::{
    BuildLogs, BuildStore, Change, Commit, DeliveryQueue, PortError, RepositoryStore, Slot, SlotChange, Store, SubscriptionStore,
};

/// How often a change is tried anew when somebody else was faster.
pub(crate) const ATTEMPTS: usize = 8;

/// How many messages go into the transaction with everything else: it takes 100 items (`TransactWriteItems`).
const MOST_MESSAGES: usize = 45;

/// What is read and written about runs.
pub trait RunTables: Store + SubscriptionStore + RepositoryStore + BuildStore {}

impl<T: Store + SubscriptionStore + RepositoryStore + BuildStore> RunTables for T {}

/// What taking in sightings needs.
pub struct Follower<'a, S, L, D> {
    /// The tables.
    pub store: &'a S,
    /// The logs of builds.
    pub logs: &'a L,
    /// The way to the room.
    pub delivery: &'a D,
    /// The catalog in force, if there is one: whose pipeline it is, and who people are.
    pub catalog: Option<&'a Catalog>,
    /// For links.
    pub console: &'a Console,
    /// Now.
    pub now: Timestamp,
    /// Follows the event.
    pub correlation: &'a CorrelationId,
}

/// What came of sightings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// They told nothing new.
    NothingNew,
    /// They were kept.
    Kept,
    /// Nobody watches the run, and no service of the catalog has it: nothing was kept.
    Unwatched,
}

/// What came of changing what is known of a run.
pub(crate) enum Amended<R> {
    /// It is changed.
    Done(Box<PipelineExecution>),
    /// The event was worked on before.
    Before,
    /// As things stand it isn't to be changed.
    Refused(R),
    /// Another deployment is in the place that the run's own would take.
    Taken(Box<Slot>),
    /// Nothing is known of the run.
    Unknown,
}

impl<S: RunTables, L: BuildLogs, D: DeliveryQueue> Follower<'_, S, L, D> {
    /// Takes in what was seen of a run, tells those who watch it, and moves the deployment that started it, if one did. `order` are the
    /// pipeline's stages, where they are known.
    pub async fn take_in(&self, key: &ExecutionKey, observations: &[Observation], order: &[String]) -> Result<Taken, Failure> {
        self.take_in_and_tell(key, observations, order).await.map(|(taken, _)| taken)
    }

    /// The same, and what came due by it at once: who waits for a place that has become free, say. It is written down like everything that
    /// comes due, so the clock finds it within the minute; whoever hands it on now spares that time.
    pub async fn take_in_and_tell(
        &self,
        key: &ExecutionKey,
        observations: &[Observation],
        order: &[String],
    ) -> Result<(Taken, Vec<DueItem>), Failure> {
        let mut slot_is_taken = false;
        let mut log = LogTail::default();
        for _ in 0..ATTEMPTS {
            let before = self.store.execution(key).await?.unwrap_or_else(|| PipelineExecution::unseen(key.clone()));
            let mut execution = before.clone();
            // `|` rather than `||`: every observation is to be taken in.
            let changed = observations.iter().fold(false, |changed, observation| execution.observe(observation, self.now) | changed);
            if !changed {
                return Ok((Taken::NothingNew, Vec::new()));
            }
            execution.arrange_stages(order);
            let deployment = self.deployment_of(&execution).await?;
            let Some(mut change) = self.follows(&before, execution, deployment, None, &mut log).await? else {
                return Ok((Taken::Unwatched, Vec::new()));
            };
            // Another deployment runs there already: the retried one keeps its message and goes without the slot.
            if slot_is_taken && matches!(change.slot, Some(SlotChange::Take(_))) {
                change.slot = None;
            }
            let keys = lanes(&change);
            let due: Vec<DueItem> = change.due.iter().filter(|item| item.at <= self.now).cloned().collect();
            // Boxed, because a change is held in it several times over.
            match Box::pin(self.write(change)).await? {
                Commit::Done => {
                    self.nudge(&keys).await?;
                    return Ok((Taken::Kept, due));
                }
                Commit::Stale | Commit::LoginTaken(_) => {}
                Commit::SlotTaken(_) => slot_is_taken = true,
                Commit::AlreadyDone => return Ok((Taken::NothingNew, Vec::new())),
            }
        }
        Err(contended(key))
    }

    /// Changes what is known of a run because of something that was done here, with everything that shows it. `amend` may be called several
    /// times; what it adds to the change is written with it. `first` happens to the deployment that the run is of.
    pub(crate) async fn amend<R: Send>(
        &self,
        key: &ExecutionKey,
        first: Option<Event<'static>>,
        mut amend: impl FnMut(&mut PipelineExecution, Option<&Deployment>, &mut Change) -> Result<(), R> + Send,
    ) -> Result<Amended<R>, Failure> {
        let mut log = LogTail::default();
        for _ in 0..ATTEMPTS {
            let Some(before) = self.store.execution(key).await? else { return Ok(Amended::Unknown) };
            let deployment = self.deployment_of(&before).await?;
            let mut execution = before.clone();
            let mut own = Change::default();
            if let Err(refusal) = amend(&mut execution, deployment.as_ref(), &mut own) {
                return Ok(Amended::Refused(refusal));
            }
            let Some(follows) = self.follows(&before, execution.clone(), deployment, first.clone(), &mut log).await? else {
                return Ok(Amended::Unknown);
            };
            let change = merged(follows, own);
            let keys = lanes(&change);
            // Boxed, because a change is held in it several times over.
            match Box::pin(self.write(change)).await? {
                Commit::Done => {
                    self.nudge(&keys).await?;
                    return Ok(Amended::Done(Box::new(execution)));
                }
                Commit::AlreadyDone => return Ok(Amended::Before),
                Commit::SlotTaken(slot) => return Ok(Amended::Taken(Box::new(slot))),
                Commit::Stale | Commit::LoginTaken(_) => {}
            }
        }
        Err(contended(key))
    }

    /// Everything that has to be written when a run has become what it is now; `None` if the run is nobody's business. `first` happens to the
    /// deployment before it follows the run.
    pub(crate) async fn follows(
        &self,
        before: &PipelineExecution,
        mut execution: PipelineExecution,
        deployment: Option<Deployment>,
        first: Option<Event<'_>>,
        log: &mut LogTail,
    ) -> Result<Option<Change>, Failure> {
        // Boxed, because it is by far the largest part of every future that leads here.
        let Some(mut change) = Box::pin(self.told(before, &mut execution, deployment.as_ref(), log)).await? else { return Ok(None) };
        if let Some(deployment) = deployment {
            let contents = self.contents(&deployment, before, &execution).await?;
            let events = first.into_iter().chain(contents.map(Event::Contains)).chain([Event::Progressed(&execution)]).collect();
            // The deployment's message first: what is said under it comes after it.
            change = merged(self.moved(deployment, before, events, &execution), change);
        }
        change.execution = Some(execution);
        Ok(Some(change))
    }

    async fn deployment_of(&self, execution: &PipelineExecution) -> Result<Option<Deployment>, PortError> {
        match &execution.deployment {
            Some(id) => self.store.deployment(id).await,
            None => Ok(None),
        }
    }

    /// Writes a change. Messages that don't fit into one transaction go ahead of it: should the rest fail, they are written again with it.
    pub(crate) async fn write(&self, mut change: Change) -> Result<Commit, PortError> {
        while change.messages.len() > MOST_MESSAGES {
            let messages = change.messages.split_off(change.messages.len().saturating_sub(MOST_MESSAGES));
            self.store.commit(Change { messages, ..Change::default() }).await?;
        }
        self.store.commit(change).await
    }
}

impl<S, L, D: DeliveryQueue> Follower<'_, S, L, D> {
    pub(crate) async fn nudge(&self, messages: &[crate::outgoing::Changed]) -> Result<(), Failure> {
        nudge(self.delivery, self.correlation, self.now, messages).await;
        Ok(())
    }
}

/// One change of two; where both have something that there is only one of, the second's.
fn merged(mut first: Change, second: Change) -> Change {
    first.claim = second.claim.or(first.claim);
    first.deployment = second.deployment.or(first.deployment);
    first.execution = second.execution.or(first.execution);
    first.slot = second.slot.or(first.slot);
    first.checks = second.checks.or(first.checks);
    first.gate.extend(second.gate);
    first.current = second.current.or(first.current);
    first.health = second.health.or(first.health);
    first.pushed = second.pushed.or(first.pushed);
    first.login = second.login.or(first.login);
    first.conversations.extend(second.conversations);
    first.subscriptions.extend(second.subscriptions);
    first.messages.extend(second.messages);
    first.due.extend(second.due);
    first.audit.extend(second.audit);
    first.monit.incidents.extend(second.monit.incidents);
    first.monit.alarms.extend(second.monit.alarms);
    first.monit.groups.extend(second.monit.groups);
    first.monit.settings.extend(second.monit.settings);
    first.monit.looked = second.monit.looked.or(first.monit.looked);
    first.monit.unreadables = second.monit.unreadables.or(first.monit.unreadables);
    first
}

fn contended(key: &ExecutionKey) -> Failure {
    Failure::Contended(format!("execution {} of {}", key.execution, key.pipeline))
}
