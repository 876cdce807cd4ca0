//! What is shown is what is sent, and the API's words are understood.

use std::sync::{Arc, Mutex};

use aws_sdk_ssm::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ssm::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use opsroom_domain::operation::HostStatus;
use serde_json::{Value, json};

use super::*;

/// Answers calls in turn and keeps what was sent.
#[derive(Debug)]
struct Answers {
    answers: Mutex<Vec<(u16, Value)>>,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl HttpConnector for Answers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.seen.lock().unwrap().push(serde_json::from_slice(request.body().bytes().unwrap()).unwrap());
        let (status, body) = self.answers.lock().unwrap().remove(0);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body.to_string()))))
    }
}

fn answering(answers: Vec<(u16, Value)>) -> (SystemsManager, Arc<Mutex<Vec<Value>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let connector = SharedHttpConnector::new(Answers { answers: Mutex::new(answers), seen: sent.clone() });
    let http = http_client_fn(move |_, _| connector.clone());
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKIA", "secret", None, None, "test"))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .http_client(http)
        .build();
    (SystemsManager { client: Client::from_conf(config), prefix: "opsroom-".to_owned() }, sent)
}

fn order() -> Order {
    Order {
        document: "opsroom-restart-unit".into(),
        target: HostTarget::Tags(BTreeMap::from([("environment".into(), "staging".into()), ("service".into(), "api".into())])),
        parameters: BTreeMap::from([("unit".into(), vec!["api".into()])]),
        concurrency: "25%".into(),
        errors: "0".into(),
        comment: "opsroom o-1 0".into(),
        not_before: "2026-11-25T10:00:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn what_is_shown_is_what_is_sent() {
    let (manager, sent) = answering(vec![(200, json!({"Command": {"CommandId": "c-1"}}))]);
    assert_eq!(manager.send(&order()).await.unwrap(), CommandId::new("c-1"));
    let sent = sent.lock().unwrap()[0].clone();
    for (name, value) in &manager.send_call(&order()).parameters {
        let words: Vec<String> = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        let field = words.concat();
        assert_eq!(&sent[&field], value, "{name}");
    }
    assert_eq!(sent["Targets"], json!([{"Key": "tag:environment", "Values": ["staging"]}, {"Key": "tag:service", "Values": ["api"]}]));
    assert_eq!(sent.as_object().unwrap().len(), 7);
}

#[tokio::test]
async fn an_earlier_attempt_is_found_by_its_comment_on_a_later_page() {
    let page =
        |comment: &str, next: &str| json!({"Commands": [{"CommandId": format!("of {comment}"), "Comment": comment}], "NextToken": next});
    let (manager, sent) = answering(vec![(200, page("opsroom o-2 0", "2")), (200, page("opsroom o-1 0", ""))]);
    assert_eq!(manager.find(&order()).await.unwrap(), Some(CommandId::new("of opsroom o-1 0")));
    let sent = sent.lock().unwrap().clone();
    assert_eq!(sent[0]["Filters"][0], json!({"key": "InvokedAfter", "value": "2026-11-25T09:58:00Z"}));
    assert_eq!(sent[1]["NextToken"], "2");
    let (manager, _) = answering(vec![(200, page("other", ""))]);
    assert_eq!(manager.find(&order()).await.unwrap(), None);
}

#[tokio::test]
async fn a_command_is_seen_with_its_hosts() {
    let plugin = |output: &str| json!([{"Name": "run", "Output": output}]);
    let hosts = json!({"CommandInvocations": [
        {"InstanceId": "i-1", "InstanceName": "api-1", "Status": "Success", "StatusDetails": "Success",
         "CommandPlugins": plugin("{\"kind\":\"restart\",\"unit\":\"api\",\"state\":\"active\"}\n")},
        {"InstanceId": "i-2", "Status": "Failed", "StatusDetails": "Failed",
         "CommandPlugins": plugin("{\"kind\":\"restart\",\"unit\":\"api\",\"state\":\"failed\"}\n----------ERROR-------\npanic: port in use\nfailed to run commands: exit status 1")},
        {"InstanceId": "i-3", "Status": "TimedOut", "StatusDetails": "DeliveryTimedOut", "CommandPlugins": []},
    ]});
    let (manager, _) =
        answering(vec![(200, json!({"Commands": [{"CommandId": "c-1", "Status": "Failed", "CompletedCount": 3}]})), (200, hosts)]);
    let sight = manager.sight(&"c-1".into()).await.unwrap();
    assert!(sight.over);
    let seen: Vec<_> =
        sight.hosts.iter().map(|host| (host.id.as_str(), host.status, host.report.is_some(), host.note.as_deref())).collect();
    assert_eq!(
        seen,
        [
            ("i-1", HostStatus::Succeeded, true, None),
            ("i-2", HostStatus::Failed, true, Some("panic: port in use")),
            ("i-3", HostStatus::Unreachable, false, None),
        ]
    );
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let refusal = |kind: &str| (400, json!({"__type": kind, "message": "no"}));
    let (manager, _) = answering(vec![refusal("InvalidDocument")]);
    assert_eq!(manager.send(&order()).await.unwrap_err().kind, PortErrorKind::NotFound);
    let (manager, _) = answering(vec![refusal("AccessDeniedException")]);
    assert_eq!(manager.send(&order()).await.unwrap_err().kind, PortErrorKind::Denied);
    let (manager, _) = answering(vec![refusal("InvalidCommandId")]);
    assert_eq!(manager.sight(&"c-1".into()).await.unwrap_err().kind, PortErrorKind::NotFound);
    let (manager, _) =
        answering(vec![refusal("InvocationDoesNotExist"), (200, json!({"StandardOutputContent": "x\n--output truncated--"}))]);
    let printed = manager.printed(&"c-1".into(), &["i-1".into(), "i-2".into()]).await.unwrap();
    assert_eq!(printed, [(HostId::new("i-2"), Printed { output: "x\n".into(), errors: String::new(), cut: true })]);
}

#[tokio::test]
async fn a_host_is_found_by_its_name_with_the_tags_that_it_has() {
    let host =
        json!({"InstanceId": "i-0123456789abcdef0", "ComputerName": "api-1", "PingStatus": "ConnectionLost", "IPAddress": "10.0.0.10"});
    let answers = vec![(200, json!({"InstanceInformationList": []})), (200, json!({"InstanceInformationList": [host]}))];
    let (manager, _) = answering(answers);
    let tags = |service: &str| BTreeMap::from([("service".to_owned(), service.to_owned())]);
    let (place, info) = manager.find_host("API-1", &[tags("web"), tags("api")]).await.unwrap().unwrap();
    assert_eq!((place, info.name.as_str(), info.agent), (1, "api-1", opsroom_application::ports::Agent::Lost));
}

#[tokio::test]
async fn a_command_is_over_only_once_its_hosts_can_be_seen_to_be() {
    let command = |completed: u32| json!({"Commands": [{"CommandId": "c-1", "Status": "Success", "CompletedCount": completed}]});
    let seen = |status: &str| json!({"CommandInvocations": [{"InstanceId": "i-1", "Status": status, "StatusDetails": status}]});
    for (completed, status, over) in [(1, "Success", true), (2, "Success", false), (1, "InProgress", false), (1, "SomethingNew", false)] {
        let (manager, _) = answering(vec![(200, command(completed)), (200, seen(status))]);
        assert_eq!(manager.sight(&"c-1".into()).await.unwrap().over, over, "{completed} {status}");
    }
}

#[tokio::test]
async fn a_command_is_not_sent_again_by_the_sdk() {
    let fault = (500, json!({"__type": "InternalServerError"}));
    let (manager, sent) = answering(vec![fault.clone(), fault.clone(), fault]);
    assert_eq!(manager.send(&order()).await.unwrap_err().kind, PortErrorKind::Transient);
    assert_eq!(sent.lock().unwrap().len(), 1);
}
