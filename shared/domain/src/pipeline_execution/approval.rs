//! A manual approval in a pipeline, and what was decided on it; a stage that failed, and who asked to run it again.
//!
//! CodePipeline takes neither twice: a second `PutApprovalResult` is refused, a second `RetryStageExecution` would run a stage that failed
//! again once more than was asked for. So what somebody wants is written down here before it is sent. Whoever comes later finds it, and so
//! does the request itself if it is worked on again after a crash.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ExecutionKey;
use crate::ids::{EventKey, PersonId};

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Approval {
    /// The run that waits.
    pub run: ExecutionKey,
    /// The stage.
    pub stage: String,
    /// The action.
    pub action: String,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Go on.
    Approved,
    /// Don't.
    Rejected,
}

/// How long a wish that was written down stands without having had an effect: whoever was to send it has given up by then.
const UNSENT_STANDS_FOR: SignedDuration = SignedDuration::from_mins(15);

/// What somebody decided on an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The stage.
    pub stage: String,
    /// The action.
    pub action: String,
    /// Which way.
    pub decision: Decision,
    /// Who.
    pub by: PersonId,
    /// Why, in their words; may be empty.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// The request.
    pub event: EventKey,
    /// Whether CodePipeline took it.
    pub sent: bool,
}

impl Decided {
    /// Whether nobody else can decide any more.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.sent || now.duration_since(self.at) < UNSENT_STANDS_FOR
    }
}

/// Who asked to run a failed stage again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retried {
    /// The stage.
    pub stage: String,
    /// Who.
    pub by: PersonId,
    /// When. A failure of the stage before that is the one it is about; a later one is another.
    pub at: Timestamp,
    /// The request.
    pub event: EventKey,
}

impl Retried {
    /// Whether it is about a failure of this moment, and is still expected to be sent.
    pub fn stands(&self, failed_at: Timestamp, now: Timestamp) -> bool {
        failed_at <= self.at && now.duration_since(self.at) < UNSENT_STANDS_FOR
    }
}
