//! Short answers to the person who asked.

use jiff::Timestamp;
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::ids::{CorrelationId, PersonId, RoleName};
use opsroom_domain::rights::{Allowed, Asker, Denied, Standing, Wish};
use opsroom_grammar::{Command, Mistake};

use crate::ports::Slot;

/// What is wrong with a line and what would be right. A line that only reads can be run by a press; one that writes is there to copy.
pub fn mistake(mistake: &Mistake) -> Card {
    let mut text = Text::sentence(&sentence(&mistake.message));
    if !mistake.valid.is_empty() {
        text = text.then(" Valid: ");
        for (n, valid) in mistake.valid.iter().enumerate() {
            text = text.then(if n == 0 { "" } else { ", " }).code(valid);
        }
        text = text.then(".");
    }
    let mut card = Card::line(Tone::Warning, text);
    match &mistake.suggestion {
        Some(suggestion) if suggestion.reads_only => {
            card = card.with(Part::Buttons(vec![Button {
                label: format!("Run /ops {}", suggestion.line),
                action: ButtonAction::RunRead { line: suggestion.line.clone() },
                style: ButtonStyle::Primary,
                confirm: None,
            }]));
        }
        Some(suggestion) => {
            card = card
                .with(Part::Text(Text::plain("Did you mean this? Nothing was done; copy it to run it.")))
                .with(Part::Code(format!("/ops {}", suggestion.line)));
        }
        None => {}
    }
    match &mistake.usage {
        Some(usage) => card.with(Part::Context(Text::plain("Usage: ").code(format!("/ops {usage}")))),
        None => card.with(Part::Context(Text::code(Text::empty(), "/ops help").then(" lists what you can ask here."))),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// Which rule forbids it.
pub fn refused(denied: &Denied) -> Card {
    let text = Text::empty().bold("Not allowed").and(Text::sentence(&format!(": {denied}.")));
    Card::line(Tone::Bad, text)
        .with(Part::Context(Text::plain("Rule: ").code(denied.rule()).then(". This was recorded; nothing was done.")))
}

/// Slack could not be asked who somebody is.
pub fn could_not_check() -> Card {
    Card::line(Tone::Warning, Text::plain("Slack doesn't say just now who you are, so nothing was done. Try again in a moment."))
}

/// No catalog was ever applied.
pub fn no_catalog() -> Card {
    let text = Text::plain("Opsroom has no catalog yet, so it knows no service and no person. Whoever runs it applies one with ")
        .code("opsctl catalog apply catalog.yaml")
        .then(".");
    Card::line(Tone::Warning, text)
}

/// Something isn't there.
pub fn not_found(what: &str) -> Card {
    Card::line(Tone::Warning, Text::plain(format!("There is no {what}. ")).code("/ops pending").then(" lists what is under way."))
}

/// Somebody is deploying there already.
pub fn busy(slot: &Slot, permalink: Option<&str>) -> Card {
    let what = format!("{} is already being deployed to {}", slot.service, slot.environment);
    let mut text = Text::empty().bold(what).then(": ");
    text = match permalink {
        Some(url) => text.link(url, slot.deployment.as_str()),
        None => text.code(slot.deployment.as_str()),
    };
    if let Some(revision) = &slot.revision {
        text = text.then(" with ").code(revision);
    }
    let text = text
        .then(" by ")
        .person(&slot.requester)
        .then(" in ")
        .channel(&slot.channel)
        .then(" since ")
        .moment(slot.since)
        .then(". Nothing was started.");
    Card::line(Tone::Warning, text)
}

/// Who somebody is, and what they may do here.
pub fn whoami(catalog: &Catalog, asker: &Asker, standing: Standing) -> Card {
    let mut text = Text::plain("You are ").person(&asker.person).then(" (").code(asker.person.as_str()).then(")");
    if let Some(person) = catalog.people.get(&asker.person) {
        text = text.then(format!(", {} in the catalog", person.name));
        if let Some(github) = &person.github {
            text = text.then(", ").code(github).then(" on GitHub");
        }
    }
    let mut card = Card::line(Tone::Plain, text.then("."));
    if let Err(denied) = catalog.decide(asker, standing, Wish::Read) {
        return card.with(Part::Text(Text::sentence(&format!("You have no rights: {denied}."))));
    }
    let roles: Vec<&str> = catalog.roles_of(&asker.person).iter().map(RoleName::as_str).collect();
    card = card.with(Part::Fields(vec![("Roles".to_owned(), Text::plain(roles.join(", ")))]));
    let writable = super::help::writable_here(catalog, asker, standing);
    let text = if writable.is_empty() {
        Text::plain("Here you can look at everything and change nothing.")
    } else {
        Text::plain("Here you can deploy ").then(writable.join("; ")).then(".")
    };
    card.with(Part::Text(text))
}

/// Whether somebody may run a line, and by which rule.
pub fn can(line: &str, command: &Command, verdict: &Result<Option<Allowed>, Denied>) -> Card {
    let line = format!("/ops {line}");
    match verdict {
        Ok(allowed) => {
            let why = match allowed {
                Some(allowed) => Text::plain(": your role ").code(allowed.role.as_str()).then(" allows it in this channel."),
                None if matches!(command, Command::Cancel { .. }) => Text::plain(", if you may deploy what it deploys."),
                None if matches!(command, Command::Release(_)) && !command.spec().reads_only() => {
                    Text::plain(", if you may do that to what it is about.")
                }
                None => Text::plain("."),
            };
            Card::line(Tone::Good, Text::plain("Yes, you may run ").code(line).and(why))
        }
        Err(denied) => {
            Card::line(Tone::Warning, Text::plain("No, you may not run ").code(line).and(Text::sentence(&format!(": {denied}."))))
                .with(Part::Context(Text::plain("Rule: ").code(denied.rule())))
        }
    }
}

/// Somebody cancelled it before.
pub fn cancelled_already(deployment: &Deployment, by: &PersonId) -> Card {
    Card::line(Tone::Plain, Text::code(Text::empty(), deployment.id.as_str()).then(" is being cancelled already, by ").person(by).then("."))
}

/// A request that nobody expects any more.
pub fn expired(line: &str, asked_at: Timestamp) -> Card {
    let text = Text::plain("What you asked for ")
        .moment(asked_at)
        .then(" was left lying and is not done any more: ")
        .code(format!("/ops {line}"))
        .then(". Ask again if it is still wanted.");
    Card::line(Tone::Warning, text)
}

/// A request that can't be done.
pub fn failed(line: &str, correlation: &CorrelationId) -> Card {
    let text = Text::code(Text::empty(), format!("/ops {line}"))
        .then(" failed. Whoever runs Opsroom finds why in its log under ")
        .code(correlation.as_str())
        .then(".");
    Card::line(Tone::Bad, text)
}

/// A deployment that is over can't be cancelled.
pub fn over(deployment: &Deployment) -> Card {
    Card::line(Tone::Warning, Text::code(Text::empty(), deployment.id.as_str()).then(" is over already; there is nothing to cancel."))
}
