//! What people ask of builds, on the ports in memory: each step may fail, be repeated, or come from somebody without the right.

use crate::builds_world::*;
use PortErrorKind::{Conflict, Denied, Transient};
use RunStatus::{Failed, InProgress, Succeeded};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{PortErrorKind, Store as _};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::pipeline_execution::approval::Decision::{Approved, Rejected};
use opsroom_domain::pipeline_execution::{ActionResult, ExecutionKey, LogPointer, RunStatus};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::Occasion;
use opsroom_memory::Moment;

fn key() -> ExecutionKey {
    of_pipeline("api-production", "e-1")
}

/// A run in #ops that waits for an approval.
async fn that_waits() -> World {
    let mut world = World::new();
    world.watch("COPS", "*", &[]).await;
    world.later(10);
    world.see(&key(), &waiting(5)).await;
    assert_eq!(world.title(&key(), "COPS"), "api-production waits for an approval");
    world
}

/// A run in #ops that has failed.
async fn that_failed() -> World {
    let mut world = World::new();
    world.watch("COPS", "*", &[]).await;
    world.later(30);
    world.see(&key(), &failed(20)).await;
    world
}

fn approval_ended(status: RunStatus, second: i64) -> Vec<opsroom_domain::pipeline_execution::Observation> {
    vec![action("Approve", "Approve", status, second, ActionResult::default()), stage("Approve", status, second)]
}

#[tokio::test]
async fn a_rejection_is_sent_with_its_reason_and_shown_by_whom() {
    let world = that_waits().await;
    assert_eq!(world.work(&decide("d1", "UAVERY", &key(), Rejected, "tests are red <!here>", 10)).await, Ok(Worked::Done));
    let sent = world.pipelines.decisions.lock().unwrap().clone();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].1, sent[0].2.as_str()), (Rejected, "rejected by Avery (UAVERY) in Slack: tests are red <!here>"));
    let shown = world.shown(&key(), "COPS");
    assert!(shown.contains("Approve rejected by @UAVERY: tests are red <!here> · (then)"), "{shown}");
    let notice = MessageKey::run_notice(&key(), &format!("decision/Approve/Approve/{}", at(10).as_second()), &"COPS".into());
    let (destination, reply) = world.message(&notice);
    assert_eq!(destination, Destination::Under { channel: "COPS".into(), parent: MessageKey::run(&key(), &"COPS".into()) });
    assert_eq!(words(&reply.summary), "Rejected by Avery: tests are red <!here>");
    assert_eq!(world.recorded(), ["allowed", "ended"]);
    assert_eq!(world.keys().len(), 2, "the channel sees it; there is no answer besides");
}

#[tokio::test]
async fn the_same_decision_three_times_is_one() {
    let world = that_waits().await;
    let request = decide("d1", "UAVERY", &key(), Approved, "", 10);
    assert_eq!(world.work(&request).await, Ok(Worked::Done));
    let versions = world.versions();
    for _ in 0..2 {
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
    }
    assert_eq!(world.pipelines.decisions.lock().unwrap().len(), 1);
    assert_eq!((world.recorded().len(), world.versions()), (2, versions));
}

#[tokio::test]
async fn a_crash_anywhere_around_a_decision_leaves_it_decided_once_and_told() {
    // The first write, the call, and the write after it; each before and after it had its effect.
    for (operation, nth, moment) in [
        ("commit", 0, Moment::Before),
        ("commit", 0, Moment::After),
        ("decide", 0, Moment::Before),
        ("decide", 0, Moment::After),
        ("commit", 1, Moment::Before),
        ("commit", 1, Moment::After),
    ] {
        let world = that_waits().await;
        world.pipelines.show(&key(), approval_ended(Succeeded, 11));
        let request = decide("d1", "UAVERY", &key(), Approved, "", 10);
        if nth == 1 {
            world.pipelines.failures.plan("decide", Transient, Moment::After);
            assert_eq!(world.work(&request).await, Err(Transient));
            // Worked on again, the request writes what it was told when it asked, and then that it is decided.
            world.store.failures.plan("commit", Transient, moment);
            assert_eq!(world.work(&request).await, Err(Transient));
        } else if operation == "commit" {
            world.store.failures.plan("commit", Transient, moment);
            assert_eq!(world.work(&request).await, Err(Transient));
        } else {
            world.pipelines.failures.plan("decide", Transient, moment);
            assert_eq!(world.work(&request).await, Err(Transient));
        }
        world.work(&request).await.unwrap();
        let case = format!("{operation} {nth} {moment:?}");
        assert_eq!(world.pipelines.decisions.lock().unwrap().len(), 1, "{case}");
        let shown = world.shown(&key(), "COPS");
        assert!(shown.contains("Approve approved by @UAVERY"), "{case}: {shown}");
        assert_eq!(world.recorded(), ["allowed", "ended"], "{case}");
    }
}

#[tokio::test]
async fn of_two_people_the_second_is_told_who_was_faster() {
    let mut world = that_waits().await;
    world.work(&decide("d1", "UAVERY", &key(), Approved, "", 10)).await.unwrap();
    world.later(12);
    assert_eq!(world.work(&decide("d2", "UDANA", &key(), Rejected, "no", 12)).await, Ok(Worked::Done));
    let (destination, told) = world.answer("d2");
    assert_eq!(destination, Destination::Private { channel: "COPS".into(), person: "UDANA".into(), thread: None });
    assert_eq!(told, "Approve was approved already by Avery (then). Nothing was changed.");
    assert_eq!(world.work(&line("d3", "UDANA", "build reject api-production no", 12)).await, Ok(Worked::Done));
    assert_eq!(world.answer("d3").1, "Approve was approved already by Avery (then). Nothing was changed.");
    assert_eq!(world.pipelines.decisions.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_decided_in_codepipeline_itself_is_not_claimed_for_anybody_here() {
    let world = that_waits().await;
    world.pipelines.failures.plan("decide", Conflict, Moment::Before);
    world.pipelines.show(&key(), approval_ended(Succeeded, 11));
    assert_eq!(world.work(&decide("d1", "UAVERY", &key(), Approved, "", 10)).await, Ok(Worked::Refused));
    assert!(world.answer("d1").1.starts_with("Nothing waits for an approval in api-production"), "{}", world.answer("d1").1);
    assert!(!world.shown(&key(), "COPS").contains("approved by"));
    assert_eq!(world.recorded(), ["allowed", "ended"]);
}

#[tokio::test]
async fn an_approval_that_waits_again_can_be_decided_again() {
    let mut world = that_waits().await;
    world.work(&decide("d1", "UAVERY", &key(), Rejected, "later", 10)).await.unwrap();
    world.later(40);
    world.see(&key(), &[approval_ended(Failed, 15), vec![whole(Failed, 15)]].concat()).await;
    world.see(&key(), &waiting(30)).await;
    world.pipelines.decisions.lock().unwrap().clear();
    assert_eq!(world.work(&decide("d2", "UDANA", &key(), Approved, "", 40)).await, Ok(Worked::Done));
    assert!(world.shown(&key(), "COPS").contains("Approve approved by @UDANA"));
}

#[tokio::test]
async fn only_who_may_decides_and_never_on_their_own_deployment() {
    let mut world = World::new();
    world.work(&line("e1", "UDANA", "deploy api to production", 0)).await.unwrap();
    let run = of_pipeline("api-production", "execution-1");
    world.later(10);
    world.see(&run, &waiting(5)).await;
    assert_eq!(world.work(&decide("d1", "UDREW", &run, Approved, "", 10)).await, Ok(Worked::Refused));
    assert!(world.answer("d1").1.starts_with("Not allowed: none of your roles (deployer) allows to approve api in production."));
    assert_eq!(world.work(&decide("d2", "UDANA", &run, Approved, "", 10)).await, Ok(Worked::Refused));
    assert!(world.answer("d2").1.starts_with("Not allowed: you asked for this deployment"));
    assert_eq!(world.pipelines.decisions.lock().unwrap().len(), 0);
    assert_eq!(world.recorded(), ["allowed", "refused", "refused"]);
    // Taking one's own wish back is fine, and so is somebody else's approval.
    assert_eq!(world.work(&decide("d3", "UAVERY", &run, Approved, "go", 10)).await, Ok(Worked::Done));
    let shown = all_words(&world.message(&MessageKey::deployment(&deployment_id("e1"))).1);
    assert!(shown.contains("Approve approved by @UAVERY: go"), "{shown}");
}

#[tokio::test]
async fn a_decision_typed_where_the_run_is_not_shown_is_answered_there() {
    let mut world = World::new();
    world.later(10);
    world.see(&key(), &waiting(5)).await;
    assert_eq!(world.work(&line("d1", "UAVERY", "build approve api-production looks good", 10)).await, Ok(Worked::Done));
    assert_eq!(world.answer("d1").1, "api-production: Approved by Avery: looks good");
    world.see(&key(), &approval_ended(Succeeded, 11)).await;
    world.see(&key(), &[whole(Succeeded, 12)]).await;
    world.work(&line("d2", "UAVERY", "build approve api-production", 10)).await.unwrap();
    assert!(world.answer("d2").1.starts_with("Nothing waits for an approval in api-production"));
}

#[tokio::test]
async fn a_decision_that_was_left_lying_is_not_sent() {
    let mut world = that_waits().await;
    world.later(1000);
    assert_eq!(world.work(&decide("d1", "UAVERY", &key(), Approved, "", 10)).await, Ok(Worked::Refused));
    assert_eq!(world.pipelines.decisions.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_retry_is_sent_once_and_shown_by_whom() {
    let world = that_failed().await;
    let request = press_retry("r1", "UDREW", &key(), 30);
    assert_eq!(world.work(&request).await, Ok(Worked::Done));
    assert!(world.shown(&key(), "COPS").contains("Test run again by @UDREW"));
    // By the time the request comes again, the stage runs.
    world.pipelines.show(&key(), vec![whole(InProgress, 32), stage("Test", InProgress, 32)]);
    for _ in 0..2 {
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
    }
    assert_eq!(world.pipelines.retries.lock().unwrap()[..], [(key(), "Test".to_owned())]);
    assert_eq!(world.recorded(), ["allowed", "ended"]);
    // Whoever is refused is recorded with the message that they pressed on, too.
    assert_eq!(world.work(&press_retry("r2", "UROBIN", &key(), 40)).await, Ok(Worked::Refused));
    let shown = MessageKey::run(&key(), &"COPS".into());
    let told: Vec<_> = world.store.look(|state| state.audit.iter().map(|entry| entry.record.message.clone()).collect());
    assert_eq!(told, [Some(shown.clone()), Some(shown.clone()), Some(shown)]);
}

#[tokio::test]
async fn a_crash_around_a_retry_runs_it_again_only_if_the_stage_still_stands_at_that_failure() {
    for (moment, then) in [
        (Moment::Before, failed(20)),
        (Moment::After, vec![whole(InProgress, 32), stage("Test", InProgress, 32)]),
        // It ran, and has failed again meanwhile: that is another failure.
        (Moment::After, failed(45)),
    ] {
        let mut world = that_failed().await;
        world.pipelines.failures.plan("retry", Transient, moment);
        let request = press_retry("r1", "UDREW", &key(), 30);
        assert_eq!(world.work(&request).await, Err(Transient));
        world.later(50);
        world.pipelines.show(&key(), then);
        assert_eq!(world.work(&request).await, Ok(Worked::Before));
        assert_eq!(world.pipelines.retries.lock().unwrap().len(), 1, "{moment:?}");
        assert_eq!(world.recorded(), ["allowed", "ended"]);
    }
}

#[tokio::test]
async fn a_retry_that_comes_too_late_says_what_has_happened_since() {
    let mut wrong = Vec::new();
    for (since, expected) in [
        (vec![whole(InProgress, 31), stage("Test", InProgress, 31)], "Test of api-production is running already. Nothing was run again."),
        (vec![whole(Succeeded, 31), stage("Test", Succeeded, 31)], "Test of api-production went well. Nothing was run again."),
        (failed(20), "Test of api-production failed, but can't be taken up any more: a newer run has passed it. Nothing was run again."),
    ] {
        let mut world = that_failed().await;
        world.later(40);
        world.pipelines.failures.plan("retry", Conflict, Moment::Before);
        world.pipelines.show(&key(), since);
        assert_eq!(world.work(&press_retry("r1", "UDREW", &key(), 40)).await, Ok(Worked::Refused));
        if world.answer("r1").1 != expected {
            wrong.push(world.answer("r1").1);
        }
        assert!(!world.shown(&key(), "COPS").contains("run again by"));
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test]
async fn who_retries_after_somebody_else_is_told() {
    let world = that_failed().await;
    world.work(&press_retry("r1", "UDREW", &key(), 30)).await.unwrap();
    world.work(&press_retry("r2", "UDANA", &key(), 30)).await.unwrap();
    assert_eq!(world.answer("r2").1, "Test is run again already, asked by @UDREW (then).");
    assert_eq!(world.pipelines.retries.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_retry_takes_the_right_to_deploy_there() {
    let world = that_failed().await;
    assert_eq!(world.work(&press_retry("r1", "UROBIN", &key(), 30)).await, Ok(Worked::Refused));
    assert!(world.answer("r1").1.starts_with("Not allowed: none of your roles (reader) allows to deploy api in production."));
    world.pipelines.failures.plan("retry", Denied, Moment::Before);
    assert_eq!(world.work(&press_retry("r2", "UDREW", &key(), 30)).await, Err(Denied));
    assert!(world.answer("r2").1.contains("failed. Whoever runs Opsroom"));
    assert!(!world.shown(&key(), "COPS").contains("run again by"));
}

#[tokio::test]
async fn typed_retries_take_the_latest_run() {
    let mut world = that_failed().await;
    assert_eq!(world.work(&line("r1", "UDREW", "build retry api-production", 30)).await, Ok(Worked::Done));
    assert_eq!(world.pipelines.retries.lock().unwrap().len(), 1);
    world.later(100);
    world
        .see(&of_pipeline("api-production", "e-2"), &[stage("Test", InProgress, 60), stage("Test", Succeeded, 90), whole(Succeeded, 90)])
        .await;
    world.work(&line("r2", "UDREW", "build retry api-production test", 100)).await.unwrap();
    assert_eq!(world.answer("r2").1, "Test of api-production went well. Nothing was run again.");
    world.work(&line("r3", "UDREW", "build retry nothing", 100)).await.unwrap();
    assert!(world.answer("r3").1.starts_with("No run of nothing was seen yet."));
}

#[tokio::test]
async fn what_runs_elsewhere_is_retried_there() {
    let mut world = World::new();
    world.watch("COPS", "*", &[]).await;
    world.later(60);
    world.see(&run(2), &[facts(2, 10, "dana"), whole(Failed, 50)]).await;
    assert_eq!(world.shown(&run(2), "COPS").lines().last(), Some("[How?]"));
    world.work(&line("r1", "UDANA", "build retry \"acme/api: CI\"", 60)).await.unwrap();
    assert_eq!(world.answer("r1").1, "acme/api: CI #2 runs on GitHub Actions. Retry it there.");
}

#[tokio::test]
async fn logs_come_from_cloudwatch_or_are_what_was_kept() {
    let mut world = World::new();
    world.watch("COPS", "*", &[]).await;
    let pointer = LogPointer { group: "/aws/codebuild/api-tests".into(), stream: "0f8fad5b-d9cb-469f-a165-70867728950e".into() };
    world.logs.write(&pointer, &["one", "two", "password=x"]);
    world.later(30);
    world.see(&key(), &failed(20)).await;
    world.work(&line("l1", "UROBIN", "build logs api-production --lines 2", 30)).await.unwrap();
    insta::assert_snapshot!(world.answer("l1").1, @r"
    The end of the log of Test / Unit in api-production
    ```two
    password=***```
    The last 2 lines, from CloudWatch Logs. What looks like a secret is masked.
    ");
    world.logs.failures.plan("tail", PortErrorKind::Throttled, Moment::Before);
    world.work(&line("l2", "UROBIN", "build logs API-production", 30)).await.unwrap();
    assert!(world.answer("l2").1.contains("The last 3 lines, as kept when it failed; CloudWatch Logs can't be read just now."));
    world.work(&line("l3", "UROBIN", "build logs nothing", 30)).await.unwrap();
    assert!(world.answer("l3").1.starts_with("No run of nothing was seen yet."));
    world.see(&of_pipeline("api-staging", "e-9"), &[whole(Failed, 30)]).await;
    world.work(&line("l4", "UROBIN", "build logs api-staging", 30)).await.unwrap();
    assert_eq!(world.answer("l4").1, "There is no log here of api-staging.");
}

#[tokio::test]
async fn status_tells_what_is_broken_first() {
    let mut world = World::new();
    world.watch("CQUIET", "acme/other", &[Occasion::Fail]).await;
    world.work(&line("s0", "UROBIN", "build status", 0)).await.unwrap();
    assert_eq!(world.answer("s0").1, "Nothing is known of any build yet.");
    world.later(300);
    world.see(&of_pipeline("api-staging", "e-1"), &[whole(Succeeded, 20)]).await;
    world.see(&run(2), &[facts(2, 10, "dana"), whole(Failed, 50)]).await;
    world.see(&run(3), &[facts(3, 100, "dana"), whole(Failed, 150)]).await;
    world.work(&line("s1", "UROBIN", "build status", 300)).await.unwrap();
    insta::assert_snapshot!(world.answer("s1").1, @r"
    1 build is broken
    acme/api: CI on main broken since (then) · 2 failures · by Dana
    Well: api-staging
    ");
    world.work(&line("s2", "UROBIN", "build status \"acme/api: CI\"", 300)).await.unwrap();
    insta::assert_snapshot!(world.answer("s2").1, @r"
    acme/api: CI is broken
    acme/api: CI on main broken since (then) · 2 failures · by Dana
    #3:Failed failed on main · (then) · took 50 s · Details
    #2:Failed failed on main · (then) · took 40 s · Details
    ");
}

#[tokio::test]
async fn how_shows_lines_to_paste() {
    let world = that_failed().await;
    assert_eq!(world.work(&explain("h1", &key())).await, Ok(Worked::Done));
    let (destination, shown) = world.answer("h1");
    assert_eq!(destination, Destination::View { view: "V1".into(), title: "How?".into() });
    insta::assert_snapshot!(shown, @r"
    Told by CodePipeline's events. The same can be asked, as AWS CLI:
    ```aws codepipeline get-pipeline-execution \
      --pipeline-name api-production \
      --pipeline-execution-id e-1```
    What Retry does:
    ```aws codepipeline retry-stage-execution \
      --pipeline-name api-production \
      --stage-name Test \
      --pipeline-execution-id e-1 \
      --retry-mode FAILED_ACTIONS```
    The log:
    ```aws logs get-log-events \
      --log-group-name /aws/codebuild/api-tests \
      --log-stream-name 0f8fad5b-d9cb-469f-a165-70867728950e \
      --limit 50```
    ");
    assert!(world.store.execution(&key()).await.unwrap().is_some());
}
