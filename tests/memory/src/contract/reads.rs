//! Reading.

use futures_util::future::join_all;
use jiff::Timestamp;
use opsroom_application::ports::{AuditLog, Change, Commit, DueStore, Outbox, SlotChange, Store};
use opsroom_domain::habit::Use;

use super::samples;

/// Empty tables answer.
pub async fn nothing_is_there_at_first(store: &(impl Store + Outbox + DueStore + AuditLog)) {
    assert_eq!(store.deployment(&"d-1".into()).await.unwrap(), None);
    assert_eq!(store.execution(&samples::execution_key("e-1")).await.unwrap(), None);
    assert_eq!(store.current(&"api".into(), &"staging".into()).await.unwrap(), None);
    assert_eq!(store.message(&"m".into()).await.unwrap(), None);
    assert_eq!(store.deployments(&"api".into(), None, 5).await.unwrap(), []);
    assert_eq!(store.environments(None).await.unwrap(), []);
    assert_eq!(store.slots().await.unwrap(), []);
    assert_eq!(store.stale(Timestamp::MAX, 5).await.unwrap(), []);
    assert_eq!(store.due(samples::at(1_000_000), 5).await.unwrap(), []);
    assert_eq!(store.latest(None, 5).await.unwrap(), []);
    assert_eq!(store.commit(Change::default()).await.unwrap(), Commit::Done);
}

/// By channel and command, with the latest line; whether it is counted by one or by two at once.
pub async fn what_is_used_in_a_channel_is_counted(store: &impl Store) {
    assert_eq!(store.habits(&"C1".into()).await.unwrap(), []);
    let used = |channel: &str, command: &str, line: &str| Change {
        habit: Some(Use { channel: channel.into(), command: command.into(), line: line.into() }),
        messages: vec![samples::message("a", "x")],
        ..Change::default()
    };
    for change in [used("C1", "mon open", "mon open"), used("C1", "deploy", "deploy api to staging"), used("C2", "status", "status")] {
        assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
    }
    let at_once = join_all((0..2).map(|_| store.commit(used("C1", "deploy", "deploy web to staging")))).await;
    assert!(at_once.iter().all(|commit| matches!(commit, Ok(Commit::Done))), "{at_once:?}");
    let mut habits: Vec<(String, u64)> =
        store.habits(&"C1".into()).await.unwrap().into_iter().map(|habit| (habit.line, habit.count)).collect();
    habits.sort();
    assert_eq!(habits, [("deploy web to staging".to_owned(), 3), ("mon open".to_owned(), 1)]);
}

/// By the time they were asked for, of the service, of one environment if asked so, as many as wanted.
pub async fn deployments_come_newest_first(store: &impl Store) {
    for (id, service, environment, second) in
        [("d-2", "api", "staging", 20), ("d-1", "api", "production", 10), ("d-3", "api", "staging", 30), ("d-4", "web", "staging", 40)]
    {
        let mut deployment = samples::deployment(id);
        deployment.service = service.into();
        deployment.environment = environment.into();
        deployment.request.at = samples::at(second);
        let change = Change { deployment: Some(deployment), ..Change::default() };
        assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
    }
    let ids = async |environment: Option<&str>, limit| -> Vec<String> {
        let environment = environment.map(Into::into);
        let found = store.deployments(&"api".into(), environment.as_ref(), limit).await.unwrap();
        found.into_iter().map(|deployment| deployment.id.to_string()).collect()
    };
    assert_eq!(ids(None, 10).await, ["d-3", "d-2", "d-1"]);
    assert_eq!(ids(None, 2).await, ["d-3", "d-2"]);
    assert_eq!(ids(Some("staging"), 10).await, ["d-3", "d-2"]);
    assert_eq!(ids(Some("staging"), 1).await, ["d-3"]);
    assert_eq!(ids(Some("production"), 1).await, ["d-1"]);
    let mut expected = samples::deployment("d-2");
    expected.request.at = samples::at(20);
    expected.version = 1;
    assert_eq!(store.deployment(&"d-2".into()).await.unwrap(), Some(expected));
}

/// All, or those of one environment; the latest word counts.
pub async fn environments_and_slots_are_listed(store: &impl Store) {
    for (service, environment, revision) in
        [("web", "staging", "1"), ("api", "staging", "1"), ("api", "production", "1"), ("api", "stagingx", "1"), ("api", "staging", "2")]
    {
        let current = Some(samples::environment(service, environment, revision));
        assert_eq!(store.commit(Change { current, ..Change::default() }).await.unwrap(), Commit::Done);
    }
    let staging = [samples::environment("api", "staging", "2"), samples::environment("web", "staging", "1")];
    assert_eq!(store.environments(Some(&"staging".into())).await.unwrap(), staging);
    assert_eq!(store.environments(None).await.unwrap().len(), 4);
    assert_eq!(store.current(&"api".into(), &"staging".into()).await.unwrap().as_ref(), Some(&staging[0]));
    let mut web = samples::slot("d-2");
    web.service = "web".into();
    for slot in [samples::slot("d-1"), web.clone()] {
        let change = Change { slot: Some(SlotChange::Take(slot)), ..Change::default() };
        assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
    }
    assert_eq!(store.slots().await.unwrap(), [samples::slot("d-1"), web]);
}

/// In the order in which they are due, each until it is done, however late anybody asks.
pub async fn due_items_come_in_time_and_go_when_done(store: &(impl Store + DueStore)) {
    let items = [samples::due(10, "d-1"), samples::due(10, "d-2"), samples::due(700, "d-3"), samples::due(90_000, "d-4")];
    let due = vec![items[2].clone(), items[3].clone(), items[0].clone(), items[1].clone(), items[0].clone()];
    assert_eq!(store.commit(Change { due, ..Change::default() }).await.unwrap(), Commit::Done);
    assert_eq!(store.due(samples::at(9), 10).await.unwrap(), []);
    assert_eq!(store.due(samples::at(10), 10).await.unwrap(), items[..2]);
    assert_eq!(store.due(samples::at(1_000_000), 3).await.unwrap(), items[..3]);
    store.done(&items[0]).await.unwrap();
    store.done(&items[0]).await.unwrap();
    store.done(&items[2]).await.unwrap();
    assert_eq!(store.due(samples::at(1_000_000), 10).await.unwrap(), [items[1].clone(), items[3].clone()]);
    // One that is written into a time that was looked at long ago.
    let late = Change { due: vec![samples::due(-5_000, "d-5")], ..Change::default() };
    assert_eq!(store.commit(late).await.unwrap(), Commit::Done);
    assert_eq!(store.due(samples::at(1_000_000), 1).await.unwrap(), [samples::due(-5_000, "d-5")]);
}
