//! The queues in memory.

use std::sync::Mutex;

use jiff::SignedDuration;
use opsroom_application::ports::{CommandQueue, DeliveryQueue, Later, Nudge, PortError};
use opsroom_application::request::Request;

use crate::{Failures, lock};

/// Requests to `commands`, in the order in which they were sent.
#[derive(Debug, Default)]
pub struct MemoryCommandQueue {
    /// What was sent.
    pub sent: Mutex<Vec<Request>>,
    /// For `send`.
    pub failures: Failures,
}

impl MemoryCommandQueue {
    /// Takes everything off.
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *lock(&self.sent))
    }
}

impl CommandQueue for MemoryCommandQueue {
    async fn send(&self, request: &Request) -> Result<(), PortError> {
        self.failures.around("send", || lock(&self.sent).push(request.clone()))
    }
}

/// What `commands` lets itself do later, with the delays.
#[derive(Debug, Default)]
pub struct MemoryLater {
    /// What was sent.
    pub sent: Mutex<Vec<(Request, SignedDuration)>>,
    /// For `send_in`.
    pub failures: Failures,
}

impl MemoryLater {
    /// Takes everything off.
    pub fn take(&self) -> Vec<(Request, SignedDuration)> {
        std::mem::take(&mut *lock(&self.sent))
    }
}

impl Later for MemoryLater {
    async fn send_in(&self, request: &Request, delay: SignedDuration) -> Result<(), PortError> {
        self.failures.around("send_in", || lock(&self.sent).push((request.clone(), delay)))
    }
}

/// Nudges for `delivery`. Unlike a FIFO queue it keeps doubled ones, so that a test sees them.
#[derive(Debug, Default)]
pub struct MemoryDeliveryQueue {
    /// What was sent.
    pub nudges: Mutex<Vec<Nudge>>,
    /// For `nudge`.
    pub failures: Failures,
}

impl MemoryDeliveryQueue {
    /// Takes everything off.
    pub fn take(&self) -> Vec<Nudge> {
        std::mem::take(&mut *lock(&self.nudges))
    }
}

impl DeliveryQueue for MemoryDeliveryQueue {
    async fn nudge(&self, nudges: &[Nudge]) -> Result<(), PortError> {
        self.failures.around("nudge", || lock(&self.nudges).extend_from_slice(nudges))
    }
}
