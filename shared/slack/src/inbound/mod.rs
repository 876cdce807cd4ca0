//! What Slack sends, as typed values. The wire types read only what is used and take everything else as it comes: Slack adds
//! fields and kinds without notice, and a door must not fail on them.

mod event;
mod interaction;
mod mentions;
mod posting;
mod rich_words;
mod slash;
mod typed;

pub use event::{AppMention, Envelope, Event, Happening, Said};
pub use interaction::{Interaction, Press, Submission};
pub use slash::SlashCommand;
pub use typed::as_typed;

/// Why bytes that Slack signed can't be read. The message holds none of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InboundError {
    /// Not `application/x-www-form-urlencoded` as Slack sends it.
    #[error("the form can't be read")]
    Form,
    /// Not the JSON that Slack sends.
    #[error("the JSON can't be read (line {line}, column {column})")]
    Json {
        /// Where.
        line: usize,
        /// Where.
        column: usize,
    },
    /// Something is missing without which it can't be answered.
    #[error("`{0}` is missing")]
    Missing(&'static str),
}

impl From<serde_json::Error> for InboundError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json { line: error.line(), column: error.column() }
    }
}

/// A field that must be there and not be empty.
fn required(value: Option<String>, name: &'static str) -> Result<String, InboundError> {
    value.filter(|value| !value.is_empty()).ok_or(InboundError::Missing(name))
}
