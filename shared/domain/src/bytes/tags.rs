//! Tags: `#rust` in what is said with a link.

use super::link::MOST_TAGS;

/// A longer one is a sentence.
pub const LONGEST_TAG: usize = 40;

/// The tags of a text, in lower case, without `#`, each once, at most [`MOST_TAGS`]. `#` in the middle of a word begins none (`C#`, `a#b`), and
/// neither does a number alone (`#42` is an issue), or anything in an address.
pub fn tags(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace().filter(|word| !word.contains("://")) {
        in_word(word, &mut found);
    }
    found.truncate(MOST_TAGS);
    found
}

fn in_word(word: &str, found: &mut Vec<String>) {
    let mut before = ' ';
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '#' && !(before.is_alphanumeric() || matches!(before, '_' | '#' | '/' | '&')) {
            let end = rest.find(|c: char| !is_of_tag(c)).unwrap_or(rest.len());
            if let Some(tag) = tag(rest.get(..end).unwrap_or_default())
                && !found.contains(&tag)
            {
                found.push(tag);
            }
            rest = rest.get(end..).unwrap_or_default();
            before = 'x';
            continue;
        }
        before = c;
    }
}

/// A tag as it is kept and asked for, from what stands behind `#`: lower case, without what only ends a sentence. `None` for what is none.
pub fn tag(text: &str) -> Option<String> {
    // `c++` ends so, and nothing begins so.
    let tag = text.trim_start_matches(['-', '.', '+']).trim_end_matches(['-', '.']).to_lowercase();
    let is_tag = tag.chars().all(is_of_tag) && tag.chars().any(char::is_alphabetic) && tag.chars().count() <= LONGEST_TAG;
    is_tag.then_some(tag)
}

fn is_of_tag(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_people_mean_as_tags() {
        let cases: [(&str, &[&str]); 13] = [
            ("#rust", &["rust"]),
            ("read this #Rust #async-await now", &["rust", "async-await"]),
            ("(#go) #node.js, #c++!", &["go", "node.js", "c++"]),
            ("#rust #RUST", &["rust"]),
            ("C# and F#, see #42 and #1.2", &[]),
            ("#v2 #2fa", &["v2", "2fa"]),
            ("https://example.com/a#b", &[]),
            ("https://example.com/-#top (https://example.com/?#go) #rust", &["rust"]),
            ("a#b ##c", &[]),
            ("#größe #日本語", &["größe", "日本語"]),
            ("# rust #", &[]),
            ("#a #b #c #d #e #f", &["a", "b", "c", "d", "e"]),
            ("#x\u{0}y #z-", &["x", "z"]),
        ];
        for (text, expected) in cases {
            assert_eq!(tags(text), expected, "{text}");
        }
        assert_eq!(tags(&format!("#{}", "a".repeat(LONGEST_TAG + 1))), [""; 0]);
        for (text, expected) in
            [("Rust", Some("rust")), ("node.js.", Some("node.js")), ("a/b", None), ("a b", None), ("7", None), ("", None)]
        {
            assert_eq!(tag(text).as_deref(), expected, "{text}");
        }
    }
}
