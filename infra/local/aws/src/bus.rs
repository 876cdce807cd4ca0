//! Carries events to whom they are for: finds the rules that match, and calls their targets.
//!
//! `PutEvents` refuses sources that begin with `aws.`, on AWS and in the emulator, so the stand-in does what EventBridge
//! would do: `ListRules`, `TestEventPattern`, `ListTargetsByRule`, then the target itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::cloud::{Cloud, CloudError};

/// Rules change on deployment only.
const RULES_KEPT_FOR: Duration = Duration::from_secs(3);
/// EventBridge retries for a day; the emulator is either there or not.
const ATTEMPTS: u32 = 5;

/// What becomes of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They arrive.
    #[default]
    Deliver,
    /// They are lost.
    Drop,
    /// They wait until released.
    Hold,
    /// They wait until released, and then leave last first.
    Reverse,
    /// They arrive twice.
    Duplicate,
}

/// A change of what becomes of events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Whether events wait, whatever the mode.
    pub pause: Option<bool>,
    /// What becomes of them.
    pub mode: Option<Mode>,
}

#[derive(Debug, Default)]
struct State {
    pause: bool,
    mode: Mode,
    held: Vec<Value>,
    delivered: u64,
    dropped: u64,
    failed: u64,
}

/// The way from the pipelines to the rules' targets.
#[derive(Debug)]
pub struct Bus {
    state: Mutex<State>,
    rules_changed: AtomicBool,
    leaving: mpsc::UnboundedSender<Value>,
}

impl Bus {
    /// A bus, and what leaves it.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Value>) {
        let (leaving, left) = mpsc::unbounded_channel();
        (Bus { state: Mutex::default(), rules_changed: AtomicBool::default(), leaving }, left)
    }

    /// Takes an event in.
    pub fn accept(&self, event: Value) {
        let mut state = self.lock();
        match state.mode {
            Mode::Drop => state.dropped += 1,
            Mode::Hold | Mode::Reverse => state.held.push(event),
            _ if state.pause => state.held.push(event),
            mode => self.leave(&event, mode),
        }
    }

    fn leave(&self, event: &Value, mode: Mode) {
        let copies = if mode == Mode::Duplicate { 2 } else { 1 };
        for _ in 0..copies {
            if self.leaving.send(event.clone()).is_err() {
                tracing::warn!("no one carries events any more");
            }
        }
    }

    /// Changes what becomes of events from now on.
    pub fn set(&self, order: &Order) {
        let mut state = self.lock();
        state.pause = order.pause.unwrap_or(state.pause);
        state.mode = order.mode.unwrap_or(state.mode);
    }

    /// Lets the held events go, and goes back to delivering; returns how many there were.
    pub fn release(&self) -> usize {
        let mut state = self.lock();
        let mut held = std::mem::take(&mut state.held);
        if state.mode == Mode::Reverse {
            held.reverse();
        }
        let count = held.len();
        for event in held {
            self.leave(&event, state.mode);
        }
        state.pause = false;
        state.mode = Mode::Deliver;
        count
    }

    /// Asks for the rules again before the next event: somebody has just changed them.
    pub fn forget_rules(&self) {
        self.rules_changed.store(true, Ordering::SeqCst);
    }

    /// Forgets held events and counts, and delivers.
    pub fn reset(&self) {
        *self.lock() = State::default();
    }

    /// What becomes of events, and what became of them.
    pub fn view(&self) -> Value {
        let state = self.lock();
        json!({
            "pause": state.pause,
            "mode": state.mode,
            "held": state.held,
            "delivered": state.delivered,
            "dropped": state.dropped,
            "failed": state.failed,
        })
    }

    /// Carries what leaves to the targets, one event after another, for ever.
    pub async fn carry(&self, mut left: mpsc::UnboundedReceiver<Value>, cloud: Arc<Cloud>) {
        let mut rules = Rules { cloud, known: None };
        while let Some(event) = left.recv().await {
            if self.rules_changed.swap(false, Ordering::SeqCst) {
                rules.known = None;
            }
            let arrived = rules.deliver(&event).await;
            let mut state = self.lock();
            match arrived {
                Ok(()) => state.delivered += 1,
                Err(error) => {
                    state.failed += 1;
                    tracing::warn!(%error, "an event did not arrive");
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: String,
    targets: Vec<Value>,
}

struct Rules {
    cloud: Arc<Cloud>,
    known: Option<(Instant, Vec<Rule>)>,
}

impl Rules {
    async fn deliver(&mut self, event: &Value) -> Result<(), CloudError> {
        let rules = self.current().await?;
        // One target that is gone keeps no event from the others.
        let mut arrived = Ok(());
        for rule in rules {
            match persist(|| matches(&self.cloud, &rule.pattern, event)).await {
                Ok(false) => {}
                Ok(true) => {
                    for target in &rule.targets {
                        let called = persist(|| call_target(&self.cloud, target, event)).await;
                        arrived = arrived.and(called);
                    }
                }
                Err(error) => arrived = Err(error),
            }
        }
        arrived
    }

    async fn current(&mut self) -> Result<Vec<Rule>, CloudError> {
        if let Some((since, rules)) = &self.known
            && since.elapsed() < RULES_KEPT_FOR
        {
            return Ok(rules.clone());
        }
        let rules = persist(|| enabled_rules(&self.cloud)).await?;
        self.known = Some((Instant::now(), rules.clone()));
        Ok(rules)
    }
}

/// Tries until it works, is refused, or has been tried often enough.
async fn persist<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, CloudError>
where
    F: Future<Output = Result<T, CloudError>>,
{
    for tried in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if error.is_passing() => tokio::time::sleep(Duration::from_millis(200) * tried).await,
            ended => return ended,
        }
    }
    attempt().await
}

async fn matches(cloud: &Cloud, pattern: &str, event: &Value) -> Result<bool, CloudError> {
    let question = json!({ "EventPattern": pattern, "Event": event.to_string() });
    let answer = cloud.json("events", "AWSEvents.TestEventPattern", &question).await?;
    Ok(answer["Result"] == true)
}

async fn enabled_rules(cloud: &Cloud) -> Result<Vec<Rule>, CloudError> {
    let mut rules = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut question = json!({});
        if token.is_string() {
            question["NextToken"] = token;
        }
        let page = cloud.json("events", "AWSEvents.ListRules", &question).await?;
        for rule in page["Rules"].as_array().into_iter().flatten() {
            let (Some(pattern), "ENABLED") = (rule["EventPattern"].as_str(), rule["State"].as_str().unwrap_or("ENABLED")) else {
                continue;
            };
            let question = json!({ "Rule": rule["Name"] });
            let answer = cloud.json("events", "AWSEvents.ListTargetsByRule", &question).await?;
            let targets = answer["Targets"].as_array().cloned().unwrap_or_default();
            rules.push(Rule { pattern: pattern.to_owned(), targets });
        }
        token = page["NextToken"].clone();
        if !token.is_string() {
            return Ok(rules);
        }
    }
}

async fn call_target(cloud: &Cloud, target: &Value, event: &Value) -> Result<(), CloudError> {
    let arn = target["Arn"].as_str().unwrap_or_default();
    let input = target["Input"].as_str().map_or_else(|| event.to_string(), str::to_owned);
    match arn.split(':').collect::<Vec<_>>().as_slice() {
        [_, _, "sqs", _, account, queue] => {
            let mut message = json!({
                "QueueUrl": format!("http://localhost/{account}/{queue}"),
                "MessageBody": input,
            });
            if let Some(group) = target["SqsParameters"]["MessageGroupId"].as_str() {
                message["MessageGroupId"] = json!(group);
                message["MessageDeduplicationId"] = event["id"].clone();
            }
            cloud.json("sqs", "AmazonSQS.SendMessage", &message).await.map(|_| ())
        }
        [_, _, "lambda", ..] => {
            let input = serde_json::from_str(&input)?;
            cloud.lambda_invoke(arn, &input).await
        }
        _ => {
            tracing::warn!(arn, "targets of this kind are not called");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Bus, Mode, Order};

    fn what_arrives(mode: Mode, release: bool) -> Vec<Value> {
        let (bus, mut left) = Bus::new();
        bus.set(&Order { pause: None, mode: Some(mode) });
        for number in 1..=3 {
            bus.accept(json!(number));
        }
        if release {
            bus.release();
            bus.accept(json!(4));
        }
        std::iter::from_fn(|| left.try_recv().ok()).collect()
    }

    #[test]
    fn modes_lose_hold_turn_and_repeat() {
        assert_eq!(what_arrives(Mode::Deliver, false), [1, 2, 3]);
        assert_eq!(what_arrives(Mode::Drop, true), [4]);
        assert!(what_arrives(Mode::Hold, false).is_empty());
        assert_eq!(what_arrives(Mode::Hold, true), [1, 2, 3, 4]);
        assert_eq!(what_arrives(Mode::Reverse, true), [3, 2, 1, 4]);
        assert_eq!(what_arrives(Mode::Duplicate, false), [1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn a_pause_holds_in_any_mode_that_delivers() {
        let (bus, mut left) = Bus::new();
        bus.set(&Order { pause: Some(true), mode: Some(Mode::Duplicate) });
        bus.accept(json!(1));
        assert!(left.try_recv().is_err());
        assert_eq!(bus.release(), 1);
        assert_eq!(std::iter::from_fn(|| left.try_recv().ok()).collect::<Vec<_>>(), [1, 1]);
    }
}
