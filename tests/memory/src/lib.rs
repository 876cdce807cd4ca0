//! The ports in memory, for tests of what is built on them, and the contracts that these and the real adapters keep.
//!
//! For integration tests (`tests/*.rs`). Inside `opsroom-application`'s own unit tests the port traits are those of a second
//! build of that crate, so nothing here would fit them.

pub mod contract;
mod failures;
mod hosts;
mod logs;
mod monit;
mod music;
mod people;
mod pipelines;
mod queues;
mod slack;
mod store;

pub use failures::{Failures, Moment};
pub use hosts::MemoryHosts;
pub use logs::MemoryBuildLogs;
pub use monit::{MemoryAlarmQueue, MemoryDeadLetters, MemoryFiles, MemoryMetrics, MemoryPlotter};
pub use music::MemoryMusic;
pub use people::{MemoryDirectory, MemoryFile};
pub use pipelines::MemoryPipelines;
pub use queues::{MemoryCommandQueue, MemoryDeliveryQueue, MemoryLater};
pub use slack::{MemorySlack, RoomPost, SlackFailure, SlackState};
pub use store::{MemoryStore, MessageItem, MonitState, StoreState};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A test that failed while it held a lock says so itself; what it left behind may still be looked at.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
