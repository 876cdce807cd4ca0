//! Words about an incident besides its message, because an edit notifies nobody.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::incident::{Called, Incident, Word};

use super::{mention, named_or, worst};
use crate::cards::words::first_line;

/// Calls a level of people, or the channel; why again, if there is a reason.
pub fn incident_call(incident: &Incident, called: &Called, word: Option<&Word>, catalog: Option<&Catalog>) -> Card {
    let why = match word {
        Some(word) => in_words(word, catalog),
        None => Text::plain("nobody has it yet"),
    };
    let text = mention(called).then(" ").bold(incident.title.as_str()).then(": ").and(why).then(".");
    let text = match worst(incident).and_then(|alarm| alarm.measure.as_ref()) {
        Some(measure) => text.then(format!(" {}.", measure.in_words())),
        None => text,
    };
    Card::line(Tone::Plain, text)
}

/// A word under the message that calls nobody.
pub fn incident_word(incident: &Incident, word: &Word, catalog: Option<&Catalog>) -> Card {
    let tone = match word {
        Word::NobodyHasIt { .. } => Tone::Warning,
        Word::OpenAgain { .. } => Tone::Bad,
    };
    Card::line(tone, Text::empty().bold(incident.title.as_str()).then(": ").and(in_words(word, catalog)).then("."))
}

fn in_words(word: &Word, catalog: Option<&Catalog>) -> Text {
    match word {
        Word::NobodyHasIt { by: Some(by) } => named_or(catalog, by).then(" gave it back, nobody has it"),
        Word::NobodyHasIt { by: None } => Text::plain("it was acknowledged for long and is not over, so nobody counts as having it"),
        Word::OpenAgain { by: Some(by) } => named_or(catalog, by).then(" says that it is not over"),
        Word::OpenAgain { by: None } => Text::plain("it is back"),
    }
}

/// Tells somebody privately that it is theirs now, with the way to it.
pub fn owner_told(incident: &Incident, link: Option<&str>) -> Card {
    let title = first_line(&incident.title, 140);
    let text = Text::plain("You have ");
    let text = match link {
        Some(url) => text.link(url, title),
        None => text.bold(title),
    };
    let text =
        text.then(" in ").channel(&incident.channel).then(", since ").moment(incident.since).then(". Nobody else is called about it.");
    let card = Card::line(Tone::Working, text);
    let pages = [super::runbook(incident).map(|url| ("Runbook", url)), link.map(|url| ("Go there", url))];
    let buttons: Vec<Button> = pages
        .into_iter()
        .flatten()
        .map(|(label, url)| Button {
            label: label.to_owned(),
            action: ButtonAction::OpenUrl { url: url.to_owned() },
            style: ButtonStyle::Plain,
            confirm: None,
        })
        .collect();
    let card = card.with(Part::Context(
        Text::code(Text::empty(), format!("/ops mon resolve {}", incident.id))
            .then(" when it is over, ")
            .code(format!("/ops mon unack {}", incident.id))
            .then(" to give it back"),
    ));
    if buttons.is_empty() { card } else { card.with(Part::Buttons(buttons)) }
}
