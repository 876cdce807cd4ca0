//! Rich text blocks: sections, lists, code and quotes, and the elements in them.

use serde_json::Value;

use super::{Problems, kind};

const INLINE: &[&str] = &["text", "link", "emoji", "user", "usergroup", "channel", "broadcast", "color", "date", "team"];

/// The elements of a `rich_text` block.
pub fn check(problems: &mut Problems, path: &str, elements: &[Value]) {
    for (place, value) in elements.iter().enumerate() {
        let path = format!("{path}/{place}");
        let Some(element) = value.as_object() else {
            problems.add(&path, "must be an object");
            continue;
        };
        let nested = problems.items(&path, element, "elements", 0, usize::MAX);
        match kind(element) {
            "rich_text_section" | "rich_text_preformatted" | "rich_text_quote" => inline(problems, &path, nested),
            "rich_text_list" => {
                if !matches!(element.get("style").and_then(Value::as_str), Some("bullet" | "ordered")) {
                    problems.add(&path, "missing required field: style");
                }
                for (place, section) in nested.iter().enumerate() {
                    let sections = section.get("elements").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                    inline(problems, &format!("{path}/elements/{place}"), sections);
                }
            }
            other => problems.add(&format!("{path}/type"), format!("unsupported type: {other}")),
        }
    }
}

fn inline(problems: &mut Problems, path: &str, elements: &[Value]) {
    for (place, value) in elements.iter().enumerate() {
        let path = format!("{path}/elements/{place}");
        let Some(element) = value.as_object() else {
            problems.add(&path, "must be an object");
            continue;
        };
        let required = match kind(element) {
            "text" => "text",
            "link" => "url",
            "emoji" => "name",
            "user" => "user_id",
            "usergroup" => "usergroup_id",
            "channel" => "channel_id",
            "broadcast" => "range",
            other if INLINE.contains(&other) => continue,
            other => {
                problems.add(&format!("{path}/type"), format!("unsupported type: {other}"));
                continue;
            }
        };
        if !element.get(required).is_some_and(Value::is_string) {
            problems.add(&path, format!("missing required field: {required}"));
        }
    }
}
