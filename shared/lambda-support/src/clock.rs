//! The system's clock, the only place that reads it, and an invocation's end.

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

/// When an invocation is cut off, from its context's milliseconds.
pub fn deadline(milliseconds: u64) -> Timestamp {
    i64::try_from(milliseconds).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(Timestamp::MAX)
}
