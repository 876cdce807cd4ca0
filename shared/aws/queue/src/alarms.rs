//! What `alarms` asks itself to do later, in the queue of the alarms themselves.

use aws_sdk_sqs::Client;
use opsroom_application::ports::{AlarmChore, AlarmQueue, PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error};

const SEND: &str = "sqs:SendMessage";

/// The queue of `alarms`. A chore's body is the chore as JSON; its member `chore` tells it from notifications.
#[derive(Debug, Clone)]
pub struct SqsAlarmQueue {
    client: Client,
    url: String,
}

impl SqsAlarmQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl AlarmQueue for SqsAlarmQueue {
    async fn send(&self, chore: &AlarmChore) -> Result<(), PortError> {
        let body = serde_json::to_string(chore).map_err(|error| PortError::new(PortErrorKind::Permanent, SEND, error))?;
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(|_| ()).map_err(|error| port_error(SEND, &error))
    }
}
