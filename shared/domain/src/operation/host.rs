//! How an operation stands on one host.
//!
//! Systems Manager tells it by events, late, twice and out of order, and when it is asked. So a state is only ever replaced by a later one:
//! they have ranks, and an end is an end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MOST_HOSTS;
use super::report::HostReport;
use crate::ids::HostId;

/// Longer words nobody reads in a list of hosts.
const LONGEST_NOTE: usize = 200;
const LONGEST_NAME: usize = 64;

/// How it stands on a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostStatus {
    /// Its turn hasn't come.
    Waiting,
    /// The host doesn't answer yet.
    Delayed,
    /// It runs there.
    Running,
    /// It was asked to stop there.
    Cancelling,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Ran too long, and was ended.
    TimedOut,
    /// The host never answered.
    Unreachable,
    /// Was stopped.
    Cancelled,
    /// Was never begun, because it had ended badly elsewhere.
    Skipped,
}

impl HostStatus {
    /// What Systems Manager calls `StatusDetails` ("Understanding command statuses", user guide), or an event's `status`, which is coarser.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Pending" => Self::Waiting,
            "Delayed" => Self::Delayed,
            "InProgress" | "In Progress" => Self::Running,
            "Cancelling" => Self::Cancelling,
            "Success" => Self::Succeeded,
            "Failed" => Self::Failed,
            "ExecutionTimedOut" | "Execution Timed Out" | "TimedOut" => Self::TimedOut,
            "DeliveryTimedOut" | "Delivery Timed Out" | "Undeliverable" | "InvalidPlatform" | "AccessDenied" => Self::Unreachable,
            "Cancelled" => Self::Cancelled,
            "Terminated" => Self::Skipped,
            _ => return None,
        })
    }

    /// Whether this is an end.
    pub fn is_final(self) -> bool {
        self.rank() == 4
    }

    /// Whether it ended, and not well.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Unreachable)
    }

    fn rank(self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Delayed => 1,
            Self::Running => 2,
            Self::Cancelling => 3,
            Self::Succeeded | Self::Failed | Self::TimedOut | Self::Unreachable | Self::Cancelled | Self::Skipped => 4,
        }
    }
}

/// An operation on one host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostRun {
    /// The host.
    pub id: HostId,
    /// What it calls itself.
    pub name: String,
    /// How it stands.
    pub status: HostStatus,
    /// When it was first seen to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When it was seen to have ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// What went wrong there, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the host says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<HostReport>,
}

/// A command, as Systems Manager shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// Whether nothing more will happen.
    pub over: bool,
    /// Each host that it was sent to.
    pub hosts: Vec<HostSighting>,
}

/// A host in it.
#[derive(Debug, Clone, PartialEq)]
pub struct HostSighting {
    /// Which.
    pub id: HostId,
    /// What it calls itself, if that is told.
    pub name: Option<String>,
    /// How it stands there.
    pub status: HostStatus,
    /// What the host says of itself.
    pub report: Option<HostReport>,
    /// What went wrong.
    pub note: Option<String>,
}

impl HostRun {
    /// A host whose turn hasn't come.
    pub fn waiting(id: HostId, name: &str) -> Self {
        let name = if name.is_empty() { id.as_str() } else { name };
        let name = name.chars().take(LONGEST_NAME).collect();
        Self { id, name, status: HostStatus::Waiting, began_at: None, ended_at: None, note: None, report: None }
    }

    /// Takes in what was seen. What a host says of itself may come after its end.
    pub(super) fn see(&mut self, seen: &HostSighting, now: Timestamp) {
        if seen.status.rank() > self.status.rank() {
            self.status = seen.status;
            if seen.status != HostStatus::Delayed
                && self.began_at.is_none()
                && !matches!(seen.status, HostStatus::Skipped | HostStatus::Unreachable)
            {
                self.began_at = Some(now);
            }
            if seen.status.is_final() {
                self.ended_at = Some(now);
            }
        }
        if let Some(name) = seen.name.as_deref().filter(|name| !name.is_empty() && self.name == self.id.as_str()) {
            self.name = name.chars().take(LONGEST_NAME).collect();
        }
        if self.status.is_final() {
            if let Some(report) = &seen.report {
                self.report.get_or_insert_with(|| report.clone().bounded());
            }
            if let Some(note) = seen.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
                self.note.get_or_insert_with(|| note.chars().take(LONGEST_NOTE).collect());
            }
        }
    }

    /// Ends what has no end of its own.
    pub(super) fn settle(&mut self, cancelled: bool, now: Timestamp) {
        if self.status.is_final() {
            return;
        }
        self.status = match self.status {
            HostStatus::Waiting | HostStatus::Delayed => HostStatus::Skipped,
            _ if cancelled => HostStatus::Cancelled,
            _ => HostStatus::Failed,
        };
        self.ended_at = Some(now);
    }
}

/// Takes in what was seen of hosts. One that was not known of comes on top while the operation `grows`, as far as there is room.
pub(super) fn see(hosts: &mut Vec<HostRun>, seen: &[HostSighting], grows: bool, now: Timestamp) {
    for sighting in seen {
        let known = hosts.iter().position(|host| host.id == sighting.id);
        match known {
            Some(place) => hosts[place].see(sighting, now),
            None if grows && hosts.len() < MOST_HOSTS => {
                let mut host = HostRun::waiting(sighting.id.clone(), sighting.name.as_deref().unwrap_or_default());
                host.see(sighting, now);
                hosts.push(host);
            }
            None => {}
        }
    }
}
