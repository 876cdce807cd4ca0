//! Asks for what a line doesn't say yet.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Menu, Part, Text, Tone};
use opsroom_grammar::Unfinished;

use crate::pick::may_be_written;

/// Menus for what is missing, and the line that comes of them, which is the very line that a press of the button runs.
pub fn pick(typed: &Unfinished, found: &Unfinished, menus: Vec<Menu>) -> Card {
    let usage = Part::Context(Text::plain("Usage: ").code(format!("/ops {}", found.spec.usage)));
    let without =
        |menu: &&Menu| menu.choices.is_empty() && found.blanks.get(menu.place).is_some_and(|blank| !may_be_written(*blank, &menu.choices));
    if let Some(menu) = menus.iter().find(without) {
        let text = Text::code(Text::empty(), format!("/ops {}", typed.line()))
            .then(" doesn't say everything, and there is nothing to pick from: no ")
            .then(menu.label.clone())
            .then(format!(" to {} is there for you here.", found.spec.name));
        return Card::line(Tone::Warning, text).with(usage);
    }
    let missing: Vec<String> = menus.iter().filter(|menu| menu.chosen.is_none()).map(|menu| menu.label.clone()).collect();
    let title = Text::empty().bold(found.spec.name).then(format!(": {}. ", found.spec.summary));
    let title = match missing.as_slice() {
        [] => title.then("This will be run when you press the button:"),
        missing => title.then("Still to say: ").bold(missing.join(", ")).then("."),
    };
    let is_cut = menus.iter().any(|menu| menu.choices.len() >= 1000);
    let card = Card::line(Tone::Plain, title).with(Part::Menus { line: typed.line(), menus });
    let card = if missing.is_empty() {
        let line = found.line();
        let run = Button {
            label: "Run it".to_owned(),
            action: ButtonAction::RunPicked { line: line.clone() },
            style: ButtonStyle::Primary,
            confirm: None,
        };
        card.with(Part::Code(format!("/ops {line}"))).with(Part::Buttons(vec![run]))
    } else {
        card.with(Part::Context(Text::plain("Nothing is done before all is said and you press the button that comes then.")))
    };
    let card =
        if is_cut { card.with(Part::Context(Text::plain("There are more than fit into a menu; the others can be typed."))) } else { card };
    card.with(usage)
}

/// What was picked is asked for: there is nothing to press any more.
pub fn picked(line: &str) -> Card {
    Card::line(Tone::Plain, Text::plain("Asked for: ").code(format!("/ops {line}")))
}

/// There is nothing to pick in a line; it is there to copy.
pub fn nothing_to_pick(line: &str) -> Card {
    Card::line(Tone::Plain, Text::plain("This says everything; copy it to run it:")).with(Part::Code(format!("/ops {line}")))
}
