//! Rooms that were made in chat what others are by the catalog.

use std::sync::Arc;

use opsroom_domain::bytes::OpenedRoom;
use opsroom_domain::ids::ChannelId;

use super::PortError;

/// All of them; a team has a few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenedRooms {
    /// Rooms whose links are kept.
    pub bytes: Vec<OpenedRoom>,
}

/// A room becomes one, or is none any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChange {
    /// Its links are kept from now on. Doing it twice does no harm.
    OpenBytes(OpenedRoom),
    /// They are kept no longer.
    CloseBytes(ChannelId),
}

/// Tells which rooms were made in chat. Written by [`Store::commit`](super::Store::commit).
pub trait RoomKinds: Send + Sync {
    /// The rooms, at most a minute old.
    fn opened(&self) -> impl Future<Output = Result<Arc<OpenedRooms>, PortError>> + Send;
}
