//! The CodePipeline stand-in: its engine is pure, this module gives it the time and carries its events away.

mod actions;
mod changes;
mod commits;
mod definition;
mod engine;
#[cfg(test)]
mod engine_tests;
mod events;
mod history;
#[cfg(test)]
mod intervention_tests;
mod interventions;
mod model;
mod refusal;
mod starting;
mod views;

pub mod api;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tokio::sync::{Notify, mpsc};

use crate::clock;
use crate::refusal::Refusal;

pub use self::definition::{DefinitionError, Host, parse};
pub use self::engine::{Deployment, Engine};
pub use self::events::Site;

/// The pipelines, shared between the API, the control API and the clock.
#[derive(Debug)]
pub struct Pipelines {
    engine: Mutex<Engine>,
    changed: Notify,
    events: mpsc::UnboundedSender<Value>,
    deployments: mpsc::UnboundedSender<Deployment>,
}

impl Pipelines {
    /// Pipelines whose events go to `events`, and what they deploy to `deployments`.
    pub fn new(engine: Engine, events: mpsc::UnboundedSender<Value>, deployments: mpsc::UnboundedSender<Deployment>) -> Self {
        Pipelines { engine: Mutex::new(engine), changed: Notify::new(), events, deployments }
    }

    /// Answers an API call.
    pub fn answer(&self, operation: &str, body: &Map<String, Value>, caller: &str) -> Result<Value, Refusal> {
        self.with(|engine, now| api::answer(engine, &api::Call { operation, body, caller }, now))
    }

    /// Does something to the engine, then sends what it emitted.
    pub fn with<T>(&self, work: impl FnOnce(&mut Engine, Timestamp) -> T) -> T {
        let now = clock::now();
        let mut engine = self.lock();
        engine.advance(now);
        let result = work(&mut engine, now);
        self.send(&mut engine);
        drop(engine);
        self.changed.notify_one();
        result
    }

    /// Lets time pass, for ever.
    pub async fn run(&self) {
        loop {
            let due = {
                let mut engine = self.lock();
                engine.advance(clock::now());
                self.send(&mut engine);
                engine.next_due()
            };
            let wait = async {
                match due.map(|due| due.duration_since(clock::now()).max(SignedDuration::ZERO).unsigned_abs()) {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = wait => {}
                () = self.changed.notified() => {}
            }
        }
    }

    /// Sent under the lock, so that events leave in the order they happened.
    fn send(&self, engine: &mut Engine) {
        for event in engine.take_events() {
            if self.events.send(event).is_err() {
                tracing::warn!("no one carries events any more");
            }
        }
        for deployment in engine.take_deployments() {
            if self.deployments.send(deployment).is_err() {
                tracing::warn!("no one deploys any more");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// What a host says it runs.
    pub fn host_version(&self, host: &Host) -> Option<Value> {
        let deployed = self.hosts.get(host)?;
        Some(json!({
            "service": host.service,
            "environment": host.environment,
            "version": deployed.version,
            "revision": deployed.revision,
            "pipeline_execution_id": deployed.execution,
            "deployed_at": deployed.at.map(|at| at.to_string()),
        }))
    }

    /// Every host.
    pub fn all_hosts(&self) -> Vec<Value> {
        self.hosts.keys().filter_map(|host| self.host_version(host)).collect()
    }

    /// Every pipeline, with the newest commit it would find and where it deploys.
    pub fn overview(&self) -> Vec<Value> {
        self.pipelines
            .iter()
            .map(|pipeline| {
                let definition = &pipeline.definition;
                let repository = actions::pipeline_repository(definition);
                let host = definition.local.host.as_ref();
                json!({
                    "name": definition.name,
                    "repository": repository,
                    "head": self.commits.head(repository),
                    "service": host.map(|host| &host.service),
                    "environment": host.map(|host| &host.environment),
                })
            })
            .collect()
    }

    /// Adds a commit to the repository a pipeline reads.
    pub fn push_commit(&mut self, pipeline: &str, sha: Option<String>, message: Option<String>) -> Result<Value, Refusal> {
        let index = self.find(pipeline)?;
        let repository = actions::pipeline_repository(&self.pipelines[index].definition).to_owned();
        let commit = self.commits.push(&repository, sha, message);
        Ok(json!({ "repository": repository, "sha": commit.sha, "message": commit.message }))
    }
}
