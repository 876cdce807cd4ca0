//! A small team with hosts, on the ports in memory.

pub use crate::ports::at;
use crate::ports::{MemoryPorts, lends_ports};
use jiff::Timestamp;
use opsroom_application::commands::Worked;
use opsroom_application::request::{Ask, Press, Reply, Request};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{CommandId, EventKey, MessageKey, OperationId};
use opsroom_domain::operation::{HostStatus, Operation};
use opsroom_domain::rights::Asker;
use opsroom_domain::room_message::Shown;

pub use crate::words::all_words;

pub const HOSTS: [&str; 3] = ["i-00000000000000001", "i-00000000000000002", "i-00000000000000003"];

pub fn catalog() -> Catalog {
    serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"},
        "environments": {"staging": {}, "production": {}},
        "services": {
            "api": {"environments": {
                "staging": {"pipeline": "api-staging", "hosts": {"tags": {"service": "api", "environment": "staging"}, "settle_seconds": 20}},
                "production": {"pipeline": "api-production"}}},
            "web": {"environments": {
                "staging": {"pipeline": "web-staging", "log_group": "/acme/web", "hosts": {"tags": {"service": "web", "environment": "staging"}, "unit": "web-front"}}}}
        },
        "roles": {"operator": {"grants": [{"allow": ["read", "operate"]}]}, "reader": {"grants": [{"allow": ["read"]}]}, "dba": {"grants": [{"allow": ["operate"]}]}},
        "people": {"U1": {"name": "One", "roles": ["operator"]}, "U2": {"name": "Two", "roles": ["operator"]}, "U3": {"name": "Three", "roles": ["reader"]}},
        "rooms": {"C1": {"name": "ops", "allow": ["operate"]}},
        "hosts": {
            "masks": ["card=[0-9]+"],
            "runbooks": {
                "motd": {"document": "acme-motd", "description": "Says something at login", "check": {"parameter": "check", "value": "true", "otherwise": "false"},
                    "parameters": {"play": {"fixed": "motd.yml"}, "greeting": {"pattern": "[a-z ]+", "default": "hello"}}},
                "scale": {"document": "acme-scale", "description": "More or fewer workers", "parameters": {"count": {"pattern": "[0-9]+"}, "size": {"choices": ["s", "m"]}}},
                "vacuum": {"document": "acme-vacuum", "description": "Vacuums", "roles": ["dba"], "batch": "1"}
            }
        }
    }"#,
    )
    .unwrap()
}

pub struct World {
    ports: MemoryPorts,
}

lends_ports!(World);

impl World {
    /// Three hosts of `api` in staging.
    pub fn new() -> Self {
        let world = Self { ports: MemoryPorts::new(catalog(), at(0)) };
        for (number, id) in HOSTS.iter().enumerate() {
            world.hosts.add(id, &format!("api-{}", number + 1), &[("service", "api"), ("environment", "staging")]);
        }
        world
    }

    /// Works off what `commands` wanted to do later, once.
    pub async fn work_later(&self) -> usize {
        let planned = self.later_on.take();
        for (request, _) in &planned {
            self.work(request).await.unwrap();
        }
        planned.len()
    }

    pub async fn type_line(&self, event: &str, person: &str, typed: &str) -> Worked {
        self.work(&line(event, person, typed, self.now)).await.unwrap()
    }

    /// Systems Manager tells that a command moved.
    pub async fn tell(&self, event: &str, command: &CommandId, document: &str) -> Worked {
        let ask = Ask::CommandMoved { command: command.clone(), document: document.to_owned() };
        self.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap()
    }

    /// What the clock would do.
    pub async fn clock(&self, event: &str, id: &OperationId) -> Worked {
        let task = DueTask::LookAtOperation { operation: id.clone() };
        let ask = Ask::Due { task, at: self.now };
        self.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap()
    }

    pub async fn press(&self, event: &str, person: &str, press: Press) -> Worked {
        let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
        let ask = Ask::Pressed { asker: asker(person), press, at: self.now, reply };
        self.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap()
    }

    pub fn operation(&self, event: &str) -> Operation {
        self.store.look(|state| state.operations.operations.get(&id(event)).cloned().unwrap())
    }

    pub fn show(&self, over: bool, statuses: &[HostStatus]) {
        let statuses: Vec<(&str, HostStatus)> = HOSTS.into_iter().zip(statuses.iter().copied()).collect();
        self.hosts.show(&self.hosts.last().unwrap(), over, &statuses);
    }

    /// Slack has posted the message of an operation.
    pub fn posted(&self, event: &str) {
        let key = MessageKey::operation(&id(event));
        let mut state = self.store.state.lock().unwrap();
        let item = state.messages.get_mut(&key).unwrap();
        item.message.shown = Some(Shown { ts: Some("17.5".into()), version: item.message.version });
    }

    pub fn shown(&self, event: &str) -> String {
        all_words(&self.message(&MessageKey::operation(&id(event))).1)
    }

    pub fn answer(&self, event: &str) -> String {
        all_words(&self.message(&MessageKey::answer(&event.into())).1)
    }
}

pub fn id(event: &str) -> OperationId {
    OperationId::derived_from(&EventKey::from(event))
}

pub fn asker(person: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: "C1".into() }
}

pub fn line(event: &str, person: &str, line: &str, at: Timestamp) -> Request {
    let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
    Request { event: event.into(), correlation: "c".into(), ask: Ask::Line { asker: asker(person), line: line.into(), at, reply } }
}
