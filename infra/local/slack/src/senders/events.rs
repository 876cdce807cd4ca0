//! The Events API: an envelope around each event, and three retries (docs.slack.dev: The Events API, "Retries": nearly at once, after
//! one minute, after five).

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Knock, Outcome, Signing, knock};
use crate::state::{App, AppEvent};

const PAUSES: [f64; 3] = [0.0, 60.0, 300.0];

/// The envelope of an event.
pub fn envelope(app: &App, owed: &AppEvent) -> Value {
    let (team, registration) = (&app.workspace.team, &app.workspace.app);
    let mut envelope = json!({
        "token": registration.verification_token, "team_id": team.id, "context_team_id": team.id, "context_enterprise_id": null,
        "api_app_id": registration.id, "event": owed.event, "type": "event_callback", "event_id": owed.event_id,
        "event_time": owed.event_time,
        "authorizations": [{
            "enterprise_id": null, "team_id": team.id, "user_id": registration.bot_user, "is_bot": true, "is_enterprise_install": false,
        }],
        "is_ext_shared_channel": owed.shared,
    });
    if let Some(channel) = owed.event.get("channel").or_else(|| owed.event.pointer("/item/channel")).and_then(Value::as_str) {
        envelope["event_context"] = json!(format!("4-{}-{}-{channel}", team.id, registration.id));
    }
    envelope
}

/// Sends one event until the door takes it or the retries are used up.
pub async fn deliver(app: Arc<App>, owed: AppEvent) {
    let body = envelope(&app, &owed).to_string().into_bytes();
    let mut reason: Option<String> = None;
    for attempt in 0..=PAUSES.len() {
        if let Some(pause) = attempt.checked_sub(1).and_then(|retry| PAUSES.get(retry)) {
            let scale = app.with(|world| world.settings.retry_scale).clamp(0.0, 1000.0);
            tokio::time::sleep(Duration::from_secs_f64(pause * scale)).await;
        }
        let headers = reason.take().map_or_else(Vec::new, |reason| {
            vec![("X-Slack-Retry-Num".to_owned(), attempt.to_string()), ("X-Slack-Retry-Reason".to_owned(), reason)]
        });
        let outcome = knock(
            &app,
            Knock {
                path: "/events".to_owned(),
                content_type: "application/json".to_owned(),
                body: body.clone(),
                headers,
                kind: "event_callback".to_owned(),
                signing: Signing::True,
                note: json!({"event_id": owed.event_id, "event_type": owed.event.get("type"), "attempt": attempt}),
            },
        )
        .await;
        if outcome.accepted() || outcome.no_retry {
            return;
        }
        reason = Some(why(&outcome));
    }
    tracing::warn!(event_id = owed.event_id, "an event was given up after its retries");
}

fn why(outcome: &Outcome) -> String {
    outcome.failure.unwrap_or("http_error").to_owned()
}

/// Asks the door to prove that it is the app's (`url_verification`). True if it gave the challenge back.
pub async fn verify_url(app: &Arc<App>) -> (Outcome, bool) {
    let challenge = app.with(|world| world.next_id("challenge"));
    let body = json!({"token": app.workspace.app.verification_token, "challenge": challenge, "type": "url_verification"});
    let outcome = knock(
        app,
        Knock {
            path: "/events".to_owned(),
            content_type: "application/json".to_owned(),
            body: body.to_string().into_bytes(),
            headers: Vec::new(),
            kind: "url_verification".to_owned(),
            signing: Signing::True,
            note: Value::Null,
        },
    )
    .await;
    let echoed = outcome.json().and_then(|value| value.get("challenge").and_then(Value::as_str).map(str::to_owned));
    let proven = outcome.accepted() && (echoed.as_deref() == Some(challenge.as_str()) || outcome.text().trim() == challenge);
    (outcome, proven)
}
