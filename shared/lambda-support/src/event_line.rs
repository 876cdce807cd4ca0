//! One line for each event that was worked off: for people, and for CloudWatch, which makes metrics of it.
//!
//! The `_aws` part is the embedded metric format ("Embedded metric format specification", Amazon CloudWatch user guide); the
//! other fields are searched by people. No field holds what somebody wrote.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

/// How an event was worked off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine<'a> {
    /// The function.
    pub function: &'a str,
    /// What kind of event.
    pub kind: &'a str,
    /// What came of it.
    pub outcome: &'a str,
    /// The event's own id.
    pub event: &'a str,
    /// Follows it from the door to the room.
    pub correlation: &'a str,
    /// How long it took.
    pub duration: Duration,
}

static WARM: AtomicBool = AtomicBool::new(false);

impl EventLine<'_> {
    /// Writes the line.
    pub fn write(&self, now: Timestamp) {
        let cold_start = !WARM.swap(true, Ordering::Relaxed);
        let line = self.json(now, cold_start).to_string();
        // A line that can't be written is no reason to do the work again.
        let _unwritten = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn json(&self, now: Timestamp, cold_start: bool) -> Value {
        json!({
            "_aws": {
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "Opsroom",
                    "Dimensions": [["function", "outcome"], ["function"]],
                    "Metrics": [{"Name": "duration", "Unit": "Milliseconds"}],
                }],
            },
            "function": self.function,
            "kind": self.kind,
            "outcome": self.outcome,
            "event": self.event,
            "correlation": self.correlation,
            "duration": self.duration.as_secs_f64() * 1000.0,
            "cold_start": cold_start,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_metric_that_names_values_which_are_there() {
        let line = EventLine {
            function: "commands",
            kind: "line",
            outcome: "done",
            event: "e",
            correlation: "c",
            duration: Duration::from_millis(12),
        };
        let json = line.json(Timestamp::UNIX_EPOCH, true);
        let metric = &json["_aws"]["CloudWatchMetrics"][0];
        for name in metric["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap()) {
            assert!(json[name.as_str().unwrap()].is_string(), "{name}");
        }
        assert_eq!(json[metric["Metrics"][0]["Name"].as_str().unwrap()], 12.0);
    }
}
