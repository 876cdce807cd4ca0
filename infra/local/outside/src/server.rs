//! The API: what can be done, and doing it.
//!
//! | call | what |
//! | --- | --- |
//! | `GET /senders` | the senders, their actions, and what each asks for |
//! | `POST /senders/<sender>/<action>` | a JSON object of fields; answers with what was sent and what the door said |

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::clock;
use crate::delivery::{Courier, Failed};
use crate::endpoints::NoCloud;
use crate::fields::{Refusal, Values};
use crate::registry::{Deed, Request};
use crate::senders;
use crate::world::World;

/// What the handlers share.
#[derive(Debug)]
pub struct App {
    courier: Courier,
    world: Mutex<World>,
}

impl App {
    /// A world in which nothing has happened.
    pub fn new(courier: Courier, world: World) -> Arc<Self> {
        Arc::new(Self { courier, world: Mutex::new(world) })
    }

    /// The world as it is now, for as long as something is decided.
    fn with<T>(&self, decide: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(clock::now());
        decide(&mut world)
    }
}

/// Why an action was not done.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("there is no action {1} of a sender {0}")]
    Unknown(String, String),
    #[error("the body has to be a JSON object of fields")]
    NoObject,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Failed(#[from] Failed),
}

impl From<NoCloud> for NotDone {
    fn from(error: NoCloud) -> Self {
        Self::Failed(error.into())
    }
}

impl IntoResponse for NotDone {
    fn into_response(self) -> Response {
        let (status, error) = match &self {
            Self::Unknown(..) => (StatusCode::NOT_FOUND, "unknown_action"),
            Self::NoObject => (StatusCode::BAD_REQUEST, "invalid_json"),
            Self::Refused(_) => (StatusCode::BAD_REQUEST, "invalid_field"),
            Self::Failed(Failed::NoCloud(_)) => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "not_sent"),
        };
        let field = if let Self::Refused(refusal) = &self { Some(&refusal.field) } else { None };
        (status, Json(json!({"ok": false, "error": error, "detail": self.to_string(), "field": field}))).into_response()
    }
}

/// The routes.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route("/senders", get(list)).route("/senders/{sender}/{action}", post(act)).with_state(app)
}

/// Serves until the process is told to end.
pub async fn serve(listener: TcpListener, app: Arc<App>) -> std::io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        result = async { axum::serve(listener, routes(app)).await } => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = terminated.recv() => Ok(()),
    }
}

async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    let senders: Vec<Value> = app.with(|world| senders::ALL.iter().map(|sender| sender.describe(world)).collect());
    Json(json!({"ok": true, "senders": senders}))
}

async fn act(State(app): State<Arc<App>>, Path((sender, action)): Path<(String, String)>, body: Bytes) -> Result<Json<Value>, NotDone> {
    let found = senders::ALL.iter().find(|known| known.id == sender).and_then(|known| known.action(&action));
    let action = found.ok_or(NotDone::Unknown(sender, action))?;
    let given: Map<String, Value> = match body.as_ref() {
        b"" => Map::new(),
        some => serde_json::from_slice(some).map_err(|_| NotDone::NoObject)?,
    };
    let endpoints = app.courier.endpoints()?;
    let (summary, requests) = app.with(|world| -> Result<_, Refusal> {
        let values = Values::read(action.fields, &given, world)?;
        let Deed { summary, requests } = (action.make)(&values, world);
        let requests: Vec<(String, Request)> = requests.into_iter().map(|request| (world.uuid(), request)).collect();
        Ok((summary, requests))
    })?;
    let sent = app.courier.send(&endpoints, requests, clock::now).await?;
    Ok(Json(json!({"ok": true, "summary": summary, "sent": sent})))
}
