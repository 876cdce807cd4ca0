//! Runs as they are reported: who sees what, and when, on the ports in memory.

use crate::builds_world::*;
use RunStatus::{Failed, InProgress, Stopped, Succeeded, Superseded};
use opsroom_application::ports::PortErrorKind;
use opsroom_application::progress::Taken;
use opsroom_domain::author::Author;
use opsroom_domain::card::Tone;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::pipeline_execution::{ActionResult, BuildSystem, ExecutionKey, LogPointer, Observation, RunFacts, RunStatus};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::{BuildTarget, Feature, Filters, Occasion, RepositoryTerms, RunFilter, Subject, Terms, WatchTerms};
use opsroom_memory::Moment;

/// A run of GitHub Actions that ended.
async fn ended(world: &mut World, number: u32, status: RunStatus, login: &str) -> Taken {
    let second = i64::from(number) * 100;
    world.later(second + 50);
    world.see(&run(number), &[facts(number, second, login), whole(status, second + 50)]).await
}

#[tokio::test]
async fn a_streak_is_one_message_from_the_break_to_the_fix() {
    let mut world = World::new();
    world.watch("CBUILDS", "acme/api", &[]).await;
    ended(&mut world, 1, Succeeded, "dana").await;
    assert_eq!(world.keys(), [""; 0], "quiet while all is well");
    ended(&mut world, 2, Failed, "dana").await;
    assert_eq!(world.title(&run(2), "CBUILDS"), "acme/api: CI #2 failed on main · by @UDANA");
    ended(&mut world, 3, Stopped, "dana").await;
    ended(&mut world, 4, Superseded, "dana").await;
    ended(&mut world, 5, Failed, "robin").await;
    ended(&mut world, 6, Failed, "robin").await;
    assert_eq!(world.keys(), [MessageKey::run(&run(2), &"CBUILDS".into()).to_string()], "counted, and nothing new");
    insta::assert_snapshot!(world.shown(&run(2), "CBUILDS"), @r"
    acme/api: CI #2 failed on main · by @UDANA
    Still failing: 3 runs, last #6.
    GitHub Actions · push · took 50 s
    [How?]
    ");
    ended(&mut world, 7, Succeeded, "avery").await;
    let (_, card) = world.message(&MessageKey::run(&run(2), &"CBUILDS".into()));
    assert_eq!(card.tone, Tone::Good);
    assert!(
        all_words(&card).starts_with("acme/api: CI #2 failed on main and is fixed\nFixed by #7 after 3 failures, 8 min 20 s · avery"),
        "{}",
        all_words(&card)
    );
    let (destination, reply) = world.message(&MessageKey::run_notice(&run(2), "fixed", &"CBUILDS".into()));
    assert_eq!(destination, Destination::Under { channel: "CBUILDS".into(), parent: MessageKey::run(&run(2), &"CBUILDS".into()) });
    assert_eq!(words(&reply.summary), "Fixed by #7 after 3 failures, 8 min 20 s · avery.");
    assert_eq!(world.keys().len(), 2);
}

#[tokio::test]
async fn the_same_event_thrice_shows_nothing_new() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[]).await;
    assert_eq!(ended(&mut world, 2, Failed, "dana").await, Taken::Kept);
    let versions = world.versions();
    for _ in 0..2 {
        assert_eq!(ended(&mut world, 2, Failed, "dana").await, Taken::NothingNew);
    }
    assert_eq!(world.versions(), versions);
    assert_eq!(world.store.look(|state| state.healths.values().next().unwrap().streak.as_ref().unwrap().failures), 1);
}

#[tokio::test]
async fn what_is_told_out_of_order_never_turns_a_message_back() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[]).await;
    ended(&mut world, 5, Failed, "dana").await;
    // An older run that went well is told only now.
    ended(&mut world, 4, Succeeded, "dana").await;
    ended(&mut world, 3, Failed, "dana").await;
    assert_eq!(world.title(&run(5), "CBUILDS"), "acme/api: CI #5 failed on main · by @UDANA");
    assert_eq!(world.keys().len(), 1);
    // A run's late "started" after its end.
    world.see(&run(5), &[whole(InProgress, 500), stage("build", InProgress, 500)]).await;
    assert!(world.shown(&run(5), "CBUILDS").starts_with("acme/api: CI #5 failed on main"));
}

#[tokio::test]
async fn who_wants_every_run_sees_it_from_its_start_or_its_end() {
    let mut world = World::new();
    world.watch("CSTART", "acme/api", &[Occasion::Start, Occasion::Fail]).await;
    world.watch("CEND", "acme/*", &[Occasion::Success]).await;
    world.later(10);
    world.see(&run(1), &[facts(1, 10, "dana"), whole(InProgress, 10)]).await;
    assert_eq!(world.title(&run(1), "CSTART"), "acme/api: CI #1 is running on main");
    assert_eq!(world.keys().len(), 1);
    world.see(&run(1), &[whole(Succeeded, 60)]).await;
    assert_eq!(world.title(&run(1), "CSTART"), "acme/api: CI #1 passed on main");
    assert_eq!(world.title(&run(1), "CEND"), "acme/api: CI #1 passed on main");
    // An edit notifies nobody, so the author is called under the message that was there.
    world.see(&run(2), &[facts(2, 100, "dana"), whole(InProgress, 100)]).await;
    world.see(&run(2), &[whole(Failed, 150)]).await;
    let (destination, reply) = world.message(&MessageKey::run_notice(&run(2), "broken", &"CSTART".into()));
    assert_eq!(destination, Destination::Under { channel: "CSTART".into(), parent: MessageKey::run(&run(2), &"CSTART".into()) });
    assert_eq!(words(&reply.summary), "@UDANA acme/api: CI #2 failed.");
}

#[tokio::test]
async fn of_several_watches_the_most_exact_one_counts() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[Occasion::Start]).await;
    world.watch("CBUILDS", "acme/api: CI", &[Occasion::Fail]).await;
    world.later(10);
    world.see(&run(1), &[facts(1, 10, "dana"), whole(InProgress, 10)]).await;
    assert_eq!(world.keys(), [""; 0]);
    ended(&mut world, 2, Failed, "dana").await;
    assert_eq!(world.keys().len(), 1);
}

#[tokio::test]
async fn a_subscription_to_workflows_and_a_watch_make_one_message() {
    let mut world = World::new();
    let only_failures =
        Filters { workflows: RunFilter { names: vec!["CI".into()], only_failures: true, ..RunFilter::default() }, ..Filters::default() };
    let terms = Terms::Repository(RepositoryTerms { features: [Feature::Workflows].into(), filters: only_failures });
    let subject = Subject::Repositories(RepositoryPattern::One(RepositoryName::new("acme/api")));
    world.subscribe("CBUILDS", subject.clone(), terms.clone(), None).await;
    world.subscribe("CGITHUB", subject, terms, None).await;
    world.watch("CBUILDS", "acme/api", &[]).await;
    ended(&mut world, 1, Succeeded, "dana").await;
    assert_eq!(world.keys(), [""; 0]);
    ended(&mut world, 2, Failed, "dana").await;
    let expected = ["CBUILDS", "CGITHUB"].map(|channel| MessageKey::run(&run(2), &channel.into()).to_string());
    assert_eq!(world.keys(), expected);
}

#[tokio::test]
async fn while_it_is_muted_nothing_new_is_shown_and_the_next_failure_after_it_is() {
    let mut world = World::new();
    let default = Terms::Watch(WatchTerms::default());
    world.subscribe("CBUILDS", Subject::Builds(BuildTarget::All), default, Some(at(300))).await;
    ended(&mut world, 1, Failed, "dana").await;
    ended(&mut world, 2, Failed, "dana").await;
    assert_eq!(world.keys(), [""; 0]);
    ended(&mut world, 4, Failed, "dana").await;
    // It is the message of the run that broke it; the author, who was called when it broke, isn't called by it.
    assert_eq!(world.title(&run(1), "CBUILDS"), "acme/api: CI #1 failed on main · by Dana");
    assert!(world.shown(&run(1), "CBUILDS").contains("Still failing: 3 runs, last #4."));
    ended(&mut world, 5, Failed, "dana").await;
    assert_eq!(world.keys().len(), 1);
}

#[tokio::test]
async fn messages_that_exist_are_kept_current_while_muted() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[]).await;
    ended(&mut world, 1, Failed, "dana").await;
    world.subscribe("CBUILDS", Subject::Builds(BuildTarget::All), Terms::Watch(WatchTerms::default()), Some(at(9999))).await;
    ended(&mut world, 2, Failed, "dana").await;
    assert!(world.shown(&run(1), "CBUILDS").contains("Still failing: 2 runs, last #2."));
    ended(&mut world, 3, Succeeded, "dana").await;
    assert!(world.shown(&run(1), "CBUILDS").contains("Fixed by #3"));
    assert_eq!(world.keys().len(), 1, "and no reply");
}

#[tokio::test]
async fn a_run_that_nobody_watches_is_kept_if_the_catalog_has_it_and_else_not() {
    let mut world = World::new();
    world.later(50);
    let elsewhere = of_pipeline("other", "e-1");
    assert_eq!(world.see(&elsewhere, &[whole(Failed, 50)]).await, Taken::Unwatched);
    assert_eq!(world.store.look(|state| state.executions.len()), 0);
    assert_eq!(world.see(&of_pipeline("api-staging", "e-1"), &failed(50)).await, Taken::Kept);
    assert_eq!(world.store.look(|state| state.healths.len()), 1);
    world.watch("CBUILDS", "other", &[]).await;
    assert_eq!(world.see(&elsewhere, &[whole(Failed, 50)]).await, Taken::Kept);
    assert_eq!(world.title(&elsewhere, "CBUILDS"), "other failed");
}

#[tokio::test]
async fn a_failed_pipeline_shows_the_end_of_its_log_and_calls_the_author_of_its_commit() {
    let mut world = World::new();
    world.watch("CBUILDS", "api-staging", &[]).await;
    world.push("0", "12", 1).await;
    let lines: Vec<String> = (1..=30).map(|n| format!("line {n} TOKEN=abc")).collect();
    let pointer = LogPointer { group: "/aws/codebuild/api-tests".into(), stream: "0f8fad5b-d9cb-469f-a165-70867728950e".into() };
    world.logs.write(&pointer, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    world.later(60);
    let key = of_pipeline("api-staging", "e-1");
    world.see(&key, &[whole(InProgress, 10), source("2")]).await;
    world.see(&key, &failed(50)).await;
    insta::assert_snapshot!(world.shown(&key, "CBUILDS"), @r"
    api-staging failed · by @UDANA
    2222222 Change 2
    Test:Failed 0 s
    Test / Unit failed: 2 tests failed
    ```line 21 TOKEN=***
    line 22 TOKEN=***
    line 23 TOKEN=***
    line 24 TOKEN=***
    line 25 TOKEN=***
    line 26 TOKEN=***
    line 27 TOKEN=***
    line 28 TOKEN=***
    line 29 TOKEN=***
    line 30 TOKEN=***```
    CodePipeline · took 0 s
    [Retry] [Logs] [How?]
    ");
    assert_eq!(*world.logs.reads.lock().unwrap(), 1);
}

#[tokio::test]
async fn whoever_a_sender_knows_by_name_only_is_found_by_the_commit() {
    let by = |name: &str, email: Option<&str>| {
        let author = Author { name: Some(name.to_owned()), email: email.map(str::to_owned), ..Author::default() };
        let repository = Some(RepositoryName::new("acme/api"));
        Observation::Facts(Box::new(RunFacts { repository, author: Some(author), ..RunFacts::default() }))
    };
    let dana = by("Dana D.", None);
    let avery = by("Avery", Some("avery@example.com"));
    for (facts, pushed, title) in [
        (vec![dana.clone()], "12", "api/main failed · by @UDANA"),
        (vec![dana.clone()], "1", "api/main failed · by Dana D."),
        // A later report may say more; one that says less changes nothing.
        (vec![dana.clone(), avery.clone()], "12", "api/main failed · by @UAVERY"),
        (vec![avery, dana], "12", "api/main failed · by @UAVERY"),
    ] {
        let mut world = World::new();
        world.watch("CBUILDS", "*", &[]).await;
        world.push("0", pushed, 1).await;
        world.later(60);
        let key = ExecutionKey { system: BuildSystem::Jenkins, pipeline: "api/main".into(), execution: "7".into() };
        let began = [source("2"), whole(InProgress, 10)];
        world.see(&key, &facts.into_iter().chain(began).collect::<Vec<_>>()).await;
        world.see(&key, &[whole(Failed, 50)]).await;
        assert_eq!(world.title(&key, "CBUILDS"), title);
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_read_holds_nothing_up() {
    for kind in [PortErrorKind::Transient, PortErrorKind::NotFound, PortErrorKind::Denied] {
        let mut world = World::new();
        world.watch("CBUILDS", "*", &[]).await;
        world.logs.failures.plan("tail", kind, Moment::Before);
        world.later(60);
        let key = of_pipeline("api-staging", "e-1");
        assert_eq!(world.see(&key, &failed(50)).await, Taken::Kept);
        assert_eq!(world.logs.failures.pending(), [""; 0]);
        assert!(world.shown(&key, "CBUILDS").contains("Test / Unit failed: 2 tests failed"));
    }
}

#[tokio::test]
async fn what_was_written_is_not_told_again_when_the_answer_was_lost() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[]).await;
    world.later(60);
    let key = of_pipeline("api-staging", "e-1");
    world.store.failures.plan("commit", PortErrorKind::Transient, Moment::After);
    assert!(world.try_see(&key, &failed(50)).await.is_err());
    assert_eq!(world.see(&key, &failed(50)).await, Taken::NothingNew);
    assert_eq!(world.keys().len(), 1);
    assert_eq!(world.store.look(|state| state.due.len()), 1);
}

#[tokio::test]
async fn a_retry_that_goes_well_is_a_fix_by_itself() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[]).await;
    world.later(60);
    let key = of_pipeline("api-staging", "e-1");
    world.see(&key, &failed(50)).await;
    world.later(110);
    world
        .see(
            &key,
            &[whole(InProgress, 100), stage("Test", InProgress, 100), action("Test", "Unit", InProgress, 100, ActionResult::default())],
        )
        .await;
    assert_eq!(world.title(&key, "CBUILDS"), "api-staging is running");
    world
        .see(&key, &[action("Test", "Unit", Succeeded, 110, ActionResult::default()), stage("Test", Succeeded, 110), whole(Succeeded, 110)])
        .await;
    assert!(
        world.shown(&key, "CBUILDS").starts_with("api-staging passed\nFixed by running it again after 1 failure, 1 min"),
        "{}",
        world.shown(&key, "CBUILDS")
    );
    assert_eq!(world.keys().len(), 2);
}

#[tokio::test]
async fn owners_are_called_once_if_it_stays_broken() {
    let mut world = World::new();
    world.watch("CBUILDS", "*", &[]).await;
    ended(&mut world, 2, Failed, "dana").await;
    let task = world.store.look(|state| state.due.values().next().unwrap().clone());
    assert_eq!(task.at, at(250 + 3600));
    world.later(3850);
    let notice = MessageKey::run_notice(&run(2), "owners", &"CBUILDS".into());
    world.work(&due("due/1", task.task.clone())).await.unwrap();
    let (destination, card) = world.message(&notice);
    assert_eq!(destination, Destination::Under { channel: "CBUILDS".into(), parent: MessageKey::run(&run(2), &"CBUILDS".into()) });
    assert_eq!(words(&card.summary), "@UOWNER acme/api: CI #2 is still broken, since (then): 1 failure.");
    let versions = world.versions();
    world.work(&due("due/1", task.task)).await.unwrap();
    assert_eq!(world.versions(), versions);
    // Fixed in time, nobody is called.
    ended(&mut world, 40, Succeeded, "dana").await;
    ended(&mut world, 50, Failed, "dana").await;
    ended(&mut world, 51, Succeeded, "dana").await;
    let keys = world.keys();
    let task = world.store.look(|state| state.due.values().last().unwrap().task.clone());
    assert!(matches!(&task, DueTask::RemindOwners { first, .. } if *first == run(50)));
    world.work(&due("due/2", task)).await.unwrap();
    assert_eq!(world.keys(), keys);
}

#[tokio::test]
async fn more_channels_than_a_transaction_takes_are_all_told() {
    let mut world = World::new();
    for channel in 0..120 {
        world.watch(&format!("C{channel}"), "*", &[]).await;
    }
    ended(&mut world, 2, Failed, "dana").await;
    ended(&mut world, 3, Succeeded, "dana").await;
    assert_eq!(world.keys().len(), 240);
}

#[tokio::test]
async fn a_run_costs_a_known_number_of_reads_however_many_watch() {
    let mut world = World::new();
    for channel in 0..30 {
        world.watch(&format!("C{channel}"), "*", &[]).await;
    }
    // Progress within a run asks nobody who watches.
    world.later(20);
    world.see(&run(1), &[facts(1, 10, "dana"), whole(InProgress, 10)]).await;
    world.store.failures.plan("subscriptions_to", PortErrorKind::Transient, Moment::Before);
    world.store.failures.plan("health", PortErrorKind::Transient, Moment::Before);
    world.see(&run(1), &[Observation::Stage { stage: "build".into(), seen: None }]).await;
    assert_eq!(world.store.failures.pending(), ["subscriptions_to", "health"]);
}

#[tokio::test]
async fn a_job_in_a_folder_is_watched_by_its_name() {
    let mut world = World::new();
    world.watch("CBUILDS", "acme/reports", &[]).await;
    let job = ExecutionKey { system: BuildSystem::Jenkins, pipeline: "acme/Reports".into(), execution: "18".into() };
    world.later(50);
    assert_eq!(world.see(&job, &[whole(Failed, 50)]).await, Taken::Kept);
    assert_eq!(world.keys(), [MessageKey::run(&job, &"CBUILDS".into()).to_string()]);
}
