//! Secrets in SSM's Parameter Store, as `SecureString` parameters below one prefix.
//!
//! They can be rotated while everything runs: what was read is read again after five minutes, and sooner when it turns out
//! to be wrong. When SSM can't be reached, the values that are known go on being used.

mod administration;
mod cache;
mod names;
mod store;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use aws_sdk_ssm::Client;
use opsroom_application::ports::{PortError, PortErrorKind, TokenSource};
use opsroom_aws_session::SdkConfig;

use cache::{Cache, Values};

pub use administration::{SecretEntry, Secrets};
pub use names::SecretName;

/// Those of Slack's secrets that a function uses.
#[derive(Debug)]
pub struct SlackSecrets {
    client: Client,
    prefix: String,
    names: &'static [SecretName],
    cache: Mutex<Cache>,
}

impl SlackSecrets {
    /// All of Slack's, for its door.
    pub fn of_slack(config: &SdkConfig, prefix: &str) -> Self {
        Self::new(config, prefix, &[SecretName::SlackSigningSecret, SecretName::SlackPreviousSigningSecret, SecretName::SlackBotToken])
    }

    /// Slack's token alone, for those who only call Slack.
    pub fn of_slack_bot(config: &SdkConfig, prefix: &str) -> Self {
        Self::new(config, prefix, &[SecretName::SlackBotToken])
    }

    fn new(config: &SdkConfig, prefix: &str, names: &'static [SecretName]) -> Self {
        Self { client: Client::new(config), prefix: prefix.trim_end_matches('/').to_owned(), names, cache: Mutex::default() }
    }

    /// The signing secrets that are valid: the current one and, during a rotation, the one before.
    pub async fn slack_signing_secrets(&self) -> Result<Vec<String>, PortError> {
        let values = self.values().await?;
        let mut secrets = vec![self.required(&values, SecretName::SlackSigningSecret)?];
        secrets.extend(values.get(&SecretName::SlackPreviousSigningSecret).cloned());
        Ok(secrets)
    }

    /// The bot's token.
    pub async fn slack_bot_token(&self) -> Result<String, PortError> {
        self.required(&self.values().await?, SecretName::SlackBotToken)
    }

    /// Reads again because a value turned out to be wrong: a signature didn't fit, Slack said `invalid_auth`. Does so once
    /// in thirty seconds at most, so that nobody can make us call SSM by sending nonsense. Tells whether anything changed,
    /// that is, whether it is worth trying again.
    pub async fn reread(&self) -> bool {
        if !self.lock().may_reread(Instant::now()) {
            return false;
        }
        match self.read().await {
            Ok(changed) => changed,
            Err(error) => {
                tracing::warn!(%error, "the secrets can't be read again; the known ones go on being used");
                false
            }
        }
    }

    async fn values(&self) -> Result<Values, PortError> {
        if let Some(values) = self.lock().usable(Instant::now()) {
            return Ok(values);
        }
        match self.read().await {
            Ok(_) => {}
            Err(error) => match self.lock().known() {
                Some(values) => {
                    tracing::warn!(%error, "the secrets can't be read again; the known ones go on being used");
                    return Ok(values);
                }
                None => return Err(error),
            },
        }
        Ok(self.lock().known().unwrap_or_default())
    }

    async fn read(&self) -> Result<bool, PortError> {
        self.lock().tried(Instant::now());
        let values = store::get_parameters(&self.client, &self.prefix, self.names).await?;
        Ok(self.lock().keep(values, Instant::now()))
    }

    fn required(&self, values: &Values, name: SecretName) -> Result<String, PortError> {
        values.get(&name).cloned().ok_or_else(|| {
            let missing = format!("the parameter {} doesn't exist", name.below(&self.prefix));
            PortError::new(PortErrorKind::NotFound, "ssm:GetParameters", missing)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenSource for SlackSecrets {
    async fn token(&self) -> Result<String, PortError> {
        self.slack_bot_token().await
    }

    fn forget(&self) {
        self.lock().doubt();
    }
}
