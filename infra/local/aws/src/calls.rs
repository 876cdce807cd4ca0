//! A record of who called what: counts, and the last calls one by one. Never what was in them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::identity::Principal;

/// How many calls are kept one by one.
const KEPT: usize = 5_000;

/// A call that came by.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    number: u64,
    time: String,
    service: String,
    operation: String,
    caller: String,
    role: Option<String>,
    /// The HTTP status; none if there was no answer.
    status: Option<u16>,
    ms: u64,
    fault: Option<String>,
}

/// How a call went.
#[derive(Debug, Default)]
pub struct Ending {
    /// The HTTP status of the service's answer.
    pub status: Option<u16>,
    /// How long it took.
    pub ms: u64,
    /// The fault that struck it.
    pub fault: Option<String>,
}

/// Every call so far.
#[derive(Debug, Default)]
pub struct Calls {
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    last: u64,
    entries: VecDeque<Entry>,
    counts: BTreeMap<(String, String, String), u64>,
}

impl Calls {
    /// Records a call.
    pub fn add(&self, call: &Call, caller: Option<&Principal>, ending: Ending) {
        let caller_name = caller.map_or("anonymous", Principal::name).to_owned();
        let mut log = self.lock();
        log.last += 1;
        let entry = Entry {
            number: log.last,
            time: crate::clock::now().to_string(),
            service: call.service.clone(),
            operation: call.operation.clone(),
            caller: caller_name.clone(),
            role: caller.and_then(|caller| caller.role.clone()),
            status: ending.status,
            ms: ending.ms,
            fault: ending.fault,
        };
        *log.counts.entry((call.service.clone(), call.operation.clone(), caller_name)).or_default() += 1;
        log.entries.push_back(entry);
        while log.entries.len() > KEPT {
            log.entries.pop_front();
        }
    }

    /// The calls after a number, and all counts.
    pub fn view(&self, since: u64) -> Value {
        let log = self.lock();
        let counts: Vec<_> = log
            .counts
            .iter()
            .map(|((service, operation, caller), count)| {
                json!({ "service": service, "operation": operation, "caller": caller, "count": count })
            })
            .collect();
        let calls: Vec<_> = log.entries.iter().filter(|entry| entry.number > since).collect();
        json!({ "last": log.last, "counts": counts, "calls": calls })
    }

    /// Forgets all calls; numbers go on.
    pub fn clear(&self) {
        let mut log = self.lock();
        log.entries.clear();
        log.counts.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
