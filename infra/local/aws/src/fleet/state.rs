//! All that is known: hosts, documents, commands, automations.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::automation::{self, Automation};
use super::command::{Command, Invocation};
use super::documents::Documents;
use super::events;
use super::folder::{Folder, Place};
use super::host::{Declaration, Host};
use super::rollout::{End, Next, Phase, next};
use crate::pipelines::{Deployment, Site};
use crate::refusal::Refusal;

/// How many commands are remembered.
const REMEMBERED: usize = 2_000;

/// The state.
#[derive(Debug)]
pub struct State {
    /// Where they are.
    pub site: Site,
    /// The hosts, in the file's order.
    pub hosts: Vec<Host>,
    /// The documents.
    pub documents: Documents,
    /// The commands, oldest first.
    pub commands: Vec<Command>,
    /// The automations, oldest first.
    pub automations: Vec<Automation>,
    /// How long a second of a timeout takes.
    pub second: Duration,
    /// Events to send.
    pub outbox: Vec<Value>,
}

impl State {
    /// No hosts yet.
    pub fn new(site: Site, now: Timestamp) -> Self {
        State {
            documents: Documents::new(site.clone(), now),
            site,
            hosts: Vec::new(),
            commands: Vec::new(),
            automations: Vec::new(),
            second: Duration::from_secs(1),
            outbox: Vec::new(),
        }
    }

    /// Adds a host and makes its folder.
    pub fn add_host(&mut self, declared: Declaration, place: &Place, versions: &[Deployment], now: Timestamp) -> io::Result<()> {
        let folder = Folder::new(place, &declared.id, &declared.name);
        let host = Host::new(declared, folder, self.hosts.len(), now);
        let deployed = versions.iter().find(|version| host.serves(&version.service, &version.environment));
        host.folder.create(&host.unit, deployed.map_or("1.0.0", |deployed| &deployed.version))?;
        self.hosts.push(host);
        Ok(())
    }

    /// A host by its id.
    pub fn host(&mut self, id: &str) -> Option<&mut Host> {
        self.hosts.iter_mut().find(|host| host.id == id)
    }

    /// A command by its id.
    pub fn command(&mut self, id: &str) -> Result<&mut Command, Refusal> {
        let unknown = || Refusal::new("InvalidCommandId", "The specified command ID isn't valid. Verify the ID and try again.");
        self.commands.iter_mut().find(|command| command.id == id).ok_or_else(unknown)
    }

    /// An automation by its id.
    pub fn automation(&mut self, id: &str) -> Result<&mut Automation, Refusal> {
        self.automations.iter_mut().find(|automation| automation.id == id).ok_or_else(|| automation::not_found(id))
    }

    /// Adds a command.
    pub fn add_command(&mut self, command: Command) {
        if self.commands.len() >= REMEMBERED {
            self.commands.remove(0);
        }
        self.commands.push(command);
    }

    /// Forgets all but the documents.
    pub fn forget(&mut self) {
        self.hosts.clear();
        self.commands.clear();
        self.automations.clear();
        self.second = Duration::from_secs(1);
        self.outbox.clear();
    }

    /// Tells everything that runs to end.
    pub fn cancel_all(&self) {
        for invocation in self.commands.iter().flat_map(|command| &command.invocations) {
            invocation.cancel.send_replace(true);
        }
        for automation in &self.automations {
            automation.cancel.send_replace(true);
        }
    }

    /// What a command does next: the invocations to send, or nothing more if it is over.
    pub fn send_on(&mut self, id: &str, now: Timestamp) -> Option<Vec<usize>> {
        let (phases, limits) = self.command(id).ok().map(|command| (command.phases(), command.limits))?;
        let sent = match next(&phases, limits) {
            Next::Send(indices) => {
                for index in &indices {
                    self.change(id, *index, Phase::Sent, now);
                }
                indices
            }
            Next::Terminate => {
                for (index, _) in phases.iter().enumerate().filter(|(_, phase)| **phase == Phase::Waiting) {
                    self.change(id, index, Phase::Ended(End::Terminated), now);
                }
                Vec::new()
            }
        };
        let over = self.command(id).ok()?.phases().iter().all(|phase| phase.is_over());
        (!over).then_some(sent)
    }

    /// Changes an invocation and tells of it.
    pub fn change(&mut self, id: &str, index: usize, phase: Phase, now: Timestamp) {
        let site = self.site.clone();
        let Ok(command) = self.command(id) else { return };
        let before = command.invocations[index].phase;
        if before.is_over() {
            return;
        }
        command.invocations[index].phase = phase;
        let mut told = Vec::new();
        if before.names().0 != phase.names().0 {
            told.push(events::of_invocation(&site, command, &command.invocations[index], now));
        }
        let status = command.status().0;
        if status != command.told {
            command.told = status;
            told.push(events::of_command(&site, command, now));
        }
        if phase.is_over() {
            command.progress.notify_one();
        }
        self.outbox.extend(told);
    }

    /// Tells how far an automation is.
    pub fn tell_automation(&mut self, id: &str, now: Timestamp) {
        let site = self.site.clone();
        if let Ok(automation) = self.automation(id) {
            let event = events::of_automation(&site, automation, now);
            self.outbox.push(event);
        }
    }

    /// Cancels a command on some hosts, or on all.
    pub fn cancel(&mut self, id: &str, hosts: &[String], now: Timestamp) -> Result<(), Refusal> {
        let command = self.command(id)?;
        let meant = |invocation: &Invocation| hosts.is_empty() || hosts.contains(&invocation.host);
        if let Some(stranger) = hosts.iter().find(|host| command.invocations.iter().all(|invocation| invocation.host != **host)) {
            return Err(Refusal::new("InvalidInstanceId", format!("The command was not sent to {stranger}")));
        }
        let running: Vec<_> = (0..command.invocations.len())
            .filter(|index| meant(&command.invocations[*index]) && !command.invocations[*index].phase.is_over())
            .collect();
        command.cancelled |= hosts.is_empty() && !running.is_empty();
        for index in running {
            let command = self.command(id)?;
            let phase = command.invocations[index].phase;
            command.invocations[index].cancel.send_replace(true);
            // What has not been sent has nobody to end it.
            let then = if phase == Phase::Waiting { Phase::Ended(End::Cancelled) } else { Phase::Cancelling };
            self.change(id, index, then, now);
        }
        Ok(())
    }
}
