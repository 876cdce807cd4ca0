//! Keys of links, of who reads them, and of the rooms that keep them.

use jiff::Timestamp;
use jiff::civil::Date;
use opsroom_domain::bytes::{DigestFor, LinkId};
use opsroom_domain::ids::{ChannelId, PersonId};

use super::Key;

/// The partition of rooms that were made in chat.
pub(crate) const ROOMS: &str = "ROOMS";
/// Begins the sort keys of those whose links are kept.
pub(crate) const OPENED_BYTES: &str = "bytes#";

/// The last millisecond that thirteen digits hold, in the year 2286.
const LAST_MILLISECOND: i64 = 9_999_999_999_999;

/// A link of a room.
pub(crate) fn link(channel: &ChannelId, id: &LinkId) -> Key {
    Key::new(format!("BYTE#{channel}#{id}"), "STATE")
}

/// The row by which a link is found by the day on which it was first posted.
pub(crate) fn link_day(channel: &ChannelId, id: &LinkId) -> Key {
    Key::new(format!("BYTEDAY#{channel}#{id}"), "STATE")
}

/// The links of a day.
pub(crate) fn links_of_day(channel: &ChannelId, day: Date) -> String {
    format!("BYTES#{channel}#{day}")
}

/// The row by which a link is found by a tag.
pub(crate) fn link_tag(channel: &ChannelId, id: &LinkId, tag: &str) -> Key {
    Key::new(format!("BYTETAG#{channel}#{id}"), tag)
}

/// The links of a week, or those of them with a tag.
pub(crate) fn links_of_week(channel: &ChannelId, week: &str, tag: Option<&str>) -> String {
    match tag {
        None => format!("BYTES#{channel}#{week}"),
        Some(tag) => format!("BYTES#{channel}#{week}#{tag}"),
    }
}

/// The links with a word.
pub(crate) fn links_with(channel: &ChannelId, word: &str) -> String {
    format!("BYTEWORD#{channel}#{word}")
}

/// The row by which a link is found by a word. Time runs backwards in it, so that a query's first page has the newest.
pub(crate) fn link_word(channel: &ChannelId, word: &str, first: Timestamp, id: &LinkId) -> Key {
    let backwards = (LAST_MILLISECOND - first.as_millisecond()).clamp(0, LAST_MILLISECOND);
    Key::new(links_with(channel, word), format!("{backwards:013}#{id}"))
}

/// A message of a room of bytes.
pub(crate) fn posted(channel: &ChannelId, ts: &str) -> Key {
    Key::new(format!("BYTEMSG#{channel}#{ts}"), "STATE")
}

/// A reader.
pub(crate) fn reader(person: &PersonId) -> Key {
    Key::new(format!("READER#{person}"), "STATE")
}

/// When a digest is sent.
pub(crate) fn digest(to: &DigestFor) -> Key {
    Key::new(format!("DIGEST#{to}"), "STATE")
}

/// A room that was made one in chat.
pub(crate) fn opened_bytes(channel: &ChannelId) -> Key {
    Key::new(ROOMS, format!("{OPENED_BYTES}{channel}"))
}
