//! What is made here is what the real door takes and understands: it is verified, recognised and read by the very code of the door.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use opsroom_domain::pipeline_execution::{Observation, RunStatus};
use opsroom_webhooks::{NotAuthentic, Reading, Recognised, Secrets, read, recognise, verify};
use serde_json::{Map, Value, json};

use super::ALL;
use crate::delivery::{Prepared, prepare};
use crate::endpoints::Endpoints;
use crate::fields::{Kind, Refusal, Values};
use crate::pipelines;
use crate::registry::{Deed, Request};
use crate::world::World;

const DOOR: &str = "http://127.0.0.1:1/door";

fn now() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

fn world() -> World {
    World::new(now(), pipelines::parse(include_bytes!("../../../pipelines.json")).unwrap())
}

fn endpoints() -> Endpoints {
    let mut known = json!({
        "webhook_ingress": format!("{DOOR}/"), "aws": "http://127.0.0.1:2", "aws_region": "us-east-1", "aws_access_key_id": "test",
        "aws_secret_access_key": "test", "alarm_topic_arn": "arn:aws:sns:us-east-1:000000000000:alarms",
        "slack_api": "http://127.0.0.1:3/api/", "user_tokens": {"U0DEPLOYER": "t", "U0APPROVER": "t", "U0READER": "t"},
    });
    for sender in opsroom_webhooks::Sender::ALL {
        known[format!("{}_webhook_secret", sender.name().replace('-', "_"))] = format!("secret-of-{sender}").into();
    }
    known.into()
}

fn act(world: &mut World, sender: &str, action: &str, fields: &Value) -> Result<Deed, Refusal> {
    let action = ALL.iter().find(|known| known.id == sender).and_then(|known| known.action(action)).unwrap();
    let values = Values::read(action.fields, fields.as_object().unwrap_or(&Map::new()), world)?;
    Ok((action.make)(&values, world))
}

/// Every request of a deed, signed.
fn signed(deed: Deed) -> Vec<Prepared> {
    deed.requests.into_iter().map(|request| prepare(&endpoints(), request, "delivery-1", now()).unwrap()).collect()
}

fn headers(of: &Prepared) -> HeaderMap {
    let pair = |(name, value, _): &(String, String, bool)| -> (HeaderName, HeaderValue) { (name.parse().unwrap(), value.parse().unwrap()) };
    of.headers.iter().map(pair).collect()
}

/// What the door and `activity` make of a webhook.
fn understood(request: &Prepared) -> Reading {
    let (address, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
    let sender = opsroom_webhooks::Sender::at(address.strip_prefix(DOOR).unwrap()).unwrap();
    let (headers, body) = (headers(request), request.body.as_bytes());
    let secrets = |current: String| Secrets { current, previous: None };
    verify(sender, &headers, query, body, &secrets(format!("secret-of-{sender}")), now()).unwrap();
    assert!(!request.shown_url.contains("secret-of"), "{}", request.shown_url);
    assert_eq!(verify(sender, &headers, query, body, &secrets("another".to_owned()), now()), Err(NotAuthentic::Mismatch));
    let Recognised::Event(webhook) = recognise(sender, &headers, body, now()).unwrap() else { panic!("not shown: {}", request.event) };
    read(&webhook).unwrap()
}

#[test]
fn every_action_with_nothing_but_defaults_is_taken_and_tells_something() {
    let mut world = world();
    // What others need comes first, what ends it last, as the list has them.
    for sender in ALL {
        for action in sender.actions {
            let deed = act(&mut world, sender.id, action.id, &json!({})).unwrap_or_else(|why| panic!("{}: {why}", action.id));
            assert!(!deed.summary.is_empty() && !deed.requests.is_empty());
            for request in signed(deed) {
                let path = request.url.split('?').next().and_then(|address| address.strip_prefix(DOOR)).unwrap_or_default();
                if opsroom_webhooks::Sender::at(path).is_some() {
                    let reading = understood(&request);
                    let tells = reading.news.is_some() || reading.run.is_some() || !reading.alarms.is_empty();
                    assert!(tells, "{} {} tells nothing", sender.id, request.event);
                }
            }
        }
    }
}

#[test]
fn every_end_that_can_be_chosen_is_understood() {
    let mut world = world();
    for (sender, field) in ALL.iter().flat_map(|sender| ["outcome", "conclusion"].map(|field| (sender, field))) {
        for action in sender.actions.iter().filter(|action| action.id != "check_pull") {
            let Some(Kind::Choice(ends)) = action.fields.iter().find(|known| known.id == field).map(|known| &known.kind) else { continue };
            for (end, _) in *ends {
                let deed = act(&mut world, sender.id, action.id, &json!({field: end})).unwrap();
                let last = understood(signed(deed).last().unwrap()).run.unwrap();
                let said = last.observations.iter().find_map(|one| match one {
                    Observation::Execution(seen) => Some(seen.status),
                    _ => None,
                });
                let expected = match *end {
                    "passed" | "success" => RunStatus::Succeeded,
                    "cancelled" => RunStatus::Stopped,
                    "blocked" => RunStatus::InProgress,
                    _ => RunStatus::Failed,
                };
                assert_eq!(said, Some(expected), "{} {end}", sender.id);
            }
        }
    }
}

#[test]
fn ids_are_unique_and_every_field_has_a_default_that_can_be_sent() {
    let mut seen = std::collections::HashSet::new();
    let described: Vec<Value> = ALL.iter().map(|sender| sender.describe(&world())).collect();
    for sender in &described {
        for action in sender["actions"].as_array().unwrap() {
            assert!(seen.insert((sender["id"].to_string(), action["id"].to_string())));
            for field in action["fields"].as_array().unwrap() {
                let needs_something_first = field["kind"] == "choice" && field["choices"] == json!([]);
                assert!(needs_something_first || field["required"] == false || field["default"] != "", "{field}");
                assert!(!needs_something_first || field["hint"] != "", "{field}");
            }
        }
    }
}

#[test]
fn a_pull_request_is_remembered_from_its_opening_to_its_end() {
    let mut world = world();
    assert!(act(&mut world, "github", "review_pull", &json!({})).unwrap_err().to_string().contains("open a pull request first"));
    act(&mut world, "github", "open_pull", &json!({"title": "Count once", "reviewer": "avery"})).unwrap();
    act(&mut world, "github", "open_pull", &json!({"repository": "acme/web", "title": "Another"})).unwrap();
    let here = "acme/api#101";
    act(&mut world, "github", "label_pull", &json!({"pull": here, "labels": "bug, later, bug"})).unwrap();
    act(&mut world, "github", "review_pull", &json!({"pull": here, "by": "avery"})).unwrap();
    let merged = act(&mut world, "github", "close_pull", &json!({"pull": here})).unwrap();
    let events: Vec<String> = merged.requests.iter().map(event).collect();
    assert_eq!(events, ["push", "pull_request"]);
    let Request::Webhook { body, .. } = &merged.requests[1] else { panic!() };
    let pull = &body["pull_request"];
    assert_eq!((&pull["merged"], &pull["state"], &pull["title"]), (&json!(true), &json!("closed"), &json!("Count once")));
    assert_eq!(pull["labels"].as_array().unwrap().len(), 2);
    assert_eq!(pull["requested_reviewers"], json!([]));
    // It is over.
    let again = act(&mut world, "github", "close_pull", &json!({"pull": here})).unwrap_err();
    assert!(again.to_string().contains("none like that"));
    // What isn't named is the newest that is open.
    assert_eq!(act(&mut world, "github", "label_pull", &json!({})).unwrap().summary, "Labelled acme/web#101");
}

#[test]
fn a_branch_begins_once_and_each_push_follows_the_one_before() {
    let mut world = world();
    let mut push = |action: &str, branch: &str| {
        let deed = act(&mut world, "github", action, &json!({"branch": branch})).unwrap();
        let Request::Webhook { body, .. } = deed.requests[0].clone() else { panic!() };
        body
    };
    let (first, second, forced) = (push("push", "topic/a"), push("push", "topic/a"), push("force_push", "topic/a"));
    assert_eq!((&first["created"], &second["created"], &forced["created"]), (&json!(true), &json!(false), &json!(false)));
    assert_eq!(second["before"], first["after"]);
    assert_eq!(forced["before"], second["after"]);
    assert_eq!((&second["forced"], &forced["forced"]), (&json!(false), &json!(true)));
    assert_eq!(push("push", "main")["created"], json!(false));
}

#[test]
fn the_same_action_twice_makes_two_runs() {
    let mut world = world();
    for (sender, action) in [
        ("github", "run"),
        ("gitlab", "pipeline"),
        ("circleci", "workflow"),
        ("buildkite", "build"),
        ("jenkins", "build"),
        ("generic", "run"),
    ] {
        let mut key = || {
            let deed = act(&mut world, sender, action, &json!({})).unwrap();
            let keys: Vec<String> = signed(deed).iter().map(|request| format!("{:?}", understood(request).run.unwrap().key)).collect();
            assert!(keys.iter().all(|key| *key == keys[0]), "{sender}: one run is told as several: {keys:?}");
            keys[0].clone()
        };
        assert_ne!(key(), key(), "{sender}");
    }
}

#[test]
fn a_revision_reaches_each_pipeline_in_its_own_way() {
    let mut world = world();
    let mut input = |pipeline: &str| -> Value {
        let deed = act(&mut world, "codepipeline", "start", &json!({"pipeline": pipeline, "revision": "broken"})).unwrap();
        let request = signed(deed).remove(0);
        let authorization = headers(&request)["authorization"].to_str().unwrap().to_owned();
        assert!(
            authorization.starts_with("AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/codepipeline/aws4_request"),
            "{authorization}"
        );
        assert!(authorization.contains("x-amz-target"));
        serde_json::from_str(&request.body).unwrap()
    };
    assert_eq!(input("web-staging")["variables"], json!([{"name": "REF", "value": "broken"}]));
    let source = json!([{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "broken"}]);
    assert_eq!(input("api-staging")["sourceRevisions"], source);
}

#[test]
fn an_alarm_is_over_when_it_began() {
    for sender in ["alertmanager", "grafana"] {
        let mut world = world();
        assert!(act(&mut world, sender, "resolve", &json!({})).is_err());
        let mut alert = |action: &str| -> Value {
            let request = signed(act(&mut world, sender, action, &json!({})).unwrap()).remove(0);
            assert_eq!(headers(&request)["authorization"], format!("Bearer secret-of-{sender}"));
            let payload: Value = serde_json::from_str(&request.body).unwrap();
            payload["alerts"][0].clone()
        };
        let (raised, again, resolved) = (alert("raise"), alert("raise"), alert("resolve"));
        assert_eq!((&raised["status"], &resolved["status"]), (&json!("firing"), &json!("resolved")));
        assert_eq!(raised["endsAt"], "0001-01-01T00:00:00Z");
        for later in [&again, &resolved] {
            assert_eq!((&later["startsAt"], &later["fingerprint"]), (&raised["startsAt"], &raised["fingerprint"]));
        }
        assert!(resolved["endsAt"].as_str() > resolved["startsAt"].as_str());
        assert!(act(&mut world, sender, "resolve", &json!({})).is_err());
    }
}

#[test]
fn an_alarm_of_cloudwatch_tells_the_stacks_topic() {
    let mut world = world();
    let raised = signed(act(&mut world, "cloudwatch", "raise", &json!({"name": "a"})).unwrap());
    let inputs: Vec<Value> = raised.iter().map(|request| serde_json::from_str(&request.body).unwrap()).collect();
    let topic = json!(["arn:aws:sns:us-east-1:000000000000:alarms"]);
    assert_eq!((&inputs[0]["AlarmActions"], &inputs[0]["OKActions"]), (&topic, &topic));
    assert_eq!((&inputs[1]["AlarmName"], &inputs[1]["StateValue"]), (&json!("a"), &json!("ALARM")));
    assert_eq!(headers(&raised[1])["x-amz-target"], "GraniteServiceVersion20100801.SetAlarmState");
    let resolved = signed(act(&mut world, "cloudwatch", "resolve", &json!({})).unwrap());
    assert!(resolved[0].body.contains("\"OK\""));
}

fn event(request: &Request) -> String {
    match request {
        Request::Webhook { event, .. } => (*event).to_owned(),
        Request::Aws(call) => call.operation.to_owned(),
        Request::Slack { .. } => "chat.postMessage".to_owned(),
    }
}

#[test]
fn a_colleague_speaks_with_their_own_token_and_types_no_markup() {
    let fields = json!({"by": "U0READER", "song": "<!channel> Wham & co"});
    let posted = signed(act(&mut world(), "colleague", "post_song", &fields).unwrap());
    let [message] = posted.as_slice() else { panic!("{posted:?}") };
    assert_eq!(message.url, "http://127.0.0.1:3/api/chat.postMessage");
    let body: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(body, json!({"channel": "C0DJ", "text": "&lt;!channel&gt; Wham &amp; co", "unfurl_links": true}));
    assert!(message.headers.contains(&("Authorization".to_owned(), "Bearer t".to_owned(), true)), "the token is not shown");
}
