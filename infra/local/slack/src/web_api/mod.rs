//! Slack's Web API under `/api/<method>`. One registry lists the methods; a call goes through faults, token, scope, pace and only
//! then to its method, and is logged without its token.

pub mod params;
pub mod reply;

mod auth;
mod chat;
mod chat_more;
mod conversations;
mod directory;
mod files;
mod history;
mod pins;
mod reactions;
mod views;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

pub use files::{download, upload};

use crate::clock;
use crate::connection::Cut;
use crate::control::faults::{self, Effect};
use crate::state::{App, Author, Channel, Config, Kind, World};
use params::Params;
use reply::{Answer, Refusal, to_response};

/// Who calls, by token.
#[derive(Debug, Clone)]
pub struct Identity {
    pub user: String,
    pub bot: bool,
    pub scopes: Vec<String>,
}

/// One call, under the lock.
pub struct Call<'a> {
    pub world: &'a mut World,
    pub who: &'a Identity,
    pub params: &'a Params,
}

/// A method: its name, the scopes of which the token needs one, and what it does.
pub struct Method {
    pub name: &'static str,
    pub scopes: &'static [&'static str],
    pub run: fn(&mut Call<'_>) -> Answer,
}

// Some methods never refuse, but all have one type.
const METHODS: &[&[Method]] = &[
    auth::METHODS,
    chat::METHODS,
    chat_more::METHODS,
    conversations::METHODS,
    directory::METHODS,
    files::METHODS,
    history::METHODS,
    pins::METHODS,
    reactions::METHODS,
    views::METHODS,
];

/// The route of every method.
pub async fn call(
    State(app): State<Arc<App>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = match Params::read(&headers, query.as_deref(), &body) {
        Ok(params) => params,
        Err(refusal) => return to_response(Err(refusal), None),
    };
    let channel = params.text("channel").or_else(|| params.text("channel_id"));
    let fault = app.with(|world| faults::strike(&mut world.faults, &method, channel.as_deref()));
    let entry = |answer: &Answer, user: Option<&str>| {
        json!({
            "time": clock::timestamp(clock::now()).to_string(), "method": method, "user": user, "channel": channel,
            "ok": answer.is_ok(), "error": answer.as_ref().err().map(|refusal| refusal.error.clone()),
            "status": answer.as_ref().map_or_else(|refusal| refusal.status, |_| 200),
            "ts": answer.as_ref().ok().and_then(|value| value.get("ts").or_else(|| value.get("message_ts")).cloned()),
            "fault": fault.as_ref().map(Effect::name), "scopes": find(&method).map(|method| method.scopes),
        })
    };
    match &fault {
        Some(Effect::Error { status, error, retry_after }) => {
            let answer = Err(Refusal { status: *status, retry_after: *retry_after, ..Refusal::new(error.clone()) });
            app.with(|world| world.log_call(entry(&answer, None)));
            return to_response(answer, None);
        }
        Some(Effect::Drop) => {
            let answer = Err(Refusal::new("connection_dropped"));
            app.with(|world| world.log_call(entry(&answer, None)));
            cut.sever();
            return to_response(answer, None);
        }
        Some(Effect::Delay { ms, after: false }) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        _ => {}
    }
    let token = params::token(&headers, &params);
    let (answer, who) = app.with(|world| {
        let who = identify(world, &app.config, token.as_deref());
        let answer = who.as_ref().map_err(Clone::clone).and_then(|who| answer(world, who, &method, &params));
        world.log_call(entry(&answer, who.as_ref().ok().map(|who| who.user.as_str())));
        (answer, who)
    });
    match fault {
        Some(Effect::DropAfter) => cut.sever(),
        Some(Effect::Delay { ms, after: true }) => tokio::time::sleep(Duration::from_millis(ms)).await,
        _ => {}
    }
    to_response(answer, who.ok().map(|who| who.scopes.join(",")).as_deref())
}

fn identify(world: &World, config: &Config, token: Option<&str>) -> Result<Identity, Refusal> {
    let token = token.ok_or_else(|| Refusal::new("not_authed"))?;
    let app = &world.workspace.app;
    if token == config.bot_token {
        return Ok(Identity { user: app.bot_user.clone(), bot: true, scopes: app.bot_scopes.clone() });
    }
    let person = world.workspace.people.iter().find(|person| person.token.as_deref() == Some(token));
    let person = person.ok_or_else(|| Refusal::new("invalid_auth"))?;
    Ok(Identity { user: person.id.clone(), bot: false, scopes: app.user_scopes.clone() })
}

fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().copied().flatten().find(|method| method.name == name)
}

fn answer(world: &mut World, who: &Identity, name: &str, params: &Params) -> Answer {
    let method = find(name).ok_or_else(|| Refusal::new("unknown_method").with("req_method", json!(name)))?;
    if !method.scopes.is_empty() && !method.scopes.iter().any(|scope| who.scopes.iter().any(|given| given == scope)) {
        let needed = method.scopes.join(",");
        return Err(Refusal::new("missing_scope").with("needed", json!(needed)).with("provided", json!(who.scopes.join(","))));
    }
    let channel = params.text("channel").unwrap_or_default();
    let now = world.now;
    world.settings.rates.admit(&mut world.buckets, name, &who.user, channel.trim_start_matches('#'), now).map_err(Refusal::rate_limited)?;
    (method.run)(&mut Call { world, who, params })
}

impl Call<'_> {
    /// The author that the caller's messages have.
    pub fn author(&self) -> Author {
        Author { user: self.who.user.clone(), bot: self.who.bot }
    }

    /// The conversation that the arguments name, if the caller may know of it. Names work where Slack takes them.
    pub fn channel(&self) -> Result<&Channel, Refusal> {
        let wanted = self.params.required("channel")?;
        self.find_channel(&wanted)
    }

    /// A conversation by id or name.
    pub fn find_channel(&self, wanted: &str) -> Result<&Channel, Refusal> {
        let channel = self.world.channel(wanted).or_else(|| self.world.channel_named(wanted));
        let visible = |channel: &&Channel| channel.kind == Kind::Public || channel.has(&self.who.user);
        channel.filter(visible).ok_or_else(|| Refusal::new("channel_not_found"))
    }

    /// The id of a conversation in which the caller may write.
    pub fn writable(&self, wanted: &str) -> Result<String, Refusal> {
        let channel = self.find_channel(wanted)?;
        if channel.archived {
            return Err(Refusal::new("is_archived"));
        }
        if !channel.has(&self.who.user) && !self.who.scopes.iter().any(|scope| scope == "chat:write.public") {
            return Err(Refusal::new("not_in_channel"));
        }
        Ok(channel.id.clone())
    }

    /// The id of a conversation that the caller may read. Bots read only where they are members.
    pub fn readable(&self) -> Result<String, Refusal> {
        let channel = self.channel()?;
        if self.who.bot && !channel.has(&self.who.user) {
            return Err(Refusal::new("not_in_channel"));
        }
        Ok(channel.id.clone())
    }

    /// A structured argument, or the given error if it is no JSON.
    pub fn structure(&self, name: &str, error: &str) -> Result<Option<Value>, Refusal> {
        self.params.json(name).map_err(|()| Refusal::new(error))
    }
}

/// One page of a list: the items, and the cursor of the next page if there is one.
pub fn page<T>(items: Vec<T>, params: &Params, default: usize, most: usize) -> Result<(Vec<T>, String), Refusal> {
    let limit = match params.text("limit") {
        None => default,
        Some(text) => text.parse::<usize>().ok().filter(|limit| *limit <= most).ok_or_else(|| Refusal::new("invalid_limit"))?,
    };
    let limit = if limit == 0 { default } else { limit };
    let start = match params.text("cursor") {
        None => 0,
        Some(cursor) => cursor.strip_prefix("next:").and_then(|text| text.parse().ok()).ok_or_else(|| Refusal::new("invalid_cursor"))?,
    };
    let total = items.len();
    let page: Vec<T> = items.into_iter().skip(start).take(limit).collect();
    let end = start + page.len();
    let next = if end < total { format!("next:{end}") } else { String::new() };
    Ok((page, next))
}
