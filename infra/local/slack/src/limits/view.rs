//! What a modal or a home tab may be.

use serde_json::{Map, Value};

use super::Problems;
use super::blocks::{self, Surface};
use super::composition::{Text, text};

/// Which kinds of view a method takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Modal,
    Home,
}

/// A view as the app sends it.
pub fn check(view: &Map<String, Value>, expected: Expected) -> Problems {
    let mut problems = Problems::default();
    let path = "/view";
    let (name, surface) = match expected {
        Expected::Modal => ("modal", Surface::Modal),
        Expected::Home => ("home", Surface::Home),
    };
    match view.get("type").and_then(Value::as_str) {
        Some(kind) if kind == name => {}
        Some(other) => problems.add("/view/type", format!("unsupported type: {other}")),
        None => problems.add(path, "missing required field: type"),
    }
    problems.string(path, view, "callback_id", 255, false);
    problems.string(path, view, "private_metadata", 3000, false);
    problems.string(path, view, "external_id", 255, false);
    let blocks = problems.items(path, view, "blocks", 0, usize::MAX);
    if !view.contains_key("blocks") {
        problems.add(path, "missing required field: blocks");
    }
    blocks::check(&mut problems, "/view/blocks", blocks, surface);
    if expected == Expected::Modal {
        text(&mut problems, path, view, "title", Text::PlainOnly, 24, true);
        text(&mut problems, path, view, "submit", Text::PlainOnly, 24, false);
        text(&mut problems, path, view, "close", Text::PlainOnly, 24, false);
        let asks = blocks.iter().any(|block| block.get("type").and_then(Value::as_str) == Some("input"));
        if asks && view.get("submit").is_none_or(Value::is_null) {
            problems.add(path, "missing required field: submit");
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(view: &Value, expected: Expected) -> Vec<String> {
        check(view.as_object().unwrap(), expected).0
    }

    fn modal(title: usize) -> Value {
        json!({"type": "modal", "title": {"type": "plain_text", "text": "t".repeat(title)}, "blocks": []})
    }

    #[test]
    fn a_title_has_twenty_four_characters() {
        assert!(found(&modal(24), Expected::Modal).is_empty());
        assert!(!found(&modal(25), Expected::Modal).is_empty());
        assert!(!found(&json!({"type": "modal", "blocks": []}), Expected::Modal).is_empty());
    }

    #[test]
    fn a_form_needs_a_submit_button() {
        let mut view = modal(5);
        view["blocks"] = json!([{
            "type": "input", "label": {"type": "plain_text", "text": "Why"}, "element": {"type": "plain_text_input", "action_id": "why"}
        }]);
        assert_eq!(found(&view, Expected::Modal), ["missing required field: submit [json-pointer:/view]"]);
        view["submit"] = json!({"type": "plain_text", "text": "s".repeat(24)});
        assert!(found(&view, Expected::Modal).is_empty());
        view["submit"]["text"] = json!("s".repeat(25));
        assert!(!found(&view, Expected::Modal).is_empty());
    }

    #[test]
    fn a_home_tab_is_no_modal() {
        assert!(found(&json!({"type": "home", "blocks": []}), Expected::Home).is_empty());
        assert!(!found(&json!({"type": "home", "blocks": []}), Expected::Modal).is_empty());
    }
}
