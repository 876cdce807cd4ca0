//! Events ("Events API", `docs.slack.dev/apis/events-api`).

use opsroom_domain::ids::{ChannelId, EventKey, PersonId, TeamId};
use opsroom_domain::posting::Posting;
use opsroom_domain::rights::Asker;
use serde::Deserialize;

use super::mentions::{speaks_to, without_mention};
use super::posting::{Around, of_message, of_reaction};
use super::{InboundError, as_typed, required};

/// What came to the events door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Envelope {
    /// Slack asks whether this door is the app's own; the answer is the challenge.
    UrlVerification {
        /// To be sent back as it is.
        challenge: String,
    },
    /// Something happened.
    Event(Event),
    /// Something that Opsroom doesn't ask for, or that Slack invented since.
    Other {
        /// Its type.
        kind: String,
    },
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for each delivery of the same event.
    pub event: EventKey,
    /// What.
    pub happening: Happening,
    /// What it is to a room whose messages are kept or played, if this is one's; the door knows which room it is.
    pub posting: Option<Box<Posting>>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Somebody spoke to the app.
    AppMention(AppMention),
    /// Somebody said something in a thread.
    Said(Said),
    /// Somebody opened the app's Home tab. The channel is their conversation with the app.
    HomeOpened(Asker),
    /// Something else.
    Other {
        /// Its type.
        kind: String,
    },
}

/// What a person said in a thread, and not to the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who, and where; the team as in [`AppMention::asker`].
    pub asker: Asker,
    /// The `ts` of the thread's first message.
    pub thread: String,
    /// The message.
    pub ts: String,
    /// What, as it was typed.
    pub text: String,
}

/// A message that mentions the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppMention {
    /// Who, and where. The team is the person's own, and empty where Slack doesn't say whose a person in a shared channel is:
    /// an empty team is nobody's, so the rights deny.
    pub asker: Asker,
    /// What was said, without the mention.
    pub line: String,
    /// The message.
    pub ts: String,
    /// The thread that the message is in.
    pub thread: Option<String>,
    /// Written by an app or a workflow.
    pub by_bot: bool,
    /// The message was edited. Slack sends such a mention again, as an event of its own.
    pub edited: bool,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, rename = "type")]
    kind: String,
    challenge: Option<String>,
    event_id: Option<String>,
    event_time: Option<i64>,
    team_id: Option<String>,
    #[serde(default)]
    is_ext_shared_channel: bool,
    #[serde(default)]
    authorizations: Vec<Authorization>,
    event: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Authorization {
    user_id: Option<String>,
    #[serde(default)]
    is_bot: bool,
}

/// A message; other events have other shapes under the same names and are never read as this.
#[derive(Deserialize)]
struct Message {
    subtype: Option<String>,
    user: Option<String>,
    channel: Option<String>,
    user_team: Option<String>,
    source_team: Option<String>,
    team: Option<String>,
    #[serde(default)]
    text: Option<String>,
    ts: Option<String>,
    thread_ts: Option<String>,
    edited: Option<serde_json::Value>,
    bot_id: Option<String>,
    bot_profile: Option<serde_json::Value>,
}

impl Envelope {
    /// Reads the JSON.
    pub fn parse(body: &[u8]) -> Result<Self, InboundError> {
        let wire: Wire = serde_json::from_slice(body)?;
        match wire.kind.as_str() {
            "url_verification" => Ok(Self::UrlVerification { challenge: required(wire.challenge, "challenge")? }),
            "event_callback" => wire.event().map(Self::Event),
            kind => Ok(Self::Other { kind: kind.to_owned() }),
        }
    }
}

impl Wire {
    fn event(mut self) -> Result<Event, InboundError> {
        let event = EventKey::new(format!("event/{}", required(self.event_id.take(), "event_id")?));
        let inner = self.event.take().ok_or(InboundError::Missing("event"))?;
        match inner["type"].as_str().unwrap_or_default() {
            "app_mention" => {
                let mention = self.mention(serde_json::from_value(inner)?)?;
                // The message is what asks, however many events Slack makes of it.
                let event = EventKey::new(format!("mention/{}/{}", mention.asker.channel, mention.ts));
                Ok(Event { event, happening: Happening::AppMention(mention), posting: None })
            }
            // Most messages of a channel are none of these, and have shapes of their own: none is a reason to fail.
            "message" => {
                let posting = of_message(&inner, self.around()).map(Box::new);
                let said = serde_json::from_value(inner).ok().and_then(|message| self.said(&message));
                let Some(said) = said else {
                    return Ok(Event { event, happening: Happening::Other { kind: "message".to_owned() }, posting });
                };
                let event = EventKey::new(format!("said/{}/{}", said.asker.channel, said.ts));
                Ok(Event { event, happening: Happening::Said(said), posting })
            }
            "app_home_opened" if inner["tab"] == "home" => {
                let opener = self.opener(serde_json::from_value(inner)?)?;
                Ok(Event { event, happening: Happening::HomeOpened(opener), posting: None })
            }
            kind @ ("reaction_added" | "reaction_removed") => {
                let posting = of_reaction(&inner, kind == "reaction_added", self.around()).map(Box::new);
                Ok(Event { event, happening: Happening::Other { kind: kind.to_owned() }, posting })
            }
            kind => Ok(Event { event, happening: Happening::Other { kind: kind.to_owned() }, posting: None }),
        }
    }

    /// What a person says under another message, in words. A message that mentions the app comes as a mention, too, and is a command.
    fn said(&self, message: &Message) -> Option<Said> {
        let is_a_persons = matches!(message.subtype.as_deref(), None | Some("thread_broadcast" | "file_share"))
            && message.bot_id.is_none()
            && message.bot_profile.is_none()
            && message.edited.is_none();
        let text = message.text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
        if !is_a_persons || speaks_to(text, self.app()) {
            return None;
        }
        let (thread, ts) = (message.thread_ts.clone()?, message.ts.clone()?);
        let asker = Asker {
            person: PersonId::new(message.user.clone().filter(|user| !user.is_empty())?),
            team: TeamId::new(self.team_of_person(message)),
            channel: ChannelId::new(message.channel.clone()?),
        };
        (thread != ts).then(|| Said { asker, thread, ts, text: as_typed(text) })
    }

    /// What is known of an event besides what it says itself. In a channel that is shared with others, the workspace it is sent to says nothing
    /// about whose its people are.
    fn around(&self) -> Around<'_> {
        let team = self.team_id.as_deref().filter(|_| !self.is_ext_shared_channel);
        Around { team, app: self.app(), sent_at: self.event_time.and_then(|second| jiff::Timestamp::from_second(second).ok()) }
    }

    fn opener(&self, opened: Message) -> Result<Asker, InboundError> {
        let team = TeamId::new(self.team_of_person(&opened));
        let person = PersonId::new(required(opened.user, "event.user")?);
        Ok(Asker { person, team, channel: ChannelId::new(opened.channel.unwrap_or_default()) })
    }

    /// The app's own id.
    fn app(&self) -> Option<&str> {
        self.authorizations.iter().find(|a| a.is_bot).and_then(|a| a.user_id.as_deref())
    }

    fn mention(self, message: Message) -> Result<AppMention, InboundError> {
        let team = self.team_of_person(&message);
        let by_bot = message.bot_id.is_some() || message.bot_profile.is_some() || message.subtype.as_deref() == Some("bot_message");
        Ok(AppMention {
            asker: Asker {
                // A message of an app may have no user.
                person: PersonId::new(message.user.unwrap_or_default()),
                team: TeamId::new(team),
                channel: ChannelId::new(required(message.channel, "event.channel")?),
            },
            line: as_typed(&without_mention(message.text.as_deref().unwrap_or_default(), self.app())),
            ts: required(message.ts, "event.ts")?,
            thread: message.thread_ts,
            by_bot,
            edited: message.edited.is_some(),
        })
    }

    /// `user_team` and `source_team` name the writer's workspace in channels shared with others (Slack Connect); `team` and
    /// the envelope's `team_id` are trusted only where nobody else can be.
    fn team_of_person(&self, message: &Message) -> String {
        let own = message.user_team.clone().or_else(|| message.source_team.clone());
        let only_ours = || if self.is_ext_shared_channel { None } else { message.team.clone().or_else(|| self.team_id.clone()) };
        own.or_else(only_ours).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
