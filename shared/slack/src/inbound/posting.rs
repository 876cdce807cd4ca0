//! Messages and reactions of people, as rooms that keep or play what is posted read them ("`message` event", "`reaction_added` event",
//! `docs.slack.dev/reference/events`).
//!
//! What a person wrote stands in a message's `blocks` as rich text; there code and quotes are told from words without guessing. A message without blocks
//! is read from its `text`, where they are markup.

use jiff::Timestamp;
use opsroom_domain::bytes::message::moment;
use opsroom_domain::ids::{ChannelId, PersonId, TeamId};
use opsroom_domain::posting::{PostedLink, Posting, PostingChange, Written};
use opsroom_domain::rights::Asker;
use serde::Deserialize;
use serde_json::Value;

use super::rich_words::{Words, of_blocks, of_text};

/// So much of what was written travels on; the rest says nothing about a link or a song.
const LONGEST_TEXT: usize = 3000;
/// So many links of a message travel on.
const MOST_LINKS: usize = 20;
/// So much of a title or a description does.
const LONGEST_WORDS: usize = 600;

/// A message in any of its shapes.
#[derive(Deserialize)]
struct Message {
    subtype: Option<String>,
    user: Option<String>,
    user_team: Option<String>,
    source_team: Option<String>,
    team: Option<String>,
    channel: Option<String>,
    ts: Option<String>,
    thread_ts: Option<String>,
    text: Option<String>,
    blocks: Option<Value>,
    #[serde(default)]
    attachments: Vec<Value>,
    #[serde(default)]
    files: Vec<Value>,
    edited: Option<Edited>,
    bot_id: Option<String>,
    bot_profile: Option<Value>,
    hidden: Option<bool>,
    deleted_ts: Option<String>,
    event_ts: Option<String>,
    message: Option<Box<Self>>,
}

#[derive(Deserialize)]
struct Edited {
    ts: Option<String>,
}

#[derive(Deserialize)]
struct Reaction {
    user: Option<String>,
    reaction: Option<String>,
    item: Option<Item>,
    event_ts: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "type")]
    kind: Option<String>,
    channel: Option<String>,
    ts: Option<String>,
}

/// What the envelope knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// The workspace that the event belongs to; nobody's in a channel that is shared with others.
    pub(super) team: Option<&'a str>,
    /// When Slack sent it.
    pub(super) sent_at: Option<Timestamp>,
}

/// What a `message` event says of a person's message; `None` for apps' messages, files without words, joins and all else.
pub(super) fn of_message(event: &Value, around: Around<'_>) -> Option<Posting> {
    let event: Message = serde_json::from_value(event.clone()).ok()?;
    let channel = ChannelId::new(event.channel.clone()?);
    let at = event.event_ts.as_deref().and_then(moment).or(around.sent_at);
    match event.subtype.as_deref() {
        None | Some("thread_broadcast" | "file_share") => written(&event, &channel, around, at),
        Some("message_changed") => {
            let message = event.message.as_deref()?;
            // What was deleted but has a thread stays as a headstone.
            if message.subtype.as_deref() == Some("tombstone") || message.hidden == Some(true) {
                return deleted(message.ts.clone()?, channel, at);
            }
            written(message, &channel, around, at)
        }
        Some("message_deleted") => deleted(event.deleted_ts?, channel, at),
        Some(_) => None,
    }
}

/// What a `reaction_added` or `reaction_removed` event says.
pub(super) fn of_reaction(event: &Value, added: bool, around: Around<'_>) -> Option<Posting> {
    let event: Reaction = serde_json::from_value(event.clone()).ok()?;
    let item = event.item.filter(|item| item.kind.as_deref() == Some("message"))?;
    let by = PersonId::new(event.user.filter(|user| !user.is_empty())?);
    let emoji = event.reaction.filter(|emoji| !emoji.is_empty() && emoji.chars().count() <= 200)?;
    let at = event.event_ts.as_deref().and_then(moment).or(around.sent_at)?;
    Some(Posting { channel: ChannelId::new(item.channel?), ts: item.ts?, at, what: PostingChange::Reacted { by, emoji, added } })
}

fn deleted(ts: String, channel: ChannelId, at: Option<Timestamp>) -> Option<Posting> {
    let at = at.or_else(|| moment(&ts))?;
    Some(Posting { channel, ts, at, what: PostingChange::Deleted })
}

fn written(message: &Message, channel: &ChannelId, around: Around<'_>, at: Option<Timestamp>) -> Option<Posting> {
    let is_a_persons = matches!(message.subtype.as_deref(), None | Some("thread_broadcast" | "file_share"))
        && message.bot_id.is_none()
        && message.bot_profile.is_none();
    if !is_a_persons {
        return None;
    }
    let person = PersonId::new(message.user.clone().filter(|user| !user.is_empty())?);
    let team = [&message.user_team, &message.source_team].into_iter().flatten().next().map(String::as_str);
    let team = team.or(around.team.and(message.team.as_deref())).or(around.team);
    let ts = message.ts.clone()?;
    let words = words(message);
    // A command that all may see stands in the channel as if it had been said.
    if words.text.starts_with('/') {
        return None;
    }
    let links = words.links.iter().take(MOST_LINKS).map(|url| unfurled(url, &message.attachments)).collect();
    let written = Written {
        asker: Asker { person, team: TeamId::new(team.unwrap_or_default()), channel: channel.clone() },
        thread: message.thread_ts.clone(),
        text: words.text.chars().take(LONGEST_TEXT).collect(),
        links,
        edited_at: message.edited.as_ref().and_then(|edited| edited.ts.as_deref()).and_then(moment),
        has_files: !message.files.is_empty(),
    };
    let at = at.or_else(|| moment(&ts))?;
    Some(Posting { channel: channel.clone(), ts, at, what: PostingChange::Written(written) })
}

fn words(message: &Message) -> Words {
    let of_blocks = message.blocks.as_ref().and_then(of_blocks);
    of_blocks.unwrap_or_else(|| of_text(message.text.as_deref().unwrap_or_default()))
}

/// A link with what Slack has found out about it. An unfurl names the link as it was posted (`from_url`, `original_url`).
fn unfurled(url: &str, attachments: &[Value]) -> PostedLink {
    let is_of = |attachment: &&Value| {
        ["from_url", "original_url", "title_link"].iter().any(|field| attachment[*field].as_str().is_some_and(|of| same(of, url)))
    };
    let unfurl = attachments.iter().find(is_of);
    let field = |names: &[&str]| {
        let unfurl = unfurl?;
        let found = names.iter().find_map(|name| unfurl[*name].as_str().filter(|text| !text.trim().is_empty()))?;
        Some(super::as_typed(found).chars().take(LONGEST_WORDS).collect())
    };
    PostedLink { url: url.to_owned(), title: field(&["title"]), description: field(&["text"]), service: field(&["service_name"]) }
}

/// Slack tells addresses with and without the slash at the end.
fn same(one: &str, other: &str) -> bool {
    super::as_typed(one).trim_end_matches('/') == other.trim_end_matches('/')
}

#[cfg(test)]
#[path = "posting_tests.rs"]
mod tests;
