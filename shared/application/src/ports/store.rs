//! The table, as the use cases need it.

use jiff::Timestamp;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::audit::{AuditEntry, AuditRecord};
use opsroom_domain::card::Card;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::due::DueItem;
use opsroom_domain::habit::{Habit, Use};
use opsroom_domain::ids::{ChannelId, DeploymentId, EnvironmentName, EventKey, MessageKey, PersonId, ServiceName};
use opsroom_domain::pipeline_execution::health::Health;
use opsroom_domain::pipeline_execution::{ExecutionKey, PipelineExecution};
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::Conversation;
use opsroom_domain::room_message::{Destination, RoomMessage};
use opsroom_domain::subscription::Subscription;
use serde::{Deserialize, Serialize};

use super::{
    BytesChange, DjChange, Gate, GateChange, LinkedLogin, LoginChange, Look, MonitChange, OperationChange, PortError, RememberedPush,
    RoomChange,
};

/// The catalog that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCatalog {
    /// Counts applications, from 1.
    pub version: u64,
    /// The catalog.
    pub catalog: Catalog,
}

/// Reads the catalog.
pub trait CatalogStore: Send + Sync {
    /// The catalog in force, at most a minute old; `None` when none was ever applied.
    fn catalog(&self) -> impl Future<Output = Result<Option<std::sync::Arc<StoredCatalog>>, PortError>> + Send;

    /// The call that reads it, for people to read.
    fn call(&self) -> ApiCall;
}

/// Which deployment holds a service's place in an environment. At most one does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The deployment in it.
    pub deployment: DeploymentId,
    /// Who asked for it.
    pub requester: PersonId,
    /// What is deployed, as people read it.
    pub revision: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Where its message is.
    pub channel: ChannelId,
}

/// What runs in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentState {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The revision: what was asked for, or what the pipeline's source had.
    pub revision: Option<String>,
    /// The first line of the revision's message.
    pub summary: Option<String>,
    /// The revision's page.
    pub url: Option<String>,
    /// The deployment that brought it.
    pub deployment: DeploymentId,
    /// Who asked for it.
    pub by: PersonId,
    /// When it was done.
    pub at: Timestamp,
}

/// What happens to a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotChange {
    /// Takes it; fails with [`Commit::SlotTaken`] if another deployment is in it.
    Take(Slot),
    /// Frees it if this deployment is in it.
    Release {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: EnvironmentName,
        /// The deployment.
        deployment: DeploymentId,
    },
}

/// What a room message should show from now on. Creates the message where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageChange {
    /// What it is about.
    pub key: MessageKey,
    /// Where it goes; taken only when it is created.
    pub destination: Destination,
    /// What it shows.
    pub card: Card,
}

/// Everything that follows from one event. It is written as a whole or not at all (`TransactWriteItems`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The event, if it must not be worked on twice: fails with [`Commit::AlreadyDone`] if it was.
    pub claim: Option<EventKey>,
    /// The deployment's next state. Its `version` is the one that was read (0 for a new one); it is written as one more.
    pub deployment: Option<Deployment>,
    /// The execution's next state, likewise.
    pub execution: Option<PipelineExecution>,
    /// The slot.
    pub slot: Option<SlotChange>,
    /// Locks, freezes, and who waits.
    pub gate: Vec<GateChange>,
    /// What runs in an environment now.
    pub current: Option<EnvironmentState>,
    /// How branches of pipelines stand from now on, likewise.
    pub health: Option<Health>,
    /// A pull request's, issue's or discussion's next state, likewise. There are several when a commit's checks belong to several.
    pub conversations: Vec<Conversation>,
    /// Subscriptions as they are from now on, likewise.
    pub subscriptions: Vec<Subscription>,
    /// How a commit's checks stand from now on, likewise.
    pub checks: Option<Box<CommitChecks>>,
    /// Commits to remember. The same push is remembered once.
    pub pushed: Option<RememberedPush>,
    /// Who a login is, or is no longer.
    pub login: Option<LoginChange>,
    /// Alarms, incidents, and what is said of them.
    pub monit: MonitChange,
    /// What is done on hosts.
    pub operations: OperationChange,
    /// Links that peers share, in a box, because most changes have nothing of it.
    pub bytes: Option<Box<BytesChange>>,
    /// A DJ room's station, likewise.
    pub dj: Option<Box<DjChange>>,
    /// A room that is made one, or is none any more.
    pub opened: Option<Box<RoomChange>>,
    /// Messages.
    pub messages: Vec<MessageChange>,
    /// What comes due.
    pub due: Vec<DueItem>,
    /// For the audit log.
    pub audit: Vec<AuditRecord>,
    /// What was used, to be counted.
    pub habit: Option<Use>,
}

/// How writing a change went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit {
    /// Written.
    Done,
    /// The claim says that the event was worked on before. Nothing was written.
    AlreadyDone,
    /// Another deployment is in the slot. Nothing was written.
    SlotTaken(Slot),
    /// Somebody else is linked to the login. Nothing was written.
    LoginTaken(LinkedLogin),
    /// Somebody changed one of the things that were read first. Nothing was written; read again and decide again.
    Stale,
}

/// Reads and changes what is known.
pub trait Store: Send + Sync {
    /// A deployment (strongly consistent).
    fn deployment(&self, id: &DeploymentId) -> impl Future<Output = Result<Option<Deployment>, PortError>> + Send;

    /// An execution (strongly consistent).
    fn execution(&self, key: &ExecutionKey) -> impl Future<Output = Result<Option<PipelineExecution>, PortError>> + Send;

    /// The latest deployments of a service, newest first, at most `limit`; of one environment if one is given.
    fn deployments(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Deployment>, PortError>> + Send;

    /// What runs where: every service in every environment, or in one.
    fn environments(&self, environment: Option<&EnvironmentName>) -> impl Future<Output = Result<Vec<EnvironmentState>, PortError>> + Send;

    /// What runs of a service in an environment (strongly consistent).
    fn current(
        &self,
        service: &ServiceName,
        environment: &EnvironmentName,
    ) -> impl Future<Output = Result<Option<EnvironmentState>, PortError>> + Send;

    /// Every slot that is taken.
    fn slots(&self) -> impl Future<Output = Result<Vec<Slot>, PortError>> + Send;

    /// Every lock and freeze, and every deployment that waits (strongly consistent). One query.
    fn gate(&self) -> impl Future<Output = Result<Gate, PortError>> + Send;

    /// The call that a read makes, for people to read.
    fn call(&self, look: &Look) -> ApiCall;

    /// What is used in a channel, in no order. One read.
    fn habits(&self, channel: &ChannelId) -> impl Future<Output = Result<Vec<Habit>, PortError>> + Send;

    /// Writes a change.
    fn commit(&self, change: Change) -> impl Future<Output = Result<Commit, PortError>> + Send;
}

/// Reads the audit log; it is written by [`Store::commit`] alone.
pub trait AuditLog: Send + Sync {
    /// The latest entries, newest first.
    fn latest(&self, since: Option<Timestamp>, limit: usize) -> impl Future<Output = Result<Vec<AuditEntry>, PortError>> + Send;

    /// The latest entries of one person.
    fn by_actor(
        &self,
        actor: &PersonId,
        since: Option<Timestamp>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<AuditEntry>, PortError>> + Send;

    /// The latest entries about one service.
    fn by_service(
        &self,
        service: &ServiceName,
        since: Option<Timestamp>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<AuditEntry>, PortError>> + Send;
}

/// How a sender marks a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// It is about to be sent. Refused (`false`) if another sender's mark is younger than its lease, or if it was sent: a
    /// message with a `ts` for good, one without (a dialog's content) in this version.
    Sending {
        /// The version that will be sent.
        version: u64,
        /// Now.
        since: Timestamp,
    },
    /// Slack has this version.
    Shown {
        /// The message's `ts`; `None` where Slack gives none.
        ts: Option<String>,
        /// The version.
        version: u64,
    },
    /// The sending was refused before anything could be shown: takes the mark off.
    NotSent,
    /// The message is gone from Slack: the next sender posts it anew.
    Gone,
    /// What is wanted can never be shown. Refused if something else is wanted by now, which may well be shown.
    Undeliverable {
        /// The version that was tried.
        version: u64,
        /// Slack's error code.
        error: String,
    },
}

/// The messages, for those who send them.
pub trait Outbox: Send + Sync {
    /// A message (strongly consistent).
    fn message(&self, key: &MessageKey) -> impl Future<Output = Result<Option<RoomMessage>, PortError>> + Send;

    /// Marks a message; `false` if the mark was refused.
    fn mark(&self, key: &MessageKey, mark: Mark) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Messages that have not been as they should be since before `before`, oldest first, at most `limit`. One that can't be
    /// read is left out and logged: it must not hold up the others.
    fn stale(&self, before: Timestamp, limit: usize) -> impl Future<Output = Result<Vec<StaleMessage>, PortError>> + Send;
}

/// A message that Slack doesn't show as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleMessage {
    /// Which.
    pub key: MessageKey,
    /// Its lane.
    pub lane: String,
    /// Since when.
    pub since: Timestamp,
}

/// What comes due, for `schedule`.
pub trait DueStore: Send + Sync {
    /// What is due at `now`, oldest first, at most `limit`, however long nobody asked. What can't be read (it may be of a later
    /// version) is left out and logged: it must not hold up the others.
    fn due(&self, now: Timestamp, limit: usize) -> impl Future<Output = Result<Vec<DueItem>, PortError>> + Send;

    /// Takes an item off, after it was handed on.
    fn done(&self, item: &DueItem) -> impl Future<Output = Result<(), PortError>> + Send;
}
