//! Keys of the DJ's rooms.

use opsroom_domain::dj::chart::Month;
use opsroom_domain::dj::{ErrandId, TrackKey};
use opsroom_domain::ids::{ChannelId, CommandId};

use super::Key;

/// A DJ room's station.
pub(crate) fn station(channel: &ChannelId) -> Key {
    Key::new(format!("STATION#{channel}"), "STATE")
}

/// Something that is asked of a player.
pub(crate) fn errand(id: &ErrandId) -> Key {
    Key::new(format!("ERRAND#{id}"), "STATE")
}

/// Which errand a command does.
pub(crate) fn errand_of(command: &CommandId) -> Key {
    Key::new(format!("COMMAND#{command}"), "ERRAND")
}

/// The songs of a month.
pub(crate) fn chart(channel: &ChannelId, month: Month) -> String {
    format!("CHART#{channel}#{month}")
}

/// A song of a month.
pub(crate) fn charted(channel: &ChannelId, month: Month, key: &TrackKey) -> Key {
    Key::new(chart(channel, month), key.as_str())
}
