//! Going back, going on, and several services one after the other.

use crate::release_world::{World, at, id};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{PortErrorKind, Store as _};
use opsroom_application::request::Press;
use opsroom_domain::deployment::Phase;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{DeploymentId, EventKey};
use opsroom_domain::pipeline_execution::{Observation, RunStatus, Sighting};
use opsroom_memory::Moment;

#[tokio::test]
async fn what_really_ran_before_is_brought_back() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to production").await;
    world.deploys("s2", "deploy api@v2 to production").await;
    world.deploys("s3", "deploy api@v3 to production").await;
    assert!(world.card("s3").contains("[Roll back]"), "{}", world.card("s3"));
    world.types("e1", "UAVERY", "rollback api in production --reason errors").await;
    assert!(world.card("e1").starts_with("Rolling back api in production\nv2 · replaces v3"), "{}", world.card("e1"));
    assert_eq!(world.started().last().unwrap(), "api-production@v2");
    world.ends("e1", RunStatus::Succeeded).await;
    assert!(world.card("e1").starts_with("Rolled back api in production"), "{}", world.card("e1"));
    world.until(20).await;
    world.types("e2", "UAVERY", "rollback api in production").await;
    assert_eq!(world.started().last().unwrap(), "api-production@v1", "going back twice goes back two steps");
    world.ends("e2", RunStatus::Succeeded).await;
    world.until(30).await;
    world.types("e3", "UAVERY", "rollback api in production").await;
    assert!(world.answer("e3").starts_with("There is nothing to go back to"), "{}", world.answer("e3"));
}

#[tokio::test]
async fn after_a_failure_the_last_success_is_brought_back() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to production").await;
    world.types("e1", "UDANA", "deploy api@v2 to production").await;
    world.ends("e1", RunStatus::Failed).await;
    world.until(20).await;
    assert!(world.card("e1").contains("[Roll back]"), "{}", world.card("e1"));
    assert_eq!(world.presses("p1", "UAVERY", Press::RollBack { deployment: id("e1") }).await, Worked::Done);
    assert_eq!(world.started().last().unwrap(), "api-production@v1");
    world.ends("p1", RunStatus::Succeeded).await;
    world.until(30).await;
    // The old button, pressed again by somebody else.
    world.presses("p2", "ULEE", Press::RollBack { deployment: id("e1") }).await;
    let told = world.answer("p2");
    assert!(told.contains(&format!("Since {}, {} (api in production) with v1 by Avery has succeeded", id("e1"), id("p1"))), "{told}");
    assert_eq!(world.presses("p3", "UROBIN", Press::RollBack { deployment: id("p1") }).await, Worked::Refused);
}

#[tokio::test]
async fn a_failed_stage_is_not_run_again_beside_another_deployment() {
    let mut world = World::new();
    world.types("e1", "UDANA", "deploy api@v1 to production").await;
    world.ends("e1", RunStatus::Failed).await;
    world.until(10).await;
    world.types("e2", "UDANA", "deploy api@v2 to production").await;
    let run = world.deployment("e1").await.execution_key().unwrap();
    let retry = || Press::RetryStage { run: run.clone(), stage: "Deploy".into() };
    assert_eq!(world.presses("p1", "UAVERY", retry()).await, Worked::Refused);
    assert!(world.answer("p1").starts_with("api is already being deployed to production"), "{}", world.answer("p1"));
    assert_eq!(world.pipelines.retries.lock().unwrap().len(), 0);
    world.ends("e2", RunStatus::Succeeded).await;
    assert_eq!(world.presses("p2", "UAVERY", retry()).await, Worked::Done);
    assert_eq!(world.pipelines.retries.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failed_stage_is_run_again_in_the_slot_and_as_the_gate_lets_it() {
    let mut world = World::new();
    world.types("e1", "UDANA", "deploy api@v1 to production").await;
    world.ends("e1", RunStatus::Failed).await;
    world.until(10).await;
    let run = world.deployment("e1").await.execution_key().unwrap();
    let retry = || Press::RetryStage { run: run.clone(), stage: "Deploy".into() };
    for (n, line, told) in [
        (1, "lock production on api --for 10m --reason migration", "would have to wait for the lock of @UDANA"),
        (2, "freeze production --for 10m --reason fair", "would have to wait for the end of the freeze by @UDANA"),
    ] {
        world.types(&format!("l{n}"), "UDANA", line).await;
        assert_eq!(world.presses(&format!("p{n}"), "UAVERY", retry()).await, Worked::Refused, "{line}");
        assert!(world.answer(&format!("p{n}")).contains(told), "{}", world.answer(&format!("p{n}")));
        world.until(700 * n).await;
    }
    assert_eq!(world.pipelines.retries.lock().unwrap().len(), 0);
    assert_eq!(world.presses("p3", "UAVERY", retry()).await, Worked::Done);
    // Nothing was heard of it yet, and the place is taken.
    assert_eq!(world.phase("e1").await, Phase::Running);
    world.types("e2", "UDANA", "deploy api@v2 to production").await;
    assert!(world.answer("e2").starts_with("api is already being deployed to production"), "{}", world.answer("e2"));
    world.ends("e1", RunStatus::Succeeded).await;
    assert_eq!(world.phase("e1").await, Phase::Succeeded);
}

#[tokio::test]
async fn a_retry_that_is_refused_or_never_sent_frees_the_place() {
    for (kind, is_lost) in [(PortErrorKind::Conflict, false), (PortErrorKind::Transient, true)] {
        let mut world = World::new();
        world.types("e1", "UDANA", "deploy api@v1 to production").await;
        world.ends("e1", RunStatus::Failed).await;
        world.until(10).await;
        let run = world.deployment("e1").await.execution_key().unwrap();
        world.pipelines.failures.plan("retry", kind, Moment::Before);
        let seen = Sighting { status: RunStatus::Failed, at: Some(at(0)) };
        world.pipelines.show(&run, vec![Observation::Stage { stage: "Deploy".into(), seen: Some(seen) }, Observation::Execution(seen)]);
        let request = world.press("p1", "UAVERY", Press::RetryStage { run, stage: "Deploy".into() });
        let _ = world.work(&request).await;
        assert_eq!(world.phase("e1").await == Phase::Running, is_lost, "{kind:?}");
        if is_lost {
            // Nobody works it off again; the clock's look finds that nothing came of it.
            world.until(4000).await;
            // Its request comes back much later: that is no retry that was begun, and too late for one.
            world.work(&request).await.unwrap();
            assert_eq!(world.pipelines.retries.lock().unwrap().len(), 0);
        }
        assert_eq!(world.phase("e1").await, Phase::Failed { why: None }, "{kind:?}");
        assert!(world.store.slots().await.unwrap().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_rollback_that_waits_beside_a_deployment_leads_to_what_ran_before_that() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to production").await;
    world.deploys("s2", "deploy api@v2 to production").await;
    world.types("e1", "UDANA", "deploy api@v3 to production").await;
    world.types("l1", "ULEE", "lock production --for 10m --reason migration").await;
    // The lock holds it, so it is not turned down because of the one that is under way.
    world.types("e2", "UAVERY", "rollback api in production").await;
    assert!(world.card("e2").starts_with("Waiting: "), "{}", world.card("e2"));
    world.ends("e1", RunStatus::Succeeded).await;
    world.types("u1", "ULEE", "unlock production").await;
    assert_eq!(world.started().last().unwrap(), "api-production@v2");
}

#[tokio::test]
async fn one_can_go_back_only_to_what_has_run_there() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to production").await;
    world.deploys("s2", "deploy api@v2 to production").await;
    world.deploys("s3", "deploy api@v3 to production").await;
    world.types("e1", "UDANA", "rollback api in production to v9").await;
    let told = world.answer("e1");
    assert!(told.starts_with("v9 of api has not run in production"), "{told}");
    assert!(told.contains("These have: v3, v2, v1"), "{told}");
    world.types("e2", "UDANA", "rollback api in production to v3").await;
    assert!(world.answer("e2").starts_with("v3 of api runs in production already."), "{}", world.answer("e2"));
    world.types("e3", "UDANA", "rollback api in production to v1").await;
    assert_eq!(world.started().last().unwrap(), "api-production@v1");
}

#[tokio::test]
async fn a_pipeline_that_can_go_back_by_itself_does_so_once_whatever_crashes() {
    for moment in [Moment::Before, Moment::After] {
        let mut world = World::new();
        world.deploys("s1", "deploy web@v1 to staging").await;
        world.deploys("s2", "deploy web@v2 to staging").await;
        let first = world.deployment("s1").await.execution.unwrap();
        world.pipelines.failures.plan("roll_back", PortErrorKind::Transient, moment);
        let request = world.line("e1", "UDANA", "rollback web in staging");
        assert_eq!(world.work(&request).await, Err(PortErrorKind::Transient));
        world.work(&request).await.unwrap();
        assert_eq!(world.phase("e1").await, Phase::Running);
        {
            let rollbacks = world.pipelines.rollbacks.lock().unwrap();
            let wanted: Vec<_> = rollbacks.iter().map(|(request, _)| (request.stage.as_str(), &request.target)).collect();
            assert_eq!(wanted, [("Deploy", &first)], "{moment:?}");
        }
        assert_eq!(world.started(), ["web-staging@v1", "web-staging@v2"], "nothing was deployed again");
        world.ends("e1", RunStatus::Succeeded).await;
        let current = world.store.current(&"web".into(), &"staging".into()).await.unwrap().unwrap();
        assert_eq!(current.revision.as_deref(), Some("v1"));
        let how = world.deployment("e1").await.calls[0].command_line();
        assert!(how.starts_with("aws codepipeline rollback-stage"), "{how}");
    }
}

#[tokio::test]
async fn the_very_revision_goes_on_to_the_next_environment() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to staging").await;
    assert!(world.card("s1").contains("[Promote to production]"), "{}", world.card("s1"));
    assert_eq!(world.presses("p1", "UAVERY", Press::Promote { deployment: id("s1") }).await, Worked::Done);
    assert_eq!(world.started(), ["api-staging@v1", "api-production@v1"]);
    world.ends("p1", RunStatus::Succeeded).await;
    world.until(10).await;
    world.deploys("s2", "deploy api@v2 to staging").await;
    world.presses("p2", "UAVERY", Press::Promote { deployment: id("s1") }).await;
    assert!(world.answer("p2").contains(&format!("Since {}, {} (api to staging) with v2", id("s1"), id("s2"))), "{}", world.answer("p2"));
    world.types("e1", "UDREW", "promote api from staging to production").await;
    assert_eq!(world.started().last().unwrap(), "api-production@v2");
    world.types("e2", "UDREW", "promote web from staging to production").await;
    assert!(world.answer("e2").starts_with("Which revision of web runs in staging isn't known here."), "{}", world.answer("e2"));
}

#[tokio::test]
async fn several_services_are_deployed_one_after_the_other_until_one_fails() {
    let mut world = World::new();
    world.types("e1", "UDANA", "deploy api@v1 web@v2 pay@v3 to staging").await;
    assert_eq!(world.started(), ["api-staging@v1"]);
    assert!(world.card("e1").contains("Then: web, pay"), "{}", world.card("e1"));
    world.until(5).await;
    assert_eq!(world.started(), ["api-staging@v1"]);
    world.ends("e1", RunStatus::Succeeded).await;
    assert!(world.card("e1").contains("Goes on with web, pay"), "{}", world.card("e1"));
    let due = world.store.look(|state| {
        let next = state.due.values().find(|item| matches!(item.task, DueTask::DeployNext { .. })).unwrap();
        format!("due/{}/{}", next.at.as_millisecond(), next.task.key())
    });
    world.until(6).await;
    assert_eq!(world.started(), ["api-staging@v1", "web-staging@v2"]);
    let second = DeploymentId::derived_from(&EventKey::new(due.clone()));
    assert_eq!(world.store.deployment(&second).await.unwrap().unwrap().request.by, "UDANA".into());
    world.ends(&due, RunStatus::Failed).await;
    world.until(100).await;
    assert_eq!(world.started(), ["api-staging@v1", "web-staging@v2"]);
    assert!(world.card(&due).contains("Not deployed after this: pay"), "{}", world.card(&due));
}

#[tokio::test]
async fn what_follows_another_deployment_waits_where_somebody_else_deploys() {
    let mut world = World::new();
    world.types("e1", "UDANA", "deploy api@v1 web@v2 to staging").await;
    world.until(5).await;
    world.types("e2", "UAVERY", "deploy web@v9 to staging").await;
    world.ends("e1", RunStatus::Succeeded).await;
    let due = world.store.look(|state| {
        let next = state.due.values().find(|item| matches!(item.task, DueTask::DeployNext { .. })).unwrap();
        format!("due/{}/{}", next.at.as_millisecond(), next.task.key())
    });
    world.until(6).await;
    assert_eq!(world.started(), ["api-staging@v1", "web-staging@v9"]);
    assert!(world.card(&due).contains(id("e2").as_str()), "whom it waits for: {}", world.card(&due));
    world.ends("e2", RunStatus::Succeeded).await;
    world.until(60).await;
    assert_eq!(world.started(), ["api-staging@v1", "web-staging@v9", "web-staging@v2"]);
}

#[tokio::test]
async fn what_was_disturbed_is_brought_back_by_its_name_too() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to production").await;
    world.types("e1", "UAVERY", "rollback api in production to v1").await;
    assert!(world.answer("e1").contains("runs in production already"), "{}", world.answer("e1"));
    world.types("e2", "UDANA", "deploy api@v2 to production").await;
    world.ends("e2", RunStatus::Failed).await;
    world.until(20).await;
    world.types("e3", "UAVERY", "rollback api in production to v1").await;
    assert_eq!(world.started(), ["api-production@v1", "api-production@v2", "api-production@v1"]);
}

#[tokio::test]
async fn of_several_services_whoever_may_not_deploy_one_begins_with_none() {
    let mut catalog = crate::release_world::catalog();
    catalog.roles.get_mut("operator").unwrap().grants[0].services = vec!["api".into()];
    let world = World::with(catalog);
    assert_eq!(world.types("e1", "UDREW", "deploy api@v1 web@v2 to staging").await, Worked::Refused);
    assert_eq!(world.started(), [""; 0]);
}
