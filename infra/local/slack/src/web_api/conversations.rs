//! Channels and direct messages: which there are, who is in them, how to get in.

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method, page};
use crate::state::{Channel, Kind};

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];

pub const METHODS: &[Method] = &[
    Method { name: "conversations.list", scopes: READ, run: list },
    Method { name: "conversations.info", scopes: READ, run: info },
    Method { name: "conversations.members", scopes: READ, run: members },
    Method { name: "conversations.open", scopes: &["im:write", "channels:manage", "groups:write", "mpim:write"], run: open },
    Method { name: "conversations.join", scopes: &["channels:join", "channels:write"], run: join },
    Method { name: "users.conversations", scopes: READ, run: of_user },
];

/// Filters by `types` and `exclude_archived`, as both lists do.
fn wanted(call: &Call<'_>, channel: &Channel) -> bool {
    let types = call.params.text("types").unwrap_or_else(|| "public_channel".to_owned());
    let kind = match channel.kind {
        Kind::Public => "public_channel",
        Kind::Private => "private_channel",
        Kind::Direct(..) => "im",
    };
    types.split(',').any(|one| one.trim() == kind) && !(call.params.flag("exclude_archived") && channel.archived)
}

fn listing(call: &Call<'_>, keep: impl Fn(&Channel) -> bool) -> Answer {
    let all: Vec<&Channel> = call.world.channels.iter().filter(|channel| wanted(call, channel) && keep(channel)).collect();
    let (some, next) = page(all, call.params, 100, 1000)?;
    let objects: Vec<Value> = some.iter().map(|channel| channel.to_json(&call.world.workspace, &call.who.user)).collect();
    Ok(json!({"channels": objects, "response_metadata": {"next_cursor": next}}))
}

fn list(call: &mut Call<'_>) -> Answer {
    let user = &call.who.user;
    listing(call, |channel| channel.kind == Kind::Public || channel.has(user))
}

fn of_user(call: &mut Call<'_>) -> Answer {
    let user = call.params.text("user").unwrap_or_else(|| call.who.user.clone());
    if call.world.workspace.person(&user).is_none() {
        return Err(Refusal::new("user_not_found"));
    }
    let caller = &call.who.user;
    listing(call, |channel| channel.has(&user) && (channel.kind == Kind::Public || channel.has(caller)))
}

fn info(call: &mut Call<'_>) -> Answer {
    let channel = call.channel()?;
    let mut object = channel.to_json(&call.world.workspace, &call.who.user);
    if !call.params.flag("include_num_members")
        && let Some(fields) = object.as_object_mut()
    {
        fields.remove("num_members");
    }
    Ok(json!({"channel": object}))
}

fn members(call: &mut Call<'_>) -> Answer {
    let everybody = call.channel()?.members.clone();
    let (some, next) = page(everybody, call.params, 100, 1000)?;
    Ok(json!({"members": some, "response_metadata": {"next_cursor": next}}))
}

fn open(call: &mut Call<'_>) -> Answer {
    if let Some(wanted) = call.params.text("channel") {
        let channel = call.find_channel(&wanted)?;
        let object = channel.to_json(&call.world.workspace, &call.who.user);
        return Ok(json!({"no_op": true, "already_open": true, "channel": object}));
    }
    let users = call.params.list("users");
    let [user] = users.as_slice() else {
        // Group messages are not modelled; Slack's word for a wrong number of people is this one.
        return Err(Refusal::new(if users.is_empty() { "users_list_not_supplied" } else { "too_many_users" }));
    };
    if call.world.workspace.person(user).is_none() {
        return Err(Refusal::new("user_not_found"));
    }
    let caller = call.who.user.clone();
    let (id, known) = call.world.direct(&caller, user);
    let mut answer = json!({"channel": {"id": id}});
    if call.params.flag("return_im")
        && let Some(channel) = call.world.channel(&id)
    {
        answer["channel"] = channel.to_json(&call.world.workspace, &caller);
    }
    if known {
        answer["no_op"] = json!(true);
        answer["already_open"] = json!(true);
    }
    Ok(answer)
}

fn join(call: &mut Call<'_>) -> Answer {
    let channel = call.channel()?;
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if channel.kind != Kind::Public {
        return Err(Refusal::new("method_not_supported_for_channel_type"));
    }
    let (id, user) = (channel.id.clone(), call.who.user.clone());
    let joined = call.world.join(&id, &user).ok_or_else(|| Refusal::new("channel_not_found"))?;
    let object = call.world.channel(&id).map(|channel| channel.to_json(&call.world.workspace, &user));
    let mut answer = json!({"channel": object});
    if !joined {
        answer["warning"] = json!("already_in_channel");
        answer["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    Ok(answer)
}
