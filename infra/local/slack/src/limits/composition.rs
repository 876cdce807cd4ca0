//! Composition objects: text, options, confirmation dialogs.

use serde_json::{Map, Value};

use super::{Problems, kind};

/// Which kinds of text a place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    PlainOnly,
    Any,
}

/// A text object in a field, of 1 to `max` characters.
pub fn text(problems: &mut Problems, path: &str, object: &Map<String, Value>, name: &str, takes: Text, max: usize, required: bool) {
    match object.get(name) {
        None | Some(Value::Null) => {
            if required {
                problems.add(path, format!("missing required field: {name}"));
            }
        }
        Some(value) => text_object(problems, &format!("{path}/{name}"), value, takes, max),
    }
}

/// A text object.
pub fn text_object(problems: &mut Problems, path: &str, value: &Value, takes: Text, max: usize) {
    let Some(object) = value.as_object() else {
        problems.add(path, "must be an object");
        return;
    };
    match (kind(object), takes) {
        ("plain_text", _) => problems.known(path, object, &["type", "text", "emoji"]),
        ("mrkdwn", Text::Any) => problems.known(path, object, &["type", "text", "verbatim"]),
        ("", _) => problems.add(path, "missing required field: type"),
        (other, _) => problems.add(&format!("{path}/type"), format!("unsupported type: {other}")),
    }
    let before = problems.0.len();
    problems.string(path, object, "text", max, true);
    if problems.0.len() > before && object.get("text").is_some_and(Value::is_string) {
        // Slack names the enclosing schema first, then what broke in it.
        problems.0.insert(before, format!("failed to match all allowed schemas [json-pointer:{path}]"));
    }
}

/// A list of options, each with a unique-free text of 75 and a value of 150 characters.
pub fn options(problems: &mut Problems, path: &str, list: &[Value], takes: Text) {
    for (place, value) in list.iter().enumerate() {
        option(problems, &format!("{path}/{place}"), value, takes);
    }
}

/// One option.
pub fn option(problems: &mut Problems, path: &str, value: &Value, takes: Text) {
    let Some(object) = value.as_object() else {
        problems.add(path, "must be an object");
        return;
    };
    problems.known(path, object, &["text", "value", "description", "url"]);
    text(problems, path, object, "text", takes, 75, true);
    text(problems, path, object, "description", takes, 75, false);
    problems.string(path, object, "value", 150, true);
    problems.string(path, object, "url", 3000, false);
}

/// The options of a static select: a list, or groups of lists, not both.
pub fn choices(problems: &mut Problems, path: &str, object: &Map<String, Value>) {
    match (object.get("options"), object.get("option_groups")) {
        (None, None) => problems.add(path, "missing required field: options"),
        (Some(_), Some(_)) => problems.add(path, "must define either `options` or `option_groups`"),
        (Some(_), None) => {
            let list = problems.items(path, object, "options", 1, 100);
            options(problems, &format!("{path}/options"), list, Text::PlainOnly);
        }
        (None, Some(_)) => {
            let groups = problems.items(path, object, "option_groups", 1, 100);
            for (place, group) in groups.iter().enumerate() {
                let path = format!("{path}/option_groups/{place}");
                let Some(group) = group.as_object() else {
                    problems.add(&path, "must be an object");
                    continue;
                };
                problems.known(&path, group, &["label", "options"]);
                text(problems, &path, group, "label", Text::PlainOnly, 75, true);
                let list = problems.items(&path, group, "options", 1, 100);
                options(problems, &format!("{path}/options"), list, Text::PlainOnly);
            }
        }
    }
}

/// A confirmation dialog.
pub fn confirm(problems: &mut Problems, path: &str, object: &Map<String, Value>) {
    let Some(value) = object.get("confirm").filter(|value| !value.is_null()) else { return };
    let path = format!("{path}/confirm");
    let Some(dialog) = value.as_object() else {
        problems.add(&path, "must be an object");
        return;
    };
    problems.known(&path, dialog, &["title", "text", "confirm", "deny", "style"]);
    text(problems, &path, dialog, "title", Text::PlainOnly, 100, true);
    text(problems, &path, dialog, "text", Text::Any, 300, true);
    text(problems, &path, dialog, "confirm", Text::PlainOnly, 30, true);
    text(problems, &path, dialog, "deny", Text::PlainOnly, 30, true);
    style(problems, &path, dialog);
}

/// A button's colour.
pub fn style(problems: &mut Problems, path: &str, object: &Map<String, Value>) {
    if let Some(value) = object.get("style")
        && !matches!(value.as_str(), Some("primary" | "danger"))
    {
        problems.add(&format!("{path}/style"), "must be one of primary, danger");
    }
}
