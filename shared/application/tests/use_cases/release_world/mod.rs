//! A team whose production is protected, with its clock, its pipelines and the ports in memory.

pub use crate::ports::at;
use crate::ports::{MemoryPorts, lends_ports};
use crate::words::all_words;
use jiff::Timestamp;
use opsroom_application::commands::Worked;
use opsroom_application::ports::Store as _;
use opsroom_application::progress::Follower;
use opsroom_application::request::{Ask, Press, Reply, Request};
use opsroom_application::schedule::tick;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::{Deployment, Phase};
use opsroom_domain::ids::{DeploymentId, EventKey, MessageKey};
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::pipeline_execution::{Observation, RunStatus, Sighting};
use opsroom_domain::rights::Asker;
use opsroom_memory::MemoryCommandQueue;

/// `pay` is protected in production, `api` and `web` are not; `web` can be taken back by its pipeline itself.
pub fn catalog() -> Catalog {
    serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"},
        "environments": {"staging": {}, "production": {}},
        "services": {
            "api": {"repository": "acme/api", "environments": {
                "staging": {"pipeline": "api-staging", "revision": {"via": "source", "action": "Source"}},
                "production": {"pipeline": "api-production", "revision": {"via": "source", "action": "Source"}}}},
            "web": {"environments": {
                "staging": {"pipeline": "web-staging", "revision": {"via": "variable", "name": "REF"}, "rollback_stage": "Deploy"},
                "production": {"pipeline": "web-production", "revision": {"via": "variable", "name": "REF"}}}},
            "pay": {"environments": {
                "staging": {"pipeline": "pay-staging", "revision": {"via": "variable", "name": "REF"}},
                "production": {"pipeline": "pay-production", "revision": {"via": "variable", "name": "REF"},
                    "requires": "staging", "approval": {"role": "lead", "count": 2, "expires_after_minutes": 60}}}}},
        "roles": {
            "operator": {"grants": [{"allow": ["read", "deploy", "approve"]}]},
            "lead": {"grants": [{"allow": ["override"]}]},
            "reader": {"grants": [{"allow": ["read"]}]}},
        "people": {
            "UDANA": {"name": "Dana", "roles": ["operator", "lead"]},
            "UAVERY": {"name": "Avery", "roles": ["operator", "lead"]},
            "ULEE": {"name": "Lee", "roles": ["operator", "lead"]},
            "UDREW": {"name": "Drew", "roles": ["operator"]},
            "UROBIN": {"name": "Robin", "roles": ["reader"]}},
        "rooms": {"COPS": {"name": "ops", "allow": ["deploy", "approve", "override"]}}
    }"#,
    )
    .unwrap()
}

pub struct World {
    ports: MemoryPorts,
    pub queue: MemoryCommandQueue,
}

lends_ports!(World);

impl World {
    pub fn new() -> Self {
        Self::with(catalog())
    }

    pub fn with(catalog: Catalog) -> Self {
        Self { ports: MemoryPorts::new(catalog, at(0)), queue: MemoryCommandQueue::default() }
    }

    /// The clock goes on, and what comes due until then is worked off, each at its time.
    pub async fn until(&mut self, second: i64) {
        loop {
            let next = self.store.look(|state| state.due.keys().next().map(|(at, _)| *at));
            self.now = next.filter(|next| *next <= at(second)).unwrap_or_else(|| at(second)).max(self.now);
            self.store.set_now(self.now);
            let found = tick(&self.store, &self.queue, &self.delivery, self.now).await.unwrap();
            for request in self.queue.take() {
                self.work(&request).await.unwrap();
            }
            if found.handed_on == 0 && self.now >= at(second) {
                return;
            }
        }
    }

    pub fn line(&self, event: &str, person: &str, line: &str) -> Request {
        self.request(event, |at, reply| Ask::Line { asker: asker(person), line: line.into(), at, reply })
    }

    pub fn press(&self, event: &str, person: &str, press: Press) -> Request {
        self.request(event, |at, reply| Ask::Pressed { asker: asker(person), press, at, reply })
    }

    pub fn decision(&self, event: &str, person: &str, about: &str, decision: Decision, reason: &str) -> Request {
        let (deployment, reason) = (id(about), reason.to_owned());
        self.request(event, |at, reply| Ask::DecideDeployment { asker: asker(person), deployment, decision, reason, at, reply })
    }

    fn request(&self, event: &str, ask: impl FnOnce(Timestamp, Reply) -> Ask) -> Request {
        let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
        Request { event: event.into(), correlation: "c".into(), ask: ask(self.now, reply) }
    }

    pub async fn types(&self, event: &str, person: &str, line: &str) -> Worked {
        self.work(&self.line(event, person, line)).await.unwrap()
    }

    pub async fn presses(&self, event: &str, person: &str, press: Press) -> Worked {
        self.work(&self.press(event, person, press)).await.unwrap()
    }

    pub async fn approves(&self, event: &str, person: &str, about: &str) -> Worked {
        self.work(&self.decision(event, person, about, Decision::Approved, "")).await.unwrap()
    }

    /// The pipeline of a deployment ends.
    pub async fn ends(&self, event: &str, status: RunStatus) {
        let deployment = self.deployment(event).await;
        let key = deployment.execution_key().unwrap_or_else(|| panic!("{event} is {:?}", deployment.phase));
        let catalog = self.store.look(|state| state.catalog.clone()).unwrap();
        let follower = Follower {
            store: &self.store,
            logs: &self.logs,
            delivery: &self.delivery,
            catalog: Some(&catalog.catalog),
            console: &self.console,
            now: self.now,
            correlation: &"c".into(),
        };
        let seen = Sighting { status, at: Some(self.now) };
        let stage = Observation::Stage { stage: "Deploy".into(), seen: Some(seen) };
        Box::pin(follower.take_in(&key, &[stage, Observation::Execution(seen)], &[])).await.unwrap();
    }

    /// Somebody deploys, and it succeeds.
    pub async fn deploys(&mut self, event: &str, line: &str) {
        self.types(event, "UDANA", line).await;
        self.ends(event, RunStatus::Succeeded).await;
        // What is asked for next is asked for later.
        let second = self.now.as_second() - at(0).as_second() + 1;
        self.until(second).await;
    }

    pub async fn deployment(&self, event: &str) -> Deployment {
        self.store
            .deployment(&id(event))
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("{event} asked for no deployment: {}", self.answer(event)))
    }

    pub async fn phase(&self, event: &str) -> Phase {
        self.deployment(event).await.phase
    }

    pub fn answer(&self, event: &str) -> String {
        self.message(&MessageKey::answer(&event.into()))
    }

    pub fn message(&self, key: &MessageKey) -> String {
        all_words(&self.ports.message(key).1)
    }

    pub fn card(&self, event: &str) -> String {
        self.message(&MessageKey::deployment(&id(event)))
    }

    /// What was started, with the revision.
    pub fn started(&self) -> Vec<String> {
        let starts = self.pipelines.starts.lock().unwrap();
        let name = |request: &opsroom_application::ports::StartRequest| {
            let revision = request.revision.as_ref().map(|(revision, _)| format!("@{revision}")).unwrap_or_default();
            format!("{}{revision}", request.pipeline)
        };
        let mut started: Vec<String> = starts.iter().map(|(request, _)| name(request)).collect();
        started.dedup();
        started
    }

    /// The rules that refused, and who allowed what.
    pub fn recorded(&self) -> Vec<String> {
        let outcome = |outcome: &opsroom_domain::audit::Outcome| match outcome {
            opsroom_domain::audit::Outcome::Allowed { started, .. } => started.clone(),
            opsroom_domain::audit::Outcome::Refused { rule, .. } => format!("refused by {rule}"),
            opsroom_domain::audit::Outcome::Ended { how, .. } => how.clone(),
        };
        self.store
            .look(|state| state.audit.iter().map(|entry| format!("{}: {}", entry.record.actor, outcome(&entry.record.outcome))).collect())
    }
}

pub fn id(event: &str) -> DeploymentId {
    DeploymentId::derived_from(&EventKey::from(event))
}

pub fn asker(person: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: "COPS".into() }
}
