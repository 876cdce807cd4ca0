//! What people ask of alarms and incidents, and what comes due for them.

use opsroom_domain::due::DueTask;

use super::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// What comes due for incidents and silences.
    pub(in crate::commands) async fn monit_due(&self, _request: &Request, _task: &DueTask) -> Result<Worked, Failure> {
        Ok(Worked::Before)
    }
}
