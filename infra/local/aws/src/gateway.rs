//! One request through the gateway: what it is, who calls, whether a fault strikes, and who answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use crate::access::Access;
use crate::builds::Builds;
use crate::bus::Bus;
use crate::call::Call;
use crate::calls::{Calls, Ending};
use crate::clock;
use crate::cloud::Cloud;
use crate::errors::{self, Failure};
use crate::faults::{Effect, Faults};
use crate::identity::{Identities, Principal};
use crate::pipelines::{self, Pipelines, Site};
use crate::signature::{self, Claim, Mismatch};

/// Everything the gateway knows.
#[derive(Debug)]
pub struct Gateway {
    /// The emulator.
    pub cloud: Arc<Cloud>,
    /// The account and region.
    pub site: Site,
    /// The keys' owners.
    pub identities: Identities,
    /// What they may do.
    pub access: Access,
    /// The faults that are set.
    pub faults: Faults,
    /// The calls so far.
    pub calls: Calls,
    /// The pipelines.
    pub pipelines: Arc<Pipelines>,
    /// The events' way out.
    pub bus: Arc<Bus>,
    /// The builds that no pipeline started.
    pub builds: Builds,
}

/// Marks a response that is never sent: the connection closes instead.
#[derive(Debug, Clone, Copy)]
pub struct NoAnswer;

/// Handles a request for AWS.
pub async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return no_answer() };
    let body = body.to_bytes();
    let claim = signature::claim(&parts.headers);
    let call = Call::of(&parts, &body, claim.as_ref());
    let known = gateway.caller(&call).await;
    let caller = known.as_ref().ok().cloned().flatten();

    let fault = gateway.faults.strike(&call, caller.as_deref());
    let mut ending = Ending { fault: fault.as_ref().map(|fault| fault.id.clone()), ..Ending::default() };
    match fault.as_ref().map(|fault| fault.effect()) {
        Some(Effect::Error { status, code, message }) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            ending.status = Some(status.as_u16());
            gateway.calls.add(&call, caller.as_deref(), ending);
            return errors::response(call.protocol, status, code, message);
        }
        Some(Effect::Drop) => {
            gateway.calls.add(&call, caller.as_deref(), ending);
            return no_answer();
        }
        Some(Effect::Delay { ms }) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Some(Effect::DropAfter | Effect::HoldAfter { .. }) | None => {}
    }

    let response = if call.service == "codepipeline" {
        match known {
            Ok(_) => gateway.pipeline_call(&call, claim.as_ref(), &parts, &body, caller.as_deref()).await,
            Err(failure) => failure.into_response(),
        }
    } else {
        gateway.pass_on(&call, parts, body).await
    };
    ending.status = Some(response.status().as_u16());
    ending.ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    gateway.calls.add(&call, caller.as_deref(), ending);

    if let Some(fault) = fault {
        match fault.effect() {
            Effect::DropAfter => return no_answer(),
            Effect::HoldAfter { .. } => fault.hold().await,
            _ => {}
        }
    }
    response
}

fn no_answer() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(NoAnswer);
    response
}

impl Gateway {
    /// Who calls, if it is known; fails if the emulator could not be asked.
    async fn caller(&self, call: &Call) -> Result<Option<Arc<Principal>>, Failure> {
        let Some(key) = &call.access_key else { return Ok(None) };
        self.identities.of(key, &self.cloud).await.map_err(|error| {
            tracing::warn!(%error, "cannot tell who calls");
            Failure::internal()
        })
    }

    async fn pass_on(self: &Arc<Self>, call: &Call, parts: hyper::http::request::Parts, body: Bytes) -> Response {
        // In a task of its own: a caller that goes away does not undo what it asked for.
        let cloud = Arc::clone(&self.cloud);
        let answer = tokio::spawn(async move { cloud.forward(parts, body).await }).await;
        match answer {
            Ok(Ok(response)) => {
                if response.status().is_success() && matches!(call.service.as_str(), "sts" | "iam") {
                    self.identities.learn(call, &String::from_utf8_lossy(response.body()));
                }
                if call.service == "events"
                    && ["Put", "Delete", "Remove", "Enable", "Disable"].iter().any(|verb| call.operation.starts_with(verb))
                {
                    self.bus.forget_rules();
                }
                response.map(Body::from)
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, service = call.service, operation = call.operation, "not passed on");
                errors::response(call.protocol, StatusCode::BAD_GATEWAY, "ServiceUnavailable", &error.to_string())
            }
            Err(error) => {
                tracing::error!(%error, "passing on broke");
                no_answer()
            }
        }
    }

    async fn pipeline_call(
        &self,
        call: &Call,
        claim: Option<&Claim>,
        parts: &hyper::http::request::Parts,
        body: &[u8],
        caller: Option<&Principal>,
    ) -> Response {
        match self.answer_pipeline_call(call, claim, parts, body, caller).await {
            Ok(answer) => errors::json(StatusCode::OK, &answer),
            Err(failure) => failure.into_response(),
        }
    }

    async fn answer_pipeline_call(
        &self,
        call: &Call,
        claim: Option<&Claim>,
        parts: &hyper::http::request::Parts,
        body: &[u8],
        caller: Option<&Principal>,
    ) -> Result<Value, Failure> {
        let claim = claim.ok_or_else(Failure::unsigned)?;
        let caller = caller.ok_or_else(Failure::unknown_key)?;
        if let Some(credentials) = &caller.credentials {
            let token = parts.headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
            if token != credentials.session_token() {
                return Err(Failure::unknown_key());
            }
            signature::check(claim, parts, body, credentials, clock::now().into()).map_err(|mismatch| match mismatch {
                Mismatch::Skewed => Failure::skewed(),
                Mismatch::Signature => Failure::mismatch(),
            })?;
        }
        if !pipelines::api::has(&call.operation) {
            return Err(Failure::unknown_operation(&call.operation));
        }
        let body: Map<String, Value> = serde_json::from_slice(body).map_err(|_| Failure::not_json())?;
        let resource = pipelines::api::resource(&self.site, &call.operation, &body);
        let action = format!("codepipeline:{}", call.operation);
        match self.access.allows(&self.cloud, caller, &action, &resource).await {
            Ok(true) => {}
            Ok(false) => return Err(Failure::denied(&caller.arn, &action, &resource)),
            Err(error) => {
                tracing::warn!(%error, "cannot tell what the caller may do");
                return Err(Failure::internal());
            }
        }
        self.pipelines.answer(&call.operation, &body, &caller.arn).map_err(Failure::from)
    }

    /// Back to the start: no executions, faults, calls, events.
    pub fn reset(&self, engine: pipelines::Engine) {
        self.faults.clear();
        self.pipelines.with(|current, _| *current = engine);
        self.bus.reset();
        self.calls.clear();
    }

    /// What the room's panel shows first.
    pub fn overview(&self) -> Value {
        json!({ "ready": true, "events": self.bus.view(), "faults": self.faults.view() })
    }
}
