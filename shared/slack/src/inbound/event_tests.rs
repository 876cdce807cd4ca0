use serde_json::{Value, json};

use super::*;

fn envelope(event: &Value) -> Value {
    json!({
        "token": "z", "team_id": "T0LOCAL", "api_app_id": "A0OPSROOM", "type": "event_callback", "event_id": "Ev1", "event_time": 1,
        "authorizations": [{"enterprise_id": null, "team_id": "T0LOCAL", "user_id": "U0OPSROOM", "is_bot": true}],
        "event": event
    })
}

fn mention(envelope: &Value) -> AppMention {
    match Envelope::parse(envelope.to_string().as_bytes()).unwrap() {
        Envelope::Event(Event { happening: Happening::AppMention(mention), .. }) => mention,
        other => panic!("{other:?}"),
    }
}

fn said(text: &str) -> Value {
    json!({"type": "app_mention", "user": "U0DEPLOYER", "text": text, "ts": "17.5", "channel": "C0OPS", "event_ts": "17.5", "team": "T0LOCAL"})
}

#[test]
fn answers_the_challenge() {
    let body = br#"{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}"#;
    assert_eq!(Envelope::parse(body).unwrap(), Envelope::UrlVerification { challenge: "3eZbrw1aB".into() });
}

#[test]
fn reads_what_was_said_to_the_app() {
    let cases = [
        ("<@U0OPSROOM> deploy api to staging", "deploy api to staging"),
        ("<@U0OPSROOM|ops>: status", "status"),
        ("hey <@U0OPSROOM>, help", "hey help"),
        ("history <@U1> <@U0OPSROOM>", "history <@U1>"),
        ("<@U0OPSROOM>", ""),
        ("<@U0OPSROOM> deploy <http://api.prod|api.prod>", "deploy api.prod"),
    ];
    for (text, line) in cases {
        assert_eq!(mention(&envelope(&said(text))).line, line, "{text}");
    }
    let mut unauthorized = envelope(&said("<@U9> status"));
    unauthorized.as_object_mut().unwrap().remove("authorizations");
    assert_eq!(mention(&unauthorized).line, "status");
}

#[test]
fn knows_threads_apps_and_people_of_elsewhere() {
    let mut event = said("<@U0OPSROOM> x");
    event["thread_ts"] = "16.1".into();
    let here = mention(&envelope(&event));
    assert_eq!((here.thread.as_deref(), here.by_bot, here.asker.team.as_str()), (Some("16.1"), false, "T0LOCAL"));

    let mut shared = envelope(&event);
    shared["is_ext_shared_channel"] = true.into();
    assert_eq!(mention(&shared).asker.team.as_str(), "", "nobody says whose this person is");
    shared["event"]["user_team"] = "T9OTHER".into();
    assert_eq!(mention(&shared).asker.team.as_str(), "T9OTHER");

    event["bot_id"] = "B1".into();
    event.as_object_mut().unwrap().remove("user");
    assert!(mention(&envelope(&event)).by_bot);
}

fn happening(event: &Value) -> Happening {
    match Envelope::parse(envelope(event).to_string().as_bytes()).unwrap() {
        Envelope::Event(event) => event.happening,
        other => panic!("{other:?}"),
    }
}

fn reply() -> Value {
    json!({"type": "message", "user": "U0DEPLOYER", "text": "it's the disk &amp; <@U1|dana> knows", "ts": "18.1", "thread_ts": "17.5",
        "channel": "C0OPS", "channel_type": "channel", "event_ts": "18.1", "team": "T0LOCAL", "client_msg_id": "x", "blocks": []})
}

#[test]
fn what_a_person_says_in_a_thread_is_said() {
    let asker = Asker { person: "U0DEPLOYER".into(), team: "T0LOCAL".into(), channel: "C0OPS".into() };
    let said = Said { asker, thread: "17.5".into(), ts: "18.1".into(), text: "it's the disk & <@U1> knows".into() };
    for subtype in [None, Some("thread_broadcast"), Some("file_share")] {
        let mut event = reply();
        if let Some(subtype) = subtype {
            event["subtype"] = subtype.into();
        }
        assert_eq!(happening(&event), Happening::Said(said.clone()), "{subtype:?}");
    }
    let Envelope::Event(event) = Envelope::parse(envelope(&reply()).to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(event.event, "said/C0OPS/18.1".into(), "the message is what counts, however often it is told");
}

#[test]
fn nothing_else_is_said() {
    let changed = |change: fn(&mut Value)| {
        let mut event = reply();
        change(&mut event);
        event
    };
    let cases = [
        ("no thread", changed(|e| drop(e.as_object_mut().unwrap().remove("thread_ts")))),
        ("the thread's first message", changed(|e| e["thread_ts"] = "18.1".into())),
        ("an app's", changed(|e| e["bot_id"] = "B1".into())),
        ("an app's of old", changed(|e| e["subtype"] = "bot_message".into())),
        ("an edit", json!({"type": "message", "subtype": "message_changed", "channel": "C0OPS", "message": reply(), "ts": "18.2"})),
        ("edited", changed(|e| e["edited"] = json!({"user": "U0DEPLOYER", "ts": "18.2"}))),
        ("a deletion", json!({"type": "message", "subtype": "message_deleted", "channel": "C0OPS", "deleted_ts": "18.1", "ts": "18.2"})),
        ("somebody joins", changed(|e| e["subtype"] = "channel_join".into())),
        ("only files", changed(|e| e["text"] = "".into())),
        ("no text", changed(|e| e["text"] = Value::Null)),
        ("to the app", changed(|e| e["text"] = "hey <@U0OPSROOM> status".into())),
        ("nobody's", changed(|e| drop(e.as_object_mut().unwrap().remove("user")))),
        ("another shape", changed(|e| e["user"] = json!({"id": "U1"}))),
    ];
    for (what, event) in cases {
        assert_eq!(happening(&event), Happening::Other { kind: "message".into() }, "{what}");
    }
}

#[test]
fn the_home_tab_is_told_from_the_messages() {
    let opened = |tab: &str| json!({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": tab, "event_ts": "1.2"});
    let asker = Asker { person: "U1".into(), team: "T0LOCAL".into(), channel: "D1".into() };
    assert_eq!(happening(&opened("home")), Happening::HomeOpened(asker));
    assert_eq!(happening(&opened("messages")), Happening::Other { kind: "app_home_opened".into() });
}

#[test]
fn bears_what_it_does_not_know() {
    let joined = envelope(&json!({"type": "team_join", "user": {"id": "U1"}}));
    let Envelope::Event(event) = Envelope::parse(joined.to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(event, Event { event: "event/Ev1".into(), happening: Happening::Other { kind: "team_join".into() }, posting: None });
    assert_eq!(
        Envelope::parse(br#"{"type":"app_rate_limited","minute_rate_limited":1}"#).unwrap(),
        Envelope::Other { kind: "app_rate_limited".into() }
    );
    assert_eq!(Envelope::parse(br#"{"type":"event_callback","event_id":"E"}"#), Err(InboundError::Missing("event")));
    assert_eq!(Envelope::parse(b"[]x").err().map(|e| matches!(e, InboundError::Json { .. })), Some(true));
}
