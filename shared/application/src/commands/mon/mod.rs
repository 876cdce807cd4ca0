//! What people ask of alarms and incidents, and what comes due for them.

mod home;
mod line;
mod press;
mod said;

use jiff::Timestamp;
use opsroom_domain::due::DueTask;

pub(in crate::commands) use said::Saying;

use super::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// What comes due for incidents and silences. `at` is when it came due.
    pub(in crate::commands) async fn monit_due(&self, _request: &Request, _task: &DueTask, _at: Timestamp) -> Result<Worked, Failure> {
        Ok(Worked::Before)
    }
}
