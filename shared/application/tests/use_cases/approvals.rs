//! Deployments that other people have to approve, or to let pass.

use crate::release_world::{World, at, id};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{Change, PortErrorKind, Store as _, StoredCatalog};
use opsroom_application::request::Press;
use opsroom_domain::deployment::Phase;
use opsroom_domain::ids::{MessageKey, PersonId};
use opsroom_domain::pipeline_execution::RunStatus;
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{CheckResult, CheckState};
use opsroom_domain::rights::Standing;
use opsroom_memory::Moment;

const PAY: &str = "deploy pay@v2 to production --reason new fees";

/// A world in which v2 of pay has succeeded in staging.
async fn proved() -> World {
    let mut world = World::new();
    world.deploys("s1", "deploy pay@v2 to staging").await;
    world
}

#[tokio::test]
async fn two_other_people_approve_and_it_starts_then() {
    let world = proved().await;
    assert_eq!(world.types("e1", "UDANA", PAY).await, Worked::Done);
    assert_eq!(world.phase("e1").await, Phase::AwaitingApproval);
    let card = world.card("e1");
    assert!(card.starts_with("Waiting: pay to production needs an approval"), "{card}");
    assert!(card.contains("To be approved by 2 more people with the role lead"), "{card}");
    assert!(card.ends_with("[Approve] [Reject] [Cancel] [How?]"), "{card}");
    let call = world.message(&MessageKey::deployment_word(&id("e1"), "call/approve"));
    assert_eq!(call, "pay to production waits for an approval. Who may: @UAVERY, @ULEE.");

    assert_eq!(world.approves("a1", "UAVERY", "e1").await, Worked::Done);
    assert_eq!(world.phase("e1").await, Phase::AwaitingApproval);
    assert_eq!(world.started(), ["pay-staging@v2"]);
    assert_eq!(world.approves("a2", "ULEE", "e1").await, Worked::Done);
    assert_eq!(world.phase("e1").await, Phase::Running);
    assert_eq!(world.started(), ["pay-staging@v2", "pay-production@v2"]);
    world.ends("e1", RunStatus::Succeeded).await;
    let card = world.card("e1");
    assert!(card.starts_with("Deployed pay to production"), "{card}");
    assert!(card.contains("Approved by @UAVERY (then)\nApproved by @ULEE (then)"), "{card}");
    let recorded = world.recorded();
    let expected = [format!("UAVERY: approval of {}", id("e1")), format!("ULEE: approval of {}", id("e1")), "UDANA: succeeded".to_owned()];
    assert_eq!(recorded[recorded.len() - 3..], expected);
    let approvers = world.store.look(|state| state.audit.last().unwrap().record.approvers.clone());
    assert_eq!(approvers, [PersonId::from("UAVERY"), PersonId::from("ULEE")]);
}

#[tokio::test]
async fn of_two_people_at_once_both_count_and_it_starts_once() {
    for needed in [1, 2] {
        let world = proved().await;
        let mut catalog = world.store.look(|state| state.catalog.as_ref().unwrap().catalog.clone());
        for target in catalog.services.values_mut().flat_map(|service| service.environments.values_mut()) {
            target.approval.iter_mut().for_each(|rule| rule.count = needed);
        }
        for rule in catalog.environments.values_mut().filter_map(|environment| environment.approval.as_mut()) {
            rule.count = needed;
        }
        world.store.state.lock().unwrap().catalog = Some(std::sync::Arc::new(StoredCatalog { version: 2, catalog }));
        world.types("e1", "UDANA", PAY).await;
        world.store.at_once.store(true, std::sync::atomic::Ordering::Relaxed);
        let (one, other) = tokio::join!(world.approves("a1", "UAVERY", "e1"), world.approves("a2", "ULEE", "e1"));
        world.store.at_once.store(false, std::sync::atomic::Ordering::Relaxed);
        assert_eq!((one, other), (Worked::Done, Worked::Done), "{needed} needed");
        assert_eq!(world.phase("e1").await, Phase::Running, "{needed} needed");
        assert_eq!(world.started(), ["pay-staging@v2", "pay-production@v2"], "{needed} needed");
        assert_eq!(world.deployment("e1").await.plan.approvers().len(), needed as usize);
    }
}

#[tokio::test]
async fn nobody_approves_their_own_nor_without_the_role_nor_after_they_lost_it() {
    let world = proved().await;
    world.types("e1", "UDANA", PAY).await;
    world.slack.standings.lock().unwrap().insert("ULEE".into(), Standing::Deactivated);
    let cases = [
        ("a1", "UDANA", "is your own request; another person has to approve it."),
        ("a2", "UDREW", "has to be approved by somebody with the role lead, which you don't have."),
        ("a3", "UROBIN", "Not allowed: none of your roles (reader) allows to approve pay in production."),
        ("a4", "ULEE", "Not allowed: only people of this workspace are served here."),
    ];
    for (event, person, told) in cases {
        assert_eq!(world.approves(event, person, "e1").await, Worked::Refused, "{person}");
        assert!(world.answer(event).contains(told), "{}", world.answer(event));
    }
    assert_eq!(world.phase("e1").await, Phase::AwaitingApproval);
    assert_eq!(world.started(), ["pay-staging@v2"]);
    let refused: Vec<String> = world.recorded().into_iter().filter(|one| one.contains("refused")).collect();
    let rules =
        ["UDANA: refused by own-deployment", "UDREW: refused by approver-role", "UROBIN: refused by role", "ULEE: refused by workspace"];
    assert_eq!(refused, rules);
}

#[tokio::test]
async fn who_presses_after_it_is_decided_is_told_what_has_happened_since() {
    let world = proved().await;
    world.types("e1", "UDREW", PAY).await;
    world.approves("a1", "UAVERY", "e1").await;
    world.approves("a2", "UAVERY", "e1").await;
    assert!(
        world.answer("a2").contains("waits for the approval of another person. It was approved by Avery (then)."),
        "{}",
        world.answer("a2")
    );
    world.approves("a3", "ULEE", "e1").await;
    world.approves("a4", "UDANA", "e1").await;
    assert!(world.answer("a4").contains("is under way. It was approved by Lee (then). Nothing was changed."), "{}", world.answer("a4"));
    assert_eq!(world.started(), ["pay-staging@v2", "pay-production@v2"]);
    let late = world.decision("a5", "UDANA", "e1", Decision::Rejected, "too late");
    assert_eq!(world.work(&late).await, Ok(Worked::Done));
    assert_eq!(world.phase("e1").await, Phase::Running);
}

#[tokio::test]
async fn a_rejection_ends_it_and_tells_who_asked() {
    let world = proved().await;
    world.types("e1", "UDANA", PAY).await;
    let reject = world.decision("a1", "UAVERY", "e1", Decision::Rejected, "not before the migration");
    assert_eq!(world.work(&reject).await, Ok(Worked::Done));
    assert!(matches!(world.phase("e1").await, Phase::Rejected { .. }));
    let card = world.card("e1");
    assert!(card.starts_with("Rejected: pay to production by @UAVERY"), "{card}");
    assert!(card.contains("not before the migration"), "{card}");
    let notice = world.message(&MessageKey::deployment_notice(&id("e1"), world.now));
    assert_eq!(notice, "@UDANA Rejected: pay to production by @UAVERY");
    assert_eq!(world.recorded().last().unwrap(), "UDANA: rejected");
    assert_eq!(world.approves("a2", "ULEE", "e1").await, Worked::Done);
    assert!(world.answer("a2").contains("was rejected by Avery"), "{}", world.answer("a2"));
}

#[tokio::test]
async fn what_nobody_approves_in_time_is_given_up() {
    let mut world = proved().await;
    world.types("e1", "UDANA", PAY).await;
    world.until(3600).await;
    assert_eq!(world.phase("e1").await, Phase::AwaitingApproval, "it was asked for a second later");
    world.until(3602).await;
    assert!(matches!(world.phase("e1").await, Phase::Expired { .. }));
    assert!(world.card("e1").starts_with("Expired: pay to production nobody approved it in time"), "{}", world.card("e1"));
    assert_eq!(world.store.gate().await.unwrap().waiting, []);
    world.approves("a1", "UAVERY", "e1").await;
    assert!(world.answer("a1").contains("was given up: nobody helped it on in time."), "{}", world.answer("a1"));
    assert_eq!(world.started(), ["pay-staging@v2"]);
}

#[tokio::test]
async fn a_crash_at_the_last_approval_starts_it_once() {
    use PortErrorKind::Transient;
    for (operation, moment) in [("commit", Moment::Before), ("commit", Moment::After), ("start", Moment::Before), ("start", Moment::After)]
    {
        let world = proved().await;
        world.types("e1", "UDANA", PAY).await;
        world.approves("a1", "UAVERY", "e1").await;
        let failures = if operation == "commit" { &world.store.failures } else { &world.pipelines.failures };
        failures.plan(operation, Transient, moment);
        let last = world.decision("a2", "ULEE", "e1", Decision::Approved, "");
        assert_eq!(world.work(&last).await, Err(Transient), "{operation} {moment:?}");
        world.work(&last).await.unwrap();
        assert_eq!(world.phase("e1").await, Phase::Running, "{operation} {moment:?}");
        assert_eq!(world.started(), ["pay-staging@v2", "pay-production@v2"]);
        assert_eq!(world.deployment("e1").await.plan.approvers().len(), 2);
    }
}

#[tokio::test]
async fn production_takes_only_what_has_succeeded_in_staging() {
    let world = proved().await;
    assert_eq!(world.types("e1", "UDANA", "deploy pay@v3 to production").await, Worked::Refused);
    let told = world.answer("e1");
    assert!(told.starts_with("production takes only what has succeeded in staging, and v3 of pay has not"), "{told}");
    assert!(told.contains("/ops promote pay from staging to production"), "{told}");
    assert_eq!(world.types("e2", "UDANA", "deploy pay to production").await, Worked::Refused);
    assert!(world.answer("e2").contains("Name the revision"), "{}", world.answer("e2"));
    assert_eq!(world.types("e3", "UDANA", "promote pay from staging to production").await, Worked::Done);
    let promoted = world.deployment("e3").await;
    assert_eq!((promoted.phase, promoted.revision.unwrap().to_string()), (Phase::AwaitingApproval, "v2".to_owned()));
    assert!(world.card("e3").contains("The revision that runs in staging"), "{}", world.card("e3"));
}

#[tokio::test]
async fn a_later_request_takes_the_place_of_one_that_waits() {
    let mut world = proved().await;
    world.types("e1", "UDANA", PAY).await;
    world.until(20).await;
    world.types("e2", "UAVERY", PAY).await;
    assert_eq!(world.phase("e1").await, Phase::Superseded);
    assert!(world.card("e1").contains(&format!("Superseded: pay to production by {}, which was asked for later", id("e2"))));
    assert_eq!(world.phase("e2").await, Phase::AwaitingApproval);
    let waiting = world.store.gate().await.unwrap().waiting;
    assert_eq!(waiting.iter().map(|one| &one.deployment).collect::<Vec<_>>(), [&id("e2")]);
}

#[tokio::test]
async fn one_that_waits_can_be_called_off() {
    let world = proved().await;
    world.types("e1", "UDANA", PAY).await;
    assert_eq!(world.types("c1", "UDREW", &format!("cancel {}", id("e1"))).await, Worked::Done);
    assert_eq!(world.phase("e1").await, Phase::Cancelled);
    assert_eq!(world.pipelines.stops.lock().unwrap().len(), 0);
    assert_eq!(world.store.gate().await.unwrap().waiting, []);
}

#[tokio::test]
async fn red_checks_take_the_word_of_somebody_who_may_override() {
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let world = World::new();
    let mut checks = CommitChecks::none_yet(RepositoryName::new("acme/api"), sha);
    let result = |name: &str, state| CheckResult { name: name.into(), state, url: None, at: at(0) };
    checks.take_in(&[result("CI", CheckState::Failed), result("Lint", CheckState::Passed)]);
    world.store.commit(Change { checks: Some(Box::new(checks)), ..Change::default() }).await.unwrap();

    world.types("e1", "UDREW", &format!("deploy api@{sha} to production")).await;
    assert!(matches!(world.phase("e1").await, Phase::Requested { .. }));
    let card = world.card("e1");
    assert!(card.contains("checks of its commit failed: CI"), "{card}");
    assert!(card.contains("[Deploy anyway] [Cancel]"), "{card}");
    assert_eq!(world.presses("p1", "UDREW", Press::Override { deployment: id("e1") }).await, Worked::Refused);
    assert_eq!(world.started(), [""; 0]);
    assert_eq!(world.presses("p2", "UDANA", Press::Override { deployment: id("e1") }).await, Worked::Done);
    assert_eq!(world.phase("e1").await, Phase::Running);
    assert!(world.card("e1").contains("Goes on by the word of @UDANA, although checks of its commit failed: CI"), "{}", world.card("e1"));
    assert_eq!(world.presses("p3", "UAVERY", Press::Override { deployment: id("e1") }).await, Worked::Done);
    assert!(world.answer("p3").contains("is under way. It was let pass by Dana (then)."), "{}", world.answer("p3"));
}

#[tokio::test]
async fn a_dry_run_tells_what_it_would_meet() {
    let world = World::new();
    world.types("e1", "UDANA", "deploy pay@v9 to production --dry-run").await;
    let told = world.answer("e1");
    assert!(told.contains("Now it would be refused: it has to succeed in staging before."), "{told}");
    assert!(told.contains("It would have to be approved by 2 other people."), "{told}");
    assert_eq!(world.store.look(|state| state.deployments.len()), 0);
}

#[tokio::test]
async fn what_was_said_in_a_dialog_is_in_the_log_with_the_message_that_it_is_about() {
    let world = proved().await;
    world.types("e1", "UDANA", PAY).await;
    let own = world.decision("a1", "UDANA", "e1", Decision::Approved, "mine");
    assert_eq!(world.work(&own).await, Ok(Worked::Refused));
    let said = world.decision("a2", "UAVERY", "e1", Decision::Approved, "looks good on staging");
    assert_eq!(world.work(&said).await, Ok(Worked::Done));
    let last_two: Vec<_> = world.store.look(|state| {
        let recorded = state.audit.iter().rev().take(2);
        recorded.map(|entry| (entry.record.request.clone(), entry.record.message.clone())).collect()
    });
    let shown = Some(MessageKey::deployment(&id("e1")));
    let expected = [(format!("approve {} looks good on staging", id("e1")), shown.clone()), (format!("approve {}", id("e1")), shown)];
    assert_eq!(last_two, expected);
}
