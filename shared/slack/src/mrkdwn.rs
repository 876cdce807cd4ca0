//! Writes [`Text`] as Slack's `mrkdwn`, for the few places that take nothing better: fields, small print, notifications.
//!
//! Slack has an escape for `&`, `<` and `>` ("Formatting text for app surfaces", `docs.slack.dev`) but none for `*`, `_`,
//! `~`, `` ` ``, `:emoji:` and a quoting `>`. Two ways are common and both are bad: an invisible character between (people
//! copy it into their terminal) and a look-alike (they copy that). Here a word that Slack would format is written as inline
//! code: it looks as it was typed, and what is copied is what was typed. Only a backtick inside code can't be kept; it
//! becomes a look-alike. Paragraphs, steps and code don't come here at all: [`crate::rich_text`] needs no escaping.

use opsroom_domain::card::{Span, Text};

use crate::text::{ELLIPSIS, clean, clean_line, graphemes, length};

/// Renders with markup, at most `limit` long, never cut within an entity or a character.
pub fn render(text: &Text, limit: usize) -> String {
    fit(&text.0.iter().flat_map(marked_up).collect::<Vec<_>>(), limit)
}

/// Renders for notifications and screen readers: no markup of ours, names and moments still resolved by Slack.
pub fn render_bare(text: &Text, limit: usize) -> String {
    fit(&text.0.iter().map(bare).collect::<Vec<_>>(), limit)
}

/// Escapes what Slack gives a meaning of its own.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The address, if it is one that a browser opens, without the characters that end a link in mrkdwn.
pub fn safe_url(url: &str) -> Option<String> {
    let url = url::Url::parse(&clean_line(url)).ok()?;
    let known = matches!(url.scheme(), "http" | "https" | "mailto");
    known.then(|| url.as_str().replace('|', "%7C").replace('<', "%3C").replace('>', "%3E"))
}

/// Whether it is an id as Slack makes them, and so can't break out of an entity.
pub fn is_slack_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// How a moment is shown, for both renderers.
pub const MOMENT_FORMAT: &str = "{date_short_pretty} at {time}";

/// What a moment shows where it can't be formatted.
pub fn moment_fallback(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// What can be cut, and where.
enum Piece {
    /// As a whole or not at all.
    Entity(String),
    /// Between any two characters; what opens and closes it isn't cut.
    Run { open: String, text: String, close: &'static str },
}

fn run(open: &str, text: String, close: &'static str) -> Piece {
    Piece::Run { open: open.to_owned(), text, close }
}

fn marked_up(span: &Span) -> Vec<Piece> {
    match span {
        Span::Plain(text) => literal(&clean(text)),
        Span::Bold(text) => strong(text, "*"),
        Span::Italic(text) => strong(text, "_"),
        Span::Code(text) => vec![code(&clean(text))],
        Span::Link { url, text } => vec![link(url, text)],
        other => vec![bare(other)],
    }
}

fn bare(span: &Span) -> Piece {
    match span {
        Span::Plain(text) | Span::Bold(text) | Span::Italic(text) | Span::Code(text) => run("", clean(text), ""),
        Span::Link { url, text } => run("", clean_line(if text.is_empty() { url } else { text }), ""),
        Span::Person(id) => entity('@', id.as_str()),
        Span::Everybody => Piece::Entity("<!channel>".to_owned()),
        Span::Channel(id) => entity('#', id.as_str()),
        Span::Moment(at) => Piece::Entity(format!("<!date^{}^{MOMENT_FORMAT}|{}>", at.as_second(), moment_fallback(*at))),
    }
}

fn entity(sigil: char, id: &str) -> Piece {
    if is_slack_id(id) { Piece::Entity(format!("<{sigil}{id}>")) } else { run("", clean_line(id), "") }
}

/// Slack takes emphasis only around a stretch of one line that holds no such mark itself.
fn strong(text: &str, mark: &'static str) -> Vec<Piece> {
    let text = clean(text);
    if text.is_empty() || text.trim() != text || text.contains(['\n', '`']) || text.contains(mark) {
        return literal(&text);
    }
    vec![run(mark, text, mark)]
}

fn code(text: &str) -> Piece {
    let text = text.replace('`', "ˋ").replace(['\n', '\t'], " ");
    if text.trim().is_empty() { run("", text, "") } else { run("`", text, "`") }
}

fn link(url: &str, text: &str) -> Piece {
    let shown = clean_line(if text.is_empty() { url } else { text });
    match safe_url(url) {
        // Slack ends the address at the first `|`, the text at the first `>`; `escape` sees to the latter.
        Some(url) => Piece::Run { open: format!("<{}|", escape(&url)), text: shown.replace('|', "¦"), close: ">" },
        None => run("", shown, ""),
    }
}

/// Plain text, with the words in code that Slack would format.
fn literal(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    for chunk in text.split_inclusive(char::is_whitespace) {
        let word = chunk.trim_end_matches(char::is_whitespace);
        let at_line_start = plain.is_empty() || plain.ends_with('\n');
        if is_formatted(word) || (at_line_start && word.starts_with('>')) {
            pieces.push(run("", std::mem::take(&mut plain), ""));
            pieces.push(code(word));
        } else {
            plain.push_str(word);
        }
        plain.push_str(&chunk[word.len()..]);
    }
    pieces.push(run("", plain, ""));
    pieces
}

/// Whether Slack could take a part of this word for markup: a mark at a word's edge, a backtick, an emoji's name.
fn is_formatted(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    let outside = |c: Option<&char>| c.is_none_or(|c| !c.is_alphanumeric());
    let at_edge = chars.iter().enumerate().any(|(i, c)| {
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        matches!(c, '*' | '_' | '~') && chars.len() > 1 && (outside(before) || outside(chars.get(i + 1)))
    });
    let emoji = word.split(':').skip(1).any(|name| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_+-'".contains(&b))
            && !name.bytes().all(|b| b.is_ascii_digit())
    });
    at_edge || word.contains('`') || (emoji && word.matches(':').count() > 1)
}

fn fit(pieces: &[Piece], limit: usize) -> String {
    let (whole, complete) = fill(pieces, limit);
    if complete {
        return whole;
    }
    let (mut short, _) = fill(pieces, limit.saturating_sub(1));
    short.push(ELLIPSIS);
    short
}

fn fill(pieces: &[Piece], limit: usize) -> (String, bool) {
    let mut out = String::new();
    let mut used = 0;
    for piece in pieces {
        match piece {
            Piece::Entity(entity) => {
                if used + length(entity) > limit {
                    return (out, false);
                }
                used += length(entity);
                out.push_str(entity);
            }
            Piece::Run { text, .. } if text.is_empty() => {}
            Piece::Run { open, text, close } => {
                let frame = length(open) + length(close);
                let first = graphemes(text).next().map_or(0, |g| length(&escape(g)));
                if used + frame + first > limit {
                    return (out, false);
                }
                used += frame;
                out.push_str(open);
                for grapheme in graphemes(text) {
                    let grapheme = escape(grapheme);
                    used += length(&grapheme);
                    if used > limit {
                        out.push_str(close);
                        return (out, false);
                    }
                    out.push_str(&grapheme);
                }
                out.push_str(close);
            }
        }
    }
    (out, true)
}

#[cfg(test)]
#[path = "mrkdwn_tests.rs"]
mod tests;
