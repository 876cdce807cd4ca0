//! A nudge: a new message is marked, posted to Slack, and marked as shown.

use jiff::Timestamp;
use opsroom_application::ports::Nudge;
use serde_json::{Value, json};

use super::memory::Memory;
use super::{Role, Scenario, services, world};
use crate::stub::{Call, Host, Stub};

const LANE: &str = "C0OPS";

#[derive(Default)]
pub struct Delivery {
    memory: Memory,
}

impl Scenario for Delivery {
    fn binary(&self) -> &'static str {
        "opsroom-delivery"
    }

    fn role(&self) -> Role {
        Role::Worker
    }

    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)> {
        services::variables(stub)
    }

    fn event(&self, number: u64, now: Timestamp) -> Value {
        self.memory.forget(services::STATE_TABLE);
        self.memory.put(services::STATE_TABLE, &world::stored_message((number, now), now));
        let nudge = Nudge {
            key: world::message_key(number),
            lane: LANE.to_owned(),
            urgent: false,
            occasion: format!("benchmark/{number}"),
            correlation: "benchmark".into(),
        };
        services::sqs_event("delivery.fifo", (number, now), &json!(nudge), Some(LANE))
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        match (call.host, call.action()) {
            (Host::Slack, "chat.postMessage") => {
                let ts = "1767225600.000100";
                Some(json!({"ok": true, "channel": LANE, "ts": ts, "message": {"type": "message", "ts": ts, "text": ""}}))
            }
            (Host::Slack, _) => None,
            _ => self.memory.answer(call).or_else(|| services::secrets(call)).or_else(|| services::acknowledged(call)),
        }
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("chat.postMessage")
    }

    fn accepts(&self, answer: &Value) -> bool {
        services::all_done(answer)
    }
}
