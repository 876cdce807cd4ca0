//! The control API under `/_local`: faults, calls, events, commits and pace, for tests and the room's panel.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::builds;
use crate::bus;
use crate::clock;
use crate::faults;
use crate::gateway::Gateway;
use crate::pipelines::{Host, Refusal};
use crate::setup::Setup;

/// What the routes share.
#[derive(Debug, Clone)]
pub struct Control {
    /// The gateway they control.
    pub gateway: Arc<Gateway>,
    /// How to start anew.
    pub setup: Arc<Setup>,
}

/// The routes.
pub fn routes(control: Control) -> Router {
    Router::new()
        .route("/_local/ready", get(ready))
        .route("/_local/reset", post(reset))
        .route("/_local/pace", get(pace).post(set_pace))
        .route("/_local/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/_local/faults/{id}/release", post(release_fault))
        .route("/_local/calls", get(list_calls).delete(clear_calls))
        .route("/_local/events", get(list_events).post(set_events))
        .route("/_local/events/release", post(release_events))
        .route("/_local/pipelines", get(list_pipelines))
        .route("/_local/pipelines/{name}/commits", post(push_commit))
        .route("/_local/builds", post(tell_build))
        .route("/_local/hosts", get(hosts))
        .route("/_local/hosts/{service}/{environment}/version", get(host_version))
        // A mistyped path must not reach the emulator, which would take it for a bucket.
        .route("/_local/{*rest}", any(unknown))
        .with_state(control)
}

async fn ready(State(control): State<Control>) -> Json<Value> {
    Json(control.gateway.overview())
}

async fn reset(State(control): State<Control>) -> Json<Value> {
    control.gateway.reset(control.setup.engine());
    Json(json!({ "ok": true }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pace {
    ms: u32,
}

async fn pace(State(control): State<Control>) -> Json<Value> {
    let pace = control.gateway.pipelines.with(|engine, _| engine.pace);
    Json(json!({ "ms": u64::try_from(pace.as_millis()).unwrap_or_default() }))
}

async fn set_pace(State(control): State<Control>, Json(pace): Json<Pace>) -> Json<Value> {
    let pace = SignedDuration::from_millis(pace.ms.into());
    control.gateway.pipelines.with(|engine, _| engine.pace = pace);
    Json(json!({ "ok": true }))
}

async fn list_faults(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "faults": control.gateway.faults.view() }))
}

async fn add_fault(State(control): State<Control>, Json(order): Json<faults::Order>) -> Json<Value> {
    Json(json!({ "id": control.gateway.faults.add(order) }))
}

async fn clear_faults(State(control): State<Control>) -> Json<Value> {
    control.gateway.faults.clear();
    Json(json!({ "ok": true }))
}

async fn release_fault(State(control): State<Control>, Path(id): Path<String>) -> Response {
    if control.gateway.faults.release(&id) { Json(json!({ "ok": true })).into_response() } else { not_found("no such fault") }
}

#[derive(Debug, Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn list_calls(State(control): State<Control>, Query(query): Query<Since>) -> Json<Value> {
    Json(control.gateway.calls.view(query.since))
}

async fn clear_calls(State(control): State<Control>) -> Json<Value> {
    control.gateway.calls.clear();
    Json(json!({ "ok": true }))
}

async fn list_events(State(control): State<Control>) -> Json<Value> {
    Json(control.gateway.bus.view())
}

async fn set_events(State(control): State<Control>, Json(order): Json<bus::Order>) -> Json<Value> {
    control.gateway.bus.set(&order);
    Json(control.gateway.bus.view())
}

async fn release_events(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "released": control.gateway.bus.release() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCommit {
    sha: Option<String>,
    message: Option<String>,
}

async fn list_pipelines(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "pipelines": control.gateway.pipelines.with(|engine, _| engine.overview()) }))
}

async fn push_commit(State(control): State<Control>, Path(name): Path<String>, Json(commit): Json<NewCommit>) -> Response {
    let pushed = control.gateway.pipelines.with(|engine, _| engine.push_commit(&name, commit.sha, commit.message));
    match pushed {
        Ok(commit) => Json(commit).into_response(),
        Err(Refusal { message, .. }) => not_found(&message),
    }
}

async fn tell_build(State(control): State<Control>, Json(order): Json<builds::Order>) -> Response {
    let gateway = &control.gateway;
    let ids = gateway.pipelines.with(|engine, _| std::array::from_fn(|_| engine.new_id()));
    match gateway.builds.tell(&gateway.cloud, &gateway.site, &order, ids, clock::now()).await {
        Ok(builds::Told { id, events }) => {
            for event in events {
                gateway.bus.accept(event);
            }
            Json(json!({ "id": id })).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, Json(json!({ "error": error.to_string() }))).into_response(),
    }
}

async fn hosts(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "hosts": control.gateway.pipelines.with(|engine, _| engine.all_hosts()) }))
}

async fn host_version(State(control): State<Control>, Path((service, environment)): Path<(String, String)>) -> Response {
    let host = Host { service, environment };
    match control.gateway.pipelines.with(|engine, _| engine.host_version(&host)) {
        Some(version) => Json(version).into_response(),
        None => not_found("no such host"),
    }
}

async fn unknown() -> Response {
    not_found("no such part of the control API")
}

fn not_found(message: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": message }))).into_response()
}
