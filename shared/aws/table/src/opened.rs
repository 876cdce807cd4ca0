//! Rooms that were made in chat what others are by the catalog. They share one partition, which a door may read and nothing else of the table.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opsroom_application::ports::{CatalogStore, OpenedRooms, PortError, RoomChange, RoomKinds, StoredCatalog};
use opsroom_aws_session::SdkConfig;
use opsroom_domain::api_call::ApiCall;

use crate::catalog::CatalogTable;
use crate::items::{Item, encode};
use crate::keys;
use crate::records::Records;
use crate::rules::put;
use crate::state::StateTable;
use crate::write::{Action, Rule, Write};

/// How long a door goes on with what it read. Shorter than for the catalog: who has just made a room one posts the first link.
const FRESH: Duration = Duration::from_secs(15);

/// A room is one from now on, or no longer. Needs no condition: the later word counts, and the same twice is the same.
pub(crate) fn write(table: &str, change: &RoomChange) -> Result<Write, PortError> {
    Ok(match change {
        RoomChange::OpenBytes(room) => put(table, &keys::opened_bytes(&room.channel), encode(room)?, Rule::None, None, Item::new()),
        RoomChange::CloseBytes(channel) => Write {
            rule: Rule::None,
            table: table.to_owned(),
            action: Action::Delete { key: keys::opened_bytes(channel).attributes() },
            condition: None,
            values: Item::new(),
        },
    })
}

async fn read(state: &StateTable) -> Result<OpenedRooms, PortError> {
    Ok(OpenedRooms { bytes: state.partition(keys::ROOMS, keys::OPENED_BYTES).await? })
}

impl RoomKinds for Records {
    async fn opened(&self) -> Result<Arc<OpenedRooms>, PortError> {
        read(&self.state).await.map(Arc::new)
    }
}

/// What Slack's door knows of the tables: the catalog, and rooms made in chat. The latter are read when the first message comes that may be in one,
/// and not at the start.
#[derive(Debug)]
pub struct DoorTables {
    catalog: CatalogTable,
    state: StateTable,
    cache: Mutex<Option<(Instant, Arc<OpenedRooms>)>>,
}

impl DoorTables {
    /// The tables of these names.
    pub fn new(config: &SdkConfig, catalog: impl Into<String>, state: impl Into<String>) -> Self {
        Self { catalog: CatalogTable::new(config, catalog), state: StateTable::new(config, state), cache: Mutex::new(None) }
    }

    fn cached(&self) -> Option<Arc<OpenedRooms>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.as_ref().filter(|(read_at, _)| read_at.elapsed() < FRESH).map(|(_, rooms)| Arc::clone(rooms))
    }
}

impl CatalogStore for DoorTables {
    async fn catalog(&self) -> Result<Option<Arc<StoredCatalog>>, PortError> {
        self.catalog.catalog().await
    }

    fn call(&self) -> ApiCall {
        self.catalog.call()
    }
}

impl RoomKinds for DoorTables {
    async fn opened(&self) -> Result<Arc<OpenedRooms>, PortError> {
        if let Some(cached) = self.cached() {
            return Ok(cached);
        }
        let rooms = Arc::new(read(&self.state).await?);
        *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&rooms)));
        Ok(rooms)
    }
}
