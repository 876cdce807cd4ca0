//! Leads what is asked about deployments, typed or pressed, to where it is done.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use opsroom_domain::ids::{DeploymentId, EnvironmentName};
use opsroom_domain::lock::{LONGEST_FREEZE, LockKind};
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::rights::Allowed;
use opsroom_grammar::{Place, Release};

use super::locks::{LockWish, scope};
use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::CatalogStore;
use crate::request::Press;

/// What a decision asks for, as a line: for the audit log and for answers.
pub(super) fn deployment_decision_in_words(deployment: &DeploymentId, decision: Decision) -> String {
    match decision {
        Decision::Approved => format!("approve {deployment}"),
        Decision::Rejected => format!("reject {deployment}"),
    }
}

/// By whose clocks an environment's days are meant: those of its windows, else those of who is on call.
fn clock_of(catalog: &Catalog, environment: &EnvironmentName) -> TimeZone {
    let windows = catalog.catalog.environments.get(environment).into_iter().flat_map(|environment| &environment.freezes);
    let rotations = catalog.catalog.monit.oncall.values();
    let mut zones = windows.map(|window| window.zone.as_str()).chain(rotations.map(|rotation| rotation.zone.as_str()));
    zones.find_map(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC)
}

impl<W: Ports> Commander<'_, W> {
    /// A line. `allowed` is the rule that allows it, where the line alone tells what it is about.
    pub(super) async fn release(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        release: Release,
        allowed: Option<Allowed>,
    ) -> Result<Worked, Failure> {
        let role = || allowed.as_ref().map(|allowed| allowed.role.to_string()).unwrap_or_default();
        match release {
            Release::Rollback { service, environment, to, reason } => {
                self.roll_back(context, catalog, (&service, &environment), to.as_ref(), reason, role()).await
            }
            Release::Promote { service, from, to, reason } => self.promote(context, catalog, &service, (&from, &to), reason, role()).await,
            Release::Approve { deployment, reason } => {
                self.decide_deployment(context, catalog, &deployment, Decision::Approved, &reason).await
            }
            Release::Reject { deployment, reason } => {
                self.decide_deployment(context, catalog, &deployment, Decision::Rejected, &reason).await
            }
            Release::Override { deployment } => self.override_doubts(context, catalog, &deployment).await,
            Release::Locks => self.locks(context, catalog).await,
            Release::Unlock { place } => self.unlock(context, catalog, &scope(LockKind::Lock, &place)).await,
            Release::Unfreeze { environment } => {
                let place = Place { environment, service: None };
                self.unlock(context, catalog, &scope(LockKind::Freeze, &place)).await
            }
            Release::Lock { place, span, reason, steal } => {
                self.lock_allowed(context, LockWish::lock(&place, span, reason, steal), allowed).await
            }
            Release::Freeze { environment, until, reason } => {
                let zone = clock_of(catalog, &EnvironmentName::new(&environment));
                let span = until.moment(self.now, &zone, Time::midnight()).map(|end| end.duration_since(self.now));
                match span.filter(|span| *span <= LONGEST_FREEZE) {
                    Some(span) => self.lock_allowed(context, LockWish::freeze(&environment, span, reason), allowed).await,
                    None => self.answer_privately(context, cards::no_end_of_a_freeze(LONGEST_FREEZE, &zone)).await,
                }
            }
        }
    }

    async fn lock_allowed(&self, context: Context<'_>, wish: LockWish, allowed: Option<Allowed>) -> Result<Worked, Failure> {
        let allowed = allowed.ok_or_else(|| Failure::Bug("a lock was wanted and no rule allowed it".to_owned()))?;
        self.lock(context, wish, &allowed).await
    }

    /// A decision by a button and its dialog.
    pub(super) async fn press_decide(
        &self,
        context: Context<'_>,
        deployment: &DeploymentId,
        decision: Decision,
        reason: &str,
    ) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        self.decide_deployment(context, &catalog, deployment, decision, reason).await
    }

    /// A press of a button of a deployment or a lock.
    pub(super) async fn press_release(&self, context: Context<'_>, press: &Press) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        match press {
            Press::Override { deployment } => self.override_doubts(context, &catalog, deployment).await,
            Press::RollBack { deployment } => self.press_rollback(context, &catalog, deployment).await,
            Press::Promote { deployment } => self.press_promote(context, &catalog, deployment).await,
            Press::Unlock { scope, lock } => self.unlock_this(context, &catalog, scope, lock).await,
            Press::RetryStage { .. } | Press::UndoSubscription { .. } | Press::StopOperation { .. } | Press::Reboot { .. } => {
                Err(Failure::Bug("this press is worked off elsewhere".to_owned()))
            }
        }
    }
}
