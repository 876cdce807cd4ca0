//! Each way in through the handler, down to the tables in memory.

use std::path::Path;

use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::monit::Unreadables;
use opsroom_memory::{MemoryAlarmQueue, MemoryDeadLetters, MemoryDeliveryQueue, MemoryFiles, MemoryMetrics, MemoryPlotter, MemoryStore};
use serde_json::json;

use super::*;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:opsroom-AlarmTopic-1A2B3C";
const CATALOG: &str = r#"{
    "workspace": {"team": "T1"},
    "environments": {"production": {}},
    "services": {"api": {"environments": {"production": {"pipeline": "api-production"}}}},
    "roles": {}, "people": {},
    "rooms": {"CMONIT": {"name": "monit"}, "COPS": {"name": "ops"}},
    "monit": {"operators_room": "COPS"}
}"#;

fn noon() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

type Memory = World<
    MemoryStore,
    MemoryStore,
    MemoryMetrics,
    MemoryPlotter,
    MemoryFiles,
    MemoryAlarmQueue,
    MemoryDeadLetters,
    MemoryDeliveryQueue,
    Timestamp,
>;

fn world(catalog: Option<&str>) -> Memory {
    let store = || {
        let store = MemoryStore::at(noon());
        match catalog {
            Some(catalog) => store.with_catalog(serde_json::from_str::<Catalog>(catalog).unwrap()),
            None => store,
        }
    };
    World {
        store: store(),
        catalog: store(),
        metrics: MemoryMetrics::default(),
        plotter: MemoryPlotter,
        files: MemoryFiles::default(),
        chores: MemoryAlarmQueue::default(),
        dead_letters: MemoryDeadLetters::default(),
        delivery: MemoryDeliveryQueue::default(),
        clock: noon(),
        topics: vec![TOPIC.to_owned()],
    }
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/alarms").join(name).with_extension("json");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn batch(bodies: &[String]) -> Value {
    let record = |(n, body): (usize, &String)| json!({"messageId": format!("m{n}"), "receiptHandle": "r", "body": body, "attributes": {"ApproximateReceiveCount": "1"}});
    json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()})
}

/// The ids of those that come back.
async fn failed(world: &Memory, bodies: &[String]) -> Vec<String> {
    let answer = world.handle(batch(bodies), "r", Timestamp::MAX).await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

fn incidents(world: &Memory) -> Vec<String> {
    world.store.look(|state| state.messages.keys().map(ToString::to_string).filter(|key| key.starts_with("incident/")).collect())
}

#[tokio::test]
async fn one_change_that_comes_every_way_is_one_incident_with_one_message() {
    let world = world(Some(CATALOG));
    let queued = ["cloudwatch_metric_sns", "cloudwatch_metric_event", "cloudwatch_metric_sns"].map(sample);
    assert_eq!(failed(&world, &queued).await, Vec::<String>::new());
    let action = serde_json::from_str(&sample("cloudwatch_metric_action")).unwrap();
    world.handle(action, "request", Timestamp::MAX).await.unwrap();
    assert_eq!(incidents(&world).len(), 1);
    let (alarms, known) = world.store.look(|state| (state.monit.alarms.len(), state.monit.incidents.len()));
    assert_eq!((alarms, known), (1, 1));
    assert!(world.dead_letters.kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_graph_that_was_left_for_later_is_drawn() {
    let world = world(Some(CATALOG));
    assert_eq!(failed(&world, &[sample("cloudwatch_metric_sns")]).await, Vec::<String>::new());
    let chores: Vec<String> = world.chores.take().iter().map(|chore| serde_json::to_string(chore).unwrap()).collect();
    assert_eq!(chores.len(), 1);
    assert_eq!(failed(&world, &chores).await, Vec::<String>::new());
    assert_eq!(world.metrics.drawn.lock().unwrap().len(), 1);
    assert_eq!(world.files.uploaded.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_understood_is_kept_with_the_reason_and_told_once() {
    let world = world(Some(CATALOG));
    let foreign = sample("cloudwatch_metric_sns").replace(TOPIC, "arn:aws:sns:eu-west-1:999999999999:theirs");
    let bodies = ["Hello".to_owned(), foreign, "Hello".to_owned()];
    assert_eq!(failed(&world, &bodies).await, Vec::<String>::new(), "trying it again would not help");
    let kept = world.dead_letters.kept.lock().unwrap().clone();
    assert_eq!(kept.iter().map(|(body, _)| body.clone()).collect::<Vec<_>>(), bodies);
    assert!(kept[1].1.contains("topic"), "{}", kept[1].1);
    assert_eq!(world.store.look(|state| state.messages.len()), 2);
    assert!(incidents(&world).is_empty());
}

#[tokio::test]
async fn whoever_sends_nothing_else_does_not_fill_the_operators_room() {
    let mut world = world(Some(CATALOG));
    let bodies: Vec<String> = (0..12).map(|number| format!("Hello {number}")).collect();
    assert_eq!(failed(&world, &bodies).await, Vec::<String>::new());
    assert_eq!(failed(&world, &bodies[..6]).await, Vec::<String>::new(), "the same again");
    assert_eq!(world.dead_letters.kept.lock().unwrap().len(), 18, "each is kept");
    let messages = |world: &Memory| world.store.look(|state| state.messages.len());
    assert_eq!(messages(&world), 4);
    let hour = Unreadables::hour_of(world.clock);
    let counted = world.store.look(|state| state.messages[&MessageKey::unreadable_more(hour)].message.wanted.clone());
    let said = serde_json::to_string(&counted).unwrap();
    assert!(said.contains("9 more notifications can't be understood"), "{said}");
    // Another hour begins anew.
    world.clock = world.clock.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    assert_eq!(failed(&world, &["Hello again".to_owned()]).await, Vec::<String>::new());
    assert_eq!(messages(&world), 5);
}

#[tokio::test]
async fn what_fails_comes_back_and_takes_nothing_with_it() {
    let world = world(None);
    let bodies = [sample("cloudwatch_metric_sns"), sample("cloudwatch_composite_suppressed_event")];
    assert_eq!(failed(&world, &bodies).await, ["m0"], "there is no room for it yet");
    let action: Value = serde_json::from_str(&sample("cloudwatch_metric_action")).unwrap();
    assert_eq!(world.handle(action, "request", Timestamp::MAX).await, Err(NotTakenIn), "Lambda tries it again");
}
