//! The order of the measurements.
//!
//! Everything is interleaved: round by round each function is started once, and warm events go to each living process
//! in turn, so that a disturbance of the machine hits all functions and the ratios hold.

use std::path::Path;
use std::sync::Arc;

use crate::artifact::Artifact;
use crate::failure::Failure;
use crate::instance::{Handled, Instance, Program, StartUp};
use crate::scenarios::Scenario;
use crate::stub::authority::Authority;

/// A process's first events fill its caches and are not counted as warm.
const SETTLING_EVENTS: u32 = 20;
/// Processes differ in where their memory lies, so the warm events are spread over several.
const WARM_PROCESSES: u32 = 3;
/// Events that one function gets before the next has its turn.
const TURN: u32 = 10;

/// How much to measure.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Starts of each function.
    pub cold_starts: u32,
    /// Warm events of each function.
    pub warm_events: u32,
}

/// One start and its first event.
#[derive(Debug)]
pub struct ColdStart {
    /// The start.
    pub start_up: StartUp,
    /// The first event.
    pub first: Handled,
}

/// A function and all that was measured of it.
pub struct Subject {
    /// What it does.
    pub scenario: Arc<dyn Scenario>,
    /// Its sizes.
    pub artifact: Artifact,
    /// Its starts.
    pub cold: Vec<ColdStart>,
    /// Its warm events.
    pub warm: Vec<Handled>,
    /// Peak memory of each warm process at its end, in bytes.
    pub peak_memory: Vec<u64>,
    /// Why the measurement ended early.
    pub failure: Option<Failure>,
    program: Program,
}

impl Subject {
    /// Weighs the function and prepares its start.
    pub fn new(scenario: Arc<dyn Scenario>, functions: &Path, scratch: &Path, authority: &Authority) -> Result<Self, Failure> {
        let binary = functions.join(scenario.binary());
        let program = Program {
            log: scratch.join(format!("{}.log", scenario.name())),
            scenario: Arc::clone(&scenario),
            authority: authority.clone(),
            binary,
        };
        Ok(Self {
            artifact: Artifact::weigh(&program.binary)?,
            scenario,
            cold: Vec::new(),
            warm: Vec::new(),
            peak_memory: Vec::new(),
            failure: None,
            program,
        })
    }

    /// Notes a failure; a function that failed is left alone from then on.
    fn note<T>(&mut self, outcome: Result<T, Failure>) -> Option<T> {
        outcome.map_err(|failure| self.failure = Some(failure)).ok()
    }
}

/// Measures all functions. A failure is noted with its function and does not keep the others from being measured.
pub async fn measure(subjects: &mut [Subject], extent: Extent) {
    // The first start of each reads its executable from the disk, and is thrown away.
    cold_round(subjects).await;
    for subject in subjects.iter_mut() {
        subject.cold.clear();
    }
    for _ in 0..extent.cold_starts {
        cold_round(subjects).await;
    }
    for life in 0..WARM_PROCESSES {
        let events = share(extent.warm_events, life);
        warm_round(subjects, events).await;
    }
}

/// The part of the warm events that falls to one of the processes; all parts together are the whole.
fn share(events: u32, life: u32) -> u32 {
    events / WARM_PROCESSES + u32::from(life < events % WARM_PROCESSES)
}

async fn cold_round(subjects: &mut [Subject]) {
    for subject in subjects.iter_mut().filter(|subject| subject.failure.is_none()) {
        let outcome = cold_start(subject.program.clone()).await;
        if let Some(cold) = subject.note(outcome) {
            subject.cold.push(cold);
        }
    }
}

async fn cold_start(program: Program) -> Result<ColdStart, Failure> {
    let (mut instance, start_up) = Instance::start(program).await?;
    let first = instance.handle().await?;
    instance.stop().await?;
    Ok(ColdStart { start_up, first })
}

async fn warm_round(subjects: &mut [Subject], events: u32) {
    let mut living = Vec::new();
    for (index, subject) in subjects.iter_mut().enumerate() {
        if subject.failure.is_some() {
            continue;
        }
        let outcome = settle(subject.program.clone()).await;
        if let Some(instance) = subject.note(outcome) {
            living.push((index, instance));
        }
    }
    let mut remaining = events;
    while remaining > 0 {
        let turn = remaining.min(TURN);
        remaining -= turn;
        let mut next = Vec::with_capacity(living.len());
        for (index, instance) in living {
            let subject = &mut subjects[index];
            let outcome = take_turn(instance, turn, &mut subject.warm).await;
            if let Some(instance) = subject.note(outcome) {
                next.push((index, instance));
            }
        }
        living = next;
    }
    for (index, instance) in living {
        let subject = &mut subjects[index];
        let peak = instance.peak_memory();
        if let Some(peak) = subject.note(peak) {
            subject.peak_memory.push(peak);
        }
        let stopped = instance.stop().await;
        subject.note(stopped);
    }
}

async fn settle(program: Program) -> Result<Instance, Failure> {
    let (mut instance, _) = Instance::start(program).await?;
    for _ in 0..SETTLING_EVENTS {
        instance.handle().await?;
    }
    Ok(instance)
}

async fn take_turn(mut instance: Instance, events: u32, warm: &mut Vec<Handled>) -> Result<Instance, Failure> {
    for _ in 0..events {
        warm.push(instance.handle().await?);
    }
    Ok(instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_the_warm_events_add_up() {
        for events in [0, 1, 2, 3, 10, 299, 300, 301] {
            let sum: u32 = (0..WARM_PROCESSES).map(|life| share(events, life)).sum();
            assert_eq!(sum, events);
        }
    }
}
