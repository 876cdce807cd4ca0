//! An operation: something done on hosts, or looked up there, because somebody asked for it in a room.
//!
//! It is written down before anything is sent, under an id that is derived from the request. So a crash in between leaves a trace, and
//! whoever takes the work up again knows what to look for.

mod host;
mod life;
mod log;
mod report;
pub mod value;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use host::{HostRun, HostSighting, HostStatus, Sight};
pub use life::{Effect, Event, HOSTS_SHOWN};
pub use log::{Addition, Journal, LogLine, LogState, Masks, event as log_event, found_in, lines_of, merged};
pub use report::{Counts, Disk, HostReport, Memory, Process, UnitReport};
pub use value::{Batch, Grep};

use crate::api_call::ApiCall;
use crate::due::{DueItem, DueTask};
use crate::ids::{ChannelId, CommandId, EnvironmentName, HostId, OperationId, PersonId, RunbookName, ServiceName};
use crate::response_url::ResponseUrl;

/// As many hosts as one operation takes: what is kept of it has to fit into one item of the table.
pub const MOST_HOSTS: usize = 200;

/// While an attempt to send is younger than that, nobody else makes another one: whoever makes it is still alive, as no invocation of
/// `commands` lives longer.
pub const ATTEMPT_LEASE: SignedDuration = SignedDuration::from_secs(20);

/// Bounds between which the looks at an operation grow apart.
const LOOK_AFTER: SignedDuration = SignedDuration::from_secs(30);
const LOOK_AT_LEAST: SignedDuration = SignedDuration::from_mins(5);

/// Calls that are kept to be shown: a log that is followed makes one every few seconds.
const MOST_CALLS: usize = 4;

/// An operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// What is done.
    pub what: What,
    /// For which service.
    pub service: ServiceName,
    /// Where.
    pub environment: EnvironmentName,
    /// On which of its hosts.
    pub target: HostTarget,
    /// How.
    pub work: Work,
    /// Who asked, where and when.
    pub asked: Asked,
    /// How it stands.
    pub phase: Phase,
    /// How it stands on each host.
    pub hosts: Vec<HostRun>,
    /// What was read of a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogState>,
    /// Which sending this is: a log that is followed takes several.
    pub round: u32,
    /// When it was tried to be sent.
    pub attempted_at: Timestamp,
    /// What Systems Manager calls what was sent in this round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// Who asked to stop it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<PersonId>,
    /// The long form of what came of it, as a file in the thread.
    #[serde(default)]
    pub attachment: Attachment,
    /// A look is planned for then, so nobody else needs to plan one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looking_until: Option<Timestamp>,
    /// When to give up waiting for its end.
    pub deadline: Timestamp,
    /// When it had taken too long, so that Systems Manager was asked to stop it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The API calls that were made for it.
    pub calls: Vec<ApiCall>,
    /// Counts writes; guards against writing over a newer one.
    pub version: u64,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The service's unit is restarted, host by host.
    Restart {
        /// The unit.
        unit: String,
        /// How many hosts at once.
        batch: Batch,
    },
    /// A host is stopped and started.
    Reboot,
    /// How hosts stand.
    Check,
    /// What a service has logged.
    Logs(LogsWish),
    /// A runbook of the catalog.
    Run {
        /// Which.
        runbook: RunbookName,
        /// Whether it only says what it would do.
        check: bool,
        /// What was given.
        given: Vec<(String, String)>,
    },
}

/// Which lines of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogsWish {
    /// Not older than so many seconds.
    pub since_seconds: u32,
    /// The newest so many.
    pub lines: u16,
    /// Those that it is found in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grep: Option<Grep>,
    /// For how many seconds new ones are shown, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_seconds: Option<u32>,
}

/// Which hosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostTarget {
    /// All that have these tags.
    Tags(BTreeMap<String, String>),
    /// These.
    Hosts(Vec<HostId>),
}

/// How it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Work {
    /// By a document of Run Command.
    Document {
        /// Its name, as Systems Manager has it.
        name: String,
        /// What it is given.
        parameters: BTreeMap<String, Vec<String>>,
        /// On how many hosts at once.
        concurrency: String,
        /// After how many that fail no further host is touched.
        errors: String,
    },
    /// By the automation that stops and starts an instance.
    Automation,
    /// By reading a log group.
    LogGroup {
        /// Which.
        name: String,
    },
}

/// Who asked for an operation, where and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The channel that shows its message.
    pub channel: ChannelId,
    /// The thread it was asked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Where whoever asked can be answered even if the channel takes no message of the app's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_to: Option<ResponseUrl>,
}

/// How an operation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Recorded; it is being sent.
    Sending,
    /// Under way.
    Running,
    /// It was asked to stop.
    Cancelling,
    /// Ended well, on every host.
    Succeeded,
    /// Ended badly on some host, or before it reached any.
    Failed {
        /// Why, where no host can tell.
        why: Option<String>,
    },
    /// Was stopped.
    Cancelled,
}

impl Phase {
    /// Whether this is an end.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Sending | Self::Running | Self::Cancelling)
    }
}

/// The long form of what came of an operation. A file can be shared once only, so its id is written down before that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "attachment", rename_all = "snake_case")]
pub enum Attachment {
    /// There is nothing more to say than the message says.
    #[default]
    None,
    /// It is to be put into the thread.
    Wanted,
    /// Slack has it, but nobody sees it yet.
    Uploaded {
        /// Slack's id of it.
        file: String,
    },
    /// It is in the thread.
    Shared,
    /// Slack doesn't take it.
    Refused,
}

/// Whoever changes something on a service's hosts holds the place, so that no two do at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The operation; `None` once nobody holds it any more.
    pub operation: Option<OperationId>,
    /// Who asked for it.
    pub by: PersonId,
    /// Since when.
    pub since: Timestamp,
    /// Counts writes.
    pub version: u64,
}

impl What {
    /// Whether it changes something on the hosts.
    pub fn changes_something(&self) -> bool {
        match self {
            Self::Restart { .. } | Self::Reboot | Self::Run { .. } => true,
            Self::Check | Self::Logs(_) => false,
        }
    }
}

impl Operation {
    /// The words by which an earlier sending of this round is found: SSM's `Comment` takes 100 characters.
    pub fn comment(&self) -> String {
        format!("opsroom {} {}", self.id, self.round)
    }

    /// The operation that a comment speaks of.
    pub fn named_in(comment: &str) -> Option<(OperationId, u32)> {
        let mut words = comment.strip_prefix("opsroom ")?.split(' ');
        let (id, round, rest) = (words.next()?, words.next()?.parse().ok()?, words.next());
        let code = id.strip_prefix("o-").filter(|code| !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric()))?;
        (rest.is_none() && code.len() <= 32).then(|| (OperationId::new(id), round))
    }

    /// The same token for the same operation, of the shape that SSM asks for (`StartAutomationExecution`, `ClientToken`: 36 characters).
    pub fn token(&self) -> String {
        let code = crate::ids::code(self.id.as_str(), 32);
        format!("{}-{}-{}-{}-{}", &code[..8], &code[8..12], &code[12..16], &code[16..20], &code[20..])
    }

    /// Whether it shows new lines of a log as they come.
    pub fn follows(&self) -> bool {
        matches!(&self.what, What::Logs(wish) if wish.follow_seconds.is_some())
    }

    /// Until when new lines are shown.
    pub fn follows_until(&self) -> Option<Timestamp> {
        let What::Logs(LogsWish { follow_seconds: Some(seconds), .. }) = &self.what else { return None };
        self.asked.at.checked_add(SignedDuration::from_secs(i64::from(*seconds))).ok()
    }

    /// Whether it has ended on every host that it was sent to.
    pub fn is_over_on_hosts(&self) -> bool {
        self.command.is_some() && !self.hosts.is_empty() && self.hosts.iter().all(|host| host.status.is_final())
    }

    /// Whether anything is left to do for it.
    pub fn is_settled(&self) -> bool {
        self.phase.is_final() && !matches!(self.attachment, Attachment::Wanted | Attachment::Uploaded { .. })
    }

    /// When to look after it next, seen from `now`.
    pub fn next_look(&self, now: Timestamp) -> DueItem {
        let wait = now.duration_since(self.asked.at).clamp(LOOK_AFTER, LOOK_AT_LEAST);
        let at = now.saturating_add(wait).unwrap_or(now);
        DueItem { at, task: DueTask::LookAtOperation { operation: self.id.clone() } }
    }

    /// How many hosts are in a state.
    pub fn count(&self, fits: impl Fn(HostStatus) -> bool) -> usize {
        self.hosts.iter().filter(|host| fits(host.status)).count()
    }

    fn remember(&mut self, call: ApiCall) {
        if !self.calls.contains(&call) && self.calls.len() < MOST_CALLS {
            self.calls.push(call);
        }
    }
}

#[cfg(test)]
mod tests;
