//! Messages, private answers and dialogs.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Dialogs, Form, Messenger, Permalinks, PortError, Posted, SlackError};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::room_message::SENDING_LEASE;
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::Failure;
use super::{SlackClient, TokenSource};
use crate::blocks;

/// Says which metadata is ours.
const EVENT_TYPE: &str = "opsroom_message";
/// Slack's clock and ours differ; what we sent may look a little older than our mark.
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_secs(2);
const PAGE: &str = "200";
const PAGES: usize = 5;

#[derive(Deserialize)]
struct Done {}

#[derive(Deserialize)]
struct Sent {
    ts: String,
}

#[derive(Deserialize)]
struct Conversation {
    channel: Place,
}

#[derive(Deserialize)]
struct Place {
    id: String,
}

#[derive(Deserialize)]
struct Opened {
    view: View,
}

#[derive(Deserialize)]
struct View {
    id: String,
}

#[derive(Deserialize)]
struct Address {
    permalink: String,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    messages: Vec<Found>,
    response_metadata: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next_cursor: String,
}

#[derive(Deserialize)]
struct Found {
    ts: String,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    event_type: String,
    #[serde(default)]
    event_payload: Value,
}

impl Found {
    fn is(&self, key: &MessageKey) -> bool {
        self.metadata.as_ref().is_some_and(|m| m.event_type == EVENT_TYPE && m.event_payload["key"] == key.as_str())
    }
}

impl<T: TokenSource> SlackClient<T> {
    /// Where a channel's messages are. What is said to a person is in the conversation with them, whose id is asked for: a message can be
    /// posted to a member's id, but not looked for or changed there ("conversations.open").
    async fn place<'a>(&self, channel: &'a ChannelId) -> Result<Cow<'a, str>, Failure> {
        if !channel.as_str().starts_with(['U', 'W']) {
            return Ok(channel.as_str().into());
        }
        let opened: Conversation = self.post_json("conversations.open", &json!({"users": channel})).await?;
        Ok(opened.channel.id.into())
    }

    async fn look(&self, channel: &ChannelId, thread: Option<&str>, key: &MessageKey, since: Timestamp) -> Result<Option<Posted>, Failure> {
        let oldest = since.checked_sub(CLOCK_DIFFERENCE).unwrap_or(since);
        // Its sender was given up long before that. However late one looks, there are no more pages than a minute fills.
        let latest = since.checked_add(SENDING_LEASE).and_then(|end| end.checked_add(CLOCK_DIFFERENCE)).unwrap_or(since);
        let (oldest, latest) = (ts(oldest), ts(latest));
        let place = self.place(channel).await?;
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let mut parameters = vec![
                ("channel", place.as_ref()),
                ("oldest", oldest.as_str()),
                ("latest", latest.as_str()),
                ("inclusive", "true"),
                ("include_all_metadata", "true"),
                ("limit", PAGE),
            ];
            parameters.extend(thread.map(|ts| ("ts", ts)));
            if !cursor.is_empty() {
                parameters.push(("cursor", cursor.as_str()));
            }
            let method = if thread.is_some() { "conversations.replies" } else { "conversations.history" };
            let page: Page = self.get_with(method, &parameters).await?;
            if let Some(found) = page.messages.iter().find(|message| message.is(key)) {
                return Ok(Some(Posted { ts: found.ts.clone() }));
            }
            match page.response_metadata.filter(|next| !next.next_cursor.is_empty()) {
                Some(next) => cursor = next.next_cursor,
                None => return Ok(None),
            }
        }
        // Not "it isn't there": a message more would be shown twice.
        Err(Failure::NoAnswer { source: format!("{PAGES} pages of history without an end").into() })
    }
}

/// A moment as Slack writes it.
fn ts(at: Timestamp) -> String {
    let microseconds = at.as_microsecond();
    format!("{}.{:06}", microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000))
}

/// What every message has in common.
fn content(card: &Card) -> Value {
    let message = blocks::message(card);
    json!({
        "text": message.text, "blocks": message.blocks, "attachments": message.attachments,
        "unfurl_links": false, "unfurl_media": false,
    })
}

fn keyed(card: &Card, key: &MessageKey) -> Value {
    let mut body = content(card);
    body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": {"key": key}});
    body
}

impl<T: TokenSource> Messenger for SlackClient<T> {
    async fn post(&self, channel: &ChannelId, thread: Option<&str>, key: &MessageKey, card: &Card) -> Result<Posted, SlackError> {
        let mut body = keyed(card, key);
        body["channel"] = self.place(channel).await.map_err(|f| f.into_slack("slack:conversations.open"))?.into();
        if let Some(thread) = thread {
            body["thread_ts"] = thread.into();
        }
        let sent: Sent = self.post_json("chat.postMessage", &body).await.map_err(|f| f.into_slack("slack:chat.postMessage"))?;
        Ok(Posted { ts: sent.ts })
    }

    async fn update(&self, channel: &ChannelId, ts: &str, key: &MessageKey, card: &Card) -> Result<(), SlackError> {
        let mut body = keyed(card, key);
        body["channel"] = self.place(channel).await.map_err(|f| f.into_slack("slack:conversations.open"))?.into();
        body["ts"] = ts.into();
        self.post_json("chat.update", &body).await.map(|Done {}| ()).map_err(|f| f.into_slack("slack:chat.update"))
    }

    async fn find(
        &self,
        channel: &ChannelId,
        thread: Option<&str>,
        key: &MessageKey,
        since: Timestamp,
    ) -> Result<Option<Posted>, SlackError> {
        self.look(channel, thread, key, since).await.map_err(|f| f.into_slack("slack:conversations.history"))
    }

    async fn post_private(&self, channel: &ChannelId, person: &PersonId, thread: Option<&str>, card: &Card) -> Result<(), SlackError> {
        let mut body = content(card);
        body["channel"] = channel.as_str().into();
        body["user"] = person.as_str().into();
        if let Some(thread) = thread {
            body["thread_ts"] = thread.into();
        }
        self.post_json("chat.postEphemeral", &body).await.map(|Done {}| ()).map_err(|f| f.into_slack("slack:chat.postEphemeral"))
    }

    async fn respond(&self, url: &str, card: &Card, replaces: bool) -> Result<(), SlackError> {
        let Some(url) = self.response_urls.accept(url) else {
            return Err(SlackError::Refused { error: "foreign_response_url".into() });
        };
        let mut body = content(card);
        body["response_type"] = "ephemeral".into();
        body["replace_original"] = replaces.into();
        self.answer(url, &body).await.map_err(|f| f.into_slack("slack:response_url"))
    }

    async fn update_view(&self, view: &str, title: &str, card: &Card) -> Result<(), SlackError> {
        let body = json!({"view_id": view, "view": blocks::view(title, card)});
        self.post_json("views.update", &body).await.map(|Done {}| ()).map_err(|f| f.into_slack("slack:views.update"))
    }

    async fn publish_home(&self, person: &PersonId, card: &Card) -> Result<(), SlackError> {
        let body = json!({"user_id": person, "view": blocks::home(card)});
        self.post_json("views.publish", &body).await.map(|Done {}| ()).map_err(|f| f.into_slack("slack:views.publish"))
    }
}

impl<T: TokenSource> Permalinks for SlackClient<T> {
    async fn permalink(&self, channel: &ChannelId, ts: &str) -> Result<Option<String>, PortError> {
        match self.get_with::<Address>("chat.getPermalink", &[("channel", channel.as_str()), ("message_ts", ts)]).await {
            Ok(address) => Ok(Some(address.permalink)),
            Err(Failure::Refused { error }) if matches!(error.as_str(), "message_not_found" | "channel_not_found") => Ok(None),
            Err(failure) => Err(failure.into_port("slack:chat.getPermalink")),
        }
    }
}

impl<T: TokenSource> Dialogs for SlackClient<T> {
    async fn open(&self, trigger: &str, title: &str, card: &Card) -> Result<String, SlackError> {
        let body = json!({"trigger_id": trigger, "view": blocks::view(title, card)});
        let opened: Opened = self.post_json("views.open", &body).await.map_err(|f| f.into_slack("slack:views.open"))?;
        Ok(opened.view.id)
    }

    async fn ask(&self, trigger: &str, form: &Form) -> Result<(), SlackError> {
        let body = json!({"trigger_id": trigger, "view": blocks::form(form)});
        self.post_json("views.open", &body).await.map(|Done {}| ()).map_err(|f| f.into_slack("slack:views.open"))
    }
}
