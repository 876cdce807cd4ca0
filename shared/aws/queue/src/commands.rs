//! Requests to `commands`.

use aws_sdk_sqs::Client;
use jiff::SignedDuration;
use opsroom_application::ports::{CommandQueue, Later, PortError, PortErrorKind};
use opsroom_application::request::Request;
use opsroom_aws_session::{SdkConfig, port_error_without_words};

const SEND: &str = "sqs:SendMessage";

/// The queue of `commands`. A message's body is the request as JSON.
#[derive(Debug, Clone)]
pub struct SqsCommandQueue {
    client: Client,
    url: String,
}

impl SqsCommandQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl CommandQueue for SqsCommandQueue {
    async fn send(&self, request: &Request) -> Result<(), PortError> {
        let body = serde_json::to_string(request).map_err(|error| PortError::new(PortErrorKind::Permanent, SEND, error))?;
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        // A request holds the address for its answer, which is a secret; SQS may quote a body that it doesn't like.
        sent.map(|_| ()).map_err(|error| port_error_without_words(SEND, &error))
    }
}

/// As long as a message can be delayed ("`SendMessage`": `DelaySeconds`).
const LONGEST_DELAY: i64 = 900;

impl Later for SqsCommandQueue {
    async fn send_in(&self, request: &Request, delay: SignedDuration) -> Result<(), PortError> {
        let body = serde_json::to_string(request).map_err(|error| PortError::new(PortErrorKind::Permanent, SEND, error))?;
        let seconds = i32::try_from(delay.as_secs().clamp(0, LONGEST_DELAY)).unwrap_or_default();
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).delay_seconds(seconds).send().await;
        sent.map(|_| ()).map_err(|error| port_error_without_words(SEND, &error))
    }
}
