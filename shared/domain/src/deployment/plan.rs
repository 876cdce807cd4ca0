//! What a deployment is for, what it has to pass before it may start, and what follows after it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::ApprovalRule;
use crate::ids::{DeploymentId, EnvironmentName, ExecutionId, LockId, PersonId, RoleName, ServiceName};
use crate::revision::Revision;

/// What was planned when it was asked for, and how far that has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// What it is for.
    pub kind: Kind,
    /// Who has to approve it, and who has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approvals>,
    /// Who let it pass in spite of doubts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
    /// Whether it is listed among those that wait.
    #[serde(skip_serializing_if = "is_false")]
    pub stands_by: bool,
    /// When its waiting ends without a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// When it was let in; its pipeline is started then. Older ones were let in at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<Timestamp>,
    /// When somebody asked last to run a failed stage of it again. What is heard of an end before that is the end that the retry is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retried_at: Option<Timestamp>,
    /// The later one that took its place while it waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overtaken_by: Option<DeploymentId>,
    /// What it really brought, once it has succeeded: what was asked for, or what the pipeline's source had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought: Option<String>,
    /// What is deployed after it has succeeded, to the same environment and one after the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Further>,
    /// The environment that comes after this one, where its revision can be brought to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onward: Option<EnvironmentName>,
    /// Whether what ran before can be brought back.
    #[serde(skip_serializing_if = "is_false")]
    pub can_go_back: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What a deployment is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// To bring a revision.
    #[default]
    Deploy,
    /// To bring back what ran before.
    Rollback {
        /// The deployment whose state is brought back.
        to: DeploymentId,
        /// Where the pipeline itself can go back: the stage, and the run that it goes back to. Otherwise the earlier revision is
        /// deployed again.
        #[serde(skip_serializing_if = "Option::is_none")]
        stage: Option<StageRollback>,
    },
    /// To bring the very revision that runs elsewhere.
    Promotion {
        /// Where it runs.
        from: EnvironmentName,
    },
}

/// How a pipeline goes back by itself (`RollbackStage`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRollback {
    /// The stage.
    pub stage: String,
    /// The run whose state it goes back to.
    pub target: ExecutionId,
}

/// A service that follows in the same request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// Which.
    pub service: ServiceName,
    /// Which revision of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

/// Who has to approve, and who has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// The rule, as it was when the deployment was asked for.
    pub rule: ApprovalRule,
    /// The approvals so far.
    pub given: Vec<Approved>,
}

impl Approvals {
    /// A rule, and nobody's approval yet.
    pub fn none_yet(rule: ApprovalRule) -> Self {
        Self { rule, given: Vec::new() }
    }

    /// How many are missing.
    pub fn missing(&self) -> usize {
        usize::try_from(self.rule.count).unwrap_or(usize::MAX).saturating_sub(self.given.len())
    }

    /// What somebody has approved already.
    pub fn of(&self, person: &PersonId) -> Option<&Approved> {
        self.given.iter().find(|given| given.by == *person)
    }
}

/// One person's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The role that allowed it.
    pub role: RoleName,
    /// What they said; may be empty.
    pub reason: String,
}

/// Who let a deployment pass in spite of doubts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// In spite of what.
    pub doubts: Vec<Doubt>,
}

/// What speaks against a deployment, so that somebody has to say that it should go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// Checks of its commit failed.
    ChecksFailed {
        /// Which; at most [`Doubt::MOST_NAMED`].
        names: Vec<String>,
        /// How many.
        total: usize,
    },
    /// The environment is frozen.
    Frozen {
        /// Until when, if that is known.
        until: Option<Timestamp>,
        /// Why.
        reason: Option<String>,
    },
}

impl Doubt {
    /// How many failed checks are named.
    pub const MOST_NAMED: usize = 5;
}

/// What a deployment waits for that may start otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// Somebody's lock.
    Lock {
        /// Which.
        lock: LockId,
        /// Whose.
        by: PersonId,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: Option<String>,
    },
    /// A freeze.
    Freeze {
        /// Who made it, if it is none of the catalog's.
        by: Option<PersonId>,
        /// Until when, if that is known.
        until: Option<Timestamp>,
        /// Why.
        reason: Option<String>,
    },
    /// The deployment that is under way there.
    Deployment {
        /// Which.
        id: DeploymentId,
        /// Whose.
        by: PersonId,
    },
}

impl Plan {
    /// Whether it may go on during a freeze. Whoever said so spoke of what had begun by then, not of whatever may come: `held_at` tells
    /// whether this freeze held at a moment.
    pub fn passes_freeze(&self, held_at: impl Fn(Timestamp) -> bool) -> bool {
        let speaks_of_it =
            |confirmed: &Confirmed| confirmed.doubts.iter().any(|doubt| matches!(doubt, Doubt::Frozen { .. })) && held_at(confirmed.at);
        matches!(self.kind, Kind::Rollback { .. }) || self.confirmed.as_ref().is_some_and(speaks_of_it)
    }

    /// Whether all approvals that it needs were given.
    pub fn is_approved(&self) -> bool {
        self.approval.as_ref().is_none_or(|approval| approval.missing() == 0)
    }

    /// Who approved it.
    pub fn approvers(&self) -> Vec<PersonId> {
        self.approval.iter().flat_map(|approval| &approval.given).map(|given| given.by.clone()).collect()
    }
}
