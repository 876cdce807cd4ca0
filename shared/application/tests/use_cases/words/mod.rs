//! What cards say, as a person reads it.

use opsroom_domain::card::{Button, ButtonAction, Card, Menu, Part, Span, Text};

pub fn words(text: &Text) -> String {
    let word = |span: &Span| match span {
        Span::Plain(text) | Span::Bold(text) | Span::Italic(text) | Span::Code(text) | Span::Link { text, .. } => text.clone(),
        Span::Person(person) => format!("@{person}"),
        Span::Everybody => "@channel".to_owned(),
        Span::Channel(channel) => format!("#{channel}"),
        Span::Moment(_) => "(then)".to_owned(),
    };
    text.0.iter().map(word).collect()
}

pub fn all_words(card: &Card) -> String {
    // Every answer to a line has a How?; `explained.rs` holds that, and the others need not repeat it.
    let own = |button: &&Button| !matches!(button.action, ButtonAction::ExplainLine { .. });
    let part = |part: &Part| match part {
        Part::Text(text) | Part::Context(text) => words(text),
        Part::List(entries) => entries.iter().map(words).collect::<Vec<_>>().join("\n"),
        Part::Steps(steps) => {
            steps.iter().map(|step| format!("{}:{:?} {}", step.name, step.state, words(&step.note))).collect::<Vec<_>>().join("\n")
        }
        Part::Code(code) => format!("```{code}```"),
        Part::Buttons(buttons) => buttons.iter().filter(own).map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" "),
        Part::Fields(fields) => fields.iter().map(|(label, text)| format!("{label}: {}", words(text))).collect::<Vec<_>>().join("\n"),
        Part::Image { file, alt } => format!("[picture {file}: {alt}]"),
        Part::Menus { menus, .. } => menus.iter().map(menu).collect::<Vec<_>>().join("\n"),
        Part::Divider => String::new(),
    };
    let is_seen = |part: &&Part| !matches!(part, Part::Buttons(buttons) if !buttons.iter().any(|button| own(&button)));
    card.parts.iter().filter(is_seen).map(part).collect::<Vec<_>>().join("\n")
}

/// `{service: api, *docs*}`, or `{reason: …}` for words; what is chosen is starred.
fn menu(menu: &Menu) -> String {
    let choices = menu
        .choices
        .iter()
        .map(|choice| if menu.chosen.as_ref() == Some(&choice.value) { format!("*{}*", choice.shown) } else { choice.shown.clone() });
    let words = if menu.choices.is_empty() { menu.chosen.clone().unwrap_or_else(|| "…".to_owned()) } else { String::new() };
    format!("{{{}: {}{words}}}", menu.label, choices.collect::<Vec<_>>().join(", "))
}
