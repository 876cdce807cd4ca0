//! What deployments need: a catalog, the ports in memory, and what is said of a run.

pub use crate::ports::at;
use crate::ports::{MemoryPorts, lends_ports};
use opsroom_application::ports::Store as _;
use opsroom_application::progress::{Follower, Taken};
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_domain::card::Card;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{DeploymentId, EventKey, MessageKey};
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation, RunStatus, Sighting};
use opsroom_domain::rights::Asker;
use opsroom_domain::room_message::Destination;

pub fn catalog() -> Catalog {
    // Text, because the order of environments counts and a JSON value would not keep it.
    serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"},
        "environments": {"staging": {}, "production": {"aliases": ["prod"]}},
        "services": {
            "api": {"environments": {
                "staging": {"pipeline": "api-staging", "revision": {"via": "source", "action": "Source"}},
                "production": {"pipeline": "api-production"}}},
            "web": {"environments": {"staging": {"pipeline": "web-staging", "revision": {"via": "variable", "name": "REF"}}}}
        },
        "roles": {"operator": {"grants": [{"allow": ["read", "deploy"]}]}, "reader": {"grants": [{"allow": ["read"]}]}},
        "people": {"U1": {"name": "One", "roles": ["operator"]}, "U2": {"name": "Two", "roles": ["operator"]}, "U3": {"name": "Three", "roles": ["reader"]}},
        "rooms": {"C1": {"name": "ops", "allow": ["deploy"]}}
    }"#,
    )
    .unwrap()
}

pub struct World {
    ports: MemoryPorts,
}

lends_ports!(World);

impl World {
    pub fn new() -> Self {
        Self { ports: MemoryPorts::new(catalog(), at(0)) }
    }

    pub async fn see(&self, observations: &[Observation]) -> Taken {
        self.see_and_tell(observations).await.0
    }

    /// The same, and what came due at once.
    pub async fn see_and_tell(&self, observations: &[Observation]) -> (Taken, Vec<DueTask>) {
        let catalog = catalog();
        let follower = Follower {
            store: &self.store,
            logs: &self.logs,
            delivery: &self.delivery,
            catalog: Some(&catalog),
            console: &self.console,
            now: self.now,
            correlation: &"c".into(),
        };
        let (taken, due) = follower.take_in_and_tell(&key(), observations, &[]).await.unwrap();
        (taken, due.into_iter().map(|item| item.task).collect())
    }

    pub async fn deployment(&self, event: &str) -> Deployment {
        self.store.deployment(&id(event)).await.unwrap().unwrap()
    }

    pub fn answer(&self, event: &str) -> (Destination, Card) {
        self.message(&MessageKey::answer(&event.into()))
    }
}

pub fn id(event: &str) -> DeploymentId {
    DeploymentId::derived_from(&EventKey::from(event))
}

pub fn key() -> ExecutionKey {
    ExecutionKey::codepipeline("api-staging".into(), "execution-1".into())
}

pub fn asker(person: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: "C1".into() }
}

pub fn line(event: &str, person: &str, line: &str) -> Request {
    let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
    Request { event: event.into(), correlation: "c".into(), ask: Ask::Line { asker: asker(person), line: line.into(), at: at(0), reply } }
}

pub fn whole(status: RunStatus, second: i64) -> Observation {
    Observation::Execution(Sighting { status, at: Some(at(second)) })
}
