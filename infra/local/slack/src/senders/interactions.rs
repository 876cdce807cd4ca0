//! Interactivity: the `payload` form that Slack posts when somebody presses, chooses or submits (docs.slack.dev: Interaction payloads).

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Knock, Outcome, Signing, form, knock};
use crate::state::{App, World};

/// What every interaction payload starts with.
pub fn base(world: &World, kind: &str, user: &str) -> Value {
    let workspace = &world.workspace;
    let name = workspace.person(user).map_or("", |person| person.name.as_str());
    json!({
        "type": kind,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "user": {"id": user, "username": name, "name": name, "team_id": workspace.team_of(user).id},
        "api_app_id": workspace.app.id,
        "token": workspace.app.verification_token,
        "enterprise": null,
        "is_enterprise_install": false,
    })
}

/// Sends a payload to the door.
pub async fn send(app: &Arc<App>, payload: &Value) -> Outcome {
    let kind = payload.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    knock(
        app,
        Knock {
            path: "/interactions".to_owned(),
            content_type: "application/x-www-form-urlencoded".to_owned(),
            body: form(&[("payload", &payload.to_string())]),
            headers: Vec::new(),
            kind,
            signing: Signing::True,
            note: json!({"actions": payload.get("actions"), "view": payload.pointer("/view/id")}),
        },
    )
    .await
}
