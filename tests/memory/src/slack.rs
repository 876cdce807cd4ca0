//! A Slack in memory: what was posted, changed and answered.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Messenger, PortError, PortErrorKind, Posted, SlackError};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};

use crate::{Moment, lock};

/// A message in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomPost {
    /// Where.
    pub channel: ChannelId,
    /// The thread's first message.
    pub thread: Option<String>,
    /// Slack's name for it.
    pub ts: String,
    /// From its metadata.
    pub key: MessageKey,
    /// Everything it ever showed; the last one is what it shows.
    pub cards: Vec<Card>,
}

/// What a planned call answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlackFailure {
    /// HTTP 429.
    RateLimited(SignedDuration),
    /// An error code.
    Refused(String),
    /// `message_not_found`.
    MessageGone,
    /// No answer, before or after it was done.
    Lost(Moment),
}

/// What this Slack has seen.
#[derive(Debug, Default)]
pub struct SlackState {
    /// Messages, oldest first.
    pub posts: Vec<RoomPost>,
    /// Messages for one person's eyes.
    pub private: Vec<(ChannelId, PersonId, Option<String>, Card)>,
    /// Answers by `response_url`.
    pub responses: Vec<(String, Card)>,
    /// Contents of dialogs: id, title, card.
    pub views: Vec<(String, String, Card)>,
    /// Home tabs: whose, and what they show; each publishing.
    pub homes: Vec<(PersonId, Card)>,
    /// Triggers that opened a dialog; each does once.
    pub triggers: Vec<String>,
    /// How often the history was asked.
    pub searches: usize,
    /// Failures to come, by the name of the port's method. Each strikes once.
    pub planned: Vec<(&'static str, SlackFailure)>,
}

/// A Slack in memory.
#[derive(Debug, Default)]
pub struct MemorySlack {
    /// What it has seen.
    pub state: Mutex<SlackState>,
}

impl MemorySlack {
    /// Lets the next call of a method fail.
    pub fn plan(&self, method: &'static str, failure: SlackFailure) {
        lock(&self.state).planned.push((method, failure));
    }

    /// What is shown in a channel, oldest message first.
    pub fn shown_in(&self, channel: &ChannelId) -> Vec<Card> {
        let state = lock(&self.state);
        state.posts.iter().filter(|post| post.channel == *channel).filter_map(|post| post.cards.last().cloned()).collect()
    }

    /// Deletes a message, as a person can.
    pub fn delete(&self, ts: &str) {
        lock(&self.state).posts.retain(|post| post.ts != ts);
    }

    fn around<R>(&self, method: &'static str, work: impl FnOnce(&mut SlackState) -> Result<R, SlackError>) -> Result<R, SlackError> {
        let mut state = lock(&self.state);
        let planned = state.planned.iter().position(|(name, _)| *name == method).map(|at| state.planned.remove(at).1);
        let lost = || Err(SlackError::Unknown(PortError::new(PortErrorKind::Transient, method, "a planned failure")));
        match planned {
            None => work(&mut state),
            Some(SlackFailure::RateLimited(retry_after)) => Err(SlackError::RateLimited { retry_after }),
            Some(SlackFailure::Refused(error)) => Err(SlackError::Refused { error }),
            Some(SlackFailure::MessageGone) => Err(SlackError::MessageGone),
            Some(SlackFailure::Lost(Moment::Before)) => lost(),
            Some(SlackFailure::Lost(Moment::After)) => {
                work(&mut state)?;
                lost()
            }
        }
    }
}

impl Messenger for MemorySlack {
    async fn post(&self, channel: &ChannelId, thread: Option<&str>, key: &MessageKey, card: &Card) -> Result<Posted, SlackError> {
        self.around("post", |state| {
            let ts = format!("{}.000100", 1_790_000_000 + state.posts.len());
            state.posts.push(RoomPost {
                channel: channel.clone(),
                thread: thread.map(str::to_owned),
                ts: ts.clone(),
                key: key.clone(),
                cards: vec![card.clone()],
            });
            Ok(Posted { ts })
        })
    }

    async fn update(&self, channel: &ChannelId, ts: &str, key: &MessageKey, card: &Card) -> Result<(), SlackError> {
        self.around("update", |state| {
            let post = state.posts.iter_mut().find(|post| post.channel == *channel && post.ts == ts).ok_or(SlackError::MessageGone)?;
            post.key = key.clone();
            post.cards.push(card.clone());
            Ok(())
        })
    }

    async fn find(
        &self,
        channel: &ChannelId,
        thread: Option<&str>,
        key: &MessageKey,
        _since: Timestamp,
    ) -> Result<Option<Posted>, SlackError> {
        self.around("find", |state| {
            state.searches += 1;
            let post = state.posts.iter().find(|post| post.channel == *channel && post.thread.as_deref() == thread && post.key == *key);
            Ok(post.map(|post| Posted { ts: post.ts.clone() }))
        })
    }

    async fn post_private(&self, channel: &ChannelId, person: &PersonId, thread: Option<&str>, card: &Card) -> Result<(), SlackError> {
        self.around("post_private", |state| {
            state.private.push((channel.clone(), person.clone(), thread.map(str::to_owned), card.clone()));
            Ok(())
        })
    }

    async fn respond(&self, url: &str, card: &Card, _replaces: bool) -> Result<(), SlackError> {
        self.around("respond", |state| {
            state.responses.push((url.to_owned(), card.clone()));
            Ok(())
        })
    }

    async fn update_view(&self, view: &str, title: &str, card: &Card) -> Result<(), SlackError> {
        self.around("update_view", |state| {
            state.views.push((view.to_owned(), title.to_owned(), card.clone()));
            Ok(())
        })
    }

    async fn publish_home(&self, person: &PersonId, card: &Card) -> Result<(), SlackError> {
        self.around("publish_home", |state| {
            state.homes.push((person.clone(), card.clone()));
            Ok(())
        })
    }
}
