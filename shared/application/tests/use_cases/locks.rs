//! Locks and freezes, and the deployments that wait for them.

use crate::release_world::{World, at, catalog, id};
use opsroom_application::commands::Worked;
use opsroom_application::ports::{PortErrorKind, Store as _};
use opsroom_application::request::Press;
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::catalog::FreezeWindow;
use opsroom_domain::deployment::{Obstacle, Phase};
use opsroom_domain::ids::{EventKey, LockId, MessageKey};
use opsroom_domain::lock::{LockKind, LockScope};
use opsroom_domain::pipeline_execution::RunStatus;
use opsroom_memory::Moment;

fn lock_id(event: &str) -> LockId {
    LockId::derived_from(&EventKey::from(event))
}

fn production(kind: LockKind) -> LockScope {
    LockScope { kind, environment: "production".into(), service: None }
}

#[tokio::test]
async fn others_wait_for_a_lock_and_go_on_when_it_is_taken_away() {
    let world = World::new();
    assert_eq!(world.types("l1", "UDANA", "lock production --for 2h --reason migration").await, Worked::Done);
    let message = world.message(&MessageKey::lock(&lock_id("l1")));
    assert!(message.starts_with("Production is locked by @UDANA until (then)\nReason: migration"), "{message}");
    assert!(message.ends_with("[Unlock]"), "{message}");

    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    assert!(matches!(world.phase("e1").await, Phase::Waiting { on: Some(Obstacle::Lock { .. }) }));
    assert!(
        world.card("e1").starts_with("Waiting: api to production for the lock of @UDANA until (then): migration"),
        "{}",
        world.card("e1")
    );
    world.types("e2", "UDANA", "deploy web@v2 to production").await;
    assert_eq!(world.phase("e2").await, Phase::Running, "its owner's go on");
    world.types("e3", "UAVERY", "deploy api@v2 to staging").await;
    assert_eq!(world.phase("e3").await, Phase::Running, "elsewhere nothing is locked");

    assert_eq!(
        world.presses("p1", "UDREW", Press::Unlock { scope: production(LockKind::Lock), lock: lock_id("l1") }).await,
        Worked::Refused
    );
    assert!(world.answer("p1").contains("lock production --steal"), "{}", world.answer("p1"));
    assert_eq!(world.types("u1", "UDANA", "unlock production").await, Worked::Done);
    assert_eq!(world.phase("e1").await, Phase::Running);
    assert!(world.message(&MessageKey::lock(&lock_id("l1"))).starts_with("Production is locked no longer: ended by @UDANA"));
    assert!(world.started().contains(&"api-production@v2".to_owned()));
    let gate = world.store.gate().await.unwrap();
    assert_eq!((gate.locks.len(), gate.waiting.len()), (0, 0));
}

#[tokio::test]
async fn a_lock_that_is_stuck_runs_out_says_so_and_lets_others_in() {
    let mut world = World::new();
    world.types("l1", "UDANA", "lock production on api").await;
    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    world.until(3600).await;
    world.types("l2", "UDANA", "lock production on api --for 2h").await;
    world.until(7300).await;
    assert!(matches!(world.phase("e1").await, Phase::Waiting { .. }), "it was prolonged");
    world.until(10_801).await;
    assert_eq!(world.phase("e1").await, Phase::Running);
    let over = world.store.look(|state| {
        let under = |key: &MessageKey| key.as_str().starts_with(&format!("lock/{}/over", lock_id("l1")));
        state.messages.keys().filter(|key| under(key)).count()
    });
    assert_eq!(over, 1, "its owner is told once, under its one message");
    assert!(!world.has_message(&MessageKey::lock(&lock_id("l2"))), "prolonged, it stays the same message");
}

#[tokio::test]
async fn taking_a_lock_over_tells_its_owner() {
    let world = World::new();
    world.types("l1", "UDANA", "lock production").await;
    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    world.types("l2", "UAVERY", "lock production --reason hotfix").await;
    assert!(
        world.answer("l2").starts_with("Production is locked already by @UDANA in #COPS until (then). Nothing was changed."),
        "{}",
        world.answer("l2")
    );
    assert_eq!(world.types("l3", "UAVERY", "lock production --steal --reason hotfix").await, Worked::Done);
    assert!(world.message(&MessageKey::lock(&lock_id("l1"))).starts_with("The lock on production was taken over by @UAVERY"));
    let told = world.store.look(|state| {
        state.messages.values().find(|item| item.message.destination.lane() == "UDANA").map(|item| item.message.key.clone()).unwrap()
    });
    assert_eq!(world.message(&told), "Your lock on production was taken over by @UAVERY in #COPS: hotfix");
    assert_eq!(world.phase("e1").await, Phase::Running, "whose it is now need not wait for it");
    world.types("e2", "UDANA", "deploy web@v2 to production").await;
    assert!(matches!(world.phase("e2").await, Phase::Waiting { .. }));
    // The button of the lock that is gone.
    world.presses("p1", "UDANA", Press::Unlock { scope: production(LockKind::Lock), lock: lock_id("l1") }).await;
    assert!(world.answer("p1").contains("is, by @UAVERY"), "{}", world.answer("p1"));
}

#[tokio::test]
async fn who_is_refused_a_lock_is_recorded_and_only_who_may_take_it_over_is_told_how() {
    let world = World::new();
    world.types("l1", "UDANA", "lock production").await;
    assert_eq!(world.types("l2", "UDREW", "lock production --reason hotfix").await, Worked::Refused);
    assert_eq!(world.types("u1", "UDREW", "unlock production").await, Worked::Refused);
    assert!(world.answer("u1").contains("--steal"), "{}", world.answer("u1"));
    assert_eq!(world.types("u2", "UROBIN", "unlock production").await, Worked::Refused);
    assert!(!world.answer("u2").contains("--steal"), "{}", world.answer("u2"));
    assert!(world.answer("u2").contains("none of your roles (reader) allows to override"), "{}", world.answer("u2"));
    let refused: Vec<(String, String, Option<String>)> = world.store.look(|state| {
        let rule = |outcome: &Outcome| if let Outcome::Refused { rule, .. } = outcome { Some(rule.clone()) } else { None };
        let told = state.audit.iter().map(|entry| &entry.record);
        let place = |record: &AuditRecord| record.environment.as_ref().map(ToString::to_string);
        told.filter_map(|record| Some((record.actor.to_string(), rule(&record.outcome)?, place(record)))).collect()
    });
    let there = || Some("production".to_owned());
    let expected = [
        ("UDREW".to_owned(), "locked".to_owned(), there()),
        ("UDREW".to_owned(), "anothers-lock".to_owned(), there()),
        ("UROBIN".to_owned(), "role".to_owned(), None),
    ];
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_crash_between_unlocking_and_letting_in_is_made_up_for() {
    let mut world = World::new();
    world.types("l1", "UDANA", "lock production").await;
    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    world.pipelines.failures.plan("start", PortErrorKind::Transient, Moment::Before);
    let unlock = world.line("u1", "UDANA", "unlock production");
    assert_eq!(world.work(&unlock).await, Err(PortErrorKind::Transient));
    assert_eq!(world.phase("e1").await, Phase::Starting);
    world.until(200).await;
    assert_eq!(world.phase("e1").await, Phase::Running);
    assert_eq!(world.started(), ["api-production@v2"]);
}

#[tokio::test]
async fn who_waits_looks_by_itself_should_nobody_call() {
    let mut world = World::new();
    world.types("l1", "UDANA", "lock production").await;
    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    world.store.state.lock().unwrap().locks.clear();
    world.until(130).await;
    assert_eq!(world.phase("e1").await, Phase::Running);
}

#[tokio::test]
async fn who_waits_too_long_is_given_up_and_who_may_no_longer_is_not_let_in() {
    let mut world = World::new();
    world.types("l1", "UDANA", "lock production --for 2d").await;
    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    world.types("e2", "UDREW", "deploy web@v2 to production").await;
    world.slack.standings.lock().unwrap().insert("UDREW".into(), opsroom_domain::rights::Standing::Deactivated);
    world.until(3600).await;
    assert!(matches!(world.phase("e2").await, Phase::Failed { why: Some(_) }));
    assert!(world.card("e2").contains("may no longer do so: only people of this workspace"), "{}", world.card("e2"));
    world.until(24 * 3600 + 1).await;
    assert!(matches!(world.phase("e1").await, Phase::Expired { .. }));
    assert!(world.card("e1").starts_with("Expired: api to production it waited for too long"), "{}", world.card("e1"));
    assert_eq!(world.started(), [""; 0]);
}

#[tokio::test]
async fn a_deployment_that_was_approved_waits_for_the_one_under_way() {
    let mut world = World::new();
    world.types("l1", "UDANA", "lock production").await;
    world.types("e1", "UDANA", "deploy api@v1 to production").await;
    world.types("e2", "UAVERY", "deploy api@v2 to production").await;
    world.types("u1", "UDANA", "unlock production").await;
    assert!(matches!(world.phase("e2").await, Phase::Waiting { on: Some(Obstacle::Deployment { .. }) }));
    assert!(world.card("e2").contains(&format!("for {} by @UDANA, which is under way there", id("e1"))), "{}", world.card("e2"));
    world.until(30).await;
    assert_eq!(world.started(), ["api-production@v1"]);
    world.ends("e1", RunStatus::Succeeded).await;
    world.until(31).await;
    assert_eq!(world.phase("e2").await, Phase::Running);
    assert_eq!(world.started(), ["api-production@v1", "api-production@v2"]);
}

#[tokio::test]
async fn a_freeze_holds_everybody_until_somebody_who_may_overrides_it() {
    let mut world = World::new();
    world.deploys("s1", "deploy api@v1 to production").await;
    world.deploys("s2", "deploy api@v2 to production").await;
    assert_eq!(world.types("f0", "UDREW", "freeze production --for 2d").await, Worked::Refused);
    assert_eq!(world.types("f1", "UDANA", "freeze production --for 2d --reason fair").await, Worked::Done);
    world.types("e1", "UDANA", "deploy web@v2 to production").await;
    assert!(matches!(world.phase("e1").await, Phase::Requested { .. }));
    assert!(world.card("e1").contains("the environment is frozen until (then): fair"), "{}", world.card("e1"));
    world.types("o1", "UAVERY", &format!("override {}", id("e1"))).await;
    assert_eq!(world.phase("e1").await, Phase::Running);
    world.types("e2", "UDREW", "rollback api in production").await;
    assert_eq!(world.phase("e2").await, Phase::Running, "going back is never frozen");
    assert_eq!(world.types("f2", "UAVERY", "unfreeze production").await, Worked::Done);
    assert_eq!(world.store.gate().await.unwrap().locks, []);
    let told = world.store.look(|state| state.messages.values().filter(|item| item.message.destination.lane() == "UDANA").count());
    assert_eq!(told, 1, "whose freeze it was is told that another ended it");
}

#[tokio::test]
async fn a_freeze_ends_at_a_moment_by_the_environments_clocks() {
    let world = World::new();
    for (event, end) in [("f1", "2020-01-01"), ("f2", "2099-01-01 08:00")] {
        world.types(event, "UDANA", &format!("freeze production --until {end}")).await;
        assert!(world.answer(event).contains("That moment is over, or more than"), "{}", world.answer(event));
    }
    assert!(world.store.gate().await.unwrap().locks.is_empty());
    assert_eq!(world.types("f3", "UDANA", "freeze production --until tomorrow 08:00 --reason fair").await, Worked::Done);
    let lock = world.store.gate().await.unwrap().locks.remove(0);
    let ends = lock.until.to_zoned(jiff::tz::TimeZone::UTC);
    assert_eq!((ends.hour(), ends.minute()), (8, 0));
    assert!(lock.until > world.now);
}

#[tokio::test]
async fn a_window_of_the_catalog_freezes_too_and_what_waits_goes_on_at_its_end() {
    let mut catalog = catalog();
    let window = |from: &str, until: &str| FreezeWindow {
        from: from.into(),
        until: until.into(),
        zone: "UTC".into(),
        reason: Some("nights".into()),
    };
    let day = at(0).to_string()[..10].to_owned();
    catalog.environments.get_mut("production").unwrap().freezes = vec![window(&format!("{day} 00:00"), &format!("{day} 23:00"))];
    let mut world = World::with(catalog);
    world.types("l1", "UDANA", "locks").await;
    assert!(world.answer("l1").contains("production frozen by the catalog until (then): nights"), "{}", world.answer("l1"));
    world.types("e1", "UDANA", "deploy web@v2 to production").await;
    assert!(matches!(world.phase("e1").await, Phase::Requested { .. }));
    // Nobody lets it pass: the question stands for an hour.
    world.until(3601).await;
    assert!(matches!(world.phase("e1").await, Phase::Expired { .. }));
}

#[tokio::test]
async fn what_waits_for_the_end_of_a_freeze_waits_as_long_as_that_takes() {
    let mut world = World::new();
    world.types("e1", "UDREW", "deploy pay@v1 to staging").await;
    world.ends("e1", RunStatus::Succeeded).await;
    world.until(5).await;
    world.types("e2", "UDREW", "deploy pay@v1 to production").await;
    world.types("f1", "UDANA", "freeze production --for 40h").await;
    world.approves("a1", "UDANA", "e2").await;
    world.approves("a2", "UAVERY", "e2").await;
    assert!(matches!(world.phase("e2").await, Phase::Waiting { .. }), "{}", world.card("e2"));
    world.until(39 * 3600).await;
    assert!(matches!(world.phase("e2").await, Phase::Waiting { .. }), "{}", world.card("e2"));
    world.until(41 * 3600).await;
    assert_eq!(world.started().last().unwrap(), "pay-production@v1");
}

#[tokio::test]
async fn what_is_locked_and_who_waits_is_listed() {
    let mut world = World::new();
    world.types("l1", "UDANA", "lock production on api --reason migration").await;
    world.types("e1", "UAVERY", "deploy api@v2 to production").await;
    world.until(60).await;
    world.types("r1", "UROBIN", "locks").await;
    let told = world.answer("r1");
    assert!(told.contains("api in production locked by Dana in #COPS until (then): migration"), "{told}");
    assert!(told.contains(&format!("api to production v2 · waits for 1 min so far · by Avery in #COPS · {}", id("e1"))), "{told}");
    world.types("r2", "UROBIN", "pending").await;
    assert!(world.answer("r2").contains("waits for 1 min so far"), "{}", world.answer("r2"));
    assert_eq!(world.types("u1", "UDREW", "unlock production on api").await, Worked::Refused);
    assert!(world.answer("u1").contains("That lock is @UDANA's"), "{}", world.answer("u1"));
    assert_eq!(world.types("l2", "UROBIN", "lock production").await, Worked::Refused);
}
