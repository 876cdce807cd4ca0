//! The fleet's part of the control API: hosts, their agents and troubles, and what they have run.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Fleet;
use super::host::{Agent, Declaration, Host};
use super::trouble::Trouble;

/// The routes.
pub fn routes(fleet: Arc<Fleet>) -> Router {
    Router::new()
        .route("/_local/fleet", get(list).post(grow))
        .route("/_local/fleet/grown", delete(shrink))
        .route("/_local/fleet/second", post(second))
        .route("/_local/hosts/{id}", get(one))
        .route("/_local/hosts/{id}/ran", get(ran).delete(forget))
        .route("/_local/hosts/{id}/agent", post(agent))
        .route("/_local/hosts/{id}/unit", post(unit))
        .route("/_local/hosts/{id}/trouble", post(trouble).delete(mend))
        .with_state(fleet)
}

/// Why a request of the control API comes to nothing.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("no such host")]
    NoHost,
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = if matches!(self, Problem::NoHost) { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

/// How the ids of hosts begin that the file does not declare.
const GROWN: &str = "i-f1ee7";

type Found = Result<Json<Value>, Problem>;

/// Hosts are named by id or by name.
fn at<T>(fleet: &Fleet, id: &str, work: impl FnOnce(&mut Host) -> T) -> Result<T, Problem> {
    let found = fleet.with(|state, _| state.hosts.iter_mut().find(|host| host.id == id || host.name == id).map(work));
    found.ok_or(Problem::NoHost)
}

async fn list(Shared(fleet): Shared<Arc<Fleet>>) -> Json<Value> {
    Json(json!({ "hosts": fleet.with(|state, _| state.hosts.iter().map(Host::view).collect::<Vec<_>>()) }))
}

async fn one(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>) -> Found {
    at(&fleet, &id, |host| Json(host.view()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Growth {
    service: String,
    environment: String,
    count: u16,
}

/// Many more hosts of a service, to see what 200 of them do to a room.
async fn grow(Shared(fleet): Shared<Arc<Fleet>>, Json(growth): Json<Growth>) -> Found {
    let added = fleet.with(|state, now| {
        let mut added = Vec::new();
        for number in 0..growth.count {
            let declared = Declaration {
                id: format!("{GROWN}{:012x}", state.hosts.len()),
                name: format!("{}-{}-{}", growth.service, growth.environment, 100 + number),
                unit: growth.service.clone(),
                tags: [("service", growth.service.as_str()), ("environment", &growth.environment), ("opsroom", "managed")]
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .into(),
            };
            added.push(declared.id.clone());
            state.add_host(declared, &fleet.place, &[], now)?;
        }
        Ok::<_, std::io::Error>(added)
    });
    let added = added?;
    fleet.start_units(&added).await;
    Ok(Json(json!({ "added": added })))
}

/// Takes the hosts away that were added.
async fn shrink(Shared(fleet): Shared<Arc<Fleet>>) -> Json<Value> {
    let removed = fleet.with(|state, _| {
        let (grown, declared): (Vec<_>, Vec<_>) = std::mem::take(&mut state.hosts).into_iter().partition(|host| host.id.starts_with(GROWN));
        state.hosts = declared;
        grown
    });
    for host in &removed {
        host.folder.cut_power();
    }
    Json(json!({ "removed": removed.len() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Second {
    ms: u32,
}

async fn second(Shared(fleet): Shared<Arc<Fleet>>, Json(second): Json<Second>) -> Json<Value> {
    fleet.with(|state, _| state.second = Duration::from_millis(second.ms.into()));
    Json(json!({ "ok": true }))
}

async fn ran(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>) -> Found {
    at(&fleet, &id, |host| {
        let (trace, programs) = (host.folder.record("ran.trace"), host.folder.record("ran.programs"));
        Json(json!({ "scripts": host.ran, "trace": lines(&trace), "programs": lines(&programs) }))
    })
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

async fn forget(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>) -> Found {
    at(&fleet, &id, |host| {
        host.ran.clear();
        host.folder.forget_records();
        Json(json!({ "ok": true }))
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    state: Agent,
}

async fn agent(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>, Json(order): Json<Order>) -> Found {
    let id = at(&fleet, &id, |host| host.id.clone())?;
    fleet.agent(std::slice::from_ref(&id), order.state);
    at(&fleet, &id, |host| Json(host.view()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitOrder {
    action: UnitAction,
}

/// What somebody on the host may tell its systemd.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnitAction {
    Start,
    Stop,
    Restart,
}

/// Starts or stops the host's unit as somebody on the host would: the agent answers as before. Over once the unit is ready, or has ended.
async fn unit(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>, Json(order): Json<UnitOrder>) -> Found {
    let (folder, unit) = at(&fleet, &id, |host| (host.folder.clone(), host.unit.clone()))?;
    let verb = match order.action {
        UnitAction::Start => "start",
        UnitAction::Stop => "stop",
        UnitAction::Restart => "restart",
    };
    folder.program("systemctl", &[verb, &unit]).await?;
    at(&fleet, &id, |host| Json(host.view()))
}

async fn trouble(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>, Json(trouble): Json<Trouble>) -> Found {
    at(&fleet, &id, |host| trouble.make(&host.folder, &host.unit))??;
    Ok(Json(json!({ "ok": true })))
}

async fn mend(Shared(fleet): Shared<Arc<Fleet>>, Path(id): Path<String>) -> Found {
    at(&fleet, &id, |host| host.folder.mend())??;
    Ok(Json(json!({ "ok": true })))
}
