//! Words below a conversation's card.

use opsroom_domain::author::Author;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::repository::conversation::{CheckResult, Remark, RemarkChange, Snapshot, Verdict};

use crate::people::People;

/// What somebody said, or decided in a review.
pub fn remark(remark: &Remark, people: &People) -> Card {
    let who = people.name(&remark.by);
    let link = |text: Text, word: &str| if remark.url.is_empty() { text.then(word) } else { text.link(&remark.url, word) };
    if remark.change == RemarkChange::Withdrawn {
        let what = if remark.verdict.is_some() { "'s review was dismissed" } else { " took a comment back" };
        return Card::line(Tone::Muted, who.then(what));
    }
    let (title, tone) = match remark.verdict {
        Some(Verdict::Approved) => (link(who.then(" "), "approved").then(" this"), Tone::Good),
        Some(Verdict::ChangesRequested) => (link(who.then(" "), "asks for changes"), Tone::Warning),
        Some(Verdict::Dismissed) => (link(who.then("'s "), "review").then(" was dismissed"), Tone::Muted),
        Some(Verdict::Commented) => (link(who.then(" "), "reviewed").then(" this"), Tone::Plain),
        None => (link(who.then(" "), "commented"), Tone::Plain),
    };
    let title = if remark.change == RemarkChange::Edited { title.then(" (edited)") } else { title };
    let text = remark.text.trim();
    if text.is_empty() { Card::line(tone, title) } else { Card::line(tone, title).with(Part::Text(Text::plain(text))) }
}

/// Somebody's review is asked for. This is a message of its own, so that they hear of it.
pub fn review_requested(of: &Author, by: &Author, snapshot: &Snapshot, people: &People) -> Card {
    let text = people.mention(of).then(", ").and(people.name(by)).then(" asks you for a review of ");
    Card::line(Tone::Plain, text.link(&snapshot.url, format!("#{}", snapshot.key.number)))
}

/// Something is somebody's from now on.
pub fn assigned(to: &Author, by: &Author, snapshot: &Snapshot, people: &People) -> Card {
    let text = people.mention(to).then(", ").and(people.name(by)).then(" assigned ");
    Card::line(Tone::Plain, text.link(&snapshot.url, format!("#{}", snapshot.key.number)).then(" to you"))
}

/// A check failed.
pub fn check_failed(check: &CheckResult) -> Card {
    let name = match &check.url {
        Some(url) => Text::empty().link(url, &check.name),
        None => Text::empty().code(&check.name),
    };
    Card::line(Tone::Bad, name.then(" failed"))
}
