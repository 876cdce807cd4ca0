//! Block elements: buttons, menus, inputs. One table says which fields an element knows and where it may stand.

use serde_json::{Map, Value};

use super::composition::{Text, choices, confirm, option, options, style, text};
use super::{Problems, kind};

/// Where an element may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Accessory,
    Actions,
    Input,
}

struct Schema {
    kind: &'static str,
    fields: &'static [&'static str],
    places: &'static [Place],
}

use Place::{Accessory, Actions, Input};

const ANYWHERE: &[Place] = &[Accessory, Actions, Input];
const OUTSIDE_INPUT: &[Place] = &[Accessory, Actions];
const INPUT_ONLY: &[Place] = &[Input];

const SCHEMAS: &[Schema] = &[
    Schema { kind: "button", fields: &["text", "url", "value", "style", "confirm", "accessibility_label"], places: OUTSIDE_INPUT },
    Schema { kind: "overflow", fields: &["options", "confirm"], places: OUTSIDE_INPUT },
    Schema {
        kind: "static_select",
        fields: &["placeholder", "options", "option_groups", "initial_option", "confirm", "focus_on_load"],
        places: ANYWHERE,
    },
    Schema {
        kind: "external_select",
        fields: &["placeholder", "initial_option", "min_query_length", "confirm", "focus_on_load"],
        places: ANYWHERE,
    },
    Schema { kind: "users_select", fields: &["placeholder", "initial_user", "confirm", "focus_on_load"], places: ANYWHERE },
    Schema {
        kind: "conversations_select",
        fields: &[
            "placeholder",
            "initial_conversation",
            "default_to_current_conversation",
            "response_url_enabled",
            "filter",
            "confirm",
            "focus_on_load",
        ],
        places: ANYWHERE,
    },
    Schema {
        kind: "channels_select",
        fields: &["placeholder", "initial_channel", "response_url_enabled", "confirm", "focus_on_load"],
        places: ANYWHERE,
    },
    Schema {
        kind: "multi_static_select",
        fields: &["placeholder", "options", "option_groups", "initial_options", "max_selected_items", "confirm", "focus_on_load"],
        places: &[Accessory, Input],
    },
    Schema {
        kind: "multi_external_select",
        fields: &["placeholder", "initial_options", "min_query_length", "max_selected_items", "confirm", "focus_on_load"],
        places: &[Accessory, Input],
    },
    Schema {
        kind: "multi_users_select",
        fields: &["placeholder", "initial_users", "max_selected_items", "confirm", "focus_on_load"],
        places: &[Accessory, Input],
    },
    Schema {
        kind: "multi_conversations_select",
        fields: &[
            "placeholder",
            "initial_conversations",
            "default_to_current_conversation",
            "filter",
            "max_selected_items",
            "confirm",
            "focus_on_load",
        ],
        places: &[Accessory, Input],
    },
    Schema {
        kind: "multi_channels_select",
        fields: &["placeholder", "initial_channels", "max_selected_items", "confirm", "focus_on_load"],
        places: &[Accessory, Input],
    },
    Schema { kind: "datepicker", fields: &["placeholder", "initial_date", "confirm", "focus_on_load"], places: ANYWHERE },
    Schema { kind: "timepicker", fields: &["placeholder", "initial_time", "timezone", "confirm", "focus_on_load"], places: ANYWHERE },
    Schema { kind: "datetimepicker", fields: &["initial_date_time", "confirm", "focus_on_load"], places: &[Actions, Input] },
    Schema { kind: "checkboxes", fields: &["options", "initial_options", "confirm", "focus_on_load"], places: ANYWHERE },
    Schema { kind: "radio_buttons", fields: &["options", "initial_option", "confirm", "focus_on_load"], places: ANYWHERE },
    Schema {
        kind: "plain_text_input",
        fields: &["initial_value", "multiline", "min_length", "max_length", "dispatch_action_config", "placeholder", "focus_on_load"],
        places: INPUT_ONLY,
    },
    Schema {
        kind: "email_text_input",
        fields: &["initial_value", "dispatch_action_config", "placeholder", "focus_on_load"],
        places: INPUT_ONLY,
    },
    Schema {
        kind: "url_text_input",
        fields: &["initial_value", "dispatch_action_config", "placeholder", "focus_on_load"],
        places: INPUT_ONLY,
    },
    Schema {
        kind: "number_input",
        fields: &[
            "is_decimal_allowed",
            "initial_value",
            "min_value",
            "max_value",
            "dispatch_action_config",
            "placeholder",
            "focus_on_load",
        ],
        places: INPUT_ONLY,
    },
    Schema {
        kind: "rich_text_input",
        fields: &["initial_value", "dispatch_action_config", "placeholder", "focus_on_load"],
        places: INPUT_ONLY,
    },
    Schema { kind: "file_input", fields: &["filetypes", "max_files"], places: INPUT_ONLY },
    Schema { kind: "image", fields: &["image_url", "slack_file", "alt_text"], places: &[Accessory] },
];

/// Whether people can act on elements of this kind, so that Slack gives them an `action_id`.
pub fn is_interactive(kind: &str) -> bool {
    kind != "image" && SCHEMAS.iter().any(|schema| schema.kind == kind)
}

/// One element. Its `action_id` is noted in `seen` and must be new there.
pub fn check(problems: &mut Problems, path: &str, value: &Value, place: Place, seen: &mut Vec<String>) {
    let Some(element) = value.as_object() else {
        problems.add(path, "must be an object");
        return;
    };
    let name = kind(element);
    let Some(schema) = SCHEMAS.iter().find(|schema| schema.kind == name && schema.places.contains(&place)) else {
        let what = if name.is_empty() { "missing required field: type".to_owned() } else { format!("unsupported type: {name}") };
        problems.add(&format!("{path}/type"), what);
        return;
    };
    for field in element.keys() {
        let general = field == "type" || (field == "action_id" && name != "image");
        if !general && !schema.fields.contains(&field.as_str()) {
            problems.add(path, format!("invalid additional property: {field}"));
        }
    }
    problems.string(path, element, "action_id", 255, false);
    if let Some(id) = element.get("action_id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
        if seen.iter().any(|other| other == id) {
            problems.add(&format!("{path}/action_id"), format!("`action_id` \"{id}\" already exists for another action"));
        }
        seen.push(id.to_owned());
    }
    text(problems, path, element, "placeholder", Text::PlainOnly, 150, false);
    confirm(problems, path, element);
    details(problems, path, element, name);
}

fn details(problems: &mut Problems, path: &str, element: &Map<String, Value>, name: &str) {
    match name {
        "button" => {
            text(problems, path, element, "text", Text::PlainOnly, 75, true);
            problems.string(path, element, "value", 2000, false);
            problems.string(path, element, "url", 3000, false);
            problems.string(path, element, "accessibility_label", 75, false);
            style(problems, path, element);
        }
        "overflow" => {
            let list = problems.items(path, element, "options", 1, 5);
            options(problems, &format!("{path}/options"), list, Text::PlainOnly);
        }
        "checkboxes" | "radio_buttons" => {
            let list = problems.items(path, element, "options", 1, 10);
            options(problems, &format!("{path}/options"), list, Text::Any);
            initial(problems, path, element);
        }
        "static_select" | "multi_static_select" => {
            choices(problems, path, element);
            initial(problems, path, element);
        }
        "external_select" | "multi_external_select" => {
            for (place, value) in element.get("initial_options").and_then(Value::as_array).into_iter().flatten().enumerate() {
                option(problems, &format!("{path}/initial_options/{place}"), value, Text::PlainOnly);
            }
            if let Some(value) = element.get("initial_option") {
                option(problems, &format!("{path}/initial_option"), value, Text::PlainOnly);
            }
        }
        "plain_text_input" => {
            let bounds = ["min_length", "max_length"].map(|name| element.get(name).and_then(Value::as_u64));
            if bounds.iter().flatten().any(|bound| *bound > 3000) {
                problems.add(path, "must be less than or equal to 3000");
            }
        }
        "number_input" if !element.get("is_decimal_allowed").is_some_and(Value::is_boolean) => {
            problems.add(path, "missing required field: is_decimal_allowed");
        }
        "image" => image(problems, path, element),
        _ => {}
    }
}

/// What image elements and image blocks have in common.
pub fn image(problems: &mut Problems, path: &str, object: &Map<String, Value>) {
    match (object.get("image_url"), object.get("slack_file")) {
        (None, None) => problems.add(path, "missing required field: image_url"),
        (Some(_), Some(_)) => problems.add(path, "must define either `image_url` or `slack_file`"),
        _ => {}
    }
    problems.string(path, object, "image_url", 3000, false);
    problems.string(path, object, "alt_text", 2000, true);
}

/// Initial options must be among the options, word for word.
fn initial(problems: &mut Problems, path: &str, element: &Map<String, Value>) {
    let grouped = element.get("option_groups").and_then(Value::as_array).into_iter().flatten().filter_map(|group| group.get("options"));
    let offered: Vec<&Value> = element.get("options").into_iter().chain(grouped).filter_map(Value::as_array).flatten().collect();
    let singles = element.get("initial_option").into_iter();
    let several = element.get("initial_options").and_then(Value::as_array).into_iter().flatten();
    for wanted in singles.chain(several) {
        let matches = |one: &&Value| one.get("value") == wanted.get("value") && one.pointer("/text/text") == wanted.pointer("/text/text");
        if !offered.iter().any(matches) {
            problems.add(path, "initial options must be included in the options");
        }
    }
}
