//! The floor: the runtime alone, which sends back what it was sent.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Role, Scenario};
use crate::stub::{Call, Stub};

pub struct ReferenceBare;

impl Scenario for ReferenceBare {
    fn binary(&self) -> &'static str {
        "reference-bare"
    }

    fn role(&self) -> Role {
        Role::Bare
    }

    fn environment(&self, _: &Stub) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn event(&self, number: u64, _: Timestamp) -> Value {
        json!({"number": number})
    }

    fn answer(&self, _: &Call) -> Option<Value> {
        None
    }

    fn crucial_call(&self) -> Option<&'static str> {
        None
    }

    fn accepts(&self, answer: &Value) -> bool {
        answer["number"].is_u64()
    }
}
