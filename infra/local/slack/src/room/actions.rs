//! Pressing and choosing: `block_actions`, `block_suggestion` and shortcuts (docs.slack.dev: Interaction payloads).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::{check, person, readable, refuse, reply, text, values, writable};
use crate::clock;
use crate::senders::interactions;
use crate::state::{App, World};
use crate::web_api::reply::{Answer, Refusal};

/// `POST /room/api/actions`.
pub async fn press(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    let payload = match app.with(|world| block_actions(world, &body)) {
        Ok(payload) => payload,
        Err(refusal) => return reply(Err(refusal)),
    };
    let outcome = interactions::send(&app, &payload).await;
    reply(check(&outcome).map(|()| json!({})))
}

fn block_actions(world: &mut World, body: &Value) -> Answer {
    let me = text(body, "as")?;
    person(world, me)?;
    let (block_id, action_id) = (text(body, "block_id")?, text(body, "action_id")?);
    let mut payload = interactions::base(world, "block_actions", me);
    let (blocks, view) = place(world, body, me, &mut payload)?;
    let element = element(&blocks, block_id, action_id)?;
    let mut action = chosen(&element, body.get("action").unwrap_or(&Value::Null))?;
    action["block_id"] = json!(block_id);
    action["action_ts"] = json!(clock::to_ts(world.now));
    payload["actions"] = json!([action]);
    payload["trigger_id"] = json!(world.new_trigger(me, view.as_deref()));
    let state = json!({"values": values::of(&blocks, body.pointer("/state/values").unwrap_or(&Value::Null))?});
    if let Some(view) = view.as_ref().and_then(|id| world.views.get_mut(id)) {
        view.state = state.get("values").cloned().unwrap_or_else(|| json!({}));
        let view = view.clone();
        payload["view"] = view.to_json(world);
    } else {
        payload["state"] = state;
    }
    Ok(payload)
}

/// Where it happened: notes container, channel and message (or view) in the payload and returns the blocks, and the view's id.
fn place(world: &mut World, body: &Value, me: &str, payload: &mut Value) -> Result<(Value, Option<String>), Refusal> {
    let container = body.get("container").cloned().unwrap_or(Value::Null);
    if container.get("type").and_then(Value::as_str) == Some("view") {
        let id = text(&container, "view_id")?;
        let view = world.views.get(id).filter(|view| view.user == me).cloned();
        let view = view.ok_or_else(|| refuse("view_not_found", "This view is closed."))?;
        payload["container"] = json!({"type": "view", "view_id": id});
        payload["view"] = view.to_json(world);
        return Ok((view.definition.get("blocks").cloned().unwrap_or_default(), Some(id.to_owned())));
    }
    let (id, ts) = (text(&container, "channel")?, text(&container, "message_ts")?);
    let channel = readable(world, id, me)?;
    let message = channel.visible(ts, me).ok_or_else(|| refuse("message_not_found", "This message is gone."))?;
    let private = message.content.only_for.is_some();
    let thread = message.content.thread_ts.clone();
    let mut blocks = message.content.blocks.clone().unwrap_or_else(|| json!([]));
    let mut attachment = None;
    for attached in message.content.attachments.as_ref().and_then(Value::as_array).into_iter().flatten() {
        let nested = attached.get("blocks").and_then(Value::as_array).cloned().unwrap_or_default();
        if nested.iter().any(|block| block.get("block_id") == body.get("block_id")) {
            attachment = attached.get("id").cloned();
        }
        blocks.as_array_mut().into_iter().for_each(|blocks| blocks.extend(nested.iter().cloned()));
    }
    let object = message.to_json(&world.workspace, true);
    payload["channel"] = json!({"id": id, "name": if channel.name.is_empty() { "directmessage" } else { channel.name.as_str() }});
    let mut container = json!({"type": "message", "message_ts": ts, "channel_id": id, "is_ephemeral": private});
    if let Some(thread) = thread {
        container["thread_ts"] = json!(thread);
    }
    if let Some(attachment) = attachment {
        container["type"] = json!("message_attachment");
        container["attachment_id"] = attachment;
        container["is_app_unfurl"] = json!(false);
    }
    payload["container"] = container;
    // Slack leaves the message out where it is an ephemeral one: it keeps none of those.
    if !private {
        payload["message"] = object;
    }
    let grant = World::grant(id, me, Some(ts));
    payload["response_url"] = json!(world.new_response_url("actions", grant));
    Ok((blocks, None))
}

/// The element with these ids.
fn element(blocks: &Value, block_id: &str, action_id: &str) -> Result<Value, Refusal> {
    let block = blocks.as_array().into_iter().flatten().find(|block| block.get("block_id").and_then(Value::as_str) == Some(block_id));
    let block = block.ok_or_else(|| refuse("action_not_found", "The message has changed meanwhile."))?;
    let several = block.get("elements").and_then(Value::as_array).into_iter().flatten();
    let mut all = several.chain(block.get("accessory")).chain(block.get("element"));
    let found = all.find(|element| element.get("action_id").and_then(Value::as_str) == Some(action_id));
    found.cloned().ok_or_else(|| refuse("action_not_found", "The message has changed meanwhile."))
}

/// The entry of `actions`: what a button says is taken from the message, what a menu says from the person.
fn chosen(element: &Value, given: &Value) -> Answer {
    let kind = element.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut action = json!({"type": kind, "action_id": element.get("action_id")});
    for name in ["text", "value", "style", "url", "placeholder", "confirm"] {
        if let (Some(value), true) = (element.get(name), kind == "button" || matches!(name, "placeholder" | "confirm")) {
            action[name] = value.clone();
        }
    }
    if kind == "button" {
        return Ok(action);
    }
    for (name, value) in given.as_object().into_iter().flatten() {
        if name.starts_with("selected_") || name == "value" || name == "rich_text_value" || name == "files" {
            action[name] = value.clone();
        }
    }
    for name in ["selected_option", "selected_options"] {
        values::offered(element, given.get(name).unwrap_or(&Value::Null))?;
    }
    Ok(action)
}

/// `POST /room/api/options`: asks the app what an external select offers.
pub async fn options(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    let payload = app.with(|world| {
        let me = text(&body, "as")?;
        person(world, me)?;
        let mut payload = interactions::base(world, "block_suggestion", me);
        let mut wanted = body.clone();
        if wanted.get("container").is_none() {
            wanted["container"] = match body.get("view_id") {
                Some(view) => json!({"type": "view", "view_id": view}),
                None => json!({"type": "message", "channel": body.get("channel"), "message_ts": body.get("message_ts")}),
            };
        }
        place(world, &wanted, me, &mut payload)?;
        if let Some(fields) = payload.as_object_mut() {
            fields.remove("response_url");
        }
        payload["block_id"] = json!(text(&body, "block_id")?);
        payload["action_id"] = json!(text(&body, "action_id")?);
        payload["value"] = json!(body.get("value").and_then(Value::as_str).unwrap_or_default());
        Ok(payload)
    });
    let payload = match payload {
        Ok(payload) => payload,
        Err(refusal) => return reply(Err(refusal)),
    };
    let outcome = interactions::send(&app, &payload).await;
    reply(check(&outcome).map(|()| {
        let answer = outcome.json().unwrap_or_default();
        let mut shown = json!({"options": answer.get("options").cloned().unwrap_or_else(|| json!([]))});
        if let Some(groups) = answer.get("option_groups") {
            shown["option_groups"] = groups.clone();
        }
        shown
    }))
}

/// `POST /room/api/shortcuts {as, callback_id, channel?, message_ts?}`: a global shortcut, or one on a message.
pub async fn shortcut(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    let payload = app.with(|world| {
        let (me, callback) = (text(&body, "as")?, text(&body, "callback_id")?);
        person(world, me)?;
        let known = world.workspace.app.shortcuts.iter().find(|one| one.callback_id == callback).cloned();
        let known = known.ok_or_else(|| refuse("unknown_shortcut", "The app has no such shortcut."))?;
        let on_message = known.kind == "message";
        let mut payload = interactions::base(world, if on_message { "message_action" } else { "shortcut" }, me);
        payload["callback_id"] = json!(callback);
        payload["action_ts"] = json!(clock::to_ts(world.now));
        payload["trigger_id"] = json!(world.new_trigger(me, None));
        if on_message {
            let (id, ts) = (text(&body, "channel")?, text(&body, "message_ts")?);
            let channel = writable(world, id, me)?;
            let message = channel.message(ts).ok_or_else(|| refuse("message_not_found", "This message is gone."))?;
            payload["message"] = message.to_json(&world.workspace, true);
            payload["message_ts"] = json!(ts);
            payload["channel"] = json!({"id": id, "name": channel.name});
            let grant = World::grant(id, me, None);
            payload["response_url"] = json!(world.new_response_url("app", grant));
        }
        Ok::<Value, Refusal>(payload)
    });
    let payload = match payload {
        Ok(payload) => payload,
        Err(refusal) => return reply(Err(refusal)),
    };
    let outcome = interactions::send(&app, &payload).await;
    reply(check(&outcome).map(|()| json!({})))
}
