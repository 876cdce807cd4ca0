//! Hosts, as the use cases need them: Systems Manager, and the logs of services.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::{ChannelId, CommandId, EnvironmentName, HostId, OperationId, ServiceName};
use opsroom_domain::operation::{Hold, HostTarget, Operation, Sight};

use super::PortError;
use crate::request::Request;

/// A host, as Systems Manager knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostInfo {
    /// Its id.
    pub id: HostId,
    /// What it calls itself.
    pub name: String,
    /// Its address in its network.
    pub address: Option<String>,
    /// Whether its agent answers.
    pub agent: Agent,
    /// When the agent was heard last.
    pub heard_at: Option<Timestamp>,
    /// What runs on it: `Amazon Linux 2023`.
    pub platform: Option<String>,
}

/// Whether a host's agent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// It does.
    Online,
    /// Not since a few minutes.
    Lost,
    /// Not for long.
    Inactive,
}

/// Something to send: the same order, however often it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The document.
    pub document: String,
    /// The hosts.
    pub target: HostTarget,
    /// What the document is given.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// On how many hosts at once.
    pub concurrency: String,
    /// After how many that fail no further host is touched.
    pub errors: String,
    /// Whose it is: by this it is found again.
    pub comment: String,
    /// It can't have been sent before.
    pub not_before: Timestamp,
}

/// What a host printed, as much as Systems Manager keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
    /// Whether there was more.
    pub cut: bool,
}

/// Which document of Opsroom's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnDocument {
    /// Restarts a unit.
    RestartService,
    /// Tells how a host stands.
    CheckHost,
    /// Reads a unit's journal.
    ReadJournal,
    /// Reads a unit's journal on.
    FollowJournal,
    /// Asks or tells the DJ's player.
    Dj,
}

impl OwnDocument {
    /// Its name without the stack's.
    pub fn name(self) -> &'static str {
        match self {
            Self::RestartService => "restart-service",
            Self::CheckHost => "check-host",
            Self::ReadJournal => "read-journal",
            Self::FollowJournal => "follow-journal",
            Self::Dj => "dj",
        }
    }
}

/// Runs documents on hosts.
pub trait Hosts: Send + Sync {
    /// What Systems Manager calls a document of this stack.
    fn document(&self, which: OwnDocument) -> String;

    /// The hosts that are meant (`DescribeInstanceInformation`), one more than an operation takes at most.
    fn describe(&self, target: &HostTarget) -> impl Future<Output = Result<Vec<HostInfo>, PortError>> + Send;

    /// The call that [`describe`](Self::describe) makes, for people to read.
    fn describe_call(&self, target: &HostTarget) -> ApiCall;

    /// Finds a host, by its id or by what it calls itself, among those with tags: which of the tags it has, as a place in `among`.
    fn find_host(
        &self,
        host: &str,
        among: &[BTreeMap<String, String>],
    ) -> impl Future<Output = Result<Option<(usize, HostInfo)>, PortError>> + Send;

    /// The call that [`send`](Self::send) makes, for people to read.
    fn send_call(&self, order: &Order) -> ApiCall;

    /// Sends a command (`SendCommand`).
    fn send(&self, order: &Order) -> impl Future<Output = Result<CommandId, PortError>> + Send;

    /// Looks for the command that an earlier sending of the same order made (`ListCommands`, by its comment).
    fn find(&self, order: &Order) -> impl Future<Output = Result<Option<CommandId>, PortError>> + Send;

    /// The comment of a command (`ListCommands`).
    fn comment(&self, command: &CommandId) -> impl Future<Output = Result<Option<String>, PortError>> + Send;

    /// How a command stands (`ListCommands`, `ListCommandInvocations`), with what each host that has ended says of itself; `NotFound` if
    /// there is no such command.
    fn sight(&self, command: &CommandId) -> impl Future<Output = Result<Sight, PortError>> + Send;

    /// What hosts printed (`GetCommandInvocation`). Of a host that printed nothing yet there is nothing.
    fn printed(&self, command: &CommandId, hosts: &[HostId]) -> impl Future<Output = Result<Vec<(HostId, Printed)>, PortError>> + Send;

    /// The call that [`cancel`](Self::cancel) makes, for people to read.
    fn cancel_call(&self, command: &CommandId) -> ApiCall;

    /// Asks a command to stop (`CancelCommand`). Succeeds if it is over.
    fn cancel(&self, command: &CommandId) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The call that [`reboot`](Self::reboot) makes, for people to read.
    fn reboot_call(&self, host: &HostId, token: &str) -> ApiCall;

    /// Stops a host and starts it again (`StartAutomationExecution` of `AWS-RestartEC2Instance`). The same token reboots once.
    fn reboot(&self, host: &HostId, token: &str) -> impl Future<Output = Result<CommandId, PortError>> + Send;

    /// How that stands (`GetAutomationExecution`).
    fn reboot_sight(&self, automation: &CommandId, host: &HostId) -> impl Future<Output = Result<Sight, PortError>> + Send;

    /// The call that [`cancel_reboot`](Self::cancel_reboot) makes, for people to read.
    fn cancel_reboot_call(&self, automation: &CommandId) -> ApiCall;

    /// Asks a reboot to stop (`StopAutomationExecution`). Succeeds if it is over.
    fn cancel_reboot(&self, automation: &CommandId) -> impl Future<Output = Result<(), PortError>> + Send;

    /// What a document says (`GetDocument`), as YAML.
    fn shell(&self, document: &str) -> impl Future<Output = Result<String, PortError>> + Send;
}

/// A page of a log group's events, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogPage {
    /// When, and what.
    pub events: Vec<(Timestamp, String)>,
    /// Where the next page begins; `None` for the last one.
    pub next: Option<String>,
}

/// Reads the logs of services.
pub trait ServiceLogs: Send + Sync {
    /// The call that [`page`](Self::page) makes first, for people to read.
    fn page_call(&self, group: &str, from: Timestamp, to: Timestamp) -> ApiCall;

    /// A page of what a log group got between two moments, the first included and the last not (`FilterLogEvents`); `NotFound` if there is
    /// no such group.
    fn page(
        &self,
        group: &str,
        from: Timestamp,
        to: Timestamp,
        next: Option<&str>,
    ) -> impl Future<Output = Result<LogPage, PortError>> + Send;
}

/// Puts long texts into threads as files (Slack: "Working with files").
pub trait Snippets: Send + Sync {
    /// Gives Slack the bytes. Nobody sees them until they are shared.
    fn upload(&self, name: &str, bytes: Vec<u8>) -> impl Future<Output = Result<String, PortError>> + Send;

    /// Shares what was uploaded, in the thread of a message. `Conflict` if that was done before: Slack takes it once.
    fn share(&self, file: &str, title: &str, channel: &ChannelId, thread: &str) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// Lets `commands` go on with something a little later.
pub trait Later: Send + Sync {
    /// Returns once the request is durably queued. At most fifteen minutes later.
    fn send_in(&self, request: &Request, delay: SignedDuration) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// What changes about operations, in boxes, because most changes have nothing of it. Each entity's `version` is the one that was read (0 for a new one); it is written as one more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OperationChange {
    /// The operation's next state. What Systems Manager calls it leads to it from then on.
    pub operation: Option<Box<Operation>>,
    /// Who changes something there.
    pub hold: Option<Box<Hold>>,
}

/// Reads what is known of operations.
pub trait OperationStore: Send + Sync {
    /// An operation (strongly consistent).
    fn operation(&self, id: &OperationId) -> impl Future<Output = Result<Option<Operation>, PortError>> + Send;

    /// The operation that a command belongs to (strongly consistent).
    fn operation_of(&self, command: &CommandId) -> impl Future<Output = Result<Option<OperationId>, PortError>> + Send;

    /// Who changes something on a service's hosts, or did last (strongly consistent).
    fn hold(&self, service: &ServiceName, environment: &EnvironmentName) -> impl Future<Output = Result<Option<Hold>, PortError>> + Send;
}
