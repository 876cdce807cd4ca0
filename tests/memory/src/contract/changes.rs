//! Writing a change: as a whole or not at all.

use futures_util::future::join_all;
use jiff::Timestamp;
use opsroom_application::ports::{AuditLog, Change, Commit, DueStore, Outbox, SlotChange, Store};
use opsroom_domain::pipeline_execution::{Observation, PipelineExecution, RunStatus, Sighting};

use super::samples;

async fn must(store: &impl Store, change: Change) {
    assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
}

fn take(deployment: &str) -> SlotChange {
    SlotChange::Take(samples::slot(deployment))
}

fn release(deployment: &str) -> SlotChange {
    SlotChange::Release { service: "api".into(), environment: "staging".into(), deployment: deployment.into() }
}

/// The second delivery of an event writes nothing.
pub async fn a_claimed_event_is_not_worked_on_again(store: &(impl Store + AuditLog)) {
    let change = |audit| Change { claim: Some("slash/1".into()), audit, ..Change::default() };
    must(store, change(vec![])).await;
    let again = change(vec![samples::record(1, "U1", None, "deploy api to staging")]);
    assert_eq!(store.commit(again).await.unwrap(), Commit::AlreadyDone);
    assert_eq!(store.latest(None, 5).await.unwrap(), []);
    must(store, Change { claim: Some("slash/2".into()), ..Change::default() }).await;
}

/// Of a deployment and of an execution.
pub async fn who_decided_on_something_old_has_to_decide_again(store: &impl Store) {
    let new = samples::deployment("d-1");
    must(store, Change { deployment: Some(new.clone()), ..Change::default() }).await;
    let write = async |version, reason: &str| {
        let mut deployment = new.clone();
        deployment.version = version;
        deployment.request.reason = Some(reason.into());
        store.commit(Change { deployment: Some(deployment), ..Change::default() }).await.unwrap()
    };
    assert_eq!(write(0, "as if it were new").await, Commit::Stale);
    assert_eq!(write(1, "seen").await, Commit::Done);
    assert_eq!(write(1, "old").await, Commit::Stale);
    assert_eq!(write(7, "never was").await, Commit::Stale);
    let known = store.deployment(&"d-1".into()).await.unwrap().unwrap();
    assert_eq!((known.version, known.request.reason.as_deref()), (2, Some("seen")));

    let mut execution = PipelineExecution::unseen(samples::execution_key("e-1"));
    let seen = Sighting { status: RunStatus::InProgress, at: Some(samples::at(3)) };
    execution.observe(&Observation::Stage { stage: "Source".into(), seen: Some(seen) }, samples::at(3));
    must(store, Change { execution: Some(execution.clone()), ..Change::default() }).await;
    assert_eq!(store.commit(Change { execution: Some(execution.clone()), ..Change::default() }).await.unwrap(), Commit::Stale);
    execution.version = 1;
    assert_eq!(store.execution(&execution.key).await.unwrap(), Some(execution));
}

/// The one that is in it may take it again.
pub async fn a_slot_holds_one_deployment(store: &(impl Store + Outbox)) {
    must(store, Change { slot: Some(take("d-1")), ..Change::default() }).await;
    let other = Change { slot: Some(take("d-2")), messages: vec![samples::message("m", "x")], ..Change::default() };
    assert_eq!(store.commit(other).await.unwrap(), Commit::SlotTaken(samples::slot("d-1")));
    assert_eq!(store.message(&"m".into()).await.unwrap(), None);
    must(store, Change { slot: Some(take("d-1")), ..Change::default() }).await;
    let mut production = samples::slot("d-2");
    production.environment = "production".into();
    must(store, Change { slot: Some(SlotChange::Take(production)), ..Change::default() }).await;
}

/// The others learn who was faster.
pub async fn of_two_at_once_one_gets_the_slot(store: &impl Store) {
    let ids = ["d-1", "d-2", "d-3", "d-4"];
    let commits = join_all(ids.map(|id| {
        let slot = Some(take(id));
        let audit = vec![samples::record(1, "U1", Some("api"), id)];
        store.commit(Change { slot, audit, deployment: Some(samples::deployment(id)), ..Change::default() })
    }))
    .await;
    let slots = store.slots().await.unwrap();
    assert_eq!(slots.len(), 1);
    for (id, commit) in ids.iter().zip(commits) {
        let expected = if slots[0].deployment.as_str() == *id { Commit::Done } else { Commit::SlotTaken(slots[0].clone()) };
        assert_eq!(commit.unwrap(), expected, "{id}");
    }
}

/// The rest of the change is written in any case.
pub async fn a_release_frees_only_the_own_slot(store: &(impl Store + AuditLog)) {
    must(store, Change { slot: Some(release("d-1")), ..Change::default() }).await;
    must(store, Change { slot: Some(take("d-2")), ..Change::default() }).await;
    let audit = vec![samples::record(1, "U1", Some("api"), "d-1 ended")];
    must(store, Change { slot: Some(release("d-1")), deployment: Some(samples::deployment("d-1")), audit, ..Change::default() }).await;
    assert_eq!(store.slots().await.unwrap(), [samples::slot("d-2")]);
    assert!(store.deployment(&"d-1".into()).await.unwrap().is_some());
    assert_eq!(store.latest(None, 5).await.unwrap().len(), 1);
    must(store, Change { slot: Some(release("d-2")), ..Change::default() }).await;
    assert_eq!(store.slots().await.unwrap(), []);
}

/// Whatever the change was made of.
pub async fn a_refused_change_leaves_no_trace(store: &(impl Store + Outbox + DueStore + AuditLog)) {
    must(store, Change { deployment: Some(samples::deployment("d-1")), ..Change::default() }).await;
    let whole = |deployment| Change {
        claim: Some("slash/1".into()),
        deployment: Some(deployment),
        execution: Some(PipelineExecution::unseen(samples::execution_key("e-1"))),
        slot: Some(take("d-1")),
        current: Some(samples::environment("api", "staging", "1")),
        messages: vec![samples::message("m-1", "one"), samples::message("m-2", "two")],
        due: vec![samples::due(1, "d-1")],
        audit: vec![samples::record(1, "U1", None, "one"), samples::record(1, "U1", None, "two")],
        ..Change::default()
    };
    assert_eq!(store.commit(whole(samples::deployment("d-1"))).await.unwrap(), Commit::Stale);
    assert_eq!(store.execution(&samples::execution_key("e-1")).await.unwrap(), None);
    assert_eq!(store.slots().await.unwrap(), []);
    assert_eq!(store.environments(None).await.unwrap(), []);
    assert_eq!(store.stale(Timestamp::MAX, 5).await.unwrap(), []);
    assert_eq!(store.due(samples::at(1_000), 5).await.unwrap(), []);
    assert_eq!(store.latest(None, 5).await.unwrap(), []);
    let mut seen = samples::deployment("d-1");
    seen.version = 1;
    must(store, whole(seen)).await;
    assert_eq!(store.slots().await.unwrap().len(), 1);
    assert_eq!(store.latest(None, 5).await.unwrap().len(), 2);
    assert_eq!(store.stale(Timestamp::MAX, 5).await.unwrap().len(), 2);
    assert_eq!(store.due(samples::at(1_000), 5).await.unwrap().len(), 1);
}
