//! Locks, freezes, who waits, and how commits' checks stand.

use opsroom_application::ports::{Change, Commit, Gate, GateChange, RepositoryStore, Store};
use opsroom_domain::lock::{Lock, LockKind, LockScope};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{CheckResult, CheckState};

use super::samples;

async fn write(store: &impl Store, gate: Vec<GateChange>) -> Commit {
    store.commit(Change { gate, ..Change::default() }).await.unwrap()
}

/// Each once, however often it is written; and taking off what isn't there does no harm.
pub async fn who_waits_is_listed_until_it_leaves(store: &impl Store) {
    assert_eq!(store.gate().await.unwrap(), Gate::default());
    let leave = |id: &str| GateChange::Leave { service: "api".into(), environment: "staging".into(), deployment: id.into() };
    for id in ["d-2", "d-1", "d-1"] {
        assert_eq!(write(store, vec![GateChange::Wait(samples::waiting(id))]).await, Commit::Done);
    }
    assert_eq!(store.gate().await.unwrap().waiting, [samples::waiting("d-1"), samples::waiting("d-2")]);
    for id in ["d-1", "d-1", "d-9"] {
        assert_eq!(write(store, vec![leave(id)]).await, Commit::Done);
    }
    assert_eq!(store.gate().await.unwrap().waiting, [samples::waiting("d-2")]);
}

/// One of a kind on each place; of two people at once one has to look again, and so has who ends one that was prolonged meanwhile.
pub async fn a_lock_is_set_by_who_has_seen_what_was_there(store: &impl Store) {
    let (first, second) = (samples::lock("l-1", None), samples::lock("l-2", None));
    let set =
        |lock: &Lock, replaces: Option<&Lock>| vec![GateChange::Lock { lock: lock.clone(), replaces: replaces.cloned().map(Box::new) }];
    let unlock = |lock: &Lock| vec![GateChange::Unlock { lock: lock.clone() }];
    assert_eq!(write(store, set(&first, None)).await, Commit::Done);
    assert_eq!(write(store, set(&second, None)).await, Commit::Stale);
    assert_eq!(write(store, set(&second, Some(&samples::lock("l-9", None)))).await, Commit::Stale);
    assert_eq!(write(store, unlock(&second)).await, Commit::Stale);
    assert_eq!(store.gate().await.unwrap().locks, std::slice::from_ref(&first));
    // Another service, another kind, and the same lock prolonged.
    let mut freeze = samples::lock("l-4", None);
    freeze.scope = LockScope { kind: LockKind::Freeze, ..freeze.scope };
    let others = [set(&samples::lock("l-3", Some("api")), None), set(&freeze, None)].concat();
    assert_eq!(write(store, others).await, Commit::Done);
    let prolonged = Lock { until: samples::at(9000), ..first.clone() };
    assert_eq!(write(store, set(&prolonged, Some(&first))).await, Commit::Done);
    assert_eq!(write(store, unlock(&first)).await, Commit::Stale);
    assert_eq!(store.gate().await.unwrap().locks.len(), 3);
    assert_eq!(write(store, set(&second, Some(&prolonged))).await, Commit::Done);
    assert_eq!(write(store, unlock(&second)).await, Commit::Done);
    assert_eq!(write(store, unlock(&second)).await, Commit::Stale);
    assert_eq!(store.gate().await.unwrap().locks.len(), 2);
}

/// By repository and commit, changed only by who has seen the latest state.
pub async fn checks_of_a_commit_are_remembered(store: &(impl Store + RepositoryStore)) {
    let repository = RepositoryName::new("acme/api");
    assert_eq!(store.checks(&repository, "4f9c2d1").await.unwrap(), None);
    let mut checks = CommitChecks::none_yet(repository.clone(), "4f9c2d1");
    checks.take_in(&[CheckResult { name: "CI".into(), state: CheckState::Failed, url: None, at: samples::at(1) }]);
    let change = || Change { checks: Some(Box::new(checks.clone())), ..Change::default() };
    assert_eq!(store.commit(change()).await.unwrap(), Commit::Done);
    assert_eq!(store.commit(change()).await.unwrap(), Commit::Stale);
    let known = store.checks(&repository, "4f9c2d1").await.unwrap().unwrap();
    assert_eq!((known.version, known.failed()), (1, vec!["CI"]));
}
