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

use super::mentions::speaks_to;
use super::rich_words::{Words, of_blocks, of_text};

/// So much of what was written travels on; the rest says nothing about a link or a song.
const LONGEST_TEXT: usize = 3000;
/// So many links of a message travel on.
const MOST_LINKS: usize = 20;
/// So much of a title or a description does.
const LONGEST_WORDS: usize = 600;
/// Slack's own voice, which has a person's shape: reminders, and answers that a workspace taught it.
const SLACKBOT: &str = "USLACKBOT";

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
    #[serde(rename = "message")]
    changed: Option<Box<Self>>,
    /// In whatever shape: it mustn't hide a deletion that it can't be read.
    #[serde(rename = "previous_message")]
    previous: Option<Value>,
}

impl Message {
    /// Whether an app, a workflow or Slack itself wrote it.
    fn is_an_apps(&self, around: Around<'_>) -> bool {
        let by = self.user.as_deref().unwrap_or_default();
        self.bot_id.is_some()
            || self.bot_profile.is_some()
            || self.subtype.as_deref() == Some("bot_message")
            || by == SLACKBOT
            || around.is_app(by)
    }

    /// Whether it stands in a thread under another message.
    fn is_reply(&self) -> bool {
        self.thread_ts.is_some() && self.thread_ts != self.ts
    }
}

#[derive(Deserialize)]
struct Edited {
    ts: Option<String>,
}

#[derive(Deserialize)]
struct Reaction {
    user: Option<String>,
    #[serde(rename = "reaction")]
    emoji: Option<String>,
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
    /// The app's own person.
    pub(super) app: Option<&'a str>,
    /// When Slack sent it.
    pub(super) sent_at: Option<Timestamp>,
}

impl Around<'_> {
    fn is_app(self, person: &str) -> bool {
        self.app == Some(person)
    }
}

/// What a `message` event says of a person's message; `None` for apps' messages, commands, files without words, joins and all else.
pub(super) fn of_message(event: &Value, around: Around<'_>) -> Option<Posting> {
    let event: Message = serde_json::from_value(event.clone()).ok()?;
    let channel = ChannelId::new(event.channel.clone()?);
    // An edit's or a deletion's own `ts` is the moment it was made; not all of them have an `event_ts`.
    let at = [&event.event_ts, &event.ts].into_iter().flatten().find_map(|ts| moment(ts)).or(around.sent_at)?;
    match event.subtype.as_deref() {
        None | Some("thread_broadcast" | "file_share") => {
            let found = written(&event, &channel, around, at)?;
            let PostingChange::Written(written) = &found.what else { return Some(found) };
            // A file alone, or code alone, says nothing, unless it answers somebody.
            let says_nothing = written.text.is_empty() && written.links.is_empty() && !event.is_reply();
            (!says_nothing).then_some(found)
        }
        Some("message_changed") => {
            let message = event.changed.as_deref()?;
            // What was deleted but has a thread stays as a headstone.
            if message.subtype.as_deref() == Some("tombstone") || message.hidden == Some(true) {
                return deleted(message.ts.clone()?, event.previous, channel, around, at);
            }
            written(message, &channel, around, at)
        }
        Some("message_deleted") => deleted(event.deleted_ts?, event.previous, channel, around, at),
        Some(_) => None,
    }
}

/// What a `reaction_added` or `reaction_removed` event says. The app's own reactions are signs, and no opinions.
pub(super) fn of_reaction(event: &Value, added: bool, around: Around<'_>) -> Option<Posting> {
    let event: Reaction = serde_json::from_value(event.clone()).ok()?;
    let item = event.item.filter(|item| item.kind.as_deref() == Some("message"))?;
    let by = PersonId::new(event.user.filter(|user| !user.is_empty() && !around.is_app(user))?);
    let emoji = event.emoji.filter(|emoji| !emoji.is_empty() && emoji.chars().count() <= 200)?;
    let at = event.event_ts.as_deref().and_then(moment).or(around.sent_at)?;
    Some(Posting { channel: ChannelId::new(item.channel?), ts: item.ts?, at, what: PostingChange::Reacted { by, emoji, added } })
}

/// Slack tells what was deleted, mostly; an app's own is nobody's loss here.
fn deleted(ts: String, previous: Option<Value>, channel: ChannelId, around: Around<'_>, at: Timestamp) -> Option<Posting> {
    let previous = previous.and_then(|previous| serde_json::from_value::<Message>(previous).ok());
    if previous.as_ref().is_some_and(|previous| previous.is_an_apps(around)) {
        return None;
    }
    let thread = previous.and_then(|previous| previous.thread_ts).filter(|thread| *thread != ts);
    Some(Posting { channel, ts, at, what: PostingChange::Deleted { thread } })
}

fn written(message: &Message, channel: &ChannelId, around: Around<'_>, at: Timestamp) -> Option<Posting> {
    let has_words = matches!(message.subtype.as_deref(), None | Some("thread_broadcast" | "file_share"));
    if !has_words || message.is_an_apps(around) {
        return None;
    }
    let person = PersonId::new(message.user.clone().filter(|user| !user.is_empty())?);
    let team = [&message.user_team, &message.source_team].into_iter().flatten().next().map(String::as_str);
    let team = team.or(around.team.and(message.team.as_deref())).or(around.team);
    let ts = message.ts.clone()?;
    let mut words = words(message);
    // What is said to the app is a command, and so is one that all may see: that one stands in the channel as if it had been said.
    // What an edit makes a command has no more words and links for the room.
    if words.text.starts_with('/') || speaks_to(&words.text, around.app) {
        message.edited.as_ref()?;
        words = Words::default();
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
