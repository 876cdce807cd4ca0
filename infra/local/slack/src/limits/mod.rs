//! What Slack refuses: too long, too many, of a wrong type. Each check adds Slack's own wording with a JSON pointer, which ends up
//! in `response_metadata.messages`. The numbers are those of the Block Kit reference (docs.slack.dev/reference/block-kit).

pub mod blocks;
pub mod composition;
pub mod elements;
pub mod message;
pub mod rate;
pub mod rich_text;
pub mod view;

use serde_json::{Map, Value};

/// What is wrong, in the order in which it was found.
#[derive(Debug, Default)]
pub struct Problems(pub Vec<String>);

impl Problems {
    /// Notes one problem at a place.
    pub fn add(&mut self, path: &str, what: impl AsRef<str>) {
        self.0.push(format!("{} [json-pointer:{path}]", what.as_ref()));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A string field: present if required, not empty, not longer than `max` characters.
    pub fn string(&mut self, path: &str, object: &Map<String, Value>, name: &str, max: usize, required: bool) {
        match object.get(name) {
            None | Some(Value::Null) if required => self.add(path, format!("missing required field: {name}")),
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => self.length(&format!("{path}/{name}"), text, usize::from(required), max),
            Some(_) => self.add(&format!("{path}/{name}"), "must be a string"),
        }
    }

    /// The length of a text, in characters.
    pub fn length(&mut self, path: &str, text: &str, min: usize, max: usize) {
        let length = text.chars().count();
        if length < min {
            self.add(path, format!("must be more than {} characters", min.saturating_sub(1)));
        } else if length > max {
            self.add(path, format!("must be less than {} characters", max + 1));
        }
    }

    /// The number of items of a list, and the list itself.
    pub fn items<'a>(&mut self, path: &str, object: &'a Map<String, Value>, name: &str, min: usize, max: usize) -> &'a [Value] {
        let place = format!("{path}/{name}");
        match object.get(name) {
            Some(Value::Array(items)) => {
                if items.len() < min {
                    self.add(&place, format!("no less than {min} items allowed"));
                } else if items.len() > max {
                    self.add(&place, format!("no more than {max} items allowed"));
                }
                items
            }
            None | Some(Value::Null) => {
                if min > 0 {
                    self.add(path, format!("missing required field: {name}"));
                }
                &[]
            }
            Some(_) => {
                self.add(&place, "must be an array");
                &[]
            }
        }
    }

    /// Fields that the schema doesn't know.
    pub fn known(&mut self, path: &str, object: &Map<String, Value>, fields: &[&str]) {
        for name in object.keys().filter(|name| !fields.contains(&name.as_str())) {
            self.add(path, format!("invalid additional property: {name}"));
        }
    }
}

/// The `type` of a block, element or text object.
pub fn kind(object: &Map<String, Value>) -> &str {
    object.get("type").and_then(Value::as_str).unwrap_or_default()
}
