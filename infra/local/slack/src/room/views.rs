//! Submitting and closing modals: `view_submission` and its `response_action`, `view_closed` (docs.slack.dev: Modals).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{check, refuse, reply, text};
use crate::limits::view::{self, Expected};
use crate::senders::interactions;
use crate::state::{App, View, World};
use crate::web_api::reply::{Answer, Refusal};

/// The view, if it is this person's and open.
fn open(world: &World, id: &str, me: &str) -> Result<View, Refusal> {
    let view = world.views.get(id).filter(|view| view.user == me && view.field("type") != "home");
    view.cloned().ok_or_else(|| refuse("view_not_found", "This view is closed."))
}

/// `POST /room/api/views/{view_id}/submit`.
pub async fn submit(State(app): State<Arc<App>>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let prepared = app.with(|world| {
        let me = text(&body, "as")?;
        let view = open(world, &id, me)?;
        let values = body.pointer("/state/values").cloned().unwrap_or_else(|| json!({}));
        let missing = missing(&view, &values);
        if !missing.is_empty() {
            return Err(Refusal::new("invalid_state").with("response_action", json!("errors")).with("errors", Value::Object(missing)));
        }
        let Some(view) = world.views.get_mut(&id) else { return Err(refuse("view_not_found", "This view is closed.")) };
        view.state = values;
        let view = view.clone();
        let mut payload = interactions::base(world, "view_submission", me);
        payload["view"] = view.to_json(world);
        payload["response_urls"] = json!([]);
        payload["trigger_id"] = json!(world.new_trigger(me, Some(&id)));
        Ok(payload)
    });
    let payload = match prepared {
        Ok(payload) => payload,
        Err(refusal) => return reply(Err(refusal)),
    };
    let outcome = interactions::send(&app, &payload).await;
    reply(check(&outcome).and_then(|()| {
        let answer = outcome.json().unwrap_or_default();
        app.with(|world| follow(world, &id, &answer))
    }))
}

/// Inputs that must be filled in and are not: Slack's client doesn't let them through.
fn missing(view: &View, values: &Value) -> Map<String, Value> {
    let blocks = view.definition.get("blocks").and_then(Value::as_array);
    let mut errors = Map::new();
    for block in blocks.into_iter().flatten().filter(|block| block.get("type").and_then(Value::as_str) == Some("input")) {
        if block.get("optional").and_then(Value::as_bool).unwrap_or_default() {
            continue;
        }
        let id = block.get("block_id").and_then(Value::as_str).unwrap_or_default();
        let action = block.pointer("/element/action_id").and_then(Value::as_str).unwrap_or_default();
        let given = values.get(id).and_then(|block| block.get(action));
        let filled = given.and_then(Value::as_object).is_some_and(|fields| {
            fields.iter().any(|(name, value)| {
                name != "type"
                    && match value {
                        Value::Null => false,
                        Value::String(text) => !text.is_empty(),
                        Value::Array(list) => !list.is_empty(),
                        _ => true,
                    }
            })
        });
        if !filled {
            errors.insert(id.to_owned(), json!("Please complete this required field."));
        }
    }
    errors
}

/// Does what the app answered.
fn follow(world: &mut World, id: &str, answer: &Value) -> Answer {
    let Some(view) = world.views.get(id).cloned() else { return Ok(json!({})) };
    let definition = || {
        let wanted = answer.get("view").and_then(Value::as_object).cloned();
        let wanted = wanted.ok_or_else(|| refuse("dispatch_failed", "The app's answer lacks a view."))?;
        let problems = view::check(&wanted, Expected::Modal);
        if problems.is_empty() { Ok(wanted) } else { Err(refuse("dispatch_failed", &problems.0.join("; "))) }
    };
    match answer.get("response_action").and_then(Value::as_str) {
        Some("errors") => {
            let errors = answer.get("errors").cloned().unwrap_or_else(|| json!({}));
            Err(Refusal::new("invalid_state").with("response_action", json!("errors")).with("errors", errors))
        }
        Some("update") => {
            world.update_view(id, definition()?);
            Ok(json!({"response_action": "update"}))
        }
        Some("push") => {
            let pushed = world.open_view(&view.user, definition()?, true);
            pushed.ok_or_else(|| refuse("push_limit_reached", "There are three views open already."))?;
            Ok(json!({"response_action": "push"}))
        }
        Some("clear") => {
            world.close_all(&view.user);
            Ok(json!({"response_action": "clear"}))
        }
        None => {
            world.close_view(id);
            Ok(json!({}))
        }
        Some(other) => Err(refuse("dispatch_failed", &format!("The app answered with an unknown action: {other}"))),
    }
}

/// `POST /room/api/views/{view_id}/close`. With `clear_on_close` all views go; the app hears of it if it asked to.
pub async fn close(State(app): State<Arc<App>>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let closed = app.with(|world| {
        let me = text(&body, "as")?;
        let view = open(world, &id, me)?;
        let clears = view.flag("clear_on_close");
        let mut payload = interactions::base(world, "view_closed", me);
        payload["view"] = view.to_json(world);
        payload["is_cleared"] = json!(clears);
        if clears {
            world.close_all(me);
        } else {
            world.close_view(&id);
        }
        Ok::<_, Refusal>(view.flag("notify_on_close").then_some(payload))
    });
    match closed {
        Ok(payload) => {
            if let Some(payload) = payload {
                tokio::spawn(async move { interactions::send(&app, &payload).await });
            }
            reply(Ok(json!({})))
        }
        Err(refusal) => reply(Err(refusal)),
    }
}
