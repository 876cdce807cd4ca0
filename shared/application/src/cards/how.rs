//! *How?* of a line, and the button that asks for it.

use opsroom_domain::api_call::ApiCall;
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};

/// What fits into a button with room to spare (Slack: 2000 characters).
const LONGEST_LINE: usize = 1000;

const HOW: &str = "How?";

/// The calls that the answer to a line comes from, for anyone to paste.
pub fn line_how(line: &str, how: &str, calls: &[ApiCall]) -> Card {
    let mut card = Card::line(Tone::Plain, Text::empty().code(format!("/ops {line}"))).with(Part::Text(Text::plain(how)));
    card = card.with(Part::Text(Text::plain("What it looks at, as AWS CLI:")));
    for call in calls {
        card = card.with(Part::Code(call.command_line()));
    }
    card
}

/// Adds *How?* to what a line has led to, beside the buttons that are there. What explains itself already keeps its own.
pub fn explained(mut card: Card, line: &str) -> Card {
    let line = if line.chars().count() <= LONGEST_LINE { line } else { line.split_whitespace().next().unwrap_or(line) };
    let is_there = |part: &Part| matches!(part, Part::Buttons(buttons) if buttons.iter().any(|button| button.label == HOW));
    if line.is_empty() || card.parts.iter().any(is_there) {
        return card;
    }
    let how = Button {
        label: HOW.to_owned(),
        action: ButtonAction::ExplainLine { line: line.to_owned() },
        style: ButtonStyle::Plain,
        confirm: None,
    };
    match card.parts.iter_mut().rev().find_map(|part| if let Part::Buttons(buttons) = part { Some(buttons) } else { None }) {
        Some(buttons) => buttons.push(how),
        None => card.parts.push(Part::Buttons(vec![how])),
    }
    card
}
