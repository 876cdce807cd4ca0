//! From the request to the start: doubts, approvals, and what stands in the way.
//!
//! `requested -> awaiting approval -> waiting -> starting`. Each step may be skipped where nothing is asked for, none can be jumped: a
//! deployment is let in from *waiting* alone, and comes there only without doubts and with all its approvals.

use jiff::{SignedDuration, Timestamp};

use super::{Approved, Confirmed, Deployment, Doubt, Effect, Obstacle, Phase, Plan};
use crate::catalog::{Catalog, FreezeWindow};
use crate::due::{DueItem, DueTask};
use crate::ids::{DeploymentId, EnvironmentName, PersonId, RoleName, ServiceName};
use crate::lock::{Lock, LockKind};

/// Nobody answers a question that is older.
pub const DOUBTS_STAND_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What has waited that long for a lock or another deployment, or after the end of the freeze it waited for, is no longer what its person
/// would deploy.
pub const WAITS_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

/// Why somebody can't decide on a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecidable {
    /// It is their own.
    Own,
    /// They have approved it already.
    Before(Approved),
    /// It doesn't wait for an approval (any more).
    NotWaiting,
    /// They lack the role that the rule asks for.
    Role(RoleName),
}

impl Deployment {
    /// Whether somebody with these roles may approve it, whatever the catalog grants them.
    pub fn may_be_approved_by(&self, person: &PersonId, roles: &[RoleName]) -> Result<(), Undecidable> {
        let Some(approval) = self.plan.approval.as_ref().filter(|_| self.phase == Phase::AwaitingApproval) else {
            return Err(Undecidable::NotWaiting);
        };
        if self.request.by == *person {
            return Err(Undecidable::Own);
        }
        if let Some(before) = approval.of(person) {
            return Err(Undecidable::Before(before.clone()));
        }
        match approval.rule.role.as_ref().filter(|role| !roles.contains(role)) {
            Some(role) => Err(Undecidable::Role(role.clone())),
            None => Ok(()),
        }
    }

    pub(super) fn asked(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Phase::Requested { doubts } = &self.phase else { return };
        if doubts.is_empty() {
            self.seek_approval(now, effects);
        } else {
            self.wait_until(now, DOUBTS_STAND_FOR, effects);
            effects.push(Effect::Call);
        }
    }

    pub(super) fn confirmed(&mut self, by: PersonId, now: Timestamp, effects: &mut Vec<Effect>) {
        let Phase::Requested { doubts } = &mut self.phase else { return };
        let doubts: Vec<Doubt> = std::mem::take(doubts);
        self.plan.confirmed = Some(Confirmed { by, at: now, doubts });
        self.seek_approval(now, effects);
    }

    fn seek_approval(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let minutes = match &self.plan.approval {
            Some(approval) if approval.missing() > 0 => approval.rule.expires_after_minutes,
            _ => {
                self.phase = Phase::Waiting { on: None };
                return;
            }
        };
        self.phase = Phase::AwaitingApproval;
        self.wait_until(now, SignedDuration::from_mins(minutes.into()), effects);
        effects.push(Effect::Call);
    }

    pub(super) fn approved(&mut self, approved: Approved) {
        let is_another = self.request.by != approved.by;
        let Some(approval) = self.plan.approval.as_mut().filter(|_| is_another && self.phase == Phase::AwaitingApproval) else { return };
        if approval.of(&approved.by).is_none() {
            approval.given.push(approved);
        }
        if approval.missing() == 0 {
            self.phase = Phase::Waiting { on: None };
        }
    }

    pub(super) fn held(&mut self, obstacle: Obstacle, now: Timestamp, effects: &mut Vec<Effect>) {
        let Phase::Waiting { on } = &mut self.phase else { return };
        let is_first = on.is_none();
        let is_other = on.as_ref() != Some(&obstacle);
        if let Obstacle::Freeze { until: Some(until), .. } = &obstacle
            && is_other
        {
            let task = DueTask::AdmitWaiting { environment: self.environment.clone() };
            effects.push(Effect::Schedule(DueItem { at: *until, task }));
        }
        // Whoever is told that it waits for the end of a freeze can count on that.
        let from = match &obstacle {
            Obstacle::Freeze { until: Some(until), .. } if is_other => Some((*until).max(now)),
            _ => is_first.then_some(now),
        };
        *on = Some(obstacle);
        if let Some(from) = from {
            self.wait_until(from, WAITS_AT_MOST, effects);
        }
        if is_other {
            effects.push(Effect::Schedule(self.next_look(now)));
        }
    }

    pub(super) fn admitted(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !matches!(self.phase, Phase::Waiting { .. }) {
            return;
        }
        self.phase = Phase::Starting;
        self.plan.begun_at = Some(now);
        self.stand_down(effects);
        effects.extend([Effect::TakeSlot, Effect::Schedule(self.next_look(now))]);
    }

    /// Ends what has not begun.
    pub(super) fn given_up(&mut self, phase: Phase, now: Timestamp, effects: &mut Vec<Effect>) {
        if !matches!(phase, Phase::Cancelled) {
            effects.push(Effect::NotifyRequester);
        }
        self.stand_down(effects);
        self.phase = phase;
        self.ended_at = Some(now.max(self.request.at));
    }

    fn stand_down(&mut self, effects: &mut Vec<Effect>) {
        if std::mem::take(&mut self.plan.stands_by) {
            effects.push(Effect::StandDown);
        }
        self.plan.deadline = None;
    }

    fn wait_until(&mut self, now: Timestamp, span: SignedDuration, effects: &mut Vec<Effect>) {
        let deadline = now.saturating_add(span).unwrap_or(now);
        self.plan.deadline = Some(deadline);
        if !std::mem::replace(&mut self.plan.stands_by, true) {
            effects.push(Effect::StandBy);
        }
        let task = DueTask::ExpireDeployment { deployment: self.id.clone(), deadline };
        effects.push(Effect::Schedule(DueItem { at: deadline, task }));
    }

    /// What stands in the way of its start, as far as locks and freezes tell. Whether another deployment is under way there, the slot
    /// tells.
    pub fn obstacle(&self, locks: &[Lock], catalog: &Catalog, now: Timestamp) -> Option<Obstacle> {
        self.way().obstacle(locks, catalog, now)
    }

    /// The same for somebody who would run a failed stage of it again: their own lock doesn't hold them.
    pub fn obstacle_to_retry(&self, by: &PersonId, locks: &[Lock], catalog: &Catalog, now: Timestamp) -> Option<Obstacle> {
        Way { by, ..self.way() }.obstacle(locks, catalog, now)
    }

    fn way(&self) -> Way<'_> {
        Way { service: &self.service, environment: &self.environment, by: &self.request.by, plan: &self.plan }
    }

    /// The freeze that speaks against it.
    pub fn freeze_doubt(&self, locks: &[Lock], catalog: &Catalog, now: Timestamp) -> Option<Doubt> {
        self.way().frozen(locks, catalog, now)
    }

    /// Whether a later request for the same place takes the place of this one: it waits still, and was asked for before.
    pub fn gives_way_to(&self, other: &DeploymentId, other_asked_at: Timestamp) -> bool {
        self.phase.is_waiting() && self.id != *other && (self.request.at, &self.id) < (other_asked_at, other)
    }
}

/// Something that would run in a place, by whose wish and by which plan.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// Of which service.
    pub service: &'a ServiceName,
    /// Where.
    pub environment: &'a EnvironmentName,
    /// Whose wish it is.
    pub by: &'a PersonId,
    /// What it has passed already.
    pub plan: &'a Plan,
}

impl Way<'_> {
    /// What stands in the way, as far as locks and freezes tell.
    pub fn obstacle(&self, locks: &[Lock], catalog: &Catalog, now: Timestamp) -> Option<Obstacle> {
        let here = |lock: &&Lock| lock.holds(now) && lock.scope.covers(self.service, self.environment);
        if let Some(Doubt::Frozen { until, reason }) = self.frozen(locks, catalog, now) {
            let is_it = |lock: &&Lock| lock.scope.kind == LockKind::Freeze && until == Some(lock.until);
            let by = locks.iter().filter(here).find(is_it).map(|lock| lock.by.clone());
            return Some(Obstacle::Freeze { by, until, reason });
        }
        let others = |lock: &&Lock| lock.scope.kind == LockKind::Lock && lock.by != *self.by;
        let lock = locks.iter().filter(here).find(others)?;
        Some(Obstacle::Lock { lock: lock.id.clone(), by: lock.by.clone(), until: lock.until, reason: lock.reason.clone() })
    }

    /// A freeze made in chat, else a window of the catalog. A window that can't be read holds: what may be forbidden is.
    fn frozen(&self, locks: &[Lock], catalog: &Catalog, now: Timestamp) -> Option<Doubt> {
        let is_freeze = |lock: &&Lock| {
            lock.scope.kind == LockKind::Freeze
                && lock.holds(now)
                && lock.scope.covers(self.service, self.environment)
                && !self.plan.passes_freeze(|moment| lock.at <= moment)
        };
        if let Some(freeze) = locks.iter().find(is_freeze) {
            return Some(Doubt::Frozen { until: Some(freeze.until), reason: freeze.reason.clone() });
        }
        let windows = &catalog.environments.get(self.environment)?.freezes;
        // A weekly window that ends at another time is another freeze.
        let is_passed = |window: &FreezeWindow, ends: &Result<_, _>| self.plan.passes_freeze(|moment| window.frozen_until(moment) == *ends);
        windows.iter().find_map(|window| match window.frozen_until(now) {
            Ok(None) => None,
            ends if is_passed(window, &ends) => None,
            Ok(Some(until)) => Some(Doubt::Frozen { until: Some(until), reason: window.reason.clone() }),
            Err(unreadable) => {
                Some(Doubt::Frozen { until: None, reason: Some(format!("a window of the catalog can't be read: {unreadable}")) })
            }
        })
    }
}
