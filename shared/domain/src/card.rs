//! What a message in a room shows, independent of how Slack lays it out.
//!
//! Text is a list of [`Span`]s rather than a string with markup, so that text from outside can never become markup: only the
//! renderer in the `slack` crate writes mrkdwn, and it escapes every plain span.

mod button;
mod text;

use serde::{Deserialize, Serialize};

pub use button::{Button, ButtonAction, ButtonStyle, DjPress, HostPress, IncidentPress};
pub use text::{Span, Text};

/// A message: its colour, the line that notifications show, and its parts from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Decides the colour beside the message.
    pub tone: Tone,
    /// What a notification and a screen reader say.
    pub summary: Text,
    /// From top to bottom.
    pub parts: Vec<Part>,
}

/// How things stand, as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Information; no colour.
    Plain,
    /// Under way; blue.
    Working,
    /// Well; green.
    Good,
    /// Needs a look; amber.
    Warning,
    /// Wrong; red.
    Bad,
    /// Over without a result; grey.
    Muted,
}

/// A piece of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A paragraph.
    Text(Text),
    /// Small print.
    Context(Text),
    /// Entries below each other.
    List(Vec<Text>),
    /// Label and value, side by side.
    Fields(Vec<(String, Text)>),
    /// A list of steps with their states.
    Steps(Vec<Step>),
    /// Lines to read or paste as they are.
    Code(String),
    /// Buttons in a row.
    Buttons(Vec<Button>),
    /// Menus and fields from which a line is put together.
    Menus {
        /// The line as far as it was typed.
        line: String,
        /// What is asked for.
        menus: Vec<Menu>,
    },
    /// A line between sections.
    Divider,
    /// A picture that was uploaded.
    Image {
        /// Slack's id of the file.
        file: String,
        /// What it shows, for those who can't see it.
        alt: String,
    },
}

/// One step of a longer work, such as a pipeline's stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: StepState,
    /// What there is to say about it: a duration, a link, an error.
    pub note: Text,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not yet begun.
    Pending,
    /// Under way.
    Running,
    /// Waits for a person.
    Waiting,
    /// Ended well.
    Done,
    /// Ended badly.
    Failed,
    /// Never ran to its end, and that is nobody's failure.
    Stopped,
}

/// Something that is asked for: one of several things, or words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// Its place in the line.
    pub place: usize,
    /// What it is for.
    pub label: String,
    /// What can be chosen; nothing where words are asked for.
    pub choices: Vec<Choice>,
    /// What is chosen or written already.
    pub chosen: Option<String>,
}

/// One of several things that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What becomes part of the line.
    pub value: String,
    /// What people read.
    pub shown: String,
}

impl Card {
    /// A card that is one paragraph.
    pub fn line(tone: Tone, text: Text) -> Self {
        Self { tone, summary: text.clone(), parts: vec![Part::Text(text)] }
    }

    /// Adds a part below.
    #[must_use]
    pub fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}
