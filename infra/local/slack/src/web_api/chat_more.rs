//! The other ways of saying something: `chat.postEphemeral`, `chat.getPermalink`, `chat.meMessage`.

use serde_json::json;

use super::chat::content;
use super::reply::{Answer, Refusal};
use super::{Call, Method};
use crate::limits::message;
use crate::state::Draft;

pub const METHODS: &[Method] = &[
    Method { name: "chat.postEphemeral", scopes: &["chat:write"], run: ephemeral },
    Method { name: "chat.getPermalink", scopes: &[], run: permalink },
    Method { name: "chat.meMessage", scopes: &["chat:write"], run: me },
];

fn ephemeral(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.text("channel").ok_or_else(|| Refusal::new("channel_not_found"))?;
    let channel = call.writable(&wanted)?;
    let user = call.params.required("user")?;
    if call.world.workspace.person(&user).is_none() {
        return Err(Refusal::new("user_not_found"));
    }
    if !call.world.channel(&channel).is_some_and(|channel| channel.has(&user)) {
        return Err(Refusal::new("user_not_in_channel"));
    }
    let mut draft = content(call, message::POST_TEXT)?;
    draft.metadata = None;
    draft.broadcast = false;
    draft.only_for = Some(user);
    let posted = call.world.post(&channel, draft).ok_or_else(|| Refusal::new("channel_not_found"))?;
    Ok(json!({"message_ts": posted.ts()}))
}

fn permalink(call: &mut Call<'_>) -> Answer {
    let ts = call.params.required("message_ts")?;
    let channel = call.channel()?;
    let message = channel.message(&ts).ok_or_else(|| Refusal::new("message_not_found"))?;
    let domain = &call.world.workspace.team.domain;
    let mut link = format!("https://{domain}.slack.com/archives/{}/p{}", channel.id, ts.replace('.', ""));
    if let Some(parent) = message.content.thread_ts.as_ref().filter(|parent| **parent != ts) {
        link = format!("{link}?thread_ts={parent}&cid={}", channel.id);
    }
    Ok(json!({"channel": channel.id, "permalink": link}))
}

fn me(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.required("channel")?;
    let channel = call.writable(&wanted)?;
    let text = call.params.text("text").unwrap_or_default();
    message::text(&text, message::POST_TEXT, false)?;
    let mut draft = Draft::text(call.author(), text);
    draft.subtype = Some("me_message".to_owned());
    let posted = call.world.post(&channel, draft).ok_or_else(|| Refusal::new("channel_not_found"))?;
    Ok(json!({"channel": channel, "ts": posted.ts()}))
}
