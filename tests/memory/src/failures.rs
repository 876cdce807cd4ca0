//! Failures that a test plans: the next call of an operation fails, before or after it had its effect.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use opsroom_application::ports::{PortError, PortErrorKind};

use crate::lock;

/// When a planned failure strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has happened.
    Before,
    /// It has happened, but the answer is lost.
    After,
}

/// Planned failures, by the name of the port's method. Each strikes once.
#[derive(Debug, Default)]
pub struct Failures {
    planned: Mutex<Vec<(&'static str, PortErrorKind, Moment)>>,
    calls: AtomicUsize,
}

impl Failures {
    /// Lets the next call of an operation fail. Planned twice, the next two calls fail.
    pub fn plan(&self, operation: &'static str, kind: PortErrorKind, moment: Moment) {
        lock(&self.planned).push((operation, kind, moment));
    }

    /// What was planned and has not happened yet: a test that expects its failures to strike asserts that this is empty.
    pub fn pending(&self) -> Vec<&'static str> {
        lock(&self.planned).iter().map(|(operation, ..)| *operation).collect()
    }

    /// How often the port was called, whatever came of it.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Does some work, unless it is to fail.
    pub(crate) fn around<R>(&self, operation: &'static str, work: impl FnOnce() -> R) -> Result<R, PortError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let planned = {
            let mut planned = lock(&self.planned);
            planned.iter().position(|(name, ..)| *name == operation).map(|at| planned.remove(at))
        };
        match planned {
            None => Ok(work()),
            Some((_, kind, moment)) => {
                if moment == Moment::After {
                    work();
                }
                Err(PortError::new(kind, operation, "a planned failure"))
            }
        }
    }
}
