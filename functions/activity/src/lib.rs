//! Takes in what repositories, pipelines and CI servers report.

mod codebuild_event;
mod pipeline_event;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use opsroom_application::failure::Failure;
use opsroom_application::ports::{BuildLogs, CatalogStore, Clock, CommandQueue, DeliveryQueue, StoredCatalog};
use opsroom_application::progress::{Follower, RunTables, Taken};
use opsroom_application::repository_news::{Reporter, Told};
use opsroom_application::schedule::hand_on_now;
use opsroom_domain::console::Console;
use opsroom_domain::ids::CorrelationId;
use opsroom_domain::pipeline_execution::RunReport;
use opsroom_domain::repository::news::RepositoryNews;
use opsroom_lambda_support::queue_worker::{Order, Record, RecordError, Worked, work_off};
use opsroom_webhooks::Webhook;
use serde::Deserialize;

pub use pipeline_event::{PipelineEvent, Unreadable};

/// What the function needs.
pub struct World<T, K, L, D, Q, C> {
    /// The tables.
    pub store: T,
    /// The catalog: whose pipelines and repositories there are, and who people are.
    pub catalog: K,
    /// The logs of builds.
    pub logs: L,
    /// The way to the room.
    pub delivery: D,
    /// The way to `commands`, for what came due by a report.
    pub commands: Q,
    /// For links.
    pub console: Console,
    /// The time.
    pub clock: C,
}

/// What arrives: what the door has queued, or what EventBridge delivers.
enum Arrival {
    Webhook(Box<Webhook>),
    Event(Event),
}

struct Event {
    id: String,
    source: String,
}

impl Arrival {
    /// EventBridge's envelope has a source. This isn't an untagged enum, because a webhook keeps its body as it came, and serde can't
    /// give that out of what it has buffered.
    fn read(body: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Envelope {
            id: Option<String>,
            source: Option<String>,
        }
        match serde_json::from_str(body)? {
            Envelope { id: Some(id), source: Some(source) } => Ok(Self::Event(Event { id, source })),
            Envelope { .. } => Ok(Self::Webhook(serde_json::from_str(body)?)),
        }
    }
}

impl<T, K, L, D, Q, C> World<T, K, L, D, Q, C>
where
    T: RunTables,
    K: CatalogStore,
    L: BuildLogs,
    D: DeliveryQueue,
    Q: CommandQueue,
    C: Clock,
{
    /// Reads ahead what the first event would have to wait for, while the function starts and has a whole processor.
    pub async fn warm_up(&self) {
        if let Err(error) = self.catalog.catalog().await {
            tracing::warn!(%error, "no catalog yet");
        }
    }

    /// Works off a batch before `deadline`, one report after the other: reports that come together are mostly about the same thing, and
    /// those of one place have to stay in order.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        work_off("activity", event, Order::OneByOne, deadline, |record| self.record(record)).await
    }

    async fn record(&self, record: Record) -> Result<Worked, RecordError> {
        match Arrival::read(&record.body) {
            Ok(Arrival::Webhook(webhook)) => self.webhook(&webhook).await,
            Ok(Arrival::Event(event)) if event.source == "aws.codebuild" => self.build(event, &record.body).await,
            Ok(Arrival::Event(_)) => self.pipeline(record).await,
            Err(error) => Err(RecordError::Unreadable(format!("line {}, column {}", error.line(), error.column()))),
        }
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<Worked, RecordError> {
        let reading = opsroom_webhooks::read(webhook).map_err(|error| RecordError::Unreadable(error.to_string()))?;
        let correlation = CorrelationId::new(&webhook.delivery);
        let catalog = self.catalog.catalog().await.map_err(Failure::from)?;
        let mut outcome = "not_shown";
        if let Some(news) = &reading.news {
            outcome = self.news(news, catalog.as_deref(), &correlation).await?;
        }
        if let Some(run) = &reading.run {
            outcome = self.run(run, catalog.as_deref(), &correlation).await?;
        }
        Ok(Worked { kind: webhook.sender.name(), outcome, event: webhook.event.clone(), correlation: correlation.to_string() })
    }

    async fn news(
        &self,
        news: &RepositoryNews,
        catalog: Option<&StoredCatalog>,
        correlation: &CorrelationId,
    ) -> Result<&'static str, Failure> {
        let reporter = Reporter {
            store: &self.store,
            delivery: &self.delivery,
            catalog: catalog.map(|stored| &stored.catalog),
            now: self.clock.now(),
            correlation,
        };
        Ok(match reporter.take_in(news).await? {
            Told::Nobody => "nobody_subscribed",
            Told::Kept => "kept",
            Told::Shown => "shown",
        })
    }

    async fn run(&self, report: &RunReport, catalog: Option<&StoredCatalog>, correlation: &CorrelationId) -> Result<&'static str, Failure> {
        let follower = Follower {
            store: &self.store,
            logs: &self.logs,
            delivery: &self.delivery,
            catalog: catalog.map(|stored| &stored.catalog),
            console: &self.console,
            now: self.clock.now(),
            correlation,
        };
        let (taken, due) = follower.take_in_and_tell(&report.key, &report.observations, &[]).await?;
        hand_on_now(&self.commands, &due).await;
        Ok(match taken {
            Taken::Kept => "kept",
            Taken::NothingNew => "nothing_new",
            Taken::Unwatched => "unwatched",
        })
    }

    async fn build(&self, event: Event, body: &str) -> Result<Worked, RecordError> {
        let report = codebuild_event::read(body)
            .map_err(|error| RecordError::Unreadable(format!("line {}, column {}", error.line(), error.column())))?;
        let outcome = match report {
            Some(report) => {
                let catalog = self.catalog.catalog().await.map_err(Failure::from)?;
                self.run(&report, catalog.as_deref(), &CorrelationId::new(&event.id)).await?
            }
            None => "told_elsewhere",
        };
        Ok(Worked { kind: "build", outcome, correlation: event.id.clone(), event: event.id })
    }

    async fn pipeline(&self, record: Record) -> Result<Worked, RecordError> {
        let report = match PipelineEvent::read(&record.body) {
            Ok(report) => report,
            Err(Unreadable::Shape { line, column }) => return Err(RecordError::Unreadable(format!("line {line}, column {column}"))),
            // AWS adds kinds and states without notice; trying them again would not make them known.
            Err(unknown) => {
                tracing::warn!(%unknown, "not understood");
                return Ok(Worked { kind: "pipeline", outcome: "not_understood", event: record.message_id, correlation: String::new() });
            }
        };
        let catalog = self.catalog.catalog().await.map_err(Failure::from)?;
        let correlation = CorrelationId::new(&report.id);
        let run = RunReport { key: report.key, observations: report.observations };
        let outcome = self.run(&run, catalog.as_deref(), &correlation).await?;
        Ok(Worked { kind: "pipeline", outcome, event: report.id, correlation: correlation.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUED: &str = r#"{"sender":"github","event":"push","delivery":"d-1","place":"acme/api","received_at":"2026-11-20T10:00:00Z",
        "body":{"id":"7","source":"the sender's own","ref":"refs/heads/main"}}"#;

    #[test]
    fn what_the_door_queued_is_told_from_what_eventbridge_delivers() {
        let Ok(Arrival::Webhook(webhook)) = Arrival::read(QUEUED) else { panic!("not taken for a webhook") };
        assert_eq!(webhook.place, "acme/api");
        assert!(webhook.body.get().contains("refs/heads/main"));
        let event = Arrival::read(r#"{"id":"e-1","source":"aws.codebuild","detail":{"sender":"github"}}"#);
        assert!(matches!(event, Ok(Arrival::Event(Event { source, .. })) if source == "aws.codebuild"));
        assert!(Arrival::read(r#"{"sender":"github"}"#).is_err());
        assert!(Arrival::read("no JSON").is_err());
    }
}
