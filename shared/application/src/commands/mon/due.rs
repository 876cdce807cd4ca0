//! What comes due for incidents and silences. Each is done once: the due item is the claim, and an event that was overtaken counts for
//! nothing. Decisions count from the moment at which it came due, so that an outage makes nobody wait longer for the level after it.

use jiff::Timestamp;
use opsroom_domain::due::DueTask;
use opsroom_domain::incident::Event;

use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{AlarmChore, AlarmQueue, CatalogStore};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// What comes due for incidents and silences. `at` is when it came due.
    pub(in crate::commands) async fn monit_due(&self, request: &Request, task: &DueTask, at: Timestamp) -> Result<Worked, Failure> {
        let (id, event) = match task {
            DueTask::CallNext { incident, round, level } => (incident, Event::CallNext { round: *round, level: *level, at }),
            DueTask::ExpireAcknowledgement { incident, acknowledged_at } => {
                (incident, Event::AcknowledgementExpired { acknowledged_at: *acknowledged_at, at })
            }
            DueTask::EndSnooze { incident, until } => (incident, Event::SnoozeOver { until: *until, at }),
            DueTask::CalmDown { incident, latest } => (incident, Event::Calmed { latest: *latest, at }),
            DueTask::EndSilence { silence } => return self.end_silence(request, silence, at).await,
            DueTask::LookAgain { alarm } => {
                // Doing it twice does no harm, so it needs no claim.
                self.alarms.send(&AlarmChore::LookAgain { alarm: alarm.clone() }).await?;
                return Ok(Worked::Done);
            }
            DueTask::Summarise { channel } => return self.summarise(request, channel, at).await,
            DueTask::ReconcileDeployment { .. }
            | DueTask::RemindOwners { .. }
            | DueTask::LookAtOperation { .. }
            | DueTask::ExpireDeployment { .. }
            | DueTask::AdmitWaiting { .. }
            | DueTask::DeployNext { .. }
            | DueTask::SendDigest { .. }
            | DueTask::LookAtErrand { .. }
            | DueTask::LookAtStation { .. }
            | DueTask::LookAtRun { .. }
            | DueTask::EndLock { .. } => {
                return Err(Failure::Bug(format!("{} has nothing to do with incidents", task.key())));
            }
        };
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        self.apply_due(request, &catalog, Some(&request.event), id, at, |_| event.clone()).await
    }
}
