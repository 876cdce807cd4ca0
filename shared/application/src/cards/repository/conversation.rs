//! The card of a pull request, an issue or a discussion.

use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::repository::conversation::{CheckState, Conversation, ConversationKind, ConversationState, PullChange, Verdict};

use super::counted;
use crate::people::People;

/// Failing checks that are named.
const FAILING_SHOWN: usize = 3;

/// The card as it should be now. Nobody is mentioned on it: an edit notifies nobody, and who only is spoken of is left in peace.
pub fn conversation(conversation: &Conversation, people: &People) -> Card {
    let snapshot = &conversation.snapshot;
    let name = format!("#{} {}", snapshot.key.number, snapshot.title);
    let name = if snapshot.url.is_empty() { Text::empty().bold(name) } else { Text::empty().link(&snapshot.url, name) };
    let title = Text::plain(format!("{} · ", snapshot.key.repository)).and(name);
    let mut parts = vec![Part::Text(title.clone()), Part::Context(standing(conversation, people))];
    parts.extend(details(conversation, people).into_iter().map(Part::Context));
    let summary = Text::plain(format!("{} ", state(conversation))).and(title);
    Card { tone: tone(conversation), summary, parts }
}

fn tone(conversation: &Conversation) -> Tone {
    let snapshot = &conversation.snapshot;
    let is_stuck = || {
        conversation.current_checks().any(|check| check.state == CheckState::Failed)
            || conversation.verdicts.values().any(|given| given.verdict == Verdict::ChangesRequested)
    };
    match (snapshot.state, snapshot.key.kind) {
        (ConversationState::Open, _) if is_stuck() => Tone::Warning,
        (ConversationState::Open, _) => Tone::Working,
        (ConversationState::Merged | ConversationState::Answered, _) | (ConversationState::Closed, ConversationKind::Issue) => Tone::Good,
        (ConversationState::Draft | ConversationState::Closed | ConversationState::NotPlanned | ConversationState::Removed, _) => {
            Tone::Muted
        }
    }
}

fn state(conversation: &Conversation) -> &'static str {
    match conversation.snapshot.state {
        ConversationState::Draft => "Draft",
        ConversationState::Open => "Open",
        ConversationState::Merged => "Merged",
        ConversationState::Closed => "Closed",
        ConversationState::NotPlanned => "Closed as not planned",
        ConversationState::Answered => "Answered",
        ConversationState::Removed => "Removed",
    }
}

/// `Open · by octocat · topic → main · +12 −3 in 2 files`
fn standing(conversation: &Conversation, people: &People) -> Text {
    let snapshot = &conversation.snapshot;
    let mut text = Text::empty().bold(state(conversation));
    let merged_by = snapshot.change.as_ref().and_then(|change| change.merged_by.as_ref());
    if let Some(by) = merged_by.filter(|_| snapshot.state == ConversationState::Merged) {
        text = text.then(" by ").and(people.name(by));
    }
    // "Closed · by" would say who closed it.
    text = text.then(if snapshot.state.is_over() { " · opened by " } else { " · by " }).and(people.name(&snapshot.author));
    let Some(change) = &snapshot.change else { return text };
    if !change.head.is_empty() {
        text = text.then(" · ").code(&change.head).then(" → ").code(&change.base);
    }
    match size(change) {
        Some(size) => text.then(format!(" · {size}")),
        None => text,
    }
}

fn size(change: &PullChange) -> Option<String> {
    let (additions, deletions) = (change.additions?, change.deletions?);
    let files = change.files.map(|files| format!(" in {}", counted(usize::try_from(files).unwrap_or(usize::MAX), "file")));
    Some(format!("+{additions} −{deletions}{}", files.unwrap_or_default()))
}

/// Labels; reviews; checks; who is to see to it.
fn details(conversation: &Conversation, people: &People) -> Vec<Text> {
    let snapshot = &conversation.snapshot;
    let mut labels = Text::empty();
    for label in &snapshot.labels {
        labels = if labels.is_empty() { labels } else { labels.then(" ") }.code(label);
    }
    let mut assigned = Text::empty();
    for person in &snapshot.assignees {
        let before = if assigned.is_empty() { "Assigned: " } else { ", " };
        assigned = assigned.then(before).and(people.name(person));
    }
    [labels, reviews(conversation, people), checks(conversation), assigned].into_iter().filter(|text| !text.is_empty()).collect()
}

/// `hubot approved · jane asks for changes · waiting for bob`
fn reviews(conversation: &Conversation, people: &People) -> Text {
    let mut text = Text::empty();
    for (login, given) in &conversation.verdicts {
        let verdict = match given.verdict {
            Verdict::Approved => " approved",
            Verdict::ChangesRequested => " asks for changes",
            Verdict::Commented => " commented",
            Verdict::Dismissed => continue,
        };
        let author = opsroom_domain::author::Author::login(login.as_str());
        text = if text.is_empty() { text } else { text.then(" · ") }.and(people.name(&author)).then(verdict);
    }
    if conversation.snapshot.state.is_over() {
        return text;
    }
    for (n, awaited) in conversation.snapshot.awaited.iter().enumerate() {
        let before = if n > 0 {
            ", "
        } else if text.is_empty() {
            "Waiting for "
        } else {
            " · waiting for "
        };
        text = text.then(before).and(people.name(awaited));
    }
    text
}

/// `Checks: 1 failing: lint · 4 passed · 2 running`
fn checks(conversation: &Conversation) -> Text {
    let count = |state: CheckState| conversation.current_checks().filter(|check| check.state == state).count();
    let failing: Vec<_> = conversation.current_checks().filter(|check| check.state == CheckState::Failed).collect();
    let mut text = Text::empty();
    if !failing.is_empty() {
        text = text.bold(format!("{} failing", failing.len())).then(": ");
        for (n, check) in failing.iter().take(FAILING_SHOWN).enumerate() {
            text = text.then(if n == 0 { "" } else { ", " });
            text = match &check.url {
                Some(url) => text.link(url, &check.name),
                None => text.code(&check.name),
            };
        }
        if failing.len() > FAILING_SHOWN {
            text = text.then(format!(" and {} more", failing.len() - FAILING_SHOWN));
        }
    }
    for (state, word) in [(CheckState::Passed, "passed"), (CheckState::Pending, "running"), (CheckState::Inconclusive, "without a verdict")]
    {
        let count = count(state);
        if count > 0 {
            text = if text.is_empty() { text } else { text.then(" · ") }.then(format!("{count} {word}"));
        }
    }
    if text.is_empty() { text } else { Text::plain("Checks: ").and(text) }
}
