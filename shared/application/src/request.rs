//! What `commands` is asked to do, as it travels through the queue.

use jiff::Timestamp;
use opsroom_domain::card::DjPress;
use opsroom_domain::dj::ErrandId;
use opsroom_domain::due::DueTask;
use opsroom_domain::ids::{ChannelId, CommandId, CorrelationId, DeploymentId, EventKey, IncidentId, LockId, OperationId, PersonId};
use opsroom_domain::lock::LockScope;
use opsroom_domain::pipeline_execution::ExecutionKey;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::posting::Posting;
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
    /// Something was picked for a line that didn't say everything, or the line that came of it is to be run.
    Pick {
        /// Who, and where.
        asker: Asker,
        /// The line as it was typed.
        line: String,
        /// What was picked, by its place in the line.
        chosen: Vec<(usize, String)>,
        /// The line that the pressed button shows, which is to be run; nothing where a menu was used.
        shown: Option<String>,
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
    /// A decision on a deployment that waits for an approval, with its words.
    DecideDeployment {
        /// Who, and where.
        asker: Asker,
        /// Which.
        deployment: DeploymentId,
        /// Which way.
        decision: Decision,
        /// Why; may be empty where it is approved.
        reason: String,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// A press of the How? button of a line's answer. The dialog is open already and waits for its content.
    ExplainLine {
        /// Who, and where.
        asker: Asker,
        /// The line.
        line: String,
        /// The dialog.
        view: String,
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
    /// A press of one of an incident's buttons, or the dialog that such a press opened.
    Incident {
        /// Who, and where.
        asker: Asker,
        /// Which.
        incident: IncidentId,
        /// What is to be done about it.
        act: IncidentAct,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// A press of an incident's How? button. The dialog is open already and waits for its content.
    ExplainIncident {
        /// Who, and where.
        asker: Asker,
        /// Which.
        incident: IncidentId,
        /// The dialog.
        view: String,
    },
    /// A press of an operation's How? button. The dialog is open already and waits for its content.
    ExplainOperation {
        /// Who, and where.
        asker: Asker,
        /// Which.
        operation: OperationId,
        /// The dialog.
        view: String,
    },
    /// Systems Manager tells that a command or an automation moved.
    CommandMoved {
        /// Which.
        command: CommandId,
        /// Its document.
        document: String,
    },
    /// It is time to look how an operation on hosts stands; asked by `commands` itself.
    LookAtOperation {
        /// Which.
        operation: OperationId,
        /// Whether this is one of the looks by which a log is followed.
        tick: bool,
    },
    /// Somebody said something in a thread. Whose thread that is, the door can't know: most are nobody's business here.
    Said {
        /// Who, and where.
        asker: Asker,
        /// The `ts` of the thread's first message.
        thread: String,
        /// The `ts` of what was said.
        ts: String,
        /// What, as it was typed.
        text: String,
        /// When.
        at: Timestamp,
    },
    /// Something happened to a message in a room whose messages are kept or played.
    Posted {
        /// What.
        posting: Box<Posting>,
    },
    /// It is time to see to something that is asked of the DJ's player; asked by `commands` itself.
    RunErrand {
        /// What.
        errand: ErrandId,
    },
    /// A press of one of the DJ's buttons.
    Dj {
        /// Who, and where.
        asker: Asker,
        /// What for.
        press: DjPress,
        /// When.
        at: Timestamp,
        /// How to answer.
        reply: Reply,
    },
    /// Somebody opened the app's Home tab.
    Home {
        /// Who; the channel is their conversation with the app.
        asker: Asker,
    },
    /// Something came due.
    Due {
        /// What.
        task: DueTask,
        /// When it came due: what follows from it is counted from then, also if that was a while ago. The beginning of time for what was
        /// queued before this was said; nothing of that kind asks for it.
        #[serde(default)]
        at: Timestamp,
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
    /// Let a deployment pass in spite of doubts.
    Override {
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
    /// Take the last change of a subscription back.
    UndoSubscription {
        /// To what.
        subject: Subject,
        /// The change.
        version: u64,
    },
    /// Stop what is done on hosts.
    StopOperation {
        /// Which.
        operation: OperationId,
    },
    /// Stop a host and start it again.
    Reboot {
        /// Its id.
        host: String,
        /// Whose it is.
        service: String,
        /// Where.
        environment: String,
    },
}

/// What somebody does about an incident by a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum IncidentAct {
    /// Take it.
    Acknowledge,
    /// Give it back.
    Unacknowledge,
    /// It is over.
    Resolve {
        /// What it was; may be empty.
        reason: String,
    },
    /// It isn't over after all.
    Reopen,
    /// Name somebody for it.
    Assign {
        /// Who.
        to: PersonId,
    },
    /// Let it call nobody for a while.
    Snooze {
        /// For how long.
        minutes: u32,
    },
    /// Keep its alarms quiet for a while.
    Silence {
        /// For how long.
        minutes: u32,
        /// Why; may be empty.
        reason: String,
    },
    /// Bring back what ran before a deployment that is suspected.
    Rollback {
        /// The suspect.
        deployment: DeploymentId,
    },
}

impl IncidentAct {
    /// What the press asks for, as a line: for the audit log and for answers. What people wrote goes where the act goes, not here.
    pub fn in_words(&self, incident: &IncidentId) -> String {
        match self {
            Self::Acknowledge => format!("mon ack {incident}"),
            Self::Unacknowledge => format!("mon unack {incident}"),
            Self::Resolve { .. } => format!("mon resolve {incident}"),
            Self::Reopen => format!("mon reopen {incident}"),
            Self::Assign { to } => format!("mon assign {incident} <@{to}>"),
            Self::Snooze { minutes } => format!("mon snooze {incident} {minutes}m"),
            Self::Silence { minutes, .. } => format!("mon silence {incident} for {minutes}m"),
            Self::Rollback { deployment } => format!("roll back {deployment} because of {incident}"),
        }
    }
}

/// How to answer the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Reply {
    /// By the `response_url` of a slash command or an interaction.
    ResponseUrl {
        /// Slack's address.
        url: ResponseUrl,
        /// The `ts` of the thread in which a line was put together by picking; such a line was asked for there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<String>,
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
            Self::Mention { thread, .. } | Self::Private { thread } | Self::ResponseUrl { thread, .. } => thread.as_deref(),
        }
    }
}

impl Ask {
    /// The kind, for logs and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Line { .. } => "line",
            Self::Cancel { .. } => "cancel",
            Self::Pick { .. } => "pick",
            Self::Explain { .. } => "explain",
            Self::Refused { .. } => "refused",
            Self::Pressed { .. } => "pressed",
            Self::Decide { .. } => "decide",
            Self::DecideDeployment { .. } => "decide_deployment",
            Self::ExplainLine { .. } => "explain_line",
            Self::ExplainRun { .. } => "explain_run",
            Self::ChannelLost { .. } => "channel_lost",
            Self::Incident { .. } => "incident",
            Self::ExplainIncident { .. } => "explain_incident",
            Self::ExplainOperation { .. } => "explain_operation",
            Self::CommandMoved { .. } => "command_moved",
            Self::LookAtOperation { .. } => "look",
            Self::Said { .. } => "said",
            Self::Posted { .. } => "posted",
            Self::RunErrand { .. } => "errand",
            Self::Dj { .. } => "dj",
            Self::Home { .. } => "home",
            Self::Due { .. } => "due",
        }
    }
}
