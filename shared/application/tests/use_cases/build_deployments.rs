//! Runs that a deployment of ours started: one message for both, on the ports in memory.

use crate::builds_world::*;
use RunStatus::{InProgress, Succeeded};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{Change, EnvironmentState, PortErrorKind, Store as _};
use opsroom_domain::card::{Part, Span};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::pipeline_execution::{ActionKind, ActionResult, ExecutionKey, RunStatus};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::Occasion;
use opsroom_memory::Moment;

const EVERY: [Occasion; 4] = [Occasion::Start, Occasion::Fail, Occasion::Fixed, Occasion::Approval];

/// Dana deploys api to production in #ops; the first commit runs there.
async fn deploying(world: &mut World) -> ExecutionKey {
    let current = EnvironmentState {
        service: "api".into(),
        environment: "production".into(),
        revision: Some("1".repeat(40)),
        summary: None,
        url: None,
        deployment: "d-0".into(),
        by: "UDANA".into(),
        at: at(0),
    };
    world.store.commit(Change { current: Some(current), ..Change::default() }).await.unwrap();
    assert_eq!(world.work(&line("e1", "UDANA", "deploy api to production", 0)).await, Ok(Worked::Done));
    of_pipeline("api-production", "execution-1")
}

fn message() -> MessageKey {
    MessageKey::deployment(&deployment_id("e1"))
}

#[tokio::test]
async fn a_deployment_and_its_run_are_one_message_in_its_channel_and_the_run_has_one_elsewhere() {
    let mut world = World::new();
    world.watch("COPS", "*", &EVERY).await;
    world.watch("CBUILDS", "*", &EVERY).await;
    let key = deploying(&mut world).await;
    world.later(30);
    world.see(&key, &[whole(InProgress, 5)]).await;
    world.see(&key, &failed(20)).await;
    let notice = MessageKey::deployment_notice(&deployment_id("e1"), at(20)).to_string();
    let elsewhere = MessageKey::run(&key, &"CBUILDS".into()).to_string();
    assert_eq!(world.keys(), [message().to_string(), notice, elsewhere]);
    let shown = all_words(&world.message(&message()).1);
    assert!(shown.ends_with("[Retry] [Logs] [How?]"), "{shown}");
}

#[tokio::test]
async fn a_run_that_is_told_before_its_deployment_knows_it_gets_no_second_message() {
    let world = World::new();
    world.watch("COPS", "*", &EVERY).await;
    world.watch("CBUILDS", "*", &EVERY).await;
    // CodePipeline has started it, and its answer was lost.
    world.pipelines.failures.plan("start", PortErrorKind::Transient, Moment::After);
    assert!(world.work(&line("e1", "UDANA", "deploy api to production", 0)).await.is_err());
    let key = of_pipeline("api-production", "execution-1");
    world.see(&key, &[whole(InProgress, 1)]).await;
    let elsewhere = MessageKey::run(&key, &"CBUILDS".into()).to_string();
    assert_eq!(world.keys(), [message().to_string(), elsewhere.clone()]);
    world.work(&line("e1", "UDANA", "deploy api to production", 0)).await.unwrap();
    world.see(&key, &[whole(Succeeded, 9)]).await;
    assert_eq!(world.keys(), [message().to_string(), elsewhere]);
    assert_eq!(world.title(&key, "CBUILDS"), "api-production passed");
}

#[tokio::test]
async fn another_run_of_the_pipeline_is_shown_beside_a_running_deployment() {
    let mut world = World::new();
    world.watch("COPS", "*", &EVERY).await;
    deploying(&mut world).await;
    let other = of_pipeline("api-production", "by-hand");
    world.see(&other, &[whole(InProgress, 1)]).await;
    assert_eq!(world.title(&other, "COPS"), "api-production is running");
}

#[tokio::test]
async fn a_deployment_says_what_is_in_it() {
    let mut world = World::new();
    world.push("0", "1", 0).await;
    world.push("1", "23", 1).await;
    world.push("3", "456789", 2).await;
    let key = deploying(&mut world).await;
    world.see(&key, &[whole(InProgress, 5), source("8")]).await;
    let shown = all_words(&world.message(&message()).1);
    insta::assert_snapshot!(shown.replace(deployment_id("e1").as_str(), "d-1"), @r"
    Deploying api to production
    8888888 Change 8 · replaces 1111111 · asked by @UDANA (then)
    Brings 7 commits
    8888888 Change 8 <!channel> · dana
    7777777 Change 7 <!channel> · dana
    6666666 Change 6 <!channel> · dana
    5555555 Change 5 <!channel> · dana
    4444444 Change 4 <!channel> · dana
    and 2 more
    d-1 · api-production
    [Cancel] [How?]
    ");
    // Read once: later cards find it on the deployment.
    world.store.failures.plan("pushes", PortErrorKind::Transient, Moment::Before);
    world.see(&key, &[whole(Succeeded, 9)]).await;
    assert_eq!(world.store.failures.pending(), ["pushes"]);
    assert!(all_words(&world.message(&message()).1).contains("Brings 7 commits"));
}

#[tokio::test]
async fn going_back_says_what_it_takes_away_and_an_unknown_revision_says_nothing() {
    for (revision, expected) in [("2", Some("Takes back 1 commit\n3333333")), ("9", None)] {
        let mut world = World::new();
        world.push("1", "23", 1).await;
        let current = |letter: &str| EnvironmentState {
            service: "api".into(),
            environment: "production".into(),
            revision: Some(letter.repeat(40)),
            summary: None,
            url: None,
            deployment: "d-0".into(),
            by: "UDANA".into(),
            at: at(0),
        };
        world.store.commit(Change { current: Some(current("3")), ..Change::default() }).await.unwrap();
        world.work(&line("e1", "UDANA", "deploy api to production", 0)).await.unwrap();
        world.later(5);
        world.see(&of_pipeline("api-production", "execution-1"), &[whole(InProgress, 5), source(revision)]).await;
        let shown = all_words(&world.message(&message()).1);
        match expected {
            Some(expected) => assert!(shown.contains(expected), "{shown}"),
            None => assert!(!shown.contains("commit"), "{shown}"),
        }
    }
}

#[tokio::test]
async fn a_deployment_that_waits_for_an_approval_says_so_once_under_its_message() {
    let mut world = World::new();
    let key = deploying(&mut world).await;
    world.later(10);
    world.see(&key, &waiting(5)).await;
    let (destination, card) = world.message(&MessageKey::run_notice(&key, "approval/Approve/Approve", &"COPS".into()));
    assert_eq!(destination, Destination::Under { channel: "COPS".into(), parent: message() });
    assert_eq!(
        words(&card.summary),
        "Approve waits for an approval to deploy api to production. Who may: operator, but not whoever asked for it."
    );
    let shown = all_words(&world.message(&message()).1);
    assert!(shown.contains("Approve:Waiting waiting since (then)"), "{shown}");
    assert!(shown.ends_with("[Approve] [Reject] [Cancel] [How?]"), "{shown}");
    let keys = world.keys();
    world.see(&key, &[stage("Deploy", InProgress, 6)]).await;
    assert_eq!(world.keys(), keys);
}

#[tokio::test]
async fn what_an_approvals_author_asks_for_is_looked_up_once_and_shown_as_plain_words() {
    let mut world = World::new();
    let key = deploying(&mut world).await;
    world.later(10);
    world.see(&key, &waiting(5)).await;
    let looks = |world: &World| {
        let is_look = |item: &&DueItem| matches!(item.task, DueTask::LookAtRun { .. });
        world.store.look(|state| state.due.values().filter(is_look).cloned().collect::<Vec<_>>())
    };
    let [look] = looks(&world).try_into().unwrap();
    assert_eq!(look.at, world.now, "at once");

    let asks = Some(format!("<!channel> *look* at the page\nthen decide {}", "x".repeat(900)));
    let result = ActionResult { kind: ActionKind::Approval, asks, ..ActionResult::default() };
    world.pipelines.show(&key, vec![action("Approve", "Approve", InProgress, 5, result)]);
    for event in ["due/1", "due/2"] {
        world.work(&due(event, look.task.clone())).await.unwrap();
        let shown = all_words(&world.message(&message()).1);
        assert!(shown.contains("Approve asks: <!channel> *look* at the page\nthen decide xxx"), "{shown}");
        assert!(shown.len() < 1000, "{shown}");
        let (_, card) = world.message(&MessageKey::run_notice(&key, "approval/Approve/Approve", &"COPS".into()));
        let asked = card.parts.iter().flat_map(|part| if let Part::Text(text) = part { text.0.clone() } else { Vec::new() });
        assert!(asked.into_iter().any(|span| matches!(span, Span::Plain(text) if text.starts_with("<!channel> *look*"))), "{card:?}");
    }
    assert_eq!(looks(&world).len(), 1, "it is asked for once");
    // Once it is decided, nobody is asked any more.
    world.see(&key, &[action("Approve", "Approve", Succeeded, 8, ActionResult::default())]).await;
    assert!(!all_words(&world.message(&message()).1).contains("asks:"));
}

#[tokio::test]
async fn owners_are_called_under_the_deployment_that_broke_it() {
    let mut world = World::new();
    let key = deploying(&mut world).await;
    world.later(30);
    world.see(&key, &failed(20)).await;
    let reminder = |item: &opsroom_domain::due::DueItem| item.task.key().starts_with("remind-owners");
    let task = world.store.look(|state| state.due.values().find(|item| reminder(item)).unwrap().task.clone());
    world.later(3700);
    world.work(&due("due/1", task)).await.unwrap();
    let (destination, card) = world.message(&MessageKey::run_notice(&key, "owners", &"COPS".into()));
    assert_eq!(destination, Destination::Under { channel: "COPS".into(), parent: message() });
    assert!(words(&card.summary).starts_with("@UOWNER api-production is still broken"));
}
