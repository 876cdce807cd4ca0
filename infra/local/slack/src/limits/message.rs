//! What a message may be: its text, its blocks, its metadata. Refusals carry Slack's error names.

use serde_json::{Value, json};

use super::Problems;
use super::blocks::{self, Surface};
use crate::web_api::reply::Refusal;

/// The most characters that `chat.postMessage` takes as text.
pub const POST_TEXT: usize = 40_000;
/// The most that `chat.update` takes (its reference: "The text field cannot exceed 4,000 characters").
pub const UPDATE_TEXT: usize = 4_000;

/// The blocks of a message, parsed already.
pub fn blocks(value: Option<&Value>) -> Result<(), Refusal> {
    let Some(value) = value else { return Ok(()) };
    let Some(list) = value.as_array() else { return Err(Refusal::new("invalid_blocks_format")) };
    let mut problems = Problems::default();
    blocks::check(&mut problems, "/blocks", list, Surface::Message);
    if problems.is_empty() { Ok(()) } else { Err(Refusal::listing("invalid_blocks", &problems)) }
}

/// Text of bounded length; there must be some unless blocks or attachments say something.
pub fn text(text: &str, most: usize, has_other: bool) -> Result<(), Refusal> {
    if text.is_empty() && !has_other {
        return Err(Refusal::new("no_text"));
    }
    if text.chars().count() > most {
        return Err(Refusal::new("msg_too_long"));
    }
    Ok(())
}

/// Attachments: a list of objects, at most a hundred, whose own blocks obey the same rules.
pub fn attachments(value: Option<&Value>) -> Result<(), Refusal> {
    let Some(value) = value else { return Ok(()) };
    let Some(list) = value.as_array() else { return Err(Refusal::new("invalid_attachments")) };
    if list.len() > 100 {
        return Err(Refusal::new("too_many_attachments"));
    }
    let mut problems = Problems::default();
    for (place, attachment) in list.iter().enumerate() {
        if !attachment.is_object() {
            return Err(Refusal::new("invalid_attachments"));
        }
        if let Some(nested) = attachment.get("blocks").and_then(Value::as_array) {
            blocks::check(&mut problems, &format!("/attachments/{place}/blocks"), nested, Surface::Message);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::listing("invalid_attachments", &problems)) }
}

/// Message metadata: `{event_type, event_payload}`. An empty object takes it away (`chat.update`).
pub fn metadata(value: Option<Value>) -> Result<Option<Value>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let Some(object) = value.as_object() else { return Err(Refusal::new("invalid_metadata_format")) };
    if object.is_empty() {
        return Ok(Some(json!({})));
    }
    let named = object.get("event_type").and_then(Value::as_str).is_some_and(|name| !name.is_empty() && name.len() <= 255);
    let paid = object.get("event_payload").is_some_and(Value::is_object);
    if !named || !paid || object.keys().any(|key| !matches!(key.as_str(), "event_type" | "event_payload" | "entities")) {
        return Err(Refusal::new("invalid_metadata_schema"));
    }
    // "the maximum size is 8KB" (Slack: Message metadata).
    if value.to_string().len() > 8 * 1024 {
        return Err(Refusal::new("metadata_too_large"));
    }
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_has_a_type_and_a_payload() {
        let good = json!({"event_type": "opsroom_message", "event_payload": {"key": "k"}});
        assert_eq!(metadata(Some(good.clone())).unwrap(), Some(good));
        for bad in
            [json!("text"), json!({"event_type": "x"}), json!({"event_type": "x", "event_payload": "y"}), json!({"event_payload": {}})]
        {
            assert!(metadata(Some(bad.clone())).is_err(), "{bad}");
        }
        let large = json!({"event_type": "x", "event_payload": {"key": "y".repeat(9000)}});
        assert_eq!(metadata(Some(large)).unwrap_err().error, "metadata_too_large");
    }

    #[test]
    fn text_is_bounded_and_must_be_there() {
        assert!(text(&"x".repeat(POST_TEXT), POST_TEXT, false).is_ok());
        assert_eq!(text(&"x".repeat(POST_TEXT + 1), POST_TEXT, false).unwrap_err().error, "msg_too_long");
        assert_eq!(text("", POST_TEXT, false).unwrap_err().error, "no_text");
        assert!(text("", POST_TEXT, true).is_ok());
    }
}
