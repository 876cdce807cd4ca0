//! The Lambda Runtime API as a function sees it: the half of Lambda that hands events over and takes answers.
//!
//! Source: "Using the Lambda runtime API for custom runtimes", AWS Lambda Developer Guide (version `2018-06-01`).

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::clock;
use crate::failure::Failure;

/// Events are given the time that a Slack command's worker would have at most; the driver itself gives up sooner.
const DEADLINE: Duration = Duration::from_mins(1);
const PREFIX: &str = "/2018-06-01/runtime/";

/// An event on its way to the function.
#[derive(Debug)]
pub struct Event {
    /// The id that the function's answer must bear.
    pub request_id: String,
    /// The event, as JSON.
    pub payload: Bytes,
}

/// What the function told the Runtime API.
#[derive(Debug)]
pub enum Signal {
    /// It asked for the next event, which is to be sent here.
    Polled {
        /// When the question arrived.
        at: Instant,
        /// Where the event goes.
        hand_over: oneshot::Sender<Event>,
    },
    /// It answered an event.
    Answered {
        /// When the whole answer had arrived.
        at: Instant,
        /// The id of the event it answers.
        request_id: String,
        /// The answer.
        body: Bytes,
    },
    /// It reported an error, in an event or while starting.
    Failed(String),
}

/// A Runtime API for one process, on a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    signals: mpsc::UnboundedReceiver<Signal>,
    server: AbortHandle,
}

impl RuntimeApi {
    /// Starts to listen on a free port of the loopback interface.
    pub async fn start() -> Result<Self, Failure> {
        let unusable = |error| Failure::io("the Runtime API's port", &error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        let (sender, signals) = mpsc::unbounded_channel();
        let server = tokio::spawn(accept(listener, sender)).abort_handle();
        Ok(Self { address, signals, server })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The function's next signal.
    pub async fn signal(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept(listener: TcpListener, signals: mpsc::UnboundedSender<Signal>) {
    // Held here, so that the connections end with the listener.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Without it the answer to a poll could wait for the acknowledgement of the one before.
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let signals = signals.clone();
        connections.spawn(async move {
            let service = service_fn(|request| answer(request, signals.clone()));
            // An error here is a function that hung up; its process is watched, so nothing is missed.
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

async fn answer(request: Request<Incoming>, signals: mpsc::UnboundedSender<Signal>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    Ok(match (request.method(), parts.as_slice()) {
        (&Method::GET, ["invocation", "next"]) => next(&signals).await,
        (&Method::POST, ["invocation", request_id, "response"]) => {
            let request_id = (*request_id).to_owned();
            let body = read(request).await;
            accepted(&signals, Signal::Answered { at: Instant::now(), request_id, body })
        }
        (&Method::POST, ["invocation", _, "error"] | ["init", "error"]) => {
            let body = read(request).await;
            let text = String::from_utf8_lossy(&body).into_owned();
            accepted(&signals, Signal::Failed(text))
        }
        _ => reply(StatusCode::NOT_FOUND, "{}"),
    })
}

async fn next(signals: &mpsc::UnboundedSender<Signal>) -> Response<Full<Bytes>> {
    let (hand_over, event) = oneshot::channel();
    let at = Instant::now();
    if signals.send(Signal::Polled { at, hand_over }).is_err() {
        return reply(StatusCode::GONE, "{}");
    }
    let Ok(event) = event.await else {
        return reply(StatusCode::GONE, "{}");
    };
    let deadline = clock::now().as_millisecond().saturating_add(i64::try_from(DEADLINE.as_millis()).unwrap_or(i64::MAX));
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", event.request_id)
        .header("lambda-runtime-deadline-ms", deadline)
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-1:123456789012:function:benchmark")
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0")
        .body(Full::new(event.payload))
        .unwrap_or_else(|_| reply(StatusCode::INTERNAL_SERVER_ERROR, "{}"))
}

fn accepted(signals: &mpsc::UnboundedSender<Signal>, signal: Signal) -> Response<Full<Bytes>> {
    // Nobody listens any more only when the driver is ending the process; then the answer matters to nobody.
    let _ = signals.send(signal);
    reply(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
}

fn reply(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response
}

/// A body that breaks off reads as empty, which no scenario accepts as an answer.
async fn read(request: Request<Incoming>) -> Bytes {
    request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    /// Says `request` on a connection of its own and reads until `end` has come.
    async fn say(address: SocketAddr, request: String, end: &str) -> String {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("a request");
        let mut answer = Vec::new();
        while !String::from_utf8_lossy(&answer).contains(end) {
            let read = stream.read_buf(&mut answer).await.expect("an answer");
            assert!(read > 0, "broke off after {}", String::from_utf8_lossy(&answer));
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn post(path: &str, body: &str) -> String {
        format!("POST {PREFIX}{path} HTTP/1.1\r\nhost: lambda\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn an_event_is_handed_over_with_its_id_and_deadline() {
        let mut api = RuntimeApi::start().await.expect("a Runtime API");
        let request = format!("GET {PREFIX}invocation/next HTTP/1.1\r\nhost: lambda\r\n\r\n");
        let function = tokio::spawn(say(api.address(), request, r#"{"number":7}"#));
        let Some(Signal::Polled { hand_over, .. }) = api.signal().await else {
            panic!("no poll");
        };
        let event = Event { request_id: "request-7".to_owned(), payload: Bytes::from_static(br#"{"number":7}"#) };
        hand_over.send(event).expect("a function that waits");
        let answer = function.await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.contains("lambda-runtime-aws-request-id: request-7"), "{answer}");
        assert!(answer.contains("lambda-runtime-deadline-ms: "), "{answer}");
    }

    #[tokio::test]
    async fn an_answer_is_told_with_the_id_it_belongs_to() {
        let mut api = RuntimeApi::start().await.expect("a Runtime API");
        let request = post("invocation/request-7/response", r#"{"done":true}"#);
        let answer = say(api.address(), request, "OK\"}").await;
        assert!(answer.starts_with("HTTP/1.1 202 Accepted"), "{answer}");
        let Some(Signal::Answered { request_id, body, .. }) = api.signal().await else {
            panic!("no answer");
        };
        assert_eq!((request_id.as_str(), body.as_ref()), ("request-7", br#"{"done":true}"#.as_slice()));
    }

    #[tokio::test]
    async fn errors_are_told_whether_of_an_event_or_of_the_start() {
        let mut api = RuntimeApi::start().await.expect("a Runtime API");
        for path in ["invocation/request-7/error", "init/error"] {
            say(api.address(), post(path, "broken"), "OK\"}").await;
            let signal = api.signal().await;
            assert!(matches!(&signal, Some(Signal::Failed(report)) if report == "broken"), "{path}: {signal:?}");
        }
    }
}
