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
    /// The id of the app by which Spotify is told what to play.
    SpotifyClientId,
    /// Its secret.
    SpotifyClientSecret,
    /// What the account's owner authorized the app with.
    SpotifyRefreshToken,
    /// What a sender of webhooks proves itself with: `github`, `gitlab`, `circleci`, `buildkite`, `jenkins`, `generic`,
    /// `alertmanager`, `grafana`, `generic-alerts`.
    Webhook(&'static str),
    /// The one before, while the sender still uses it during a rotation.
    WebhookBefore(&'static str),
}

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::SlackSigningSecret,
        Self::SlackPreviousSigningSecret,
        Self::SlackBotToken,
        Self::SpotifyClientId,
        Self::SpotifyClientSecret,
        Self::SpotifyRefreshToken,
        Self::Webhook("github"),
        Self::WebhookBefore("github"),
        Self::Webhook("gitlab"),
        Self::WebhookBefore("gitlab"),
        Self::Webhook("circleci"),
        Self::WebhookBefore("circleci"),
        Self::Webhook("buildkite"),
        Self::WebhookBefore("buildkite"),
        Self::Webhook("jenkins"),
        Self::WebhookBefore("jenkins"),
        Self::Webhook("generic"),
        Self::WebhookBefore("generic"),
        Self::Webhook("alertmanager"),
        Self::WebhookBefore("alertmanager"),
        Self::Webhook("grafana"),
        Self::WebhookBefore("grafana"),
        Self::Webhook("generic-alerts"),
        Self::WebhookBefore("generic-alerts"),
    ];

    /// The parameter's name below a prefix such as `/opsroom`.
    pub fn below(self, prefix: &str) -> String {
        format!("{}/{}", prefix.trim_end_matches('/'), self.name())
    }

    /// The name without a prefix.
    pub fn name(self) -> String {
        match self {
            Self::SlackSigningSecret => "slack/signing-secret".to_owned(),
            Self::SlackPreviousSigningSecret => "slack/signing-secret-previous".to_owned(),
            Self::SlackBotToken => "slack/bot-token".to_owned(),
            Self::SpotifyClientId => "spotify/client-id".to_owned(),
            Self::SpotifyClientSecret => "spotify/client-secret".to_owned(),
            Self::SpotifyRefreshToken => "spotify/refresh-token".to_owned(),
            Self::Webhook(sender) => format!("webhooks/{sender}"),
            Self::WebhookBefore(sender) => format!("webhooks/{sender}-previous"),
        }
    }
}
