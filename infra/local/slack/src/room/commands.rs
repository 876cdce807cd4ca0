//! Slash commands: the form that Slack posts, and what becomes of the answer (docs.slack.dev: Slash commands).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::composer::{Form, compose, escape_all};
use super::{check, refuse, reply, text, writable};
use crate::response_url;
use crate::senders::{Knock, Outcome, Signing, form, knock};
use crate::state::{App, Author, Draft, Grant, World};
use crate::web_api::reply::{Answer, Refusal};

/// `POST /room/api/commands`.
pub async fn run(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    let prepared = app.with(|world| prepare(world, &body));
    let (request, grant, typed) = match prepared {
        Ok(prepared) => prepared,
        Err(refusal) => return reply(Err(refusal)),
    };
    let outcome = knock(&app, request).await;
    reply(app.with(|world| show(world, &grant, &typed, &outcome)))
}

/// The signed form, what its `response_url` allows, and the command as it was typed.
fn prepare(world: &mut World, body: &Value) -> Result<(Knock, Grant, String), Refusal> {
    let (me, id, name) = (text(body, "as")?, text(body, "channel")?, text(body, "command")?);
    let typed = body.get("text").and_then(Value::as_str).unwrap_or_default().trim();
    if body.get("thread_ts").and_then(Value::as_str).is_some_and(|ts| !ts.is_empty()) {
        return Err(refuse("not_in_thread", &format!("{name} is not supported in threads. Sorry!")));
    }
    let channel_name = match writable(world, id, me)? {
        channel if channel.name.is_empty() => "directmessage".to_owned(),
        channel => channel.name.clone(),
    };
    let command = world.workspace.app.commands.iter().find(|one| one.command == name).cloned();
    let command = command.ok_or_else(|| refuse("unknown_command", &format!("{name} is not a valid command.")))?;
    let sent = if command.should_escape { compose(world, typed, Form::Command) } else { escape_all(typed) };
    let grant = World::grant(id, me, None);
    let response_url = world.new_response_url("commands", grant.clone());
    let trigger_id = world.new_trigger(me, None);
    let workspace = &world.workspace;
    let (team, registration) = (workspace.team_of(me), &workspace.app);
    let user_name = workspace.person(me).map_or("", |person| person.name.as_str());
    let fields = form(&[
        ("token", &registration.verification_token),
        ("team_id", &team.id),
        ("team_domain", &team.domain),
        ("channel_id", id),
        ("channel_name", &channel_name),
        ("user_id", me),
        ("user_name", user_name),
        ("command", name),
        ("text", &sent),
        ("api_app_id", &registration.id),
        ("is_enterprise_install", "false"),
        ("response_url", &response_url),
        ("trigger_id", &trigger_id),
    ]);
    let request = Knock {
        path: "/commands".to_owned(),
        content_type: "application/x-www-form-urlencoded".to_owned(),
        body: fields,
        headers: Vec::new(),
        kind: "command".to_owned(),
        signing: Signing::True,
        note: json!({"command": name, "text": sent, "user": me, "channel": id}),
    };
    let typed = if sent.is_empty() { name.to_owned() } else { format!("{name} {sent}") };
    Ok((request, grant, typed))
}

/// Shows the door's answer: privately, or to the channel below the command as the person typed it.
fn show(world: &mut World, grant: &Grant, typed: &str, outcome: &Outcome) -> Answer {
    check(outcome)?;
    if outcome.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(json!({}));
    }
    let answer = match outcome.json() {
        Some(answer @ Value::Object(_)) if outcome.content_type.starts_with("application/json") => answer,
        _ => json!({"text": outcome.text()}),
    };
    let says_something = ["text", "blocks", "attachments"].iter().any(|name| answer.get(name).is_some());
    let in_channel = answer.get("response_type").and_then(Value::as_str) == Some("in_channel");
    if in_channel {
        let person = Author { user: grant.user.clone(), bot: false };
        world.post(&grant.channel, Draft::text(person, typed));
    }
    if says_something {
        response_url::apply(world, grant, &answer).map_err(|refusal| {
            let why = refusal.extra.get("response_metadata").map(Value::to_string).unwrap_or_default();
            refuse("dispatch_failed", &format!("The app's answer is not one that Slack takes: {} {why}", refusal.error))
        })?;
    }
    Ok(json!({}))
}
