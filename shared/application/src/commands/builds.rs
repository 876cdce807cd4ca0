//! What people ask of builds: how they stand, their logs, to run them again, to decide on what waits.

mod decide;
mod how;
mod logs;
mod owners;
mod retry;

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, EventKey, MessageKey, PipelineName};
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::health::HealthKey;
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation, PipelineExecution};
use opsroom_domain::rights::{Allowed, Denied, Permission, Wish};
use opsroom_grammar::Build;

use super::{Catalog, Commander, Context, Ports, Worked, stage_order};
use crate::cards;
use crate::commands::answer::destination;
use crate::failure::Failure;
use crate::people::People;
use crate::ports::{BuildStore, Change, Directory, MessageChange, Pipelines, Store};

/// How many branches of pipelines are looked at for `build status`.
const HEALTHS: usize = 100;

/// How many of a pipeline's latest runs are looked at.
const RUNS: usize = 10;

/// How many of them are shown.
const RUNS_SHOWN: usize = 5;

/// What a decision asks for, for the audit log.
pub(super) fn decision_in_words(approval: &Approval, decision: Decision) -> String {
    let verb = match decision {
        Decision::Approved => "approve",
        Decision::Rejected => "reject",
    };
    format!("{verb} {} / {} of {}", approval.stage, approval.action, approval.run.pipeline)
}

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn build(&self, context: Context<'_>, catalog: &Catalog, build: &Build, role: String) -> Result<Worked, Failure> {
        match build {
            Build::Watch { .. } | Build::Unwatch { .. } | Build::Watches => self.watch(context, build, role).await,
            Build::Status { pipeline: None } => {
                let healths = self.store.healths(HEALTHS).await?;
                let broken_by = healths.iter().filter_map(|health| health.open_streak()?.by.as_ref());
                let people = People::of(Some(&catalog.catalog), self.store, broken_by).await?;
                self.answer(context, cards::build_status(&healths, &people, self.console)).await
            }
            Build::Status { pipeline: Some(pipeline) } => self.runs_of(context, catalog, &PipelineName::new(pipeline)).await,
            Build::Logs { pipeline, lines } => self.build_logs(context, &PipelineName::new(pipeline), *lines).await,
            Build::Retry { pipeline, stage } => {
                Box::pin(self.retry_latest(context, catalog, &PipelineName::new(pipeline), stage.as_deref())).await
            }
            Build::Decide { pipeline, decision, reason } => {
                Box::pin(self.decide_latest(context, catalog, &PipelineName::new(pipeline), *decision, reason)).await
            }
        }
    }

    async fn runs_of(&self, context: Context<'_>, catalog: &Catalog, pipeline: &PipelineName) -> Result<Worked, Failure> {
        let runs = self.store.runs(pipeline, RUNS_SHOWN).await?;
        let mut keys: Vec<HealthKey> = Vec::new();
        for key in runs.iter().map(HealthKey::of) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut healths = Vec::new();
        for key in keys {
            healths.extend(self.store.health(&key).await?);
        }
        let broken_by = healths.iter().filter_map(|health| health.open_streak()?.by.as_ref());
        let people = People::of(Some(&catalog.catalog), self.store, broken_by).await?;
        self.answer(context, cards::build_runs(pipeline, &runs, &healths, &people, self.console)).await
    }

    /// Whether somebody may do something with a pipeline, judged now.
    async fn may(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        permission: Permission,
        key: &ExecutionKey,
    ) -> Result<Result<Allowed, Denied>, Failure> {
        let standing = self.slack.standing(&context.asker.person).await?;
        let wish = match catalog.catalog.target_of_pipeline(&key.pipeline) {
            Some(target) => Wish::Change { permission, service: target.service_name, environment: target.environment_name },
            None => Wish::Pipeline { permission, pipeline: &key.pipeline },
        };
        Ok(catalog.catalog.decide(context.asker, standing, wish))
    }

    /// What goes into the audit log about a pipeline.
    async fn record(&self, context: Context<'_>, catalog: &Catalog, key: &ExecutionKey, outcome: Outcome) -> Result<AuditRecord, Failure> {
        let target = catalog.catalog.target_of_pipeline(&key.pipeline);
        let run = self.store.execution(key).await?;
        Ok(AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: target.map(|target| target.service_name.clone()),
            environment: target.map(|target| target.environment_name.clone()),
            outcome,
            correlation: context.request.correlation.clone(),
            approvers: Vec::new(),
            message: run.as_ref().and_then(|run| message_of(run, &context.asker.channel)),
        })
    }

    async fn refuse_run(&self, context: Context<'_>, denied: &Denied, run: &PipelineExecution) -> Result<Worked, Failure> {
        match message_of(run, &context.asker.channel) {
            Some(message) => self.refuse_about(context, denied, message).await,
            None => self.refuse(context, denied).await,
        }
    }

    /// Asks CodePipeline how a run stands now, and takes that in.
    async fn look_again(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        key: &ExecutionKey,
    ) -> Result<(Option<PipelineExecution>, Vec<Observation>), Failure> {
        let observations = self.pipelines.observe(key).await?;
        let follower = self.follower(&context.request.correlation, Some(catalog));
        follower.take_in(key, &observations, &stage_order(&observations)).await?;
        Ok((self.store.execution(key).await?, observations))
    }

    /// The answer to a request, as part of a change.
    fn answered(context: Context<'_>, private: bool, card: Card) -> MessageChange {
        MessageChange {
            key: MessageKey::answer(&context.request.event),
            destination: destination(context, private),
            card: context.explained(card),
        }
    }

    /// Turns down what was begun and can't be done: tells the person, and records it.
    async fn turn_down_begun(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        key: &ExecutionKey,
        card: Card,
        why: &str,
    ) -> Result<Worked, Failure> {
        let outcome = Outcome::Ended { what: key.pipeline.to_string(), how: why.to_owned() };
        let change = Change {
            claim: Some(done(context)),
            habit: context.habit.cloned(),
            messages: vec![Self::answered(context, true, card)],
            audit: vec![self.record(context, catalog, key, outcome).await?],
            ..Change::default()
        };
        self.commit_and_nudge(context, change).await?;
        Ok(Worked::Refused)
    }

    async fn commit_and_nudge(&self, context: Context<'_>, change: Change) -> Result<(), Failure> {
        let keys = crate::outgoing::lanes(&change);
        self.store.commit(change).await?;
        self.nudge(&context.request.correlation, &keys).await;
        Ok(())
    }
}

/// The message that shows a run: its deployment's, else the one where it was asked, else any.
fn message_of(run: &PipelineExecution, asked_in: &ChannelId) -> Option<MessageKey> {
    if let Some(deployment) = &run.deployment {
        return Some(MessageKey::deployment(deployment));
    }
    let channel = run.shown_in.iter().find(|channel| *channel == asked_in).or(run.shown_in.first())?;
    Some(MessageKey::run(&run.key, channel))
}

/// Claims the end of a request, so that what is told and recorded then is so once.
fn done(context: Context<'_>) -> EventKey {
    EventKey::new(format!("{}/done", context.request.event))
}

/// Whether a channel sees a run: by its own message or by that of the deployment which started it.
fn is_seen_in(run: &PipelineExecution, deployed_from: Option<&ChannelId>, channel: &ChannelId) -> bool {
    run.shown_in.contains(channel) || deployed_from == Some(channel)
}
