//! Text as spans, so that what comes from outside can never become markup.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, PersonId};

/// Text as spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Span>);

/// A stretch of text of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// As it is; markup in it stays visible as typed.
    Plain(String),
    /// Strong.
    Bold(String),
    /// Emphasised.
    Italic(String),
    /// Code in a line.
    Code(String),
    /// A link with its text.
    Link {
        /// Where to.
        url: String,
        /// What is shown.
        text: String,
    },
    /// A person; whoever it is gets notified when the message is new.
    Person(PersonId),
    /// Everybody in the channel; all of them get notified when the message is new.
    Everybody,
    /// A channel.
    Channel(ChannelId),
    /// A moment, shown in the reader's own time zone.
    Moment(Timestamp),
}

impl Text {
    /// No text.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::empty().then(text)
    }

    /// A sentence of our own in which backticks enclose code. What stands between them is never more than a span, whoever
    /// wrote it.
    pub fn sentence(text: &str) -> Self {
        let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
        Self(parts.map(|(n, part)| if n % 2 == 0 { Span::Plain(part.to_owned()) } else { Span::Code(part.to_owned()) }).collect())
    }

    /// Adds plain text.
    #[must_use]
    pub fn then(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Plain(text.into()));
        self
    }

    /// Adds strong text.
    #[must_use]
    pub fn bold(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Bold(text.into()));
        self
    }

    /// Adds emphasised text.
    #[must_use]
    pub fn italic(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Italic(text.into()));
        self
    }

    /// Adds code.
    #[must_use]
    pub fn code(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Code(text.into()));
        self
    }

    /// Adds a link.
    #[must_use]
    pub fn link(mut self, url: impl Into<String>, text: impl Into<String>) -> Self {
        self.0.push(Span::Link { url: url.into(), text: text.into() });
        self
    }

    /// Adds a person.
    #[must_use]
    pub fn person(mut self, person: &PersonId) -> Self {
        self.0.push(Span::Person(person.clone()));
        self
    }

    /// Adds everybody in the channel.
    #[must_use]
    pub fn everybody(mut self) -> Self {
        self.0.push(Span::Everybody);
        self
    }

    /// Adds a channel.
    #[must_use]
    pub fn channel(mut self, channel: &ChannelId) -> Self {
        self.0.push(Span::Channel(channel.clone()));
        self
    }

    /// Adds a moment.
    #[must_use]
    pub fn moment(mut self, at: Timestamp) -> Self {
        self.0.push(Span::Moment(at));
        self
    }

    /// Adds all of another text.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_in_a_sentence_enclose_code() {
        let expected = Text::plain("no service is called ").code("apii").then(".");
        assert_eq!(Text::sentence("no service is called `apii`."), expected);
        assert_eq!(Text::sentence("`a`"), Text::empty().code("a"));
    }
}
