//! Reading and writing as a person.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::boot::channel_json;
use super::composer::{Form, compose};
use super::{As, person, readable, refuse, reply, text, writable};
use crate::limits::message;
use crate::state::{App, Author, Draft, Message};
use crate::web_api::reply::Refusal;

/// `GET /room/api/channels/{id}/messages`: the last ones, oldest first. Reading them marks them as read.
pub async fn list(State(app): State<Arc<App>>, Path(id): Path<String>, Query(me): Query<As>) -> Response {
    reply(app.with(|world| {
        let channel = readable(world, &id, &me.person)?;
        let mine = |message: &&Message| message.content.only_for.as_deref().is_none_or(|only| only == me.person);
        let shown: Vec<&Message> = channel.messages.iter().filter(|message| !message.hidden_in_thread()).filter(mine).collect();
        let skip = shown.len().saturating_sub(me.limit.unwrap_or(100));
        let objects: Vec<Value> = shown.iter().skip(skip).map(|message| message.to_room_json(&world.workspace)).collect();
        let info = channel_json(world, channel, &me.person);
        let now = world.now;
        if let Some(channel) = world.channel_mut(&id) {
            channel.read.insert(me.person.clone(), now);
        }
        Ok(json!({"messages": objects, "has_more": skip > 0, "channel": info}))
    }))
}

/// `GET /room/api/channels/{id}/threads/{ts}`: the parent, then its replies, with this person's ephemeral ones.
pub async fn thread(State(app): State<Arc<App>>, Path((id, ts)): Path<(String, String)>, Query(me): Query<As>) -> Response {
    reply(app.with(|world| {
        let channel = readable(world, &id, &me.person)?;
        channel.message(&ts).ok_or_else(|| refuse("thread_not_found", "There is no such message."))?;
        let mine = |message: &&Message| message.content.only_for.as_deref().is_none_or(|only| only == me.person);
        let objects: Vec<Value> = channel
            .messages
            .iter()
            .filter(|message| message.in_thread(&ts))
            .filter(mine)
            .map(|message| message.to_room_json(&world.workspace))
            .collect();
        Ok(json!({"messages": objects}))
    }))
}

/// `POST /room/api/messages`.
pub async fn post(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    reply(app.with(|world| {
        let (me, id, typed) = (text(&body, "as")?, text(&body, "channel")?, text(&body, "text")?);
        writable(world, id, me)?;
        let sent = compose(world, typed, Form::Message);
        message::text(sent.trim(), message::POST_TEXT, false)?;
        let mut draft = Draft::written(Author { user: me.to_owned(), bot: false }, sent);
        draft.client_msg_id = Some(world.next_client_msg_id());
        draft.unfurls = true;
        draft.thread_ts = body.get("thread_ts").and_then(Value::as_str).map(str::to_owned);
        draft.broadcast = body.get("reply_broadcast").and_then(Value::as_bool).unwrap_or_default();
        let posted = world.post(id, draft).ok_or_else(|| Refusal::new("channel_not_found"))?;
        Ok(json!({"ts": posted.ts()}))
    }))
}

/// One's own message, to change or delete it.
fn own(world: &crate::state::World, id: &str, ts: &str, me: &str, error: &str) -> Result<(), Refusal> {
    let channel = writable(world, id, me)?;
    let message = channel.message(ts).ok_or_else(|| refuse("message_not_found", "There is no such message."))?;
    let mine = message.content.author.user == me && !message.content.author.bot;
    if mine { Ok(()) } else { Err(refuse(error, "Only its author may do that.")) }
}

/// `POST /room/api/messages/edit`.
pub async fn edit(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    reply(app.with(|world| {
        let (me, id, ts) = (text(&body, "as")?, text(&body, "channel")?, text(&body, "ts")?);
        own(world, id, ts, me, "cant_update_message")?;
        let sent = compose(world, text(&body, "text")?, Form::Message);
        message::text(sent.trim(), message::POST_TEXT, false)?;
        world.amend(id, ts, me, |draft| draft.write(sent)).ok_or_else(|| Refusal::new("message_not_found"))?;
        Ok(json!({"ts": ts}))
    }))
}

/// `POST /room/api/messages/delete`.
pub async fn delete(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    reply(app.with(|world| {
        let (me, id, ts) = (text(&body, "as")?, text(&body, "channel")?, text(&body, "ts")?);
        own(world, id, ts, me, "cant_delete_message")?;
        world.remove(id, ts).ok_or_else(|| Refusal::new("message_not_found"))?;
        Ok(json!({}))
    }))
}

/// A reaction to add or take away.
#[derive(Deserialize)]
pub struct Emoji {
    #[serde(rename = "as")]
    me: String,
    channel: String,
    ts: String,
    name: String,
    #[serde(default)]
    remove: bool,
}

/// `POST /room/api/reactions`.
pub async fn react(State(app): State<Arc<App>>, Json(emoji): Json<Emoji>) -> Response {
    reply(app.with(|world| {
        writable(world, &emoji.channel, &emoji.me)?;
        let name = emoji.name.trim_matches(':');
        let (changed, unchanged) = if emoji.remove {
            (world.unreact(&emoji.channel, &emoji.ts, &emoji.me, name), "no_reaction")
        } else {
            (world.react(&emoji.channel, &emoji.ts, &emoji.me, name), "already_reacted")
        };
        match changed {
            Some(true) => Ok(json!({})),
            Some(false) => Err(Refusal::new(unchanged)),
            None => Err(refuse("message_not_found", "There is no such message.")),
        }
    }))
}

/// `POST /room/api/ephemerals/dismiss`.
pub async fn dismiss(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    reply(app.with(|world| {
        let (me, id, ts) = (text(&body, "as")?, text(&body, "channel")?, text(&body, "ts")?);
        readable(world, id, me)?;
        if world.replace_ephemeral(id, ts, me, None) { Ok(json!({})) } else { Err(refuse("message_not_found", "It is gone already.")) }
    }))
}

/// `POST /room/api/direct {as, user}`: the direct message with somebody, opened if there was none.
pub async fn direct(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Response {
    reply(app.with(|world| {
        let (me, other) = (text(&body, "as")?, text(&body, "user")?);
        person(world, me)?;
        if world.workspace.person(other).is_none() {
            return Err(refuse("user_not_found", "There is no such person."));
        }
        let (id, _) = world.direct(me, other);
        let channel = world.channel(&id).map(|channel| channel_json(world, channel, me));
        Ok(json!({"channel": channel}))
    }))
}
