//! How many messages lie in a queue, for whoever looks after it.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use opsroom_application::ports::PortError;
use opsroom_aws_session::{SdkConfig, port_error};

/// About how many messages lie in a queue, those included that somebody is looking at.
pub async fn waiting(config: &SdkConfig, queue_url: &str) -> Result<usize, PortError> {
    let counted = [QueueAttributeName::ApproximateNumberOfMessages, QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
    let answer = Client::new(config)
        .get_queue_attributes()
        .queue_url(queue_url)
        .set_attribute_names(Some(counted.to_vec()))
        .send()
        .await
        .map_err(|error| port_error("sqs:GetQueueAttributes", &error))?;
    let attributes = answer.attributes.unwrap_or_default();
    Ok(counted.iter().filter_map(|name| attributes.get(name)?.parse::<usize>().ok()).sum())
}
