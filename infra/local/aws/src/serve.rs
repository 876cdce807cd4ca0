//! The HTTP server. Hand-made around hyper for one reason: a request can end without an answer, as calls do when a
//! connection breaks.

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};

use crate::gateway::NoAnswer;

/// Hyper closes a connection whose service fails.
#[derive(Debug, thiserror::Error)]
#[error("no answer, as ordered")]
struct Closed;

/// Serves until the process is told to end.
pub async fn serve(listener: TcpListener, app: Router) {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => return tracing::error!(%error, "cannot wait for signals"),
    };
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, app.clone()));
                }
                Err(error) => tracing::warn!(%error, "cannot accept a connection"),
            },
            _ = tokio::signal::ctrl_c() => return,
            _ = terminate.recv() => return,
        }
    }
}

async fn connection(stream: TcpStream, app: Router) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set nodelay");
    }
    let app = TowerToHyperService::new(app);
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = app.call(request);
        async move {
            let response: Response<Body> = answer.await.map_err(|_| Closed)?;
            if response.extensions().get::<NoAnswer>().is_some() { Err(Closed) } else { Ok(response) }
        }
    });
    // Header names as AWS and the emulator write them do not matter to any client; size does: tokens are long.
    let served = http1::Builder::new().max_buf_size(1 << 20).serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}
