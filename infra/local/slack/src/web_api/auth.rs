//! Who am I, and is anybody there: `auth.test`, `api.test`, `bots.info`, `team.info`, `emoji.list`.

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method};

pub const METHODS: &[Method] = &[
    Method { name: "api.test", scopes: &[], run: api_test },
    Method { name: "auth.test", scopes: &[], run: auth_test },
    Method { name: "bots.info", scopes: &["users:read"], run: bot },
    Method { name: "team.info", scopes: &["team:read"], run: team },
    Method { name: "emoji.list", scopes: &["emoji:read"], run: emoji },
];

fn api_test(call: &mut Call<'_>) -> Answer {
    let mut arguments = call.params.0.clone();
    arguments.remove("token");
    match call.params.text("error") {
        Some(error) => Err(Refusal::new(error).with("args", Value::Object(arguments))),
        None => Ok(json!({"args": arguments})),
    }
}

#[allow(clippy::unnecessary_wraps)]
fn auth_test(call: &mut Call<'_>) -> Answer {
    let workspace = &call.world.workspace;
    let team = workspace.team_of(&call.who.user);
    let name = workspace.person(&call.who.user).map(|person| person.name.clone());
    let mut answer = json!({
        "url": format!("https://{}.slack.com/", team.domain), "team": team.name, "team_id": team.id,
        "user": name, "user_id": call.who.user, "is_enterprise_install": false,
    });
    if call.who.bot {
        answer["bot_id"] = json!(workspace.app.bot_id);
    }
    Ok(answer)
}

fn bot(call: &mut Call<'_>) -> Answer {
    let app = &call.world.workspace.app;
    if call.params.text("bot").is_some_and(|wanted| wanted != app.bot_id) {
        return Err(Refusal::new("bot_not_found"));
    }
    Ok(json!({"bot": {
        "id": app.bot_id, "deleted": false, "name": app.name, "updated": 1_700_000_000, "app_id": app.id, "user_id": app.bot_user, "icons": {},
    }}))
}

#[allow(clippy::unnecessary_wraps)]
fn team(call: &mut Call<'_>) -> Answer {
    let team = &call.world.workspace.team;
    Ok(json!({"team": {
        "id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "url": format!("https://{}.slack.com/", team.domain),
        "icon": {"image_default": true},
    }}))
}

#[allow(clippy::unnecessary_wraps)]
fn emoji(call: &mut Call<'_>) -> Answer {
    Ok(json!({"emoji": call.world.workspace.emoji, "cache_ts": crate::clock::to_ts(call.world.now)}))
}
