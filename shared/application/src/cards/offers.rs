//! What is often asked in a channel, a press away.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};

/// Something to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// A line that only reads: a press runs it.
    Run(String),
    /// A command of which something is to be picked first.
    Pick(&'static str),
    /// A line that changes something: there to copy, and its command to pick again.
    Copy {
        /// The line.
        line: String,
        /// The command.
        command: &'static str,
    },
}

/// Offers. `used` says whether they come from what is used here, or are what everybody can begin with.
pub fn offers(offers: &[Offer], used: bool) -> Card {
    let title = if used { "What is asked here most" } else { "What to begin with" };
    let mut card = Card::line(Tone::Plain, Text::empty().bold(title));
    let button = |offer: &Offer| {
        let (label, action) = match offer {
            Offer::Run(line) => (format!("/ops {line}"), ButtonAction::RunRead { line: line.clone() }),
            Offer::Pick(command) | Offer::Copy { command, .. } => {
                (format!("/ops {command} …"), ButtonAction::AskForMore { line: (*command).to_owned() })
            }
        };
        Button { label, action, style: ButtonStyle::Plain, confirm: None }
    };
    let help = Button {
        label: "All commands".to_owned(),
        action: ButtonAction::RunRead { line: "help".to_owned() },
        style: ButtonStyle::Plain,
        confirm: None,
    };
    card = card.with(Part::Buttons(offers.iter().map(button).chain([help]).collect()));
    let lines: Vec<String> = offers
        .iter()
        .filter_map(|offer| match offer {
            Offer::Copy { line, .. } => Some(format!("/ops {line}")),
            Offer::Run(_) | Offer::Pick(_) => None,
        })
        .collect();
    if !lines.is_empty() {
        card = card.with(Part::Text(Text::plain("To copy, as it was asked last:"))).with(Part::Code(lines.join("\n")));
    }
    card.with(Part::Context(Text::plain("What only looks runs at a press. What changes something is asked about first.")))
}
