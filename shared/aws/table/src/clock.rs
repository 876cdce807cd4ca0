//! When items were written: for their expiry and for the order of what waits. No decision depends on it.

use jiff::Timestamp;

/// The system's time.
#[allow(clippy::disallowed_methods, reason = "it stamps items; whatever is decided by time takes it as an argument")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
