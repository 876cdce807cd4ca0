//! Faults on request: calls that fail, hang or lose their answer, so that tests can show what happens then.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::call::Call;
use crate::identity::Principal;

/// A fault as a test asks for it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The service's signing name.
    pub service: String,
    /// The operation, or `*`.
    pub operation: String,
    /// A part of the caller's function, role or ARN; everybody when missing.
    #[serde(default)]
    pub caller: Option<String>,
    /// How many calls it strikes.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

/// What happens to a struck call.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// It is refused, and does not reach the service.
    Error {
        /// The HTTP status.
        status: u16,
        /// The exception's name.
        #[serde(rename = "type")]
        code: String,
        /// What it says.
        #[serde(default)]
        message: String,
    },
    /// It takes longer.
    Delay {
        /// By how much.
        ms: u64,
    },
    /// The connection closes without an answer; the call does not reach the service.
    Drop,
    /// The service does it, then the connection closes without an answer.
    DropAfter,
    /// The service does it, then the answer waits to be released.
    HoldAfter {
        /// The fault's id, if the test wants to choose it.
        #[serde(default)]
        id: Option<String>,
    },
}

/// A fault that is set.
#[derive(Debug)]
pub struct Fault {
    /// Its id.
    pub id: String,
    order: Order,
    left: AtomicUsize,
    hits: AtomicUsize,
    holding: AtomicUsize,
    release: Notify,
}

impl Fault {
    /// What happens to the call.
    pub fn effect(&self) -> &Effect {
        &self.order.effect
    }

    /// Waits until the test lets the answer go.
    pub async fn hold(&self) {
        let released = self.release.notified();
        tokio::pin!(released);
        // Registered before it shows as holding, so that a release after that is never missed.
        released.as_mut().enable();
        let _held = Held::new(&self.holding);
        released.await;
    }

    fn strikes(&self, call: &Call, caller: Option<&Principal>) -> bool {
        let order = &self.order;
        order.service.eq_ignore_ascii_case(&call.service)
            && (order.operation == "*" || order.operation == call.operation)
            && order.caller.as_ref().is_none_or(|part| caller.is_some_and(|caller| caller.is_called(part)))
            && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }

    fn view(&self) -> Value {
        json!({
            "id": self.id,
            "service": self.order.service,
            "operation": self.order.operation,
            "caller": self.order.caller,
            "times": self.order.times,
            "effect": self.order.effect,
            "left": self.left.load(Ordering::SeqCst),
            "hits": self.hits.load(Ordering::SeqCst),
            "holding": self.holding.load(Ordering::SeqCst),
        })
    }
}

/// Counts a held call for as long as it is held, or its client is there.
struct Held<'a>(&'a AtomicUsize);

impl<'a> Held<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Held(count)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// All faults that are set.
#[derive(Debug, Default)]
pub struct Faults {
    set: Mutex<Set>,
}

#[derive(Debug, Default)]
struct Set {
    next: usize,
    // Oldest first: of two that fit a call, the one set first strikes.
    faults: BTreeMap<usize, Arc<Fault>>,
}

impl Faults {
    /// Sets a fault and returns its id; one of the same id is replaced.
    pub fn add(&self, order: Order) -> String {
        let mut set = self.lock();
        set.next += 1;
        let number = set.next;
        let id = match &order.effect {
            Effect::HoldAfter { id: Some(id) } => id.clone(),
            _ => format!("fault-{number}"),
        };
        set.faults.retain(|_, fault| fault.id != id || !release(fault));
        let left = usize::try_from(order.times).unwrap_or(usize::MAX).into();
        let fault = Fault { id: id.clone(), order, left, hits: 0.into(), holding: 0.into(), release: Notify::new() };
        set.faults.insert(number, Arc::new(fault));
        id
    }

    /// The fault that strikes a call, if one does.
    pub fn strike(&self, call: &Call, caller: Option<&Principal>) -> Option<Arc<Fault>> {
        let set = self.lock();
        let fault = set.faults.values().find(|fault| fault.strikes(call, caller))?;
        fault.hits.fetch_add(1, Ordering::SeqCst);
        Some(Arc::clone(fault))
    }

    /// Lets go of what a fault holds; `false` if there is no such fault.
    pub fn release(&self, id: &str) -> bool {
        self.lock().faults.values().find(|fault| fault.id == id).is_some_and(|fault| release(fault))
    }

    /// Removes all faults and lets go of what they hold.
    pub fn clear(&self) {
        let mut set = self.lock();
        set.faults.retain(|_, fault| !release(fault));
    }

    /// All faults, with what they did.
    pub fn view(&self) -> Value {
        self.lock().faults.values().map(|fault| fault.view()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn release(fault: &Fault) -> bool {
    fault.release.notify_waiters();
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Faults;
    use crate::call::{Call, Protocol};

    fn call(operation: &str) -> Call {
        Call { service: "dynamodb".to_owned(), operation: operation.to_owned(), access_key: None, protocol: Protocol::Json }
    }

    #[test]
    fn a_fault_strikes_as_often_as_ordered() {
        let faults = Faults::default();
        let order = json!({ "service": "dynamodb", "operation": "PutItem", "times": 2, "effect": { "kind": "drop" } });
        let id = faults.add(serde_json::from_value(order).unwrap());
        assert!(faults.strike(&call("GetItem"), None).is_none());
        assert_eq!(faults.strike(&call("PutItem"), None).unwrap().id, id);
        assert!(faults.strike(&call("PutItem"), None).is_some());
        assert!(faults.strike(&call("PutItem"), None).is_none());
        assert_eq!(faults.view()[0]["hits"], 2);
        faults.clear();
        assert_eq!(faults.view(), json!([]));
    }

    #[test]
    fn a_fault_for_somebody_spares_the_nameless() {
        let faults = Faults::default();
        let order = json!({
            "service": "dynamodb", "operation": "*", "caller": "commands",
            "effect": { "kind": "error", "status": 500, "type": "InternalServerError" },
        });
        faults.add(serde_json::from_value(order).unwrap());
        assert!(faults.strike(&call("PutItem"), None).is_none());
    }

    #[tokio::test]
    async fn a_held_call_waits_for_its_release() {
        let faults = Faults::default();
        let order = json!({ "service": "dynamodb", "operation": "PutItem", "effect": { "kind": "hold_after", "id": "h" } });
        faults.add(serde_json::from_value(order).unwrap());
        let fault = faults.strike(&call("PutItem"), None).unwrap();
        let held = tokio::spawn(async move { fault.hold().await });
        while faults.view()[0]["holding"] == 0 {
            tokio::task::yield_now().await;
        }
        assert!(!faults.release("other"));
        assert!(faults.release("h"));
        held.await.unwrap();
        assert_eq!(faults.view()[0]["holding"], 0);
    }
}
