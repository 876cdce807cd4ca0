//! The words by which a link is found.
//!
//! A small index of our own, because it lies in the table: one row for each word of a link. What a search engine would do besides (spelling, synonyms)
//! isn't worth a service that has to be run; what people remember of a link is a word of its title, its site, its tag, or who posted it.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::link::Link;

/// So many words of a link are stored, the best places first: each is a row.
pub const MOST_WORDS: usize = 36;
/// So many words of a question are looked for.
pub const MOST_ASKED: usize = 6;
/// A longer one is an address or noise.
const LONGEST_WORD: usize = 40;

/// English words that say nothing of what a page is about.
const STOP_WORDS: &[&str] = &[
    "a", "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "com", "did", "do", "does",
    "for", "from", "get", "had", "has", "have", "he", "her", "here", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just",
    "like", "me", "more", "my", "no", "not", "of", "on", "one", "or", "our", "out", "she", "so", "some", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "to", "up", "us", "was", "we", "were", "what", "when", "where", "which", "who",
    "why", "will", "with", "would", "www", "you", "your",
];

/// A word of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedWord {
    /// As it is looked for.
    pub word: String,
    /// Where it stands: the sum of the places' values.
    pub places: u8,
}

/// Where a word stands; a better place is worth more.
const TITLE: u8 = 32;
const TAG: u8 = 16;
const SITE: u8 = 8;
const POSTER: u8 = 4;
const TEXT: u8 = 2;
const DESCRIPTION: u8 = 1;

/// The words of a link, those in the best places first. `names` are what people call those who posted it.
pub fn of_link(link: &Link, names: &[&str]) -> Vec<IndexedWord> {
    let mut found: Vec<IndexedWord> = Vec::new();
    let mut add = |place: u8, text: &str| {
        for word in words(text) {
            match found.iter_mut().find(|known| known.word == word) {
                Some(known) => known.places |= place,
                None => found.push(IndexedWord { word, places: place }),
            }
        }
    };
    add(TITLE, link.title.as_deref().unwrap_or_default());
    for tag in link.tags() {
        add(TAG, tag);
    }
    add(SITE, link.url.host());
    add(SITE, &readable_path(link.url.as_str()));
    for name in names {
        add(POSTER, name);
    }
    for post in &link.posts {
        add(TEXT, &post.text);
    }
    add(DESCRIPTION, link.description.as_deref().unwrap_or_default());
    // Stable: of equal places the earlier word stays first.
    found.sort_by_key(|known| std::cmp::Reverse(known.places));
    found.truncate(MOST_WORDS);
    found
}

/// The words of a question, each once.
pub fn asked(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words(text) {
        if !found.contains(&word) && found.len() < MOST_ASKED {
            found.push(word);
        }
    }
    found
}

/// The words of a text in the form in which they are stored: lower case, without stop words, English plurals as singulars.
fn words(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let found: Vec<String> = lower
        .unicode_words()
        .flat_map(|word| word.split(['.', '_', ':']))
        .map(|word| word.trim_end_matches("'s").trim_end_matches("’s"))
        .filter(|word| !word.is_empty() && !STOP_WORDS.contains(word) && word.chars().count() <= LONGEST_WORD)
        .map(singular)
        .collect();
    found.into_iter()
}

/// `queues` is found by `queue`, `classes` by `class`, and the other way round: an `s` of a plural goes, and so does an `e` before it, or one at the
/// end. What comes out is no word, but the same on both sides. That is all the stemming there is: a library's joins `universe` and `university`, knows
/// one language at a time, and what developers look for is names.
fn singular(word: &str) -> String {
    if word.len() <= 3 || !word.is_ascii() {
        return word.to_owned();
    }
    let is_plural = word.ends_with('s') && !["ss", "us", "is", "os"].iter().any(|end| word.ends_with(end));
    let one = if is_plural { word.get(..word.len() - 1).unwrap_or(word) } else { word };
    match one.strip_suffix("ie") {
        Some(stem) if is_plural && stem.len() > 1 => format!("{stem}y"),
        _ => one.strip_suffix('e').filter(|stem| stem.len() > 2).unwrap_or(one).to_owned(),
    }
}

/// `/2026/01/15/inside-tokio.html` says something where a title is missing.
fn readable_path(url: &str) -> String {
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split(['/', '-', '_', '.', '+'])
        .filter(|word| word.len() > 2 && !word.contains('%') && word.chars().all(char::is_alphabetic))
        // Says what the page is made with, and not what it is about.
        .filter(|word| !["html", "htm", "php", "aspx", "index"].contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_words_and_nothing_else() {
        let cases: [(&str, &[&str]); 10] = [
            ("tokio tracing", &["tokio", "tracing"]),
            ("The Queues of a Query's boss", &["queu", "query", "boss"]),
            ("libraries library", &["library"]),
            ("cache caches patch patches class classes process processes", &["cach", "patch", "class", "process"]),
            ("go goes use used node nodes", &["go", "goe", "use", "used", "nod"]),
            ("status kubernetes", &["status", "kubernet"]),
            ("#rust \"C++\" node.js", &["rust", "c", "nod", "js"]),
            ("ünïcode Straße 日本", &["ünïcode", "straße", "日", "本"]),
            ("a b c d e f g h", &["b", "c", "d", "e", "f", "g"]),
            ("the of and", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(asked(text), expected, "{text}");
        }
    }
}
