//! The `rich_text` block that Slack's composer puts beside what a person writes (docs.slack.dev: Rich text block). Apps read a message's
//! links, code and quotes from it. It is made here from the text as it is stored, so that the two always say the same.

use serde_json::{Map, Value, json};

/// The blocks of a message with this text.
pub fn of(text: &str) -> Value {
    let mut elements = Vec::new();
    let mut rest = text;
    // A fence that is never closed is three backticks and no more.
    while let Some((before, (code, after))) = rest.split_once("```").and_then(|(before, after)| Some((before, after.split_once("```")?))) {
        lines(before.strip_suffix('\n').unwrap_or(before), &mut elements);
        let code = inline(code.trim_matches('\n'), Style::PLAIN, true);
        elements.push(json!({"type": "rich_text_preformatted", "border": 0, "elements": code}));
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    lines(rest, &mut elements);
    json!([{"type": "rich_text", "elements": elements}])
}

/// The addresses that a message with these blocks links to, in order and each once. What stands in code is none.
pub fn links(blocks: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(blocks, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| collect(one, found)),
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
            let code = kind == "rich_text_preformatted" || fields.get("style").is_some_and(|style| style["code"] == json!(true));
            match fields.get("url").and_then(Value::as_str) {
                _ if code => {}
                Some(url) if kind == "link" && !found.iter().any(|known| known == url) => found.push(url.to_owned()),
                _ => collect(fields.get("elements").unwrap_or(&Value::Null), found),
            }
        }
        _ => {}
    }
}

/// What a run of lines is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Section,
    Quote,
    Bullets,
}

/// Lines outside of fences: quotes and lists are elements of their own, all else are sections.
fn lines(text: &str, elements: &mut Vec<Value>) {
    let mut runs: Vec<(Run, Vec<&str>)> = Vec::new();
    for line in text.split('\n') {
        let (run, rest) = if let Some(quoted) = line.strip_prefix("&gt;") {
            (Run::Quote, quoted.strip_prefix(' ').unwrap_or(quoted))
        } else if let Some(item) = line.strip_prefix("• ") {
            (Run::Bullets, item)
        } else {
            (Run::Section, line)
        };
        match runs.last_mut() {
            Some((last, held)) if *last == run => held.push(rest),
            _ => runs.push((run, vec![rest])),
        }
    }
    for (run, held) in runs {
        if held.iter().all(|line| line.is_empty()) {
            continue;
        }
        elements.push(match run {
            Run::Section => json!({"type": "rich_text_section", "elements": inline(&held.join("\n"), Style::PLAIN, false)}),
            Run::Quote => json!({"type": "rich_text_quote", "elements": inline(&held.join("\n"), Style::PLAIN, false)}),
            Run::Bullets => {
                let items: Vec<Value> =
                    held.iter().map(|item| json!({"type": "rich_text_section", "elements": inline(item, Style::PLAIN, false)})).collect();
                json!({"type": "rich_text_list", "style": "bullet", "indent": 0, "border": 0, "elements": items})
            }
        });
    }
}

/// The marks that people put around words, and the names of the styles that they mean.
const MARKS: [(char, &str); 4] = [('*', "bold"), ('_', "italic"), ('~', "strike"), ('`', "code")];

/// Which of [`MARKS`] stand around a piece of text.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Style([bool; 4]);

impl Style {
    const PLAIN: Self = Self([false; 4]);

    fn is_code(self) -> bool {
        self.0[3]
    }

    /// The style within this mark, unless it is on already.
    fn with(self, mark: char) -> Option<Self> {
        let place = MARKS.iter().position(|(known, _)| *known == mark)?;
        let mut inner = self;
        inner.0[place] = true;
        (inner != self && !self.is_code()).then_some(inner)
    }

    fn dress(self, mut element: Value) -> Value {
        let on = MARKS.iter().zip(self.0).filter(|(_, on)| *on).map(|((_, name), _)| ((*name).to_owned(), json!(true)));
        let on: Map<String, Value> = on.collect();
        if !on.is_empty() {
            element["style"] = Value::Object(on);
        }
        element
    }
}

/// The elements within a line. In code (`raw`) only addresses are more than text.
fn inline(text: &str, style: Style, raw: bool) -> Vec<Value> {
    let mut elements = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(next) = rest.chars().next() {
        let fresh = before.is_none_or(|before| !before.is_alphanumeric());
        let raw = raw || style.is_code();
        let found = match next {
            '<' => token(rest, raw).map(|(element, length)| (vec![style.dress(element)], length)),
            ':' if !raw => emoji(rest).map(|(element, length)| (vec![style.dress(element)], length)),
            '*' | '_' | '~' | '`' if !raw && fresh => marked(rest, next, style),
            _ => None,
        };
        if let Some((found, length)) = found {
            flush(&mut plain, style, &mut elements);
            elements.extend(found);
            before = rest[..length].chars().next_back();
            rest = &rest[length..];
            continue;
        }
        plain.push(next);
        before = Some(next);
        rest = &rest[next.len_utf8()..];
    }
    flush(&mut plain, style, &mut elements);
    elements
}

fn flush(plain: &mut String, style: Style, elements: &mut Vec<Value>) {
    if !plain.is_empty() {
        elements.push(style.dress(json!({"type": "text", "text": unescaped(plain)})));
        plain.clear();
    }
}

/// A text between two of the same mark, on one line and touching its ends.
fn marked(rest: &str, mark: char, style: Style) -> Option<(Vec<Value>, usize)> {
    let inner = style.with(mark)?;
    let line = rest[1..].split('\n').next().unwrap_or_default();
    let ends = |at: &usize| line[at + 1..].chars().next().is_none_or(|after| !after.is_alphanumeric());
    let end = line.match_indices(mark).map(|(at, _)| at).find(ends)?;
    let held = &line[..end];
    let touching = !held.is_empty() && (mark == '`' || (!held.starts_with(' ') && !held.ends_with(' ')));
    touching.then(|| (inline(held, inner, false), end + 2))
}

/// What stands between `<` and `>`: a mention or an address, perhaps with words of its own.
fn token(rest: &str, raw: bool) -> Option<(Value, usize)> {
    let end = rest.find('>')?;
    let (target, words) = rest[1..end].split_once('|').map_or((&rest[1..end], None), |(target, words)| (target, Some(words)));
    let element = if let Some(user) = target.strip_prefix('@').filter(|_| !raw) {
        json!({"type": "user", "user_id": user})
    } else if let Some(channel) = target.strip_prefix('#').filter(|_| !raw) {
        json!({"type": "channel", "channel_id": channel})
    } else if let Some(group) = target.strip_prefix("!subteam^").filter(|_| !raw) {
        json!({"type": "usergroup", "usergroup_id": group})
    } else if let Some(range) = target.strip_prefix('!').filter(|range| !raw && ["here", "channel", "everyone"].contains(range)) {
        json!({"type": "broadcast", "range": range})
    } else if target.contains(':') {
        let mut link = json!({"type": "link", "url": unescaped(target)});
        if let Some(words) = words {
            link["text"] = json!(unescaped(words));
        }
        link
    } else {
        return None;
    };
    Some((element, end + 1))
}

/// The emoji that people here use most; Slack names the character beside the name.
const CHARACTERS: &[(&str, &str)] = &[
    ("+1", "1f44d"),
    ("-1", "1f44e"),
    ("100", "1f4af"),
    ("bookmark", "1f516"),
    ("eyes", "1f440"),
    ("fire", "1f525"),
    ("heart", "2764-fe0f"),
    ("joy", "1f602"),
    ("musical_note", "1f3b5"),
    ("rocket", "1f680"),
    ("tada", "1f389"),
    ("thumbsup", "1f44d"),
    ("white_check_mark", "2705"),
];

fn emoji(rest: &str) -> Option<(Value, usize)> {
    let end = rest[1..].find(':')?;
    let name = &rest[1..=end];
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'+' | b'\'');
    // `12:30:45` is a time.
    let counts = name.bytes().all(|byte| byte.is_ascii_digit());
    if name.is_empty() || !name.bytes().all(known) || (counts && name != "100") {
        return None;
    }
    let mut element = json!({"type": "emoji", "name": name});
    if let Some((_, character)) = CHARACTERS.iter().find(|(known, _)| *known == name) {
        element["unicode"] = json!(character);
    }
    Some((element, end + 2))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> Value {
        of(text)[0]["elements"].clone()
    }

    fn section(elements: &Value) -> Value {
        json!([{"type": "rich_text_section", "elements": elements}])
    }

    #[test]
    fn a_line_keeps_its_links_mentions_and_emoji() {
        // As Slack's own composer makes them, seen in a message event.
        assert_eq!(
            elements("<#C0OPS|ops> :eyes: <@U1> <https://example.com/a?b=1&amp;c=2> &lt;3"),
            section(&json!([
                {"type": "channel", "channel_id": "C0OPS"}, {"type": "text", "text": " "},
                {"type": "emoji", "name": "eyes", "unicode": "1f440"}, {"type": "text", "text": " "},
                {"type": "user", "user_id": "U1"}, {"type": "text", "text": " "},
                {"type": "link", "url": "https://example.com/a?b=1&c=2"}, {"type": "text", "text": " <3"},
            ]))
        );
        assert_eq!(
            elements("<https://a.example|the words>"),
            section(&json!([{"type": "link", "url": "https://a.example", "text": "the words"}]))
        );
    }

    #[test]
    fn marks_become_styles() {
        assert_eq!(
            elements("*bold _both_* and `a * b`"),
            section(&json!([
                {"type": "text", "text": "bold ", "style": {"bold": true}},
                {"type": "text", "text": "both", "style": {"bold": true, "italic": true}},
                {"type": "text", "text": " and "},
                {"type": "text", "text": "a * b", "style": {"code": true}},
            ]))
        );
        for plain in ["2 * 3 * 4", "snake_case_name", "a*b*c", "at 12:30:45", "``", "*"] {
            assert_eq!(elements(plain), section(&json!([{"type": "text", "text": plain}])), "{plain}");
        }
    }

    #[test]
    fn quotes_lists_and_code_stand_apart() {
        assert_eq!(
            elements("before\n&gt; said <https://q.example>\n&gt; twice\n• one\n• two\n```\nlet a = <https://c.example>;\n```\nafter"),
            json!([
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "before"}]},
                {"type": "rich_text_quote", "elements": [
                    {"type": "text", "text": "said "}, {"type": "link", "url": "https://q.example"}, {"type": "text", "text": "\ntwice"},
                ]},
                {"type": "rich_text_list", "style": "bullet", "indent": 0, "border": 0, "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]},
                ]},
                {"type": "rich_text_preformatted", "border": 0, "elements": [
                    {"type": "text", "text": "let a = "}, {"type": "link", "url": "https://c.example"}, {"type": "text", "text": ";"},
                ]},
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "after"}]},
            ])
        );
        assert_eq!(elements("never ```closed"), section(&json!([{"type": "text", "text": "never ```closed"}])));
    }

    #[test]
    fn links_in_code_are_none() {
        let text = "<https://a.example> `<https://b.example>` <https://a.example> &gt; ```<https://c.example>```\n&gt; <https://d.example>";
        assert_eq!(links(&of(text)), ["https://a.example", "https://d.example"]);
    }
}
