//! What the functions are expected to cost beside the reference. A verdict is told, never enforced: times on a shared
//! machine scatter, and an assertion about them would teach people to ignore it.

use crate::figures::Figures;
use crate::scenarios::Role;

const START_UP: f64 = 1.5;
const START_UP_WITH_CONNECTIONS: f64 = 2.5;
const FIRST_EVENT_WITH_CONNECTIONS: f64 = 0.5;
const FIRST_PROCESSOR_PER_HOST: f64 = 2.0;
const WARM_PER_CALL: f64 = 1.5;
const PEAK_MEMORY: f64 = 1.6;
const ARCHIVE_MEBIBYTES: f64 = 4.0;
const DOOR_CALLS: f64 = 1.0;

/// An expectation beside what was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What is compared.
    pub subject: &'static str,
    /// What was measured: a ratio to the reference, or a plain number.
    pub measured: f64,
    /// The most it should be.
    pub bound: f64,
    /// What follows the numbers: `×`, or a unit.
    pub unit: &'static str,
}

impl Verdict {
    /// Whether the expectation is met.
    pub fn met(&self) -> bool {
        self.measured <= self.bound
    }
}

/// Judges a function by the reference. The references themselves are not judged.
pub fn judge(function: &Figures, reference: &Figures) -> Vec<Verdict> {
    if matches!(function.role, Role::Bare | Role::Reference) {
        return Vec::new();
    }
    let network = &function.network;
    let connects_at_start = network.connections_at_start > 0.0;
    let ratio = |subject, measured: f64, bound| Verdict { subject, measured, bound, unit: "×" };
    let mut verdicts = vec![ratio(
        "start-up",
        function.start_up.median / reference.start_up.median,
        if connects_at_start { START_UP_WITH_CONNECTIONS } else { START_UP },
    )];
    if connects_at_start {
        verdicts.push(ratio("first event", function.first.median / reference.first.median, FIRST_EVENT_WITH_CONNECTIONS));
    }
    // A function that calls nobody in its first event is held to what one host would allow.
    verdicts.push(ratio(
        "first event's CPU per TLS host",
        function.first_processor.median / reference.first_processor.median / network.hosts_first.max(1.0),
        FIRST_PROCESSOR_PER_HOST,
    ));
    verdicts.push(ratio("warm time per AWS call", function.warm.median / reference.warm.median / network.aws_warm.max(1.0), WARM_PER_CALL));
    verdicts.push(ratio("peak memory", function.peak_memory.median / reference.peak_memory.median, PEAK_MEMORY));
    verdicts.push(Verdict { subject: "archive", measured: function.zipped, bound: ARCHIVE_MEBIBYTES, unit: " MiB" });
    if function.role == Role::Door {
        verdicts.push(Verdict { subject: "AWS calls per request", measured: network.aws_warm, bound: DOOR_CALLS, unit: "" });
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::figures;

    fn find<'a>(verdicts: &'a [Verdict], subject: &str) -> Option<&'a Verdict> {
        verdicts.iter().find(|verdict| verdict.subject == subject)
    }

    #[test]
    fn the_references_are_not_judged() {
        let reference = figures("reference-sdk", Role::Reference);
        assert_eq!(judge(&reference, &reference), []);
    }

    #[test]
    fn a_function_like_the_reference_meets_all() {
        let door = figures("door", Role::Door);
        let verdicts = judge(&door, &figures("reference-sdk", Role::Reference));
        assert_eq!(verdicts.len(), 6);
        assert!(verdicts.iter().all(Verdict::met), "{verdicts:?}");
    }

    #[test]
    fn warm_time_is_divided_by_the_aws_calls() {
        let mut worker = figures("worker", Role::Worker);
        worker.warm.median *= 4.0;
        let reference = figures("reference-sdk", Role::Reference);
        let one_call = judge(&worker, &reference);
        assert_eq!(find(&one_call, "warm time per AWS call").map(Verdict::met), Some(false));
        worker.network.aws_warm = 3.0;
        let three_calls = judge(&worker, &reference);
        assert_eq!(find(&three_calls, "warm time per AWS call").map(Verdict::met), Some(true));
    }

    #[test]
    fn connections_at_start_allow_a_longer_start_for_a_shorter_first_event() {
        let mut worker = figures("worker", Role::Worker);
        worker.start_up.median *= 2.0;
        let reference = figures("reference-sdk", Role::Reference);
        let cold = judge(&worker, &reference);
        assert_eq!(find(&cold, "start-up").map(Verdict::met), Some(false));
        assert_eq!(find(&cold, "first event"), None);

        worker.network.connections_at_start = 1.0;
        let connected = judge(&worker, &reference);
        assert_eq!(find(&connected, "start-up").map(Verdict::met), Some(true));
        assert_eq!(find(&connected, "first event").map(Verdict::met), Some(false));
    }

    #[test]
    fn a_door_that_calls_twice_is_told_so() {
        let mut door = figures("door", Role::Door);
        door.network.aws_warm = 2.0;
        let verdicts = judge(&door, &figures("reference-sdk", Role::Reference));
        assert_eq!(find(&verdicts, "AWS calls per request").map(Verdict::met), Some(false));
    }
}
