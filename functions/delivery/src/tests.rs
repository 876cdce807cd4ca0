//! Batches through the handler, with a Slack that refuses by what a message's key begins with.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lambda_events::event::sqs::SqsMessage;
use opsroom_application::ports::{Mark, PortErrorKind, Posted, SlackError, StaleMessage};
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::room_message::{Destination, RoomMessage, Shown};

use super::*;

/// A table that holds every message one asks for, and a Slack in which the first letter of a message's key says what happens.
#[derive(Default)]
struct Fake {
    shown: Mutex<HashMap<String, Shown>>,
    posted: Mutex<Vec<String>>,
    calls: AtomicUsize,
    /// How many updates Slack takes before it asks to wait.
    updates: AtomicUsize,
    /// Posts and updates, in their order.
    log: Mutex<Vec<String>>,
    delays: Mutex<Vec<(String, i64)>>,
    no_delays: bool,
    asked: Mutex<Vec<Request>>,
}

impl CommandQueue for &Fake {
    async fn send(&self, request: &Request) -> Result<(), PortError> {
        self.asked.lock().unwrap().push(request.clone());
        Ok(())
    }
}

fn start() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn far() -> Timestamp {
    start() + SignedDuration::from_secs(45)
}

impl Clock for &Fake {
    fn now(&self) -> Timestamp {
        // Each call of Slack takes four seconds.
        let calls = i64::try_from(self.calls.load(Ordering::SeqCst)).unwrap();
        start() + SignedDuration::from_secs(4 * calls)
    }
}

impl Outbox for &Fake {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        let channel = ChannelId::new(key.as_str().split('/').nth(1).unwrap());
        // A change: Slack has the version before.
        let before = key.as_str().starts_with("change").then(|| Shown { ts: Some("1.2".into()), version: 0 });
        Ok(Some(RoomMessage {
            key: key.clone(),
            destination: Destination::Channel { channel, thread: None },
            wanted: Card::line(Tone::Plain, Text::plain("hello")),
            version: 1,
            shown: self.shown.lock().unwrap().get(key.as_str()).cloned().or(before),
            sending: None,
            undeliverable: None,
        }))
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        if let Mark::Shown { ts, version } = mark {
            self.shown.lock().unwrap().insert(key.to_string(), Shown { ts, version });
        }
        Ok(true)
    }

    async fn stale(&self, _: Timestamp, _: usize) -> Result<Vec<StaleMessage>, PortError> {
        unreachable!("delivery asks for no sweep")
    }
}

impl Messenger for &Fake {
    async fn post(&self, _: &ChannelId, _: Option<&str>, key: &MessageKey, _: &Card) -> Result<Posted, SlackError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match key.as_str().split('/').next().unwrap() {
            "limited" => return Err(SlackError::RateLimited { retry_after: SignedDuration::from_millis(6500) }),
            "denied" => return Err(SlackError::Unknown(PortError::new(PortErrorKind::Denied, "slack", "fault"))),
            "refused" => return Err(SlackError::Refused { error: "is_archived".into() }),
            "hindered" => return Err(SlackError::Refused { error: "not_in_channel".into() }),
            "faulty" => return Err(SlackError::Unknown(PortError::new(PortErrorKind::Throttled, "slack", "fatal_error"))),
            "panics" => panic!("as told"),
            "after" => {
                let done = || self.posted.lock().unwrap().iter().any(|key| key.starts_with("before/"));
                for _ in 0..1000 {
                    if !done() {
                        tokio::task::yield_now().await;
                    }
                }
                assert!(done(), "the other lane did not go on meanwhile");
            }
            _ => {}
        }
        self.posted.lock().unwrap().push(key.to_string());
        self.log.lock().unwrap().push(format!("post {key}"));
        Ok(Posted { ts: "1.2".into() })
    }

    async fn update(&self, _: &ChannelId, _: &str, key: &MessageKey, _: &Card) -> Result<(), SlackError> {
        // Others go on while Slack is being asked.
        tokio::task::yield_now().await;
        if self.updates.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            return Err(SlackError::RateLimited { retry_after: SignedDuration::from_secs(20) });
        }
        self.log.lock().unwrap().push(format!("update {key}"));
        Ok(())
    }

    async fn find(&self, _: &ChannelId, _: Option<&str>, _: &MessageKey, _: Timestamp) -> Result<Option<Posted>, SlackError> {
        Ok(None)
    }

    async fn post_private(&self, _: &ChannelId, _: &PersonId, _: Option<&str>, _: &Card) -> Result<(), SlackError> {
        unreachable!()
    }

    async fn respond(&self, _: &str, _: &Card, _: bool) -> Result<(), SlackError> {
        unreachable!()
    }

    async fn update_view(&self, _: &str, _: &str, _: &Card) -> Result<(), SlackError> {
        unreachable!()
    }

    async fn publish_home(&self, _: &PersonId, _: &Card) -> Result<(), SlackError> {
        unreachable!()
    }
}

impl Redelivery for &Fake {
    async fn delay(&self, receipt_handle: &str, delay: SignedDuration) -> Result<(), PortError> {
        if self.no_delays {
            return Err(PortError::new(PortErrorKind::Denied, "sqs:ChangeMessageVisibility", "fault"));
        }
        self.delays.lock().unwrap().push((receipt_handle.to_owned(), delay.as_millis().try_into().unwrap()));
        Ok(())
    }
}

/// Letters in the lanes of their channels, or beside them if their third part says so; each key is its message's id and receipt too.
fn batch(keys: &[&str], receive_count: u32) -> SqsEvent {
    let message = |key: &&str| {
        let lane = key.split('/').nth(1).unwrap_or("C1").to_owned();
        let urgent = key.ends_with("/urgent");
        let group = if urgent { format!("{lane}!urgent") } else { lane.clone() };
        let body = if key.starts_with("garbage") {
            "{".to_owned()
        } else {
            serde_json::to_string(&Nudge { key: (*key).into(), lane, urgent, occasion: "o".into(), correlation: "c".into() }).unwrap()
        };
        let mut message = SqsMessage::default();
        message.message_id = Some((*key).to_owned());
        message.receipt_handle = Some((*key).to_owned());
        message.body = Some(body);
        message.attributes =
            HashMap::from([("MessageGroupId".to_owned(), group), ("ApproximateReceiveCount".to_owned(), receive_count.to_string())]);
        message
    };
    let mut event = SqsEvent::default();
    event.records = keys.iter().map(message).collect();
    event
}

async fn handle(fake: &Fake, event: SqsEvent, deadline: Timestamp) -> Vec<String> {
    let world = World { outbox: fake, messenger: fake, redelivery: fake, commands: fake, clock: fake };
    world.handle(event, deadline).await.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
}

impl Fake {
    fn posted(&self) -> Vec<String> {
        self.posted.lock().unwrap().clone()
    }

    fn delays(&self) -> Vec<(String, i64)> {
        self.delays.lock().unwrap().clone()
    }
}

fn delays(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(key, milliseconds)| ((*key).to_owned(), *milliseconds)).collect()
}

#[tokio::test]
async fn a_lane_that_waits_holds_back_its_own_and_no_other() {
    let fake = Fake::default();
    let failed = handle(&fake, batch(&["a/C1", "limited/C1", "x/C2", "b/C1", "y/C2"], 1), far()).await;
    assert_eq!(failed, ["limited/C1", "b/C1"]);
    assert_eq!(fake.delays(), delays(&[("limited/C1", 6500), ("b/C1", 6500)]));
    let mut posted = fake.posted();
    posted.sort();
    assert_eq!(posted, ["a/C1", "x/C2", "y/C2"]);
}

#[tokio::test]
async fn an_urgent_post_waits_for_no_update_of_its_lane() {
    let changes: Vec<String> = (0..20).map(|n| format!("change-{n}/C1")).collect();
    let mut keys: Vec<&str> = changes.iter().map(String::as_str).collect();
    keys.push("incident/C1/urgent");
    let fake = Fake { updates: AtomicUsize::new(3), ..Fake::default() };
    let failed = handle(&fake, batch(&keys, 1), far()).await;
    assert_eq!(fake.log.lock().unwrap()[0], "post incident/C1/urgent", "before the first update was answered");
    assert_eq!(fake.log.lock().unwrap().len(), 4);
    assert_eq!(failed, keys[3..20], "the lane waits for Slack, the urgent one is done");
    assert!(fake.delays().iter().all(|(_, milliseconds)| *milliseconds == 20_000));
}

#[tokio::test]
async fn an_urgent_post_that_has_to_wait_holds_back_no_lane() {
    let fake = Fake { updates: AtomicUsize::new(9), ..Fake::default() };
    let keys = ["limited/C1/urgent", "other/C1/urgent", "change/C1", "a/C1"];
    assert_eq!(handle(&fake, batch(&keys, 1), far()).await, ["limited/C1/urgent", "other/C1/urgent"]);
    assert_eq!(fake.delays(), delays(&[("limited/C1/urgent", 6500), ("other/C1/urgent", 6500)]));
    assert_eq!(*fake.log.lock().unwrap(), ["update change/C1", "post a/C1"]);
}

#[tokio::test]
async fn the_urgent_way_changes_nothing() {
    let fake = Fake::default();
    assert_eq!(handle(&fake, batch(&["change/C1/urgent", "a/C1/urgent"], 1), far()).await, Vec::<String>::new());
    assert_eq!(*fake.log.lock().unwrap(), ["post a/C1/urgent"]);
}

#[tokio::test]
async fn lanes_go_on_side_by_side() {
    let fake = Fake::default();
    assert_eq!(handle(&fake, batch(&["after/C1", "before/C2"], 1), far()).await, Vec::<String>::new());
}

#[tokio::test]
async fn failures_come_back_with_growing_patience() {
    for (receive_count, milliseconds) in [(1, 1000), (2, 2000), (5, 16_000), (9, 30_000), (4_000_000_000, 30_000)] {
        let fake = Fake::default();
        assert_eq!(handle(&fake, batch(&["denied/C1"], receive_count), far()).await, ["denied/C1"]);
        assert_eq!(fake.delays(), delays(&[("denied/C1", milliseconds)]));
    }
}

#[tokio::test]
async fn what_can_never_be_sent_holds_nobody_back() {
    let fake = Fake::default();
    let failed = handle(&fake, batch(&["garbage/C1", "refused/C1", "hindered/C1", "a/C1", "a/C1"], 1), far()).await;
    assert_eq!(failed, Vec::<String>::new());
    assert_eq!(fake.posted(), ["a/C1"], "once");
}

#[tokio::test]
async fn what_fails_by_itself_holds_its_lane_for_some_tries_only() {
    for key in ["faulty/C1", "panics/C1"] {
        for (receive_count, failed) in [(1, vec![key, "a/C1"]), (3, vec![key, "a/C1"]), (4, vec![]), (9, vec![])] {
            let fake = Fake::default();
            assert_eq!(handle(&fake, batch(&[key, "a/C1"], receive_count), far()).await, failed, "{key} {receive_count}");
            assert_eq!(fake.posted(), if failed.is_empty() { vec!["a/C1"] } else { vec![] });
        }
    }
}

fn outcome(delivered: Result<Delivered, DeliveryError>) -> &'static str {
    let nudge = Nudge { key: "m".into(), lane: "C1".into(), urgent: false, occasion: "o".into(), correlation: "c".into() };
    World::<&Fake, &Fake, &Fake, &Fake, &Fake>::outcome(&Letter { receive_count: 1, ..Letter::default() }, &nudge, Some(delivered)).0
}

#[test]
fn the_alarm_on_undeliverable_hears_what_somebody_can_mend_and_no_expired_answers_and_nothing_twice() {
    let error = || "x".to_owned();
    assert_eq!(outcome(Ok(Delivered::Undeliverable { error: error() })), "undeliverable");
    assert_eq!(outcome(Ok(Delivered::Hindered { error: error() })), "undeliverable");
    assert_eq!(outcome(Ok(Delivered::Expired { error: error() })), "expired");
    assert_eq!(outcome(Ok(Delivered::GivenUp)), "nothing_new");
    assert_eq!(outcome(Ok(Delivered::LeftToItsLane { calls: 0 })), "nothing_new");
    assert_eq!(outcome(Ok(Delivered::LeftToItsLane { calls: 1 })), "delivered");
}

#[tokio::test]
async fn a_panic_is_a_failure_of_one_lane() {
    let fake = Fake::default();
    assert_eq!(handle(&fake, batch(&["panics/C1", "a/C2"], 1), far()).await, ["panics/C1"]);
    assert_eq!(fake.posted(), ["a/C2"]);
}

#[tokio::test]
async fn what_time_does_not_suffice_for_is_left_to_the_next_invocation() {
    let fake = Fake::default();
    let failed = handle(&fake, batch(&["a/C1", "b/C1", "c/C1"], 1), start() + SignedDuration::from_secs(16)).await;
    assert_eq!(failed, ["c/C1"]);
    assert_eq!(fake.delays(), delays(&[("c/C1", 1000)]));
    let late = Fake::default();
    assert_eq!(handle(&late, batch(&["a/C1", "b/C1"], 1), start()).await, ["b/C1"], "each invocation gets something done");
}

#[tokio::test]
async fn letters_come_back_even_if_the_queue_does_not_take_the_delay() {
    let fake = Fake { no_delays: true, ..Fake::default() };
    assert_eq!(handle(&fake, batch(&["limited/C1", "b/C1"], 1), far()).await, ["limited/C1", "b/C1"]);
}

#[tokio::test]
async fn a_lost_channel_is_said_and_what_else_slack_refuses_is_not() {
    let fake = Fake::default();
    handle(&fake, batch(&["refused/C1/urgent", "hindered/C2", "fine/C3", "denied/C4"], 1), far()).await;
    let asked: Vec<_> = fake.asked.lock().unwrap().iter().map(|request| request.ask.clone()).collect();
    let lost = |channel: &str, error: &str| Ask::ChannelLost { channel: channel.into(), error: error.into() };
    assert_eq!(asked.len(), 2);
    assert!(asked.contains(&lost("C1", "is_archived")) && asked.contains(&lost("C2", "not_in_channel")));
}
