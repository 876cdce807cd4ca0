//! Takes in what tells of alarms, and draws their graphs.
//!
//! Nearly everything comes through one queue. An alarm may also call the function itself: that call goes the same way from then on, and Lambda
//! puts it into the dead letters if it fails for good.

mod arrival;

use jiff::Timestamp;
use opsroom_application::alarms::{AlarmTables, Artist, Drawing, Taken, Watcher};
use opsroom_application::failure::Failure;
use opsroom_application::ports::{
    AlarmChore, AlarmQueue, CatalogStore, Clock, DeadLetters, DeliveryQueue, Files, Metrics, Plotter, StoredCatalog,
};
use opsroom_domain::ids::CorrelationId;
use opsroom_lambda_support::queue_worker::{Order, Record, RecordError, Worked, work_off};
use serde_json::Value;

use self::arrival::{Arrival, Reports, call};

/// What the function needs.
pub struct World<T, K, M, P, F, Q, L, D, C> {
    /// The tables.
    pub store: T,
    /// The catalog: routes, services, who is on call.
    pub catalog: K,
    /// Knows alarms' tags, and draws what it measured.
    pub metrics: M,
    /// Draws what others measured.
    pub plotter: P,
    /// Takes pictures.
    pub files: F,
    /// What is left for later.
    pub chores: Q,
    /// Keeps what can't be understood.
    pub dead_letters: L,
    /// The way to the room.
    pub delivery: D,
    /// The time.
    pub clock: C,
    /// The topics whose messages are believed.
    pub topics: Vec<String>,
}

/// A call of an alarm that failed: Lambda tries it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the alarm was not taken in; its log line says why")]
pub struct NotTakenIn;

impl<T, K, M, P, F, Q, L, D, C> World<T, K, M, P, F, Q, L, D, C>
where
    T: AlarmTables,
    K: CatalogStore,
    M: Metrics,
    P: Plotter,
    F: Files,
    Q: AlarmQueue,
    L: DeadLetters,
    D: DeliveryQueue,
    C: Clock,
{
    /// Reads ahead what the first alarm would have to wait for, while the function starts and has a whole processor.
    pub async fn warm_up(&self) {
        if let Err(error) = self.catalog.catalog().await {
            tracing::warn!(%error, "no catalog yet");
        }
    }

    /// Works off a batch of the queue before `deadline`, or the call of an alarm; gives the answer.
    pub async fn handle(&self, payload: Value, request: &str, deadline: Timestamp) -> Result<Value, NotTakenIn> {
        let is_batch = payload.get("Records").is_some();
        let event = if is_batch { serde_json::from_value(payload).map_err(|_| NotTakenIn)? } else { call(&payload, request) };
        // One after the other: what comes together is mostly about the same trouble.
        let response = work_off("alarms", event, Order::OneByOne, deadline, |record| self.record(record)).await;
        if !is_batch && !response.batch_item_failures.is_empty() {
            return Err(NotTakenIn);
        }
        serde_json::to_value(response).map_err(|_| NotTakenIn)
    }

    async fn record(&self, record: Record) -> Result<Worked, RecordError> {
        let Record { message_id, body, redelivered, .. } = record;
        let arrival = arrival::read(&body, &self.topics);
        let catalog = self.catalog.catalog().await.map_err(Failure::from)?;
        let catalog = catalog.as_deref();
        let worked = |kind, outcome, correlation: &CorrelationId| Worked {
            kind,
            outcome,
            event: message_id.clone(),
            correlation: correlation.to_string(),
        };
        let of_message = CorrelationId::new(&message_id);
        match arrival {
            Ok(Arrival::Reports(reports)) => {
                let correlation = if reports.correlation.is_empty() { of_message } else { CorrelationId::new(&reports.correlation) };
                let outcome = self.reports(&reports, catalog, &correlation, redelivered).await?;
                Ok(worked(reports.kind, outcome, &correlation))
            }
            Ok(Arrival::Chore(chore)) => {
                let (kind, outcome) = self.chore(&chore, catalog, &of_message, redelivered).await?;
                Ok(worked(kind, outcome, &of_message))
            }
            Ok(Arrival::Nothing(why)) => Ok(worked("cloudwatch", why, &of_message)),
            // Kept with the reason and told to the operators' room: trying it again would not make it known.
            Err(reason) => {
                tracing::warn!(reason, message_id, "not understood");
                self.watcher(catalog, &of_message, redelivered).unreadable(&self.dead_letters, &body, &reason).await?;
                Ok(worked("unreadable", "kept", &of_message))
            }
        }
    }

    /// Takes in all of them, also those behind one that fails.
    async fn reports(
        &self,
        reports: &Reports,
        catalog: Option<&StoredCatalog>,
        correlation: &CorrelationId,
        redelivered: bool,
    ) -> Result<&'static str, Failure> {
        if reports.left_out > 0 {
            tracing::warn!(kind = reports.kind, left_out = reports.left_out, "the sender left alarms out; raise its limit");
        }
        let watcher = self.watcher(catalog, correlation, redelivered);
        let mut outcome = "nothing_new";
        let mut failure = None;
        for report in &reports.alarms {
            match watcher.take_in(report).await {
                Ok(taken) => outcome = louder(outcome, taken),
                Err(error) => {
                    tracing::warn!(%error, alarm = %report.key, "not taken in");
                    failure = Some(error);
                }
            }
        }
        failure.map_or(Ok(outcome), Err)
    }

    async fn chore(
        &self,
        chore: &AlarmChore,
        catalog: Option<&StoredCatalog>,
        correlation: &CorrelationId,
        redelivered: bool,
    ) -> Result<(&'static str, &'static str), Failure> {
        match chore {
            AlarmChore::Draw { incident } => {
                let artist = Artist {
                    store: &self.store,
                    metrics: &self.metrics,
                    plotter: &self.plotter,
                    files: &self.files,
                    delivery: &self.delivery,
                    catalog: catalog.map(|stored| &stored.catalog),
                    now: self.clock.now(),
                    correlation,
                };
                Ok(match artist.draw(incident).await? {
                    Drawing::Shown => ("draw", "shown"),
                    Drawing::Nothing => ("draw", "nothing_to_draw"),
                    Drawing::Impossible => ("draw", "impossible"),
                })
            }
            AlarmChore::LookAgain { alarm } => {
                let taken = self.watcher(catalog, correlation, redelivered).look_again(alarm).await?;
                Ok(("look_again", louder("nothing_new", taken)))
            }
        }
    }

    fn watcher<'a>(
        &'a self,
        catalog: Option<&'a StoredCatalog>,
        correlation: &'a CorrelationId,
        redelivered: bool,
    ) -> Watcher<'a, T, M, Q, D> {
        Watcher {
            store: &self.store,
            metrics: &self.metrics,
            chores: &self.chores,
            delivery: &self.delivery,
            catalog: catalog.map(|stored| &stored.catalog),
            now: self.clock.now(),
            correlation,
            redelivered,
        }
    }
}

/// Of several outcomes the one that people notice most.
fn louder(so_far: &'static str, taken: Taken) -> &'static str {
    match (taken, so_far) {
        (Taken::Shown, _) | (_, "shown") => "shown",
        (Taken::Quiet, _) | (_, "quiet") => "quiet",
        (Taken::Kept, _) | (_, "kept") => "kept",
        (Taken::NothingNew, _) => so_far,
    }
}

#[cfg(test)]
mod tests;
