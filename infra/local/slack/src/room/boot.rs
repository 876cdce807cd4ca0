//! What the page needs first: people, channels, commands; and the app's home tab.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{As, person, refuse, reply};
use crate::clock;
use crate::state::{App, Channel, World};
use crate::web_api::reply::Answer;

/// `GET /room/api/boot`.
pub async fn boot(State(app): State<Arc<App>>, Query(me): Query<As>) -> Response {
    reply(app.with(|world| {
        person(world, &me.person)?;
        let workspace = &world.workspace;
        let people: Vec<Value> = workspace
            .people
            .iter()
            .map(|person| {
                let team = workspace.team_of(&person.id);
                json!({
                    "id": person.id, "name": person.name, "real_name": person.real_name, "title": person.title, "tz": person.tz,
                    "is_bot": person.is_bot, "is_restricted": person.is_restricted, "is_stranger": team.id != workspace.team.id,
                    "team_id": team.id, "team_name": team.name, "color": person.color,
                })
            })
            .collect();
        let channels: Vec<Value> = world
            .channels
            .iter()
            .filter(|channel| channel.has(&me.person) && !channel.archived)
            .map(|channel| channel_json(world, channel, &me.person))
            .collect();
        let commands: Vec<Value> = workspace
            .app
            .commands
            .iter()
            .map(|one| json!({"command": one.command, "description": one.description, "usage_hint": one.usage_hint}))
            .collect();
        let shortcuts: Vec<Value> = workspace
            .app
            .shortcuts
            .iter()
            .map(|one| json!({"callback_id": one.callback_id, "name": one.name, "type": one.kind}))
            .collect();
        Ok(json!({
            "team": {"id": workspace.team.id, "name": workspace.team.name}, "me": me.person, "people": people, "channels": channels,
            "commands": commands, "shortcuts": shortcuts,
            "app": {"id": workspace.app.id, "name": workspace.app.name, "bot_user": workspace.app.bot_user},
            "usergroups": workspace.usergroups.iter().map(|group| json!({"id": group.id, "handle": group.handle, "name": group.name})).collect::<Vec<_>>(),
        }))
    }))
}

/// A channel in the side bar. A direct message goes by the name of the other end.
pub fn channel_json(world: &World, channel: &Channel, me: &str) -> Value {
    let counterpart = channel.counterpart(me);
    let name = counterpart.and_then(|id| world.workspace.person(id)).map_or(channel.name.as_str(), |person| &person.real_name);
    json!({
        "id": channel.id, "name": name, "topic": channel.topic, "purpose": channel.purpose, "unread": channel.unread(me),
        "is_im": counterpart.is_some(), "user": counterpart, "members": channel.members.len(),
    })
}

/// `GET /room/api/home`: looking at the home tab tells the app so, as in Slack.
pub async fn home(State(app): State<Arc<App>>, Query(me): Query<As>) -> Response {
    let answer: Answer = app.with(|world| {
        person(world, &me.person)?;
        let bot = world.workspace.app.bot_user.clone();
        let (direct, _) = world.direct(&bot, &me.person);
        let view = match world.homes.get(&me.person) {
            Some(id) => {
                let view = world.views.get(id).ok_or_else(|| refuse("not_found", "The home tab is gone."))?;
                Some(view.to_json(world))
            }
            None => None,
        };
        let event_ts = clock::to_ts(world.now);
        let mut event = json!({"type": "app_home_opened", "user": me.person, "channel": direct, "tab": "home", "event_ts": event_ts});
        if let Some(view) = &view {
            event["view"] = view.clone();
        }
        world.notify("app_home_opened", None, event);
        Ok(json!({"view": view}))
    });
    reply(answer)
}
