//! The ports in memory that every world has, and the work on a request with them.

use jiff::Timestamp;
use opsroom_application::commands::{Commander, Ports, Worked};
use opsroom_application::failure::Failure;
use opsroom_application::ports::PortErrorKind;
use opsroom_application::request::Request;
use opsroom_domain::card::Card;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::console::Console;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::Destination;
use opsroom_memory::{
    MemoryAlarmQueue, MemoryBuildLogs, MemoryDeliveryQueue, MemoryDirectory, MemoryHosts, MemoryLater, MemoryMusic, MemoryPipelines,
    MemoryStore,
};

/// The clock of the worlds that have no moment of their own.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// The ports, and the clock. Every world holds them, and lends them as its own.
pub struct MemoryPorts {
    pub store: MemoryStore,
    pub pipelines: MemoryPipelines,
    pub logs: MemoryBuildLogs,
    pub hosts: MemoryHosts,
    pub slack: MemoryDirectory,
    pub delivery: MemoryDeliveryQueue,
    pub alarms: MemoryAlarmQueue,
    pub later_on: MemoryLater,
    pub console: Console,
    pub now: Timestamp,
}

impl Ports for MemoryPorts {
    type Store = MemoryStore;
    type Catalog = MemoryStore;
    type Pipelines = MemoryPipelines;
    type Logs = MemoryBuildLogs;
    type Hosts = MemoryHosts;
    type Slack = MemoryDirectory;
    type Delivery = MemoryDeliveryQueue;
    type Alarms = MemoryAlarmQueue;
    type Later = MemoryLater;
    type Music = MemoryMusic;
}

impl MemoryPorts {
    pub fn new(catalog: Catalog, now: Timestamp) -> Self {
        Self {
            store: MemoryStore::at(now).with_catalog(catalog),
            pipelines: MemoryPipelines::default(),
            logs: MemoryBuildLogs::default(),
            hosts: MemoryHosts::default(),
            slack: MemoryDirectory::default(),
            delivery: MemoryDeliveryQueue::default(),
            alarms: MemoryAlarmQueue::default(),
            later_on: MemoryLater::default(),
            console: Console { region: "eu-central-1".into() },
            now,
        }
    }

    /// Works a request off, as `commands` does.
    pub async fn work(&self, request: &Request) -> Result<Worked, PortErrorKind> {
        let commander = Commander::<Self> {
            store: &self.store,
            catalog: &self.store,
            pipelines: &self.pipelines,
            logs: &self.logs,
            hosts: &self.hosts,
            slack: &self.slack,
            delivery: &self.delivery,
            alarms: &self.alarms,
            later: &self.later_on,
            music: &MemoryMusic,
            console: &self.console,
            now: self.now,
        };
        Box::pin(commander.work(request)).await.map_err(|failure| match failure {
            Failure::Upstream(error) => error.kind,
            other => panic!("{other}"),
        })
    }

    pub fn later(&mut self, second: i64) {
        self.be_at(at(second));
    }

    pub fn be_at(&mut self, now: Timestamp) {
        self.now = now;
        self.store.set_now(now);
    }

    /// A message as it is to be shown, and where.
    pub fn message(&self, key: &MessageKey) -> (Destination, Card) {
        self.store.look(|state| {
            let item = state.messages.get(key).unwrap_or_else(|| panic!("{key} is not among {:?}", state.messages.keys()));
            (item.message.destination.clone(), item.message.wanted.clone())
        })
    }

    pub fn has_message(&self, key: &MessageKey) -> bool {
        self.store.look(|state| state.messages.contains_key(key))
    }

    /// What the audit log calls the outcome of each of its entries.
    pub fn recorded(&self) -> Vec<String> {
        self.store.look(|state| {
            let kind = |outcome| serde_json::to_value(outcome).unwrap()["outcome"].as_str().unwrap().to_owned();
            state.audit.iter().map(|entry| kind(&entry.record.outcome)).collect()
        })
    }
}

/// Lets a world lend its `ports` as its own.
macro_rules! lends_ports {
    ($world:ty) => {
        impl std::ops::Deref for $world {
            type Target = crate::ports::MemoryPorts;

            fn deref(&self) -> &Self::Target {
                &self.ports
            }
        }

        impl std::ops::DerefMut for $world {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.ports
            }
        }
    };
}
pub(crate) use lends_ports;
