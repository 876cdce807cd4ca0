//! Bounds for what comes from outside.

use super::AlarmReport;

/// See [`AlarmReport::bounded`].
pub(super) fn bounded(report: AlarmReport) -> AlarmReport {
    report
}
