//! Locks and freezes: who keeps others from deploying to an environment, until when, and why.
//!
//! A lock is one person's: their own deployments pass it. A freeze is nobody's: it holds all back. Each has an end, so that none is stuck
//! for good.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, EnvironmentName, LockId, PersonId, ServiceName};

/// How long a lock lasts if nothing else is said.
pub const USUAL_LOCK: SignedDuration = SignedDuration::from_hours(2);

/// No lock lasts longer: whoever needs more says so again.
pub const LONGEST_LOCK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// No freeze made in chat lasts longer; a longer one belongs into the catalog.
pub const LONGEST_FREEZE: SignedDuration = SignedDuration::from_hours(24 * 31);

/// What keeps deployments back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockKind {
    /// Its owner may deploy, others wait.
    Lock,
    /// Everybody waits.
    Freeze,
}

impl LockKind {
    /// As it stands in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Freeze => "freeze",
        }
    }
}

/// What a lock is on. There is one lock of a kind on each at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LockScope {
    /// Lock or freeze.
    pub kind: LockKind,
    /// Where.
    pub environment: EnvironmentName,
    /// Only this service; `None` for all of them.
    pub service: Option<ServiceName>,
}

impl LockScope {
    /// Whether it concerns a service in an environment.
    pub fn covers(&self, service: &ServiceName, environment: &EnvironmentName) -> bool {
        self.environment == *environment && self.service.as_ref().is_none_or(|own| own == service)
    }
}

impl std::fmt::Display for LockScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.service {
            Some(service) => write!(f, "{service} in {}", self.environment),
            None => self.environment.fmt(f),
        }
    }
}

/// A lock or a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Its id. A lock that is prolonged keeps it; one that is taken over is another.
    pub id: LockId,
    /// What it is on.
    pub scope: LockScope,
    /// Whose it is.
    pub by: PersonId,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why, in their words.
    pub reason: Option<String>,
    /// Where it was asked for, which shows its message.
    pub channel: ChannelId,
    /// The thread it was asked for in.
    pub thread: Option<String>,
}

impl Lock {
    /// Whether another is this very lock, with this very end.
    pub fn is_unchanged(&self, other: &Self) -> bool {
        self.id == other.id && self.until == other.until
    }

    /// Whether it holds at a moment. What has run out holds nobody, also before anybody has taken it away.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

/// How a lock ended, or became another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockEnd {
    /// Its owner, or whoever may, took it away.
    Unlocked {
        /// Who.
        by: PersonId,
    },
    /// Somebody took it over.
    TakenOver {
        /// Who.
        by: PersonId,
        /// Why.
        reason: Option<String>,
    },
    /// Its time was over.
    RunOut,
}

/// What an owner has to be told when others end their lock.
impl LockEnd {
    /// Who ended it, if that was another person than its owner.
    pub fn by_another(&self, owner: &PersonId) -> Option<&PersonId> {
        match self {
            Self::Unlocked { by } | Self::TakenOver { by, .. } => Some(by).filter(|by| *by != owner),
            Self::RunOut => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_on_an_environment_concerns_every_service_there() {
        let scope =
            |service: Option<&str>| LockScope { kind: LockKind::Lock, environment: "production".into(), service: service.map(Into::into) };
        let cases =
            [(None, "production", true), (Some("api"), "production", true), (Some("web"), "production", false), (None, "staging", false)];
        for (service, environment, expected) in cases {
            assert_eq!(scope(service).covers(&"api".into(), &environment.into()), expected, "{service:?} {environment}");
        }
    }
}
