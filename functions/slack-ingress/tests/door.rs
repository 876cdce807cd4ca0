//! The door, request by request: what gets in, what is answered at once, what is queued.

#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_application::request::{Ask, IncidentAct, Reply};
use opsroom_domain::bytes::OpenedRoom;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::rights::Standing;
use opsroom_memory::{MemoryCommandQueue, MemoryDirectory, MemoryStore, Moment};
use opsroom_slack::signature::Verifier;
use opsroom_slack_ingress::{Answer, Door, Incoming, LARGEST_BODY, SigningSecrets};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOW: i64 = 1_790_000_000;

/// The secret in use, and the one that it is rotated to.
struct Rotating {
    current: Mutex<&'static str>,
    fresh: &'static str,
    rereads: AtomicUsize,
}

impl Rotating {
    fn new(current: &'static str) -> Self {
        Self { current: Mutex::new(current), fresh: "secret", rereads: AtomicUsize::new(0) }
    }
}

impl SigningSecrets for Rotating {
    async fn verifier(&self) -> Result<Verifier, PortError> {
        Ok(Verifier::new([*self.current.lock().unwrap()]))
    }

    async fn reread(&self) -> Result<Option<Verifier>, PortError> {
        self.rereads.fetch_add(1, Ordering::Relaxed);
        *self.current.lock().unwrap() = self.fresh;
        self.verifier().await.map(Some)
    }
}

type TestDoor = Door<Rotating, MemoryStore, MemoryCommandQueue, MemoryDirectory, Timestamp>;

fn door() -> TestDoor {
    door_of(|_| {})
}

fn door_of(change: impl FnOnce(&mut Value)) -> TestDoor {
    let mut catalog: Value = serde_json::from_str(
        r#"{"workspace": {"team": "T1"}, "environments": {"staging": {}},
            "services": {"api": {"environments": {"staging": {"pipeline": "api-staging"}}}},
            "roles": {"operator": {"grants": [{"allow": ["read", "deploy"]}]}, "reader": {"grants": [{"allow": ["read"]}]}},
            "people": {"U1": {"name": "One", "roles": ["operator"]}}, "members": {"roles": ["reader"]},
            "rooms": {"C1": {"name": "ops", "allow": ["deploy"]}}}"#,
    )
    .unwrap();
    change(&mut catalog);
    let catalog: Catalog = serde_json::from_value(catalog).unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    Door {
        secrets: Rotating::new("secret"),
        catalog: MemoryStore::at(now).with_catalog(catalog),
        queue: MemoryCommandQueue::default(),
        slack: MemoryDirectory::default(),
        clock: now,
    }
}

fn signed(path: &str, content_type: &str, body: &str, secret: &str, at: i64) -> Incoming {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{at}:{body}").as_bytes());
    Incoming {
        method: "POST".into(),
        path: path.into(),
        content_type: content_type.into(),
        timestamp: at.to_string(),
        signature: format!("v0={}", hex::encode(mac.finalize().into_bytes())),
        body: body.as_bytes().to_vec(),
        correlation: "c".into(),
    }
}

fn slash(person: &str, text: &str) -> Incoming {
    let form = [
        ("team_id", "T1"),
        ("channel_id", "C1"),
        ("user_id", person),
        ("command", "/ops"),
        ("text", text),
        ("trigger_id", "1.2.3"),
        ("response_url", "https://hooks.slack.com/x"),
    ];
    signed("/commands", "application/x-www-form-urlencoded", &serde_urlencoded::to_string(form).unwrap(), "secret", NOW)
}

fn press(action_id: &str, value: &str) -> Incoming {
    let payload = json!({"type": "block_actions", "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/x",
        "user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}, "message": {"ts": "1.2"},
        "actions": [{"type": "button", "action_id": action_id, "value": value}]});
    let form = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
    signed("/interactions", "application/x-www-form-urlencoded", &form, "secret", NOW)
}

fn event(body: &Value) -> Incoming {
    signed("/events", "application/json", &body.to_string(), "secret", NOW)
}

fn text(answer: &Answer) -> String {
    answer.body.as_ref().and_then(|body| body["text"].as_str()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn only_what_slack_signed_gets_in() {
    let good = slash("U1", "status");
    let change = |change: fn(&mut Incoming)| {
        let mut incoming = good.clone();
        change(&mut incoming);
        incoming
    };
    let cases = [
        (good.clone(), 200),
        (change(|i| i.body.push(b'x')), 401),
        (change(|i| i.signature.clear()), 401),
        (change(|i| i.signature = "v0=zz".into()), 401),
        (change(|i| i.timestamp.clear()), 401),
        (change(|i| i.timestamp = "yesterday".into()), 401),
        (change(|i| i.timestamp = "99999999999999999999".into()), 401),
        (signed("/commands", "application/x-www-form-urlencoded", "a=b", "secret", NOW - 301), 401),
        (signed("/commands", "application/x-www-form-urlencoded", "a=b", "secret", NOW + 301), 401),
        (signed("/commands", "application/x-www-form-urlencoded", "a=b", "wrong", NOW), 401),
        (signed("/commands", "application/json", "{}", "secret", NOW), 400),
        (signed("/commands", "application/x-www-form-urlencoded", "a=b", "secret", NOW), 400),
        (signed("/events", "application/json", "{", "secret", NOW), 400),
        (signed("/interactions", "application/x-www-form-urlencoded", "payload={", "secret", NOW), 400),
        (signed("/elsewhere", "application/json", "{}", "secret", NOW), 404),
        (change(|i| i.method = "GET".into()), 405),
        (change(|i| i.body = vec![b'x'; LARGEST_BODY + 1]), 413),
    ];
    for (n, (incoming, status)) in cases.into_iter().enumerate() {
        let door = door();
        assert_eq!(door.answer(&incoming).await.status, status, "case {n}");
        assert_eq!(door.queue.take().len(), usize::from(status == 200), "case {n}");
    }
}

#[tokio::test]
async fn a_rotated_secret_is_read_again_when_a_signature_does_not_fit() {
    let mut door = door();
    door.secrets = Rotating::new("old");
    assert_eq!(door.answer(&slash("U1", "status")).await.status, 200);
    assert_eq!(door.secrets.rereads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_no_secret_could_let_in_reads_none() {
    let door = door();
    let good = slash("U1", "status");
    let form = "application/x-www-form-urlencoded";
    for bad in [
        Incoming { signature: String::new(), ..good.clone() },
        Incoming { signature: "v0=zz".into(), ..good.clone() },
        Incoming { timestamp: "yesterday".into(), ..good },
        signed("/commands", form, "a=b", "secret", NOW - 301),
    ] {
        assert_eq!(door.answer(&bad).await.status, 401);
        assert_eq!(door.secrets.rereads.load(Ordering::Relaxed), 0, "{} {}", bad.timestamp, bad.signature);
    }
    assert_eq!(door.answer(&signed("/commands", form, "a=b", "wrong", NOW)).await.status, 401);
    assert_eq!(door.secrets.rereads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_changes_something_is_shown_to_all_and_queued_once_it_is_durable() {
    let door = door();
    let answer = door.answer(&slash("U1", "deploy api to staging")).await;
    assert_eq!(answer.body, Some(json!({"response_type": "in_channel"})));
    let queued = door.queue.take();
    assert_eq!(queued[0].event.as_str(), "slash/1.2.3");
    assert!(matches!(&queued[0].ask, Ask::Line { line, reply: Reply::ResponseUrl { .. }, .. } if line == "deploy api to staging"));
    door.queue.failures.plan("send", PortErrorKind::Throttled, Moment::Before);
    assert_eq!(door.answer(&slash("U1", "deploy api to staging")).await.status, 503);
}

#[tokio::test]
async fn help_typos_and_refusals_are_answered_at_once() {
    let door = door();
    for (typed, part) in [
        ("help", "What you can ask here"),
        ("whoami", "You are"),
        ("can deploy api to staging", "Yes, you may run"),
        ("statsu", "There is no command"),
        ("deploy apii to staging", "No service is called"),
    ] {
        let answer = door.answer(&slash("U1", typed)).await;
        assert!(text(&answer).contains(part), "{typed}: {}", text(&answer));
        assert_eq!(answer.body.unwrap()["response_type"], "ephemeral");
    }
    assert_eq!(door.queue.take().len(), 0);
    let refused = door.answer(&slash("U2", "deploy api to staging")).await;
    assert!(text(&refused).starts_with("Not allowed: none of your roles (reader) allows to deploy api in staging"), "{}", text(&refused));
    assert!(matches!(&door.queue.take()[..], [request] if matches!(request.ask, Ask::Refused { .. })));
}

#[tokio::test]
async fn guests_get_nothing_and_somebody_unknown_while_slack_is_silent_neither() {
    let door = door();
    door.slack.standings.lock().unwrap().insert("U2".into(), Standing::Guest);
    assert!(text(&door.answer(&slash("U2", "status")).await).contains("guests of the workspace have no rights here"));
    door.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    assert!(text(&door.answer(&slash("U3", "status")).await).contains("Slack doesn't say just now who you are"));
}

#[tokio::test]
async fn buttons_are_queued_and_how_opens_its_dialog_first() {
    let door = door();
    assert_eq!(door.answer(&press("cancel_deployment/0", "d-1")).await, Answer::taken());
    assert_eq!(door.answer(&press("explain_deployment/1", "d-1")).await, Answer::taken());
    assert_eq!(door.answer(&press("run_read/2", "status")).await, Answer::taken());
    assert_eq!(door.answer(&press("run_read/2", "deploy api to staging")).await.status, 400);
    assert_eq!(door.answer(&press("open_url/3", "x")).await, Answer::taken());
    let kinds: Vec<_> = door.queue.take().iter().map(|request| request.ask.kind()).collect();
    assert_eq!(kinds, ["cancel", "explain", "line"]);
    assert_eq!(door.slack.dialogs.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_decision_asks_for_words_and_is_queued_with_them() {
    let door = door();
    let approval = json!({"run": {"pipeline": "api-production", "execution": "e-1"}, "stage": "Approve", "action": "Approve"});
    assert_eq!(door.answer(&press("reject/0", &approval.to_string())).await, Answer::taken());
    assert_eq!(door.queue.take().len(), 0);
    let (_, form) = door.slack.forms.lock().unwrap().pop().unwrap();
    assert!(form.fields[0].required);

    let sent = |memory: &str| {
        let view = json!({"id": "V1", "callback_id": "words", "private_metadata": memory,
            "state": {"values": {"words": {"words": {"type": "plain_text_input", "value": "not today"}}}}});
        let payload = json!({"type": "view_submission", "trigger_id": "5.6", "user": {"id": "U1", "team_id": "T1"}, "view": view});
        let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
        signed("/interactions", "application/x-www-form-urlencoded", &body, "secret", NOW)
    };
    assert_eq!(door.answer(&sent(&form.memory)).await, Answer::taken());
    let queued = door.queue.take();
    assert!(
        matches!(&queued[..], [request] if matches!(&request.ask, Ask::Decide { asker, reason, reply: Reply::Private { .. }, .. }
            if reason == "not today" && asker.channel.as_str() == "C1")),
        "{queued:?}"
    );
    assert_eq!(door.answer(&sent("forged")).await.status, 400);
    door.queue.failures.plan("send", PortErrorKind::Throttled, Moment::Before);
    assert_eq!(door.answer(&sent(&form.memory)).await.status, 503);
    door.slack.failures.plan("ask", PortErrorKind::Transient, Moment::Before);
    assert_eq!(door.answer(&press("approve/0", &approval.to_string())).await.status, 502);
}

#[tokio::test]
async fn a_deployments_and_a_locks_buttons_act_at_once_and_a_decision_asks_for_words() {
    let door = door();
    let lock = r#"[{"kind":"lock","environment":"production","service":null},"l-1"]"#;
    for (action, value) in
        [("override_deployment/0", "d-1"), ("roll_back_deployment/1", "d-1"), ("promote_deployment/2", "d-1"), ("unlock/0", lock)]
    {
        assert_eq!(door.answer(&press(action, value)).await, Answer::taken());
    }
    let kinds: Vec<_> = door.queue.take().iter().map(|request| request.ask.kind()).collect();
    assert_eq!(kinds, ["pressed"; 4]);

    for (action, required) in [("approve_deployment/0", false), ("reject_deployment/1", true)] {
        assert_eq!(door.answer(&press(action, "d-1")).await, Answer::taken());
        assert_eq!(door.queue.take(), []);
        let (_, form) = door.slack.forms.lock().unwrap().pop().unwrap();
        assert_eq!(form.fields[0].required, required);
        let view = json!({"id": "V1", "callback_id": "form", "private_metadata": form.memory,
            "state": {"values": {"words": {"words": {"type": "plain_text_input", "value": "because"}}}}});
        let payload = json!({"type": "view_submission", "trigger_id": "5.6", "user": {"id": "U1", "team_id": "T1"}, "view": view});
        let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
        let sent = signed("/interactions", "application/x-www-form-urlencoded", &body, "secret", NOW);
        assert_eq!(door.answer(&sent).await, Answer::taken());
        let queued = door.queue.take();
        assert!(
            matches!(&queued[..], [request] if matches!(&request.ask, Ask::DecideDeployment { deployment, reason, reply: Reply::Private { .. }, .. }
                if reason == "because" && deployment.as_str() == "d-1")),
            "{queued:?}"
        );
    }
}

#[tokio::test]
async fn an_incidents_buttons_act_at_once_ask_or_explain() {
    let door = door();
    for verb in ["acknowledge", "unacknowledge", "resolve", "reopen"] {
        assert_eq!(door.answer(&press(&format!("incident_{verb}/0"), "i-1")).await, Answer::taken());
    }
    assert_eq!(door.answer(&press("incident_rollback/4", r#"["i-1","d-1"]"#)).await, Answer::taken());
    assert_eq!(door.answer(&press("incident_explain/5", "i-1")).await, Answer::taken());
    let asked: Vec<Ask> = door.queue.take().into_iter().map(|request| request.ask).collect();
    let lines: Vec<String> = asked
        .iter()
        .map(|ask| match ask {
            Ask::Incident { incident, act, reply: Reply::ResponseUrl { .. }, .. } => act.in_words(incident),
            other => other.kind().to_owned(),
        })
        .collect();
    assert_eq!(
        lines,
        ["mon ack i-1", "mon unack i-1", "mon resolve i-1", "mon reopen i-1", "roll back d-1 because of i-1", "explain_incident"]
    );

    for verb in ["silence", "assign", "snooze"] {
        assert_eq!(door.answer(&press(&format!("incident_{verb}/0"), "i-1")).await, Answer::taken());
    }
    assert_eq!(door.queue.take(), []);
    let forms = std::mem::take(&mut *door.slack.forms.lock().unwrap());
    let sent = |memory: &str, values: &Value| {
        let view = json!({"id": "V1", "callback_id": "form", "private_metadata": memory, "state": {"values": values}});
        let payload = json!({"type": "view_submission", "trigger_id": "5.6", "user": {"id": "U1", "team_id": "T1"}, "view": view});
        let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
        signed("/interactions", "application/x-www-form-urlencoded", &body, "secret", NOW)
    };
    let values = json!({
        "minutes": {"minutes": {"type": "static_select", "selected_option": {"value": "120"}}},
        "words": {"words": {"type": "plain_text_input", "value": "upgrade"}},
        "person": {"person": {"type": "users_select", "selected_user": "U2"}},
    });
    for (_, form) in &forms {
        assert_eq!(door.answer(&sent(&form.memory, &values)).await, Answer::taken());
    }
    let acts: Vec<IncidentAct> = door
        .queue
        .take()
        .into_iter()
        .map(|request| match request.ask {
            Ask::Incident { act, reply: Reply::Private { .. }, .. } => act,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        acts,
        [
            IncidentAct::Silence { minutes: 120, reason: "upgrade".into() },
            IncidentAct::Assign { to: "U2".into() },
            IncidentAct::Snooze { minutes: 120 }
        ]
    );
    let forged = door.answer(&sent(&forms[2].1.memory, &json!({}))).await;
    assert_eq!(forged.body.unwrap()["response_action"], "errors");
    assert_eq!(door.queue.take(), []);
}

#[tokio::test]
async fn a_reply_in_a_thread_costs_one_message_to_the_queue_and_a_home_tab_likewise() {
    let door = door();
    // Nobody is asked who they are; what the catalog and the rooms are is remembered.
    door.slack.failures.plan("standing", PortErrorKind::Transient, Moment::Before);
    let envelope = |inner: &Value| json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner});
    let reply =
        json!({"type": "message", "user": "U1", "text": "it's the disk", "ts": "18.1", "thread_ts": "17.5", "channel": "C1", "team": "T1"});
    let opened = json!({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"});
    for inner in [&reply, &opened] {
        assert_eq!(door.answer(&event(&envelope(inner))).await, Answer::taken());
    }
    let queued = door.queue.take();
    assert_eq!(queued[0].event.as_str(), "said/C1/18.1");
    assert!(
        matches!(&queued[0].ask, Ask::Said { asker, thread, ts, text, .. }
            if asker.person.as_str() == "U1" && thread == "17.5" && ts == "18.1" && text == "it's the disk"),
        "{queued:?}"
    );
    assert!(matches!(&queued[1].ask, Ask::Home { asker } if asker.person.as_str() == "U1" && asker.team.as_str() == "T1"), "{queued:?}");
    assert_eq!(queued.len(), 2);
}

#[tokio::test]
async fn what_is_posted_is_queued_where_its_room_keeps_it() {
    let door = door_of(|catalog| {
        catalog["rooms"]["C2"] = json!({"name": "bytes"});
        catalog["bytes"] = json!({"rooms": ["C2"]});
    });
    let room = OpenedRoom { channel: "C3".into(), by: "U1".into(), at: Timestamp::UNIX_EPOCH };
    door.catalog.state.lock().unwrap().bytes.opened.insert("C3".into(), room);
    let envelope = |inner: Value| json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner});
    let posted = |channel: &str| json!({"type": "message", "user": "U1", "text": "<https://a.example>", "ts": "18.1", "channel": channel, "team": "T1"});
    let reaction = |channel: &str| json!({"type": "reaction_added", "user": "U1", "reaction": "tada", "item": {"type": "message", "channel": channel, "ts": "18.1"}, "event_ts": "19.1"});
    for (channel, kept) in [("C1", false), ("C2", true), ("C3", true), ("C4", false)] {
        for inner in [posted(channel), reaction(channel)] {
            assert_eq!(door.answer(&event(&envelope(inner))).await, Answer::taken());
            let queued = door.queue.take();
            let kinds: Vec<&str> = queued.iter().map(|request| request.ask.kind()).collect();
            assert_eq!(kinds, if kept { vec!["posted"] } else { vec![] }, "{channel}");
        }
    }
    // What can't be known now is told again by Slack, so that nothing is lost.
    for port in ["catalog", "opened"] {
        door.catalog.failures.plan(port, PortErrorKind::Transient, Moment::Before);
        assert_eq!(door.answer(&event(&envelope(posted("C3")))).await.status, 503, "{port}");
    }
    assert_eq!((door.catalog.failures.pending(), door.queue.take()), (vec![], vec![]));
}

#[tokio::test]
async fn mentions_are_queued_and_everything_else_is_taken_in_silence() {
    let door = door();
    let challenge = door.answer(&event(&json!({"type": "url_verification", "challenge": "abc"}))).await;
    assert_eq!(challenge.body, Some(json!({"challenge": "abc"})));
    let inner = json!({"type": "app_mention", "user": "U1", "text": "<@U0OPSROOM> status", "ts": "17.5", "channel": "C1", "team": "T1"});
    let envelope = |inner: &Value| json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner});
    assert_eq!(door.answer(&event(&envelope(&inner))).await, Answer::taken());
    let mut by_bot = inner.clone();
    by_bot["bot_id"] = "B1".into();
    for other in [by_bot, json!({"type": "message", "channel": "C1", "ts": "1.1", "user": "U1", "text": "hi"})] {
        assert_eq!(door.answer(&event(&envelope(&other))).await, Answer::taken());
    }
    let queued = door.queue.take();
    assert_eq!(queued.len(), 1);
    assert!(
        matches!(&queued[0].ask, Ask::Line { line, reply: Reply::Mention { ts, thread: None }, .. } if line == "status" && ts == "17.5")
    );
}

fn chosen(action: &Value, values: &Value) -> Incoming {
    chosen_in(None, action, values)
}

fn chosen_in(thread: Option<&str>, action: &Value, values: &Value) -> Incoming {
    let mut payload = json!({"type": "block_actions", "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/x",
        "user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1"}, "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": true},
        "state": {"values": values}, "actions": [action]});
    if let Some(thread) = thread {
        payload["container"]["thread_ts"] = thread.into();
    }
    let form = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
    signed("/interactions", "application/x-www-form-urlencoded", &form, "secret", NOW)
}

#[tokio::test]
async fn a_line_that_says_too_little_is_answered_with_menus_and_what_is_picked_is_queued() {
    let door = door();
    let answer = door.answer(&slash("U1", "deploy --reason fixes it")).await;
    let body = answer.body.unwrap();
    assert_eq!((answer.status, &body["response_type"]), (200, &json!("ephemeral")));
    assert!(door.queue.take().is_empty());
    let menus = &body["blocks"][1];
    assert_eq!(menus["elements"][0]["options"][0]["value"], "api");
    let block = menus["block_id"].as_str().unwrap();

    let select = json!({"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "api"}, "value": "api"}});
    let values = json!({block: {"pick/0": select, "pick/1": {"type": "static_select", "selected_option": null}}});
    door.answer(&chosen(&json!({"type": "static_select", "action_id": "pick/0", "block_id": block}), &values)).await;
    let press = json!({"type": "button", "action_id": "run_picked/0", "value": "deploy api to staging"});
    door.answer(&chosen(&press, &values)).await;
    door.answer(&chosen(&press, &json!({}))).await;
    let asks: Vec<Ask> = door.queue.take().into_iter().map(|request| request.ask).collect();
    let Ask::Pick { line, chosen, shown: None, .. } = &asks[0] else { panic!("{:?}", asks[0]) };
    assert_eq!((line.as_str(), chosen.as_slice()), ("deploy --reason fixes it", &[(0, "api".to_owned())][..]));
    assert!(matches!(&asks[1], Ask::Pick { shown: Some(shown), .. } if shown == "deploy api to staging"), "{:?}", asks[1]);
    assert!(matches!(&asks[2], Ask::Line { line, .. } if line == "deploy api to staging"), "{:?}", asks[2]);

    // What is put together in a thread is asked for there. The message that a thread hangs on is not in it.
    for (thread, expected) in [(Some("1.0"), Some("1.0")), (Some("1.2"), None), (None, None)] {
        door.answer(&chosen_in(thread, &json!({"type": "static_select", "action_id": "pick/0", "block_id": block}), &values)).await;
        door.answer(&chosen_in(thread, &press, &values)).await;
        for request in door.queue.take() {
            let Ask::Pick { reply, .. } = &request.ask else { panic!("{:?}", request.ask) };
            assert_eq!(reply.thread(), expected);
        }
    }
}

#[tokio::test]
async fn what_has_to_be_looked_up_is_asked_for_by_commands() {
    let door = door();
    assert_eq!(door.answer(&slash("U1", "cancel")).await, Answer::taken());
    assert!(matches!(&door.queue.take()[0].ask, Ask::Line { line, .. } if line == "cancel"));
}
