//! What a message in a room shows, independent of how Slack lays it out.
//!
//! Text is a list of [`Span`]s rather than a string with markup, so that text from outside can never become markup: only the
//! renderer in the `slack` crate writes mrkdwn, and it escapes every plain span.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dj::EntryId;
use crate::ids::{ChannelId, DeploymentId, EnvironmentName, HostId, IncidentId, LockId, OperationId, PersonId, ServiceName};
use crate::lock::LockScope;
use crate::pipeline_execution::ExecutionKey;
use crate::pipeline_execution::approval::{Approval, Decision};
use crate::subscription::Subject;

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

/// A button. It carries what it does and an opaque id, never a right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
    /// How it looks.
    pub style: ButtonStyle,
    /// Asked before it does it.
    pub confirm: Option<String>,
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

/// Looks of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    /// As any other.
    Plain,
    /// The obvious next thing.
    Primary,
    /// Stops or breaks something.
    Danger,
}

/// What pressing a button asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ButtonAction {
    /// Stop a deployment.
    CancelDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Show the API calls behind a deployment.
    ExplainDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Run a command line that only reads, as if the person had typed it.
    RunRead {
        /// The line, without `/ops`.
        line: String,
    },
    /// Run a line that was put together from menus: this very one, and only if they still say so.
    RunPicked {
        /// The line, without `/ops`.
        line: String,
    },
    /// Ask for what a line doesn't say yet.
    AskForMore {
        /// The line, without `/ops`.
        line: String,
    },
    /// Show the API calls behind the answer to a line.
    ExplainLine {
        /// The line, without `/ops`.
        line: String,
    },
    /// Show how a run of a pipeline is looked up and taken up again.
    ExplainRun {
        /// Which.
        run: ExecutionKey,
    },
    /// Run the failed actions of a stage again.
    RetryStage {
        /// Of which run.
        run: ExecutionKey,
        /// Which stage.
        stage: String,
    },
    /// Ask for a word, then approve or reject.
    Decide {
        /// What waits.
        approval: Approval,
        /// Which way.
        decision: Decision,
    },
    /// Ask for a word, then approve or reject a deployment.
    DecideDeployment {
        /// Which.
        deployment: DeploymentId,
        /// Which way.
        decision: Decision,
    },
    /// Let a deployment pass in spite of doubts.
    OverrideDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// Bring back what ran before a deployment.
    RollBack {
        /// Which.
        deployment: DeploymentId,
    },
    /// Bring what a deployment brought into the next environment.
    Promote {
        /// Which.
        deployment: DeploymentId,
    },
    /// Take a lock or a freeze away.
    Unlock {
        /// On what.
        scope: LockScope,
        /// Which.
        lock: LockId,
    },
    /// Take the last change of a subscription back, unless it was changed since.
    UndoSubscription {
        /// To what.
        subject: Subject,
        /// The change.
        version: u64,
    },
    /// Do something about an incident.
    Incident {
        /// Which.
        incident: IncidentId,
        /// What.
        press: IncidentPress,
    },
    /// Something about hosts.
    Hosts {
        /// What.
        press: HostPress,
    },
    /// Something about what the DJ plays.
    Dj {
        /// What.
        press: DjPress,
    },
    /// Open a page.
    OpenUrl {
        /// Its address.
        url: String,
    },
}

/// What a button of an incident is there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum IncidentPress {
    /// Take it.
    Acknowledge,
    /// Give it back.
    Unacknowledge,
    /// It is over.
    Resolve,
    /// It isn't over after all.
    Reopen,
    /// Ask for how long its alarms should be quiet, and why.
    Silence,
    /// Ask whose it should be.
    Assign,
    /// Ask for how long it should call nobody.
    Snooze,
    /// Show what Opsroom did about it.
    Explain,
    /// Bring back what ran before a deployment that is suspected.
    Rollback {
        /// The suspect.
        deployment: DeploymentId,
    },
}

/// What a button about hosts is pressed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum HostPress {
    /// Stop an operation.
    Stop {
        /// Which.
        operation: OperationId,
    },
    /// Show what was really done for an operation.
    Explain {
        /// Which.
        operation: OperationId,
    },
    /// Stop a host and start it again.
    Reboot {
        /// Its id.
        host: HostId,
        /// Whose it is.
        service: ServiceName,
        /// Where.
        environment: EnvironmentName,
    },
}

/// What a button of the DJ's is pressed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum DjPress {
    /// A vote to go on to the next song, or to go on at once, for those who may.
    Skip {
        /// The song that plays.
        song: EntryId,
    },
    /// A vote for a song.
    Up {
        /// Which.
        song: EntryId,
    },
    /// Louder, or softer.
    Volume {
        /// So many percent more; less than 0 for softer.
        by: i8,
    },
    /// One of several songs was meant.
    Pick {
        /// The wish.
        wish: EntryId,
        /// Its place among those that were offered, from 1.
        place: usize,
    },
}

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
