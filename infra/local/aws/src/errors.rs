//! Errors as AWS writes them, for every protocol that the gateway speaks.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::call::Protocol;
use crate::cbor;
use crate::refusal::Refusal;

/// Why a call to a stand-in is not answered.
#[derive(Debug)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// The exception's name.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Failure { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// No signature at all.
    pub fn unsigned() -> Self {
        Failure::new("MissingAuthenticationTokenException", "Missing Authentication Token")
    }

    /// A key, or a session token, that nobody handed out.
    pub fn unknown_key() -> Self {
        Failure::new("UnrecognizedClientException", "The security token included in the request is invalid.")
    }

    /// Signed with another secret.
    pub fn mismatch() -> Self {
        Failure::new(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        )
    }

    /// Signed at another time.
    pub fn skewed() -> Self {
        Failure::new("InvalidSignatureException", "Signature expired or not yet current.")
    }

    /// The policies say no.
    pub fn denied(caller: &str, action: &str, resource: &str) -> Self {
        Failure::new(
            "AccessDeniedException",
            format!(
                "User: {caller} is not authorized to perform: {action} on resource: {resource} because no \
                 identity-based policy allows the {action} action"
            ),
        )
    }

    /// An operation the CodePipeline stand-in lacks.
    pub fn unknown_operation(operation: &str) -> Self {
        Failure::new("UnknownOperationException", format!("The operation {operation} is not part of the local CodePipeline"))
    }

    /// A body that is no JSON object.
    pub fn not_json() -> Self {
        Failure::new("SerializationException", "The request body is not a JSON object")
    }

    /// A member that is missing or wrong.
    pub fn invalid(message: &str) -> Self {
        Failure::new("InvalidParameterValue", message)
    }

    /// The gateway's own trouble.
    pub fn internal() -> Self {
        Failure {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalFailure",
            message: "The request processing has failed because of an unknown error.".to_owned(),
        }
    }
}

impl Failure {
    /// As a protocol writes it.
    pub fn in_protocol(&self, protocol: Protocol) -> Response {
        response(protocol, self.status, self.code, &self.message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.in_protocol(Protocol::Json)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::new(refusal.code, refusal.message)
    }
}

/// A JSON 1.1 answer.
pub fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, [(CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response();
    add_request_id(&mut response);
    response
}

/// An error in a protocol's form.
pub fn response(protocol: Protocol, status: StatusCode, code: &str, message: &str) -> Response {
    let (kind, body) = match protocol {
        Protocol::Json => {
            let mut response = json(status, &json!({ "__type": code, "message": message }));
            if let Ok(code) = code.parse() {
                response.headers_mut().insert("x-amzn-errortype", code);
            }
            return response;
        }
        Protocol::Cbor => {
            let mut response = cbor::error(status, code, message);
            add_request_id(&mut response);
            return response;
        }
        Protocol::Query => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>{}</Type><Code>{}</Code><Message>{}</Message></Error>\
                 <RequestId>{}</RequestId></ErrorResponse>",
                if status.is_server_error() { "Receiver" } else { "Sender" },
                escape(code),
                escape(message),
                request_id(),
            ),
        ),
        Protocol::S3 => (
            "application/xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message>\
                 <RequestId>{}</RequestId></Error>",
                escape(code),
                escape(message),
                request_id(),
            ),
        ),
    };
    let mut response = (status, [(CONTENT_TYPE, kind)], Body::from(body)).into_response();
    add_request_id(&mut response);
    response
}

fn add_request_id(response: &mut Response) {
    if let Ok(id) = request_id().parse() {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
}

/// A new id, in the form of a UUID.
pub fn request_id() -> String {
    let text = format!("{:032x}", fastrand::u128(..));
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
