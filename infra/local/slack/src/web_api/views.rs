//! Modals and home tabs: `views.open`, `.push`, `.update`, `.publish`.

use serde_json::{Map, Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method};
use crate::limits::view::{Expected, check};
use crate::state::View;

pub const METHODS: &[Method] = &[
    Method { name: "views.open", scopes: &[], run: open },
    Method { name: "views.push", scopes: &[], run: push },
    Method { name: "views.update", scopes: &[], run: update },
    Method { name: "views.publish", scopes: &[], run: publish },
];

/// The most a view may weigh as JSON (Slack: views.open, `view_too_large`, 250 KB).
const LARGEST: usize = 250_000;

fn definition(call: &Call<'_>, expected: Expected) -> Result<Map<String, Value>, Refusal> {
    if !call.who.bot {
        return Err(Refusal::new("not_allowed_token_type"));
    }
    let value = call.structure("view", "invalid_arguments")?;
    let Some(Value::Object(view)) = value else { return Err(Refusal::argument("missing required field: view")) };
    if Value::Object(view.clone()).to_string().len() > LARGEST {
        return Err(Refusal::new("view_too_large"));
    }
    let problems = check(&view, expected);
    if problems.is_empty() { Ok(view) } else { Err(Refusal::listing("invalid_arguments", &problems)) }
}

fn trigger_id(call: &Call<'_>) -> Result<String, Refusal> {
    call.params.text("trigger_id").or_else(|| call.params.text("interactivity_pointer")).ok_or_else(|| Refusal::new("invalid_trigger_id"))
}

fn shown(call: &Call<'_>, view: &View) -> Value {
    json!({"view": view.to_json(call.world)})
}

fn open(call: &mut Call<'_>) -> Answer {
    put(call, false)
}

fn push(call: &mut Call<'_>) -> Answer {
    put(call, true)
}

fn put(call: &mut Call<'_>, push: bool) -> Answer {
    let view = definition(call, Expected::Modal)?;
    if call.world.external_id_taken(&view, None) {
        return Err(Refusal::new("duplicate_external_id"));
    }
    let id = trigger_id(call)?;
    let trigger = call.world.redeem(&id).map_err(Refusal::new)?;
    if push && trigger.view.is_none() {
        return Err(Refusal::new("not_found"));
    }
    let opened = call.world.open_view(&trigger.user, view, push).ok_or_else(|| Refusal::new("push_limit_reached"))?;
    Ok(shown(call, &opened))
}

fn update(call: &mut Call<'_>) -> Answer {
    let by_id = call.params.text("view_id");
    let by_name = call.params.text("external_id");
    let found = call.world.views.values().find(|view| match (&by_id, &by_name) {
        (Some(id), _) => view.id == *id,
        (None, Some(name)) => view.field("external_id") == name,
        (None, None) => false,
    });
    let current = found.cloned().ok_or_else(|| Refusal::new("not_found"))?;
    let expected = if current.field("type") == "home" { Expected::Home } else { Expected::Modal };
    let view = definition(call, expected)?;
    if call.params.text("hash").is_some_and(|hash| hash != current.hash) {
        return Err(Refusal::new("hash_conflict"));
    }
    if call.world.external_id_taken(&view, Some(&current.id)) {
        return Err(Refusal::new("duplicate_external_id"));
    }
    let updated = call.world.update_view(&current.id, view).ok_or_else(|| Refusal::new("not_found"))?;
    Ok(shown(call, &updated))
}

fn publish(call: &mut Call<'_>) -> Answer {
    let user = call.params.required("user_id")?;
    let view = definition(call, Expected::Home)?;
    if call.world.workspace.person(&user).is_none() {
        return Err(Refusal::new("invalid_arguments"));
    }
    let current = call.world.homes.get(&user).and_then(|id| call.world.views.get(id));
    let stale = |hash: String| current.is_none_or(|view| view.hash != hash);
    if call.params.text("hash").is_some_and(stale) {
        return Err(Refusal::new("hash_conflict"));
    }
    let published = call.world.publish_home(&user, view);
    Ok(shown(call, &published))
}
