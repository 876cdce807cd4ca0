//! What people ask for, on the ports in memory: each step may fail, be repeated, or come from somebody without the right.

#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use jiff::{SignedDuration, Timestamp};
use opsroom_application::commands::{Commander, Ports, Worked};
use opsroom_application::ports::{PortErrorKind, Store as _};
use opsroom_application::progress::{Follower, Taken};
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_domain::card::{Button, ButtonAction, Card, Part, Span, StepState, Text};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::console::Console;
use opsroom_domain::deployment::{Deployment, Phase};
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{DeploymentId, EventKey, MessageKey, PersonId};
use opsroom_domain::pipeline_execution::{ActionResult, ExecutionKey, Observation, RunStatus, Sighting};
use opsroom_domain::rights::{Asker, Standing};
use opsroom_domain::room_message::Destination;
use opsroom_memory::{
    MemoryAlarmQueue, MemoryBuildLogs, MemoryDeliveryQueue, MemoryDirectory, MemoryHosts, MemoryLater, MemoryMusic, MemoryPipelines,
    MemoryStore, Moment,
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn catalog() -> Catalog {
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

struct World {
    store: MemoryStore,
    pipelines: MemoryPipelines,
    logs: MemoryBuildLogs,
    hosts: MemoryHosts,
    slack: MemoryDirectory,
    delivery: MemoryDeliveryQueue,
    alarms: MemoryAlarmQueue,
    later: MemoryLater,
    console: Console,
    now: Timestamp,
}

impl Ports for World {
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

impl World {
    fn new() -> Self {
        Self {
            store: MemoryStore::at(at(0)).with_catalog(catalog()),
            pipelines: MemoryPipelines::default(),
            logs: MemoryBuildLogs::default(),
            hosts: MemoryHosts::default(),
            slack: MemoryDirectory::default(),
            delivery: MemoryDeliveryQueue::default(),
            alarms: MemoryAlarmQueue::default(),
            later: MemoryLater::default(),
            console: Console { region: "eu-central-1".into() },
            now: at(0),
        }
    }

    fn later(&mut self, second: i64) {
        self.now = at(second);
        self.store.set_now(self.now);
    }

    async fn work(&self, request: &Request) -> Result<Worked, PortErrorKind> {
        let commander = Commander::<Self> {
            store: &self.store,
            catalog: &self.store,
            pipelines: &self.pipelines,
            logs: &self.logs,
            hosts: &self.hosts,
            slack: &self.slack,
            delivery: &self.delivery,
            alarms: &self.alarms,
            later: &self.later,
            music: &MemoryMusic,
            console: &self.console,
            now: self.now,
        };
        commander.work(request).await.map_err(|failure| match failure {
            opsroom_application::failure::Failure::Upstream(error) => error.kind,
            other => panic!("{other}"),
        })
    }

    async fn see(&self, observations: &[Observation]) -> Taken {
        self.see_and_tell(observations).await.0
    }

    /// The same, and what came due at once.
    async fn see_and_tell(&self, observations: &[Observation]) -> (Taken, Vec<DueTask>) {
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

    async fn deployment(&self, event: &str) -> Deployment {
        self.store.deployment(&id(event)).await.unwrap().unwrap()
    }

    fn answer(&self, event: &str) -> (Destination, Card) {
        self.message(&MessageKey::answer(&event.into()))
    }

    fn message(&self, key: &MessageKey) -> (Destination, Card) {
        self.store.look(|state| {
            let item = state.messages.get(key).unwrap_or_else(|| panic!("{key} is not among {:?}", state.messages.keys()));
            (item.message.destination.clone(), item.message.wanted.clone())
        })
    }

    fn recorded(&self) -> Vec<String> {
        self.store.look(|state| {
            state
                .audit
                .iter()
                .map(|entry| serde_json::to_value(&entry.record.outcome).unwrap()["outcome"].as_str().unwrap().to_owned())
                .collect()
        })
    }
}

fn id(event: &str) -> DeploymentId {
    DeploymentId::derived_from(&EventKey::from(event))
}

fn key() -> ExecutionKey {
    ExecutionKey::codepipeline("api-staging".into(), "execution-1".into())
}

fn asker(person: &str) -> Asker {
    Asker { person: person.into(), team: "T1".into(), channel: "C1".into() }
}

fn line(event: &str, person: &str, line: &str) -> Request {
    let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
    Request { event: event.into(), correlation: "c".into(), ask: Ask::Line { asker: asker(person), line: line.into(), at: at(0), reply } }
}

fn words(text: &Text) -> String {
    text.0
        .iter()
        .map(|span| match span {
            Span::Plain(text) | Span::Bold(text) | Span::Italic(text) | Span::Code(text) | Span::Link { text, .. } => text.clone(),
            Span::Person(person) => format!("@{person}"),
            Span::Everybody => "@channel".to_owned(),
            Span::Channel(channel) => format!("#{channel}"),
            Span::Moment(_) => "(then)".to_owned(),
        })
        .collect()
}

fn all_words(card: &Card) -> String {
    // Every answer to a line has a How?; `explained.rs` holds that, and the others need not repeat it.
    let own = |button: &&Button| !matches!(button.action, ButtonAction::ExplainLine { .. });
    let part = |part: &Part| match part {
        Part::Text(text) | Part::Context(text) => words(text),
        Part::List(entries) => entries.iter().map(words).collect::<Vec<_>>().join("\n"),
        Part::Steps(steps) => steps.iter().map(|step| format!("{}:{:?}", step.name, step.state)).collect::<Vec<_>>().join(" "),
        Part::Code(code) => code.clone(),
        Part::Buttons(buttons) => buttons.iter().filter(own).map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" "),
        Part::Menus { .. } | Part::Fields(_) | Part::Divider | Part::Image { .. } => String::new(),
    };
    let is_seen = |part: &&Part| !matches!(part, Part::Buttons(buttons) if !buttons.iter().any(|button| own(&button)));
    card.parts.iter().filter(is_seen).map(part).collect::<Vec<_>>().join("\n")
}

fn whole(status: RunStatus, second: i64) -> Observation {
    Observation::Execution(Sighting { status, at: Some(at(second)) })
}

#[tokio::test]
async fn a_deployment_is_recorded_started_and_shown() {
    let world = World::new();
    let stage = |name: &str| Observation::Stage { stage: name.into(), seen: None };
    world.pipelines.show(&key(), vec![whole(RunStatus::InProgress, 1), stage("Source"), stage("Deploy")]);
    assert_eq!(world.work(&line("e1", "U1", "deploy api@v1.2 to staging --reason fixes the login")).await, Ok(Worked::Done));
    let deployment = world.deployment("e1").await;
    assert_eq!(
        (&deployment.phase, deployment.execution.as_ref().map(opsroom_domain::ids::ExecutionId::as_str)),
        (&Phase::Running, Some("execution-1"))
    );
    let (destination, card) = world.message(&MessageKey::deployment(&deployment.id));
    assert_eq!(destination, Destination::Channel { channel: "C1".into(), thread: None });
    let shown = all_words(&card);
    assert_eq!(
        shown,
        format!(
            "Deploying api to staging\nv1.2 · asked by @U1 (then)\nReason: fixes the login\nSource:Pending Deploy:Pending\n{} · api-staging\n[Cancel] [How?]",
            deployment.id
        )
    );
    assert_eq!(world.recorded(), ["allowed"]);
    assert!(!world.delivery.take().is_empty());
}

#[tokio::test]
async fn its_end_tells_at_once_that_the_place_is_free() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    assert_eq!(world.see_and_tell(&[whole(RunStatus::InProgress, 1)]).await, (Taken::Kept, Vec::new()));
    let (taken, due) = world.see_and_tell(&[whole(RunStatus::Succeeded, 2)]).await;
    assert_eq!((taken, due), (Taken::Kept, vec![DueTask::AdmitWaiting { environment: "staging".into() }]));
    // It is written down all the same.
    assert!(world.store.look(|state| state.due.values().any(|item| matches!(item.task, DueTask::AdmitWaiting { .. }))));
    assert_eq!(world.see_and_tell(&[whole(RunStatus::Succeeded, 2)]).await, (Taken::NothingNew, Vec::new()));
}

#[tokio::test]
async fn the_same_request_three_times_is_one_execution_and_one_message() {
    let world = World::new();
    let request = line("e1", "U1", "deploy api to staging");
    assert_eq!(world.work(&request).await, Ok(Worked::Done));
    for _ in 0..2 {
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
    }
    assert_eq!(world.pipelines.executions().len(), 1);
    assert_eq!(world.store.look(|state| state.messages.len()), 1);
    assert_eq!(world.recorded(), ["allowed"]);
}

#[tokio::test]
async fn a_crash_anywhere_leaves_one_execution_once_it_is_worked_on_again() {
    use PortErrorKind::Transient;
    let crashes = [("start", Moment::Before), ("start", Moment::After)];
    for (operation, moment) in crashes {
        let world = World::new();
        world.pipelines.failures.plan(operation, Transient, moment);
        let request = line("e1", "U1", "deploy api to staging");
        assert_eq!(world.work(&request).await, Err(Transient), "{operation} {moment:?}");
        assert_eq!(world.deployment("e1").await.phase, Phase::Starting);
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
        assert_eq!(world.deployment("e1").await.phase, Phase::Running);
        assert_eq!(world.pipelines.executions().len(), 1);
    }
    // The first commit, then the one that links the execution.
    for (nth, moment) in [(0, Moment::Before), (0, Moment::After), (1, Moment::Before), (1, Moment::After)] {
        let world = World::new();
        let request = line("e1", "U1", "deploy api to staging");
        if nth == 1 {
            world.pipelines.failures.plan("start", Transient, Moment::After);
            assert_eq!(world.work(&request).await, Err(Transient));
        }
        world.store.failures.plan("commit", Transient, moment);
        assert_eq!(world.work(&request).await, Err(Transient));
        world.work(&request).await.unwrap();
        assert_eq!(world.deployment("e1").await.phase, Phase::Running, "{nth} {moment:?}");
        assert_eq!(world.pipelines.executions().len(), 1);
    }
}

#[tokio::test]
async fn a_lost_request_is_started_by_the_clock() {
    let mut world = World::new();
    world.pipelines.failures.plan("start", PortErrorKind::Transient, Moment::Before);
    assert!(world.work(&line("e1", "U1", "deploy api to staging")).await.is_err());
    world.later(120);
    let task = DueTask::ReconcileDeployment { deployment: id("e1") };
    let due = Request { event: "due/1".into(), correlation: "due/1".into(), ask: Ask::Due { task, at: world.now } };
    assert_eq!(world.work(&due).await, Ok(Worked::Done));
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
}

#[tokio::test]
async fn lost_events_are_made_up_for_by_asking() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.later(120);
    let sighting = |status| Some(Sighting { status, at: None });
    world.pipelines.show(
        &key(),
        vec![
            Observation::Execution(Sighting { status: RunStatus::Succeeded, at: None }),
            Observation::Stage { stage: "Deploy".into(), seen: sighting(RunStatus::Succeeded) },
        ],
    );
    let task = DueTask::ReconcileDeployment { deployment: id("e1") };
    let due = Request { event: "due/1".into(), correlation: "due/1".into(), ask: Ask::Due { task, at: world.now } };
    world.work(&due).await.unwrap();
    assert_eq!(world.deployment("e1").await.phase, Phase::Succeeded);
    assert_eq!(world.recorded(), ["allowed", "ended"]);
    assert_eq!(world.store.slots().await.unwrap(), []);
}

#[tokio::test]
async fn an_execution_that_is_gone_ends_the_deployment() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.later(120);
    let task = DueTask::ReconcileDeployment { deployment: id("e1") };
    world.work(&Request { event: "due/1".into(), correlation: "c".into(), ask: Ask::Due { task, at: world.now } }).await.unwrap();
    assert!(matches!(world.deployment("e1").await.phase, Phase::Failed { why: Some(_) }));
}

#[tokio::test]
async fn a_failed_stage_is_shown_and_the_person_who_asked_is_told_under_the_message() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.later(30);
    let failed = |second| Sighting { status: RunStatus::Failed, at: Some(at(second)) };
    let result = ActionResult {
        summary: Some("2 tests failed\nmore".into()),
        url: Some("https://x.test/log".into()),
        error_code: Some("JobFailed".into()),
        ..ActionResult::default()
    };
    let seen = [
        Observation::Action { stage: "Test".into(), action: "Unit".into(), seen: failed(20), result },
        Observation::Stage { stage: "Test".into(), seen: Some(failed(20)) },
        Observation::Execution(failed(21)),
    ];
    assert_eq!(world.see(&seen).await, Taken::Kept);
    assert_eq!(world.see(&seen).await, Taken::NothingNew);
    let deployment = world.deployment("e1").await;
    let (_, card) = world.message(&MessageKey::deployment(&deployment.id));
    assert!(all_words(&card).contains("Test / Unit failed with JobFailed: 2 tests failed · Details"), "{}", all_words(&card));
    let (destination, notice) = world.message(&MessageKey::deployment_notice(&deployment.id, at(21)));
    assert_eq!(destination, Destination::Under { channel: "C1".into(), parent: MessageKey::deployment(&deployment.id) });
    assert!(words(&notice.summary).starts_with("@U1 Failed to deploy api to staging. Test / Unit failed"), "{}", words(&notice.summary));
}

#[tokio::test]
async fn events_that_come_before_the_execution_is_recorded_are_not_lost() {
    let world = World::new();
    world.see(&[whole(RunStatus::Succeeded, 9)]).await;
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    assert_eq!(world.deployment("e1").await.phase, Phase::Succeeded);
    assert_eq!(world.store.look(|state| state.environments.len()), 1);
}

#[tokio::test]
async fn what_is_being_deployed_is_not_deployed_again() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api@v1 to staging")).await.unwrap();
    world.store.look(|state| assert_eq!(state.slots.len(), 1));
    assert_eq!(world.work(&line("e2", "U2", "deploy api@v2 to staging")).await, Ok(Worked::Refused));
    assert_eq!(world.pipelines.executions().len(), 1);
    let told = words(&world.answer("e2").1.summary);
    assert_eq!(
        told,
        format!("api is already being deployed to staging: {} with v1 by @U1 in #C1 since (then). Nothing was started.", id("e1"))
    );
    assert_eq!(world.recorded(), ["allowed", "refused"]);
}

#[tokio::test]
async fn cancelling_stops_the_pipeline_once_and_is_shown() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.pipelines.failures.plan("stop", PortErrorKind::Throttled, Moment::Before);
    let cancel = line("e2", "U2", &format!("cancel {}", id("e1")));
    assert_eq!(world.work(&cancel).await, Err(PortErrorKind::Throttled));
    assert_eq!(world.work(&cancel).await, Ok(Worked::Before));
    assert_eq!(world.deployment("e1").await.phase, Phase::Cancelling);
    assert_eq!(world.pipelines.stops.lock().unwrap().len(), 1);
    world.see(&[whole(RunStatus::Stopped, 20)]).await;
    let (_, card) = world.message(&MessageKey::deployment(&id("e1")));
    assert_eq!(words(&card.summary), "Cancelled: api to staging by @U2");
    assert_eq!(world.work(&line("e3", "U1", &format!("cancel {}", id("e1")))).await, Ok(Worked::Done));
    assert_eq!(words(&world.answer("e3").1.summary), format!("{} is over already; there is nothing to cancel.", id("e1")));
}

#[tokio::test]
async fn a_pipeline_that_cannot_be_started_says_so_and_frees_the_service() {
    for (kind, part) in [
        (PortErrorKind::NotFound, "has no pipeline api-staging"),
        (PortErrorKind::Denied, "role may not start"),
        (PortErrorKind::Permanent, "does not accept"),
    ] {
        let world = World::new();
        world.pipelines.failures.plan("start", kind, Moment::Before);
        assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Ok(Worked::Done));
        let (_, card) = world.message(&MessageKey::deployment(&id("e1")));
        assert!(all_words(&card).contains(part), "{}", all_words(&card));
        assert_eq!(world.store.slots().await.unwrap(), []);
    }
}

#[tokio::test]
async fn only_members_with_the_right_change_anything() {
    let world = World::new();
    world.slack.standings.lock().unwrap().insert(PersonId::from("U2"), Standing::Deactivated);
    let mut stranger = line("e4", "U1", "deploy api to staging");
    if let Ask::Line { asker, .. } = &mut stranger.ask {
        asker.team = "T2".into();
    }
    let mut elsewhere = line("e5", "U1", "deploy api to staging");
    if let Ask::Line { asker, .. } = &mut elsewhere.ask {
        asker.channel = "C9".into();
    }
    let cases = [
        (line("e1", "U3", "deploy api to staging"), "Not allowed: none of your roles (reader) allows to deploy api in staging."),
        (line("e2", "U2", "deploy api to staging"), "Not allowed: only people of this workspace are served here."),
        (line("e3", "U9", "deploy api to staging"), "Not allowed: you have no role in the catalog."),
        (stranger, "Not allowed: only people of this workspace are served here."),
        (elsewhere, "Not allowed: this channel doesn't allow to deploy api in staging; the rooms of the catalog say which do: #ops."),
    ];
    for (request, told) in cases {
        assert_eq!(world.work(&request).await, Ok(Worked::Refused));
        assert_eq!(words(&world.answer(request.event.as_str()).1.summary), told);
    }
    assert_eq!(world.pipelines.executions().len(), 0);
    assert_eq!(world.recorded(), ["refused"; 5]);
}

#[tokio::test]
async fn while_slack_does_not_say_who_somebody_is_nothing_is_changed() {
    let world = World::new();
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Err(PortErrorKind::Transient));
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    assert_eq!(world.work(&line("e2", "U1", "status")).await, Ok(Worked::Done));
    assert_eq!(world.pipelines.executions().len(), 0);
}

#[tokio::test]
async fn what_was_asked_for_in_a_thread_and_picked_there_is_shown_there() {
    for thread in [None, Some("16.0".to_owned())] {
        let world = World::new();
        let mention = Reply::Mention { ts: "17.5".into(), thread: thread.clone() };
        let ask = Ask::Line { asker: asker("U1"), line: "deploy".into(), at: at(0), reply: mention };
        world.work(&Request { event: "e1".into(), correlation: "c".into(), ask }).await.unwrap();
        assert_eq!(world.answer("e1").0, Destination::Private { channel: "C1".into(), person: "U1".into(), thread: thread.clone() });
        let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: thread.clone() };
        let chosen = vec![(0, "api".to_owned()), (1, "staging".to_owned())];
        let shown = Some("deploy api to staging".to_owned());
        let ask = Ask::Pick { asker: asker("U1"), line: "deploy".into(), chosen, shown, at: at(0), reply };
        assert_eq!(world.work(&Request { event: "e2".into(), correlation: "c".into(), ask }).await, Ok(Worked::Done));
        let (destination, _) = world.message(&MessageKey::deployment(&id("e2")));
        assert_eq!(destination, Destination::Channel { channel: "C1".into(), thread });
    }
}

#[tokio::test]
async fn a_mention_is_answered_in_its_thread_and_a_typo_privately() {
    let world = World::new();
    let mention = |event: &str, text: &str, thread: Option<&str>| {
        let reply = Reply::Mention { ts: "17.5".into(), thread: thread.map(Into::into) };
        Request { event: event.into(), correlation: "c".into(), ask: Ask::Line { asker: asker("U1"), line: text.into(), at: at(0), reply } }
    };
    world.work(&mention("e1", "pending", None)).await.unwrap();
    assert_eq!(world.answer("e1").0, Destination::Channel { channel: "C1".into(), thread: Some("17.5".into()) });
    world.work(&mention("e2", "pendign", Some("16.0"))).await.unwrap();
    assert_eq!(world.answer("e2").0, Destination::Private { channel: "C1".into(), person: "U1".into(), thread: Some("16.0".into()) });
    world.work(&mention("e3", "deploy api to staging", Some("16.0"))).await.unwrap();
    assert_eq!(
        world.message(&MessageKey::deployment(&id("e3"))).0,
        Destination::Channel { channel: "C1".into(), thread: Some("16.0".into()) }
    );
}

#[tokio::test]
async fn a_dry_run_starts_nothing_and_shows_the_call() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy web@v3 to staging --dry-run")).await.unwrap();
    let shown = all_words(&world.answer("e1").1);
    assert!(shown.starts_with("Dry run: this would deploy v3 of web to staging. Nothing was started."), "{shown}");
    assert!(shown.contains("aws codepipeline start-pipeline-execution"), "{shown}");
    assert_eq!(world.pipelines.executions().len(), 0);
    assert_eq!(world.store.look(|state| state.deployments.len()), 0);
}

#[tokio::test]
async fn a_revision_for_a_pipeline_that_takes_none_is_said_so() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api@v3 to production")).await.unwrap();
    assert!(words(&world.answer("e1").1.summary).starts_with("The pipeline of api in production takes no revision"));
    assert_eq!(world.pipelines.executions().len(), 0);
}

#[tokio::test]
async fn what_runs_where_is_told() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api@v1 to staging")).await.unwrap();
    world.later(60);
    world.see(&[whole(RunStatus::Succeeded, 50)]).await;
    world.work(&line("e2", "U2", "deploy web to staging")).await.unwrap();
    world.later(90);
    let mut wrong = Vec::new();
    for (n, (typed, expected)) in [
        ("where api", "Where api runs\nstaging     v1 · by One (then)\nproduction  nothing deployed from here yet"),
        ("deploys api", "The latest deployments of api\nv1 to staging:Done"),
        ("pending", "web to staging · for 30 s so far · by Two in #C1"),
        ("status prod", "What runs in production\napi  nothing deployed from here yet"),
        ("history", "Two deploy web to staging started"),
        ("history api", "deploy api@v1 to staging"),
    ]
    .into_iter()
    .enumerate()
    {
        let event = format!("read-{n}");
        world.work(&line(&event, "U3", typed)).await.unwrap();
        let shown = all_words(&world.answer(&event).1).replace('\u{a0}', " ");
        if !shown.contains(expected) {
            wrong.push(format!("{typed}: {shown}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test]
async fn how_shows_the_calls() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api@v1 to staging")).await.unwrap();
    let explain = Request {
        event: "e2".into(),
        correlation: "c".into(),
        ask: Ask::Explain { asker: asker("U3"), deployment: id("e1"), view: "V1".into() },
    };
    assert_eq!(world.work(&explain).await, Ok(Worked::Done));
    let (destination, card) = world.answer("e2");
    assert_eq!(destination, Destination::View { view: "V1".into(), title: "How?".into() });
    let shown = all_words(&card);
    assert!(
        shown.contains(&format!(
            "aws codepipeline start-pipeline-execution \\\n  --name api-staging \\\n  --revision v1 \\\n  --client-request-token {}",
            id("e1")
        )),
        "{shown}"
    );
}

#[tokio::test]
async fn stages_that_never_ran_are_not_left_pending() {
    let world = World::new();
    let stage = |name: &str| Observation::Stage { stage: name.into(), seen: None };
    world.pipelines.show(&key(), vec![whole(RunStatus::InProgress, 1), stage("Test"), stage("Deploy")]);
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::Failed, 30)]).await;
    let (_, card) = world.message(&MessageKey::deployment(&id("e1")));
    let states: Vec<StepState> = card
        .parts
        .iter()
        .find_map(|part| if let Part::Steps(steps) = part { Some(steps.iter().map(|s| s.state).collect()) } else { None })
        .unwrap();
    assert_eq!(states, [StepState::Stopped, StepState::Stopped]);
    assert_eq!(world.deployment("e1").await.ended_at.map(|t| t.duration_since(at(0))), Some(SignedDuration::from_secs(30)));
}

#[tokio::test]
async fn every_change_within_a_request_is_nudged_for_itself() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    let nudges = world.delivery.take();
    let mut occasions: Vec<_> = nudges.iter().map(|nudge| nudge.occasion.clone()).collect();
    assert!(occasions.len() >= 2, "recorded, then started: {occasions:?}");
    occasions.sort();
    occasions.dedup();
    assert_eq!(occasions.len(), nudges.len(), "the queue takes equal occasions for one");
}

#[tokio::test]
async fn a_retried_deployment_takes_its_slot_back() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::Failed, 30)]).await;
    assert_eq!(world.store.slots().await.unwrap(), []);
    world.later(60);
    world.see(&[whole(RunStatus::InProgress, 60)]).await;
    assert_eq!(world.store.slots().await.unwrap().len(), 1);
    assert_eq!(world.work(&line("e2", "U2", "deploy api to staging")).await, Ok(Worked::Refused));
}

#[tokio::test]
async fn a_retried_deployment_goes_on_without_its_slot_when_another_is_in_it() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::Failed, 30)]).await;
    world.later(40);
    world.work(&line("e2", "U2", "deploy api to staging")).await.unwrap();
    world.see(&[whole(RunStatus::InProgress, 60)]).await;
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
    let slots = world.store.slots().await.unwrap();
    assert_eq!(slots.iter().map(|slot| &slot.deployment).collect::<Vec<_>>(), [&id("e2")]);
}

#[tokio::test]
async fn what_was_left_lying_is_not_done_days_later() {
    let mut world = World::new();
    world.later(16 * 60);
    assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Ok(Worked::Refused));
    assert_eq!(world.pipelines.executions().len(), 0);
    let (destination, card) = world.answer("e1");
    assert_eq!(destination, Destination::Private { channel: "C1".into(), person: "U1".into(), thread: None });
    assert!(words(&card.summary).contains("is not done any more: /ops deploy api to staging"), "{}", words(&card.summary));
    assert_eq!(world.work(&line("e2", "U1", "status")).await, Ok(Worked::Done));
}

#[tokio::test]
async fn what_was_begun_in_time_is_brought_to_its_end_however_late() {
    let mut world = World::new();
    world.pipelines.failures.plan("start", PortErrorKind::Transient, Moment::Before);
    assert!(world.work(&line("e1", "U1", "deploy api to staging")).await.is_err());
    world.later(16 * 60);
    assert_eq!(world.work(&line("e1", "U1", "deploy api to staging")).await, Ok(Worked::Before));
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
}

#[tokio::test]
async fn a_guest_learns_nothing_from_how_while_slack_is_silent() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    let explain = Request {
        event: "e2".into(),
        correlation: "c".into(),
        ask: Ask::Explain { asker: asker("U9"), deployment: id("e1"), view: "V1".into() },
    };
    world.work(&explain).await.unwrap();
    assert!(words(&world.answer("e2").1.summary).starts_with("Not allowed"));
}

#[tokio::test]
async fn while_codepipeline_is_down_looking_after_a_deployment_waits_for_the_next_look() {
    let mut world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.later(120);
    world.pipelines.failures.plan("observe", PortErrorKind::Throttled, Moment::Before);
    let task = DueTask::ReconcileDeployment { deployment: id("e1") };
    assert_eq!(
        world.work(&Request { event: "due/1".into(), correlation: "c".into(), ask: Ask::Due { task, at: world.now } }).await,
        Ok(Worked::Done)
    );
    assert_eq!(world.store.look(|state| state.due.len()), 2);
    assert_eq!(world.pipelines.failures.pending(), [""; 0]);
}

#[tokio::test]
async fn a_stop_that_is_refused_is_told_and_the_deployment_runs_on() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.pipelines.failures.plan("stop", PortErrorKind::Denied, Moment::Before);
    let cancel = line("e2", "U2", &format!("cancel {}", id("e1")));
    assert_eq!(world.work(&cancel).await, Err(PortErrorKind::Denied));
    assert_eq!(world.deployment("e1").await.phase, Phase::Running);
    assert!(words(&world.answer("e2").1.summary).ends_with("failed. Whoever runs Opsroom finds why in its log under c."));
}

#[tokio::test]
async fn who_cancels_after_somebody_else_is_told() {
    let world = World::new();
    world.work(&line("e1", "U1", "deploy api to staging")).await.unwrap();
    world.work(&line("e2", "U2", &format!("cancel {}", id("e1")))).await.unwrap();
    world.work(&line("e3", "U1", &format!("cancel {}", id("e1")))).await.unwrap();
    assert_eq!(words(&world.answer("e3").1.summary), format!("{} is being cancelled already, by @U2.", id("e1")));
}
