//! What each function is given to do, and how the services answer it: one file per function.

mod activity;
mod commands;
mod delivery;
mod expressions;
mod memory;
mod reference_bare;
mod reference_sdk;
mod schedule;
mod services;
mod slack_ingress;
mod webhook_ingress;
mod world;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::stub::{Call, Stub};

/// What a function is measured as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The runtime alone.
    Bare,
    /// The reference that the expectations are about.
    Reference,
    /// A function that authenticates a request and queues it: one AWS call per request.
    Door,
    /// A function behind a queue or a clock.
    Worker,
}

/// A function's event and the world that goes with it.
pub trait Scenario: Send + Sync {
    /// The name of its executable.
    fn binary(&self) -> &'static str;

    /// What the figures are told under: the executable, unless it is measured with several events.
    fn name(&self) -> &'static str {
        self.binary()
    }

    /// What it is measured as.
    fn role(&self) -> Role;

    /// Its environment variables, beside those that every function has.
    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)>;

    /// An event that differs from those with other numbers, so that none is a repetition. Also puts into the tables what the
    /// function will look up for it.
    fn event(&self, number: u64, now: Timestamp) -> Value;

    /// A service's answer; `None` to what the function should not ask.
    fn answer(&self, call: &Call) -> Option<Value>;

    /// The call without which an event was not worked on, whatever the function says; none for a function that calls nobody.
    fn crucial_call(&self) -> Option<&'static str>;

    /// Whether this answer of the function says that it did its work.
    fn accepts(&self, answer: &Value) -> bool;
}

/// All scenarios, the two references first.
pub fn all() -> Vec<Arc<dyn Scenario>> {
    vec![
        Arc::new(reference_bare::ReferenceBare),
        Arc::new(reference_sdk::ReferenceSdk),
        Arc::new(slack_ingress::SlackIngress),
        Arc::new(webhook_ingress::WebhookIngress::SMALL),
        Arc::new(webhook_ingress::WebhookIngress::LARGE),
        Arc::new(commands::Commands::default()),
        Arc::new(activity::Activity::default()),
        Arc::new(delivery::Delivery::default()),
        Arc::new(schedule::Schedule::default()),
    ]
}
