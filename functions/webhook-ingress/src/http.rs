//! From the Function URL's request to what the door reads, and back.

use lambda_http::http::header::{ALLOW, CONTENT_TYPE};
use lambda_http::{Body, Request, RequestExt as _, Response};
use opsroom_application::ports::{AlertQueue, Clock, WebhookQueue};

use crate::{Door, Incoming, SenderSecrets};

/// Answers a Function URL's request.
pub async fn serve<S, Q, A, C>(door: &Door<S, Q, A, C>, request: Request) -> Result<Response<Body>, lambda_http::Error>
where
    S: SenderSecrets,
    Q: WebhookQueue,
    A: AlertQueue,
    C: Clock,
{
    let answer = door.answer(&incoming(request)).await;
    let response = Response::builder().status(answer.status).header(CONTENT_TYPE, "application/json");
    let response = if answer.status == 405 { response.header(ALLOW, "POST") } else { response };
    Ok(response.body(Body::Text(answer.body.to_string()))?)
}

fn incoming(request: Request) -> Incoming {
    let path = request.raw_http_path().trim_end_matches('/').to_owned();
    let (parts, body) = request.into_parts();
    Incoming {
        method: parts.method.as_str().to_owned(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: match body {
            Body::Text(text) => text.into_bytes(),
            Body::Binary(bytes) => bytes,
            _ => Vec::new(),
        },
    }
}
