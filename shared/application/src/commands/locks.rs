//! `lock`, `unlock`, `locks`, `freeze` and `unfreeze`. Each lock has one message, which tells how it ended, too.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{ChannelId, EnvironmentName, LockId, MessageKey, ServiceName};
use opsroom_domain::lock::{Lock, LockEnd, LockKind, LockScope, USUAL_LOCK};
use opsroom_domain::rights::{Allowed, Permission};
use opsroom_domain::room_message::Destination;
use opsroom_grammar::Place;

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::judge::{may_everywhere, may_somewhere};
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, Directory, GateChange, MessageChange, Store};
use crate::progress::ATTEMPTS;
use crate::request::Request;

/// What somebody wants locked.
pub(super) struct LockWish {
    /// On what.
    pub(super) scope: LockScope,
    /// For how long.
    pub(super) span: SignedDuration,
    /// Why.
    pub(super) reason: Option<String>,
    /// Whether another's is taken over.
    pub(super) steal: bool,
}

impl LockWish {
    /// A lock.
    pub(super) fn lock(place: &Place, span: Option<SignedDuration>, reason: Option<String>, steal: bool) -> Self {
        Self { scope: scope(LockKind::Lock, place), span: span.unwrap_or(USUAL_LOCK), reason, steal }
    }

    /// A freeze. Whoever may make one may also change one.
    pub(super) fn freeze(environment: &str, span: SignedDuration, reason: Option<String>) -> Self {
        let place = Place { environment: environment.to_owned(), service: None };
        Self { scope: scope(LockKind::Freeze, &place), span, reason, steal: true }
    }
}

/// What a line names.
pub(super) fn scope(kind: LockKind, place: &Place) -> LockScope {
    let service = place.service.as_ref().map(ServiceName::new);
    LockScope { kind, environment: EnvironmentName::new(&place.environment), service }
}

impl<W: Ports> Commander<'_, W> {
    /// `lock` and `freeze`.
    pub(super) async fn lock(&self, context: Context<'_>, wish: LockWish, allowed: &Allowed) -> Result<Worked, Failure> {
        for _ in 0..ATTEMPTS {
            let gate = self.store.gate().await?;
            let known = gate.locks.iter().find(|lock| lock.scope == wish.scope);
            let holds = known.filter(|lock| lock.holds(self.now));
            if let Some(other) = holds.filter(|lock| lock.by != context.asker.person && !wish.steal) {
                // Whoever may lock this may take it over, too.
                let about = (wish.scope.service.as_ref(), &wish.scope.environment);
                return self
                    .turn_down_about(context, cards::locked_already(other), "locked", about, Some(MessageKey::lock(&other.id)))
                    .await;
            }
            let lock = self.next_lock(context, &wish, holds);
            let mut change = Change { claim: Some(context.request.event.clone()), habit: context.habit.cloned(), ..Change::default() };
            change.messages.push(lock_message(&lock, cards::lock(&lock, None)));
            // Another's, and one that has run out unseen, ends with this.
            if let Some(old) = known.filter(|old| old.id != lock.id) {
                let end = if holds.is_some() {
                    LockEnd::TakenOver { by: context.asker.person.clone(), reason: lock.reason.clone() }
                } else {
                    LockEnd::RunOut
                };
                add_end(&mut change, old, &end);
            }
            change.due.push(end_of(&lock));
            let started = format!("{} of {}", lock.scope.kind.as_str(), lock.scope);
            change.audit.push(self.locked(context, &lock, allowed, started));
            change.gate.push(GateChange::Lock { replaces: known.cloned().map(Box::new), lock });
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
                committed => {
                    self.nudge(&context.request.correlation, &keys).await;
                    // Whose it is now need not wait for it any more.
                    self.admit_waiting(context.request, &wish.scope.environment).await?;
                    return Ok(if committed == Commit::AlreadyDone { Worked::Before } else { Worked::Done });
                }
            }
        }
        Err(Failure::Contended(format!("the locks of {}", wish.scope.environment)))
    }

    /// One's own is prolonged, anything else is new.
    fn next_lock(&self, context: Context<'_>, wish: &LockWish, holds: Option<&Lock>) -> Lock {
        let until = self.now.saturating_add(wish.span).unwrap_or(self.now);
        match holds.filter(|lock| lock.by == context.asker.person) {
            Some(own) => Lock { until, reason: wish.reason.clone().or_else(|| own.reason.clone()), ..own.clone() },
            None => Lock {
                id: LockId::derived_from(&context.request.event),
                scope: wish.scope.clone(),
                by: context.asker.person.clone(),
                at: self.now,
                until,
                reason: wish.reason.clone(),
                channel: context.asker.channel.clone(),
                thread: context.reply.thread().map(str::to_owned),
            },
        }
    }

    /// `unlock` and `unfreeze`, typed.
    pub(super) async fn unlock(&self, context: Context<'_>, catalog: &Catalog, scope: &LockScope) -> Result<Worked, Failure> {
        let gate = self.store.gate().await?;
        match gate.locks.iter().find(|lock| lock.scope == *scope) {
            Some(lock) => self.unlock_this(context, catalog, scope, &lock.id).await,
            None => self.answer_privately(context, cards::not_locked(scope, &gate.locks)).await,
        }
    }

    /// Takes one lock away: its owner may, and whoever may override. A button of one that is gone says so.
    pub(super) async fn unlock_this(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        scope: &LockScope,
        id: &LockId,
    ) -> Result<Worked, Failure> {
        let standing = self.slack.standing(&context.asker.person).await?;
        for _ in 0..ATTEMPTS {
            let gate = self.store.gate().await?;
            let Some(lock) = gate.locks.iter().find(|lock| lock.scope == *scope && lock.id == *id) else {
                // This very request may have taken it away, and died before it let anybody in.
                self.admit_waiting(context.request, &scope.environment).await?;
                return self.answer_privately(context, cards::not_locked(scope, &gate.locks)).await;
            };
            let is_own = lock.by == context.asker.person && scope.kind == LockKind::Lock;
            let permission = if is_own { Permission::Deploy } else { Permission::Override };
            let may = |permission| may_everywhere(&catalog.catalog, context.asker, standing, permission, scope);
            // One's own lock may be let go of by whoever may deploy anything of what it is on.
            let judged = if is_own { may_somewhere(&catalog.catalog, context.asker, standing, permission, scope) } else { may(permission) };
            let allowed = match judged {
                Ok(allowed) => allowed,
                // They may take it over instead, and are told how.
                Err(_) if !is_own && scope.kind == LockKind::Lock && may(Permission::Deploy).is_ok() => {
                    let about = (scope.service.as_ref(), &scope.environment);
                    let message = Some(MessageKey::lock(&lock.id));
                    return self.turn_down_about(context, cards::anothers_lock(lock), "anothers-lock", about, message).await;
                }
                Err(denied) => return self.refuse_about(context, &denied, MessageKey::lock(&lock.id)).await,
            };
            let mut change = Change { claim: Some(context.request.event.clone()), habit: context.habit.cloned(), ..Change::default() };
            add_end(&mut change, lock, &LockEnd::Unlocked { by: context.asker.person.clone() });
            let started = format!("end of the {} of {scope}", scope.kind.as_str());
            change.audit.push(self.locked(context, lock, &allowed, started));
            change.gate.push(GateChange::Unlock { lock: lock.clone() });
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
                committed => {
                    self.nudge(&context.request.correlation, &keys).await;
                    self.admit_waiting(context.request, &scope.environment).await?;
                    return Ok(if committed == Commit::AlreadyDone { Worked::Before } else { Worked::Done });
                }
            }
        }
        Err(Failure::Contended(format!("the locks of {}", scope.environment)))
    }

    /// `locks`
    pub(super) async fn locks(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let gate = self.store.gate().await?;
        self.answer(context, cards::locks(&catalog.catalog, &gate, self.now)).await
    }

    /// A lock's time is over, unless it was prolonged or ended before.
    pub(super) async fn end_lock(&self, request: &Request, scope: &LockScope, id: &LockId, until: Timestamp) -> Result<Worked, Failure> {
        let gate = self.store.gate().await?;
        let is_over = |lock: &&Lock| lock.scope == *scope && lock.id == *id && lock.until <= until;
        if let Some(lock) = gate.locks.iter().find(is_over) {
            let mut change = Change::default();
            add_end(&mut change, lock, &LockEnd::RunOut);
            change.gate.push(GateChange::Unlock { lock: lock.clone() });
            let keys = lanes(&change);
            // If it is another one by now, there is nothing to end.
            if self.store.commit(change).await? == Commit::Done {
                self.nudge(&request.correlation, &keys).await;
            }
        }
        self.admit_waiting(request, &scope.environment).await?;
        Ok(Worked::Done)
    }

    fn locked(&self, context: Context<'_>, lock: &Lock, allowed: &Allowed, started: String) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: lock.scope.service.clone(),
            environment: Some(lock.scope.environment.clone()),
            outcome: Outcome::Allowed { role: allowed.role.to_string(), started },
            correlation: context.request.correlation.clone(),
            approvers: Vec::new(),
            message: Some(MessageKey::lock(&lock.id)),
        }
    }
}

fn end_of(lock: &Lock) -> DueItem {
    let task = DueTask::EndLock { scope: lock.scope.clone(), lock: lock.id.clone(), until: lock.until };
    DueItem { at: lock.until, task }
}

fn lock_message(lock: &Lock, card: opsroom_domain::card::Card) -> MessageChange {
    let destination = Destination::Channel { channel: lock.channel.clone(), thread: lock.thread.clone() };
    MessageChange { key: MessageKey::lock(&lock.id), destination, card }
}

/// The message of a lock that has ended, and the word to its owner if it wasn't they who ended it.
fn add_end(change: &mut Change, lock: &Lock, end: &LockEnd) {
    change.messages.push(lock_message(lock, cards::lock(lock, Some(end))));
    let word = |what: &str, destination| MessageChange {
        key: MessageKey::lock_word(&lock.id, &format!("{what}/{}", lock.until.as_second())),
        destination,
        card: cards::lock_word(lock, end),
    };
    match end {
        LockEnd::RunOut => {
            let parent = MessageKey::lock(&lock.id);
            change.messages.push(word("over", Destination::Under { channel: lock.channel.clone(), parent }));
        }
        LockEnd::Unlocked { .. } | LockEnd::TakenOver { .. } => {
            if end.by_another(&lock.by).is_some() {
                // Slack takes a member's id for the conversation with them ("chat.postMessage").
                let channel = ChannelId::new(lock.by.as_str());
                change.messages.push(word("ended", Destination::Channel { channel, thread: None }));
            }
        }
    }
}
