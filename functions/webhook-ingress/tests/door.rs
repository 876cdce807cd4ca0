//! The door with queues that only remember: who gets what, and what senders are told.

#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::Mutex;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue};
use opsroom_application::ports::{AlertQueue, Clock, PortError, PortErrorKind, WebhookQueue};
use opsroom_webhook_ingress::{Door, Incoming, SenderSecrets};
use opsroom_webhooks::{Secrets, Sender, Webhook};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "s3cret";

#[derive(Clone, Copy)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }
}

/// Every sender has the same secret but Grafana, which has none.
struct OneSecret;

impl SenderSecrets for OneSecret {
    async fn of(&self, sender: Sender) -> Result<Option<Secrets>, PortError> {
        Ok((sender != Sender::Grafana).then(|| Secrets { current: SECRET.to_owned(), previous: None }))
    }

    async fn reread(&self, _: Sender) -> bool {
        false
    }
}

#[derive(Default)]
struct Queues {
    webhooks: Mutex<Vec<(String, String)>>,
    alerts: Mutex<Vec<Vec<String>>>,
    broken: bool,
}

impl Queues {
    fn answer(&self) -> Result<(), PortError> {
        if self.broken { Err(PortError::new(PortErrorKind::Transient, "sqs:SendMessage", "down")) } else { Ok(()) }
    }
}

impl WebhookQueue for &Queues {
    async fn send(&self, group: &str, _: &str, body: String) -> Result<(), PortError> {
        self.webhooks.lock().unwrap().push((group.to_owned(), body));
        self.answer()
    }
}

impl AlertQueue for &Queues {
    async fn send(&self, bodies: Vec<String>) -> Result<(), PortError> {
        self.alerts.lock().unwrap().push(bodies);
        self.answer()
    }
}

fn incoming(path: &str, headers: &[(&str, &str)], body: &Value) -> Incoming {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())).collect();
    Incoming { method: "POST".to_owned(), path: path.to_owned(), query: String::new(), headers, body: body.to_string().into_bytes() }
}

async fn knock(queues: &Queues, incoming: &Incoming) -> (u16, Value) {
    let door = Door { secrets: OneSecret, queue: queues, alerts: queues, clock: Noon };
    let answer = door.answer(incoming).await;
    (answer.status, answer.body)
}

fn group(alerts: usize) -> Value {
    let alert = |n| json!({"status": "firing", "labels": {"alertname": "Down", "n": format!("{n}")}, "fingerprint": format!("f{n}")});
    json!({"status": "firing", "externalURL": "http://alerts.example", "alerts": (0..alerts).map(alert).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_group_of_alerts_goes_to_alarms_in_one_call_however_many_parts_it_has() {
    let queues = Queues::default();
    let bearer = [("authorization", "Bearer s3cret")];
    let (status, body) = knock(&queues, &incoming("/alerts/alertmanager", &bearer, &group(60))).await;
    assert_eq!((status, body), (202, json!({"ok": "queued"})));
    let calls = queues.alerts.lock().unwrap().clone();
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [3]);
    let read = |body: &String| opsroom_webhooks::read(&serde_json::from_str::<Webhook>(body).unwrap()).unwrap().alarms.len();
    assert_eq!(calls[0].iter().map(read).sum::<usize>(), 60);
    assert!(queues.webhooks.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_script_signs_alarms_as_it_signs_builds_and_each_finds_its_queue() {
    let queues = Queues::default();
    let now = Noon.now().as_second().to_string();
    let signed = |path: &str, body: Value| {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{now}.{body}").as_bytes());
        let signature = format!("v1={}", hex::encode(mac.finalize().into_bytes()));
        incoming(path, &[("x-opsroom-timestamp", &now), ("x-opsroom-signature", &signature)], &body)
    };
    assert_eq!(knock(&queues, &signed("/alerts/generic", json!({"key": "disk", "state": "firing"}))).await.0, 202);
    assert_eq!(knock(&queues, &signed("/ci/generic", json!({"pipeline": "p", "run": "1", "status": "failed"}))).await.0, 202);
    assert_eq!(queues.alerts.lock().unwrap().len(), 1);
    assert_eq!(queues.webhooks.lock().unwrap()[0].0, "generic/p");
    let (status, body) = knock(&queues, &signed("/alerts/generic", json!({"key": "disk", "state": "broken"}))).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().starts_with("`state`: unknown variant"), "{body}");
}

#[tokio::test]
async fn nobody_gets_in_without_the_secret_and_nothing_is_queued() {
    let queues = Queues::default();
    let with = |path: &str, value: &str| incoming(path, &[("authorization", value)], &group(1));
    for (request, why) in [
        (with("/alerts/alertmanager", "Bearer other"), "the signature or token doesn't fit"),
        (incoming("/alerts/alertmanager", &[], &group(1)), "the header `Authorization` is missing"),
        (with("/alerts/grafana", "Bearer s3cret"), "no secret is set for grafana: opsctl secrets set webhooks/grafana"),
        (with("/alerts/generic", "Bearer s3cret"), "the header `X-Opsroom-Signature` is missing"),
    ] {
        assert_eq!(knock(&queues, &request).await, (401, json!({"error": why})), "{}", request.path);
    }
    assert!(queues.alerts.lock().unwrap().is_empty() && queues.webhooks.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_could_not_be_queued_is_to_be_sent_again() {
    let queues = Queues { broken: true, ..Queues::default() };
    let (status, _) = knock(&queues, &incoming("/alerts/alertmanager", &[("authorization", "Bearer s3cret")], &group(1))).await;
    assert_eq!(status, 503);
}
