//! What there is to say where a team doesn't have a room yet: how to make one.

use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::ids::ChannelId;

/// The catalog names no bytes room.
pub fn no_bytes_room() -> Card {
    let title = Text::plain("This team has no bytes room yet: a channel whose links are kept, ranked and found again.");
    Card::line(Tone::Plain, title)
        .with(Part::Text(Text::sentence(
            "`bytes on` makes the channel where it is asked one. Whoever keeps the catalog can name it there, too:",
        )))
        .with(Part::Code("bytes:\n  rooms: [C012AB3CD]".to_owned()))
}

/// The catalog names no DJ room.
pub fn no_dj_room() -> Card {
    let title = Text::plain("This team has no DJ room yet: a channel in which songs are asked for and played.");
    Card::line(Tone::Plain, title)
        .with(Part::Text(Text::plain("Whoever keeps the catalog makes a channel one by naming it there, with a player:")))
        .with(Part::Code("dj:\n  room: C012AB3CD\n  player: {kind: mpd, hosts: {tags: {Role: music}}}".to_owned()))
}

/// There are rooms, but the person was never seen in one.
pub fn not_seen_in_a_room(rooms: &[&ChannelId]) -> Card {
    let mut text = Text::plain("Ask in one of these rooms, or post or react there first, so that it is known to be yours: ");
    for (place, room) in rooms.iter().take(10).enumerate() {
        text = if place == 0 { text } else { text.then(", ") }.channel(room);
    }
    Card::line(Tone::Plain, text.then("."))
}
