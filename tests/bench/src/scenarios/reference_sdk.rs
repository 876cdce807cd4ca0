//! The reference of the expectations: one signed request, one `PutItem`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Role, Scenario};
use crate::signature::sign;
use crate::stub::{Call, Stub};

const SECRET: &str = "reference-signing-secret";

pub struct ReferenceSdk;

impl Scenario for ReferenceSdk {
    fn binary(&self) -> &'static str {
        "reference-sdk"
    }

    fn role(&self) -> Role {
        Role::Reference
    }

    fn environment(&self, _: &Stub) -> Vec<(&'static str, String)> {
        vec![("SIGNING_SECRET", SECRET.to_owned()), ("TABLE", "reference".to_owned())]
    }

    fn event(&self, number: u64, now: Timestamp) -> Value {
        let timestamp = now.as_second();
        let body = format!("command=%2Fops&text=deploy+api+to+staging&trigger_id={number}");
        json!({
            "timestamp": timestamp.to_string(),
            "signature": sign(SECRET, timestamp, &body),
            "body": body,
        })
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        (call.action() == "PutItem" && call.table() == "reference").then(|| json!({}))
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("PutItem")
    }

    fn accepts(&self, answer: &Value) -> bool {
        answer["stored"] == true
    }
}
