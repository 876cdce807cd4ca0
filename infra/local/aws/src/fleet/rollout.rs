//! How a command goes from host to host: so many at once, and no further after so many errors.
//!
//! The rules are those of "Run commands at scale" and "Understanding command statuses" (Systems Manager user guide).

/// How far a command is on one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Its turn has not come.
    Waiting,
    /// On its way to the host.
    Sent,
    /// The host does not answer; it is tried again.
    Delayed,
    /// It runs.
    Running,
    /// It is told to end.
    Cancelling,
    /// It is over.
    Ended(End),
}

/// How it ended on one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Well.
    Success,
    /// With an exit code.
    Failed,
    /// It ran too long.
    ExecutionTimedOut,
    /// The host did not answer in time.
    DeliveryTimedOut,
    /// The host is gone.
    Undeliverable,
    /// Somebody said so.
    Cancelled,
    /// Too many errors elsewhere.
    Terminated,
}

impl Phase {
    /// What the API calls it: `Status` and `StatusDetails`.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Phase::Waiting | Phase::Sent => ("Pending", "Pending"),
            Phase::Delayed => ("Delayed", "Delayed"),
            Phase::Running => ("InProgress", "InProgress"),
            Phase::Cancelling => ("Cancelling", "Cancelling"),
            Phase::Ended(End::Success) => ("Success", "Success"),
            Phase::Ended(End::Failed) => ("Failed", "Failed"),
            Phase::Ended(End::ExecutionTimedOut) => ("TimedOut", "ExecutionTimedOut"),
            Phase::Ended(End::DeliveryTimedOut) => ("TimedOut", "DeliveryTimedOut"),
            Phase::Ended(End::Undeliverable) => ("Failed", "Undeliverable"),
            Phase::Ended(End::Cancelled) => ("Cancelled", "Cancelled"),
            Phase::Ended(End::Terminated) => ("Cancelled", "Terminated"),
        }
    }

    /// Whether it is over.
    pub fn is_over(self) -> bool {
        matches!(self, Phase::Ended(_))
    }

    /// Whether it counts against `MaxErrors`: what never reached the host does not.
    pub fn is_error(self) -> bool {
        matches!(self, Phase::Ended(End::Failed | End::ExecutionTimedOut))
    }
}

/// A command's limits, in hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// On how many it runs at once.
    pub concurrency: usize,
    /// How many errors it survives.
    pub errors: usize,
}

impl Limits {
    /// Reads `MaxConcurrency` and `MaxErrors`, numbers or percentages of the targets.
    pub fn of(concurrency: &str, errors: &str, targets: usize) -> Self {
        let count = |text: &str| match text.strip_suffix('%') {
            Some(percent) => percent.parse::<usize>().unwrap_or_default() * targets / 100,
            None => text.parse().unwrap_or_default(),
        };
        Limits { concurrency: count(concurrency).max(1), errors: count(errors) }
    }
}

/// What happens next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// It goes out to these.
    Send(Vec<usize>),
    /// It goes nowhere any more.
    Terminate,
}

/// Who is next.
pub fn next(phases: &[Phase], limits: Limits) -> Next {
    if phases.iter().filter(|phase| phase.is_error()).count() > limits.errors {
        return Next::Terminate;
    }
    let busy = phases.iter().filter(|phase| !phase.is_over() && **phase != Phase::Waiting).count();
    let free = limits.concurrency.saturating_sub(busy);
    let waiting = phases.iter().enumerate().filter(|(_, phase)| **phase == Phase::Waiting);
    Next::Send(waiting.map(|(index, _)| index).take(free).collect())
}

/// The whole command's `Status` and `StatusDetails`.
pub fn overall(phases: &[Phase], limits: Limits, cancelled: bool) -> (&'static str, &'static str) {
    let count = |end: End| phases.iter().filter(|phase| **phase == Phase::Ended(end)).count();
    if phases.is_empty() {
        return ("Success", "NoInstancesInTag");
    }
    if phases.iter().any(|phase| !phase.is_over()) {
        let untouched = phases.iter().all(|phase| matches!(phase, Phase::Waiting | Phase::Sent));
        return match (cancelled, untouched) {
            (true, _) => ("Cancelling", "Cancelling"),
            (false, true) => ("Pending", "Pending"),
            (false, false) => ("InProgress", "InProgress"),
        };
    }
    let errors = count(End::Failed) + count(End::ExecutionTimedOut);
    if cancelled && count(End::Cancelled) > 0 {
        ("Cancelled", "Cancelled")
    } else if errors > limits.errors && count(End::Failed) == 0 {
        ("TimedOut", "ExecutionTimedOut")
    } else if errors > limits.errors {
        ("Failed", "Failed")
    } else if count(End::DeliveryTimedOut) > limits.errors {
        ("TimedOut", "DeliveryTimedOut")
    } else if count(End::Undeliverable) == phases.len() {
        ("Failed", "Undeliverable")
    } else if count(End::Success) + count(End::Undeliverable) == phases.len() {
        ("Success", "Success")
    } else {
        ("Failed", "Incomplete")
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Limits, Next, Phase, next, overall};

    const DONE: Phase = Phase::Ended(End::Success);
    const BROKEN: Phase = Phase::Ended(End::Failed);

    #[test]
    fn limits_are_numbers_or_shares() {
        assert_eq!(Limits::of("1", "0", 3), Limits { concurrency: 1, errors: 0 });
        assert_eq!(Limits::of("25%", "10%", 50), Limits { concurrency: 12, errors: 5 });
        assert_eq!(Limits::of("10%", "50%", 3), Limits { concurrency: 1, errors: 1 });
    }

    #[test]
    fn one_after_the_other_and_none_after_an_error() {
        let limits = Limits::of("1", "0", 3);
        assert_eq!(next(&[Phase::Waiting; 3], limits), Next::Send(vec![0]));
        assert_eq!(next(&[Phase::Running, Phase::Waiting, Phase::Waiting], limits), Next::Send(vec![]));
        assert_eq!(next(&[DONE, Phase::Waiting, Phase::Waiting], limits), Next::Send(vec![1]));
        assert_eq!(next(&[DONE, BROKEN, Phase::Waiting], limits), Next::Terminate);
        assert_eq!(next(&[DONE, BROKEN, Phase::Waiting], Limits::of("1", "1", 3)), Next::Send(vec![2]));
    }

    #[test]
    fn what_never_arrived_is_no_error_but_no_success_either() {
        let limits = Limits::of("50", "0", 2);
        let lost = Phase::Ended(End::DeliveryTimedOut);
        assert_eq!(next(&[lost, Phase::Waiting], limits), Next::Send(vec![1]));
        assert_eq!(overall(&[lost, DONE], limits, false), ("TimedOut", "DeliveryTimedOut"));
        assert_eq!(overall(&[lost, DONE], Limits::of("50", "1", 2), false), ("Failed", "Incomplete"));
        assert_eq!(overall(&[Phase::Ended(End::Undeliverable), DONE], limits, false), ("Success", "Success"));
    }

    #[test]
    fn the_whole_is_told_from_its_parts() {
        let limits = Limits::of("1", "0", 3);
        assert_eq!(overall(&[], limits, false), ("Success", "NoInstancesInTag"));
        assert_eq!(overall(&[Phase::Sent, Phase::Waiting], limits, false), ("Pending", "Pending"));
        assert_eq!(overall(&[DONE, Phase::Running], limits, false), ("InProgress", "InProgress"));
        assert_eq!(overall(&[DONE, Phase::Running], limits, true), ("Cancelling", "Cancelling"));
        assert_eq!(overall(&[DONE, Phase::Ended(End::Cancelled)], limits, true), ("Cancelled", "Cancelled"));
        assert_eq!(overall(&[DONE, BROKEN, Phase::Ended(End::Terminated)], limits, false), ("Failed", "Failed"));
    }
}
