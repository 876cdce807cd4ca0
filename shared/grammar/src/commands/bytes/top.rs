//! `bytes top [n] [span] [#tag…]`, in any order.

use jiff::SignedDuration;
use opsroom_domain::bytes::link::MOST_TAGS;
use opsroom_domain::bytes::rank::MOST_SHOWN;
use opsroom_domain::bytes::tags::{LONGEST_TAG, tag};

use super::super::{rest_of_line, words};
use crate::bytes::Bytes;
use crate::command::Command;
use crate::duration::parse_duration;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

/// A week is a partition of the index, and each is a read of its own.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(52 * 7 * 24);

/// Words that people put around a span of time.
const AROUND: [&str; 9] = ["of", "the", "last", "past", "this", "since", "for", "from", "links"];

pub(crate) const TOP: Spec = Spec {
    name: "bytes top",
    aliases: &["bytes best", "bytes hot"],
    summary: "The best links of a span of time, by what peers made of them",
    usage: "bytes top [n] [span] [#tag…]",
    examples: &["bytes top", "bytes top 10 7d #rust", "bytes top month #rust #go"],
    right: Right::Read,
    how: "Reads the heaviest links of each week of the span (one dynamodb:Query a week, on the index by weight), and ranks them by reactions, replies, saves and age.",
    arguments: |grammar| grammar.arg(rest_of_line("terms")),
    read: |matches| {
        let words = words(matches, "terms");
        let mut terms = Terms::default();
        for word in with_units(&words) {
            terms.take(&word)?;
        }
        let Terms { most, span, tags } = terms;
        Ok(Command::Bytes(Bytes::Top { most, span, tags }))
    },
};

/// `7 days` is one term.
fn with_units(words: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        match out
            .last_mut()
            .filter(|last| is_number(last) && !word.contains(|c: char| c.is_ascii_digit()) && parse_duration(&format!("1{word}")).is_ok())
        {
            Some(number) => number.push_str(word),
            None => out.push(word.clone()),
        }
    }
    out
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Default)]
struct Terms {
    most: Option<usize>,
    span: Option<SignedDuration>,
    tags: Vec<String>,
}

impl Terms {
    fn take(&mut self, word: &str) -> Result<(), Mistake> {
        let lower = word.to_lowercase();
        if AROUND.contains(&lower.as_str()) {
            return Ok(());
        }
        if let Some(tags) = tags(&lower) {
            return tags.split(',').filter(|tag| !tag.is_empty()).try_for_each(|tag| self.tag(tag));
        }
        if lower.starts_with("<#") {
            return Err(Mistake::new("that is a channel; a tag that is called like one is written `tag:rust`"));
        }
        if is_number(&lower) {
            let most = lower.parse().ok().filter(|most| (1..=MOST_SHOWN).contains(most));
            let most = most.ok_or_else(|| Mistake::new(format!("`{word}` links don't fit; 1 to {MOST_SHOWN} are shown")))?;
            return once(self.most.replace(most).is_none(), "how many");
        }
        match span(&lower) {
            Some(span) if span > LONGEST_SPAN => Err(Mistake::new(format!("`{word}` is too long; 52w is the most"))),
            Some(span) => once(self.span.replace(span).is_none(), "the span"),
            None => Err(unknown(word)),
        }
    }

    fn tag(&mut self, typed: &str) -> Result<(), Mistake> {
        // A link has no more tags than that, and each is a read of its own.
        let tag = tag(typed).ok_or_else(|| {
            Mistake::new(format!(
                "`#{typed}` is no tag; a letter and digits, `-`, `_`, `.` and `+` may be in it, {LONGEST_TAG} characters at most"
            ))
        })?;
        if !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
        if self.tags.len() > MOST_TAGS {
            return Err(Mistake::new(format!("{MOST_TAGS} tags are the most")));
        }
        Ok(())
    }
}

/// A bare word was most probably meant as a tag, but it may as well be a slip in a span.
fn unknown(word: &str) -> Mistake {
    let tag = tag(word).filter(|tag| !tag.starts_with(|c: char| c.is_ascii_digit()));
    let meant = tag.map(|tag| format!("; for a tag, write `#{tag}`")).unwrap_or_default();
    Mistake::new(format!("`{word}` is neither a number of links, a span of time nor a tag{meant}"))
        .valid(["10", "7d", "week", "month", "#rust"])
}

/// The tags of `#rust`, `tag:rust` or `tags:rust,go`.
fn tags(lower: &str) -> Option<&str> {
    if let Some(tag) = lower.strip_prefix('#') {
        return Some(tag.trim_start_matches('#'));
    }
    let (name, tags) = lower.split_once([':', '='])?;
    matches!(name, "tag" | "tags").then(|| tags.trim_start_matches('#'))
}

fn span(lower: &str) -> Option<SignedDuration> {
    let days = |days: i64| Some(SignedDuration::from_hours(days * 24));
    match lower {
        "today" | "day" => days(1),
        "week" => days(7),
        "month" => days(30),
        "year" => Some(LONGEST_SPAN),
        _ => parse_duration(lower).ok(),
    }
}

fn once(is_first: bool, what: &str) -> Result<(), Mistake> {
    if is_first { Ok(()) } else { Err(Mistake::new(format!("{what} stands twice"))) }
}
