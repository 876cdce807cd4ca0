//! Presses of buttons, and dialogs ("Interaction payloads", `docs.slack.dev/reference/interaction-payloads`).

use opsroom_application::forms::Given;
use opsroom_domain::card::ButtonAction;
use opsroom_domain::ids::{ChannelId, EventKey, PersonId, TeamId};
use opsroom_domain::rights::Asker;
use serde::Deserialize;

use super::{InboundError, required};
use crate::buttons::pressed;
use crate::menus::{Picked, is_menu, picked};

/// What somebody did to a message or a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interaction {
    /// Pressed a button (`block_actions`).
    Pressed(Box<Press>),
    /// Sent a dialog (`view_submission`).
    Submitted(Submission),
    /// Closed a dialog (`view_closed`).
    Closed {
        /// The dialog's id.
        view: String,
    },
    /// Something that Opsroom doesn't ask for, or that Slack invented since.
    Other {
        /// Its type.
        kind: String,
    },
}

/// A press of a button.
#[derive(Clone, PartialEq, Eq)]
pub struct Press {
    /// The same for each delivery of the same press.
    pub event: EventKey,
    /// Who.
    pub person: PersonId,
    /// Their own workspace.
    pub team: TeamId,
    /// Where; none in a dialog.
    pub channel: Option<ChannelId>,
    /// What the button asks for; `None` if it only opened a page, or isn't one of ours.
    pub action: Option<ButtonAction>,
    /// Whether a menu or a field was used, not a button.
    pub chose: bool,
    /// What is chosen in the message's menus, if it has some.
    pub picked: Option<Picked>,
    /// Opens a dialog within three seconds.
    pub trigger_id: String,
    /// Where the answer goes. A secret. None in a dialog.
    pub response_url: Option<String>,
    /// The message with the button.
    pub message_ts: Option<String>,
    /// The thread that the message is in.
    pub thread: Option<String>,
    /// The dialog with the button.
    pub view: Option<String>,
}

impl Press {
    /// Who, and where; `None` in a dialog, which is nowhere.
    pub fn asker(&self) -> Option<Asker> {
        let channel = self.channel.clone()?;
        Some(Asker { person: self.person.clone(), team: self.team.clone(), channel })
    }
}

impl std::fmt::Debug for Press {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Press")
            .field("event", &self.event)
            .field("person", &self.person)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A dialog that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The same for each delivery of the same submission.
    pub event: EventKey,
    /// Who.
    pub person: PersonId,
    /// Their own workspace.
    pub team: TeamId,
    /// The dialog's id.
    pub view: String,
    /// Which kind of dialog.
    pub callback_id: String,
    /// What the dialog remembers.
    pub memory: String,
    /// What was given, by field.
    pub given: Given,
}

#[derive(Deserialize)]
struct Form {
    payload: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    trigger_id: Option<String>,
    response_url: Option<String>,
    user: Option<User>,
    channel: Option<Id>,
    container: Option<Container>,
    message: Option<Message>,
    view: Option<View>,
    #[serde(default)]
    actions: Vec<Action>,
    #[serde(default)]
    state: serde_json::Value,
}

#[derive(Deserialize)]
struct User {
    id: Option<String>,
    team_id: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Container {
    channel_id: Option<String>,
    message_ts: Option<String>,
    thread_ts: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    ts: Option<String>,
    thread_ts: Option<String>,
}

#[derive(Deserialize)]
struct View {
    id: Option<String>,
    #[serde(default)]
    callback_id: String,
    #[serde(default)]
    private_metadata: String,
    #[serde(default)]
    state: serde_json::Value,
}

#[derive(Deserialize)]
struct Action {
    #[serde(default)]
    action_id: String,
    value: Option<String>,
}

impl Interaction {
    /// Reads the form with its JSON `payload`.
    pub fn parse(body: &[u8]) -> Result<Self, InboundError> {
        let form: Form = serde_urlencoded::from_bytes(body).map_err(|_| InboundError::Form)?;
        let json: serde_json::Value = serde_json::from_str(&required(form.payload, "payload")?)?;
        // The kind first: what isn't read can't be wrong.
        let kind = json["type"].as_str().unwrap_or_default().to_owned();
        let payload = || serde_json::from_value::<Payload>(json);
        match kind.as_str() {
            "block_actions" => payload()?.press().map(|press| Self::Pressed(Box::new(press))),
            "view_submission" => payload()?.submission().map(Self::Submitted),
            "view_closed" => Ok(Self::Closed { view: required(payload()?.view.and_then(|view| view.id), "view.id")? }),
            _ => Ok(Self::Other { kind }),
        }
    }
}

impl Payload {
    /// Who, and their own workspace. `team` is no substitute for it: it is the workspace of the *app's* message where the two
    /// differ (Slack Connect). An empty team is nobody's, so the rights deny.
    fn person(&mut self) -> Result<(PersonId, TeamId), InboundError> {
        let user = self.user.take().ok_or(InboundError::Missing("user"))?;
        Ok((PersonId::new(required(user.id, "user.id")?), TeamId::new(user.team_id.unwrap_or_default())))
    }

    fn trigger(&mut self) -> Result<(EventKey, String), InboundError> {
        let trigger_id = required(self.trigger_id.take(), "trigger_id")?;
        Ok((EventKey::new(format!("interaction/{trigger_id}")), trigger_id))
    }

    fn press(mut self) -> Result<Press, InboundError> {
        let (event, trigger_id) = self.trigger()?;
        let (person, team) = self.person()?;
        let (in_channel, container_ts, container_thread) =
            self.container.map_or((None, None, None), |c| (c.channel_id, c.message_ts, c.thread_ts));
        let (message_ts, thread) = self.message.map_or((None, None), |m| (m.ts, m.thread_ts));
        Ok(Press {
            event,
            person,
            team,
            channel: self.channel.and_then(|channel| channel.id).or(in_channel).map(ChannelId::new),
            action: self.actions.first().and_then(|action| pressed(&action.action_id, action.value.as_deref())),
            chose: self.actions.first().is_some_and(|action| is_menu(&action.action_id)),
            picked: picked(&self.state["values"]),
            trigger_id,
            response_url: self.response_url,
            message_ts: message_ts.or(container_ts),
            thread: thread.or(container_thread),
            view: self.view.and_then(|view| view.id),
        })
    }

    fn submission(mut self) -> Result<Submission, InboundError> {
        let (event, _) = self.trigger()?;
        let (person, team) = self.person()?;
        let view = self.view.ok_or(InboundError::Missing("view"))?;
        let given = given(&view.state["values"]);
        let id = required(view.id, "view.id")?;
        Ok(Submission { event, person, team, view: id, callback_id: view.callback_id, memory: view.private_metadata, given })
    }
}

/// `state.values.<block>.<action>`, where block and action are the field's id (`view_submission`). Nothing, where nothing was given.
fn given(values: &serde_json::Value) -> Given {
    let blocks = values.as_object().into_iter().flatten();
    blocks
        .filter_map(|(field, actions)| {
            let state = &actions[field];
            let value = match state["type"].as_str()? {
                "plain_text_input" => &state["value"],
                "static_select" => &state["selected_option"]["value"],
                "users_select" => &state["selected_user"],
                _ => return None,
            };
            Some((field.clone(), value.as_str()?.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(payload: &Value) -> Result<Interaction, InboundError> {
        Interaction::parse(serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap().as_bytes())
    }

    fn press_in_message() -> Value {
        json!({
            "type": "block_actions", "trigger_id": "12.34.ab", "response_url": "https://hooks.slack.com/actions/1",
            "user": {"id": "U0DEPLOYER", "username": "dana", "team_id": "T0LOCAL"}, "team": {"id": "T0HOST", "domain": "host"},
            "channel": {"id": "C0OPS", "name": "ops"},
            "container": {"type": "message_attachment", "message_ts": "17.5", "attachment_id": 1, "channel_id": "C0OPS", "is_ephemeral": false, "thread_ts": "16.1"},
            "message": {"type": "message", "ts": "17.5", "thread_ts": "16.1", "text": "x", "blocks": []},
            "state": {"values": {}}, "is_enterprise_install": false, "enterprise": null,
            "actions": [{"action_id": "cancel_deployment/0", "block_id": "b", "type": "button", "value": "d-7k3m9q", "action_ts": "1.2"}]
        })
    }

    #[test]
    fn reads_a_press_with_the_workspace_of_the_person() {
        let Interaction::Pressed(press) = parse(&press_in_message()).unwrap() else { panic!("no press") };
        assert_eq!(press.event, EventKey::from("interaction/12.34.ab"));
        assert_eq!(press.asker().unwrap().team, TeamId::from("T0LOCAL"));
        assert_eq!(press.action, Some(ButtonAction::CancelDeployment { deployment: "d-7k3m9q".into() }));
        assert_eq!((press.message_ts.as_deref(), press.thread.as_deref()), (Some("17.5"), Some("16.1")));
        assert!(!format!("{press:?}").contains("hooks.slack.com"));
    }

    #[test]
    fn a_press_in_a_dialog_or_on_a_private_message_has_less() {
        let mut dialog = press_in_message();
        for key in ["channel", "message", "response_url"] {
            dialog.as_object_mut().unwrap().remove(key);
        }
        dialog["container"] = json!({"type": "view", "view_id": "V1"});
        dialog["view"] = json!({"id": "V1", "callback_id": "", "type": "modal"});
        let Interaction::Pressed(press) = parse(&dialog).unwrap() else { panic!("no press") };
        assert_eq!((press.asker(), press.view.as_deref()), (None, Some("V1")));

        let mut private = press_in_message();
        private.as_object_mut().unwrap().remove("message");
        let Interaction::Pressed(press) = parse(&private).unwrap() else { panic!("no press") };
        assert_eq!((press.message_ts.as_deref(), press.thread.as_deref()), (Some("17.5"), Some("16.1")));
    }

    #[test]
    fn reads_dialogs_and_bears_what_it_does_not_know() {
        let user = json!({"id": "U1", "team_id": "T1"});
        let mut view = json!({"id": "V1", "callback_id": "words", "private_metadata": "m", "state": {"values": {}}});
        let sent = |view: &Value| match parse(&json!({"type": "view_submission", "trigger_id": "1.2", "user": user, "view": view})).unwrap()
        {
            Interaction::Submitted(sent) => sent,
            other => panic!("{other:?}"),
        };
        let nothing = sent(&view);
        assert_eq!(
            (nothing.view.as_str(), nothing.callback_id.as_str(), nothing.memory.as_str(), nothing.given),
            ("V1", "words", "m", Given::default())
        );
        view["state"]["values"]["words"]["words"] = json!({"type": "plain_text_input", "value": " not today\n"});
        view["state"]["values"]["minutes"]["minutes"] =
            json!({"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "1 hour"}, "value": "60"}});
        view["state"]["values"]["person"]["person"] = json!({"type": "users_select", "selected_user": "U2"});
        view["state"]["values"]["other"]["other"] = json!({"type": "users_select", "selected_user": null});
        view["state"]["values"]["odd"] = json!(["another shape"]);
        let given = sent(&view).given;
        assert_eq!(["words", "minutes", "person", "other", "odd"].map(|field| given.get(field)), ["not today", "60", "U2", "", ""]);
        assert_eq!(
            parse(&json!({"type": "view_closed", "user": user, "view": view, "is_cleared": false})).unwrap(),
            Interaction::Closed { view: "V1".into() }
        );
        for kind in ["shortcut", "message_action", "block_suggestion", "from_the_future"] {
            assert_eq!(parse(&json!({"type": kind, "user": ["another shape"]})).unwrap(), Interaction::Other { kind: kind.into() });
        }
    }

    #[test]
    fn who_has_no_workspace_is_given_none() {
        let mut press = press_in_message();
        press["user"] = json!({"id": "U1"});
        let Interaction::Pressed(press) = parse(&press).unwrap() else { panic!("no press") };
        assert_eq!(press.team, TeamId::new(""));
    }

    #[test]
    fn says_what_is_wrong_without_repeating_it() {
        let mut press = press_in_message();
        press["user"] = json!({"username": "dana"});
        assert_eq!(parse(&press), Err(InboundError::Missing("user.id")));
        assert_eq!(Interaction::parse(b"payload=%7Bsecret"), Err(InboundError::Json { line: 1, column: 2 }));
        assert_eq!(Interaction::parse(b"x=1"), Err(InboundError::Missing("payload")));
    }
}
