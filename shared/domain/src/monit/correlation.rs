//! Which alarms are one incident, and what they are about.

use jiff::SignedDuration;

use crate::alarm::AlarmReport;
use crate::catalog::{Catalog, Monit};
use crate::ids::{EnvironmentName, ServiceName};

/// What alarms of one incident have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The same for all of them: `service=api environment=production`. 500 bytes at most.
    pub key: String,
    /// How long after its latest alarm an incident takes in others of the group.
    pub window: SignedDuration,
}

/// The service and environment of the catalog that an alarm is about: by its labels, else by the words of its name.
pub fn service_and_environment(_catalog: Option<&Catalog>, _report: &AlarmReport) -> (Option<ServiceName>, Option<EnvironmentName>) {
    (None, None)
}

/// The group that an alarm belongs to: the first pattern of the catalog that fits, else its service and environment, else its own.
pub fn group(_monit: &Monit, report: &AlarmReport, _service: Option<&ServiceName>, _environment: Option<&EnvironmentName>) -> Group {
    Group { key: format!("alarm={}", report.key), window: SignedDuration::from_mins(10) }
}
