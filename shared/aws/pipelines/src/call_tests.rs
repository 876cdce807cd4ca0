//! What is shown is what is sent, and what is refused is understood.

use super::*;
use aws_sdk_codepipeline::config::http::{HttpRequest, HttpResponse};
use aws_sdk_codepipeline::config::retry::RetryConfig;
use aws_sdk_codepipeline::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use opsroom_domain::catalog::RevisionInput;
use opsroom_domain::revision::Revision;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};

/// Answers every call alike and keeps what was sent.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: &'static str,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl HttpConnector for Answer {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.seen.lock().unwrap().push(serde_json::from_slice(request.body().bytes().unwrap()).unwrap());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(self.status).unwrap(), SdkBody::from(self.body))))
    }
}

/// A client that answers every call alike, and what was sent to it.
fn answering(status: u16, body: &'static str) -> (CodePipeline, Arc<Mutex<Vec<Value>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let seen = sent.clone();
    let connector = SharedHttpConnector::new(Answer { status, body, seen });
    let http = http_client_fn(move |_, _| connector.clone());
    let config = aws_sdk_codepipeline::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKIA", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(http)
        .build();
    (CodePipeline { client: Client::from_conf(config) }, sent)
}

/// Fails what changes something, and keeps what was asked for.
#[derive(Debug)]
struct Down {
    seen: Arc<Mutex<Vec<String>>>,
}

impl HttpConnector for Down {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let (status, body) = if operation.starts_with("List") { (200, "{}") } else { (500, "") };
        self.seen.lock().unwrap().push(operation);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))))
    }
}

#[tokio::test]
async fn what_knows_no_token_is_sent_once_whatever_the_sdk_would_do() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let connector = SharedHttpConnector::new(Down { seen: seen.clone() });
    let config = aws_sdk_codepipeline::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKIA", "secret", None, None, "test"))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    let pipelines = CodePipeline { client: Client::from_conf(config) };
    assert!(pipelines.retry(&key(), "Deploy").await.unwrap_err().is_retryable());
    let rollback = RollbackRequest {
        pipeline: "api-staging".into(),
        stage: "Deploy".into(),
        target: "e-0".into(),
        since: jiff::Timestamp::from_second(1_790_000_000).unwrap(),
    };
    assert!(pipelines.roll_back(&rollback).await.unwrap_err().is_retryable());
    assert_eq!(*seen.lock().unwrap(), ["RetryStageExecution", "ListPipelineExecutions", "RollbackStage"]);
}

fn key() -> ExecutionKey {
    ExecutionKey::codepipeline("api-staging".into(), "e-1".into())
}

fn request(revision: Option<RevisionInput>) -> StartRequest {
    StartRequest {
        pipeline: "api-staging".into(),
        revision: revision.map(|input| (Revision::parse("4f9c2d1").unwrap(), input)),
        client_request_token: "d-1".into(),
    }
}

/// The AWS CLI derives its option names from the API's by this rule.
fn as_sent(call: &ApiCall) -> Value {
    let camel = |name: &str| {
        let mut words = name.split('-');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
    };
    Value::Object(call.parameters.iter().map(|(name, value)| (camel(name), value.clone())).collect::<Map<_, _>>())
}

#[tokio::test]
async fn the_start_that_is_shown_is_the_one_that_is_sent() {
    let source = RevisionInput::Source { action: "Source".into(), revision_type: "COMMIT_ID".into() };
    for revision in [None, Some(source), Some(RevisionInput::Variable { name: "REF".into() })] {
        let request = request(revision);
        let (pipelines, sent) = answering(200, r#"{"pipelineExecutionId": "e-1"}"#);
        assert_eq!(pipelines.start(&request).await.unwrap(), Started { execution: "e-1".into() });
        assert_eq!(sent.lock().unwrap()[..], [as_sent(&pipelines.start_call(&request))]);
    }
}

#[tokio::test]
async fn the_stop_that_is_shown_is_the_one_that_is_sent() {
    let (pipelines, sent) = answering(200, "{}");
    let reason = "cancelled by Dana ".repeat(20);
    pipelines.stop(&key(), &reason).await.unwrap();
    assert_eq!(sent.lock().unwrap()[..], [as_sent(&pipelines.stop_call(&key(), &reason))]);
    assert_eq!(sent.lock().unwrap()[0]["reason"].as_str().map(str::len), Some(200));
    assert_eq!(sent.lock().unwrap()[0]["abandon"], json!(false));
}

#[tokio::test]
async fn stopping_what_is_stopped_already_is_no_failure() {
    for body in [r#"{"__type": "PipelineExecutionNotStoppableException"}"#, r#"{"__type": "DuplicatedStopRequestException"}"#] {
        answering(400, body).0.stop(&key(), "r").await.unwrap();
    }
    let error = answering(400, r#"{"__type": "PipelineNotFoundException"}"#).0.stop(&key(), "r").await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::NotFound);
}

#[tokio::test]
async fn a_refused_start_says_what_to_do() {
    let cases = [
        (r#"{"__type": "PipelineNotFoundException"}"#, PortErrorKind::NotFound),
        (r#"{"__type": "ValidationException"}"#, PortErrorKind::Permanent),
        (r#"{"__type": "ConflictException"}"#, PortErrorKind::Conflict),
        (r#"{"__type": "ConcurrentPipelineExecutionsLimitExceededException"}"#, PortErrorKind::Throttled),
        (r#"{"__type": "AccessDeniedException"}"#, PortErrorKind::Denied),
    ];
    for (body, kind) in cases {
        assert_eq!(answering(400, body).0.start(&request(None)).await.unwrap_err().kind, kind, "{body}");
    }
    assert_eq!(answering(200, "{}").0.start(&request(None)).await.unwrap_err().kind, PortErrorKind::Transient);
}

#[tokio::test]
async fn an_execution_that_is_not_there_is_not_found() {
    let error = answering(400, r#"{"__type": "PipelineExecutionNotFoundException"}"#).0.observe(&key()).await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::NotFound);
}
