//! Times as the SSM API and its events write them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The API's: seconds since the epoch, with a fraction.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit for a long time to come")]
pub fn seconds(time: Timestamp) -> Value {
    json!(time.as_millisecond() as f64 / 1000.0)
}

/// `GetCommandInvocation`'s and the events': ISO 8601, to the millisecond.
pub fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A duration in ISO 8601, as `ExecutionElapsedTime` has it.
pub fn elapsed(duration: SignedDuration) -> String {
    format!("PT{}.{:03}S", duration.as_secs(), duration.subsec_millis())
}
