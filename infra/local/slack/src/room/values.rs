//! `state.values`: what is chosen and written in all elements of a message or a view (docs.slack.dev: "Block actions payload", `state`).

use serde_json::{Map, Value, json};

use super::refuse;
use crate::web_api::reply::Refusal;

/// Kinds of elements, with the field of their value and the field that it begins with.
const STATEFUL: &[(&str, &str, &str)] = &[
    ("plain_text_input", "value", "initial_value"),
    ("email_text_input", "value", "initial_value"),
    ("url_text_input", "value", "initial_value"),
    ("number_input", "value", "initial_value"),
    ("static_select", "selected_option", "initial_option"),
    ("external_select", "selected_option", "initial_option"),
    ("users_select", "selected_user", "initial_user"),
    ("conversations_select", "selected_conversation", "initial_conversation"),
    ("channels_select", "selected_channel", "initial_channel"),
    ("radio_buttons", "selected_option", "initial_option"),
    ("datepicker", "selected_date", "initial_date"),
    ("timepicker", "selected_time", "initial_time"),
    ("datetimepicker", "selected_date_time", "initial_date_time"),
    ("multi_static_select", "selected_options", "initial_options"),
    ("multi_external_select", "selected_options", "initial_options"),
    ("multi_users_select", "selected_users", "initial_users"),
    ("multi_conversations_select", "selected_conversations", "initial_conversations"),
    ("multi_channels_select", "selected_channels", "initial_channels"),
    ("checkboxes", "selected_options", "initial_options"),
];

/// The state of all elements in these blocks: what the person gave, else what the element begins with. Something that an element doesn't
/// offer is refused: Slack's own clients can't send it.
pub fn of(blocks: &Value, given: &Value) -> Result<Value, Refusal> {
    let mut values = Map::new();
    for block in blocks.as_array().into_iter().flatten() {
        let Some(block_id) = block.get("block_id").and_then(Value::as_str) else { continue };
        let several = block.get("elements").and_then(Value::as_array).into_iter().flatten();
        let mut states = Map::new();
        for element in several.chain(block.get("accessory")).chain(block.get("element")) {
            let kind = element.get("type").and_then(Value::as_str).unwrap_or_default();
            let known = STATEFUL.iter().find(|(known, ..)| *known == kind);
            let (Some((_, field, initial)), Some(action_id)) = (known, element.get("action_id").and_then(Value::as_str)) else { continue };
            let nothing = if field.ends_with('s') { json!([]) } else { Value::Null };
            let first = element.get(*initial).cloned().unwrap_or(nothing);
            let theirs =
                given.get(block_id).and_then(|states| states.get(action_id)).filter(|state| state.get("type") == element.get("type"));
            let value = match theirs {
                Some(state) => state.get(*field).cloned().unwrap_or(Value::Null),
                None => first,
            };
            offered(element, &value)?;
            states.insert(action_id.to_owned(), json!({"type": kind, *field: value}));
        }
        if !states.is_empty() {
            values.insert(block_id.to_owned(), Value::Object(states));
        }
    }
    Ok(Value::Object(values))
}

/// Whether an element offers the options that are chosen in it. One that asks the app for them offers anything.
pub fn offered(element: &Value, chosen: &Value) -> Result<(), Refusal> {
    let grouped = element.get("option_groups").and_then(Value::as_array).into_iter().flatten().filter_map(|group| group.get("options"));
    let lists: Vec<&Value> = element.get("options").into_iter().chain(grouped).collect();
    let several = chosen.as_array().into_iter().flatten().chain(chosen.is_object().then_some(chosen));
    for value in several.filter_map(|option| option.get("value")) {
        let is_one = || lists.iter().filter_map(|list| list.as_array()).flatten().any(|option| option.get("value") == Some(value));
        if !lists.is_empty() && !is_one() {
            return Err(refuse("invalid_option", "There is no such choice."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Value {
        let option = |value: &str| json!({"text": {"type": "plain_text", "text": value}, "value": value});
        json!([
            {"type": "actions", "block_id": "a", "elements": [
                {"type": "static_select", "action_id": "s", "options": [option("api"), option("web")], "initial_option": option("web")},
                {"type": "static_select", "action_id": "g", "option_groups": [{"options": [option("x")]}, {"options": [option("y")]}]},
                {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": "Go"}}]},
            {"type": "input", "block_id": "i", "element": {"type": "plain_text_input", "action_id": "w"}},
        ])
    }

    #[test]
    fn all_elements_have_a_state_and_only_what_is_offered_can_be_chosen() {
        let chosen = |value: &str| json!({"a": {"g": {"type": "static_select", "selected_option": {"value": value}}}});
        let state = of(&blocks(), &chosen("y")).unwrap();
        assert_eq!(state["a"]["s"]["selected_option"]["value"], "web");
        assert_eq!(state["a"]["g"]["selected_option"]["value"], "y");
        assert_eq!(state["i"]["w"], json!({"type": "plain_text_input", "value": null}));
        assert!(state["a"].get("b").is_none());
        assert!(of(&blocks(), &chosen("z")).is_err());
    }
}
