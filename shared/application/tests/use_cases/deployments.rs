//! A deployment from the request to its end, on the ports in memory: each step may fail, be repeated, or be told late.

use crate::deploy_world::*;
use crate::words::{all_words, words};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{PortErrorKind, Store as _};
use opsroom_application::progress::Taken;
use opsroom_application::request::{Ask, Request};
use opsroom_domain::deployment::Phase;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::pipeline_execution::{ActionResult, Observation, RunStatus, Sighting};
use opsroom_domain::room_message::Destination;
use opsroom_memory::Moment;

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
            "Deploying api to staging\nv1.2 · asked by @U1 (then)\nReason: fixes the login\nSource:Pending \nDeploy:Pending \n{} · api-staging\n[Cancel] [How?]",
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
