//! The Systems Manager stand-in: hosts that really run what a document says, the documents, the commands, the automations.
//!
//! The decisions are pure ([`rollout`], [`document`], [`interpolation`]); this module holds the state under one lock and hands out what
//! happened as events. Tasks carry commands to hosts ([`delivery`]).

mod answers;
mod automation;
mod command;
mod delivery;
mod document;
mod documents;
mod events;
mod folder;
mod host;
mod interpolation;
mod inventory;
mod rollout;
mod script;
mod sending;
mod state;
mod times;
mod trouble;

pub mod api;
pub mod control;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::clock;
use crate::pipelines::{Deployment, Site};

pub use self::folder::Place;
pub use self::host::Declaration;

use self::host::Agent;
use self::state::State;

/// The fleet file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The hosts.
    pub hosts: Vec<Declaration>,
}

/// The hosts and everything about them.
#[derive(Debug)]
pub struct Fleet {
    state: Mutex<State>,
    events: mpsc::UnboundedSender<Value>,
    roster: Roster,
    place: Place,
}

impl Fleet {
    /// Makes the hosts' folders; nothing runs yet. Versions say what the units are.
    pub fn new(
        site: Site,
        place: Place,
        roster: Roster,
        versions: &[Deployment],
        events: mpsc::UnboundedSender<Value>,
    ) -> std::io::Result<Self> {
        let now = clock::now();
        let mut state = State::new(site, now);
        for declared in &roster.hosts {
            state.add_host(declared.clone(), &place, versions, now)?;
        }
        Ok(Fleet { state: Mutex::new(state), events, roster, place })
    }

    /// Does something to the state, then sends what it told.
    pub fn with<T>(&self, work: impl FnOnce(&mut State, Timestamp) -> T) -> T {
        let mut state = self.lock();
        let result = work(&mut state, clock::now());
        for event in std::mem::take(&mut state.outbox) {
            if self.events.send(event).is_err() {
                tracing::warn!("no one carries events any more");
            }
        }
        result
    }

    /// How long a second of a timeout takes.
    pub fn second(&self) -> Duration {
        self.lock().second
    }

    /// Starts every host's unit.
    pub async fn start(&self) {
        let hosts: Vec<_> = self.lock().hosts.iter().map(|host| host.id.clone()).collect();
        self.start_units(&hosts).await;
    }

    async fn start_units(&self, ids: &[String]) {
        let units: Vec<_> = {
            let state = self.lock();
            state.hosts.iter().filter(|host| ids.contains(&host.id)).map(|host| (host.folder.clone(), host.unit.clone())).collect()
        };
        for (folder, unit) in units {
            if let Err(error) = folder.program("systemctl", &["start", &unit]).await {
                tracing::warn!(%error, unit, "a unit did not start");
            }
        }
    }

    /// Cuts hosts off, or lets them come up.
    pub async fn power(&self, ids: &[String], agent: Agent) {
        if agent != Agent::Online {
            self.agent(ids, agent);
            for host in self.lock().hosts.iter().filter(|host| ids.contains(&host.id)) {
                host.folder.cut_power();
            }
            return;
        }
        self.start_units(ids).await;
        self.agent(ids, agent);
    }

    /// Makes agents answer or not; what runs on the hosts runs on.
    pub fn agent(&self, ids: &[String], agent: Agent) {
        self.with(|state, now| {
            for host in state.hosts.iter_mut().filter(|host| ids.contains(&host.id)) {
                host.last_ping = now;
                host.agent.send_replace(agent);
            }
        });
    }

    /// What a deployment's last action did: the hosts' units are of another version.
    pub async fn deploy(&self, deployment: &Deployment) {
        let hosts: Vec<_> = {
            let state = self.lock();
            let served = state.hosts.iter().filter(|host| host.serves(&deployment.service, &deployment.environment));
            served.filter(|host| *host.agent.borrow() == Agent::Online).map(|host| (host.folder.clone(), host.unit.clone())).collect()
        };
        for (folder, unit) in hosts {
            let changed = folder.set_version(&unit, &deployment.version);
            let restarted = folder.program("systemctl", &["restart", &unit]).await;
            if let Err(error) = changed.and(restarted) {
                tracing::warn!(%error, unit, "a deployment did not reach a host");
            }
        }
    }

    /// Back to the start: every host as declared, no command, no automation. Documents stay, as what `sam deploy` made does.
    pub async fn reset(&self, versions: &[Deployment]) -> std::io::Result<()> {
        self.stop();
        self.with(|state, now| {
            state.forget();
            for declared in &self.roster.hosts {
                state.add_host(declared.clone(), &self.place, versions, now)?;
            }
            Ok::<_, std::io::Error>(())
        })?;
        self.start().await;
        Ok(())
    }

    /// Ends every process of every host.
    pub fn stop(&self) {
        let state = self.lock();
        state.cancel_all();
        for host in &state.hosts {
            host.folder.cut_power();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a call; what was begun by it goes on by itself.
pub fn answer(fleet: &Arc<Fleet>, call: &api::Call<'_>, denied: automation::Denied) -> Result<Value, crate::refusal::Refusal> {
    let (answer, begun) = fleet.with(|state, now| api::answer(state, call, now))?;
    match begun {
        None => {}
        Some(api::Begun::Command(id)) => drop(tokio::spawn(delivery::drive(Arc::clone(fleet), id))),
        Some(api::Begun::Automation(id)) => drop(tokio::spawn(automation::run(Arc::clone(fleet), id, denied))),
    }
    Ok(answer)
}

/// A version 4 UUID.
pub fn new_id() -> String {
    let mut bytes = fastrand::u128(..).to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}
