//! Slack, as the use cases need it.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::rights::Standing;

use super::PortError;

/// Why Slack did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// HTTP 429: this method in this channel has to wait.
    #[error("Slack asks to wait {retry_after:#}")]
    RateLimited {
        /// How long (`Retry-After`).
        retry_after: SignedDuration,
    },
    /// Slack will never take this: the channel is gone or archived, the app isn't in it, the answer's address has expired.
    #[error("Slack refuses: {error}")]
    Refused {
        /// Slack's error code.
        error: String,
    },
    /// The message to change isn't there any more.
    #[error("Slack no longer has the message")]
    MessageGone,
    /// No answer, or a fault of Slack's. It may have been done all the same.
    #[error(transparent)]
    Unknown(#[from] PortError),
}

/// A message that Slack took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its `ts`.
    pub ts: String,
}

/// Sends and changes messages.
pub trait Messenger: Send + Sync {
    /// `chat.postMessage`, with metadata that carries the key.
    fn post(
        &self,
        channel: &ChannelId,
        thread: Option<&str>,
        key: &MessageKey,
        card: &Card,
    ) -> impl Future<Output = Result<Posted, SlackError>> + Send;

    /// `chat.update`.
    fn update(&self, channel: &ChannelId, ts: &str, key: &MessageKey, card: &Card) -> impl Future<Output = Result<(), SlackError>> + Send;

    /// Looks through the history of a channel, or of a thread in it, for our message with this key
    /// (`conversations.history`, `conversations.replies`). `None` only if it certainly isn't there.
    fn find(
        &self,
        channel: &ChannelId,
        thread: Option<&str>,
        key: &MessageKey,
        since: Timestamp,
    ) -> impl Future<Output = Result<Option<Posted>, SlackError>> + Send;

    /// `chat.postEphemeral`.
    fn post_private(
        &self,
        channel: &ChannelId,
        person: &PersonId,
        thread: Option<&str>,
        card: &Card,
    ) -> impl Future<Output = Result<(), SlackError>> + Send;

    /// Posts to a `response_url`; only the person who asked sees it. With `replaces` it takes the place of what they acted on.
    fn respond(&self, url: &str, card: &Card, replaces: bool) -> impl Future<Output = Result<(), SlackError>> + Send;

    /// `views.update`.
    fn update_view(&self, view: &str, title: &str, card: &Card) -> impl Future<Output = Result<(), SlackError>> + Send;

    /// `views.publish`.
    fn publish_home(&self, person: &PersonId, card: &Card) -> impl Future<Output = Result<(), SlackError>> + Send;
}

/// Tells who people are (`users.info`), and where (`users.conversations`).
pub trait Directory: Send + Sync {
    /// What Slack says of a person. Somebody Slack doesn't know is [`Standing::Deactivated`].
    fn standing(&self, person: &PersonId) -> impl Future<Output = Result<Standing, PortError>> + Send;

    /// In which of some channels a person is now, in the same order. Nothing is remembered: who has left a private room must see nothing of it
    /// from then on. A channel of which Slack doesn't say that they are in it is left out.
    fn present(&self, person: &PersonId, channels: &[ChannelId]) -> impl Future<Output = Result<Vec<ChannelId>, PortError>> + Send;
}

/// Gives the addresses of messages (`chat.getPermalink`).
pub trait Permalinks: Send + Sync {
    /// The address of a message; `None` if it isn't there any more.
    fn permalink(&self, channel: &ChannelId, ts: &str) -> impl Future<Output = Result<Option<String>, PortError>> + Send;
}

/// Opens dialogs (`views.open`).
pub trait Dialogs: Send + Sync {
    /// Opens one and gives its id. A trigger lives three seconds and opens one dialog.
    fn open(&self, trigger: &str, title: &str, card: &Card) -> impl Future<Output = Result<String, SlackError>> + Send;

    /// Opens one that asks for something. What is given comes back as a submission with the form's memory.
    fn ask(&self, trigger: &str, form: &Form) -> impl Future<Output = Result<(), SlackError>> + Send;
}

/// A dialog that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its title, 24 characters at most.
    pub title: String,
    /// What stands above the fields.
    pub content: Card,
    /// What it asks for.
    pub fields: Vec<Field>,
    /// What the button says that sends it, 24 characters at most.
    pub submit: String,
    /// Comes back unchanged with what was written; 3000 characters at most (Slack: `private_metadata`). People can read it.
    pub memory: String,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where what was given is found again; no two of a form have the same.
    pub id: &'static str,
    /// What it is for.
    pub label: String,
    /// Whether it can't be left empty.
    pub required: bool,
    /// What it takes.
    pub input: Input,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Some words.
    Words {
        /// Whether there is room for several lines.
        multiline: bool,
        /// How many characters at most.
        longest: u16,
    },
    /// One of several things.
    Choice {
        /// What each is called in what comes back, and what it says; 100 at most.
        options: Vec<(String, String)>,
        /// The one that is chosen at first.
        initial: Option<usize>,
    },
    /// A person.
    Person,
}

/// Gives the bot token.
pub trait TokenSource: Send + Sync {
    /// The token, cached or read.
    fn token(&self) -> impl Future<Output = Result<String, PortError>> + Send;

    /// Slack refused the token: the next call of [`token`](Self::token) reads it anew.
    fn forget(&self);
}
