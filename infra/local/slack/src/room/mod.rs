//! The API of the room's page: what a Slack client would do on a person's behalf. It takes the person's word for who they are.

mod actions;
mod boot;
mod commands;
pub mod composer;
mod messages;
mod outside;
mod stream;
mod values;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{any, get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::senders::{self, Outcome};
use crate::state::{App, Channel, Kind, World};
use crate::web_api::reply::{Answer, Refusal, to_response};

/// The routes under `/room/api`.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/boot", get(boot::boot))
        .route("/home", get(boot::home))
        .route("/events", get(stream::events))
        .route("/channels/{channel}/messages", get(messages::list))
        .route("/channels/{channel}/threads/{ts}", get(messages::thread))
        .route("/messages", post(messages::post))
        .route("/messages/edit", post(messages::edit))
        .route("/messages/delete", post(messages::delete))
        .route("/reactions", post(messages::react))
        .route("/ephemerals/dismiss", post(messages::dismiss))
        .route("/direct", post(messages::direct))
        .route("/commands", post(commands::run))
        .route("/actions", post(actions::press))
        .route("/options", post(actions::options))
        .route("/shortcuts", post(actions::shortcut))
        .route("/views/{view}/submit", post(views::submit))
        .route("/views/{view}/close", post(views::close))
        .route("/outside/{*path}", any(outside::hand_on))
}

/// Whose eyes the page looks through.
#[derive(Debug, Deserialize)]
pub struct As {
    #[serde(rename = "as")]
    pub person: String,
    #[serde(default)]
    pub limit: Option<usize>,
}

/// An answer for the page.
fn reply(answer: Answer) -> Response {
    to_response(answer, None)
}

/// A refusal with an explanation for people.
fn refuse(error: &str, detail: &str) -> Refusal {
    Refusal::new(error).with("detail", json!(detail))
}

/// A known person, not the bot.
fn person(world: &World, id: &str) -> Result<(), Refusal> {
    match world.workspace.person(id) {
        Some(person) if !person.is_bot => Ok(()),
        _ => Err(refuse("user_not_found", "There is no such person in this workspace.")),
    }
}

/// A conversation that this person may look into.
fn readable<'a>(world: &'a World, id: &str, user: &str) -> Result<&'a Channel, Refusal> {
    person(world, user)?;
    let visible = |channel: &&Channel| channel.kind == Kind::Public || channel.has(user);
    world.channel(id).filter(visible).ok_or_else(|| refuse("channel_not_found", "There is no such channel."))
}

/// A conversation that this person may write in.
fn writable<'a>(world: &'a World, id: &str, user: &str) -> Result<&'a Channel, Refusal> {
    let channel = readable(world, id, user)?;
    if channel.archived {
        return Err(refuse("is_archived", "This channel is archived."));
    }
    if channel.has(user) { Ok(channel) } else { Err(refuse("not_in_channel", "Join the channel to write in it.")) }
}

/// What a person sees when the app's door failed them.
fn check(outcome: &Outcome) -> Result<(), Refusal> {
    senders::refusal(outcome).map_or(Ok(()), |(error, detail)| Err(refuse(error, &detail)))
}

/// A text field of a JSON body.
fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    body.get(name).and_then(Value::as_str).ok_or_else(|| refuse("invalid_arguments", &format!("missing field: {name}")))
}
