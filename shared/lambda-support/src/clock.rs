//! The system's clock, the only place that reads it.

use jiff::Timestamp;
use opsroom_application::ports::Clock;

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the clock that everybody else has to ask")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
