//! The time, asked in one place; everything else gets it as an argument.

use jiff::Timestamp;

/// Now, to the millisecond, as AWS tells times.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
