//! Events ("Events API", `docs.slack.dev/apis/events-api`).

use opsroom_domain::ids::{ChannelId, EventKey, PersonId, TeamId};
use opsroom_domain::posting::Posting;
use opsroom_domain::rights::Asker;
use serde::Deserialize;

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
    pub posting: Option<Posting>,
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
                let posting = of_message(&inner, self.around());
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
                let posting = of_reaction(&inner, kind == "reaction_added", self.around());
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
        let app = self.app();
        if !is_a_persons || mentions(text).any(|mention| is_of_app(text, mention, app)) {
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
        Around { team, sent_at: self.event_time.and_then(|second| jiff::Timestamp::from_second(second).ok()) }
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

/// Takes the first mention of the app out, wherever it stands; without the app's id, a mention at the beginning.
fn without_mention(text: &str, app: Option<&str>) -> String {
    let text = text.trim();
    let mention = mentions(text).find(|mention| is_of_app(text, *mention, app));
    let Some((start, end)) = mention else { return text.to_owned() };
    let rest = text[end..].trim_start_matches([':', ',']).trim();
    [text[..start].trim(), rest].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Whether the mention at a place is the app's; without the app's id, the one at the beginning.
fn is_of_app(text: &str, (start, end): (usize, usize), app: Option<&str>) -> bool {
    let id = text[start + 2..end - 1].split('|').next();
    app.map_or(start == 0, |app| id == Some(app))
}

/// Where `<@…>` stand.
fn mentions(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.match_indices("<@").filter_map(move |(start, _)| Some((start, start + text[start..].find('>')? + 1)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn envelope(event: &Value) -> Value {
        json!({
            "token": "z", "team_id": "T0LOCAL", "api_app_id": "A0OPSROOM", "type": "event_callback", "event_id": "Ev1", "event_time": 1,
            "authorizations": [{"enterprise_id": null, "team_id": "T0LOCAL", "user_id": "U0OPSROOM", "is_bot": true}],
            "event": event
        })
    }

    fn mention(envelope: &Value) -> AppMention {
        match Envelope::parse(envelope.to_string().as_bytes()).unwrap() {
            Envelope::Event(Event { happening: Happening::AppMention(mention), .. }) => mention,
            other => panic!("{other:?}"),
        }
    }

    fn said(text: &str) -> Value {
        json!({"type": "app_mention", "user": "U0DEPLOYER", "text": text, "ts": "17.5", "channel": "C0OPS", "event_ts": "17.5", "team": "T0LOCAL"})
    }

    #[test]
    fn answers_the_challenge() {
        let body = br#"{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}"#;
        assert_eq!(Envelope::parse(body).unwrap(), Envelope::UrlVerification { challenge: "3eZbrw1aB".into() });
    }

    #[test]
    fn reads_what_was_said_to_the_app() {
        let cases = [
            ("<@U0OPSROOM> deploy api to staging", "deploy api to staging"),
            ("<@U0OPSROOM|ops>: status", "status"),
            ("hey <@U0OPSROOM>, help", "hey help"),
            ("history <@U1> <@U0OPSROOM>", "history <@U1>"),
            ("<@U0OPSROOM>", ""),
            ("<@U0OPSROOM> deploy <http://api.prod|api.prod>", "deploy api.prod"),
        ];
        for (text, line) in cases {
            assert_eq!(mention(&envelope(&said(text))).line, line, "{text}");
        }
        let mut unauthorized = envelope(&said("<@U9> status"));
        unauthorized.as_object_mut().unwrap().remove("authorizations");
        assert_eq!(mention(&unauthorized).line, "status");
    }

    #[test]
    fn knows_threads_apps_and_people_of_elsewhere() {
        let mut event = said("<@U0OPSROOM> x");
        event["thread_ts"] = "16.1".into();
        let here = mention(&envelope(&event));
        assert_eq!((here.thread.as_deref(), here.by_bot, here.asker.team.as_str()), (Some("16.1"), false, "T0LOCAL"));

        let mut shared = envelope(&event);
        shared["is_ext_shared_channel"] = true.into();
        assert_eq!(mention(&shared).asker.team.as_str(), "", "nobody says whose this person is");
        shared["event"]["user_team"] = "T9OTHER".into();
        assert_eq!(mention(&shared).asker.team.as_str(), "T9OTHER");

        event["bot_id"] = "B1".into();
        event.as_object_mut().unwrap().remove("user");
        assert!(mention(&envelope(&event)).by_bot);
    }

    fn happening(event: &Value) -> Happening {
        match Envelope::parse(envelope(event).to_string().as_bytes()).unwrap() {
            Envelope::Event(event) => event.happening,
            other => panic!("{other:?}"),
        }
    }

    fn reply() -> Value {
        json!({"type": "message", "user": "U0DEPLOYER", "text": "it's the disk &amp; <@U1|dana> knows", "ts": "18.1", "thread_ts": "17.5",
            "channel": "C0OPS", "channel_type": "channel", "event_ts": "18.1", "team": "T0LOCAL", "client_msg_id": "x", "blocks": []})
    }

    #[test]
    fn what_a_person_says_in_a_thread_is_said() {
        let asker = Asker { person: "U0DEPLOYER".into(), team: "T0LOCAL".into(), channel: "C0OPS".into() };
        let said = Said { asker, thread: "17.5".into(), ts: "18.1".into(), text: "it's the disk & <@U1> knows".into() };
        for subtype in [None, Some("thread_broadcast"), Some("file_share")] {
            let mut event = reply();
            if let Some(subtype) = subtype {
                event["subtype"] = subtype.into();
            }
            assert_eq!(happening(&event), Happening::Said(said.clone()), "{subtype:?}");
        }
        let Envelope::Event(event) = Envelope::parse(envelope(&reply()).to_string().as_bytes()).unwrap() else { panic!() };
        assert_eq!(event.event, "said/C0OPS/18.1".into(), "the message is what counts, however often it is told");
    }

    #[test]
    fn nothing_else_is_said() {
        let changed = |change: fn(&mut Value)| {
            let mut event = reply();
            change(&mut event);
            event
        };
        let cases = [
            ("no thread", changed(|e| drop(e.as_object_mut().unwrap().remove("thread_ts")))),
            ("the thread's first message", changed(|e| e["thread_ts"] = "18.1".into())),
            ("an app's", changed(|e| e["bot_id"] = "B1".into())),
            ("an app's of old", changed(|e| e["subtype"] = "bot_message".into())),
            ("an edit", json!({"type": "message", "subtype": "message_changed", "channel": "C0OPS", "message": reply(), "ts": "18.2"})),
            ("edited", changed(|e| e["edited"] = json!({"user": "U0DEPLOYER", "ts": "18.2"}))),
            (
                "a deletion",
                json!({"type": "message", "subtype": "message_deleted", "channel": "C0OPS", "deleted_ts": "18.1", "ts": "18.2"}),
            ),
            ("somebody joins", changed(|e| e["subtype"] = "channel_join".into())),
            ("only files", changed(|e| e["text"] = "".into())),
            ("no text", changed(|e| e["text"] = Value::Null)),
            ("to the app", changed(|e| e["text"] = "hey <@U0OPSROOM> status".into())),
            ("nobody's", changed(|e| drop(e.as_object_mut().unwrap().remove("user")))),
            ("another shape", changed(|e| e["user"] = json!({"id": "U1"}))),
        ];
        for (what, event) in cases {
            assert_eq!(happening(&event), Happening::Other { kind: "message".into() }, "{what}");
        }
    }

    #[test]
    fn the_home_tab_is_told_from_the_messages() {
        let opened = |tab: &str| json!({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": tab, "event_ts": "1.2"});
        let asker = Asker { person: "U1".into(), team: "T0LOCAL".into(), channel: "D1".into() };
        assert_eq!(happening(&opened("home")), Happening::HomeOpened(asker));
        assert_eq!(happening(&opened("messages")), Happening::Other { kind: "app_home_opened".into() });
    }

    #[test]
    fn bears_what_it_does_not_know() {
        let joined = envelope(&json!({"type": "team_join", "user": {"id": "U1"}}));
        let Envelope::Event(event) = Envelope::parse(joined.to_string().as_bytes()).unwrap() else { panic!() };
        assert_eq!(event, Event { event: "event/Ev1".into(), happening: Happening::Other { kind: "team_join".into() }, posting: None });
        assert_eq!(
            Envelope::parse(br#"{"type":"app_rate_limited","minute_rate_limited":1}"#).unwrap(),
            Envelope::Other { kind: "app_rate_limited".into() }
        );
        assert_eq!(Envelope::parse(br#"{"type":"event_callback","event_id":"E"}"#), Err(InboundError::Missing("event")));
        assert_eq!(Envelope::parse(b"[]x").err().map(|e| matches!(e, InboundError::Json { .. })), Some(true));
    }
}
