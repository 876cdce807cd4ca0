//! Locks and freezes: each one's message, the words to their owners, and their list.

use jiff::Timestamp;
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::lock::{Lock, LockEnd, LockKind, LockScope};

use super::how::explained;
use super::words::{first_line, named, span};
use crate::ports::{Gate, Waiting};

fn is(kind: LockKind) -> &'static str {
    match kind {
        LockKind::Lock => "locked",
        LockKind::Freeze => "frozen",
    }
}

fn capital(scope: &LockScope) -> String {
    let text = scope.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// A lock's message, from its beginning to its end.
pub fn lock(lock: &Lock, end: Option<&LockEnd>) -> Card {
    let scope = capital(&lock.scope);
    let title = match end {
        None => Text::empty()
            .bold(format!("{scope} is {}", is(lock.scope.kind)))
            .then(" by ")
            .person(&lock.by)
            .then(" until ")
            .moment(lock.until),
        Some(LockEnd::RunOut) => Text::empty().bold(format!("{scope} is {} no longer", is(lock.scope.kind))).then(": its time was over"),
        Some(LockEnd::Unlocked { by }) => {
            Text::empty().bold(format!("{scope} is {} no longer", is(lock.scope.kind))).then(": ended by ").person(by)
        }
        Some(LockEnd::TakenOver { by, .. }) => {
            Text::plain(format!("The {} on {} was taken over by ", lock.scope.kind.as_str(), lock.scope)).person(by)
        }
    };
    let tone = if end.is_some() { Tone::Muted } else { Tone::Warning };
    let mut card = Card::line(tone, title);
    if let Some(reason) = &lock.reason {
        card = card.with(Part::Context(Text::plain("Reason: ").italic(reason)));
    }
    if end.is_some() {
        return card.with(Part::Context(Text::plain("It was ").person(&lock.by).then("'s, since ").moment(lock.at)));
    }
    let effect = match lock.scope.kind {
        LockKind::Lock => "Their own deployments go on; others wait for its end and go on by themselves.",
        LockKind::Freeze => "What is asked for meanwhile needs somebody who may override. Rollbacks go on.",
    };
    let (label, action) = ("Unlock", ButtonAction::Unlock { scope: lock.scope.clone(), lock: lock.id.clone() });
    let label = if lock.scope.kind == LockKind::Freeze { "Unfreeze" } else { label };
    let confirm = Some(format!("Let others deploy {} again?", lock.scope));
    let end = Button { label: label.to_owned(), action, style: ButtonStyle::Plain, confirm };
    let card = card.with(Part::Context(Text::plain(effect))).with(Part::Buttons(vec![end]));
    explained(card, "locks")
}

/// The word to a lock's owner: an edited message notifies nobody.
pub fn lock_word(lock: &Lock, end: &LockEnd) -> Card {
    let what = format!("{} on {}", lock.scope.kind.as_str(), lock.scope);
    let text = match end {
        LockEnd::RunOut => Text::empty().person(&lock.by).then(format!(" Your {what} has run out. Others may deploy again.")),
        LockEnd::Unlocked { by } => {
            Text::plain(format!("Your {what} was ended by ")).person(by).then(" in ").channel(&lock.channel).then(".")
        }
        LockEnd::TakenOver { by, reason } => {
            let text = Text::plain(format!("Your {what} was taken over by ")).person(by).then(" in ").channel(&lock.channel);
            match reason {
                Some(reason) => text.then(": ").italic(first_line(reason, 200)),
                None => text.then("."),
            }
        }
    };
    Card::line(Tone::Warning, text)
}

/// Somebody else's lock is there.
pub fn locked_already(lock: &Lock) -> Card {
    let text = Text::empty()
        .bold(format!("{} is {} already", capital(&lock.scope), is(lock.scope.kind)))
        .then(" by ")
        .person(&lock.by)
        .then(" in ")
        .channel(&lock.channel)
        .then(" until ")
        .moment(lock.until)
        .then(". Nothing was changed.");
    let card = Card::line(Tone::Warning, text);
    let card = match &lock.reason {
        Some(reason) => card.with(Part::Context(Text::plain("Reason: ").italic(reason))),
        None => card,
    };
    let steal = format!("lock {} --steal --reason …", place(&lock.scope));
    card.with(Part::Context(Text::plain("If it can't wait: ").code(steal).then(" takes it over and tells them.")))
}

/// As one types it.
fn place(scope: &LockScope) -> String {
    match &scope.service {
        Some(service) => format!("{} on {service}", scope.environment),
        None => scope.environment.to_string(),
    }
}

/// Only its owner ends a lock, and whoever may override.
pub fn anothers_lock(lock: &Lock) -> Card {
    let text = Text::plain("That lock is ").person(&lock.by).then("'s, until ").moment(lock.until).then(". ");
    let steal = format!("lock {} --steal --reason …", place(&lock.scope));
    Card::line(Tone::Warning, text.code(steal).then(" takes it over and tells them. Nothing was changed."))
}

/// There is no such lock (any more).
pub fn not_locked(scope: &LockScope, locks: &[Lock]) -> Card {
    let text = Text::plain(format!("{} isn't {}.", capital(scope), is(scope.kind)));
    let near = locks.iter().filter(|lock| lock.scope.environment == scope.environment && lock.scope.kind == scope.kind);
    let near: Vec<Text> = near.map(|lock| Text::empty().code(place(&lock.scope)).then(" is, by ").person(&lock.by)).collect();
    let card = Card::line(Tone::Plain, text);
    if near.is_empty() { card } else { card.with(Part::List(near)) }
}

/// What is locked or frozen, and who waits.
pub fn locks(catalog: &Catalog, gate: &Gate, now: Timestamp) -> Card {
    let held = gate.locks.iter().filter(|lock| lock.holds(now)).map(|lock| {
        let text = Text::empty().bold(lock.scope.to_string()).then(format!(" {} by ", is(lock.scope.kind))).and(named(catalog, &lock.by));
        let text = text.then(" in ").channel(&lock.channel).then(" until ").moment(lock.until);
        match &lock.reason {
            Some(reason) => text.then(": ").italic(first_line(reason, 100)),
            None => text,
        }
    });
    let windows = catalog.environments.iter().flat_map(|(name, environment)| {
        environment.freezes.iter().filter_map(move |window| {
            let until = window.frozen_until(now).ok().flatten()?;
            let text = Text::empty().bold(name.as_str()).then(" frozen by the catalog until ").moment(until);
            Some(window.reason.as_ref().map_or(text.clone(), |reason| text.then(": ").italic(first_line(reason, 100))))
        })
    });
    let entries: Vec<Text> = held.chain(windows).collect();
    let card = if entries.is_empty() {
        Card::line(Tone::Plain, Text::plain("Nothing is locked or frozen."))
    } else {
        Card::line(Tone::Plain, Text::empty().bold("Locked and frozen")).with(Part::List(entries))
    };
    if gate.waiting.is_empty() {
        return card;
    }
    card.with(Part::Text(Text::empty().bold("Waiting")))
        .with(Part::List(gate.waiting.iter().map(|one| waiting(catalog, one, now)).collect()))
}

/// One that waits, in a list.
pub(super) fn waiting(catalog: &Catalog, one: &Waiting, now: Timestamp) -> Text {
    let mut text = Text::empty().bold(format!("{} to {}", one.service, one.environment));
    if let Some(revision) = &one.revision {
        text = text.then(" ").code(revision);
    }
    text.then(format!(" · waits for {} so far · by ", span(now.duration_since(one.since))))
        .and(named(catalog, &one.requester))
        .then(" in ")
        .channel(&one.channel)
        .then(" · ")
        .code(one.deployment.as_str())
}
