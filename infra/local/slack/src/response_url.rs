//! `response_url`: how the app answers a command or a press later (docs.slack.dev: Handling user interaction, "Responding"). The
//! same rules serve the immediate answer to a slash command.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::clock::{self, SECOND};
use crate::connection::Cut;
use crate::control::faults::{self, Effect};
use crate::limits::message;
use crate::state::{App, Author, Draft, Grant, World};
use crate::web_api::reply::{Refusal, to_response};

/// How long an address is good for.
const LIFETIME: u64 = 30 * 60 * SECOND;
/// How often.
const USES: u32 = 5;

impl World {
    /// A fresh address for what a person just did. `kind` is `commands` or `actions`, as in Slack's own addresses.
    pub fn new_response_url(&mut self, kind: &str, grant: Grant) -> String {
        let token = self.next_id("r");
        self.grants.insert(token.clone(), Grant { expires: self.now + LIFETIME, uses_left: USES, ..grant });
        format!("{}/response/{kind}/{}/{token}", self.base, self.workspace.team.id)
    }

    /// What an interaction in this place allows.
    pub fn grant(channel: &str, user: &str, message_ts: Option<&str>) -> Grant {
        Grant {
            channel: channel.to_owned(),
            user: user.to_owned(),
            message_ts: message_ts.map(str::to_owned),
            thread_ts: None,
            expires: 0,
            uses_left: 0,
        }
    }
}

/// The route of all response addresses.
pub async fn respond(
    State(app): State<Arc<App>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path((_kind, _team, token)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let channel = app.with(|world| world.grants.get(&token).map(|grant| grant.channel.clone()));
    let fault = app.with(|world| faults::strike(&mut world.faults, "response_url", channel.as_deref()));
    let mut answer = Ok(());
    match &fault {
        Some(Effect::Error { status, error, retry_after }) => {
            answer = Err(Refusal { status: *status, retry_after: *retry_after, ..Refusal::new(error.clone()) });
        }
        Some(Effect::Drop) => cut.sever(),
        Some(Effect::Delay { ms, .. }) => tokio::time::sleep(std::time::Duration::from_millis(*ms)).await,
        _ => {}
    }
    if answer.is_ok() && !matches!(fault, Some(Effect::Drop)) {
        answer = app.with(|world| redeem(world, &token, &body));
    }
    if matches!(fault, Some(Effect::DropAfter)) {
        cut.sever();
    }
    let time = clock::timestamp(clock::now()).to_string();
    let (ok, error) = (answer.is_ok(), answer.as_ref().err().map(|refusal| refusal.error.clone()));
    let entry = json!({
        "time": time, "method": "response_url", "channel": channel, "ok": ok, "error": error, "fault": fault.as_ref().map(Effect::name),
    });
    app.with(|world| world.log_call(entry));
    match answer {
        Ok(()) => (StatusCode::OK, "ok").into_response(),
        Err(refusal) => to_response(Err(refusal), None),
    }
}

fn redeem(world: &mut World, token: &str, body: &[u8]) -> Result<(), Refusal> {
    let refuse = |status: u16, error: &str| Refusal { status, ..Refusal::new(error) };
    let now = world.now;
    let grant = world.grants.get_mut(token).ok_or_else(|| refuse(404, "invalid_url"))?;
    if now > grant.expires {
        return Err(refuse(404, "expired_url"));
    }
    if grant.uses_left == 0 {
        return Err(refuse(404, "used_url"));
    }
    let payload: Value = serde_json::from_slice(body).map_err(|_| refuse(400, "invalid_payload"))?;
    grant.uses_left -= 1;
    let grant = grant.clone();
    apply(world, &grant, &payload).map_err(|refusal| Refusal { status: 400, ..refusal })
}

/// Carries out what an answer says: a new message, or a change of the message that was acted on.
pub fn apply(world: &mut World, grant: &Grant, payload: &Value) -> Result<(), Refusal> {
    let says = |name: &str| payload.get(name).and_then(Value::as_bool).unwrap_or_default();
    if says("delete_original") {
        let ts = grant.message_ts.as_deref().ok_or_else(|| Refusal::new("no_original"))?;
        if !world.replace_ephemeral(&grant.channel, ts, &grant.user, None) {
            world.remove(&grant.channel, ts).ok_or_else(|| Refusal::new("message_not_found"))?;
        }
        return Ok(());
    }
    let draft = draft(world, payload)?;
    if let Some(ts) = grant.message_ts.as_deref().filter(|_| says("replace_original")) {
        if world.replace_ephemeral(&grant.channel, ts, &grant.user, Some(draft.clone())) {
            return Ok(());
        }
        let editor = world.workspace.app.bot_id.clone();
        let replaced = world.amend(&grant.channel, ts, &editor, |current| {
            current.text = draft.text;
            current.blocks = draft.blocks;
            current.attachments = draft.attachments;
        });
        return replaced.map(|_| ()).ok_or_else(|| Refusal::new("message_not_found"));
    }
    let mut draft = draft;
    draft.thread_ts = payload.get("thread_ts").and_then(Value::as_str).map(str::to_owned).or_else(|| grant.thread_ts.clone());
    if payload.get("response_type").and_then(Value::as_str) != Some("in_channel") {
        draft.only_for = Some(grant.user.clone());
    }
    world.post(&grant.channel, draft).map(|_| ()).ok_or_else(|| Refusal::new("channel_not_found"))
}

/// The message that an answer describes, held against Slack's limits.
fn draft(world: &World, payload: &Value) -> Result<Draft, Refusal> {
    let list = |name: &str| match payload.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| Refusal::new("invalid_blocks_format")),
        Some(value) => Ok(Some(value.clone())),
    };
    let (blocks, attachments) = (list("blocks")?, list("attachments")?);
    message::blocks(blocks.as_ref())?;
    message::attachments(attachments.as_ref())?;
    let text = payload.get("text").and_then(Value::as_str).unwrap_or_default();
    let filled = |value: &Option<Value>| value.as_ref().and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    message::text(text, message::POST_TEXT, filled(&blocks) || filled(&attachments))?;
    let author = Author { user: world.workspace.app.bot_user.clone(), bot: true };
    let mut draft = Draft::text(author, text);
    draft.blocks = blocks;
    draft.attachments = attachments;
    Ok(draft)
}
