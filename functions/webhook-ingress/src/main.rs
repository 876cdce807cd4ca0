//! Wires the door to its account. The commonest secret is read while the function starts, when it has a whole processor.

use lambda_http::{Error, service_fn};
use opsroom_application::ports::PortError;
use opsroom_aws_parameters::WebhookSecrets;
use opsroom_aws_queue::{SqsAlertQueue, SqsWebhookQueue};
use opsroom_aws_session::Patience;
use opsroom_lambda_support::clock::SystemClock;
use opsroom_lambda_support::configuration::required;
use opsroom_lambda_support::logging;
use opsroom_webhook_ingress::{Door, SenderSecrets, serve};
use opsroom_webhooks::{Secrets, Sender};

struct AccountSecrets(WebhookSecrets);

impl SenderSecrets for AccountSecrets {
    async fn of(&self, sender: Sender) -> Result<Option<Secrets>, PortError> {
        let found = self.0.of(sender.name()).await?;
        Ok(found.map(|secret| Secrets { current: secret.current, previous: secret.previous }))
    }

    async fn reread(&self, sender: Sender) -> bool {
        self.0.reread(sender.name()).await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start();
    let account = opsroom_aws_session::from_environment_with(Patience::DOOR)?;
    let secrets = WebhookSecrets::new(&account, &required("SECRETS_PREFIX")?, Sender::ALL.map(Sender::name));
    let queue = SqsWebhookQueue::new(&account, required("WEBHOOKS_QUEUE_URL")?);
    let alerts = SqsAlertQueue::new(&account, required("ALARMS_QUEUE_URL")?);
    let door = Door { secrets: AccountSecrets(secrets), queue, alerts, clock: SystemClock };
    door.warm_up().await;
    let door = &door;
    lambda_http::run(service_fn(|request| Box::pin(serve(door, request)))).await
}
