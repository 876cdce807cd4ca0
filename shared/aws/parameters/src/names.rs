//! What the parameters are called.

/// A secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// What Slack signs its requests with.
    SlackSigningSecret,
    /// The one before, while Slack still uses it during a rotation.
    SlackPreviousSigningSecret,
    /// The bot's token.
    SlackBotToken,
}

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SlackSigningSecret, Self::SlackPreviousSigningSecret, Self::SlackBotToken];

    /// The parameter's name below a prefix such as `/opsroom`.
    pub fn below(self, prefix: &str) -> String {
        let name = match self {
            Self::SlackSigningSecret => "slack/signing-secret",
            Self::SlackPreviousSigningSecret => "slack/signing-secret-previous",
            Self::SlackBotToken => "slack/bot-token",
        };
        format!("{}/{name}", prefix.trim_end_matches('/'))
    }
}
