//! Puts aside what can't be understood. SQS itself moves a message to the dead letters only after it has failed often enough, and says
//! nothing of why; what is malformed today is malformed tomorrow, and whoever looks at it wants the reason.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use opsroom_application::ports::{DeadLetters, PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error_without_words};

const SEND: &str = "sqs:SendMessage";
/// The attribute that says why.
const REASON: &str = "reason";
const MOST_OF_A_REASON: usize = 1_000;
/// A message has 1 MiB at most, its attributes included (SQS developer guide, "Amazon SQS message quotas").
const MOST_OF_A_BODY: usize = 1_048_576 - 4 * 1_024;

/// A queue of dead letters.
#[derive(Debug, Clone)]
pub struct SqsDeadLetters {
    client: Client,
    url: String,
}

impl SqsDeadLetters {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl DeadLetters for SqsDeadLetters {
    async fn keep(&self, body: &str, reason: &str) -> Result<(), PortError> {
        let reason = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(accepted(reason, MOST_OF_A_REASON))
            .build()
            .map_err(|error| PortError::new(PortErrorKind::Permanent, SEND, error))?;
        let body = accepted(body, MOST_OF_A_BODY);
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).message_attributes(REASON, reason).send().await;
        // SQS may quote a body that it doesn't like, and what is in it is not ours to log.
        sent.map(|_| ()).map_err(|error| port_error_without_words(SEND, &error))
    }
}

/// The text as SQS takes it: not empty, of the characters it knows (SQS API reference, `SendMessage`), not longer than `most` bytes. A letter
/// that it refused would be lost for good.
fn accepted(text: &str, most: usize) -> String {
    let known = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let mut accepted = String::with_capacity(text.len().min(most));
    for c in text.chars().map(|c| if known(c) { c } else { char::REPLACEMENT_CHARACTER }) {
        if accepted.len() + c.len_utf8() > most {
            break;
        }
        accepted.push(c);
    }
    if accepted.is_empty() { "(empty)".to_owned() } else { accepted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_becomes_one_that_the_queue_takes() {
        let cases = [
            ("", 9, "(empty)"),
            ("{\"a\":\n1}", 9, "{\"a\":\n1}"),
            ("a\u{0}b\u{ffff}", 9, "a\u{fffd}b\u{fffd}"),
            ("äöü", 5, "äö"),
            ("💥💥", 7, "💥"),
        ];
        for (text, most, expected) in cases {
            assert_eq!(accepted(text, most), expected, "{text:?}");
        }
    }
}
