//! AWS and Slack as a function sees them, over TLS and as fast as can be: each answer is computed from the request by
//! the function's scenario, so that what is measured is the function and not a database.
//!
//! Each service listens on a port of its own, because each is a host of its own in truth and a function must open a
//! connection to each. The stub counts connections and calls.

pub mod authority;
mod call;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::failure::Failure;
use crate::scenarios::Scenario;
use authority::Authority;
pub use call::{Call, Host};

/// What the functions did on the network since the counts were last taken.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// TLS connections opened.
    pub connections: u32,
    /// Hosts that were called.
    pub hosts: BTreeSet<Host>,
    /// Calls answered by an AWS service.
    pub aws_calls: u32,
    /// Calls answered by Slack.
    pub slack_calls: u32,
    /// Each operation and how often it was called.
    pub operations: BTreeMap<String, u32>,
    /// Calls that the scenario has no answer for: the benchmark does not know this function well enough.
    pub unanswered: Vec<String>,
}

/// The services for one function's process; they end when dropped.
#[derive(Debug)]
pub struct Stub {
    endpoints: BTreeMap<Host, String>,
    tally: Arc<Mutex<Tally>>,
    servers: JoinSet<()>,
}

impl Stub {
    /// Starts all services on free ports of the loopback interface.
    pub async fn start(authority: &Authority, scenario: Arc<dyn Scenario>) -> Result<Self, Failure> {
        let tally = Arc::new(Mutex::new(Tally::default()));
        let mut endpoints = BTreeMap::new();
        let mut servers = JoinSet::new();
        for host in Host::ALL {
            let unusable = |error| Failure::io("a port of the stub", &error);
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unusable)?;
            let address = listener.local_addr().map_err(unusable)?;
            endpoints.insert(host, format!("https://{address}"));
            let service = Service {
                host,
                acceptor: TlsAcceptor::from(Arc::clone(&authority.server)),
                scenario: Arc::clone(&scenario),
                tally: Arc::clone(&tally),
            };
            servers.spawn(service.listen(listener));
        }
        Ok(Self { endpoints, tally, servers })
    }

    /// The base URL of a service, without a slash at its end.
    pub fn endpoint(&self, host: Host) -> &str {
        self.endpoints.get(&host).map_or("", String::as_str)
    }

    /// What was counted since the last call of this.
    pub fn take(&self) -> Tally {
        std::mem::take(&mut *lock(&self.tally))
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.servers.abort_all();
    }
}

/// One listener's part of the stub.
#[derive(Clone)]
struct Service {
    host: Host,
    acceptor: TlsAcceptor,
    scenario: Arc<dyn Scenario>,
    tally: Arc<Mutex<Tally>>,
}

impl Service {
    async fn listen(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(self.clone().serve(stream));
        }
    }

    /// Serves one connection until either side ends it. A failed handshake shows as the function's own error.
    async fn serve(self, stream: TcpStream) {
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let Ok(stream) = self.acceptor.accept(stream).await else {
            return;
        };
        lock(&self.tally).connections += 1;
        let service = service_fn(|request| self.answer(request));
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let call = Call::read(self.host, &head, &body);
        let answer = self.scenario.answer(&call);
        self.count(&call, answer.is_some());
        let (status, body) = match answer {
            Some(answer) => (StatusCode::OK, answer),
            None => (StatusCode::BAD_REQUEST, call.refusal()),
        };
        let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
        *response.status_mut() = status;
        response.headers_mut().insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(call.content_type()));
        Ok(response)
    }

    fn count(&self, call: &Call, answered: bool) {
        let mut tally = lock(&self.tally);
        tally.hosts.insert(self.host);
        if self.host == Host::Slack {
            tally.slack_calls += 1;
        } else {
            tally.aws_calls += 1;
        }
        *tally.operations.entry(call.action().to_owned()).or_default() += 1;
        if !answered {
            tally.unanswered.push(format!("{} {}", call.operation, call.body));
        }
    }
}

/// The counts are whole after every statement that changes them, so a panic elsewhere does not spoil them.
fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}
