//! Lays a [`Card`] out as a Slack message, dialog or Home tab, within Slack's limits.
//!
//! The first paragraph stands at the top; what follows it hangs in attachments, whose bar has the card's colour. Attachments
//! alone would do as well, but mentions in them notify nobody, and without the paragraph Slack would show the fallback text
//! above them. Slack calls attachments secondary and may fold a long one behind "Show more" ("Secondary message attachments",
//! `docs.slack.dev`), which must not happen to buttons: so each holds few blocks, and several hang below each other. The
//! `text` is what notifications and screen readers say. Colour is never the only sign: steps have marks, words say the rest.

use opsroom_application::ports::{Field, Form, Input};
use opsroom_domain::card::{Card, Part, Text, Tone};
use serde::Serialize;
use serde_json::{Value, json};

use crate::buttons::actions;
use crate::mrkdwn::{is_slack_id, render, render_bare};
use crate::rich_text::{list, paragraph, preformatted, steps};
use crate::text::{clean_line, cut};

/// Slack cuts a message's text at 40,000 and advises 4,000 ("chat.postMessage"); a notification needs far less.
const SUMMARY: usize = 1000;
const MESSAGE_BLOCKS: usize = 50;
const VIEW_BLOCKS: usize = 100;
const ATTACHMENT_BLOCKS: usize = 5;
const FIELDS: usize = 10;
const FIELD: usize = 2000;
const CONTEXT: usize = 2000;
const VIEW_TITLE: usize = 24;
const ALT: usize = 2000;
/// Options of a select menu, their text and their value.
const OPTIONS: usize = 100;
const OPTION: usize = 75;
const VALUE: usize = 150;

/// A message's content, as `chat.postMessage` and its relatives take it. Attachments are always named, because
/// `chat.update` keeps the old ones where they are left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// For notifications and screen readers.
    pub text: String,
    /// Above.
    pub blocks: Vec<Value>,
    /// Below, with a coloured bar.
    pub attachments: Vec<Value>,
}

/// Lays a card out as a message.
pub fn message(card: &Card) -> Message {
    let text = render_bare(&card.summary, SUMMARY);
    let text = if text.trim().is_empty() { "Opsroom".to_owned() } else { text };
    let Some(color) = color(card.tone) else {
        return Message { text, blocks: blocks(&card.parts, MESSAGE_BLOCKS), attachments: Vec::new() };
    };
    let (head, rest) = match card.parts.split_first() {
        Some((first @ Part::Text(_), rest)) => (blocks(std::slice::from_ref(first), 1), rest),
        _ => (Vec::new(), &card.parts[..]),
    };
    let rest = blocks(rest, MESSAGE_BLOCKS - head.len());
    let attachments = rest.chunks(ATTACHMENT_BLOCKS).map(|blocks| json!({"color": color, "blocks": blocks})).collect();
    Message { text, blocks: head, attachments }
}

/// Lays a card out as a dialog (a modal view).
pub fn view(title: &str, card: &Card) -> Value {
    let title = cut(&clean_line(title), VIEW_TITLE);
    let mut blocks = blocks(&card.parts, VIEW_BLOCKS);
    if blocks.is_empty() {
        // A view needs one block at least.
        blocks.extend(paragraph(&card.summary).or_else(|| paragraph(&Text::plain("…"))));
    }
    json!({
        "type": "modal",
        "title": {"type": "plain_text", "text": if title.is_empty() { "Opsroom" } else { &title }},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    })
}

/// Lays a card out as a Home tab ("App Home"). It has no title, and no colour.
pub fn home(card: &Card) -> Value {
    let mut blocks = blocks(&card.parts, VIEW_BLOCKS);
    if blocks.is_empty() {
        blocks.extend(paragraph(&card.summary).or_else(|| paragraph(&Text::plain("…"))));
    }
    json!({"type": "home", "blocks": blocks})
}

/// Says that a dialog is a form.
const FORM: &str = "form";

/// Lays a form out as a dialog ("View object", "Input block"). A field's id is both its block's and its element's: where
/// [`crate::inbound`] finds what was given.
pub fn form(form: &Form) -> Value {
    let mut view = view(&form.title, &form.content);
    view["submit"] = plain(&form.submit, VIEW_TITLE);
    view["close"] = plain("Never mind", VIEW_TITLE);
    view["callback_id"] = FORM.into();
    view["private_metadata"] = form.memory.as_str().into();
    if let Some(blocks) = view["blocks"].as_array_mut() {
        blocks.truncate(VIEW_BLOCKS - form.fields.len());
        blocks.extend(form.fields.iter().map(|field| {
            json!({
                "type": "input", "block_id": field.id, "optional": !field.required, "label": plain(&field.label, 2000),
                "element": element(field),
            })
        }));
    }
    view
}

/// "Plain-text input element", "Select menu element".
fn element(field: &Field) -> Value {
    match &field.input {
        Input::Words { multiline, longest } => {
            json!({"type": "plain_text_input", "action_id": field.id, "multiline": multiline, "max_length": longest})
        }
        Input::Choice { options, initial } => {
            let options: Vec<Value> = options
                .iter()
                .take(OPTIONS)
                .map(|(value, shown)| json!({"text": plain(shown, OPTION), "value": cut(value, VALUE)}))
                .collect();
            let chosen = initial.and_then(|initial| options.get(initial).cloned());
            let mut element = json!({"type": "static_select", "action_id": field.id, "options": options});
            if let Some(chosen) = chosen {
                element["initial_option"] = chosen;
            }
            element
        }
        Input::Person => json!({"type": "users_select", "action_id": field.id}),
    }
}

fn plain(text: &str, limit: usize) -> Value {
    json!({"type": "plain_text", "text": cut(&clean_line(text), limit)})
}

fn color(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Working => Some("#1d9bd1"),
        Tone::Good => Some("#2eb67d"),
        Tone::Warning => Some("#ecb22e"),
        Tone::Bad => Some("#e01e5a"),
        Tone::Muted => Some("#868686"),
    }
}

/// Parts as blocks; where they are too many, the last says so.
fn blocks(parts: &[Part], limit: usize) -> Vec<Value> {
    let mut out = Vec::new();
    let mut buttons = 0;
    for part in parts {
        match part {
            Part::Text(text) => out.extend(paragraph(text)),
            Part::Context(text) => out.extend(context(text)),
            Part::List(entries) => out.extend(list(entries)),
            Part::Fields(fields) => out.extend(sections(fields)),
            Part::Steps(list) => out.extend(steps(list)),
            Part::Code(code) => out.extend(preformatted(code)),
            Part::Buttons(row) => {
                out.extend(actions(row, buttons));
                buttons += row.len();
            }
            Part::Menus { line, menus } => out.extend(crate::menus::menus(line, menus)),
            Part::Divider => out.push(json!({"type": "divider"})),
            Part::Image { file, alt } => out.extend(image(file, alt)),
        }
    }
    if out.len() > limit {
        let left_out = out.len() - (limit - 1);
        out.truncate(limit - 1);
        out.extend(context(&Text::plain(format!("… {left_out} more parts don't fit here"))));
    }
    out
}

/// `verbatim` keeps Slack from making links and mentions out of plain words ("Text object").
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

/// An uploaded picture ("Image block", "Slack file object").
fn image(file: &str, alt: &str) -> Option<Value> {
    let alt = cut(&clean_line(alt), ALT);
    let alt = if alt.is_empty() { "A picture" } else { &alt };
    is_slack_id(file).then(|| json!({"type": "image", "slack_file": {"id": file}, "alt_text": alt}))
}

fn context(text: &Text) -> Option<Value> {
    let text = render(text, CONTEXT);
    (!text.trim().is_empty()).then(|| json!({"type": "context", "elements": [mrkdwn(&text)]}))
}

fn sections(fields: &[(String, Text)]) -> Vec<Value> {
    let field = |(label, value): &(String, Text)| {
        let label = Text::empty().bold(cut(&clean_line(label), 100)).then("\n");
        let value = if render(value, FIELD).trim().is_empty() { Text::plain("–") } else { value.clone() };
        mrkdwn(&render(&label.and(value), FIELD))
    };
    fields.chunks(FIELDS).map(|fields| json!({"type": "section", "fields": fields.iter().map(field).collect::<Vec<_>>()})).collect()
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
