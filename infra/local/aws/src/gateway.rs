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

use crate::access::{Access, Deed};
use crate::alarms::{self, Alarms};
use crate::builds::Builds;
use crate::bus::Bus;
use crate::call::Call;
use crate::calls::{Calls, Ending};
use crate::clock;
use crate::cloud::Cloud;
use crate::errors::{self, Failure};
use crate::faults::{Effect, Faults};
use crate::fleet::{self, Fleet};
use crate::identity::{Identities, Principal};
use crate::pipelines::{self, Pipelines, Site};
use crate::signature::{self, Claim, Mismatch};
use crate::widget;

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
    /// The hosts.
    pub fleet: Arc<Fleet>,
    /// The events' way out.
    pub bus: Arc<Bus>,
    /// The builds that no pipeline started.
    pub builds: Builds,
    /// The alarms.
    pub alarms: Alarms,
}

/// A request with its signature.
#[derive(Debug, Clone, Copy)]
struct Signed<'a> {
    claim: Option<&'a Claim>,
    parts: &'a hyper::http::request::Parts,
    body: &'a [u8],
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

    let response = if call.service == "codepipeline" || (call.service == "ssm" && fleet::api::has(&call.operation, &body)) {
        match known {
            Ok(_) => {
                let request = Signed { claim: claim.as_ref(), parts: &parts, body: &body };
                gateway.stand_in(&call, request, caller.as_deref()).await
            }
            Err(failure) => failure.into_response(),
        }
    } else if is_cloudwatch(&call) && call.operation == widget::OPERATION {
        let answer = match known {
            Ok(_) => {
                let request = Signed { claim: claim.as_ref(), parts: &parts, body: &body };
                gateway.picture(&call, request, caller.as_deref()).await
            }
            Err(failure) => Err(failure),
        };
        answer.unwrap_or_else(|failure| failure.in_protocol(call.protocol))
    } else {
        gateway.pass_on_watching_alarms(&call, parts, body).await
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

/// The caller, if the request is signed with its key.
fn check_signature<'a>(request: &Signed<'_>, caller: Option<&'a Principal>) -> Result<&'a Principal, Failure> {
    let claim = request.claim.ok_or_else(Failure::unsigned)?;
    let caller = caller.ok_or_else(Failure::unknown_key)?;
    let Some(credentials) = &caller.credentials else { return Ok(caller) };
    let token = request.parts.headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
    if token != credentials.session_token() {
        return Err(Failure::unknown_key());
    }
    signature::check(claim, request.parts, request.body, credentials, clock::now().into()).map_err(|mismatch| match mismatch {
        Mismatch::Skewed => Failure::skewed(),
        Mismatch::Signature => Failure::mismatch(),
    })?;
    Ok(caller)
}

/// CloudWatch signs as `monitoring`.
fn is_cloudwatch(call: &Call) -> bool {
    matches!(call.service.as_str(), "monitoring" | "cloudwatch")
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

    /// Answers a call for one of the stand-ins.
    async fn stand_in(&self, call: &Call, request: Signed<'_>, caller: Option<&Principal>) -> Response {
        let answered = async {
            let caller = check_signature(&request, caller)?;
            let body: Map<String, Value> = serde_json::from_slice(request.body).map_err(|_| Failure::not_json())?;
            if call.service == "codepipeline" {
                self.answer_pipeline_call(call, &body, caller).await
            } else {
                self.answer_fleet_call(call, &body, caller).await
            }
        };
        match answered.await {
            Ok(answer) => errors::json(StatusCode::OK, &answer),
            Err(failure) => failure.into_response(),
        }
    }

    async fn answer_pipeline_call(&self, call: &Call, body: &Map<String, Value>, caller: &Principal) -> Result<Value, Failure> {
        if !pipelines::api::has(&call.operation) {
            return Err(Failure::unknown_operation(&call.operation));
        }
        let resource = pipelines::api::resource(&self.site, &call.operation, body);
        self.demand(caller, &Deed::new(format!("codepipeline:{}", call.operation), resource)).await?;
        self.pipelines.answer(&call.operation, body, &caller.arn).map_err(Failure::from)
    }

    async fn picture(&self, call: &Call, request: Signed<'_>, caller: Option<&Principal>) -> Result<Response, Failure> {
        let caller = check_signature(&request, caller)?;
        self.demand(caller, &Deed::new("cloudwatch:GetMetricWidgetImage", "*")).await?;
        let image = widget::image(&self.cloud, &call.members(request.body), clock::now()).await?;
        Ok(widget::answer(call.protocol, &image))
    }

    /// Passes a call on, and tells EventBridge, and functions that are alarms' actions, what it changed about alarms.
    async fn pass_on_watching_alarms(self: &Arc<Self>, call: &Call, parts: hyper::http::request::Parts, body: Bytes) -> Response {
        let Some(touched) = alarms::touched(call, &body) else { return self.pass_on(call, parts, body).await };
        let _alone = self.alarms.alone().await;
        let before = alarms::look(&self.cloud, &touched).await;
        let response = self.pass_on(call, parts, body).await;
        if response.status().is_success() {
            match (before, alarms::look(&self.cloud, &touched).await) {
                (Ok(before), Ok(after)) => {
                    for event in alarms::events(&self.site, &before, &after, clock::now(), errors::request_id) {
                        self.bus.accept(event);
                    }
                    for (function, call) in alarms::calls(&self.site, &before, &after) {
                        if let Err(error) = self.cloud.lambda_invoke(&function, &call).await {
                            tracing::warn!(%error, function, "an alarm's action failed");
                        }
                    }
                }
                (Err(error), _) | (_, Err(error)) => tracing::warn!(%error, "cannot tell what became of alarms"),
            }
        }
        response
    }

    async fn answer_fleet_call(&self, call: &Call, body: &Map<String, Value>, caller: &Principal) -> Result<Value, Failure> {
        let deeds = self.fleet.with(|state, _| fleet::api::deeds(state, &call.operation, body));
        for deed in deeds {
            self.demand(caller, &deed).await?;
        }
        let mut denied = None;
        for deed in self.fleet.with(|state, _| fleet::api::automation_deeds(state, &call.operation, body)) {
            // Who may start an automation may still not do what it does: its step says so, not the call.
            if let Err(failure) = self.demand(caller, &deed).await {
                denied.get_or_insert(failure.message);
            }
        }
        let call = fleet::api::Call { operation: &call.operation, body, caller: &caller.arn };
        fleet::answer(&self.fleet, &call, denied).map_err(Failure::from)
    }

    async fn demand(&self, caller: &Principal, deed: &Deed) -> Result<(), Failure> {
        match self.access.allows(&self.cloud, caller, deed).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::denied(&caller.arn, &deed.action, &deed.resource)),
            Err(error) => {
                tracing::warn!(%error, "cannot tell what the caller may do");
                Err(Failure::internal())
            }
        }
    }

    /// Back to the start: no executions, commands, faults, calls, events; hosts as declared.
    pub async fn reset(&self, engine: pipelines::Engine) -> std::io::Result<()> {
        self.faults.clear();
        let versions = engine.versions();
        self.pipelines.with(|current, _| *current = engine);
        let fleet = self.fleet.reset(&versions).await;
        self.bus.reset();
        self.calls.clear();
        fleet
    }

    /// What the room's panel shows first.
    pub fn overview(&self) -> Value {
        json!({ "ready": true, "events": self.bus.view(), "faults": self.faults.view() })
    }
}
