//! What is asked of hosts: written down first, sent then, and followed until it ends.

mod attach;
mod begin;
mod explain;
mod logs;
mod look;
mod reads;
mod reboot;
mod run;
mod send;
mod stop;

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::catalog::{Resolved, TargetHosts};
use opsroom_domain::ids::{EventKey, MessageKey, OperationId};
use opsroom_domain::operation::{Effect, Event, Hold, Operation, Phase};
use opsroom_domain::room_message::Destination;
use opsroom_grammar::Hosts;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, Later, MessageChange, OperationChange, OperationStore, Store};
use crate::progress::ATTEMPTS;
use crate::request::{Ask, Request};

/// How soon something is looked at again that is expected to have moved by then.
const SOON: SignedDuration = SignedDuration::from_secs(2);

impl<W: Ports> Commander<'_, W> {
    /// A line about hosts. `role` is the one that allows it, where that is known already.
    pub(super) async fn hosts(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        hosts: &Hosts,
        role: Option<String>,
    ) -> Result<Worked, Failure> {
        match hosts {
            Hosts::Restart { service, environment, batch } => {
                self.restart_service(context, catalog, (service, environment), *batch, role).await
            }
            Hosts::Reboot { host, of } => self.ask_to_reboot(context, catalog, host, of.as_ref()).await,
            Hosts::Check { on } => self.check_hosts(context, catalog, on).await,
            Hosts::List { service, environment } => self.list_hosts(context, catalog, service.as_deref(), environment.as_deref()).await,
            Hosts::Logs { service, environment, wish, host } => {
                self.service_logs(context, catalog, (service, environment), wish, host.as_deref()).await
            }
            Hosts::Run { runbook, on, given, check } => self.run_runbook(context, catalog, runbook, on, given, *check).await,
            Hosts::Runbooks => self.answer(context, cards::runbooks(&catalog.catalog)).await,
            Hosts::Cancel { operation } => self.stop_operation(context, catalog, operation).await,
        }
    }

    /// Moves an operation by an event, and writes what follows from it; `None` if there is no such operation. Whoever is late with an
    /// event that no longer means anything changes nothing.
    async fn move_operation<'e>(
        &self,
        request: &Request,
        id: &OperationId,
        claim: Option<&EventKey>,
        audit: &[AuditRecord],
        events: impl Fn(&Operation) -> Vec<Event<'e>> + Send,
    ) -> Result<Option<Moved>, Failure> {
        for _ in 0..ATTEMPTS {
            let Some(before) = self.store.operation(id).await? else { return Ok(None) };
            let mut now = before.clone();
            let mut effects = Vec::new();
            for event in events(&before) {
                let (next, more) = now.on(event, self.now);
                now = next;
                effects.extend(more);
            }
            if now == before && claim.is_none() {
                return Ok(Some(Moved { before, now, effects }));
            }
            let mut change = self.change_of(request, &before, &now, &effects).await?;
            change.claim = claim.cloned();
            change.audit.extend(audit.iter().cloned());
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Done => {
                    self.nudge(&request.correlation, &keys).await;
                    return Ok(Some(Moved { before, now, effects }));
                }
                Commit::AlreadyDone => return Ok(Some(Moved { before, now: self.operation_again(id).await?, effects: Vec::new() })),
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
            }
        }
        Err(Failure::Contended(format!("operation {id}")))
    }

    async fn operation_again(&self, id: &OperationId) -> Result<Operation, Failure> {
        self.store.operation(id).await?.ok_or_else(|| Failure::Bug(format!("operation {id} was there and then wasn't")))
    }

    /// Everything that has to be written when an operation has become what it is now.
    async fn change_of(&self, request: &Request, before: &Operation, now: &Operation, effects: &[Effect]) -> Result<Change, Failure> {
        let mut change = Change { operations: OperationChange { operation: Some(Box::new(now.clone())), hold: None }, ..Change::default() };
        let card = cards::operation(now);
        if card != cards::operation(before) {
            change.messages.push(message(now));
        }
        if !effects.contains(&Effect::Ended) {
            return Ok(change);
        }
        if now.what.changes_something() {
            let hold = self.store.hold(&now.service, &now.environment).await?;
            let ours = hold.filter(|hold| hold.operation.as_ref() == Some(&now.id));
            change.operations.hold = ours.map(|hold| Box::new(Hold { operation: None, ..hold }));
            change.audit.push(ended(now, request, self.now));
        }
        if let Some(card) = cards::operation_notice(now) {
            let parent = MessageKey::operation(&now.id);
            let destination = Destination::Under { channel: now.asked.channel.clone(), parent };
            change.messages.push(MessageChange { key: MessageKey::operation_word(&now.id, "notice"), destination, card });
        }
        if let Some(card) = cards::operation_output(now) {
            let parent = MessageKey::operation(&now.id);
            let destination = Destination::Under { channel: now.asked.channel.clone(), parent };
            change.messages.push(MessageChange { key: MessageKey::operation_word(&now.id, "output"), destination, card });
        }
        if !now.is_settled() {
            change.due.push(now.next_look(self.now));
        }
        Ok(change)
    }

    /// Lets somebody look at an operation in a moment. A look that is lost is made up for by the clock.
    async fn look_later(&self, request: &Request, id: &OperationId, tick: bool, delay: SignedDuration) {
        let at = self.now.saturating_add(delay).unwrap_or(self.now);
        let event = EventKey::new(format!("look/{id}/{}", at.as_millisecond()));
        let ask = Ask::LookAtOperation { operation: id.clone(), tick };
        let look = Request { event, correlation: request.correlation.clone(), ask };
        if let Err(error) = self.later.send_in(&look, delay).await {
            tracing::warn!(%error, operation = %id, "left to the clock");
        }
    }
}

/// What an event has made of an operation.
struct Moved {
    before: Operation,
    now: Operation,
    effects: Vec<Effect>,
}

impl Moved {
    /// Whether it has just ended.
    fn has_ended(&self) -> bool {
        self.effects.contains(&Effect::Ended)
    }
}

/// The operation's one message.
fn message(operation: &Operation) -> MessageChange {
    MessageChange {
        key: MessageKey::operation(&operation.id),
        destination: Destination::Channel { channel: operation.asked.channel.clone(), thread: operation.asked.thread.clone() },
        card: cards::operation(operation),
    }
}

fn ended(operation: &Operation, request: &Request, now: Timestamp) -> AuditRecord {
    let how = match &operation.phase {
        Phase::Succeeded => "succeeded",
        Phase::Failed { .. } => "failed",
        Phase::Cancelled => "cancelled",
        Phase::Sending | Phase::Running | Phase::Cancelling => "unfinished",
    };
    record(operation, request, now, Outcome::Ended { what: operation.id.to_string(), how: how.to_owned() })
}

fn record(operation: &Operation, request: &Request, now: Timestamp, outcome: Outcome) -> AuditRecord {
    AuditRecord {
        at: now,
        actor: operation.asked.by.clone(),
        channel: operation.asked.channel.clone(),
        request: cards::operation_in_words(operation),
        service: Some(operation.service.clone()),
        environment: Some(operation.environment.clone()),
        outcome,
        correlation: request.correlation.clone(),
        approvers: Vec::new(),
        message: Some(MessageKey::operation(&operation.id)),
    }
}

/// A service's hosts in an environment, where the catalog says which they are.
pub(super) fn hosts_of<'a>(found: &Resolved<'a>) -> Option<&'a TargetHosts> {
    found.target.hosts.as_ref()
}
