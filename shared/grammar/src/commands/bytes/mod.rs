//! `bytes …`: links that peers shared.

pub(super) mod digest;
#[cfg(test)]
mod tests;
mod top;

use super::{joined, link, rest_of_line, words};
use crate::bytes::Bytes;
use crate::command::Command;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

pub(super) use top::TOP;

/// Nobody types more words to find a link, and each of them is looked up.
const LONGEST_SEARCH: usize = 200;

pub(super) const CATCHUP: Spec = Spec {
    name: "bytes catchup",
    aliases: &["bytes catch-up", "bytes catch up", "bytes missed"],
    summary: "The best links since you last looked, as much as is read in two minutes; only you see it",
    usage: "bytes catchup",
    examples: &["bytes catchup"],
    right: Right::Read,
    how: "Reads when you last looked and the best links of the weeks since (dynamodb:GetItem, dynamodb:Query on the index by weight), and notes that you have looked (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Bytes(Bytes::CatchUp)),
};

pub(super) const SEARCH: Spec = Spec {
    name: "bytes search",
    aliases: &["bytes find", "bytes grep"],
    summary: "Find links by words of their title, description, tags, host, poster or what was said with them",
    usage: "bytes search <what…>",
    examples: &["bytes search tokio tracing", "bytes search #rust"],
    right: Right::Read,
    how: "Looks each word up in an index (one dynamodb:Query a word) and reads the links that fit best (dynamodb:BatchGetItem). However many links there are, it takes no more calls.",
    arguments: |grammar| grammar.arg(rest_of_line("what").num_args(1..).required(true)),
    read: |matches| {
        let words = joined(matches, "what").unwrap_or_default();
        let words = words.trim();
        match words.chars().count() {
            0 => Err(Mistake::new("which words? `bytes search tokio tracing` finds links in which both stand")),
            length if length > LONGEST_SEARCH => {
                Err(Mistake::new(format!("a search has at most {LONGEST_SEARCH} characters, this one has {length}")))
            }
            _ => Ok(Command::Bytes(Bytes::Search { words: words.to_owned() })),
        }
    },
};

pub(super) const MINE: Spec = Spec {
    name: "bytes mine",
    aliases: &["bytes saved", "bytes reading"],
    summary: "Your own reading list; only you see it",
    usage: "bytes mine",
    examples: &["bytes mine"],
    right: Right::Read,
    how: "Reads your reading list (dynamodb:GetItem).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Bytes(Bytes::Mine)),
};

pub(super) const SAVE: Spec = Spec {
    name: "bytes save",
    aliases: &["bytes keep", "bytes bookmark"],
    summary: "Put a link on your reading list",
    usage: "bytes save <link>",
    examples: &["bytes save https://github.com/{repository}"],
    right: Right::Own,
    how: "Writes your reading list, and counts the save for the link (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("link").num_args(1..).required(true)),
    read: |matches| Ok(Command::Bytes(Bytes::Save { url: one_link(&words(matches, "link"))? })),
};

pub(super) const UNSAVE: Spec = Spec {
    name: "bytes unsave",
    aliases: &["bytes unkeep", "bytes unbookmark"],
    summary: "Take a link off your reading list",
    usage: "bytes unsave <link>",
    examples: &["bytes unsave https://github.com/{repository}"],
    right: Right::Own,
    how: "Writes your reading list, and takes the save off the link (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("link").num_args(1..).required(true)),
    read: |matches| Ok(Command::Bytes(Bytes::Unsave { url: one_link(&words(matches, "link"))? })),
};

pub(super) const HIDE: Spec = Spec {
    name: "bytes hide",
    aliases: &[],
    summary: "Say that a link is not worth anybody's time: neither top nor search shows it any more",
    usage: "bytes hide <link>",
    examples: &["bytes hide https://github.com/{repository}"],
    right: Right::TakePart,
    how: "Marks the link as hidden and takes it out of the indexes (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("link").num_args(1..).required(true)),
    read: |matches| Ok(Command::Bytes(Bytes::Hide { url: one_link(&words(matches, "link"))? })),
};

pub(super) const UNHIDE: Spec = Spec {
    name: "bytes unhide",
    aliases: &["bytes show"],
    summary: "Show a hidden link again",
    usage: "bytes unhide <link>",
    examples: &["bytes unhide https://github.com/{repository}"],
    right: Right::TakePart,
    how: "Takes the mark off the link and puts it back into the indexes (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("link").num_args(1..).required(true)),
    read: |matches| Ok(Command::Bytes(Bytes::Unhide { url: one_link(&words(matches, "link"))? })),
};

pub(super) const ON: Spec = Spec {
    name: "bytes on",
    aliases: &["bytes enable"],
    summary: "Keep the links that are posted in this channel from now on",
    usage: "bytes on",
    examples: &["bytes on"],
    right: Right::Subscribe,
    how: "Writes that this channel is a bytes room (dynamodb:TransactWriteItems). What was posted before isn't read.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Bytes(Bytes::On)),
};

pub(super) const OFF: Spec = Spec {
    name: "bytes off",
    aliases: &["bytes disable"],
    summary: "Keep no more links of this channel; what is kept stays",
    usage: "bytes off",
    examples: &["bytes off"],
    right: Right::Subscribe,
    how: "Writes that this channel is a bytes room no more (dynamodb:TransactWriteItems). A room of the catalog is ended there.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Bytes(Bytes::Off)),
};

/// The one address among words; a label that Slack put behind it may hold spaces.
fn one_link(words: &[String]) -> Result<String, Mistake> {
    let [first, rest @ ..] = words else { return link("") };
    if first.starts_with('<') && !first.ends_with('>') && rest.last().is_some_and(|last| last.ends_with('>')) {
        return link(&words.join(" "));
    }
    match rest {
        [] => link(first),
        [second, ..] => link(first).and_then(|_| Err(Mistake::new(format!("`{second}` is one word too many; it takes one link")))),
    }
}
