//! The record of what was asked, allowed, refused and done. Each entry carries the hash of the one before it, so that a
//! missing or changed entry shows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::{ChannelId, CorrelationId, EnvironmentName, MessageKey, PersonId, ServiceName};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// Who, by Slack id.
    pub actor: PersonId,
    /// Where it was asked.
    pub channel: ChannelId,
    /// What was asked, as typed or as the button says.
    pub request: String,
    /// What the record is about, if one service.
    pub service: Option<ServiceName>,
    /// What the record is about, if one environment.
    pub environment: Option<EnvironmentName>,
    /// What came of it.
    pub outcome: Outcome,
    /// Follows the event through the logs.
    pub correlation: CorrelationId,
    /// Who approved it, where it took that. Left out of what is hashed where there is nobody, as in entries of before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<PersonId>,
    /// The message that shows it in the room; its permalink is looked up when the log is exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageKey>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It may be done, and is being done.
    Allowed {
        /// The role whose grant fitted.
        role: String,
        /// What it started, such as a deployment's id.
        started: String,
    },
    /// It was refused.
    Refused {
        /// The rule that refused it.
        rule: String,
        /// In words.
        why: String,
    },
    /// It came to an end.
    Ended {
        /// What, such as a deployment's id.
        what: String,
        /// How: `succeeded`, `failed`, `cancelled`, `superseded`, `rejected`, `expired`.
        how: String,
    },
}

/// A record in its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place, from 1.
    pub sequence: u64,
    /// The hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// The hash of this one.
    pub hash: String,
    /// What happened.
    pub record: AuditRecord,
}

impl AuditEntry {
    /// Puts a record behind `last`, which is `None` for the first one.
    pub fn after(last: Option<&Self>, record: AuditRecord) -> Result<Self, serde_json::Error> {
        let (sequence, previous) = last.map_or_else(|| (1, "0".repeat(64)), |last| (last.sequence + 1, last.hash.clone()));
        let hash = Self::hash_of(sequence, &previous, &record)?;
        Ok(Self { sequence, previous, hash, record })
    }

    /// Whether the entry is as it was written.
    pub fn is_intact(&self) -> bool {
        Self::hash_of(self.sequence, &self.previous, &self.record).is_ok_and(|hash| hash == self.hash)
    }

    fn hash_of(sequence: u64, previous: &str, record: &AuditRecord) -> Result<String, serde_json::Error> {
        let mut digest = Sha256::new();
        digest.update(sequence.to_be_bytes());
        digest.update(previous.as_bytes());
        digest.update(serde_json::to_vec(record)?);
        Ok(hex::encode(digest.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(request: &str) -> AuditRecord {
        AuditRecord {
            at: Timestamp::from_second(1_790_000_000).unwrap(),
            actor: "U1".into(),
            channel: "C1".into(),
            request: request.into(),
            service: None,
            environment: None,
            outcome: Outcome::Refused { rule: "role".into(), why: "no".into() },
            correlation: "c".into(),
            approvers: Vec::new(),
            message: None,
        }
    }

    #[test]
    fn a_changed_entry_and_a_wrong_predecessor_show() {
        let first = AuditEntry::after(None, record("one")).unwrap();
        let second = AuditEntry::after(Some(&first), record("two")).unwrap();
        assert_eq!((second.sequence, second.previous.as_str()), (2, first.hash.as_str()));
        assert!(first.is_intact() && second.is_intact());
        let mut changed = second.clone();
        changed.record.request = "three".into();
        assert!(!changed.is_intact());
        let mut moved = second;
        moved.previous = "0".repeat(64);
        assert!(!moved.is_intact());
    }
}
