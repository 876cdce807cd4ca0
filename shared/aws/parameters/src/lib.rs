//! Secrets in SSM's Parameter Store, as `SecureString` parameters below one prefix.
//!
//! They can be rotated while everything runs: what was read is read again after five minutes, and sooner when it turns out
//! to be wrong. When SSM can't be reached, the values that are known go on being used.

mod administration;
mod cache;
mod names;
mod secret_set;
mod store;
mod webhooks;

use aws_sdk_ssm::Client;
use opsroom_application::ports::{PortError, TokenSource};
use opsroom_aws_session::SdkConfig;

use secret_set::SecretSet;

pub use administration::{SecretEntry, Secrets};
pub use names::SecretName;
pub use webhooks::{WebhookSecret, WebhookSecrets};

/// Those of Slack's secrets that a function uses.
#[derive(Debug)]
pub struct SlackSecrets(SecretSet);

impl SlackSecrets {
    /// All of Slack's, for its door.
    pub fn of_slack(config: &SdkConfig, prefix: &str) -> Self {
        let names = vec![SecretName::SlackSigningSecret, SecretName::SlackPreviousSigningSecret, SecretName::SlackBotToken];
        Self(SecretSet::new(Client::new(config), prefix, names))
    }

    /// Slack's token alone, for those who only call Slack.
    pub fn of_slack_bot(config: &SdkConfig, prefix: &str) -> Self {
        Self(SecretSet::new(Client::new(config), prefix, vec![SecretName::SlackBotToken]))
    }

    /// The signing secrets that are valid: the current one and, during a rotation, the one before.
    pub async fn slack_signing_secrets(&self) -> Result<Vec<String>, PortError> {
        let values = self.0.values().await?;
        let mut secrets = vec![self.0.required(&values, SecretName::SlackSigningSecret)?];
        secrets.extend(values.get(&SecretName::SlackPreviousSigningSecret).cloned());
        Ok(secrets)
    }

    /// The bot's token.
    pub async fn slack_bot_token(&self) -> Result<String, PortError> {
        self.0.required(&self.0.values().await?, SecretName::SlackBotToken)
    }

    /// Reads again because a value turned out to be wrong: a signature didn't fit, Slack said `invalid_auth`. Does so once
    /// in thirty seconds at most, so that nobody can make us call SSM by sending nonsense. Tells whether anything changed,
    /// that is, whether it is worth trying again.
    pub async fn reread(&self) -> bool {
        self.0.reread().await
    }
}

/// What a music account is used with. Read when the first song is asked for.
#[derive(Debug)]
pub struct MusicSecrets(SecretSet);

/// A music account's secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct MusicAccount {
    /// The app's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What the account's owner authorized the app with.
    pub refresh_token: String,
}

impl std::fmt::Debug for MusicAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MusicAccount").finish_non_exhaustive()
    }
}

impl MusicSecrets {
    /// Spotify's.
    pub fn of_spotify(config: &SdkConfig, prefix: &str) -> Self {
        let names = vec![SecretName::SpotifyClientId, SecretName::SpotifyClientSecret, SecretName::SpotifyRefreshToken];
        Self(SecretSet::new(Client::new(config), prefix, names))
    }

    /// The account. Fails with `NotFound`, naming the parameter, if one is missing.
    pub async fn account(&self) -> Result<MusicAccount, PortError> {
        let values = self.0.values().await?;
        Ok(MusicAccount {
            client_id: self.0.required(&values, SecretName::SpotifyClientId)?,
            client_secret: self.0.required(&values, SecretName::SpotifyClientSecret)?,
            refresh_token: self.0.required(&values, SecretName::SpotifyRefreshToken)?,
        })
    }
}

impl TokenSource for SlackSecrets {
    async fn token(&self) -> Result<String, PortError> {
        self.slack_bot_token().await
    }

    fn forget(&self) {
        self.0.lock().doubt();
    }
}
