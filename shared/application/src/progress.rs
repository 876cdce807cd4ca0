//! What has been seen of a pipeline's run is taken in here: by `activity` from events, by `commands` from asking.

use jiff::Timestamp;
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::Card;
use opsroom_domain::console::Console;
use opsroom_domain::deployment::{Deployment, Effect, Event, Phase};
use opsroom_domain::ids::{CorrelationId, MessageKey};
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation, PipelineExecution};
use opsroom_domain::room_message::Destination;

use crate::cards;
use crate::failure::Failure;
pub(crate) use crate::outgoing::lanes;
use crate::outgoing::nudge;
use crate::ports::{Change, Commit, DeliveryQueue, EnvironmentState, MessageChange, Slot, SlotChange, Store};

/// How often a change is tried anew when somebody else was faster.
pub(crate) const ATTEMPTS: usize = 8;

/// What taking in sightings needs.
pub struct Follower<'a, S, D> {
    /// The table.
    pub store: &'a S,
    /// The way to the room.
    pub delivery: &'a D,
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
}

impl<S: Store, D: DeliveryQueue> Follower<'_, S, D> {
    /// Takes in what was seen of a run, and moves the deployment that started it, if one did. `order` are the pipeline's
    /// stages, where they are known.
    pub async fn take_in(&self, key: &ExecutionKey, observations: &[Observation], order: &[String]) -> Result<Taken, Failure> {
        let mut slot_is_taken = false;
        for _ in 0..ATTEMPTS {
            let mut execution = self.store.execution(key).await?.unwrap_or_else(|| PipelineExecution::unseen(key.clone()));
            let before = execution.clone();
            let deployment = match &execution.deployment {
                Some(id) => self.store.deployment(id).await?,
                None => None,
            };
            // `|` rather than `||`: every observation is to be taken in.
            let changed = observations.iter().fold(false, |changed, observation| execution.observe(observation, self.now) | changed);
            if !changed {
                return Ok(Taken::NothingNew);
            }
            execution.arrange_stages(order);
            let mut change = match deployment {
                Some(deployment) => self.moved(deployment, &before, vec![Event::Progressed(&execution)], &execution),
                None => Change::default(),
            };
            change.execution = Some(execution);
            // Another deployment runs there already: the retried one keeps its message and goes without the slot.
            if slot_is_taken && matches!(change.slot, Some(SlotChange::Take(_))) {
                change.slot = None;
            }
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Done => {
                    self.nudge(&keys).await?;
                    return Ok(Taken::Kept);
                }
                Commit::Stale | Commit::LoginTaken(_) => {}
                Commit::SlotTaken(_) => slot_is_taken = true,
                Commit::AlreadyDone => return Ok(Taken::NothingNew),
            }
        }
        Err(Failure::Contended(format!("execution {} of {}", key.execution, key.pipeline)))
    }

    /// What has to be written when events move a deployment. `seen_before` is the run as the message showed it.
    pub(crate) fn moved(
        &self,
        deployment: Deployment,
        seen_before: &PipelineExecution,
        events: Vec<Event<'_>>,
        execution: &PipelineExecution,
    ) -> Change {
        let shown = self.card(&deployment, Some(seen_before));
        let before = deployment.clone();
        let mut next = deployment;
        let mut change = Change::default();
        for event in events {
            let (moved, effects) = next.on(event, self.now);
            next = moved;
            for effect in effects {
                self.add_effect(&mut change, effect, &next, execution);
            }
        }
        if next.phase.is_final() && !before.phase.is_final() {
            change.audit.push(self.ended(&next));
        }
        let card = self.card(&next, Some(execution));
        if card != shown {
            change.messages.insert(0, message(&next, card));
        }
        if next != before {
            change.deployment = Some(next);
        }
        change
    }

    fn add_effect(&self, change: &mut Change, effect: Effect, deployment: &Deployment, execution: &PipelineExecution) {
        match effect {
            Effect::ReleaseSlot => {
                change.slot = Some(SlotChange::Release {
                    service: deployment.service.clone(),
                    environment: deployment.environment.clone(),
                    deployment: deployment.id.clone(),
                });
            }
            Effect::RetakeSlot => change.slot = Some(SlotChange::Take(slot_of(deployment))),
            Effect::RecordAsCurrent => change.current = Some(now_running(deployment, execution, self.now)),
            Effect::NotifyRequester => {
                let ended_at = deployment.ended_at.unwrap_or(self.now);
                change.messages.push(MessageChange {
                    key: MessageKey::deployment_notice(&deployment.id, ended_at),
                    destination: Destination::Under {
                        channel: deployment.request.channel.clone(),
                        parent: MessageKey::deployment(&deployment.id),
                    },
                    card: cards::deployment_notice(deployment, Some(execution)),
                });
            }
            Effect::Schedule(item) => change.due.push(item),
            // Stopping takes a right that only `commands` has; it looks for the wish itself, after its own changes.
            Effect::StopPipeline(_) => {}
        }
    }

    fn ended(&self, deployment: &Deployment) -> AuditRecord {
        let how = match &deployment.phase {
            Phase::Succeeded => "succeeded",
            Phase::Failed { .. } => "failed",
            Phase::Cancelled => "cancelled",
            Phase::Superseded => "superseded",
            Phase::Starting | Phase::Running | Phase::Cancelling => "unfinished",
        };
        AuditRecord {
            at: deployment.ended_at.unwrap_or(self.now),
            actor: deployment.request.by.clone(),
            channel: deployment.request.channel.clone(),
            request: cards::deployment_in_words(deployment),
            service: Some(deployment.service.clone()),
            environment: Some(deployment.environment.clone()),
            outcome: Outcome::Ended { what: deployment.id.to_string(), how: how.to_owned() },
            correlation: self.correlation.clone(),
        }
    }

    pub(crate) fn card(&self, deployment: &Deployment, execution: Option<&PipelineExecution>) -> Card {
        cards::deployment(deployment, execution, self.console)
    }

    pub(crate) async fn nudge(&self, messages: &[(MessageKey, String)]) -> Result<(), Failure> {
        nudge(self.delivery, self.correlation, self.now, messages).await;
        Ok(())
    }
}

pub(crate) fn message(deployment: &Deployment, card: Card) -> MessageChange {
    MessageChange {
        key: MessageKey::deployment(&deployment.id),
        destination: Destination::Channel { channel: deployment.request.channel.clone(), thread: deployment.request.thread.clone() },
        card,
    }
}

pub(crate) fn slot_of(deployment: &Deployment) -> Slot {
    Slot {
        service: deployment.service.clone(),
        environment: deployment.environment.clone(),
        deployment: deployment.id.clone(),
        requester: deployment.request.by.clone(),
        revision: deployment.revision.as_ref().map(|revision| revision.short().to_owned()),
        since: deployment.request.at,
        channel: deployment.request.channel.clone(),
    }
}

fn now_running(deployment: &Deployment, execution: &PipelineExecution, now: Timestamp) -> EnvironmentState {
    let source = deployment.source_of_revision(execution);
    EnvironmentState {
        service: deployment.service.clone(),
        environment: deployment.environment.clone(),
        revision: deployment.revision.as_ref().map(ToString::to_string).or_else(|| source.map(|source| source.id.clone())),
        summary: source.and_then(|source| source.summary.clone()),
        url: source.and_then(|source| source.url.clone()),
        deployment: deployment.id.clone(),
        by: deployment.request.by.clone(),
        at: deployment.ended_at.unwrap_or(now),
    }
}
