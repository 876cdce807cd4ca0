//! A message in a room: what it should show, what Slack shows, and what follows from the difference.
//!
//! The table is the truth and a queue only a hint: workers write what is *wanted*, `delivery` makes Slack agree.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bytes::DigestFor;
use crate::card::Card;
use crate::dj::EntryId;
use crate::ids::{ChannelId, DeploymentId, EventKey, IncidentId, LockId, MessageKey, OperationId, PersonId, SilenceId};
use crate::pipeline_execution::ExecutionKey;
use crate::repository::RepositoryName;
use crate::repository::conversation::ConversationKey;
use crate::response_url::ResponseUrl;
use crate::subscription::Subject;

/// How long a sender may take before another one looks after its message. Longer than any invocation of `delivery` lives.
pub const SENDING_LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A message as it should be, and as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMessage {
    /// What it is about.
    pub key: MessageKey,
    /// Where it goes.
    pub destination: Destination,
    /// What it should show.
    pub wanted: Card,
    /// Counts the changes of `wanted`.
    pub version: u64,
    /// What Slack has.
    pub shown: Option<Shown>,
    /// Set before a new message is sent, so that a sender that dies in between leaves a trace.
    pub sending: Option<Sending>,
    /// Why it can never be shown, if so.
    pub undeliverable: Option<String>,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Destination {
    /// Into a channel, for everybody there.
    Channel {
        /// Which.
        channel: ChannelId,
        /// The `ts` of the thread's first message.
        thread: Option<String>,
    },
    /// Under another message of ours.
    Under {
        /// The channel of both.
        channel: ChannelId,
        /// The other one.
        parent: MessageKey,
    },
    /// Into a channel, for one person's eyes. Slack can't change such a message, nor find it again.
    Private {
        /// Where they are.
        channel: ChannelId,
        /// Who.
        person: PersonId,
        /// The `ts` of the thread they are in.
        thread: Option<String>,
    },
    /// As the answer to a slash command or a button. It lives 30 minutes and takes five answers (Slack: "Handling user
    /// interaction", `response_url`).
    Response {
        /// Where they are; messages of a channel are sent one after the other.
        channel: ChannelId,
        /// Slack's address for the answer.
        url: ResponseUrl,
        /// Whether it takes the place of the message that was acted on.
        #[serde(default)]
        replaces: bool,
    },
    /// Into a dialog that is already open.
    View {
        /// Its id.
        view: String,
        /// Its title, 24 characters at most.
        title: String,
    },
    /// Onto a person's Home tab of the app, in place of what was there. A press there is nowhere, so its buttons can only open pages.
    Home {
        /// Whose.
        person: PersonId,
    },
}

impl Destination {
    /// Messages of one lane are sent in order, one after the other.
    pub fn lane(&self) -> String {
        match self {
            Self::Channel { channel, .. }
            | Self::Under { channel, .. }
            | Self::Private { channel, .. }
            | Self::Response { channel, .. } => channel.to_string(),
            Self::View { view, .. } => view.clone(),
            Self::Home { person } => person.to_string(),
        }
    }
}

/// What Slack has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The message's `ts`; `None` where Slack gives none.
    pub ts: Option<String>,
    /// The version it shows.
    pub version: u64,
}

/// The mark of a sender at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// The version that was being sent.
    pub version: u64,
    /// Since when.
    pub since: Timestamp,
}

/// What to do so that Slack agrees with the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Send it.
    Post,
    /// Change it.
    Update {
        /// The message's `ts`.
        ts: String,
    },
    /// An earlier sender died or got no answer: see whether Slack has it before sending it again.
    LookForIt {
        /// It can't be older than this.
        since: Timestamp,
    },
    /// Another sender is at it.
    LeaveToOther {
        /// Until then.
        until: Timestamp,
    },
}

impl RoomMessage {
    /// Decides what has to be done.
    pub fn next_step(&self, now: Timestamp) -> Step {
        if self.undeliverable.is_some() {
            return Step::Nothing;
        }
        match (&self.shown, &self.sending) {
            (Some(shown), _) if shown.version >= self.version => Step::Nothing,
            (Some(Shown { ts: Some(ts), .. }), _) => Step::Update { ts: ts.clone() },
            // Slack keeps no handle on private messages and answers: one that was sent is done.
            (Some(Shown { ts: None, .. }), _) => match self.destination {
                Destination::View { .. } | Destination::Home { .. } => Step::Post,
                _ => Step::Nothing,
            },
            (None, None) => Step::Post,
            (None, Some(sending)) => {
                let until = sending.since.saturating_add(SENDING_LEASE).unwrap_or(sending.since);
                if now < until {
                    Step::LeaveToOther { until }
                } else if self.can_be_found() {
                    Step::LookForIt { since: sending.since }
                } else {
                    Step::Post
                }
            }
        }
    }

    /// Whether Slack's history can tell if it was sent.
    fn can_be_found(&self) -> bool {
        matches!(self.destination, Destination::Channel { .. } | Destination::Under { .. })
    }
}

/// The one registry of what messages are about.
impl MessageKey {
    /// A deployment's message.
    pub fn deployment(id: &DeploymentId) -> Self {
        Self::new(format!("deployment/{id}"))
    }

    /// The word to the person who asked for a deployment that it ended badly, once per end.
    pub fn deployment_notice(id: &DeploymentId, ended_at: Timestamp) -> Self {
        Self::new(format!("deployment/{id}/notice/{}", ended_at.as_second()))
    }

    /// An operation's message.
    pub fn operation(id: &OperationId) -> Self {
        Self::new(format!("operation/{id}"))
    }

    /// A word under an operation's message: `what` tells them apart, such as `output` or `notice`.
    pub fn operation_word(id: &OperationId, what: &str) -> Self {
        Self::new(format!("operation/{id}/{what}"))
    }

    /// A word under a deployment's message: `what` tells them apart, such as `approve` or `approved/U1`.
    pub fn deployment_word(id: &DeploymentId, what: &str) -> Self {
        Self::new(format!("deployment/{id}/{what}"))
    }

    /// A lock's or a freeze's message.
    pub fn lock(id: &LockId) -> Self {
        Self::new(format!("lock/{id}"))
    }

    /// The word to a lock's owner that somebody else ended it.
    pub fn lock_word(id: &LockId, what: &str) -> Self {
        Self::new(format!("lock/{id}/{what}"))
    }

    /// A pull request's, issue's or discussion's card in a channel.
    pub fn conversation(key: &ConversationKey, channel: &ChannelId) -> Self {
        Self::new(format!("{}/{}/{}/{channel}", key.kind.as_str(), key.repository, key.number))
    }

    /// A reply under a conversation's card: `what` tells remarks apart, such as `comment/17`.
    pub fn remark(key: &ConversationKey, what: &str, channel: &ChannelId) -> Self {
        Self::new(format!("{}/{}/{}/{what}/{channel}", key.kind.as_str(), key.repository, key.number))
    }

    /// Other news of a repository in a channel: `what` is made of the news' content, not of its delivery, so that two hooks that
    /// tell the same thing make one message: `push/<branch>/<after>`, `release/17`.
    pub fn repository_news(repository: &RepositoryName, what: &str, channel: &ChannelId) -> Self {
        Self::new(format!("repository/{repository}/{what}/{channel}"))
    }

    /// A run's message in a channel.
    pub fn run(run: &ExecutionKey, channel: &ChannelId) -> Self {
        Self::new(format!("run/{}/{}/{}/{channel}", run.system.as_str(), run.pipeline, run.execution))
    }

    /// A word under a run's message, such as `fixed` or `owners`: an edit notifies nobody.
    pub fn run_notice(run: &ExecutionKey, what: &str, channel: &ChannelId) -> Self {
        Self::new(format!("run/{}/{}/{}/{what}/{channel}", run.system.as_str(), run.pipeline, run.execution))
    }

    /// The word to a person that a channel's subscription was parked, once per change of the subscription.
    pub fn parked(channel: &ChannelId, subject: &Subject, version: u64, person: &PersonId) -> Self {
        Self::new(format!("parked/{channel}/{subject}/{version}/{person}"))
    }

    /// An incident's message.
    pub fn incident(id: &IncidentId) -> Self {
        Self::new(format!("incident/{id}"))
    }

    /// A word under an incident's message, or about it to a person: `what` tells them apart, such as `owner/U1`.
    pub fn incident_word(id: &IncidentId, what: &str) -> Self {
        Self::new(format!("incident/{id}/{what}"))
    }

    /// The word that calls a level of people about an incident, or the channel.
    pub fn incident_call(id: &IncidentId, round: u32, level: usize) -> Self {
        Self::incident_word(id, &format!("call/{round}/{level}"))
    }

    /// Whether it is there to call somebody.
    pub fn is_a_call(&self) -> bool {
        self.as_str().strip_prefix("incident/").and_then(|rest| rest.split('/').nth(1)) == Some("call")
    }

    /// The incident that a message of its own belongs to; `None` for any other message, also for words about an incident.
    pub fn as_incident(&self) -> Option<IncidentId> {
        let id = self.as_str().strip_prefix("incident/")?;
        (!id.contains('/')).then(|| IncidentId::new(id))
    }

    /// The word that a silence is over.
    pub fn silence_over(id: &SilenceId) -> Self {
        Self::new(format!("silence/{id}/over"))
    }

    /// The word to the operators that a notification can't be understood: the same for the same one, however often it comes.
    pub fn unreadable(body: &str) -> Self {
        Self::new(format!("unreadable/{}", crate::ids::code(body, 16)))
    }

    /// The word to the operators on all further ones of an hour, counted from 1970.
    pub fn unreadable_more(hour: i64) -> Self {
        Self::new(format!("unreadable/hour/{hour}"))
    }

    /// The summary of a day in a channel: `day` as `2026-11-25`.
    pub fn summary(channel: &ChannelId, day: &str) -> Self {
        Self::new(format!("summary/{channel}/{day}"))
    }

    /// The word under a message with a link that was posted before.
    pub fn posted_before(channel: &ChannelId, ts: &str) -> Self {
        Self::new(format!("bytes/{channel}/{ts}/before"))
    }

    /// A digest of links: the same for the same moment, however often that comes due.
    pub fn digest(to: &DigestFor, at: Timestamp) -> Self {
        Self::new(format!("digest/{to}/{}", at.as_second()))
    }

    /// What plays in a DJ room: one message from silence to silence.
    pub fn now_playing(channel: &ChannelId, session: &str) -> Self {
        Self::new(format!("dj/{channel}/playing/{session}"))
    }

    /// What became of a wish for a song.
    pub fn song(channel: &ChannelId, wish: &EntryId) -> Self {
        Self::new(format!("dj/{channel}/song/{}", wish.as_str()))
    }

    /// A word of the DJ to the room: `number` tells several of one state of the station apart.
    pub fn dj_word(channel: &ChannelId, version: u64, number: usize) -> Self {
        Self::new(format!("dj/{channel}/word/{version}/{number}"))
    }

    /// What a person's Home tab shows.
    pub fn home(person: &PersonId) -> Self {
        Self::new(format!("home/{person}"))
    }

    /// The answer to what somebody asked.
    pub fn answer(event: &EventKey) -> Self {
        Self::new(format!("answer/{event}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Text, Tone};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn message(shown: Option<Shown>, sending: Option<Sending>) -> RoomMessage {
        RoomMessage {
            key: "deployment/d-1".into(),
            destination: Destination::Channel { channel: "C1".into(), thread: None },
            wanted: Card::line(Tone::Plain, Text::plain("hello")),
            version: 3,
            shown,
            sending,
            undeliverable: None,
        }
    }

    #[test]
    fn makes_slack_agree_with_the_table() {
        let shown = |version| Some(Shown { ts: Some("1.2".into()), version });
        let sending = Some(Sending { version: 3, since: at(0) });
        let cases = [
            (message(None, None), Step::Post),
            (message(shown(1), None), Step::Update { ts: "1.2".into() }),
            (message(shown(3), None), Step::Nothing),
            (message(None, sending.clone()), Step::LeaveToOther { until: at(60) }),
        ];
        for (message, step) in cases {
            assert_eq!(message.next_step(at(10)), step);
        }
        assert_eq!(message(None, sending).next_step(at(60)), Step::LookForIt { since: at(0) });
    }

    #[test]
    fn a_private_answer_is_sent_again_when_its_sender_died_because_nobody_can_look_for_it() {
        let mut answer = message(None, Some(Sending { version: 3, since: at(0) }));
        answer.destination = Destination::Response { channel: "C1".into(), url: "https://hooks.slack.com/x".into(), replaces: false };
        assert_eq!(answer.next_step(at(61)), Step::Post);
        answer.shown = Some(Shown { ts: None, version: 1 });
        assert_eq!(answer.next_step(at(61)), Step::Nothing);
        // What can be shown anew in its place is.
        answer.destination = Destination::Home { person: "U1".into() };
        assert_eq!(answer.next_step(at(61)), Step::Post);
    }
}
