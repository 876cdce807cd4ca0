//! Hosts that do what a test says.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use opsroom_application::ports::{Agent, HostInfo, Hosts, Order, OwnDocument, PortError, PortErrorKind, Printed};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::{CommandId, HostId};
use opsroom_domain::operation::{HostReport, HostSighting, HostStatus, HostTarget, Sight};

use crate::{Failures, lock};

/// A Systems Manager in memory.
#[derive(Debug, Default)]
pub struct MemoryHosts {
    /// The hosts, with their tags.
    pub hosts: Mutex<Vec<(HostInfo, BTreeMap<String, String>)>>,
    /// Every command that was sent.
    pub sent: Mutex<Vec<(CommandId, Order)>>,
    /// Every reboot, by its token.
    pub reboots: Mutex<Vec<(CommandId, HostId, String)>>,
    /// How commands stand. One that was sent and isn't here has not begun.
    pub sights: Mutex<HashMap<CommandId, Sight>>,
    /// What hosts printed.
    pub printed: Mutex<HashMap<(CommandId, HostId), Printed>>,
    /// Commands that were asked to stop.
    pub stopped: Mutex<Vec<CommandId>>,
    /// How often `sight` was called.
    pub looks: Mutex<usize>,
    /// For every method, by its name.
    pub failures: Failures,
}

impl MemoryHosts {
    /// A host whose agent answers.
    pub fn add(&self, id: &str, name: &str, tags: &[(&str, &str)]) {
        let info = HostInfo {
            id: HostId::new(id),
            name: name.to_owned(),
            address: Some("10.0.0.10".to_owned()),
            agent: Agent::Online,
            heard_at: None,
            platform: Some("Amazon Linux 2023".to_owned()),
        };
        let tags = tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        lock(&self.hosts).push((info, tags));
    }

    /// Decides how a command stands from now on.
    pub fn show(&self, command: &CommandId, over: bool, statuses: &[(&str, HostStatus)]) {
        let printed = lock(&self.printed);
        let seen = |(id, status): &(&str, HostStatus)| {
            let id = HostId::new(*id);
            let said = printed.get(&(command.clone(), id.clone())).filter(|_| status.is_final());
            HostSighting {
                report: said.and_then(|said| HostReport::read(&said.output)),
                note: said.filter(|_| status.is_bad()).and_then(|said| HostReport::complaint(&said.output, &said.errors)),
                id,
                name: None,
                status: *status,
            }
        };
        let sight = Sight { over, hosts: statuses.iter().map(seen).collect() };
        lock(&self.sights).insert(command.clone(), sight);
    }

    /// Decides what a host has printed.
    pub fn print(&self, command: &CommandId, host: &str, output: &str, errors: &str) {
        let printed = Printed { output: output.to_owned(), errors: errors.to_owned(), cut: false };
        lock(&self.printed).insert((command.clone(), HostId::new(host)), printed);
    }

    /// The command that was sent last.
    pub fn last(&self) -> Option<CommandId> {
        lock(&self.sent).last().map(|(command, _)| command.clone())
    }

    fn not_found(operation: &'static str) -> PortError {
        PortError::new(PortErrorKind::NotFound, operation, "no such command")
    }
}

fn has(tags: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted.iter().all(|(key, value)| tags.get(key) == Some(value))
}

impl Hosts for MemoryHosts {
    fn document(&self, which: OwnDocument) -> String {
        format!("opsroom-{}", which.name())
    }

    async fn describe(&self, target: &HostTarget) -> Result<Vec<HostInfo>, PortError> {
        self.failures.around("describe", || {
            let is_meant = |info: &HostInfo, tags: &BTreeMap<String, String>| match target {
                HostTarget::Tags(wanted) => has(tags, wanted),
                HostTarget::Hosts(hosts) => hosts.contains(&info.id),
            };
            lock(&self.hosts).iter().filter(|(info, tags)| is_meant(info, tags)).map(|(info, _)| info.clone()).collect()
        })
    }

    async fn find_host(&self, host: &str, among: &[BTreeMap<String, String>]) -> Result<Option<(usize, HostInfo)>, PortError> {
        self.failures.around("find_host", || {
            let hosts = lock(&self.hosts);
            let found = hosts.iter().find(|(info, _)| info.id.as_str() == host || info.name.eq_ignore_ascii_case(host));
            found.and_then(|(info, tags)| Some((among.iter().position(|wanted| has(tags, wanted))?, info.clone())))
        })
    }

    fn describe_call(&self, _target: &HostTarget) -> ApiCall {
        ApiCall::new("ssm", "describe-instance-information")
    }

    fn send_call(&self, order: &Order) -> ApiCall {
        ApiCall::new("ssm", "send-command").with("document-name", order.document.as_str()).with("comment", order.comment.as_str())
    }

    async fn send(&self, order: &Order) -> Result<CommandId, PortError> {
        self.failures.around("send", || {
            let mut sent = lock(&self.sent);
            let command = CommandId::new(format!("command-{}", sent.len() + 1));
            sent.push((command.clone(), order.clone()));
            command
        })
    }

    async fn find(&self, order: &Order) -> Result<Option<CommandId>, PortError> {
        self.failures
            .around("find", || lock(&self.sent).iter().find(|(_, sent)| sent.comment == order.comment).map(|(command, _)| command.clone()))
    }

    async fn comment(&self, command: &CommandId) -> Result<Option<String>, PortError> {
        self.failures
            .around("comment", || lock(&self.sent).iter().find(|(sent, _)| sent == command).map(|(_, order)| order.comment.clone()))
    }

    async fn sight(&self, command: &CommandId) -> Result<Sight, PortError> {
        *lock(&self.looks) += 1;
        self.failures.around("sight", || {
            if !lock(&self.sent).iter().any(|(sent, _)| sent == command) {
                return Err(Self::not_found("sight"));
            }
            Ok(lock(&self.sights).get(command).cloned().unwrap_or(Sight { over: false, hosts: Vec::new() }))
        })?
    }

    async fn printed(&self, command: &CommandId, hosts: &[HostId]) -> Result<Vec<(HostId, Printed)>, PortError> {
        self.failures.around("printed", || {
            let printed = lock(&self.printed);
            hosts.iter().filter_map(|host| Some((host.clone(), printed.get(&(command.clone(), host.clone()))?.clone()))).collect()
        })
    }

    fn cancel_call(&self, command: &CommandId) -> ApiCall {
        ApiCall::new("ssm", "cancel-command").with("command-id", command.as_str())
    }

    async fn cancel(&self, command: &CommandId) -> Result<(), PortError> {
        self.failures.around("cancel", || lock(&self.stopped).push(command.clone()))
    }

    fn reboot_call(&self, host: &HostId, token: &str) -> ApiCall {
        ApiCall::new("ssm", "start-automation-execution").with("host", host.as_str()).with("client-token", token)
    }

    async fn reboot(&self, host: &HostId, token: &str) -> Result<CommandId, PortError> {
        self.failures.around("reboot", || {
            let mut reboots = lock(&self.reboots);
            if let Some((earlier, ..)) = reboots.iter().find(|(_, _, sent)| sent == token) {
                return earlier.clone();
            }
            let automation = CommandId::new(format!("automation-{}", reboots.len() + 1));
            reboots.push((automation.clone(), host.clone(), token.to_owned()));
            automation
        })
    }

    async fn reboot_sight(&self, automation: &CommandId, _host: &HostId) -> Result<Sight, PortError> {
        self.failures
            .around("reboot_sight", || lock(&self.sights).get(automation).cloned().unwrap_or(Sight { over: false, hosts: Vec::new() }))
    }

    fn cancel_reboot_call(&self, automation: &CommandId) -> ApiCall {
        ApiCall::new("ssm", "stop-automation-execution").with("automation-execution-id", automation.as_str())
    }

    async fn cancel_reboot(&self, automation: &CommandId) -> Result<(), PortError> {
        self.failures.around("cancel_reboot", || lock(&self.stopped).push(automation.clone()))
    }

    async fn shell(&self, document: &str) -> Result<String, PortError> {
        self.failures.around("shell", || format!("description: {document}"))
    }
}
