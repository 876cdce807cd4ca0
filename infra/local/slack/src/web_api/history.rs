//! Reading back: `conversations.history` (newest first) and `conversations.replies` (oldest first).

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method, page};
use crate::clock::{Micros, from_ts};
use crate::state::Message;

const READ: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];

pub const METHODS: &[Method] = &[
    Method { name: "conversations.history", scopes: READ, run: history },
    Method { name: "conversations.replies", scopes: READ, run: replies },
];

/// The window of time that `oldest`, `latest` and `inclusive` describe.
struct Window {
    oldest: Option<Micros>,
    latest: Option<Micros>,
    inclusive: bool,
}

impl Window {
    fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let bound = |name: &str, error: &str| match call.params.text(name) {
            None => Ok(None),
            Some(text) => from_ts(&text).map(Some).ok_or_else(|| Refusal::new(error)),
        };
        Ok(Self {
            oldest: bound("oldest", "invalid_ts_oldest")?,
            latest: bound("latest", "invalid_ts_latest")?,
            inclusive: call.params.flag("inclusive"),
        })
    }

    fn has(&self, at: Micros) -> bool {
        let after = self.oldest.is_none_or(|oldest| at > oldest || (self.inclusive && at == oldest));
        let before = self.latest.is_none_or(|latest| at < latest || (self.inclusive && at == latest));
        after && before
    }
}

fn history(call: &mut Call<'_>) -> Answer {
    let id = call.readable()?;
    let window = Window::read(call)?;
    let channel = call.world.channel(&id).ok_or_else(|| Refusal::new("channel_not_found"))?;
    let shown = |message: &&Message| message.content.only_for.is_none() && !message.hidden_in_thread() && window.has(message.at);
    let newest_first: Vec<&Message> = channel.messages.iter().rev().filter(shown).collect();
    let (messages, next) = page(newest_first, call.params, 100, 999)?;
    let mut answer = listing(call, &messages, &next);
    answer["pin_count"] = json!(channel.pins.len());
    answer["latest"] = json!(call.params.text("latest"));
    Ok(answer)
}

fn replies(call: &mut Call<'_>) -> Answer {
    let id = call.readable()?;
    let wanted = call.params.required("ts")?;
    let window = Window::read(call)?;
    let channel = call.world.channel(&id).ok_or_else(|| Refusal::new("channel_not_found"))?;
    let root = channel.message(&wanted).ok_or_else(|| Refusal::new("thread_not_found"))?;
    // The `ts` of a reply gives that reply alone.
    let alone = root.content.thread_ts.as_deref().is_some_and(|parent| parent != wanted);
    let belongs = |message: &&Message| {
        let ts = message.ts();
        message.content.only_for.is_none()
            && if alone { ts == wanted } else { message.in_thread(&wanted) && (ts == wanted || window.has(message.at)) }
    };
    let oldest_first: Vec<&Message> = channel.messages.iter().filter(belongs).collect();
    let (messages, next) = page(oldest_first, call.params, 1000, 1000)?;
    Ok(listing(call, &messages, &next))
}

fn listing(call: &Call<'_>, messages: &[&Message], next: &str) -> Value {
    let with_metadata = call.params.flag("include_all_metadata");
    let objects: Vec<Value> = messages.iter().map(|message| message.to_json(&call.world.workspace, with_metadata)).collect();
    let mut answer = json!({"messages": objects, "has_more": !next.is_empty()});
    if !next.is_empty() {
        answer["response_metadata"] = json!({"next_cursor": next});
    }
    answer
}
