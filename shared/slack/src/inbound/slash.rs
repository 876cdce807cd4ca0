//! Slash commands ("Implementing slash commands", `docs.slack.dev`).

use opsroom_domain::ids::EventKey;
use opsroom_domain::rights::Asker;
use serde::Deserialize;

use super::{InboundError, as_typed, required};

/// A slash command that somebody sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SlashCommand {
    /// The same for each delivery of the same command. Commands carry no id; the trigger's is made per press of Return.
    pub event: EventKey,
    /// Who, and where. The team is the person's own: Slack sends commands only to apps of the workspace they are typed in.
    pub asker: Asker,
    /// With its slash.
    pub command: String,
    /// What was typed after it.
    pub line: String,
    /// Opens a dialog within three seconds.
    pub trigger_id: String,
    /// Where the answer goes. A secret.
    pub response_url: String,
}

impl std::fmt::Debug for SlashCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlashCommand").field("event", &self.event).field("asker", &self.asker).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Form {
    team_id: Option<String>,
    channel_id: Option<String>,
    user_id: Option<String>,
    command: Option<String>,
    #[serde(default)]
    text: String,
    trigger_id: Option<String>,
    response_url: Option<String>,
}

impl SlashCommand {
    /// Reads the form.
    pub fn parse(body: &[u8]) -> Result<Self, InboundError> {
        let form: Form = serde_urlencoded::from_bytes(body).map_err(|_| InboundError::Form)?;
        let trigger_id = required(form.trigger_id, "trigger_id")?;
        Ok(Self {
            event: EventKey::new(format!("slash/{trigger_id}")),
            asker: Asker {
                person: required(form.user_id, "user_id")?.as_str().into(),
                team: required(form.team_id, "team_id")?.as_str().into(),
                channel: required(form.channel_id, "channel_id")?.as_str().into(),
            },
            command: required(form.command, "command")?,
            line: as_typed(form.text.trim()),
            trigger_id,
            response_url: required(form.response_url, "response_url")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_slack_sends() {
        let body = b"token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0LOCAL&team_domain=local&enterprise_id=E1&channel_id=C0OPS&channel_name=ops&user_id=U0DEPLOYER&user_name=dana&command=%2Fops&text=deploy+api+to+staging+--reason+%22a+%26amp%3B+b%22&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1&trigger_id=13345224609.738474920.8088930838&api_app_id=A1";
        let command = SlashCommand::parse(body).unwrap();
        assert_eq!(command.event, EventKey::from("slash/13345224609.738474920.8088930838"));
        assert_eq!(
            (command.asker.person.as_str(), command.asker.team.as_str(), command.asker.channel.as_str()),
            ("U0DEPLOYER", "T0LOCAL", "C0OPS")
        );
        assert_eq!((command.command.as_str(), command.line.as_str()), ("/ops", "deploy api to staging --reason \"a & b\""));
        assert!(!format!("{command:?}").contains("hooks.slack.com"));
    }

    #[test]
    fn says_what_is_missing() {
        assert_eq!(SlashCommand::parse(b"trigger_id=1&user_id=U1"), Err(InboundError::Missing("team_id")));
        assert_eq!(SlashCommand::parse(b"trigger_id="), Err(InboundError::Missing("trigger_id")));
        assert_eq!(SlashCommand::parse(b"user_id=U1&user_id=U2&trigger_id=1"), Err(InboundError::Form));
        assert_eq!(SlashCommand::parse(b"\xff\xfe"), Err(InboundError::Missing("trigger_id")));
    }
}
