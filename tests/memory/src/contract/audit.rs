//! The audit log: one chain, whoever writes.

use futures_util::future::join_all;
use opsroom_application::ports::{AuditLog, Change, Commit, Store};
use opsroom_domain::audit::AuditEntry;

use super::samples;

fn assert_chained(newest_first: &[AuditEntry]) {
    assert!(newest_first.iter().all(AuditEntry::is_intact));
    for pair in newest_first.windows(2) {
        assert_eq!((pair[0].sequence, &pair[0].previous), (pair[1].sequence + 1, &pair[1].hash));
    }
}

/// Newest first, since a moment, as many as wanted.
pub async fn entries_are_chained_and_found_by_person_and_service(store: &(impl Store + AuditLog)) {
    let first = vec![samples::record(1, "U1", Some("api"), "one"), samples::record(2, "U2", None, "two")];
    let second = vec![samples::record(3, "U1", Some("web"), "three")];
    for audit in [first, second] {
        assert_eq!(store.commit(Change { audit, ..Change::default() }).await.unwrap(), Commit::Done);
    }
    let requests = |entries: Vec<AuditEntry>| entries.into_iter().map(|entry| entry.record.request).collect::<Vec<_>>();
    let all = store.latest(None, 10).await.unwrap();
    assert_chained(&all);
    assert_eq!(all.last().map(|entry| (entry.sequence, entry.previous.clone())), Some((1, "0".repeat(64))));
    assert_eq!(requests(all), ["three", "two", "one"]);
    assert_eq!(requests(store.latest(None, 2).await.unwrap()), ["three", "two"]);
    assert_eq!(requests(store.latest(Some(samples::at(2)), 10).await.unwrap()), ["three", "two"]);
    assert_eq!(requests(store.by_actor(&"U1".into(), None, 10).await.unwrap()), ["three", "one"]);
    assert_eq!(requests(store.by_actor(&"U1".into(), Some(samples::at(2)), 10).await.unwrap()), ["three"]);
    assert_eq!(requests(store.by_service(&"api".into(), None, 10).await.unwrap()), ["one"]);
    assert_eq!(requests(store.by_service(&"worker".into(), None, 10).await.unwrap()), [""; 0]);
}

/// None is lost, none is doubled, and nobody is told that something else was in the way.
pub async fn concurrent_entries_form_one_chain(store: &(impl Store + AuditLog)) {
    let commits = join_all((0..8).map(|n| {
        let audit = vec![samples::record(n, "U1", Some("api"), &format!("request {n}"))];
        store.commit(Change { claim: Some(format!("slash/{n}").as_str().into()), audit, ..Change::default() })
    }))
    .await;
    for commit in commits {
        assert_eq!(commit.unwrap(), Commit::Done);
    }
    let all = store.latest(None, 100).await.unwrap();
    assert_chained(&all);
    let mut requests: Vec<String> = all.into_iter().map(|entry| entry.record.request).collect();
    requests.sort();
    assert_eq!(requests, (0..8).map(|n| format!("request {n}")).collect::<Vec<_>>());
}
