//! What senders told, for `activity`, in a FIFO queue: what happens in one place stays in order.

use aws_sdk_sqs::Client;
use opsroom_application::ports::{PortError, WebhookQueue};
use opsroom_aws_session::{SdkConfig, port_error_without_words};

const SEND: &str = "sqs:SendMessage";

/// The queue of webhooks.
#[derive(Debug, Clone)]
pub struct SqsWebhookQueue {
    client: Client,
    url: String,
}

impl SqsWebhookQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl WebhookQueue for SqsWebhookQueue {
    async fn send(&self, group: &str, deduplication: &str, body: String) -> Result<(), PortError> {
        let message = self.client.send_message().queue_url(&self.url).message_body(body);
        let sent = message.message_group_id(group).message_deduplication_id(deduplication).send().await;
        // SQS may quote a body that it doesn't like, and commit messages are not ours to log.
        sent.map(|_| ()).map_err(|error| port_error_without_words(SEND, &error))
    }
}
