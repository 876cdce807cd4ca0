//! The clock's work on the ports in memory.

use jiff::Timestamp;
use opsroom_application::ports::{Change, Commit, Mark, MessageChange, Nudge, Outbox as _, PortErrorKind, Store as _};
use opsroom_application::request::{Ask, Request};
use opsroom_application::schedule::{MOST_PER_TICK, Tick, hand_on_now, tick};
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::Destination;
use opsroom_memory::{MemoryCommandQueue, MemoryDeliveryQueue, MemoryStore, Moment};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_040 + second).unwrap()
}

fn due(second: i64, deployment: &str) -> DueItem {
    DueItem { at: at(second), task: DueTask::ReconcileDeployment { deployment: deployment.into() } }
}

fn message(key: &str) -> MessageChange {
    MessageChange {
        key: key.into(),
        destination: Destination::Channel { channel: "C1".into(), thread: None },
        card: Card::line(Tone::Plain, Text::plain("hello")),
    }
}

struct World {
    store: MemoryStore,
    commands: MemoryCommandQueue,
    delivery: MemoryDeliveryQueue,
}

impl World {
    async fn with(due: Vec<DueItem>, messages: &[&str]) -> Self {
        let world =
            Self { store: MemoryStore::at(at(0)), commands: MemoryCommandQueue::default(), delivery: MemoryDeliveryQueue::default() };
        let messages = messages.iter().map(|key| message(key));
        let change = Change { due, messages: messages.collect(), ..Change::default() };
        assert_eq!(world.store.commit(change).await.unwrap(), Commit::Done);
        world
    }

    async fn tick(&self, second: i64) -> Result<Tick, PortErrorKind> {
        tick(&self.store, &self.commands, &self.delivery, at(second)).await.map_err(|error| error.kind)
    }

    fn sent(&self) -> Vec<String> {
        self.commands.take().iter().map(|request| request.event.to_string()).collect()
    }
}

#[tokio::test]
async fn what_is_handed_on_at_once_is_the_clocks_own_request_and_losing_it_loses_nothing() {
    let items = [due(0, "d-1"), due(0, "d-2")];
    let world = World::with(items.to_vec(), &[]).await;
    world.commands.failures.plan("send", PortErrorKind::Throttled, Moment::Before);
    hand_on_now(&world.commands, &items).await;
    let at_once = world.sent();
    assert_eq!(at_once.len(), 1, "one is lost, the other is not held up by it");
    world.tick(1).await.unwrap();
    let by_the_clock = world.sent();
    assert_eq!(by_the_clock.len(), 2);
    assert!(by_the_clock.contains(&at_once[0]));
}

#[tokio::test]
async fn hands_on_what_is_due_and_only_that_and_only_once() {
    let world = World::with(vec![due(10, "d-2"), due(5, "d-1"), due(90, "d-3")], &[]).await;
    assert_eq!(world.tick(60).await, Ok(Tick { handed_on: 2, nudged: 0, more: false }));
    let sent = world.commands.take();
    let name = "due/1790000045000/reconcile/d-1";
    let task = DueTask::ReconcileDeployment { deployment: "d-1".into() };
    assert_eq!(sent[0], Request { event: name.into(), correlation: name.into(), ask: Ask::Due { task, at: at(5) } });
    assert_eq!(sent[1].event.as_str(), "due/1790000050000/reconcile/d-2");
    assert_eq!(sent.len(), 2);
    assert_eq!(world.tick(60).await, Ok(Tick::default()));
    assert_eq!(world.tick(120).await, Ok(Tick { handed_on: 1, nudged: 0, more: false }));
}

#[tokio::test]
async fn dying_between_the_queue_and_the_table_sends_the_same_request_again() {
    let world = World::with(vec![due(5, "d-1")], &[]).await;
    world.store.failures.plan("done", PortErrorKind::Transient, Moment::Before);
    assert_eq!(world.tick(60).await, Err(PortErrorKind::Transient));
    let first = world.sent();
    assert_eq!(world.tick(120).await, Ok(Tick { handed_on: 1, nudged: 0, more: false }));
    assert_eq!(world.sent(), first);
}

#[tokio::test]
async fn what_the_queue_did_not_take_is_still_due() {
    let world = World::with(vec![due(5, "d-1")], &[]).await;
    world.commands.failures.plan("send", PortErrorKind::Throttled, Moment::Before);
    assert_eq!(world.tick(60).await, Err(PortErrorKind::Throttled));
    assert_eq!(world.tick(120).await, Ok(Tick { handed_on: 1, nudged: 0, more: false }));
}

#[tokio::test]
async fn after_an_outage_it_works_off_a_bounded_part_per_tick_and_says_so() {
    let items = (0..=MOST_PER_TICK).map(|n| due(5, &format!("d-{n}"))).collect();
    let world = World::with(items, &[]).await;
    assert_eq!(world.tick(86_400).await, Ok(Tick { handed_on: MOST_PER_TICK, nudged: 0, more: true }));
    assert_eq!(world.tick(86_460).await, Ok(Tick { handed_on: 1, nudged: 0, more: false }));
}

#[tokio::test]
async fn nudges_what_was_never_delivered_and_leaves_alone_what_was() {
    let world = World::with(vec![], &["deployment/d-1", "deployment/d-2"]).await;
    assert_eq!(world.tick(60).await, Ok(Tick::default()));
    let shown = Mark::Shown { ts: Some("1.2".into()), version: 1 };
    assert!(world.store.mark(&MessageKey::from("deployment/d-2"), shown).await.unwrap());
    assert_eq!(world.tick(61).await, Ok(Tick { handed_on: 0, nudged: 1, more: false }));
    let sweep = "sweep/29833335";
    let nudge = Nudge { key: "deployment/d-1".into(), lane: "C1".into(), urgent: false, occasion: sweep.into(), correlation: sweep.into() };
    assert_eq!(world.delivery.take(), [nudge]);
}

#[tokio::test]
async fn a_second_run_of_the_same_minute_is_the_same_occasion_and_the_next_minute_another() {
    let world = World::with(vec![], &["deployment/d-1"]).await;
    for second in [61, 80, 120] {
        world.tick(second).await.unwrap();
    }
    let occasions: Vec<String> = world.delivery.take().into_iter().map(|nudge| nudge.occasion).collect();
    assert_eq!(occasions[0], occasions[1]);
    assert_ne!(occasions[1], occasions[2]);
}

#[tokio::test]
async fn trouble_with_what_is_due_does_not_keep_messages_from_being_nudged() {
    let world = World::with(vec![due(5, "d-1")], &["deployment/d-1"]).await;
    world.store.failures.plan("due", PortErrorKind::Transient, Moment::Before);

    assert_eq!(world.tick(61).await, Err(PortErrorKind::Transient));
    assert_eq!(world.delivery.take().len(), 1);
}

#[tokio::test]
async fn however_many_have_failed_for_hours_a_younger_message_is_nudged() {
    let old: Vec<String> = (0..MOST_PER_TICK + 50).map(|n| format!("old/{n}")).collect();
    let world = World::with(vec![], &old.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let hour = 3600;
    world.store.set_now(at(hour));
    let change = Change { messages: vec![message("young")], ..Change::default() };
    assert_eq!(world.store.commit(change).await.unwrap(), Commit::Done);

    assert_eq!(world.tick(hour + 60 + 60).await, Ok(Tick { handed_on: 0, nudged: 1, more: false }), "the old ones are not due");
    assert_eq!(world.delivery.take()[0].key.as_str(), "young");
    assert_eq!(world.tick(2 * hour).await, Ok(Tick { handed_on: 0, nudged: MOST_PER_TICK, more: true }));
    assert_eq!(world.delivery.take().last().unwrap().key.as_str(), "young");
}
