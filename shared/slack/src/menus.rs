//! Menus and fields from which a line is put together, there and back.
//!
//! A private message isn't sent along with what is chosen in it, so the blocks' ids carry the line as far as it was typed, and the
//! elements' ids the places in it. Slack: "Select menu element", "Input block", "Block actions payload" (`state.values`).

use opsroom_domain::card::Menu;
use serde_json::{Value, json};

use crate::text::{clean_line, cut, length};

const BLOCK_ID: usize = 255;
const LABEL: usize = 75;
const PLACEHOLDER: usize = 150;
/// Options of a menu, or of a group of one; groups of a menu.
const OPTIONS: usize = 100;
const GROUPS: usize = 100;
const OPTION: usize = 75;
const VALUE: usize = 150;
const LONGEST_WORDS: usize = 400;

const PICK: &str = "pick";

/// What somebody has chosen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// The line as far as it was typed.
    pub line: String,
    /// What was chosen or written, by its place in the line.
    pub chosen: Vec<(usize, String)>,
}

/// Menus side by side, and fields below them. Nothing, where the line is too long to be carried along.
pub fn menus(line: &str, menus: &[Menu]) -> Vec<Value> {
    // Slack's clients keep what was chosen as long as a block's id stays: where what can be chosen has changed, so has the id.
    let state = fingerprint(menus);
    let block_id = |number: usize| format!("{PICK}/{state:08x}/{number}/{line}");
    if length(&block_id(menus.len())) > BLOCK_ID {
        return Vec::new();
    }
    let selects: Vec<Value> = menus.iter().filter_map(select).collect();
    let mut blocks = Vec::new();
    if !selects.is_empty() {
        blocks.push(json!({"type": "actions", "block_id": block_id(0), "elements": selects}));
    }
    let fields = menus.iter().filter(|menu| menu.choices.is_empty()).enumerate();
    blocks.extend(fields.map(|(number, menu)| {
        let mut element = json!({"type": "plain_text_input", "action_id": action_id(menu), "max_length": LONGEST_WORDS});
        if let Some(words) = &menu.chosen {
            element["initial_value"] = cut(words, LONGEST_WORDS).into();
        }
        json!({
            "type": "input", "block_id": block_id(number + 1), "dispatch_action": true, "label": plain(&menu.label, LABEL),
            "element": element,
        })
    }));
    blocks
}

fn select(menu: &Menu) -> Option<Value> {
    let options: Vec<Value> = menu
        .choices
        .iter()
        .filter(|choice| !choice.value.is_empty() && length(&choice.value) <= VALUE)
        .map(|choice| json!({"text": plain(if choice.shown.is_empty() { &choice.value } else { &choice.shown }, OPTION), "value": choice.value}))
        .collect();
    if options.is_empty() {
        return None;
    }
    let mut element = json!({
        "type": "static_select", "action_id": action_id(menu), "placeholder": plain(&menu.label, PLACEHOLDER),
    });
    if let Some(chosen) = options.iter().find(|option| menu.chosen.as_deref() == option["value"].as_str()) {
        element["initial_option"] = chosen.clone();
    }
    if options.len() <= OPTIONS {
        element["options"] = options.into();
    } else {
        let groups = options.chunks(OPTIONS).take(GROUPS).map(|options| {
            let end = |option: Option<&Value>| {
                option.and_then(|option| option["text"]["text"].as_str()).map(|text| cut(text, 30)).unwrap_or_default()
            };
            json!({"label": plain(&format!("{} – {}", end(options.first()), end(options.last())), LABEL), "options": options})
        });
        element["option_groups"] = groups.collect();
    }
    Some(element)
}

fn action_id(menu: &Menu) -> String {
    format!("{PICK}/{}", menu.place)
}

fn plain(text: &str, limit: usize) -> Value {
    json!({"type": "plain_text", "text": cut(&clean_line(text), limit)})
}

/// FNV-1a: tells two states of the same menus apart, and is the same in every process.
fn fingerprint(menus: &[Menu]) -> u32 {
    let parts = menus.iter().flat_map(|menu| {
        let choices = menu.choices.iter().map(|choice| choice.value.as_str());
        choices.chain(["\u{1}", menu.chosen.as_deref().unwrap_or("\u{2}")])
    });
    parts.flat_map(|part| part.bytes().chain([0])).fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Whether an element is one of these menus or fields.
pub fn is_menu(action_id: &str) -> bool {
    place(action_id).is_some()
}

fn place(action_id: &str) -> Option<usize> {
    action_id.strip_prefix(PICK)?.strip_prefix('/')?.parse().ok()
}

/// What is chosen in a message, from its `state.values`; `None` if it has no menus of ours.
pub fn picked(values: &Value) -> Option<Picked> {
    let mut found: Option<Picked> = None;
    for (block_id, elements) in values.as_object()? {
        let mut parts = block_id.splitn(4, '/');
        let (Some(PICK), Some(_), Some(_), Some(line)) = (parts.next(), parts.next(), parts.next(), parts.next()) else { continue };
        let picked = found.get_or_insert_with(|| Picked { line: line.to_owned(), chosen: Vec::new() });
        for (action_id, state) in elements.as_object().into_iter().flatten() {
            let value = match state["type"].as_str() {
                Some("static_select") => &state["selected_option"]["value"],
                Some("plain_text_input") => &state["value"],
                _ => continue,
            };
            if let (Some(place), Some(value)) = (place(action_id), value.as_str().map(clean_line).filter(|value| !value.is_empty())) {
                picked.chosen.push((place, value));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::card::Choice;

    fn menu(place: usize, count: usize) -> Menu {
        let choices = (0..count).map(|n| Choice { value: format!("v{n}"), shown: format!("Shown {n}") }).collect();
        Menu { place, label: "service".into(), choices, chosen: None }
    }

    #[test]
    fn what_is_chosen_comes_back_with_the_line_and_its_place() {
        let mut first = menu(0, 2);
        first.chosen = Some("v1".into());
        let shown = menus("restart --batch 1/2", &[first, menu(1, 0)]);
        assert_eq!((shown.len(), &shown[0]["elements"][0]["initial_option"]["value"]), (2, &json!("v1")));
        let id = |block: &Value| block["block_id"].as_str().unwrap().to_owned();
        let values = json!({
            id(&shown[0]): {"pick/0": {"type": "static_select", "selected_option": {"value": "v0"}}},
            id(&shown[1]): {"pick/1": {"type": "plain_text_input", "value": " not\n today "}},
            "other": {"pick/7": {"type": "static_select", "selected_option": {"value": "x"}}},
        });
        let expected = Picked { line: "restart --batch 1/2".into(), chosen: vec![(0, "v0".into()), (1, "not today".into())] };
        assert_eq!(picked(&values), Some(expected));
        let none = json!({id(&shown[0]): {"pick/0": {"type": "static_select", "selected_option": null}}});
        assert_eq!(picked(&none).unwrap().chosen, []);
        assert_eq!(picked(&json!({"words": {"words": {"type": "plain_text_input", "value": "x"}}})), None);
        assert_eq!((is_menu("pick/3"), is_menu("pick/x"), is_menu("cancel_deployment/0")), (true, false, false));
    }

    #[test]
    fn a_menu_whose_choices_have_changed_is_another_one() {
        let id = |menu: Menu| menus("deploy", &[menu])[0]["block_id"].clone();
        let mut chosen = menu(0, 2);
        chosen.chosen = Some("v0".into());
        assert_eq!(id(menu(0, 2)), id(menu(0, 2)));
        assert!(id(menu(0, 2)) != id(menu(0, 3)) && id(menu(0, 2)) != id(chosen));
    }

    #[test]
    fn many_choices_stand_in_groups_and_what_does_not_fit_is_left_out() {
        let select = |count| menus("deploy", &[menu(0, count)])[0]["elements"][0].clone();
        assert_eq!(select(100)["options"].as_array().unwrap().len(), 100);
        let many = select(250);
        let sizes: Vec<usize> =
            many["option_groups"].as_array().unwrap().iter().map(|group| group["options"].as_array().unwrap().len()).collect();
        assert_eq!((sizes, &many["options"]), (vec![100, 100, 50], &Value::Null));
        assert_eq!(menus(&"x".repeat(250), &[menu(0, 2)]), Vec::<Value>::new());
        let mut long = menu(0, 1);
        long.choices[0].value = "x".repeat(151);
        assert_eq!(menus("deploy", &[long]), Vec::<Value>::new());
    }
}
