//! The ports of the tables on DynamoDB.
//!
//! [`StateTable`] holds what changes, [`AuditTable`] what was done, [`CatalogTable`] what the team says about itself;
//! [`Records`] writes state and audit log in one transaction. Three tables, so that a function's role can be limited to what
//! the function needs: the doors read the catalog and, at Slack's, which rooms were made in chat; and nobody changes the audit log.

mod activity;
mod alarms;
mod audit;
mod audit_chain;
mod bytes;
mod bytes_reads;
mod catalog;
mod clock;
mod commit;
mod dj;
mod due;
mod gate;
mod habits;
mod items;
mod keys;
mod look;
mod message;
mod monit;
mod opened;
mod operations;
mod outbox;
mod records;
mod rooms;
mod rules;
mod state;
mod write;

pub use audit::AuditTable;
pub use audit_chain::{Chain, Fault, Walk};
pub use catalog::{AppliedCatalog, CatalogTable};
pub use opened::DoorTables;
pub use records::Records;
pub use state::StateTable;
