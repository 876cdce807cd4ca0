//! Which room keeps what is posted in it; the door asks that, and so does who works it off.

use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::ChannelId;

use crate::ports::OpenedRooms;

/// Whether a room's links are kept: by the catalog, or because it was made one in chat.
pub fn keeps_links(catalog: &Catalog, opened: &OpenedRooms, channel: &ChannelId) -> bool {
    catalog.bytes.rooms.contains(channel) || opened.bytes.iter().any(|room| room.channel == *channel)
}
