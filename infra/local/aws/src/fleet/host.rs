//! A host: what it is, whether its agent answers, and what it has run.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::folder::Folder;

/// How many scripts are remembered per host.
const REMEMBERED: usize = 500;

/// A host as the fleet file declares it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The instance's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The unit it runs.
    pub unit: String,
    /// Its tags, besides its name.
    pub tags: BTreeMap<String, String>,
}

/// Whether the agent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    /// It does.
    Online,
    /// Not just now; it may come back.
    Lost,
    /// Not any more.
    Gone,
}

impl Agent {
    /// What `DescribeInstanceInformation` calls it.
    pub fn ping_status(self) -> &'static str {
        match self {
            Agent::Online => "Online",
            Agent::Lost => "ConnectionLost",
            Agent::Gone => "Inactive",
        }
    }
}

/// A script that the agent was given.
#[derive(Debug, Clone, Serialize)]
pub struct Ran {
    /// The command it belongs to.
    pub command: String,
    /// The document.
    pub document: String,
    /// The step.
    pub step: String,
    /// When.
    pub at: String,
    /// The lines, with the values in them.
    pub script: Vec<String>,
}

/// A host.
#[derive(Debug)]
pub struct Host {
    /// The instance's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The unit it runs.
    pub unit: String,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
    /// Its disk.
    pub folder: Folder,
    /// Whether the agent answers; those who wait for it hear of a change.
    pub agent: watch::Sender<Agent>,
    /// When the agent was last heard.
    pub last_ping: Timestamp,
    /// When it came into being.
    pub registered: Timestamp,
    /// Its place among the hosts, which makes its address.
    pub number: usize,
    /// What it was given to run, oldest first.
    pub ran: VecDeque<Ran>,
}

impl Host {
    /// A host that is up.
    pub fn new(declared: Declaration, folder: Folder, number: usize, now: Timestamp) -> Self {
        let mut tags = declared.tags;
        tags.insert("Name".to_owned(), declared.name.clone());
        Host {
            id: declared.id,
            name: declared.name,
            unit: declared.unit,
            tags,
            folder,
            agent: watch::Sender::new(Agent::Online),
            last_ping: now,
            registered: now,
            number,
            ran: VecDeque::new(),
        }
    }

    /// Its address in the network that does not exist.
    pub fn address(&self) -> String {
        format!("10.0.{}.{}", self.number / 200, 10 + self.number % 200)
    }

    /// Whether it is the one that serves a service in an environment.
    pub fn serves(&self, service: &str, environment: &str) -> bool {
        let is = |key: &str, value: &str| self.tags.get(key).is_some_and(|tag| tag == value);
        is("service", service) && is("environment", environment)
    }

    /// Whether it has one of a tag's values.
    pub fn has_tag(&self, key: &str, values: &[String]) -> bool {
        self.tags.get(key).is_some_and(|tag| values.contains(tag))
    }

    /// Remembers what it was given to run.
    pub fn remember(&mut self, ran: Ran) {
        self.ran.push_back(ran);
        if self.ran.len() > REMEMBERED {
            self.ran.pop_front();
        }
    }

    /// What the control API shows.
    pub fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "unit": self.unit,
            "tags": self.tags,
            "agent": *self.agent.borrow(),
            "version": self.folder.version(&self.unit),
            "state": self.folder.unit_state(&self.unit),
            "folder": self.folder.root(),
        })
    }
}
