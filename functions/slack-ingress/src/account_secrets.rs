//! The account's secrets, as the door and its Slack client need them.

use std::sync::Arc;

use opsroom_application::ports::{PortError, TokenSource};
use opsroom_aws_parameters::SlackSecrets;
use opsroom_slack::signature::Verifier;
use opsroom_slack_ingress::SigningSecrets;

/// One set of secrets, shared.
#[derive(Clone)]
pub struct AccountSecrets(pub Arc<SlackSecrets>);

impl SigningSecrets for AccountSecrets {
    async fn verifier(&self) -> Result<Verifier, PortError> {
        self.0.slack_signing_secrets().await.map(Verifier::new)
    }

    async fn reread(&self) -> Result<Option<Verifier>, PortError> {
        if self.0.reread().await { self.verifier().await.map(Some) } else { Ok(None) }
    }
}

impl TokenSource for AccountSecrets {
    async fn token(&self) -> Result<String, PortError> {
        self.0.slack_bot_token().await
    }

    fn forget(&self) {
        self.0.forget();
    }
}
