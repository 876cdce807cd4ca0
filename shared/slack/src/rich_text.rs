//! Writes [`Text`] as elements of Slack's `rich_text` block, where plain text is plain: nothing has to be escaped, and
//! nothing that was typed can turn into markup. So every paragraph, list of steps and piece of code goes this way.
//!
//! Slack: "Rich text block" and "Rich text elements" (`docs.slack.dev/reference/block-kit/blocks/rich-text-block`).

use opsroom_domain::card::{Span, Step, StepState, Text};
use serde_json::{Value, json};

use crate::mrkdwn::{MOMENT_FORMAT, is_slack_id, moment_fallback, safe_url};
use crate::text::{beginning, clean, clean_line, cut, length};

/// Slack names no limit for this block; this is the one of a section's text, and more is not read in a room anyway.
const PARAGRAPH: usize = 3000;
/// A step is one line or a few, and so is a list's entry.
const STEP: usize = 600;
const ENTRY: usize = 600;
/// How much code fits into one block, and how many blocks one piece of code may take.
const CODE: usize = 2900;
const CODE_BLOCKS: usize = 4;

/// A paragraph; `None` if there is nothing to show.
pub fn paragraph(text: &Text) -> Option<Value> {
    section(elements(text, PARAGRAPH))
}

/// Entries with a bullet each.
pub fn list(entries: &[Text]) -> Option<Value> {
    let entries = entries.iter().map(|entry| elements(entry, ENTRY)).filter(|elements| !elements.is_empty());
    let entries: Vec<Value> = entries.map(|elements| json!({"type": "rich_text_section", "elements": elements})).collect();
    let list = json!({"type": "rich_text_list", "style": "bullet", "elements": entries});
    (!entries.is_empty()).then(|| json!({"type": "rich_text", "elements": [list]}))
}

/// Steps, one a line, with their states as marks that are told apart without colour. Their names are code, which has one width for each
/// letter, and padded with spaces that don't break: so what is said about them stands in a column.
pub fn steps(steps: &[Step]) -> Option<Value> {
    let names: Vec<String> = steps.iter().map(|step| cut(&clean_line(&step.name), 100)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut line = Vec::new();
    for (index, (step, name)) in steps.iter().zip(&names).enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        line.push(plain(format!("{separator}{} ", mark(step.state))));
        let missing = longest - name.chars().count();
        let mut column = styled(format!("{name}{}", "\u{a0}".repeat(missing)), Some("code"));
        match step.state {
            StepState::Running | StepState::Waiting | StepState::Failed => column["style"]["bold"] = true.into(),
            StepState::Done => {}
            StepState::Pending | StepState::Stopped => column["style"]["italic"] = true.into(),
        }
        line.push(column);
        let note = elements(&step.note, STEP);
        if !note.is_empty() {
            line.push(plain("  ".into()));
            line.extend(note);
        }
    }
    section(line)
}

/// Code to read or paste, split between lines where it is too long for one block.
pub fn preformatted(code: &str) -> Vec<Value> {
    let mut rest = clean(code);
    let mut blocks = Vec::new();
    while !rest.trim().is_empty() {
        let text = if blocks.len() + 1 == CODE_BLOCKS {
            cut(&std::mem::take(&mut rest), CODE)
        } else {
            let head = head(&rest, CODE).to_owned();
            rest.drain(..head.len());
            head
        };
        let text = text.trim_end_matches('\n').to_owned();
        if !text.is_empty() {
            blocks.push(json!({"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [plain(text)]}]}));
        }
    }
    blocks
}

/// What fits of the beginning: whole lines, or else whole characters, or else (one character longer than a block) all of it.
fn head(text: &str, limit: usize) -> &str {
    if length(text) <= limit {
        return text;
    }
    let head = beginning(text, limit);
    match (head.rfind('\n'), head.is_empty()) {
        (_, true) => text,
        (Some(end), _) => &head[..=end],
        (None, _) => head,
    }
}

fn mark(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "○",
        StepState::Running => "●",
        StepState::Waiting => "◐",
        StepState::Done => "✓",
        StepState::Failed => "✕",
        StepState::Stopped => "–",
    }
}

fn section(elements: Vec<Value>) -> Option<Value> {
    let elements = Some(elements).filter(|elements| !elements.is_empty()).map(Value::Array)?;
    Some(json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}))
}

fn plain(text: String) -> Value {
    styled(text, None)
}

fn styled(text: String, style: Option<&str>) -> Value {
    let mut element = json!({"type": "text"});
    element["text"] = text.into();
    if let Some(style) = style {
        element["style"][style] = true.into();
    }
    element
}

/// The elements of a text, cut between characters; mentions, links and moments are whole or absent.
fn elements(text: &Text, limit: usize) -> Vec<Value> {
    let mut left = limit;
    let mut out = Vec::new();
    for span in &text.0 {
        let (shown, element): (String, Box<dyn Fn(String) -> Value>) = match span {
            Span::Plain(text) => (clean(text), Box::new(plain)),
            Span::Bold(text) => (clean(text), Box::new(|text| styled(text, Some("bold")))),
            Span::Italic(text) => (clean(text), Box::new(|text| styled(text, Some("italic")))),
            Span::Code(text) => (clean(text).replace('\n', " "), Box::new(|text| styled(text, Some("code")))),
            Span::Link { url, text } => {
                let shown = clean_line(if text.is_empty() { url } else { text });
                match safe_url(url) {
                    Some(url) => (shown, Box::new(move |text| json!({"type": "link", "url": url, "text": text}))),
                    None => (shown, Box::new(plain)),
                }
            }
            Span::Person(id) => named(id.as_str(), "user", "user_id"),
            Span::Channel(id) => named(id.as_str(), "channel", "channel_id"),
            Span::Moment(at) => {
                let date = json!({"type": "date", "timestamp": at.as_second(), "format": MOMENT_FORMAT, "fallback": moment_fallback(*at)});
                (moment_fallback(*at), Box::new(move |_| date.clone()))
            }
        };
        if shown.is_empty() {
            continue;
        }
        let size = length(&shown);
        if size > left {
            let cuttable = !matches!(span, Span::Person(_) | Span::Channel(_) | Span::Moment(_));
            out.push(if cuttable && left > 1 { element(cut(&shown, left)) } else { plain("…".into()) });
            break;
        }
        left -= size;
        out.push(element(shown));
    }
    out
}

fn named(id: &str, kind: &'static str, field: &'static str) -> (String, Box<dyn Fn(String) -> Value>) {
    let shown = clean_line(id);
    if is_slack_id(id) { (shown, Box::new(move |id| json!({"type": kind, field: id}))) } else { (shown, Box::new(plain)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_plain_text() {
        let typed = "*x* `y` <!channel> & <https://a|b>";
        assert_eq!(paragraph(&Text::plain(typed)).unwrap()["elements"][0]["elements"], json!([{"type": "text", "text": typed}]));
        assert_eq!(paragraph(&Text::plain("\0")), None);
        assert_eq!(
            elements(&Text::empty().link("javascript:alert(1)", "x").code("a`b"), 100),
            [json!({"type": "text", "text": "x"}), json!({"type": "text", "text": "a`b", "style": {"code": true}})]
        );
    }

    #[test]
    fn cuts_text_and_keeps_mentions_whole() {
        let text = Text::plain("abcdef ").person(&"U0DEPLOYER".into());
        assert_eq!(elements(&text, 4), [json!({"type": "text", "text": "abc…"})]);
        assert_eq!(elements(&text, 10), [json!({"type": "text", "text": "abcdef "}), json!({"type": "text", "text": "…"})]);
        assert_eq!(elements(&text, 17)[1], json!({"type": "user", "user_id": "U0DEPLOYER"}));
    }

    #[test]
    fn a_list_leaves_out_what_is_empty() {
        let entries = [Text::plain("a").bold("b"), Text::empty(), Text::plain("c")];
        let texts = |entry: &Value| entry["elements"].as_array().unwrap().iter().map(|e| e["text"].clone()).collect::<Vec<_>>();
        let list = &list(&entries).unwrap()["elements"][0];
        assert_eq!(list["elements"].as_array().unwrap().iter().map(texts).collect::<Vec<_>>(), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(super::list(&[Text::empty()]), None);
    }

    #[test]
    fn splits_code_between_lines() {
        let line = format!("{}\n", "x".repeat(99));
        let blocks = preformatted(&line.repeat(40));
        let texts: Vec<&str> = blocks.iter().filter_map(|b| b["elements"][0]["elements"][0]["text"].as_str()).collect();
        assert_eq!(texts.iter().map(|t| t.lines().count()).collect::<Vec<_>>(), [29, 11]);
        assert!(texts.iter().all(|t| t.lines().all(|l| l.len() == 99)));
        assert_eq!(preformatted(&"y".repeat(20_000)).len(), CODE_BLOCKS);
        assert_eq!(preformatted(" \n").len(), 0);
        assert!(preformatted(&format!("z{}", "\u{301}".repeat(9000))).len() <= CODE_BLOCKS);
    }
}
