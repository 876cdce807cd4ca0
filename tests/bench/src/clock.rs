//! The one place that asks for the time of day. Durations are measured by `Instant`.

use jiff::{Timestamp, Zoned};

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Today, where the benchmark runs.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn today() -> String {
    Zoned::now().date().to_string()
}
