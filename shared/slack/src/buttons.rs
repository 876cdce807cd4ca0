//! Buttons, there and back: a button carries a verb and an opaque id, and what comes back is read with the same table.
//!
//! Slack: "Button element", "Confirmation dialog object" (`docs.slack.dev/reference/block-kit`).

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, IncidentPress};
use opsroom_domain::pipeline_execution::approval::Decision;
use serde_json::{Value, json};

use crate::mrkdwn::safe_url;
use crate::text::{clean_line, cut, length};

const LABEL: usize = 75;
const VALUE: usize = 2000;
const URL: usize = 3000;
/// Elements of one `actions` block.
const PER_BLOCK: usize = 25;

const CANCEL: &str = "cancel_deployment";
const EXPLAIN: &str = "explain_deployment";
const READ: &str = "run_read";
const PICKED: &str = "run_picked";
const MORE: &str = "ask_for_more";
const EXPLAIN_LINE: &str = "explain_line";
const EXPLAIN_RUN: &str = "explain_run";
const RETRY: &str = "retry_stage";
const APPROVE: &str = "approve";
const REJECT: &str = "reject";
const UNDO: &str = "undo_subscription";
const APPROVE_DEPLOYMENT: &str = "approve_deployment";
const REJECT_DEPLOYMENT: &str = "reject_deployment";
const OVERRIDE: &str = "override_deployment";
const ROLL_BACK: &str = "roll_back_deployment";
const PROMOTE: &str = "promote_deployment";
const UNLOCK: &str = "unlock";
const OPEN: &str = "open_url";
const ROLLBACK: &str = "incident_rollback";
const HOSTS: &str = "hosts";
const DJ: &str = "dj";

/// Buttons of an incident that carry its id and nothing else.
const OF_INCIDENTS: [(&str, IncidentPress); 8] = [
    ("incident_acknowledge", IncidentPress::Acknowledge),
    ("incident_unacknowledge", IncidentPress::Unacknowledge),
    ("incident_resolve", IncidentPress::Resolve),
    ("incident_reopen", IncidentPress::Reopen),
    ("incident_silence", IncidentPress::Silence),
    ("incident_assign", IncidentPress::Assign),
    ("incident_snooze", IncidentPress::Snooze),
    ("incident_explain", IncidentPress::Explain),
];

/// Buttons as `actions` blocks. `first` counts the buttons above in the same message: action ids must differ. A button whose
/// value or address Slack would not take is left out.
pub fn actions(buttons: &[Button], first: usize) -> Vec<Value> {
    let elements: Vec<Value> = buttons.iter().enumerate().filter_map(|(i, b)| element(b, first + i)).collect();
    elements.chunks(PER_BLOCK).map(|elements| json!({"type": "actions", "elements": elements})).collect()
}

/// What a press of a button asks for; `None` if it isn't one of ours or only opened a page.
pub fn pressed(action_id: &str, value: Option<&str>) -> Option<ButtonAction> {
    let verb = action_id.split_once('/').map_or(action_id, |(verb, _)| verb);
    let value = value.filter(|value| !value.is_empty() && length(value) <= VALUE)?;
    match verb {
        CANCEL => Some(ButtonAction::CancelDeployment { deployment: value.into() }),
        EXPLAIN => Some(ButtonAction::ExplainDeployment { deployment: value.into() }),
        APPROVE_DEPLOYMENT => Some(ButtonAction::DecideDeployment { deployment: value.into(), decision: Decision::Approved }),
        REJECT_DEPLOYMENT => Some(ButtonAction::DecideDeployment { deployment: value.into(), decision: Decision::Rejected }),
        OVERRIDE => Some(ButtonAction::OverrideDeployment { deployment: value.into() }),
        ROLL_BACK => Some(ButtonAction::RollBack { deployment: value.into() }),
        PROMOTE => Some(ButtonAction::Promote { deployment: value.into() }),
        UNLOCK => serde_json::from_str(value).ok().map(|(scope, lock)| ButtonAction::Unlock { scope, lock }),
        READ => Some(ButtonAction::RunRead { line: value.to_owned() }),
        PICKED => Some(ButtonAction::RunPicked { line: value.to_owned() }),
        EXPLAIN_LINE => Some(ButtonAction::ExplainLine { line: value.to_owned() }),
        MORE => Some(ButtonAction::AskForMore { line: value.to_owned() }),
        EXPLAIN_RUN => serde_json::from_str(value).ok().map(|run| ButtonAction::ExplainRun { run }),
        RETRY => serde_json::from_str(value).ok().map(|(run, stage)| ButtonAction::RetryStage { run, stage }),
        APPROVE => decide(value, Decision::Approved),
        REJECT => decide(value, Decision::Rejected),
        HOSTS => serde_json::from_str(value).ok().map(|press| ButtonAction::Hosts { press }),
        DJ => serde_json::from_str(value).ok().map(|press| ButtonAction::Dj { press }),
        UNDO => serde_json::from_str(value).ok().map(|(subject, version)| ButtonAction::UndoSubscription { subject, version }),
        ROLLBACK => {
            let (incident, deployment) = serde_json::from_str(value).ok()?;
            Some(ButtonAction::Incident { incident, press: IncidentPress::Rollback { deployment } })
        }
        _ => {
            let (_, press) = OF_INCIDENTS.into_iter().find(|(name, _)| *name == verb)?;
            Some(ButtonAction::Incident { incident: value.into(), press })
        }
    }
}

fn decide(value: &str, decision: Decision) -> Option<ButtonAction> {
    serde_json::from_str(value).ok().map(|approval| ButtonAction::Decide { approval, decision })
}

/// The verb and the value of a button. `None` for a value that can't be written, which no value here is, and for a press without a verb,
/// which a test holds that there is none of.
fn verb_and_value(action: &ButtonAction) -> Option<(&'static str, Option<String>)> {
    let (verb, value) = match action {
        ButtonAction::CancelDeployment { deployment } => (CANCEL, Some(deployment.to_string())),
        ButtonAction::ExplainDeployment { deployment } => (EXPLAIN, Some(deployment.to_string())),
        ButtonAction::DecideDeployment { deployment, decision: Decision::Approved } => (APPROVE_DEPLOYMENT, Some(deployment.to_string())),
        ButtonAction::DecideDeployment { deployment, decision: Decision::Rejected } => (REJECT_DEPLOYMENT, Some(deployment.to_string())),
        ButtonAction::OverrideDeployment { deployment } => (OVERRIDE, Some(deployment.to_string())),
        ButtonAction::RollBack { deployment } => (ROLL_BACK, Some(deployment.to_string())),
        ButtonAction::Promote { deployment } => (PROMOTE, Some(deployment.to_string())),
        ButtonAction::Unlock { scope, lock } => (UNLOCK, Some(serde_json::to_string(&(scope, lock)).ok()?)),
        ButtonAction::RunRead { line } => (READ, Some(line.clone())),
        ButtonAction::RunPicked { line } => (PICKED, Some(line.clone())),
        ButtonAction::ExplainLine { line } => (EXPLAIN_LINE, Some(line.clone())),
        ButtonAction::AskForMore { line } => (MORE, Some(line.clone())),
        ButtonAction::ExplainRun { run } => (EXPLAIN_RUN, Some(serde_json::to_string(run).ok()?)),
        ButtonAction::RetryStage { run, stage } => (RETRY, Some(serde_json::to_string(&(run, stage)).ok()?)),
        ButtonAction::Decide { approval, decision: Decision::Approved } => (APPROVE, Some(serde_json::to_string(approval).ok()?)),
        ButtonAction::Decide { approval, decision: Decision::Rejected } => (REJECT, Some(serde_json::to_string(approval).ok()?)),
        ButtonAction::Hosts { press } => (HOSTS, Some(serde_json::to_string(press).ok()?)),
        ButtonAction::Dj { press } => (DJ, Some(serde_json::to_string(press).ok()?)),
        ButtonAction::UndoSubscription { subject, version } => (UNDO, Some(serde_json::to_string(&(subject, version)).ok()?)),
        ButtonAction::Incident { incident, press: IncidentPress::Rollback { deployment } } => {
            (ROLLBACK, Some(serde_json::to_string(&(incident, deployment)).ok()?))
        }
        ButtonAction::Incident { incident, press } => {
            let (verb, _) = OF_INCIDENTS.iter().find(|(_, one)| one == press)?;
            (*verb, Some(incident.to_string()))
        }
        ButtonAction::OpenUrl { .. } => (OPEN, None),
    };
    Some((verb, value))
}

fn element(button: &Button, number: usize) -> Option<Value> {
    let (verb, value) = verb_and_value(&button.action)?;
    let label = cut(&clean_line(&button.label), LABEL);
    let mut element = json!({
        "type": "button",
        "action_id": format!("{verb}/{number}"),
        "text": {"type": "plain_text", "text": if label.is_empty() { "…".into() } else { label.clone() }, "emoji": true},
    });
    if let Some(value) = value {
        if length(&value) > VALUE {
            return None;
        }
        element["value"] = value.into();
    }
    if let ButtonAction::OpenUrl { url } = &button.action {
        element["url"] = safe_url(url).filter(|url| length(url) <= URL)?.into();
    }
    match button.style {
        ButtonStyle::Plain => {}
        ButtonStyle::Primary => element["style"] = "primary".into(),
        ButtonStyle::Danger => element["style"] = "danger".into(),
    }
    if let Some(question) = &button.confirm {
        element["confirm"] = confirmation(&label, question, button.style);
    }
    Some(element)
}

/// The answers are Yes and No, because "Cancel" beside "Cancel" helps nobody.
fn confirmation(label: &str, question: &str, style: ButtonStyle) -> Value {
    let text = |text: &str, limit: usize| json!({"type": "plain_text", "text": cut(&clean_line(text), limit)});
    let mut dialog = json!({
        "title": text(&format!("{label}?"), 100),
        "text": text(question, 300),
        "confirm": text("Yes", 30),
        "deny": text("No", 30),
    });
    if style == ButtonStyle::Danger {
        dialog["style"] = "danger".into();
    }
    dialog
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::card::HostPress;
    use opsroom_domain::lock::{LockKind, LockScope};
    use opsroom_domain::pipeline_execution::approval::Approval;
    use opsroom_domain::pipeline_execution::{BuildSystem, ExecutionKey};
    use opsroom_domain::subscription::{BuildTarget, Subject};

    fn button(action: ButtonAction) -> Button {
        Button { label: "Go".into(), action, style: ButtonStyle::Plain, confirm: None }
    }

    fn run() -> ExecutionKey {
        ExecutionKey { system: BuildSystem::GithubActions, pipeline: "acme/api: CI".into(), execution: "17".into() }
    }

    fn scope() -> LockScope {
        LockScope { kind: LockKind::Freeze, environment: "production".into(), service: Some("api".into()) }
    }

    fn approval() -> Approval {
        Approval { run: run(), stage: "Approve".into(), action: "Approve".into() }
    }

    #[test]
    fn what_is_pressed_is_what_was_shown() {
        let actions_shown = [
            ButtonAction::CancelDeployment { deployment: "d-1".into() },
            ButtonAction::ExplainDeployment { deployment: "d-1".into() },
            ButtonAction::DecideDeployment { deployment: "d-1".into(), decision: Decision::Approved },
            ButtonAction::DecideDeployment { deployment: "d-1".into(), decision: Decision::Rejected },
            ButtonAction::OverrideDeployment { deployment: "d-1".into() },
            ButtonAction::RollBack { deployment: "d-1".into() },
            ButtonAction::Promote { deployment: "d-1".into() },
            ButtonAction::Unlock { scope: scope(), lock: "l-1".into() },
            ButtonAction::RunRead { line: "status staging".into() },
            ButtonAction::RunPicked { line: "restart api in staging".into() },
            ButtonAction::AskForMore { line: "restart".into() },
            ButtonAction::ExplainLine { line: "status".into() },
            ButtonAction::ExplainRun { run: run() },
            ButtonAction::RetryStage { run: run(), stage: "Te\"st".into() },
            ButtonAction::Decide { approval: approval(), decision: Decision::Approved },
            ButtonAction::Decide { approval: approval(), decision: Decision::Rejected },
            ButtonAction::UndoSubscription { subject: Subject::Builds(BuildTarget::All), version: 7 },
            ButtonAction::Hosts { press: HostPress::Stop { operation: "o-1".into() } },
            ButtonAction::Hosts { press: HostPress::Explain { operation: "o-1".into() } },
            ButtonAction::Hosts { press: HostPress::Reboot { host: "i-1".into(), service: "api".into(), environment: "staging".into() } },
        ];
        let presses = [
            IncidentPress::Acknowledge,
            IncidentPress::Unacknowledge,
            IncidentPress::Resolve,
            IncidentPress::Reopen,
            IncidentPress::Silence,
            IncidentPress::Assign,
            IncidentPress::Snooze,
            IncidentPress::Explain,
            IncidentPress::Rollback { deployment: "d-1".into() },
        ];
        let of_incidents = presses.map(|press| ButtonAction::Incident { incident: "i-1".into(), press });
        for (number, action) in actions_shown.into_iter().chain(of_incidents).enumerate() {
            let block = &actions(&[button(action.clone())], number)[0]["elements"][0];
            assert_eq!(pressed(block["action_id"].as_str().unwrap(), block["value"].as_str()), Some(action));
        }
    }

    #[test]
    fn foreign_actions_ask_for_nothing() {
        let huge = "x".repeat(2001);
        for (action_id, value) in [
            ("open_url/0", None),
            ("", Some("d-1")),
            ("cancel_deployment/0", None),
            ("explain_deployment", Some("")),
            ("drop/0", Some("x")),
            ("run_read/1", Some(&*huge)),
            ("unlock/1", Some("l-1")),
            ("retry_stage/1", Some("d-1")),
            ("approve/1", Some("{}")),
            ("incident_rollback/1", Some("i-1")),
            ("incident_delete/1", Some("i-1")),
            ("incident_acknowledge/1", None),
        ] {
            assert_eq!(pressed(action_id, value), None, "{action_id}");
        }
    }

    #[test]
    fn leaves_out_what_slack_would_refuse_and_shortens_the_rest() {
        let url = |url: &str| button(ButtonAction::OpenUrl { url: url.into() });
        assert_eq!(actions(&[url("javascript:alert(1)"), url(&format!("https://e.example/{}", "x".repeat(3000)))], 0), Vec::<Value>::new());
        let mut long = url("https://e.example");
        long.label = "ab\n".repeat(80);
        let text = actions(&[long], 0)[0]["elements"][0]["text"]["text"].as_str().unwrap().to_owned();
        assert!(length(&text) <= 75 && text.starts_with("ab ab") && text.ends_with('…'), "{text}");
        let many = vec![url("https://e.example"); 60];
        assert_eq!(actions(&many, 0).iter().map(|b| b["elements"].as_array().unwrap().len()).collect::<Vec<_>>(), [25, 25, 10]);
    }
}
