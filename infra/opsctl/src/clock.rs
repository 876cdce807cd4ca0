//! The one place that asks what time it is.

use jiff::Timestamp;

/// Now.
#[allow(clippy::disallowed_methods)] // This is the clock that the others are told to ask.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
