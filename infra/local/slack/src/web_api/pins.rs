//! `pins.add`, `.remove`, `.list`.

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method};

pub const METHODS: &[Method] = &[
    Method { name: "pins.add", scopes: &["pins:write"], run: add },
    Method { name: "pins.remove", scopes: &["pins:write"], run: remove },
    Method { name: "pins.list", scopes: &["pins:read"], run: list },
];

fn item(call: &Call<'_>) -> Result<(String, String), Refusal> {
    let wanted = call.params.required("channel")?;
    let id = call.writable(&wanted)?;
    let ts = call.params.text("timestamp").ok_or_else(|| Refusal::new("no_item_specified"))?;
    match call.world.channel(&id).and_then(|channel| channel.message(&ts)) {
        Some(_) => Ok((id, ts)),
        None => Err(Refusal::new("message_not_found")),
    }
}

fn add(call: &mut Call<'_>) -> Answer {
    let (id, ts) = item(call)?;
    let user = call.who.user.clone();
    let channel = call.world.channel_mut(&id).ok_or_else(|| Refusal::new("channel_not_found"))?;
    if channel.pins.iter().any(|(pinned, _)| *pinned == ts) {
        return Err(Refusal::new("already_pinned"));
    }
    channel.pins.push((ts, user));
    Ok(json!({}))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let (id, ts) = item(call)?;
    let channel = call.world.channel_mut(&id).ok_or_else(|| Refusal::new("channel_not_found"))?;
    let before = channel.pins.len();
    channel.pins.retain(|(pinned, _)| *pinned != ts);
    if channel.pins.len() == before { Err(Refusal::new("no_pin")) } else { Ok(json!({})) }
}

fn list(call: &mut Call<'_>) -> Answer {
    let channel = call.channel()?;
    let workspace = &call.world.workspace;
    let items: Vec<Value> = channel
        .pins
        .iter()
        .filter_map(|(ts, by)| {
            let message = channel.message(ts)?;
            Some(json!({"type": "message", "channel": channel.id, "created_by": by, "message": message.to_json(workspace, false)}))
        })
        .collect();
    Ok(json!({"items": items}))
}
