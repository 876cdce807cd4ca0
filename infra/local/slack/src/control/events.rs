//! What becomes of events on their way to the app, and what addresses show below a message.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Shared, bad};
use crate::state::Passage;

/// `GET /_local/events`. `underway` counts events that the door has not answered yet, and previews that are due.
pub async fn passage(State(app): Shared) -> Json<Value> {
    Json(app.with(|world| json!({"ok": true, "mode": world.passage, "held": world.held.len(), "underway": world.underway})))
}

/// How events are to go from now on.
#[derive(Deserialize)]
pub struct Wanted {
    mode: Passage,
}

/// `POST /_local/events`. What is held stays so until it is released.
pub async fn set_passage(State(app): Shared, Json(wanted): Json<Wanted>) -> Json<Value> {
    app.with(|world| world.passage = wanted.mode);
    passage(State(app)).await
}

/// `POST /_local/events/release`.
pub async fn release(State(app): Shared) -> Json<Value> {
    Json(json!({"ok": true, "released": app.release()}))
}

/// What an address shows; null for nothing.
#[derive(Deserialize)]
pub struct Unfurl {
    url: String,
    attachment: Option<Map<String, Value>>,
}

/// `POST /_local/unfurls`.
pub async fn set_unfurl(State(app): Shared, Json(unfurl): Json<Unfurl>) -> Response {
    if unfurl.attachment.as_ref().is_some_and(|said| !said.get("title").is_some_and(Value::is_string)) {
        return bad("an attachment needs a title");
    }
    app.with(|world| world.unfurls.insert(unfurl.url, unfurl.attachment.map_or(Value::Null, Value::Object)));
    Json(json!({"ok": true})).into_response()
}

/// `DELETE /_local/unfurls`: what the workspace's file says counts again.
pub async fn clear_unfurls(State(app): Shared) -> Json<Value> {
    app.with(|world| world.unfurls.clear());
    Json(json!({"ok": true}))
}
