//! Texts from outside, made fit to be kept: no control characters, and no longer than is shown.

use jiff::Timestamp;
use unicode_segmentation::UnicodeSegmentation as _;

/// A text on one line, cut by characters that people see.
pub(crate) fn line(text: &str, limit: usize) -> String {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let visible: String = first.chars().filter(|c| is_visible(*c)).collect();
    cut(&visible, limit)
}

/// A text of several lines, cut likewise.
pub(crate) fn lines(text: &str, limit: usize) -> String {
    let visible: String = text.chars().filter(|c| *c == '\n' || is_visible(*c)).collect();
    cut(visible.trim(), limit)
}

/// Not what controls a terminal, nor what turns the direction of the words around it.
fn is_visible(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn cut(text: &str, limit: usize) -> String {
    // A character may be made of any number of code points: nobody needs more than a few.
    let most = limit.saturating_mul(8);
    let bounded: String = text.chars().take(most).collect();
    let mut graphemes = bounded.graphemes(true);
    let kept: String = graphemes.by_ref().take(limit).collect();
    if graphemes.next().is_some() || bounded.len() < text.len() { format!("{kept}…") } else { kept }
}

/// A time as senders write it: RFC 3339, or `2026-11-20 10:00:00 UTC` as Ruby does (GitLab's and Buildkite's hooks); `None` for what isn't one.
pub(crate) fn time(text: Option<&str>) -> Option<Timestamp> {
    let text = text?;
    let as_rfc3339 = text.strip_suffix(" UTC").map(|bare| format!("{}Z", bare.replacen(' ', "T", 1)));
    as_rfc3339.as_deref().unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_what_cannot_be_seen() {
        assert_eq!(line("\n\n  Fix\u{0} it\r\nmore", 10), "Fix it");
        assert_eq!(line("a\u{202e}txt.exe", 10), "atxt.exe");
        assert_eq!(line("", 10), "");
        assert_eq!(line("abcdef", 3), "abc…");
        // A family is one character.
        assert_eq!(line("👨‍👩‍👧👨‍👩‍👧", 1), "👨‍👩‍👧…");
    }

    #[test]
    fn a_time_is_read_however_it_is_written() {
        let noon: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        for text in ["2026-11-20T12:00:00Z", "2026-11-20T13:00:00+01:00", "2026-11-20 12:00:00 UTC", "2026-11-20T12:00:00.0+00:00"] {
            assert_eq!(time(Some(text)), Some(noon), "{text}");
        }
        for text in ["", "yesterday", "2026-11-20", " UTC"] {
            assert_eq!(time(Some(text)), None, "{text}");
        }
        assert_eq!(time(None), None);
    }

    #[test]
    fn a_character_without_end_is_cut() {
        let endless = format!("a{}", "\u{301}".repeat(1_000_000));
        assert!(line(&endless, 3).chars().count() <= 25);
    }
}
