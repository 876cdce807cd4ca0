//! A team with services, people on call and alarms, a clock that the test drives, and the ports in memory.

mod reports;

use crate::ports::{MemoryPorts, lends_ports};
use jiff::Timestamp;
use opsroom_application::alarms::{Artist, Drawing, Taken, Watcher};
use opsroom_application::commands::Worked;
use opsroom_application::failure::Failure;
use opsroom_application::ports::{
    AlarmChore, Change, Mark, Nudge, Outbox as _, PortErrorKind, RememberedPush, Slot, SlotChange, Store as _,
};
use opsroom_application::request::{Ask, IncidentAct, Reply, Request};
use opsroom_application::schedule;
use opsroom_domain::alarm::AlarmReport;
use opsroom_domain::author::Author;
use opsroom_domain::card::Card;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::{self, Deployment, Phase};
use opsroom_domain::ids::{DeploymentId, EventKey, IncidentId, MessageKey};
use opsroom_domain::incident::Incident;
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::news::Commit;
use opsroom_domain::revision::Revision;
use opsroom_domain::rights::Asker;
use opsroom_domain::room_message::Destination;
use opsroom_memory::{MemoryCommandQueue, MemoryFiles, MemoryMetrics, MemoryPlotter};

pub use crate::words::{all_words, words};
pub use reports::{alarm, firing, from_prometheus, well, with_points};

/// Begins on a whole minute.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_040 + second).unwrap()
}

/// The first moment is a Monday in September 2026; Dana's week is the first.
pub const CATALOG: &str = r#"{
    "workspace": {"team": "T1"},
    "environments": {"staging": {}, "production": {"aliases": ["prod"]}},
    "services": {
        "api": {"repository": "acme/api", "owners": ["UOWNER"], "runbook": "https://wiki.example/api", "environments": {
            "staging": {"pipeline": "api-staging"},
            "production": {"pipeline": "api-production", "revision": {"via": "source", "action": "Source"}}}},
        "web": {"quiet_while_deploying": true, "environments": {"production": {"pipeline": "web-production"}}}},
    "roles": {
        "operator": {"grants": [{"allow": ["read", "deploy", "respond", "subscribe"]}]},
        "responder": {"grants": [{"allow": ["read", "respond"], "services": ["web"]}]},
        "reader": {"grants": [{"allow": ["read"]}]}},
    "people": {
        "UDANA": {"name": "Dana", "roles": ["operator"]},
        "UAVERY": {"name": "Avery", "roles": ["operator"]},
        "UWEB": {"name": "Wendy", "roles": ["responder"]},
        "UROBIN": {"name": "Robin", "roles": ["reader"]}},
    "rooms": {
        "COPS": {"name": "ops", "allow": ["deploy"]},
        "CMONIT": {"name": "alerts", "allow": ["deploy"]}},
    "monit": {
        "operators_room": "COPS",
        "oncall": {"primary": {"people": ["UDANA", "UAVERY"], "zone": "UTC", "starts": "2026-09-21"}}}
}"#;

pub fn catalog() -> Catalog {
    serde_json::from_str(CATALOG).unwrap()
}

/// The catalog with another section about alarms.
pub fn catalog_with(monit: &str) -> Catalog {
    let mut catalog = catalog();
    catalog.monit = serde_json::from_str(monit).unwrap();
    catalog
}

pub struct World {
    ports: MemoryPorts,
    pub metrics: MemoryMetrics,
    pub files: MemoryFiles,
    pub commands: MemoryCommandQueue,
    pub catalog: Option<Catalog>,
}

lends_ports!(World);

impl World {
    pub fn new() -> Self {
        Self::of(catalog())
    }

    pub fn of(catalog: Catalog) -> Self {
        Self {
            ports: MemoryPorts::new(catalog.clone(), at(0)),
            metrics: MemoryMetrics::default(),
            files: MemoryFiles::default(),
            commands: MemoryCommandQueue::default(),
            catalog: Some(catalog),
        }
    }

    pub fn later(&mut self, second: i64) {
        self.be_at(at(second));
    }

    pub async fn try_take_in(&self, report: &AlarmReport, redelivered: bool) -> Result<Taken, Failure> {
        let watcher = Watcher {
            store: &self.store,
            metrics: &self.metrics,
            chores: &self.alarms,
            delivery: &self.delivery,
            catalog: self.catalog.as_ref(),
            now: self.now,
            correlation: &"c".into(),
            redelivered,
        };
        watcher.take_in(report).await
    }

    pub async fn take_in(&self, report: &AlarmReport) -> Taken {
        self.try_take_in(report, false).await.unwrap()
    }

    pub async fn draw(&self, incident: &IncidentId) -> Result<Drawing, Failure> {
        let artist = Artist {
            store: &self.store,
            metrics: &self.metrics,
            plotter: &MemoryPlotter,
            files: &self.files,
            delivery: &self.delivery,
            catalog: self.catalog.as_ref(),
            now: self.now,
            correlation: &"c".into(),
        };
        artist.draw(incident).await
    }

    /// Does what `alarms` left for itself.
    pub async fn do_chores(&self) -> usize {
        let chores = self.alarms.take();
        for chore in &chores {
            match chore {
                AlarmChore::Draw { incident } => drop(self.draw(incident).await.unwrap()),
                AlarmChore::LookAgain { alarm } => {
                    let watcher = Watcher {
                        store: &self.store,
                        metrics: &self.metrics,
                        chores: &self.alarms,
                        delivery: &self.delivery,
                        catalog: self.catalog.as_ref(),
                        now: self.now,
                        correlation: &"c".into(),
                        redelivered: false,
                    };
                    watcher.look_again(alarm).await.unwrap();
                }
            }
        }
        chores.len()
    }

    pub async fn try_work(&self, request: &Request) -> Result<Worked, PortErrorKind> {
        self.ports.work(request).await
    }

    pub async fn work(&self, request: &Request) -> Worked {
        self.try_work(request).await.unwrap()
    }

    /// What `schedule` does in a minute, and what follows from it; gives the requests that were worked off.
    pub async fn tick(&self) -> Vec<Request> {
        schedule::tick(&self.store, &self.commands, &self.delivery, self.now).await.unwrap();
        let requests = self.commands.take();
        for request in &requests {
            self.work(request).await;
        }
        self.do_chores().await;
        requests
    }

    /// Lets the minutes go by.
    pub async fn minutes(&mut self, from: i64, to: i64) {
        for minute in from..=to {
            self.later(minute * 60);
            self.tick().await;
        }
    }

    pub async fn say(&self, event: &str, person: &str, line: &str) -> (Worked, String) {
        let worked = self.work(&self::line(event, person, line, self.now)).await;
        let answer = self.store.look(|state| {
            state.messages.get(&MessageKey::answer(&event.into())).map(|item| all_words(&item.message.wanted)).unwrap_or_default()
        });
        (worked, answer)
    }

    pub async fn press(&self, event: &str, person: &str, incident: &IncidentId, act: IncidentAct) -> (Worked, String) {
        let ask = Ask::Incident { asker: asker(person), incident: incident.clone(), act, at: self.now, reply: by_url() };
        let worked = self.work(&request(event, ask)).await;
        let answer = self.store.look(|state| {
            state.messages.get(&MessageKey::answer(&event.into())).map(|item| all_words(&item.message.wanted)).unwrap_or_default()
        });
        (worked, answer)
    }

    pub fn card(&self, key: &MessageKey) -> (Destination, Card) {
        self.store.look(|state| {
            let item = state.messages.get(key).unwrap_or_else(|| panic!("{key} is not among {:?}", state.messages.keys()));
            (item.message.destination.clone(), item.message.wanted.clone())
        })
    }

    pub fn shown(&self, incident: &IncidentId) -> String {
        all_words(&self.card(&MessageKey::incident(incident)).1)
    }

    pub fn title(&self, incident: &IncidentId) -> String {
        self.shown(incident).lines().next().unwrap_or_default().to_owned()
    }

    /// The keys of all messages.
    pub fn keys(&self) -> Vec<String> {
        self.store.look(|state| state.messages.keys().map(ToString::to_string).collect())
    }

    /// Calls by a word under an incident's message: level and whom.
    pub fn calls(&self) -> Vec<(String, String)> {
        self.store.look(|state| {
            let calls = state.messages.values().filter(|item| item.message.key.is_a_call());
            let call = |key: &MessageKey| key.as_str().split('/').skip(3).collect::<Vec<_>>().join("/");
            calls
                .map(|item| {
                    assert_eq!(item.message.version, 1, "a call is made once");
                    (call(&item.message.key), words(&item.message.wanted.summary))
                })
                .collect()
        })
    }

    pub fn incidents(&self) -> Vec<Incident> {
        self.store.look(|state| state.monit.incidents.values().cloned().collect())
    }

    pub fn the_incident(&self) -> Incident {
        let mut all = self.incidents();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    /// What was recorded: who, and what came of it.
    pub fn recorded(&self) -> Vec<String> {
        self.store.look(|state| {
            let record = |entry: &opsroom_domain::audit::AuditEntry| {
                let outcome = serde_json::to_value(&entry.record.outcome).unwrap();
                let what = outcome.get("rule").or_else(|| outcome.get("role")).and_then(|what| what.as_str().map(str::to_owned));
                format!("{} {} {}", entry.record.actor, outcome["outcome"].as_str().unwrap(), what.unwrap_or_default())
            };
            state.audit.iter().map(record).collect()
        })
    }

    /// Lets Slack have an incident's message.
    pub async fn deliver(&self, incident: &IncidentId, ts: &str) {
        let key = MessageKey::incident(incident);
        let version = self.store.look(|state| state.messages[&key].message.version);
        self.store.mark(&key, Mark::Shown { ts: Some(ts.into()), version }).await.unwrap();
    }

    pub fn nudged(&self) -> Vec<Nudge> {
        self.delivery.take()
    }

    /// A deployment that is over, of which the slot is free again, or one that runs and has it.
    pub async fn deployed(&self, id: &str, service: &str, environment: &str, second: i64, phase: Phase) {
        let runs = !phase.is_final();
        let deployment = Deployment {
            id: id.into(),
            service: service.into(),
            environment: environment.into(),
            pipeline: format!("{service}-{environment}").as_str().into(),
            revision: Some(Revision::parse("v2").unwrap()),
            revision_input: None,
            replaces: Some("v1".into()),
            request: deployment::Request { by: "UAVERY".into(), at: at(second), channel: "COPS".into(), thread: None, reason: None },
            contents: None,
            phase,
            execution: None,
            cancelled_by: None,
            ended_at: (!runs).then(|| at(second + 60)),
            calls: Vec::new(),
            plan: Box::default(),
            version: 0,
        };
        let slot = Slot {
            service: service.into(),
            environment: environment.into(),
            deployment: id.into(),
            requester: "UAVERY".into(),
            revision: Some("v2".into()),
            since: at(second),
            channel: "COPS".into(),
        };
        let slot = runs.then_some(SlotChange::Take(slot));
        self.store.commit(Change { deployment: Some(deployment), slot, ..Change::default() }).await.unwrap();
    }

    pub async fn pushed(&self, second: i64, title: &str) {
        let commit = Commit {
            sha: "4f9c2d1".repeat(6)[..40].into(),
            title: title.into(),
            url: Some("https://github.com/acme/api/commit/4f9c2d1".into()),
            author: Author::login("robin"),
            paths: Vec::new(),
        };
        let pushed = RememberedPush {
            repository: RepositoryName::new("acme/api"),
            branch: "main".into(),
            before: "0".repeat(40),
            after: commit.sha.clone(),
            commits: vec![commit],
            total: 1,
            at: at(second),
        };
        self.store.commit(Change { pushed: Some(pushed), ..Change::default() }).await.unwrap();
    }
}

pub fn asker(person: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: "CMONIT".into() }
}

pub fn request(event: &str, ask: Ask) -> Request {
    Request { event: event.into(), correlation: "c".into(), ask }
}

pub fn by_url() -> Reply {
    Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None }
}

pub fn line(event: &str, person: &str, line: &str, at: Timestamp) -> Request {
    request(event, Ask::Line { asker: asker(person), line: line.into(), at, reply: by_url() })
}

pub fn deployment_id(event: &str) -> DeploymentId {
    DeploymentId::derived_from(&EventKey::from(event))
}
