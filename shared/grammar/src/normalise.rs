//! Undoes what chat clients and good manners do to a command line.

use crate::registry::{find, group};

/// Words between the parts of a command that say nothing a command needs.
const PREPOSITIONS: [&str; 5] = ["to", "in", "on", "into", "onto"];

/// What people say around a command. Only at its ends, so that no argument is lost.
const POLITENESS: [&str; 11] = ["please", "pls", "plz", "thanks", "thank", "you", "thx", "kindly", "hey", "hi", "hello"];

/// A line as words, without prepositions, except in free text (after `--reason`).
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = typed(line);
    let mut in_free_text = false;
    let mut behind = if is_named_by_two(&words) { words.split_off(2) } else { std::mem::take(&mut words) };
    behind.retain(|word| {
        if word.starts_with("--") {
            in_free_text = word.starts_with("--reason");
        }
        in_free_text || !is_preposition(word)
    });
    words.append(&mut behind);
    words
}

/// Whether a line begins with a command's name of two words, such as `bytes on`, where the second is no preposition.
fn is_named_by_two(words: &[String]) -> bool {
    let [first, second, ..] = words else { return false };
    is_preposition(second) && group(first).is_some_and(|group| find(&format!("{} {second}", group.name)).is_some())
}

/// Whether a word says nothing but where what follows belongs.
pub(crate) fn is_preposition(word: &str) -> bool {
    PREPOSITIONS.contains(&word.to_lowercase().as_str())
}

/// A line as words, as it was meant to be typed.
///
/// Curly quotes become straight ones and a dash that a phone made of `--` becomes `--` again; a double-quoted stretch is one
/// word; invisible characters and politeness go.
pub(crate) fn typed(line: &str) -> Vec<String> {
    let mut words = without_politeness(split(&line.chars().filter_map(plain).collect::<String>()));
    for word in &mut words {
        if let Some(flag) = word.strip_prefix(['—', '–']) {
            *word = format!("--{}", flag.trim_start_matches(['-', '—', '–']));
        }
    }
    words
}

/// A line as words, of which none is good manners or an option: a song may be called “Hello” and a title hold a dash.
///
/// What stands around a line is left out only before it.
pub(crate) fn verbatim(line: &str) -> Vec<String> {
    let mut words = split(&line.chars().filter_map(plain).collect::<String>());
    words.drain(..leading_politeness(&words));
    words
}

/// The character as a command means it; `None` for one that only looks like nothing.
fn plain(c: char) -> Option<char> {
    match c {
        '“' | '”' | '„' | '«' | '»' => Some('"'),
        '‘' | '’' | '‚' => Some('\''),
        '\u{a0}' | '\u{2009}' | '\u{202f}' => Some(' '),
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_control() && !c.is_whitespace() => None,
        c => Some(c),
    }
}

/// Whether a text can stand in a line as one word: nothing in it would be read as the end of that word.
pub(crate) fn is_quotable(text: &str) -> bool {
    !text.chars().filter_map(plain).any(|c| c == '"')
}

fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut started = false;
    let closes_later = |rest: &str| rest.contains('"');
    for (at, c) in line.char_indices() {
        match c {
            '"' if quoted || closes_later(&line[at + 1..]) => {
                quoted = !quoted;
                started = true;
            }
            c if c.is_whitespace() && !quoted => {
                if started || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                started = false;
            }
            c => word.push(c),
        }
    }
    if started || !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_polite(word: &str) -> bool {
    let bare = word.trim_end_matches(['!', '?', '.', ',']).to_lowercase();
    bare.is_empty() || POLITENESS.contains(&bare.as_str())
}

/// How many words before a command say nothing; none if there is nothing else.
fn leading_politeness(words: &[String]) -> usize {
    let leading = words.iter().take_while(|word| is_polite(word)).count();
    if leading < words.len() { leading } else { 0 }
}

fn without_politeness(mut words: Vec<String>) -> Vec<String> {
    let in_free_text = words.iter().any(|word| word.trim_start_matches(['-', '—', '–']) == "reason");
    while !in_free_text && words.len() > 1 && words.last().is_some_and(|last| is_polite(last)) {
        words.pop();
    }
    words.drain(..leading_politeness(&words));
    if let Some(last) = words.last_mut().filter(|_| !in_free_text) {
        let bare = last.trim_end_matches(['!', '?', '.', ',']).len();
        last.truncate(if bare == 0 { last.len() } else { bare });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_what_clients_and_manners_do() {
        let cases: [(&str, &[&str]); 9] = [
            ("deploy api to staging", &["deploy", "api", "staging"]),
            ("  please   deploy api\u{a0}in staging, thanks!", &["deploy", "api", "staging"]),
            ("deploy api to staging —dry-run", &["deploy", "api", "staging", "--dry-run"]),
            ("deploy api to staging –reason “fix it” please", &["deploy", "api", "staging", "--reason", "fix it", "please"]),
            ("deploy api to staging --reason go to in on", &["deploy", "api", "staging", "--reason", "go", "to", "in", "on"]),
            ("say \"\" twice", &["say", "", "twice"]),
            ("it's 5\" wide", &["it's", "5\"", "wide"]),
            ("sta\u{200b}tus\u{202e}", &["status"]),
            ("please", &["please"]),
        ];
        for (line, expected) in cases {
            assert_eq!(words(line), expected, "{line:?}");
        }
    }

    #[test]
    fn words_of_a_song_stay_as_they_are() {
        let cases: [(&str, &[&str]); 5] = [
            ("please dj play Hello", &["dj", "play", "Hello"]),
            ("dj play Thank You!", &["dj", "play", "Thank", "You!"]),
            ("dj play Daft Punk – One More Time", &["dj", "play", "Daft", "Punk", "–", "One", "More", "Time"]),
            ("dj play “Into the Groove”", &["dj", "play", "Into the Groove"]),
            ("hello", &["hello"]),
        ];
        for (line, expected) in cases {
            assert_eq!(verbatim(line), expected, "{line:?}");
        }
    }
}
