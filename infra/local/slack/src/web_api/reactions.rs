//! `reactions.add`, `.remove`, `.get`.

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method};

pub const METHODS: &[Method] = &[
    Method { name: "reactions.add", scopes: &["reactions:write"], run: add },
    Method { name: "reactions.remove", scopes: &["reactions:write"], run: remove },
    Method { name: "reactions.get", scopes: &["reactions:read"], run: get },
];

/// The emoji's name without colons, the skin tone kept.
fn emoji(call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.params.text("name").ok_or_else(|| Refusal::new("invalid_name"))?;
    let name = name.trim_matches(':').to_owned();
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'+' | b'\'' | b':');
    if name.is_empty() || !name.bytes().all(known) {
        return Err(Refusal::new("invalid_name"));
    }
    Ok(name)
}

fn item(call: &Call<'_>) -> Result<(String, String), Refusal> {
    let (Some(channel), Some(ts)) = (call.params.text("channel"), call.params.text("timestamp")) else {
        return Err(Refusal::new("no_item_specified"));
    };
    let channel = call.find_channel(&channel)?;
    if channel.message(&ts).is_none() {
        return Err(Refusal::new("message_not_found"));
    }
    if !channel.has(&call.who.user) {
        return Err(Refusal::new("not_in_channel"));
    }
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    Ok((channel.id.clone(), ts))
}

fn add(call: &mut Call<'_>) -> Answer {
    let name = emoji(call)?;
    let (channel, ts) = item(call)?;
    match call.world.react(&channel, &ts, &call.who.user, &name) {
        Some(true) => Ok(json!({})),
        Some(false) => Err(Refusal::new("already_reacted")),
        None => Err(Refusal::new("message_not_found")),
    }
}

fn remove(call: &mut Call<'_>) -> Answer {
    let name = emoji(call)?;
    let (channel, ts) = item(call)?;
    match call.world.unreact(&channel, &ts, &call.who.user, &name) {
        Some(true) => Ok(json!({})),
        Some(false) => Err(Refusal::new("no_reaction")),
        None => Err(Refusal::new("message_not_found")),
    }
}

fn get(call: &mut Call<'_>) -> Answer {
    let (channel, ts) = item(call)?;
    let object: Option<Value> =
        call.world.channel(&channel).and_then(|channel| channel.message(&ts)).map(|message| message.to_json(&call.world.workspace, false));
    Ok(json!({"type": "message", "channel": channel, "message": object}))
}
