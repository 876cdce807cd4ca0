//! A team with pipelines, channels that watch them, and the ports in memory.

pub use crate::ports::at;
use crate::ports::{MemoryPorts, lends_ports};
use jiff::Timestamp;
use opsroom_application::failure::Failure;
use opsroom_application::ports::{Change, RememberedPush, Store as _};
use opsroom_application::progress::{Follower, Taken};
use opsroom_application::request::{Ask, Press, Reply, Request};
use opsroom_domain::author::Author;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{ChannelId, DeploymentId, EventKey, MessageKey};
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::{
    ActionKind, ActionResult, BuildSystem, ExecutionKey, Observation, RunFacts, RunStatus, Sighting, SourceRevision,
};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::news::Commit;
use opsroom_domain::rights::Asker;
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::{BuildTarget, Occasion, Subject, Subscription, Terms, WatchTerms};

pub use crate::words::{all_words, words};

pub fn catalog() -> Catalog {
    serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"},
        "environments": {"staging": {}, "production": {}},
        "services": {"api": {"repository": "acme/api", "owners": ["UOWNER"], "environments": {
            "staging": {"pipeline": "api-staging"}, "production": {"pipeline": "api-production"}}}},
        "roles": {
            "operator": {"grants": [{"allow": ["read", "deploy", "approve"]}]},
            "deployer": {"grants": [{"allow": ["read", "deploy"]}]},
            "reader": {"grants": [{"allow": ["read"]}]}},
        "people": {
            "UDANA": {"name": "Dana", "github": "dana", "roles": ["operator"]},
            "UAVERY": {"name": "Avery", "email": "avery@example.com", "roles": ["operator"]},
            "UDREW": {"name": "Drew", "roles": ["deployer"]},
            "UROBIN": {"name": "Robin", "roles": ["reader"]}},
        "rooms": {"COPS": {"name": "ops", "allow": ["deploy", "approve"]}}
    }"#,
    )
    .unwrap()
}

pub struct World {
    ports: MemoryPorts,
    pub catalog: Catalog,
}

lends_ports!(World);

impl World {
    pub fn new() -> Self {
        Self { ports: MemoryPorts::new(catalog(), at(0)), catalog: catalog() }
    }

    /// Lets a channel watch, from now on.
    pub async fn watch(&self, channel: &str, target: &str, on: &[Occasion]) {
        let on = if on.is_empty() { Occasion::DEFAULT.into() } else { on.iter().copied().collect() };
        self.subscribe(channel, Subject::Builds(BuildTarget::typed(target)), Terms::Watch(WatchTerms { on, branches: Vec::new() }), None)
            .await;
    }

    pub async fn subscribe(&self, channel: &str, subject: Subject, terms: Terms, muted_until: Option<Timestamp>) {
        let key = (subject.clone(), ChannelId::from(channel));
        let version = self.store.look(|state| state.subscriptions.get(&key).map_or(0, |known| known.version));
        let subscription = Subscription {
            channel: channel.into(),
            subject,
            terms: Some(terms),
            before: None,
            by: "UDANA".into(),
            at: self.now,
            muted_until,
            parked: None,
            version,
        };
        self.store.commit(Change { subscriptions: vec![subscription], ..Change::default() }).await.unwrap();
    }

    /// Remembers a push of commits with these letters as their ids, by Dana.
    pub async fn push(&self, before: &str, letters: &str, second: i64) {
        let sha = |letter: &str| letter.repeat(40);
        let commit = |letter: char| Commit {
            sha: sha(&letter.to_string()),
            title: format!("Change {letter} <!channel>"),
            url: Some(format!("https://github.com/acme/api/commit/{}", sha(&letter.to_string()))),
            author: Author::login("dana"),
            paths: Vec::new(),
        };
        let commits: Vec<Commit> = letters.chars().map(commit).collect();
        let pushed = RememberedPush {
            repository: RepositoryName::new("acme/api"),
            branch: "main".into(),
            before: sha(before),
            after: commits.last().unwrap().sha.clone(),
            total: commits.len(),
            commits,
            at: at(second),
        };
        self.store.commit(Change { pushed: Some(pushed), ..Change::default() }).await.unwrap();
    }

    pub async fn see(&self, key: &ExecutionKey, observations: &[Observation]) -> Taken {
        self.try_see(key, observations).await.unwrap()
    }

    pub async fn try_see(&self, key: &ExecutionKey, observations: &[Observation]) -> Result<Taken, Failure> {
        let follower = Follower {
            store: &self.store,
            logs: &self.logs,
            delivery: &self.delivery,
            catalog: Some(&self.catalog),
            console: &self.console,
            now: self.now,
            correlation: &"c".into(),
        };
        Box::pin(follower.take_in(key, observations, &[])).await
    }

    /// What a run's message says in a channel.
    pub fn shown(&self, key: &ExecutionKey, channel: &str) -> String {
        all_words(&self.message(&MessageKey::run(key, &channel.into())).1)
    }

    pub fn title(&self, key: &ExecutionKey, channel: &str) -> String {
        words(&self.message(&MessageKey::run(key, &channel.into())).1.summary)
    }

    pub fn answer(&self, event: &str) -> (Destination, String) {
        let (destination, card) = self.message(&MessageKey::answer(&event.into()));
        (destination, all_words(&card))
    }

    /// The keys of all messages, without what each begins with.
    pub fn keys(&self) -> Vec<String> {
        self.store.look(|state| state.messages.keys().map(ToString::to_string).collect())
    }

    /// How often messages were changed, together.
    pub fn versions(&self) -> u64 {
        self.store.look(|state| state.messages.values().map(|item| item.message.version).sum())
    }
}

pub fn run(number: u32) -> ExecutionKey {
    ExecutionKey { system: BuildSystem::GithubActions, pipeline: "acme/api: CI".into(), execution: format!("{number}").as_str().into() }
}

pub fn of_pipeline(pipeline: &str, execution: &str) -> ExecutionKey {
    ExecutionKey::codepipeline(pipeline.into(), execution.into())
}

/// What GitHub tells of a run with every webhook.
pub fn facts(number: u32, began: i64, login: &str) -> Observation {
    Observation::Facts(Box::new(RunFacts {
        repository: Some(RepositoryName::new("acme/api")),
        branch: Some("main".into()),
        number: Some(number.to_string()),
        url: Some(format!("https://github.com/acme/api/actions/runs/{number}")),
        trigger: Some("push".into()),
        author: Some(Author::login(login)),
        pull: None,
        started_at: Some(at(began)),
    }))
}

pub fn whole(status: RunStatus, second: i64) -> Observation {
    Observation::Execution(Sighting { status, at: Some(at(second)) })
}

pub fn stage(stage: &str, status: RunStatus, second: i64) -> Observation {
    Observation::Stage { stage: stage.into(), seen: Some(Sighting { status, at: Some(at(second)) }) }
}

pub fn action(stage: &str, action: &str, status: RunStatus, second: i64, result: ActionResult) -> Observation {
    Observation::Action { stage: stage.into(), action: action.into(), seen: Sighting { status, at: Some(at(second)) }, result }
}

/// An approval that waits.
pub fn waiting(second: i64) -> Vec<Observation> {
    let result = ActionResult { kind: ActionKind::Approval, ..ActionResult::default() };
    vec![
        whole(RunStatus::InProgress, second),
        stage("Approve", RunStatus::InProgress, second),
        action("Approve", "Approve", RunStatus::InProgress, second, result),
    ]
}

pub fn source(letter: &str) -> Observation {
    Observation::Source(SourceRevision { id: letter.repeat(40), summary: Some(format!("Change {letter}")), url: None })
}

/// A failed run of CodePipeline.
pub fn failed(second: i64) -> Vec<Observation> {
    let result = ActionResult {
        external_id: Some("api-tests:0f8fad5b-d9cb-469f-a165-70867728950e".into()),
        summary: Some("2 tests failed".into()),
        ..ActionResult::default()
    };
    vec![
        action("Test", "Unit", RunStatus::Failed, second, result),
        stage("Test", RunStatus::Failed, second),
        whole(RunStatus::Failed, second),
    ]
}

pub fn asker(person: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: "COPS".into() }
}

fn request(event: &str, ask: Ask) -> Request {
    Request { event: event.into(), correlation: "c".into(), ask }
}

fn by_url() -> Reply {
    Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None }
}

pub fn line(event: &str, person: &str, line: &str, second: i64) -> Request {
    request(event, Ask::Line { asker: asker(person), line: line.into(), at: at(second), reply: by_url() })
}

pub fn press_retry(event: &str, person: &str, run: &ExecutionKey, second: i64) -> Request {
    let press = Press::RetryStage { run: run.clone(), stage: "Test".into() };
    request(event, Ask::Pressed { asker: asker(person), press, at: at(second), reply: by_url() })
}

pub fn decide(event: &str, person: &str, run: &ExecutionKey, decision: Decision, reason: &str, second: i64) -> Request {
    let approval = Approval { run: run.clone(), stage: "Approve".into(), action: "Approve".into() };
    let reply = Reply::Private { thread: None };
    request(event, Ask::Decide { asker: asker(person), approval, decision, reason: reason.into(), at: at(second), reply })
}

pub fn explain(event: &str, run: &ExecutionKey) -> Request {
    request(event, Ask::ExplainRun { asker: asker("UROBIN"), run: run.clone(), view: "V1".into() })
}

pub fn due(event: &str, task: opsroom_domain::due::DueTask) -> Request {
    request(event, Ask::Due { task, at: jiff::Timestamp::UNIX_EPOCH })
}

pub fn deployment_id(event: &str) -> DeploymentId {
    DeploymentId::derived_from(&EventKey::from(event))
}
