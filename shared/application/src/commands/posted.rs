//! What people post in rooms whose messages are kept or played. Which room it is decides what becomes of it.

use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::ChannelId;
use opsroom_domain::posting::Posting;

use super::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, OpenedRooms, RoomKinds};
use crate::request::Request;

/// Whether a room's links are kept: by the catalog, or because it was made one in chat.
pub fn keeps_links(catalog: &Catalog, opened: &OpenedRooms, channel: &ChannelId) -> bool {
    catalog.bytes.rooms.contains(channel) || opened.bytes.iter().any(|room| room.channel == *channel)
}

impl<W: Ports> Commander<'_, W> {
    /// Something happened to a message. The door has looked which room it is, with a catalog that may be a minute old: so it is looked again.
    pub(super) async fn posted(&self, request: &Request, posting: &Posting) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let opened = self.store.opened().await?;
        if keeps_links(&catalog.catalog, &opened, &posting.channel) {
            return Box::pin(self.keep(request, &catalog, posting)).await;
        }
        Ok(Worked::Before)
    }
}
