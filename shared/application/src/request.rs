//! What `commands` is asked to do, as it travels through the queue.

use jiff::Timestamp;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{ChannelId, CorrelationId, DeploymentId, EventKey};
use opsroom_domain::pipeline_execution::ExecutionKey;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::response_url::ResponseUrl;
use opsroom_domain::rights::{Asker, Denied};
use opsroom_domain::subscription::Subject;
use serde::{Deserialize, Serialize};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Makes a redelivery the same request.
    pub event: EventKey,
    /// Follows it through the logs.
    pub correlation: CorrelationId,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// A command line, typed after `/ops` or to `@ops`.
    Line {
        /// Who, and where.
        asker: Asker,
        /// What was typed, without `/ops` or the mention.
        line: String,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// A press of a Cancel button.
    Cancel {
        /// Who, and where.
        asker: Asker,
        /// What.
        deployment: DeploymentId,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// A press of a How? button. The dialog is open already and waits for its content.
    Explain {
        /// Who, and where.
        asker: Asker,
        /// What.
        deployment: DeploymentId,
        /// The dialog.
        view: String,
    },
    /// The door refused somebody; it is to be recorded.
    Refused {
        /// Who, and where.
        asker: Asker,
        /// What was typed.
        line: String,
        /// Why.
        denied: Denied,
    },
    /// A press of a button that changes something and needs no further word.
    Pressed {
        /// Who, and where.
        asker: Asker,
        /// What for.
        press: Press,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// A decision on a manual approval, with its words.
    Decide {
        /// Who, and where.
        asker: Asker,
        /// What waits.
        approval: Approval,
        /// Which way.
        decision: Decision,
        /// Why; may be empty where it is approved.
        reason: String,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// A press of a run's How? button. The dialog is open already and waits for its content.
    ExplainRun {
        /// Who, and where.
        asker: Asker,
        /// Which run.
        run: ExecutionKey,
        /// The dialog.
        view: String,
    },
    /// Slack refuses a channel for good; asked by `delivery`.
    ChannelLost {
        /// Which.
        channel: ChannelId,
        /// Slack's error code.
        error: String,
    },
    /// Something came due.
    Due {
        /// What.
        task: DueTask,
    },
}

/// What a button is pressed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum Press {
    /// Run the failed actions of a stage again.
    RetryStage {
        /// Of which run.
        run: ExecutionKey,
        /// Which stage.
        stage: String,
    },
    /// Take the last change of a subscription back.
    UndoSubscription {
        /// To what.
        subject: Subject,
        /// The change.
        version: u64,
    },
}

/// How to answer the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Reply {
    /// By the `response_url` of a slash command or an interaction.
    ResponseUrl {
        /// Slack's address.
        url: ResponseUrl,
    },
    /// Where they mentioned the app. Answers go into the thread of the mention, where everybody sees them; mistakes and
    /// refusals only to the person.
    Mention {
        /// The `ts` of the message with the mention.
        ts: String,
        /// The `ts` of the thread that message is in, if it is in one.
        thread: Option<String>,
    },
    /// By a message that only they see, where they are: a dialog that was sent has no `response_url`.
    Private {
        /// The `ts` of the thread.
        thread: Option<String>,
    },
}

impl Reply {
    /// The `ts` of the thread in which it was asked, if it was in one. Slash commands can't be used in threads.
    pub fn thread(&self) -> Option<&str> {
        match self {
            Self::Mention { thread, .. } | Self::Private { thread } => thread.as_deref(),
            Self::ResponseUrl { .. } => None,
        }
    }
}

impl Ask {
    /// The kind, for logs and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Line { .. } => "line",
            Self::Cancel { .. } => "cancel",
            Self::Explain { .. } => "explain",
            Self::Refused { .. } => "refused",
            Self::Pressed { .. } => "pressed",
            Self::Decide { .. } => "decide",
            Self::ExplainRun { .. } => "explain_run",
            Self::ChannelLost { .. } => "channel_lost",
            Self::Due { .. } => "due",
        }
    }
}
