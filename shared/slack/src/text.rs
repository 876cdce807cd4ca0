//! Makes text from outside fit to be shown: without what isn't for eyes, and no longer than Slack takes.

use unicode_segmentation::UnicodeSegmentation as _;

/// Shown where something was left out.
pub const ELLIPSIS: char = '…';

/// Drops null bytes, control characters and the characters that turn reading direction (a file name that reads backwards
/// hides its ending). Lines and tabs stay.
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' | '\t' => Some(c),
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            // Unicode's property Bidi_Control.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// [`clean`], on one line.
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length as the strictest reader of Slack's limits counts it: in UTF-16 units, as JavaScript does.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The characters as people see them.
pub fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true)
}

/// Shortens to `limit`, between characters as people see them, with an ellipsis.
pub fn cut(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let mut short = beginning(text, limit.saturating_sub(1)).trim_end().to_owned();
    short.push(ELLIPSIS);
    short
}

/// As much of the beginning as fits into `limit`, up to the end of a character as people see them.
pub fn beginning(text: &str, limit: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for grapheme in graphemes(text) {
        used += length(grapheme);
        if used > limit {
            break;
        }
        end += grapheme.len();
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_only_what_is_for_eyes() {
        assert_eq!(clean("a\0b\u{7}c\r\nd\te\u{202e}f\u{2066}g\u{2028}h"), "abc\nd\tefg\nh");
        assert_eq!(clean_line("  a \n\t b\r\nc "), "a b c");
    }

    #[test]
    fn cuts_between_characters_as_people_see_them() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut(&format!("ab{family}"), 5), "ab…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 5), "e\u{301}e\u{301}…");
        assert_eq!(cut(&format!("z{}", "\u{301}".repeat(5000)), 10), "…");
    }
}
