//! What the use cases need from the world, as traits. Adapters implement them; tests use in-memory ones.

mod clock;
mod error;
mod pipelines;
mod queues;
mod slack;
mod store;

pub use clock::Clock;
pub use error::{PortError, PortErrorKind};
pub use pipelines::{Pipelines, StartRequest, Started};
pub use queues::{CommandQueue, DeliveryQueue, Nudge};
pub use slack::{Dialogs, Directory, Messenger, Permalinks, Posted, SlackError, TokenSource};
pub use store::{
    AuditLog, CatalogStore, Change, Commit, DueStore, EnvironmentState, Mark, MessageChange, Outbox, Slot, SlotChange, StaleMessage, Store,
    StoredCatalog,
};
