//! What there is to say where a team doesn't have a room yet: how to make one.

use opsroom_domain::card::{Card, Part, Text, Tone};

/// The catalog names no bytes room.
pub fn no_bytes_room() -> Card {
    let title = Text::plain("This team has no bytes room yet: a channel whose links are kept, ranked and found again.");
    Card::line(Tone::Plain, title)
        .with(Part::Text(Text::plain("Whoever keeps the catalog makes a channel one by naming it there:")))
        .with(Part::Code("bytes:\n  rooms: [C012AB3CD]".to_owned()))
}

/// The catalog names no DJ room.
pub fn no_dj_room() -> Card {
    let title = Text::plain("This team has no DJ room yet: a channel in which songs are asked for and played.");
    Card::line(Tone::Plain, title)
        .with(Part::Text(Text::plain("Whoever keeps the catalog makes a channel one by naming it there, with a player:")))
        .with(Part::Code("dj:\n  room: C012AB3CD\n  player: {kind: mpd, hosts: {tags: {Role: music}}}".to_owned()))
}
