//! What people post in rooms whose messages are kept or played: Slack's message events, without Slack's shapes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, PersonId};
use crate::rights::Asker;

/// Something that happened to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Where.
    pub channel: ChannelId,
    /// The message's `ts`.
    pub ts: String,
    /// When it happened: of a reaction, an edit or a deletion that is later than `ts`.
    pub at: Timestamp,
    /// What.
    pub what: PostingChange,
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum PostingChange {
    /// It was written, edited, or Slack has found out what its links lead to.
    Written(Written),
    /// It was deleted.
    Deleted {
        /// The `ts` of the thread's first message, if it was a reply, as far as Slack says it.
        #[serde(default)]
        thread: Option<String>,
    },
    /// Somebody reacts to it, or no longer does.
    Reacted {
        /// Who, with the team as far as Slack says it.
        by: PersonId,
        /// The emoji's name without colons; skin tones may follow: `thumbsup::skin-tone-2`.
        emoji: String,
        /// Whether the reaction was added.
        added: bool,
    },
}

/// A person's message. Apps' messages never become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Who wrote it, and where.
    pub asker: Asker,
    /// The `ts` of the thread's first message, if it is a reply.
    pub thread: Option<String>,
    /// The words, without what stands in code and quotes.
    pub text: String,
    /// The links in those words.
    pub links: Vec<PostedLink>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Whether files came with it.
    pub has_files: bool,
}

/// A link in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedLink {
    /// As it was posted.
    pub url: String,
    /// From Slack's own unfurl, once there is one ("Unfurling links in messages").
    pub title: Option<String>,
    /// Likewise.
    pub description: Option<String>,
    /// The site's name, likewise: `Spotify`.
    pub service: Option<String>,
}
