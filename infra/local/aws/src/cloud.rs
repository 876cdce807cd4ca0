//! The emulator behind the gateway: requests passed on unchanged, and the gateway's own signed calls.
//!
//! A plain HTTP client below any URL library, because S3 signs the path as it was sent: a client that tidies paths would
//! break signatures.

use std::time::Duration;

use aws_credential_types::Credentials;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::http::uri::Authority;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::clock;
use crate::signature::{self, SigningError};

/// Headers that belong to one connection (RFC 9110, section 7.6.1), not to the message.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The emulator closes a connection that has been idle for 75 seconds; a request must not meet that moment.
const IDLE: Duration = Duration::from_secs(30);

/// The emulator.
#[derive(Debug)]
pub struct Cloud {
    client: Client<HttpConnector, Full<Bytes>>,
    upstream: Authority,
    credentials: Credentials,
    region: String,
}

/// A call that did not work out.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// No answer.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// An answer that says no.
    #[error("HTTP {status}: {body}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// What it said.
        body: String,
    },
    /// The request could not be made.
    #[error("bad request: {0}")]
    Request(#[from] hyper::http::Error),
    /// The request could not be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The answer is not what it should be.
    #[error("bad answer: {0}")]
    Answer(#[from] serde_json::Error),
}

impl CloudError {
    /// Whether the same call may work later.
    pub fn is_passing(&self) -> bool {
        match self {
            CloudError::Unreachable(_) => true,
            CloudError::Refused { status, .. } => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            CloudError::Request(_) | CloudError::Signing(_) | CloudError::Answer(_) => false,
        }
    }
}

impl Cloud {
    /// The emulator at an address, called with the account's root key.
    pub fn new(upstream: Authority, credentials: Credentials, region: String) -> Self {
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build_http();
        Cloud { client, upstream, credentials, region }
    }

    /// Passes a request on as it came, Host header and all.
    pub async fn forward(&self, mut parts: hyper::http::request::Parts, body: Bytes) -> Result<Response<Bytes>, CloudError> {
        strip(&mut parts.headers);
        // Hyper has already asked the client to continue.
        parts.headers.remove(header::EXPECT);
        parts.headers.remove(header::CONTENT_LENGTH);
        if !body.is_empty() || parts.method == hyper::Method::PUT || parts.method == hyper::Method::POST {
            parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
        }
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = self.address(path)?;
        parts.version = hyper::Version::HTTP_11;
        let head = parts.method == hyper::Method::HEAD;
        let mut response = self.send(Request::from_parts(parts, Full::new(body))).await?;
        strip(response.headers_mut());
        if !head {
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        Ok(response)
    }

    /// Calls a service of the JSON protocols.
    pub async fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value, CloudError> {
        let request = Request::post(self.address("/")?)
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(Bytes::from(body.to_string()))?;
        Ok(serde_json::from_slice(&self.call(service, request).await?)?)
    }

    /// Calls a service of the query protocol; the answer is XML.
    pub async fn query(&self, service: &str, fields: &[(&str, &str)]) -> Result<String, CloudError> {
        let body = serde_urlencoded::to_string(fields).unwrap_or_default();
        let request =
            Request::post(self.address("/")?).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Bytes::from(body))?;
        Ok(String::from_utf8_lossy(&self.call(service, request).await?).into_owned())
    }

    /// Reads from Lambda's REST API.
    pub async fn lambda_get(&self, path: &str) -> Result<Value, CloudError> {
        let request = Request::get(self.address(path)?).body(Bytes::new())?;
        Ok(serde_json::from_slice(&self.call("lambda", request).await?)?)
    }

    /// Invokes a function without waiting for it.
    pub async fn lambda_invoke(&self, function: &str, event: &Value) -> Result<(), CloudError> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let request = Request::post(self.address(&path)?).header("x-amz-invocation-type", "Event").body(Bytes::from(event.to_string()))?;
        self.call("lambda", request).await.map(|_| ())
    }

    async fn call(&self, service: &str, mut request: Request<Bytes>) -> Result<Bytes, CloudError> {
        signature::sign(&mut request, &self.credentials, service, &self.region, clock::now().into())?;
        let response = self.send(request.map(Full::new)).await?;
        if !response.status().is_success() {
            return Err(CloudError::Refused { status: response.status(), body: String::from_utf8_lossy(response.body()).into_owned() });
        }
        Ok(response.into_body())
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, CloudError> {
        let unreachable = |error: &dyn std::error::Error| {
            CloudError::Unreachable(error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")))
        };
        let response = self.client.request(request).await.map_err(|error| unreachable(&error))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| unreachable(&error))?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    fn address(&self, path: &str) -> Result<Uri, hyper::http::Error> {
        Uri::builder().scheme("http").authority(self.upstream.clone()).path_and_query(path).build()
    }
}

fn strip(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
}
