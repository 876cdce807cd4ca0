//! What an SDK's error means for the caller, and what the log gets to read of it.

use std::error::Error;
use std::fmt::Write as _;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use opsroom_application::ports::{PortError, PortErrorKind};

/// Messages of services can quote whole requests.
const LONGEST: usize = 400;

/// What the log gets to read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Words(String);

/// Reads an error of the SDK.
pub fn port_error<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    PortError::new(kind(error), operation, Words(words(error, true)))
}

/// Reads an error of the SDK and leaves out what the service says in its own words, because they may quote the request.
pub fn port_error_without_words<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    PortError::new(kind(error), operation, Words(words(error, false)))
}

fn kind<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> PortErrorKind {
    match error {
        SdkError::ConstructionFailure(_) => PortErrorKind::Permanent,
        SdkError::ServiceError(context) => {
            let status = context.raw().status();
            kind_of_code(context.err().code().unwrap_or_default()).unwrap_or(match status.as_u16() {
                429 => PortErrorKind::Throttled,
                403 => PortErrorKind::Denied,
                500.. => PortErrorKind::Transient,
                _ => PortErrorKind::Permanent,
            })
        }
        // Time-outs, lost connections, answers that can't be read: nobody knows whether it was done.
        _ => PortErrorKind::Transient,
    }
}

/// Codes as in the API models and in the "Common errors" pages of the services' API references.
fn kind_of_code(code: &str) -> Option<PortErrorKind> {
    Some(match code {
        code if is_throttling(code) => PortErrorKind::Throttled,
        "ConditionalCheckFailedException" | "TransactionConflictException" | "TransactionInProgressException" | "ConflictException" => {
            PortErrorKind::Conflict
        }
        "AccessDeniedException"
        | "AccessDenied"
        | "UnauthorizedOperation"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "OptInRequired" => PortErrorKind::Denied,
        "ResourceNotFoundException"
        | "PipelineNotFoundException"
        | "PipelineExecutionNotFoundException"
        | "ParameterNotFound"
        | "InvalidDocument"
        | "InvalidCommandId"
        | "InvocationDoesNotExist"
        | "AutomationDefinitionNotFoundException"
        | "AutomationExecutionNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue" => PortErrorKind::NotFound,
        "InternalServerError" | "InternalFailure" | "InternalError" | "ServiceUnavailable" | "ServiceUnavailableException" => {
            PortErrorKind::Transient
        }
        _ => return None,
    })
}

/// Whether a code says that there were too many calls.
pub fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "ProvisionedThroughputExceededException"
            | "ThrottlingError"
            | "TooManyUpdates"
            | "OverLimit"
            | "ConcurrentPipelineExecutionsLimitExceededException"
            | "ConcurrentModificationException"
    )
}

fn words<E>(error: &SdkError<E, HttpResponse>, with_message: bool) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let mut text = String::new();
    if let SdkError::ServiceError(context) = error {
        let meta = context.err().meta();
        let status = context.raw().status().as_u16();
        text.push_str(meta.code().unwrap_or("an error without a code"));
        // Writing to a String can't fail.
        let _ = write!(text, " (HTTP {status}");
        if let Some(request) = meta.extra("aws_request_id") {
            let _ = write!(text, ", request {request}");
        }
        text.push(')');
        if let (true, Some(message)) = (with_message, meta.message()) {
            let _ = write!(text, ": {message}");
        }
    } else {
        text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    fn service_error(code: &str, message: &str, status: u16) -> SdkError<ErrorMetadata, HttpResponse> {
        let meta = ErrorMetadata::builder().code(code).message(message).custom("aws_request_id", "r-1").build();
        SdkError::service_error(meta, HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty()))
    }

    #[test]
    fn says_what_to_do_about_an_error() {
        let cases = [
            ("ProvisionedThroughputExceededException", 400, PortErrorKind::Throttled),
            ("ConditionalCheckFailedException", 400, PortErrorKind::Conflict),
            ("AccessDeniedException", 400, PortErrorKind::Denied),
            ("ResourceNotFoundException", 400, PortErrorKind::NotFound),
            ("ValidationException", 400, PortErrorKind::Permanent),
            ("InternalServerError", 500, PortErrorKind::Transient),
            ("SomethingNew", 503, PortErrorKind::Transient),
            ("SomethingNew", 429, PortErrorKind::Throttled),
        ];
        for (code, status, kind) in cases {
            assert_eq!(port_error("x:Y", &service_error(code, "", status)).kind, kind, "{code} {status}");
        }
        let lost: SdkError<ErrorMetadata, HttpResponse> = SdkError::dispatch_failure(ConnectorError::io("reset".into()));
        assert_eq!(port_error("x:Y", &lost).kind, PortErrorKind::Transient);
    }

    #[test]
    fn tells_the_log_what_the_service_said_unless_that_may_quote_the_request() {
        let error = service_error("ValidationException", "the value 'xoxb' is bad", 400);
        assert_eq!(
            port_error("x:Y", &error).to_string(),
            "x:Y: Permanent: ValidationException (HTTP 400, request r-1): the value 'xoxb' is bad"
        );
        assert_eq!(port_error_without_words("x:Y", &error).to_string(), "x:Y: Permanent: ValidationException (HTTP 400, request r-1)");
        assert!(port_error("x:Y", &service_error("A", &"b".repeat(5000), 400)).to_string().len() < 500);
    }

    #[test]
    fn tells_the_log_why_a_connection_failed() {
        let lost: SdkError<ErrorMetadata, HttpResponse> = SdkError::dispatch_failure(ConnectorError::io("connection reset".into()));
        assert!(port_error("x:Y", &lost).to_string().contains("connection reset"));
    }
}
