//! The words and the links that a person wrote, without what stands in code and in quotes: those are shown, and not said.

use serde_json::Value;

use super::as_typed;

/// Words and links, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) links: Vec<String>,
}

impl Words {
    fn link(&mut self, url: &str, label: Option<&str>) {
        let is_page = url.split_once(':').is_some_and(|(scheme, _)| matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https"));
        if is_page && !self.links.iter().any(|known| known == url) {
            self.links.push(url.to_owned());
        }
        self.text.push_str(label.unwrap_or(url));
    }

    fn finished(mut self) -> Self {
        let lines: Vec<String> = self.text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        self.text = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        self
    }
}

/// Out of rich text ("Rich text block", Block Kit reference); `None` if there is none among the blocks.
pub(super) fn of_blocks(blocks: &Value) -> Option<Words> {
    let rich: Vec<&Value> = blocks.as_array()?.iter().filter(|block| block["type"] == "rich_text").collect();
    if rich.is_empty() {
        return None;
    }
    let mut words = Words::default();
    for element in rich.iter().flat_map(|block| block["elements"].as_array().into_iter().flatten()) {
        section(&mut words, element, 0);
    }
    Some(words.finished())
}

/// Lists hold sections, and Slack nests them a few levels deep; what is deeper is nobody's typing.
const DEEPEST: usize = 8;

fn section(words: &mut Words, element: &Value, depth: usize) {
    let elements = || element["elements"].as_array().into_iter().flatten();
    match element["type"].as_str().unwrap_or_default() {
        "rich_text_section" => {
            for inner in elements() {
                span(words, inner);
            }
            words.text.push('\n');
        }
        "rich_text_list" if depth < DEEPEST => {
            for inner in elements() {
                section(words, inner, depth + 1);
            }
        }
        // `rich_text_preformatted`, `rich_text_quote`, and whatever comes later.
        _ => {}
    }
}

fn span(words: &mut Words, element: &Value) {
    let field = |name: &str| element[name].as_str().filter(|text| !text.is_empty());
    if element["style"]["code"] == true {
        return;
    }
    match element["type"].as_str().unwrap_or_default() {
        "text" => words.text.push_str(field("text").unwrap_or_default()),
        "link" => {
            if let Some(url) = field("url") {
                words.link(url, field("text"));
            }
        }
        "emoji" => words.text.extend(field("name").map(|name| format!(":{name}:"))),
        "user" => words.text.extend(field("user_id").map(|id| format!("<@{id}>"))),
        "channel" => words.text.extend(field("channel_id").map(|id| format!("<#{id}>"))),
        _ => {}
    }
}

/// Out of mrkdwn ("Formatting text for app surfaces").
pub(super) fn of_text(text: &str) -> Words {
    let mut words = Words::default();
    let without_blocks = between(text, "```");
    let mut quoted = false;
    for line in without_blocks.lines() {
        // `>>>` quotes all that follows.
        quoted = quoted || line.starts_with("&gt;&gt;&gt;") || line.starts_with(">>>");
        if quoted || line.starts_with("&gt;") || line.starts_with('>') {
            continue;
        }
        let mut rest = between(line, "`");
        while let Some(start) = rest.find('<') {
            let Some(length) = rest.get(start..).and_then(|rest| rest.find('>')) else { break };
            words.text.push_str(&as_typed(rest.get(..start).unwrap_or_default()));
            let inside = rest.get(start + 1..start + length).unwrap_or_default();
            let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
            if target.starts_with(['@', '#', '!']) {
                words.text.push_str(&as_typed(&format!("<{inside}>")));
            } else {
                words.link(&as_typed(target), label.map(as_typed).as_deref());
            }
            rest = rest.get(start + length + 1..).unwrap_or_default().to_owned();
        }
        words.text.push_str(&as_typed(&rest));
        words.text.push('\n');
    }
    words.finished()
}

/// What stands outside of pairs of a mark. A mark without its partner is a character like any other.
fn between(text: &str, mark: &str) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    let unpaired = parts.len().is_multiple_of(2);
    let mut outside = String::new();
    for (place, part) in parts.iter().enumerate() {
        let is_last = place + 1 == parts.len();
        if place % 2 == 0 {
            outside.push_str(part);
        } else if unpaired && is_last {
            outside.push_str(mark);
            outside.push_str(part);
        } else {
            outside.push(' ');
        }
    }
    outside
}
