//! What earlier deployments tell: what ran before, and what has proved itself elsewhere.

use super::{Deployment, Kind, Phase};
use crate::ids::DeploymentId;

/// How far back one looks.
pub const HISTORY: usize = 50;

impl Deployment {
    /// What it brought, or was to bring, as far as that is known exactly.
    pub fn known_revision(&self) -> Option<&str> {
        self.plan.brought.as_deref().or(self.revision.as_ref().map(crate::revision::Revision::as_str))
    }

    /// Whether its pipeline ran: it may have changed something, however it ended.
    fn has_touched(&self) -> bool {
        self.execution.is_some()
    }
}

/// Whether two revisions are one, of which either may be cut off.
pub fn is_same_revision(one: &str, other: &str) -> bool {
    let begins = |long: &str, short: &str| {
        short.len() >= 7
            && short.bytes().all(|byte| byte.is_ascii_hexdigit())
            && long.to_ascii_lowercase().starts_with(&short.to_ascii_lowercase())
    };
    one == other || begins(one, other) || begins(other, one)
}

/// What really ran before, so that it can be brought back. `history` is one service's in one environment, newest first.
///
/// After a deployment that failed or was stopped half-way, or while one is under way, that is the last one that succeeded. After one that succeeded, it is the one before
/// it that brought something else; where the last one was itself a step back, one goes on from where it led to, so that going back twice goes
/// back two steps and not to and fro.
pub fn before(history: &[Deployment]) -> Option<&Deployment> {
    let succeeded = |deployment: &Deployment| deployment.phase == Phase::Succeeded;
    let current = history.iter().position(succeeded)?;
    let was_disturbed = history[..current].iter().any(Deployment::has_touched);
    if was_disturbed {
        return history.get(current);
    }
    let shown = &history[current];
    let from = match &shown.plan.kind {
        Kind::Rollback { to, .. } => history.iter().position(|earlier| earlier.id == *to).unwrap_or(current),
        _ => current,
    };
    let differs = |earlier: &&Deployment| match (earlier.known_revision(), shown.known_revision()) {
        (Some(one), Some(other)) => !is_same_revision(one, other),
        _ => true,
    };
    history[from + 1..].iter().filter(|earlier| succeeded(earlier)).find(differs)
}

/// What ran before one deployment in particular.
pub fn before_this<'h>(history: &'h [Deployment], id: &DeploymentId) -> Option<&'h Deployment> {
    let at = history.iter().position(|deployment| deployment.id == *id)?;
    before(&history[at..])
}

/// The last deployment that succeeded with a revision.
pub fn with_revision<'h>(history: &'h [Deployment], revision: &str) -> Option<&'h Deployment> {
    let brought = |deployment: &&Deployment| deployment.known_revision().is_some_and(|known| is_same_revision(known, revision));
    history.iter().filter(|deployment| deployment.phase == Phase::Succeeded).find(brought)
}

/// The deployment that brought the state to which another one went back; itself if it went forward.
pub fn origin<'h>(history: &'h [Deployment], deployment: &'h Deployment) -> &'h Deployment {
    match &deployment.plan.kind {
        Kind::Rollback { to, .. } => history.iter().find(|earlier| earlier.id == *to).unwrap_or(deployment),
        _ => deployment,
    }
}
