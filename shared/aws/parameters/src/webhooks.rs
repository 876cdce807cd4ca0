//! The secrets of those who send webhooks. Each sender's are read when it first knocks: few teams have them all.

use std::collections::HashMap;

use aws_sdk_ssm::Client;
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::SdkConfig;

use crate::names::SecretName;
use crate::secret_set::SecretSet;

/// Every sender's secrets.
#[derive(Debug)]
pub struct WebhookSecrets(HashMap<&'static str, SecretSet>);

/// One sender's secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret {
    /// The secret.
    pub current: String,
    /// The one before, during a rotation.
    pub previous: Option<String>,
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSecret").finish_non_exhaustive()
    }
}

impl WebhookSecrets {
    /// The secrets of these senders.
    pub fn new(config: &SdkConfig, prefix: &str, senders: impl IntoIterator<Item = &'static str>) -> Self {
        let client = Client::new(config);
        let set = |sender| SecretSet::new(client.clone(), prefix, vec![SecretName::Webhook(sender), SecretName::WebhookBefore(sender)]);
        Self(senders.into_iter().map(|sender| (sender, set(sender))).collect())
    }

    /// A sender's secrets; `None` if it was never given one.
    pub async fn of(&self, sender: &str) -> Result<Option<WebhookSecret>, PortError> {
        let values = self.set(sender)?.values().await?;
        let value = |previous: bool| {
            values.iter().find(|(name, _)| matches!(name, SecretName::WebhookBefore(_)) == previous).map(|(_, value)| value.clone())
        };
        Ok(value(false).map(|current| WebhookSecret { current, previous: value(true) }))
    }

    /// Reads a sender's secrets again, because what it sent didn't fit: once in thirty seconds at most. Tells whether anything changed.
    pub async fn reread(&self, sender: &str) -> bool {
        match self.set(sender) {
            Ok(set) => set.reread().await,
            Err(_) => false,
        }
    }

    fn set(&self, sender: &str) -> Result<&SecretSet, PortError> {
        self.0.get(sender).ok_or_else(|| PortError::new(PortErrorKind::NotFound, "ssm:GetParameters", format!("{sender} is no sender")))
    }
}
