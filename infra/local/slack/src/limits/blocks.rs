//! Blocks, on any surface.

use serde_json::{Map, Value};

use super::composition::{Text, text, text_object};
use super::elements::{self, Place};
use super::{Problems, kind, rich_text};

/// Where the blocks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Message,
    Modal,
    Home,
}

impl Surface {
    fn most_blocks(self) -> usize {
        if self == Self::Message { 50 } else { 100 }
    }

    fn knows(self, block: &str) -> bool {
        match block {
            "section" | "header" | "divider" | "image" | "context" | "actions" | "input" | "rich_text" | "video" => true,
            "file" | "markdown" | "table" => self == Self::Message,
            _ => false,
        }
    }
}

/// A list of blocks under `path` (`/blocks`, or within a view).
pub fn check(problems: &mut Problems, path: &str, blocks: &[Value], surface: Surface) {
    let most = surface.most_blocks();
    if blocks.len() > most {
        problems.add(path, format!("no more than {most} items allowed"));
        return;
    }
    let mut ids: Vec<&str> = Vec::new();
    let mut markdown = 0;
    for (place, value) in blocks.iter().enumerate() {
        let path = format!("{path}/{place}");
        let Some(block) = value.as_object() else {
            problems.add(&path, "must be an object");
            continue;
        };
        let name = kind(block);
        if !surface.knows(name) {
            let what = if name.is_empty() { "missing required field: type".to_owned() } else { format!("unsupported type: {name}") };
            problems.add(&format!("{path}/type"), what);
            continue;
        }
        problems.string(&path, block, "block_id", 255, false);
        if let Some(id) = block.get("block_id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
            if ids.contains(&id) {
                problems.add(&format!("{path}/block_id"), format!("`block_id` \"{id}\" already exists"));
            }
            ids.push(id);
        }
        if name == "markdown" {
            markdown += block.get("text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
        }
        check_one(problems, &path, block, name);
    }
    if markdown > 12_000 {
        problems.add(path, "must be less than 12001 characters");
    }
}

fn check_one(problems: &mut Problems, path: &str, block: &Map<String, Value>, name: &str) {
    let known: &[&str] = match name {
        "section" => &["text", "fields", "accessory", "expand"],
        "header" | "markdown" => &["text"],
        "image" => &["image_url", "slack_file", "alt_text", "title"],
        "context" | "actions" | "rich_text" => &["elements"],
        "input" => &["label", "element", "dispatch_action", "hint", "optional"],
        "file" => &["external_id", "source"],
        "table" => &["rows", "column_settings"],
        "video" => &[
            "alt_text",
            "author_name",
            "description",
            "provider_icon_url",
            "provider_name",
            "title",
            "title_url",
            "thumbnail_url",
            "video_url",
        ],
        _ => &[],
    };
    for field in block.keys().filter(|field| !matches!(field.as_str(), "type" | "block_id") && !known.contains(&field.as_str())) {
        problems.add(path, format!("invalid additional property: {field}"));
    }
    match name {
        "section" => section(problems, path, block),
        "header" => text(problems, path, block, "text", Text::PlainOnly, 150, true),
        "markdown" => problems.string(path, block, "text", 12_000, true),
        "image" => {
            elements::image(problems, path, block);
            text(problems, path, block, "title", Text::PlainOnly, 2000, false);
        }
        "context" => context(problems, path, block),
        "actions" => {
            let mut seen = Vec::new();
            for (place, element) in problems.items(path, block, "elements", 1, 25).iter().enumerate() {
                elements::check(problems, &format!("{path}/elements/{place}"), element, Place::Actions, &mut seen);
            }
        }
        "input" => {
            text(problems, path, block, "label", Text::PlainOnly, 2000, true);
            text(problems, path, block, "hint", Text::PlainOnly, 2000, false);
            match block.get("element") {
                Some(element) => elements::check(problems, &format!("{path}/element"), element, Place::Input, &mut Vec::new()),
                None => problems.add(path, "missing required field: element"),
            }
        }
        "rich_text" => {
            let list = problems.items(path, block, "elements", 1, usize::MAX);
            rich_text::check(problems, &format!("{path}/elements"), list);
        }
        "file" => problems.string(path, block, "external_id", 255, true),
        "table" => {
            for (place, row) in problems.items(path, block, "rows", 1, 100).iter().enumerate() {
                if row.as_array().is_none_or(|cells| cells.len() > 20) {
                    problems.add(&format!("{path}/rows/{place}"), "no more than 20 items allowed");
                }
            }
        }
        "video" => {
            text(problems, path, block, "title", Text::PlainOnly, 200, true);
            for field in ["alt_text", "thumbnail_url", "video_url"] {
                problems.string(path, block, field, 3000, true);
            }
        }
        _ => {}
    }
}

fn section(problems: &mut Problems, path: &str, block: &Map<String, Value>) {
    if block.get("text").is_none_or(Value::is_null) && block.get("fields").is_none_or(Value::is_null) {
        problems.add(&format!("{path}/type"), "must define either `text` or `fields`");
    }
    text(problems, path, block, "text", Text::Any, 3000, false);
    if block.contains_key("fields") {
        for (place, field) in problems.items(path, block, "fields", 1, 10).iter().enumerate() {
            text_object(problems, &format!("{path}/fields/{place}"), field, Text::Any, 2000);
        }
    }
    if let Some(accessory) = block.get("accessory").filter(|value| !value.is_null()) {
        elements::check(problems, &format!("{path}/accessory"), accessory, Place::Accessory, &mut Vec::new());
    }
}

fn context(problems: &mut Problems, path: &str, block: &Map<String, Value>) {
    for (place, value) in problems.items(path, block, "elements", 1, 10).iter().enumerate() {
        let path = format!("{path}/elements/{place}");
        match value.as_object().map(kind) {
            Some("image") => elements::check(problems, &path, value, Place::Accessory, &mut Vec::new()),
            _ => text_object(problems, &path, value, Text::Any, 3000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(blocks: &Value, surface: Surface) -> Vec<String> {
        let mut found = Problems::default();
        check(&mut found, "/blocks", blocks.as_array().unwrap(), surface);
        found.0
    }

    fn one(block: impl Into<Value>) -> Vec<String> {
        problems(&Value::Array(vec![block.into()]), Surface::Message)
    }

    fn long(length: usize) -> String {
        "x".repeat(length)
    }

    fn button(text: &str, value: &str, id: &str) -> Value {
        json!({"type": "button", "text": {"type": "plain_text", "text": text}, "value": value, "action_id": id})
    }

    fn options(count: usize, text: usize, value: usize) -> Vec<Value> {
        (0..count).map(|_| json!({"text": {"type": "plain_text", "text": long(text)}, "value": long(value)})).collect()
    }

    #[test]
    fn fifty_blocks_a_message_and_a_hundred_a_view() {
        let divider = |count: usize| json!(vec![json!({"type": "divider"}); count]);
        assert!(problems(&divider(50), Surface::Message).is_empty());
        assert_eq!(problems(&divider(51), Surface::Message), ["no more than 50 items allowed [json-pointer:/blocks]"]);
        assert!(problems(&divider(100), Surface::Modal).is_empty());
        assert_eq!(problems(&divider(101), Surface::Home), ["no more than 100 items allowed [json-pointer:/blocks]"]);
    }

    #[test]
    fn a_section_holds_three_thousand_characters() {
        let section = |length| json!({"type": "section", "text": {"type": "mrkdwn", "text": long(length)}});
        assert!(one(section(3000)).is_empty());
        assert_eq!(
            one(section(3001)),
            [
                "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
                "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
            ]
        );
        assert!(!one(section(0)).is_empty());
        assert_eq!(one(json!({"type": "section"})), ["must define either `text` or `fields` [json-pointer:/blocks/0/type]"]);
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        let section = json!({"type": "section", "text": {"type": "mrkdwn", "text": "ä".repeat(3000)}});
        assert!(one(section).is_empty());
    }

    #[test]
    fn ten_fields_of_two_thousand() {
        let section =
            |count: usize, length| json!({"type": "section", "fields": vec![json!({"type": "mrkdwn", "text": long(length)}); count]});
        assert!(one(section(10, 2000)).is_empty());
        assert!(!one(section(11, 1)).is_empty());
        assert!(!one(section(1, 2001)).is_empty());
    }

    #[test]
    fn headers_and_buttons_take_plain_text_only() {
        let header = |kind: &str, length| json!({"type": "header", "text": {"type": kind, "text": long(length)}});
        assert!(one(header("plain_text", 150)).is_empty());
        assert!(!one(header("plain_text", 151)).is_empty());
        assert_eq!(one(header("mrkdwn", 5)), ["unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"]);
        let mut pressed = button("Go", "1", "go");
        pressed["text"]["type"] = json!("mrkdwn");
        assert!(!one(json!({"type": "actions", "elements": [pressed]})).is_empty());
    }

    #[test]
    fn a_button_has_bounds() {
        let actions = |button: Value| json!({"type": "actions", "elements": [button]});
        assert!(one(actions(button(&long(75), &long(2000), &long(255)))).is_empty());
        assert!(!one(actions(button(&long(76), "1", "a"))).is_empty());
        assert!(!one(actions(button("Go", &long(2001), "a"))).is_empty());
        assert!(!one(actions(button("Go", "1", &long(256)))).is_empty());
        let mut linked = button("Go", "1", "a");
        linked["url"] = json!(format!("https://example.com/{}", long(3000)));
        assert!(!one(actions(linked)).is_empty());
    }

    #[test]
    fn twenty_five_actions_each_with_its_own_id() {
        let actions = |count: usize| {
            let buttons: Vec<Value> = (0..count).map(|n| button("Go", "1", &format!("a{n}"))).collect();
            json!({"type": "actions", "elements": buttons})
        };
        assert!(one(actions(25)).is_empty());
        assert!(!one(actions(26)).is_empty());
        let twice = json!({"type": "actions", "elements": [button("A", "1", "same"), button("B", "2", "same")]});
        assert_eq!(one(twice), ["`action_id` \"same\" already exists for another action [json-pointer:/blocks/0/elements/1/action_id]"]);
    }

    #[test]
    fn block_ids_are_unique() {
        let twice = json!([{"type": "divider", "block_id": "one"}, {"type": "divider", "block_id": "one"}]);
        assert_eq!(problems(&twice, Surface::Message), ["`block_id` \"one\" already exists [json-pointer:/blocks/1/block_id]"]);
    }

    #[test]
    fn a_select_has_a_hundred_options_of_bounded_length() {
        let select =
            |list: Vec<Value>| json!({"type": "actions", "elements": [{"type": "static_select", "action_id": "s", "options": list}]});
        assert!(one(select(options(100, 75, 150))).is_empty());
        assert!(!one(select(options(101, 1, 1))).is_empty());
        assert!(!one(select(options(1, 76, 1))).is_empty());
        assert!(!one(select(options(1, 1, 151))).is_empty());
        assert!(!one(select(Vec::new())).is_empty());
    }

    #[test]
    fn pictures_say_what_they_show() {
        let image = json!({"type": "image", "image_url": "https://example.com/a.png"});
        assert_eq!(one(image), ["missing required field: alt_text [json-pointer:/blocks/0]"]);
    }

    #[test]
    fn what_slack_does_not_know_is_refused() {
        assert_eq!(one(json!({"type": "banner"})), ["unsupported type: banner [json-pointer:/blocks/0/type]"]);
        assert_eq!(one(json!({"type": "divider", "colour": "red"})), ["invalid additional property: colour [json-pointer:/blocks/0]"]);
        let select = json!({"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "p"}]});
        assert!(!one(select).is_empty());
    }
}
