//! From the Function URL's request to what the door reads, and back.

use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, RequestExt as _, Response};
use opsroom_application::ports::{CatalogStore, Clock, CommandQueue, Dialogs, Directory, RoomKinds};
use opsroom_domain::ids::CorrelationId;

use crate::{Answer, Door, SigningSecrets};

/// A request, as far as the door reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The method, in capitals.
    pub method: String,
    /// The path below the Function URL.
    pub path: String,
    /// `Content-Type`, or nothing.
    pub content_type: String,
    /// `X-Slack-Request-Timestamp`, or nothing.
    pub timestamp: String,
    /// `X-Slack-Signature`, or nothing.
    pub signature: String,
    /// The bytes, untouched: the signature covers them.
    pub body: Vec<u8>,
    /// Follows the event through the logs: Lambda's request id.
    pub correlation: CorrelationId,
}

/// Answers a Function URL's request.
pub async fn serve<S, K, Q, W, C>(door: &Door<S, K, Q, W, C>, request: lambda_http::Request) -> Result<Response<Body>, lambda_http::Error>
where
    S: SigningSecrets,
    K: CatalogStore + RoomKinds,
    Q: CommandQueue,
    W: Directory + Dialogs,
    C: Clock,
{
    let Answer { status, body } = door.answer(&incoming(request)).await;
    let response = Response::builder().status(status);
    Ok(match body {
        Some(body) => response.header(CONTENT_TYPE, "application/json").body(Body::Text(body.to_string()))?,
        None => response.body(Body::Empty)?,
    })
}

fn incoming(request: lambda_http::Request) -> Incoming {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let correlation = request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default();
    Incoming {
        method: request.method().as_str().to_owned(),
        path: request.raw_http_path().to_owned(),
        content_type: header("content-type"),
        timestamp: header("x-slack-request-timestamp"),
        signature: header("x-slack-signature"),
        correlation: CorrelationId::new(correlation),
        body: match request.into_body() {
            Body::Text(text) => text.into_bytes(),
            Body::Binary(bytes) => bytes,
            _ => Vec::new(),
        },
    }
}
