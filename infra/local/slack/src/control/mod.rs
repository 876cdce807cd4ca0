//! The control API under `/_local`: what Slack has not, but tests need. Faults, logs, odd requests, everything at a glance.

mod events;
pub mod faults;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::senders::{Knock, Signing, events as senders, knock};
use crate::state::{App, Settings, World};
use faults::Fault;

type Shared = State<Arc<App>>;

/// The routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/ready", get(ready))
        .route("/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/calls", get(calls).delete(clear_calls))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/settings", get(settings).post(set_limits))
        .route("/limits", get(settings).post(set_limits))
        .route("/retry-scale", get(settings).post(set_retry_scale))
        .route("/door", post(set_door).delete(restore_door))
        .route("/send", post(send))
        .route("/verify-url", post(verify_url))
        .route("/events", get(events::passage).post(events::set_passage))
        .route("/events/release", post(events::release))
        .route("/unfurls", post(events::set_unfurl).delete(events::clear_unfurls))
        .route("/history", get(history))
        .route("/reset", post(reset))
}

async fn ready(State(app): Shared) -> Json<Value> {
    Json(json!({"ok": true, "team": app.workspace.team.id, "base": app.config.base}))
}

async fn list_faults(State(app): Shared) -> Json<Value> {
    Json(app.with(|world| json!({"ok": true, "faults": world.faults})))
}

async fn add_fault(State(app): Shared, body: Result<Json<Fault>, axum::extract::rejection::JsonRejection>) -> Response {
    match body {
        Ok(Json(fault)) => Json(app.with(|world| {
            world.faults.push(fault);
            json!({"ok": true, "faults": world.faults})
        }))
        .into_response(),
        Err(rejection) => bad(&rejection.body_text()),
    }
}

async fn clear_faults(State(app): Shared) -> Json<Value> {
    app.with(|world| world.faults.clear());
    Json(json!({"ok": true}))
}

async fn calls(State(app): Shared) -> Json<Value> {
    Json(app.with(|world| json!({"ok": true, "calls": world.calls})))
}

async fn clear_calls(State(app): Shared) -> Json<Value> {
    app.with(|world| world.calls.clear());
    Json(json!({"ok": true}))
}

async fn requests(State(app): Shared) -> Json<Value> {
    Json(app.with(|world| json!({"ok": true, "requests": world.requests})))
}

async fn clear_requests(State(app): Shared) -> Json<Value> {
    app.with(|world| world.requests.clear());
    Json(json!({"ok": true}))
}

async fn settings(State(app): Shared) -> Json<Value> {
    Json(app.with(|world| json!({"ok": true, "settings": world.settings})))
}

/// Takes any of the settings' fields and leaves the others.
async fn set_limits(State(app): Shared, Json(changes): Json<Map<String, Value>>) -> Response {
    app.with(|world| {
        let mut all = json!(world.settings);
        for (name, value) in changes {
            if all.get(&name).is_none() {
                return bad(&format!("no such setting: {name}"));
            }
            all[&name] = value;
        }
        match serde_json::from_value::<Settings>(all) {
            Ok(settings) => {
                world.settings = settings;
                world.buckets = crate::limits::rate::Buckets::default();
                Json(json!({"ok": true, "settings": world.settings})).into_response()
            }
            Err(error) => bad(&error.to_string()),
        }
    })
}

#[derive(Deserialize)]
struct Scale {
    scale: f64,
}

async fn set_retry_scale(State(app): Shared, Json(wanted): Json<Scale>) -> Response {
    if !(0.0..=1000.0).contains(&wanted.scale) {
        return bad("scale must be between 0 and 1000");
    }
    Json(app.with(|world| {
        world.settings.retry_scale = wanted.scale;
        json!({"ok": true, "settings": world.settings})
    }))
    .into_response()
}

/// Another door, until it is given back.
#[derive(Deserialize)]
struct Door {
    url: String,
}

async fn set_door(State(app): Shared, Json(wanted): Json<Door>) -> Json<Value> {
    app.with(|world| world.door = Some(wanted.url));
    Json(json!({"ok": true}))
}

async fn restore_door(State(app): Shared) -> Json<Value> {
    app.with(|world| world.door = None);
    Json(json!({"ok": true}))
}

/// An odd request: any path, headers and bytes, signed truly, wrongly or not at all.
#[derive(Deserialize)]
struct Odd {
    path: String,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    body: String,
    /// The bytes, where they are no text.
    #[serde(default)]
    body_base64: Option<String>,
    #[serde(default = "truly")]
    sign: Value,
}

fn truly() -> Value {
    json!(true)
}

async fn send(State(app): Shared, Json(odd): Json<Odd>) -> Response {
    let body = match odd.body_base64 {
        None => odd.body.into_bytes(),
        Some(encoded) => match base64::engine::general_purpose::STANDARD.decode(encoded) {
            Ok(bytes) => bytes,
            Err(error) => return bad(&format!("body_base64: {error}")),
        },
    };
    let field = |name: &str| match odd.sign.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Null) | None => None,
        Some(other) => Some(other.to_string()),
    };
    let signing = match &odd.sign {
        Value::Bool(false) => Signing::None,
        Value::Object(_) => Signing::With { timestamp: field("timestamp"), secret: field("secret") },
        _ => Signing::True,
    };
    let mut content_type = "application/x-www-form-urlencoded".to_owned();
    let mut headers = Vec::new();
    for (name, value) in &odd.headers {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if name.eq_ignore_ascii_case("content-type") {
            content_type = value;
        } else {
            headers.push((name.clone(), value));
        }
    }
    let request = Knock { path: odd.path, content_type, body, headers, kind: "odd".to_owned(), signing, note: Value::Null };
    let outcome = knock(&app, request).await;
    Json(json!({
        "ok": true, "status": outcome.status, "failure": outcome.failure, "latency_ms": outcome.latency_ms, "body": outcome.text(),
        "content_type": outcome.content_type,
    }))
    .into_response()
}

async fn verify_url(State(app): Shared) -> Json<Value> {
    let (outcome, proven) = senders::verify_url(&app).await;
    Json(json!({"ok": proven, "status": outcome.status, "failure": outcome.failure, "body": outcome.text()}))
}

async fn history(State(app): Shared) -> Json<Value> {
    Json(app.with(|world| {
        let channels: Map<String, Value> =
            world.channels.iter().map(|channel| (channel.id.clone(), channel_history(world, channel))).collect();
        let views: Vec<Value> = world
            .views
            .values()
            .map(|view| {
                let mut object = view.to_json(world);
                object["user"] = json!(view.user);
                object
            })
            .collect();
        json!({"ok": true, "channels": channels, "views": views, "stacks": world.stacks, "homes": world.homes})
    }))
}

fn channel_history(world: &World, channel: &crate::state::Channel) -> Value {
    let (mut messages, mut ephemerals) = (Vec::new(), Vec::new());
    for message in &channel.messages {
        let mut object = message.to_room_json(&world.workspace);
        match &message.content.only_for {
            Some(person) => {
                object["only_for"] = json!(person);
                ephemerals.push(object);
            }
            None => messages.push(object),
        }
    }
    json!({"name": channel.name, "members": channel.members, "messages": messages, "ephemerals": ephemerals})
}

async fn reset(State(app): Shared) -> Json<Value> {
    app.reset();
    Json(json!({"ok": true}))
}

fn bad(detail: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"ok": false, "error": "invalid_request", "detail": detail}))).into_response()
}
