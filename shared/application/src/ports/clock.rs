//! Where `now` comes from.

use jiff::Timestamp;

/// A clock. The functions' is the system's; `schedule` takes the time from its event; tests have one they drive.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        *self
    }
}
