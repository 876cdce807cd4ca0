//! What becomes of what is posted in a room; the door asks that, and so does who works it off.

use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::ChannelId;

use crate::ports::OpenedRooms;

/// Whether a room's links are kept: by the catalog, or because it was made one in chat.
pub fn keeps_links(catalog: &Catalog, opened: &OpenedRooms, channel: &ChannelId) -> bool {
    keeps_links_by_catalog(catalog, channel) || opened.bytes.iter().any(|room| room.channel == *channel)
}

/// Whether a room's links are kept by the catalog's word, for which nothing more has to be read.
pub fn keeps_links_by_catalog(catalog: &Catalog, channel: &ChannelId) -> bool {
    catalog.bytes.rooms.contains(channel)
}

/// Whether songs are asked for in a room. Only the catalog makes one: it says what plays there.
pub fn plays_songs(catalog: &Catalog, channel: &ChannelId) -> bool {
    catalog.dj.as_ref().is_some_and(|dj| dj.room == *channel)
}
