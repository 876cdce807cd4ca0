//! A function's measurements in the units of the table.

use std::time::Duration;

use crate::instance::Handled;
use crate::run::Subject;
use crate::scenarios::Role;
use crate::statistics::Summary;

/// What the table shows of a function. Times are in milliseconds, sizes in mebibytes.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The name of its executable.
    pub name: String,
    /// What it is measured as.
    pub role: Role,
    /// The executable.
    pub binary: f64,
    /// The archive.
    pub zipped: f64,
    /// Process start to first poll.
    pub start_up: Summary,
    /// First event to its answer.
    pub first: Summary,
    /// Processor time of the first event.
    pub first_processor: Summary,
    /// Warm event to its answer.
    pub warm: Summary,
    /// Processor time of a warm event.
    pub warm_processor: Summary,
    /// Peak memory.
    pub peak_memory: Summary,
    /// Calls and connections.
    pub network: Network,
}

/// Medians of what went over the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Network {
    /// Connections opened before the first poll.
    pub connections_at_start: f64,
    /// Connections opened in the first event.
    pub connections_first: f64,
    /// Connections opened in a warm event.
    pub connections_warm: f64,
    /// AWS calls before the first poll.
    pub aws_at_start: f64,
    /// AWS calls in the first event.
    pub aws_first: f64,
    /// AWS calls in a warm event.
    pub aws_warm: f64,
    /// Slack calls in a warm event.
    pub slack_warm: f64,
    /// Hosts called in the first event.
    pub hosts_first: f64,
}

impl Figures {
    /// The figures of a function that was measured to the end; `None` if it failed.
    pub fn of(subject: &Subject) -> Option<Self> {
        if subject.failure.is_some() {
            return None;
        }
        let cold = &subject.cold;
        let warm = &subject.warm;
        Some(Self {
            name: subject.scenario.name().to_owned(),
            role: subject.scenario.role(),
            binary: mebibytes(subject.artifact.binary),
            zipped: mebibytes(subject.artifact.zipped),
            start_up: Summary::of(cold.iter().map(|c| milliseconds(c.start_up.elapsed)))?,
            first: Summary::of(cold.iter().map(|c| milliseconds(c.first.elapsed)))?,
            first_processor: Summary::of(cold.iter().map(|c| milliseconds(c.first.processor)))?,
            warm: Summary::of(warm.iter().map(|event| milliseconds(event.elapsed)))?,
            warm_processor: Summary::of(warm.iter().map(|event| milliseconds(event.processor)))?,
            peak_memory: Summary::of(subject.peak_memory.iter().map(|&bytes| mebibytes(bytes)))?,
            network: Network::of(subject)?,
        })
    }
}

impl Network {
    fn of(subject: &Subject) -> Option<Self> {
        let starts = || subject.cold.iter().map(|cold| &cold.start_up.network);
        let firsts = || subject.cold.iter().map(|cold| &cold.first.network);
        let warm = |count: fn(&Handled) -> u32| median(subject.warm.iter().map(count));
        Some(Self {
            connections_at_start: median(starts().map(|tally| tally.connections))?,
            connections_first: median(firsts().map(|tally| tally.connections))?,
            connections_warm: warm(|event| event.network.connections)?,
            aws_at_start: median(starts().map(|tally| tally.aws_calls))?,
            aws_first: median(firsts().map(|tally| tally.aws_calls))?,
            aws_warm: warm(|event| event.network.aws_calls)?,
            slack_warm: warm(|event| event.network.slack_calls)?,
            hosts_first: median(firsts().map(|tally| u32::try_from(tally.hosts.len()).unwrap_or(u32::MAX)))?,
        })
    }
}

fn median(counts: impl Iterator<Item = u32>) -> Option<f64> {
    Summary::of(counts.map(f64::from)).map(|summary| summary.median)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// No size here comes near 2^53 bytes, up to which the conversion is exact.
#[expect(clippy::cast_precision_loss)]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
