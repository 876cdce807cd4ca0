//! How a deployment moves with its pipeline's run, and what has to be written then.

use jiff::Timestamp;
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::Card;
use opsroom_domain::deployment::{Deployment, Effect, Event, Phase};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::pipeline_execution::PipelineExecution;
use opsroom_domain::room_message::Destination;

use super::{Follower, under_deployment};
use crate::alarms::{is_quiet_while_deploying, of_deployment};
use crate::cards;
use crate::ports::{Change, EnvironmentState, GateChange, MessageChange, Slot, SlotChange, Waiting};

impl<S, L, D> Follower<'_, S, L, D> {
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
            change.due.extend(self.end_of_quiet(&next));
        }
        let card = self.card(&next, Some(execution));
        // Nothing shows a new one yet.
        if card != shown || before.version == 0 {
            change.messages.insert(0, message(&next, card));
        }
        if next != before {
            change.deployment = Some(next);
        }
        change
    }

    fn add_effect(&self, change: &mut Change, effect: Effect, deployment: &Deployment, execution: &PipelineExecution) {
        match effect {
            Effect::TakeSlot | Effect::RetakeSlot => change.slot = Some(SlotChange::Take(slot_of(deployment))),
            Effect::StandBy => change.gate.push(GateChange::Wait(waiting_of(deployment))),
            Effect::StandDown => change.gate.push(GateChange::Leave {
                service: deployment.service.clone(),
                environment: deployment.environment.clone(),
                deployment: deployment.id.clone(),
            }),
            Effect::Call => change.messages.push(MessageChange {
                key: MessageKey::deployment_word(&deployment.id, cards::call_name(deployment)),
                destination: under_deployment(deployment),
                card: cards::deployment_call(deployment, self.catalog),
            }),
            Effect::GoOn => change.due.push(DueItem { at: self.now, task: DueTask::DeployNext { deployment: deployment.id.clone() } }),
            Effect::ReleaseSlot => {
                // Whoever waits for the place is let in by `commands`, which alone may start pipelines.
                change.due.push(DueItem { at: self.now, task: DueTask::AdmitWaiting { environment: deployment.environment.clone() } });
                change.slot = Some(SlotChange::Release {
                    service: deployment.service.clone(),
                    environment: deployment.environment.clone(),
                    deployment: deployment.id.clone(),
                });
            }
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

    /// Alarms that were quiet while it was deployed are looked at again.
    fn end_of_quiet(&self, deployment: &Deployment) -> Option<DueItem> {
        // Without a catalog nobody knows; an end that finds no silence does nothing.
        let may_be = self.catalog.is_none() || is_quiet_while_deploying(self.catalog, &deployment.service);
        may_be.then(|| DueItem { at: self.now, task: DueTask::EndSilence { silence: of_deployment(&deployment.id) } })
    }

    fn ended(&self, deployment: &Deployment) -> AuditRecord {
        let how = match &deployment.phase {
            Phase::Succeeded => "succeeded",
            Phase::Failed { .. } => "failed",
            Phase::Cancelled => "cancelled",
            Phase::Superseded => "superseded",
            Phase::Rejected { .. } => "rejected",
            Phase::Expired { .. } => "expired",
            Phase::Requested { .. }
            | Phase::AwaitingApproval
            | Phase::Waiting { .. }
            | Phase::Starting
            | Phase::Running
            | Phase::Cancelling => "unfinished",
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
            approvers: deployment.plan.approvers(),
            message: Some(MessageKey::deployment(&deployment.id)),
        }
    }

    pub(crate) fn card(&self, deployment: &Deployment, execution: Option<&PipelineExecution>) -> Card {
        cards::deployment(deployment, execution, self.console)
    }
}

fn waiting_of(deployment: &Deployment) -> Waiting {
    Waiting {
        service: deployment.service.clone(),
        environment: deployment.environment.clone(),
        deployment: deployment.id.clone(),
        requester: deployment.request.by.clone(),
        revision: deployment.revision.as_ref().map(|revision| revision.short().to_owned()),
        since: deployment.request.at,
        channel: deployment.request.channel.clone(),
    }
}

fn message(deployment: &Deployment, card: Card) -> MessageChange {
    MessageChange {
        key: MessageKey::deployment(&deployment.id),
        destination: Destination::Channel { channel: deployment.request.channel.clone(), thread: deployment.request.thread.clone() },
        card,
    }
}

fn slot_of(deployment: &Deployment) -> Slot {
    Slot {
        service: deployment.service.clone(),
        environment: deployment.environment.clone(),
        deployment: deployment.id.clone(),
        requester: deployment.request.by.clone(),
        revision: deployment.revision.as_ref().map(|revision| revision.short().to_owned()),
        since: deployment.begun_at(),
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
