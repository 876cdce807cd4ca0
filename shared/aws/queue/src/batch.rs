//! Several messages in one call: some may be refused while others are taken.

use aws_sdk_sqs::types::BatchResultErrorEntry;
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::is_throttling;

/// The call.
pub(crate) const SEND: &str = "sqs:SendMessageBatch";

/// As many as one call takes (SQS API reference, `SendMessageBatch`).
pub(crate) const MOST_PER_CALL: usize = 10;

/// One that was refused is an error of the whole: whoever sends it again may double the others, and never loses one.
pub(crate) fn refusal(refused: &[BatchResultErrorEntry], of: usize, what: &str) -> Option<PortError> {
    let first = refused.first()?;
    let kind = if is_throttling(first.code()) {
        PortErrorKind::Throttled
    } else if refused.iter().all(BatchResultErrorEntry::sender_fault) {
        PortErrorKind::Permanent
    } else {
        PortErrorKind::Transient
    };
    Some(PortError::new(kind, SEND, format!("{} of {of} {what} were refused, the first with {}", refused.len(), first.code())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_refused_message_is_an_error_of_the_whole() {
        let entry = |code: &str, fault| BatchResultErrorEntry::builder().id("0").code(code).sender_fault(fault).build().unwrap();
        assert!(refusal(&[], 3, "nudges").is_none());
        let kinds = [
            (vec![entry("InternalError", false)], PortErrorKind::Transient),
            (vec![entry("InvalidMessageContents", true)], PortErrorKind::Permanent),
            (vec![entry("InvalidMessageContents", true), entry("InternalError", false)], PortErrorKind::Transient),
            (vec![entry("RequestThrottled", true)], PortErrorKind::Throttled),
        ];
        for (refused, kind) in kinds {
            assert_eq!(refusal(&refused, 3, "nudges").map(|error| error.kind), Some(kind));
        }
    }
}
