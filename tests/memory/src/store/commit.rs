//! How a change is written: everything is checked first, then everything is written.

use opsroom_application::ports::{Change, Commit, GateChange, MessageChange, PortError, PortErrorKind, Slot, SlotChange};
use opsroom_domain::audit::AuditEntry;
use opsroom_domain::habit::Habit;
use opsroom_domain::room_message::RoomMessage;

use super::{MessageItem, StoreState};

impl StoreState {
    pub(super) fn commit(&mut self, change: Change) -> Result<Commit, PortError> {
        if let Some(refusal) = self.refusal(&change) {
            return Ok(refusal);
        }
        self.claims.extend(change.claim);
        if let Some(mut deployment) = change.deployment {
            deployment.version += 1;
            self.deployments.insert(deployment.id.clone(), deployment);
        }
        if let Some(mut execution) = change.execution {
            execution.version += 1;
            self.executions.insert(execution.key.clone(), execution);
        }
        match change.slot {
            Some(SlotChange::Take(slot)) => {
                self.slots.insert((slot.service.clone(), slot.environment.clone()), slot);
            }
            Some(SlotChange::Release { service, environment, deployment }) => {
                let key = (service, environment);
                if self.slots.get(&key).is_some_and(|slot| slot.deployment == deployment) {
                    self.slots.remove(&key);
                }
            }
            None => {}
        }
        for change in change.gate {
            self.change_gate(change);
        }
        if let Some(mut checks) = change.checks {
            checks.version += 1;
            self.checks.insert((checks.repository.clone(), checks.sha.clone()), *checks);
        }
        if let Some(current) = change.current {
            self.environments.insert((current.environment.clone(), current.service.clone()), current);
        }
        if let Some(mut health) = change.health {
            health.version += 1;
            self.healths.insert(health.key.clone(), health);
        }
        for mut conversation in change.conversations {
            conversation.version += 1;
            self.conversations.insert(conversation.snapshot.key.clone(), conversation);
        }
        for mut subscription in change.subscriptions {
            subscription.version += 1;
            self.subscriptions.insert((subscription.subject.clone(), subscription.channel.clone()), subscription);
        }
        if let Some(push) = change.pushed {
            self.pushes.insert((push.repository.clone(), push.at, push.after.clone()), push);
        }
        if let Some(login) = change.login {
            self.change_login(login);
        }
        self.monit.write(change.monit);
        self.operations.write(change.operations);
        if let Some(bytes) = change.bytes {
            self.bytes.write(*bytes);
        }
        if let Some(dj) = change.dj {
            self.dj.write(*dj);
        }
        if let Some(room) = change.opened {
            self.bytes.open(*room);
        }
        for message in change.messages {
            self.want(message);
        }
        self.due.extend(change.due.into_iter().map(|item| ((item.at, item.task.key()), item)));
        if let Some(used) = change.habit {
            let habit = self.habits.entry((used.channel, used.command)).or_insert(Habit { line: String::new(), count: 0 });
            *habit = Habit { line: used.line, count: habit.count + 1 };
        }
        for record in change.audit {
            let entry =
                AuditEntry::after(self.audit.last(), record).map_err(|error| PortError::new(PortErrorKind::Permanent, "commit", error))?;
            self.audit.push(entry);
        }
        Ok(Commit::Done)
    }

    fn refusal(&self, change: &Change) -> Option<Commit> {
        if change.claim.as_ref().is_some_and(|claim| self.claims.contains(claim)) {
            return Some(Commit::AlreadyDone);
        }
        let deployment_is_stale =
            change.deployment.as_ref().is_some_and(|next| self.deployments.get(&next.id).map_or(0, |known| known.version) != next.version);
        let execution_is_stale =
            change.execution.as_ref().is_some_and(|next| self.executions.get(&next.key).map_or(0, |known| known.version) != next.version);
        if deployment_is_stale
            || execution_is_stale
            || self.rooms_are_stale(change)
            || self.monit.is_stale(&change.monit)
            || self.operations.is_stale(&change.operations)
            || change.dj.as_ref().is_some_and(|dj| self.dj.is_stale(dj))
            || change.bytes.as_ref().is_some_and(|bytes| self.bytes.is_stale(bytes))
            || self.gate_is_stale(change)
        {
            return Some(Commit::Stale);
        }
        if let Some(taken) = self.login_is_taken(change.login.as_ref()) {
            return Some(taken);
        }
        let Some(SlotChange::Take(wanted)) = &change.slot else { return None };
        let holder: &Slot = self.slots.get(&(wanted.service.clone(), wanted.environment.clone()))?;
        (holder.deployment != wanted.deployment).then(|| Commit::SlotTaken(holder.clone()))
    }

    /// Whether another lock is there than the one that was read.
    fn gate_is_stale(&self, change: &Change) -> bool {
        change.gate.iter().any(|change| match change {
            GateChange::Lock { lock, replaces } => match (self.locks.get(&lock.scope), replaces) {
                (None, None) => false,
                (Some(known), Some(read)) => !known.is_unchanged(read),
                _ => true,
            },
            GateChange::Unlock { lock } => self.locks.get(&lock.scope).is_none_or(|known| !known.is_unchanged(lock)),
            GateChange::Wait(_) | GateChange::Leave { .. } => false,
        })
    }

    fn change_gate(&mut self, change: GateChange) {
        match change {
            GateChange::Wait(waiting) => {
                self.waiting.insert((waiting.service.clone(), waiting.environment.clone(), waiting.deployment.clone()), waiting);
            }
            GateChange::Leave { service, environment, deployment } => {
                self.waiting.remove(&(service, environment, deployment));
            }
            GateChange::Lock { lock, .. } => {
                self.locks.insert(lock.scope.clone(), lock);
            }
            GateChange::Unlock { lock } => {
                self.locks.remove(&lock.scope);
            }
        }
    }

    fn want(&mut self, change: MessageChange) {
        let now = self.now;
        let item = self.messages.entry(change.key.clone()).or_insert_with(|| MessageItem {
            message: RoomMessage {
                key: change.key,
                destination: change.destination,
                wanted: change.card.clone(),
                version: 0,
                shown: None,
                sending: None,
                undeliverable: None,
            },
            waiting_since: None,
        });
        item.message.wanted = change.card;
        item.message.version += 1;
        item.message.undeliverable = None;
        item.waiting_since.get_or_insert(now);
    }
}
