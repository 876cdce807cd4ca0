//! What the use cases need from the world, as traits. Adapters implement them; tests use in-memory ones.

mod activity;
mod bytes;
mod clock;
mod dj;
mod error;
mod gate;
mod hosts;
mod logs;
mod look;
mod monit;
mod pipelines;
mod queues;
mod rooms;
mod slack;
mod store;

pub use activity::{BuildStore, LinkedLogin, LoginChange, RememberedPush, RepositoryStore, SubscriptionStore};
pub use bytes::{BytesChange, BytesStore, Found, LinkChange, MOST_PER_WEEK, MOST_WEEKS, Shelf, Shelved};
pub use clock::Clock;
pub use dj::{Charted, DjChange, DjStore, MusicService};
pub use error::{PortError, PortErrorKind};
pub use gate::{Gate, GateChange, Waiting};
pub use hosts::{
    Agent, HostInfo, Hosts, Later, LogPage, OperationChange, OperationStore, Order, OwnDocument, Printed, ServiceLogs, Snippets,
};
pub use logs::BuildLogs;
pub use look::Look;
pub use monit::{AlarmChore, AlarmQueue, DeadLetters, Files, Metrics, MonitChange, MonitStore, Picture, Plotter};
pub use pipelines::{Pipelines, RollbackRequest, StartRequest, Started};
pub use queues::{AlertQueue, CommandQueue, DeliveryQueue, Nudge, WebhookQueue};
pub use rooms::{OpenedRooms, RoomChange, RoomKinds};
pub use slack::{Dialogs, Directory, Field, Form, Input, Messenger, Permalinks, Posted, SlackError, TokenSource};
pub use store::{
    AuditLog, CatalogStore, Change, Commit, DueStore, EnvironmentState, Mark, MessageChange, Outbox, Slot, SlotChange, StaleMessage, Store,
    StoredCatalog,
};
