//! Writing: `chat.postMessage`, `chat.update`, `chat.delete`.

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method};
use crate::limits::message;
use crate::room::composer::linked;
use crate::state::{Author, Draft, Message};

const WRITE: &[&str] = &["chat:write"];

pub const METHODS: &[Method] = &[
    Method { name: "chat.postMessage", scopes: WRITE, run: post },
    Method { name: "chat.update", scopes: WRITE, run: update },
    Method { name: "chat.delete", scopes: WRITE, run: delete },
];

/// What the arguments say of a message's content, checked.
pub fn content(call: &Call<'_>, most: usize) -> Result<Draft, Refusal> {
    let blocks = call.structure("blocks", "invalid_blocks_format")?;
    let attachments = call.structure("attachments", "invalid_attachments")?;
    let metadata = message::metadata(call.structure("metadata", "invalid_metadata_format")?)?;
    message::blocks(blocks.as_ref())?;
    message::attachments(attachments.as_ref())?;
    let unknown = |file: &String| !call.world.files.get(file).is_some_and(|file| file.completed);
    if let Some(file) = blocks.iter().chain(&attachments).flat_map(files_shown).find(unknown) {
        return Err(Refusal::new("invalid_blocks").with("response_metadata", json!({"messages": [format!("invalid slack file {file}")]})));
    }
    let filled = |value: &Option<Value>| value.as_ref().and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let text = call.params.text("text").unwrap_or_default();
    message::text(&text, most, filled(&blocks) || filled(&attachments))?;
    let mut draft = Draft::text(call.author(), text);
    if !call.who.bot && blocks.is_none() && attachments.is_none() {
        draft.write(linked(&draft.text));
    } else {
        draft.blocks = blocks;
    }
    draft.attachments = attachments;
    draft.metadata = metadata;
    draft.thread_ts = call.params.text("thread_ts");
    draft.broadcast = call.params.flag("reply_broadcast") && draft.thread_ts.is_some();
    Ok(draft)
}

/// The ids of the files that images of a message show ("Image block", `slack_file`).
fn files_shown(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(files_shown).collect(),
        Value::Object(fields) => {
            let own = fields.get("slack_file").and_then(|file| file["id"].as_str()).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(files_shown)).collect()
        }
        _ => Vec::new(),
    }
}

/// The conversation to write in: an id, a name, or a person for a direct message.
pub fn target(call: &mut Call<'_>) -> Result<String, Refusal> {
    let wanted = call.params.text("channel").ok_or_else(|| Refusal::new("channel_not_found"))?;
    if call.world.workspace.person(&wanted).is_some() {
        let caller = call.who.user.clone();
        return Ok(call.world.direct(&caller, &wanted).0);
    }
    call.writable(&wanted)
}

fn post(call: &mut Call<'_>) -> Answer {
    let channel = target(call)?;
    let mut draft = content(call, message::POST_TEXT)?;
    draft.metadata = draft.metadata.filter(|metadata| metadata.as_object().is_some_and(|fields| !fields.is_empty()));
    let dressed = ["username", "icon_emoji", "icon_url"].iter().any(|name| call.params.text(name).is_some());
    if dressed {
        if !call.who.scopes.iter().any(|scope| scope == "chat:write.customize") {
            let provided = call.who.scopes.join(",");
            return Err(Refusal::new("missing_scope").with("needed", json!("chat:write.customize")).with("provided", json!(provided)));
        }
        draft.username = call.params.text("username");
        draft.icons = call
            .params
            .text("icon_emoji")
            .map(|emoji| json!({"emoji": emoji}))
            .or_else(|| call.params.text("icon_url").map(|url| json!({"image_48": url})));
    }
    draft.unfurls = call.params.flag("unfurl_links");
    let posted = call.world.post(&channel, draft).ok_or_else(|| Refusal::new("channel_not_found"))?;
    Ok(json!({"channel": channel, "ts": posted.ts(), "message": posted.to_json(&call.world.workspace, true)}))
}

/// The message that the arguments name, in a conversation that the caller may write to.
fn named(call: &Call<'_>, missing: &str) -> Result<(String, Message), Refusal> {
    let wanted = call.params.text("channel").ok_or_else(|| Refusal::new("channel_not_found"))?;
    let channel = call.find_channel(&wanted)?;
    let ts = call.params.required("ts")?;
    let found = channel.message(&ts).filter(|message| !message.deleted).ok_or_else(|| Refusal::new(missing))?;
    Ok((channel.id.clone(), found.clone()))
}

fn owns(call: &Call<'_>, author: &Author) -> bool {
    *author == call.author()
}

fn update(call: &mut Call<'_>) -> Answer {
    let (channel, current) = named(call, "message_not_found")?;
    if !owns(call, &current.content.author) {
        return Err(Refusal::new("cant_update_message"));
    }
    if call.world.channel(&channel).is_some_and(|channel| channel.archived) {
        return Err(Refusal::new("is_archived"));
    }
    let wanted = content(call, message::UPDATE_TEXT)?;
    let has_text = call.params.text("text").is_some();
    let editor = if call.who.bot { call.world.workspace.app.bot_id.clone() } else { call.who.user.clone() };
    let changed = call.world.amend(&channel, &current.ts(), &editor, |draft| {
        // What isn't given stays; an empty list or object takes it away (Slack: chat.update).
        if has_text {
            draft.text = wanted.text;
        }
        if wanted.blocks.is_some() {
            draft.blocks = wanted.blocks;
        }
        if wanted.attachments.is_some() {
            draft.attachments = wanted.attachments;
        }
        match wanted.metadata {
            Some(metadata) if metadata.as_object().is_some_and(serde_json::Map::is_empty) => draft.metadata = None,
            Some(metadata) => draft.metadata = Some(metadata),
            None => {}
        }
    });
    let changed = changed.ok_or_else(|| Refusal::new("message_not_found"))?;
    let object = changed.to_json(&call.world.workspace, true);
    Ok(json!({"channel": channel, "ts": changed.ts(), "text": changed.content.text, "message": object}))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (channel, current) = named(call, "message_not_found")?;
    if !owns(call, &current.content.author) {
        return Err(Refusal::new("cant_delete_message"));
    }
    call.world.remove(&channel, &current.ts()).ok_or_else(|| Refusal::new("message_not_found"))?;
    Ok(json!({"channel": channel, "ts": current.ts()}))
}
