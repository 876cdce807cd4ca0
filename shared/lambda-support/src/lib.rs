//! What every function needs around its work: configuration, logging, the clock, and working off a queue's batch.

pub mod clock;
pub mod configuration;
pub mod event_line;
pub mod logging;
pub mod queue_worker;
