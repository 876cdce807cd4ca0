//! The client against a small server that answers as it is told: the faults of a network and of Slack can't be had otherwise.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{Dialogs, Directory, Files, Messenger, Permalinks, PortErrorKind, Posted, SlackError};
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId};
use opsroom_domain::rights::Standing;
use serde_json::{Value, json};

use super::*;

/// What the server says next.
enum Say {
    Json(Value),
    Status(u16, &'static str),
    RateLimited(&'static str),
    Nothing,
}

/// What the server was sent.
#[derive(Debug, Clone)]
struct Seen {
    target: String,
    token: String,
    body: Value,
}

#[derive(Clone, Default)]
struct Slack {
    says: Arc<Mutex<VecDeque<Say>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Slack {
    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(State(slack): State<Slack>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let token = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let seen = Seen { target: uri.to_string(), token, body: serde_json::from_slice(&body).unwrap_or_default() };
    slack.seen.lock().unwrap().push(seen);
    let say = slack.says.lock().unwrap().pop_front().expect("an unexpected call");
    match say {
        Say::Json(json) => axum::Json(json).into_response(),
        Say::Status(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Say::RateLimited(seconds) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds)], "").into_response(),
        Say::Nothing => std::future::pending().await,
    }
}

/// Hands out `t0`, and after each `forget` the next; never more than `last`.
#[derive(Default)]
struct Tokens {
    forgotten: Arc<AtomicUsize>,
    last: usize,
}

impl TokenSource for Tokens {
    async fn token(&self) -> Result<String, opsroom_application::ports::PortError> {
        Ok(format!("t{}", self.forgotten.load(Ordering::SeqCst).min(self.last)))
    }

    fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }
}

async fn slack_with(says: impl IntoIterator<Item = Say>, tokens: Tokens) -> (Slack, SlackClient<Tokens>, String) {
    let slack = Slack { says: Arc::new(Mutex::new(says.into_iter().collect())), ..Slack::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = axum::Router::new().fallback(answer).with_state(slack.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = SlackClient::with_timeout(&format!("{base}/api/"), Some(&format!("{base}/response/")), tokens, Duration::from_millis(300));
    (slack, client.unwrap(), base)
}

async fn slack(says: impl IntoIterator<Item = Say>) -> (Slack, SlackClient<Tokens>, String) {
    slack_with(says, Tokens::default()).await
}

fn card() -> Card {
    Card::line(Tone::Plain, Text::plain("hello"))
}

fn key() -> MessageKey {
    "deployment/d-1".into()
}

fn c0ops() -> ChannelId {
    "C0OPS".into()
}

async fn post(says: impl IntoIterator<Item = Say>) -> Result<Posted, SlackError> {
    let (_, client, _) = slack(says).await;
    client.post(&c0ops(), None, &key(), &card()).await
}

fn error(code: &str) -> Say {
    Say::Json(json!({"ok": false, "error": code}))
}

/// What the caller has to know of an error.
fn kind(result: Result<Posted, SlackError>) -> String {
    match result {
        Ok(posted) => format!("ts {}", posted.ts),
        Err(SlackError::RateLimited { retry_after }) => format!("wait {}", retry_after.as_secs()),
        Err(SlackError::Refused { error }) => format!("refused {error}"),
        Err(SlackError::MessageGone) => "gone".into(),
        Err(SlackError::Unknown(error)) => format!("{:?}", error.kind),
    }
}

#[tokio::test]
async fn posts_with_the_key_in_the_metadata() {
    let (slack, client, _) = slack([Say::Json(json!({"ok": true, "ts": "17.5", "channel": "C0OPS", "message": {}}))]).await;
    let posted = client.post(&c0ops(), Some("16.1"), &key(), &card()).await.unwrap();
    assert_eq!(posted.ts, "17.5");
    let seen = slack.seen();
    assert_eq!((seen[0].target.as_str(), seen[0].token.as_str()), ("/api/chat.postMessage", "Bearer t0"));
    assert_eq!(
        seen[0].body,
        json!({
            "channel": "C0OPS", "thread_ts": "16.1", "text": "hello", "attachments": [], "unfurl_links": false, "unfurl_media": false,
            "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hello"}]}]}],
            "metadata": {"event_type": "opsroom_message", "event_payload": {"key": "deployment/d-1"}},
        })
    );
}

#[tokio::test]
async fn tells_what_is_known_of_a_call_that_failed() {
    let cases = [
        (Say::RateLimited("7"), "wait 7"),
        (Say::RateLimited("0"), "wait 1"),
        (Say::RateLimited("soon"), "wait 1"),
        (error("ratelimited"), "wait 1"),
        (error("channel_not_found"), "refused channel_not_found"),
        (error("is_archived"), "refused is_archived"),
        (error("not_in_channel"), "refused not_in_channel"),
        (error("invalid_blocks"), "refused invalid_blocks"),
        (error("<html>secret"), "refused unreadable_error"),
        (error("message_not_found"), "gone"),
        (error("cant_update_message"), "gone"),
        (error("fatal_error"), "Throttled"),
        (error("invalid_auth"), "Denied"),
        (Say::Status(500, "oops"), "Throttled"),
        (Say::Status(503, ""), "Throttled"),
        (Say::Status(404, "<html>"), "refused http_404"),
        (Say::Status(200, "<html>"), "Transient"),
        (Say::Status(200, "{}"), "Transient"),
        (Say::Status(200, r#"{"ok":true}"#), "Transient"),
        (Say::Status(302, ""), "Transient"),
        (Say::Nothing, "Transient"),
    ];
    for (say, expected) in cases {
        assert_eq!(kind(post([say]).await), expected);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_was_certainly_not_reached() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}/api/", listener.local_addr().unwrap());
    drop(listener);
    let client = SlackClient::new(&api, None, Tokens::default()).unwrap();
    let error = client.post(&c0ops(), None, &key(), &card()).await.unwrap_err();
    assert!(matches!(&error, SlackError::Unknown(error) if error.kind == PortErrorKind::NotFound), "{error}");
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");
    assert_eq!(client.standing(&"U1".into()).await.unwrap_err().kind, PortErrorKind::Transient);
}

#[tokio::test]
async fn a_rotated_token_is_read_anew_and_the_call_made_once_more() {
    let ok = Say::Json(json!({"ok": true, "ts": "1.2"}));
    let (slack, client, _) = slack_with([error("token_revoked"), ok], Tokens { last: 1, ..Tokens::default() }).await;
    assert_eq!(client.post(&c0ops(), None, &key(), &card()).await.unwrap().ts, "1.2");
    assert_eq!(slack.seen().iter().map(|s| s.token.clone()).collect::<Vec<_>>(), ["Bearer t0", "Bearer t1"]);
}

#[tokio::test]
async fn finds_its_own_message_on_a_later_page() {
    let message = |ts: &str, key: &str| json!({"ts": ts, "metadata": {"event_type": "opsroom_message", "event_payload": {"key": key}}});
    let first = json!({"ok": true, "messages": [{"ts": "9.1", "text": "x"}, message("8.1", "deployment/d-2"), {"ts": "7.9", "metadata": {}}], "response_metadata": {"next_cursor": "abc="}});
    let second = json!({"ok": true, "messages": [message("7.1", "deployment/d-1")], "response_metadata": {"next_cursor": ""}});
    let (slack, client, _) = slack([Say::Json(first), Say::Json(second)]).await;
    let since = Timestamp::from_millisecond(1_790_000_000_500).unwrap();
    let found = client.find(&c0ops(), None, &key(), since).await.unwrap();
    assert_eq!(found, Some(Posted { ts: "7.1".into() }));
    let targets: Vec<String> = slack.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets[0],
        "/api/conversations.history?channel=C0OPS&oldest=1789999998.500000&latest=1790000062.500000&inclusive=true&include_all_metadata=true&limit=200"
    );
    assert_eq!(targets[1], format!("{}&cursor=abc%3D", targets[0]));
}

#[tokio::test]
async fn looks_no_further_than_five_pages_and_in_the_thread_if_there_is_one() {
    let page = || Say::Json(json!({"ok": true, "messages": [], "response_metadata": {"next_cursor": "more"}}));
    let (slack, client, _) = slack((0..5).map(|_| page())).await;
    let found = client.find(&c0ops(), Some("16.1"), &key(), Timestamp::UNIX_EPOCH).await;
    assert!(matches!(&found, Err(SlackError::Unknown(error)) if error.kind == PortErrorKind::Transient), "not `None`: {found:?}");
    let seen = slack.seen();
    assert_eq!(seen.len(), 5);
    assert!(seen[0].target.starts_with("/api/conversations.replies?") && seen[0].target.contains("&ts=16.1"), "{}", seen[0].target);
}

#[tokio::test]
async fn what_is_said_to_a_person_is_in_the_conversation_with_them() {
    let opened = || Say::Json(json!({"ok": true, "channel": {"id": "D0DANA"}}));
    let says = [opened(), Say::Json(json!({"ok": true, "ts": "1.5"})), opened(), Say::Json(json!({"ok": true, "messages": []}))];
    let (slack, client, _) = slack(says).await;
    let dana = ChannelId::from("U0DANA");
    client.post(&dana, None, &key(), &Card::line(Tone::Plain, Text::plain("hello"))).await.unwrap();
    client.find(&dana, None, &key(), Timestamp::UNIX_EPOCH).await.unwrap();
    let seen = slack.seen();
    assert_eq!((seen[0].target.as_str(), &seen[0].body), ("/api/conversations.open", &json!({"users": "U0DANA"})));
    assert_eq!(seen[1].body["channel"], "D0DANA");
    assert!(seen[3].target.contains("channel=D0DANA&"), "{}", seen[3].target);
}

#[tokio::test]
async fn answers_only_where_answers_belong() {
    let says = [Say::Status(200, "ok"), Say::Status(404, "expired_url"), Say::Status(404, "<html>"), Say::Status(500, "")];
    let (slack, client, base) = slack(says).await;
    let url = format!("{base}/response/abc");
    let mut results = Vec::new();
    for _ in 0..4 {
        results.push(client.respond(&url, &card(), false).await.map(|()| Posted { ts: "none".into() }));
    }
    assert_eq!(results.into_iter().map(kind).collect::<Vec<_>>(), ["ts none", "refused expired_url", "refused http_404", "Throttled"]);
    let seen = slack.seen();
    assert_eq!(
        (seen[0].token.as_str(), &seen[0].body["response_type"], &seen[0].body["replace_original"]),
        ("", &json!("ephemeral"), &json!(false))
    );

    for foreign in [format!("{base}/api/chat.postMessage"), "http://169.254.169.254/".into(), "nonsense".into()] {
        let refused = client.respond(&foreign, &card(), false).await.map(|()| Posted { ts: String::new() });
        assert_eq!(kind(refused), "refused foreign_response_url");
    }
    assert_eq!(slack.seen().len(), 4, "a foreign address was called");
}

#[tokio::test]
async fn private_messages_and_dialogs() {
    let ok = || Say::Json(json!({"ok": true}));
    let (slack, client, _) = slack([ok(), Say::Json(json!({"ok": true, "view": {"id": "V1"}})), ok(), ok(), ok()]).await;
    client.post_private(&c0ops(), &"U1".into(), Some("16.1"), &card()).await.unwrap();
    assert_eq!(client.open("12.34", "How?", &card()).await.unwrap(), "V1");
    client.update_view("V1", "How?", &card()).await.unwrap();
    client.update(&c0ops(), "17.5", &key(), &card()).await.unwrap();
    client.publish_home(&"U1".into(), &card()).await.unwrap();
    let seen = slack.seen();
    let targets: Vec<&str> = seen.iter().map(|seen| seen.target.as_str()).collect();
    assert_eq!(targets, ["/api/chat.postEphemeral", "/api/views.open", "/api/views.update", "/api/chat.update", "/api/views.publish"]);
    assert_eq!((&seen[0].body["user"], &seen[0].body["thread_ts"]), (&json!("U1"), &json!("16.1")));
    assert_eq!((&seen[1].body["trigger_id"], &seen[2].body["view_id"]), (&json!("12.34"), &json!("V1")));
    assert_eq!((&seen[3].body["ts"], &seen[3].body["attachments"]), (&json!("17.5"), &json!([])));
    assert_eq!((&seen[4].body["user_id"], &seen[4].body["view"]["type"]), (&json!("U1"), &json!("home")));
}

#[tokio::test]
async fn knows_the_address_of_a_message_while_it_is_there() {
    let there = Say::Json(json!({"ok": true, "channel": "C0OPS", "permalink": "https://local.slack.com/archives/C0OPS/p175"}));
    let (slack, client, _) = slack([there, error("message_not_found"), Say::Status(500, "")]).await;
    let address = client.permalink(&c0ops(), "17.5").await.unwrap();
    assert_eq!(address.as_deref(), Some("https://local.slack.com/archives/C0OPS/p175"));
    assert_eq!(slack.seen()[0].target, "/api/chat.getPermalink?channel=C0OPS&message_ts=17.5");
    assert_eq!(client.permalink(&c0ops(), "17.5").await.unwrap(), None);
    assert_eq!(client.permalink(&c0ops(), "17.5").await.unwrap_err().kind, PortErrorKind::Transient);
}

#[tokio::test]
async fn asks_once_who_somebody_is() {
    let guest = Say::Json(json!({"ok": true, "user": {"id": "U0GUEST", "is_restricted": true}}));
    let (slack, client, _) =
        slack([guest, error("user_not_found"), Say::Status(500, ""), Say::Json(json!({"ok": true, "user": {}}))]).await;
    let gale = PersonId::from("U0GUEST");
    for _ in 0..3 {
        assert_eq!(client.standing(&gale).await.unwrap(), Standing::Guest);
    }
    assert_eq!(slack.seen().len(), 1);
    assert_eq!(slack.seen()[0].target, "/api/users.info?user=U0GUEST");
    assert_eq!(client.standing(&"U0NOBODY".into()).await.unwrap(), Standing::Deactivated);
    assert_eq!(client.standing(&"U1".into()).await.unwrap_err().kind, PortErrorKind::Transient);
    assert_eq!(client.standing(&"U1".into()).await.unwrap(), Standing::Member, "a failure is not remembered");
}

#[tokio::test]
async fn asks_each_time_where_somebody_is() {
    let page = |ids: &[&str], next: &str| {
        let channels: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        Say::Json(json!({"ok": true, "channels": channels, "response_metadata": {"next_cursor": next}}))
    };
    let says = [page(&["C1"], "more"), page(&["C0OPS"], ""), page(&["C0OPS"], "more"), error("user_not_found"), error("missing_scope")];
    let (slack, client, _) = slack(says).await;
    let (robin, wanted) = (PersonId::from("U1"), [c0ops(), "C0LEFT".into()]);
    assert_eq!(client.present(&robin, &wanted).await.unwrap(), [c0ops()]);
    let first = "/api/users.conversations?user=U1&types=public_channel%2Cprivate_channel&limit=999";
    assert_eq!(slack.seen()[0].target, first);
    assert_eq!(slack.seen()[1].target, format!("{first}&cursor=more"));
    assert_eq!(client.present(&robin, &wanted[..1]).await.unwrap(), [c0ops()], "found on the first page");
    assert_eq!(client.present(&robin, &wanted).await.unwrap(), []);
    assert!(client.present(&robin, &wanted).await.is_err(), "it isn't guessed");
    assert_eq!(client.present(&robin, &[]).await.unwrap(), []);
    assert_eq!(slack.seen().len(), 5);
}

#[test]
fn an_address_that_cannot_be_one_is_refused_at_the_start() {
    for address in ["", "slack.com/api", "https://user@slack.com/api/", "https://slack.com/api/?x"] {
        assert!(SlackClient::new(address, None, Tokens::default()).is_err(), "{address}");
    }
    assert!(SlackClient::new(API, None, Tokens::default()).is_ok());
    assert_eq!(
        format!("{:?}", SlackClient::new("https://slack.com/api", None, Tokens::default()).unwrap()),
        r#"SlackClient { api: "https://slack.com/api/", .. }"#
    );
    let wait = SignedDuration::from_secs(3);
    assert_eq!(SlackError::RateLimited { retry_after: wait }.to_string(), "Slack asks to wait 3s");
}

#[tokio::test]
async fn a_picture_is_uploaded_and_waited_for() {
    let (server, client, base) = slack([]).await;
    let info = |mimetype: &str| Say::Json(json!({"ok": true, "file": {"id": "F1", "mimetype": mimetype}}));
    server.says.lock().unwrap().extend([
        Say::Json(json!({"ok": true, "upload_url": format!("{base}/upload/v1/secret"), "file_id": "F1"})),
        Say::Status(200, "OK - 3"),
        Say::Json(json!({"ok": true, "files": [{"id": "F1"}]})),
        info(""),
        info("image/png"),
    ]);
    assert_eq!(client.upload("api.png", "Errors rise", vec![1, 2, 3]).await.unwrap(), "F1");
    let seen = server.seen();
    let targets: Vec<&str> = seen.iter().map(|seen| seen.target.split('?').next().unwrap()).collect();
    assert_eq!(
        targets,
        ["/api/files.getUploadURLExternal", "/upload/v1/secret", "/api/files.completeUploadExternal", "/api/files.info", "/api/files.info"]
    );
    assert!(seen[0].target.contains("length=3") && seen[0].target.contains("alt_txt=Errors+rise"));
    assert_eq!((seen[0].token.as_str(), seen[1].token.as_str()), ("Bearer t0", ""));
    assert_eq!(seen[2].body, json!({"files": [{"id": "F1", "title": "api.png"}]}));
}

#[tokio::test]
async fn an_upload_that_fails_is_tried_again_by_whoever_asked() {
    let begun = |address: &str| Say::Json(json!({"ok": true, "upload_url": address, "file_id": "F1"}));
    let (server, client, base) = slack([]).await;
    server.says.lock().unwrap().extend([begun(&format!("{base}/upload/v1/x")), Say::Status(500, "")]);
    assert!(client.upload("a.png", "a", vec![1]).await.unwrap_err().is_retryable());
    server.says.lock().unwrap().push_back(begun("file:///etc/passwd"));
    assert!(client.upload("a.png", "a", vec![1]).await.unwrap_err().is_retryable());
    server.says.lock().unwrap().push_back(Say::Json(json!({"ok": false, "error": "missing_scope"})));
    assert_eq!(client.upload("a.png", "a", vec![1]).await.unwrap_err().kind, PortErrorKind::Permanent);
}
