//! Who did something outside of Slack: a login at GitHub or a CI server, or just a name in a commit.

use serde::{Deserialize, Serialize};

use crate::ids::Login;

/// Somebody outside of Slack. At least one of the fields is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Their login, where the sender knows them by one. Logins are compared without regard to case.
    pub login: Option<Login>,
    /// Their name as a commit or a CI server has it. Shown, never decided on.
    pub name: Option<String>,
    /// Their e-mail address as a commit has it.
    pub email: Option<String>,
    /// Whether it is an app (GitHub: `type` is `Bot`, or the login ends in `[bot]`).
    #[serde(default)]
    pub is_bot: bool,
}

impl Author {
    /// Somebody known by their login.
    pub fn login(login: &str) -> Self {
        Self { login: Some(Login::new(login)), is_bot: login.ends_with("[bot]"), ..Self::default() }
    }

    /// Whether there is more than a name, which says nothing about who it is in Slack.
    pub fn is_identified(&self) -> bool {
        self.login.is_some() || self.email.is_some()
    }

    /// How they are called where nobody in Slack is linked to them.
    pub fn shown(&self) -> &str {
        let login = self.login.as_ref().map(Login::as_str);
        login.or(self.name.as_deref()).or(self.email.as_deref()).unwrap_or("somebody")
    }
}
