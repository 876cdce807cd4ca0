//! Brings dead letters back.
//!
//! SQS can do this by itself (`StartMessageMoveTask`), but says neither when it is done nor what a FIFO queue took for a
//! double. Here each letter is sent before it is taken away: one that dies in between is worked on twice, which all workers
//! take.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error, port_error_without_words};

const PER_CALL: i32 = 10;

/// How long a letter that was looked at stays out of sight of others.
const HIDDEN_SECONDS: i32 = 60;

/// Moves dead letters back into their queue, at most `most`; gives how many it moved.
pub async fn redrive(config: &SdkConfig, dead_letters_url: &str, queue_url: &str, most: usize) -> Result<usize, PortError> {
    let client = Client::new(config);
    let mut moved = 0;
    while moved < most {
        let received = client
            .receive_message()
            .queue_url(dead_letters_url)
            .max_number_of_messages(i32::try_from(most - moved).unwrap_or(PER_CALL).min(PER_CALL))
            .visibility_timeout(HIDDEN_SECONDS)
            .wait_time_seconds(1)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .send()
            .await
            .map_err(|error| port_error("sqs:ReceiveMessage", &error))?;
        let letters = received.messages.unwrap_or_default();
        if letters.is_empty() {
            break;
        }
        for letter in letters {
            bring_back(&client, dead_letters_url, queue_url, &letter).await?;
            moved += 1;
        }
    }
    Ok(moved)
}

async fn bring_back(client: &Client, dead_letters_url: &str, queue_url: &str, letter: &Message) -> Result<(), PortError> {
    let incomplete = || PortError::new(PortErrorKind::Permanent, "sqs:ReceiveMessage", "a message without body or receipt handle");
    let body = letter.body().ok_or_else(incomplete)?;
    let receipt_handle = letter.receipt_handle().ok_or_else(incomplete)?;
    let group = letter.attributes().and_then(|attributes| attributes.get(&MessageSystemAttributeName::MessageGroupId));
    // The message id, so that a second try within five minutes isn't a second message.
    let deduplication = group.and(letter.message_id()).map(|id| format!("redrive-{id}"));
    client
        .send_message()
        .queue_url(queue_url)
        .message_body(body)
        .set_message_group_id(group.cloned())
        .set_message_deduplication_id(deduplication)
        .send()
        .await
        .map_err(|error| port_error_without_words("sqs:SendMessage", &error))?;
    let deleted = client.delete_message().queue_url(dead_letters_url).receipt_handle(receipt_handle).send().await;
    deleted.map(|_| ()).map_err(|error| port_error("sqs:DeleteMessage", &error))
}
