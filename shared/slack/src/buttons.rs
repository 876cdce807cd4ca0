//! Buttons, there and back: a button carries a verb and an opaque id, and what comes back is read with the same table.
//!
//! Slack: "Button element", "Confirmation dialog object" (`docs.slack.dev/reference/block-kit`).

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle};
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
const OPEN: &str = "open_url";

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
        READ => Some(ButtonAction::RunRead { line: value.to_owned() }),
        _ => None,
    }
}

fn element(button: &Button, number: usize) -> Option<Value> {
    let (verb, value) = match &button.action {
        ButtonAction::CancelDeployment { deployment } => (CANCEL, Some(deployment.as_str())),
        ButtonAction::ExplainDeployment { deployment } => (EXPLAIN, Some(deployment.as_str())),
        ButtonAction::RunRead { line } => (READ, Some(line.as_str())),
        ButtonAction::OpenUrl { .. } => (OPEN, None),
    };
    let label = cut(&clean_line(&button.label), LABEL);
    let mut element = json!({
        "type": "button",
        "action_id": format!("{verb}/{number}"),
        "text": {"type": "plain_text", "text": if label.is_empty() { "…".into() } else { label.clone() }, "emoji": true},
    });
    if let Some(value) = value {
        if length(value) > VALUE {
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

    fn button(action: ButtonAction) -> Button {
        Button { label: "Go".into(), action, style: ButtonStyle::Plain, confirm: None }
    }

    #[test]
    fn what_is_pressed_is_what_was_shown() {
        let actions_shown = [
            ButtonAction::CancelDeployment { deployment: "d-1".into() },
            ButtonAction::ExplainDeployment { deployment: "d-1".into() },
            ButtonAction::RunRead { line: "status staging".into() },
        ];
        for (number, action) in actions_shown.into_iter().enumerate() {
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
