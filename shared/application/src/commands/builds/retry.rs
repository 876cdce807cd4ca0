//! `build retry` and the Retry button.
//!
//! `RetryStageExecution` knows no request token. So it is written on the run first who retries which failure, in one transaction with the
//! claim, and the slot is taken in the same: it runs in the deployment's place again. A request that is worked on again finds its own mark, looks whether the stage still stands at that very failure, and only then
//! sends the call again.

use jiff::Timestamp;
use opsroom_domain::audit::Outcome;
use opsroom_domain::catalog::Resolved;
use opsroom_domain::deployment::{Event, Obstacle, Plan, Way};
use opsroom_domain::ids::PipelineName;
use opsroom_domain::pipeline_execution::approval::Retried;
use opsroom_domain::pipeline_execution::{BuildSystem, ExecutionKey, Observation, PipelineExecution, RunStatus, Seen};
use opsroom_domain::rights::Permission;

use super::{RUNS, done, is_seen_in};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, EXPIRES_AFTER, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{BuildStore, CatalogStore, Change, Pipelines, PortErrorKind, Slot, Store};
use crate::progress::Amended;

/// Why nothing is retried now.
enum No {
    /// This very request is at it already; the failure it is about.
    Begun(Retried),
    /// Somebody else asked for the same.
    Asked(Retried),
    /// It hasn't failed.
    NotFailed(Box<PipelineExecution>),
}

impl<W: Ports> Commander<'_, W> {
    /// A press of Retry.
    pub(in crate::commands) async fn press_retry(&self, context: Context<'_>, key: &ExecutionKey, stage: &str) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        Box::pin(self.retry(context, &catalog, key, Some(stage))).await
    }

    /// Retries the latest run of a pipeline.
    pub(super) async fn retry_latest(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        pipeline: &PipelineName,
        stage: Option<&str>,
    ) -> Result<Worked, Failure> {
        let runs = self.store.runs(pipeline, RUNS).await?;
        let is_begun = |run: &&PipelineExecution| run.retried.as_ref().is_some_and(|retried| retried.event == context.request.event);
        let counts =
            |run: &&PipelineExecution| !run.status.is_some_and(|seen| matches!(seen.status, RunStatus::Stopped | RunStatus::Superseded));
        match runs.iter().find(is_begun).or_else(|| runs.iter().find(counts)) {
            Some(run) => self.retry(context, catalog, &run.key, stage).await,
            None => self.answer_privately(context, cards::no_runs(pipeline)).await,
        }
    }

    async fn retry(&self, context: Context<'_>, catalog: &Catalog, key: &ExecutionKey, stage: Option<&str>) -> Result<Worked, Failure> {
        let Some(run) = self.store.execution(key).await? else {
            return self.answer_privately(context, cards::not_found(&format!("run of {}", key.pipeline))).await;
        };
        if key.system != BuildSystem::CodePipeline {
            return self.answer_privately(context, cards::not_from_here(&run, "Retry", self.console)).await;
        }
        let allowed = match self.may(context, catalog, Permission::Deploy, key).await? {
            Ok(allowed) => allowed,
            Err(denied) => return self.refuse_run(context, &denied, &run).await,
        };
        let is_begun = run.retried.as_ref().is_some_and(|retried| retried.event == context.request.event);
        if !is_begun && self.now.duration_since(context.at) > EXPIRES_AFTER {
            return self.expire(context).await;
        }
        if !is_begun {
            if let Some(slot) = self.in_the_place_of(catalog, &run).await? {
                return self.turn_down_for(context, &slot).await;
            }
            if let Some((target, obstacle)) = self.in_the_way_of_retry(context, catalog, &run).await? {
                let about = (target.service_name, target.environment_name);
                let message = super::message_of(&run, &context.asker.channel);
                let card = cards::retry_held(about.0, about.1, &obstacle);
                return self.turn_down_about(context, card, "held", (Some(about.0), about.1), message).await;
            }
        }
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let started = format!("retry of {}", key.pipeline);
        let audit = self.record(context, catalog, key, Outcome::Allowed { role: allowed.role.to_string(), started }).await?;
        let wish = follower
            .amend(key, Some(Event::Retried), |run, _, change| {
                let wanted = mark(run, stage, context, self.now)?;
                run.retried = Some(wanted);
                change.claim = Some(context.request.event.clone());
                change.habit = context.habit.cloned();
                change.audit.push(audit.clone());
                Ok(())
            })
            .await?;
        match wish {
            Amended::Done(run) => match &run.retried {
                Some(retried) => self.send_retry(context, catalog, &run, retried).await,
                None => Ok(Worked::Before),
            },
            Amended::Refused(No::Begun(retried)) => self.retry_again(context, catalog, key, &retried).await,
            Amended::Refused(No::Asked(other)) => self.answer_privately(context, cards::retried_already(&other)).await,
            Amended::Refused(No::NotFailed(run)) => {
                self.answer_privately(context, cards::nothing_to_retry(&run, stage, self.console)).await
            }
            Amended::Taken(slot) => self.turn_down_for(context, &slot).await,
            Amended::Before | Amended::Unknown => Ok(Worked::Before),
        }
    }

    /// The deployment that is under way where a run would deploy again. A retry is one more run there, and two at once are one too many.
    async fn in_the_place_of(&self, catalog: &Catalog, run: &PipelineExecution) -> Result<Option<Slot>, Failure> {
        let Some(target) = catalog.catalog.target_of_pipeline(&run.key.pipeline) else { return Ok(None) };
        let here = |slot: &Slot| slot.service == *target.service_name && slot.environment == *target.environment_name;
        let slots = self.store.slots().await?;
        Ok(slots.into_iter().find(|slot| here(slot) && run.deployment.as_ref() != Some(&slot.deployment)))
    }

    async fn turn_down_for(&self, context: Context<'_>, slot: &Slot) -> Result<Worked, Failure> {
        let link = self.link_to(slot).await;
        self.turn_down(context, cards::busy(slot, link.as_deref()), "busy", (Some(&slot.service), &slot.environment)).await
    }

    /// What stands in the way of running a stage again: a retry deploys as a deployment does, so the same locks and freezes hold it.
    async fn in_the_way_of_retry<'c>(
        &self,
        context: Context<'_>,
        catalog: &'c Catalog,
        run: &PipelineExecution,
    ) -> Result<Option<(Resolved<'c>, Obstacle)>, Failure> {
        let Some(target) = catalog.catalog.target_of_pipeline(&run.key.pipeline) else { return Ok(None) };
        let gate = self.store.gate().await?;
        let deployment = match &run.deployment {
            Some(id) => self.store.deployment(id).await?,
            None => None,
        };
        let by = &context.asker.person;
        let obstacle = if let Some(deployment) = deployment {
            deployment.obstacle_to_retry(by, &gate.locks, &catalog.catalog, self.now)
        } else {
            // It was begun elsewhere, so nobody has let it pass anything here.
            let plan = Plan::default();
            let way = Way { service: target.service_name, environment: target.environment_name, by, plan: &plan };
            way.obstacle(&gate.locks, &catalog.catalog, self.now)
        };
        Ok(obstacle.map(|obstacle| (target, obstacle)))
    }

    /// The request had begun and was left in the middle: nobody knows whether the call was sent.
    async fn retry_again(&self, context: Context<'_>, catalog: &Catalog, key: &ExecutionKey, retried: &Retried) -> Result<Worked, Failure> {
        let (Some(run), seen) = self.look_again(context, catalog, key).await? else { return Ok(Worked::Before) };
        // What fails after it was retried is another failure, also if nothing was heard of it in between.
        let failed_since = seen.iter().any(|observation| match observation {
            Observation::Stage { stage, seen: Some(seen) } | Observation::Action { stage, seen, .. } => {
                *stage == retried.stage && seen.status == RunStatus::Failed && seen.at.is_some_and(|at| at > retried.at)
            }
            _ => false,
        });
        if !failed_since && failed_at(&run, &retried.stage).is_some_and(|failed_at| failed_at <= retried.at) {
            return self.send_retry(context, catalog, &run, retried).await.map(|_| Worked::Before);
        }
        self.retry_sent(context, catalog, &run, retried).await.map(|_| Worked::Before)
    }

    async fn send_retry(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        run: &PipelineExecution,
        retried: &Retried,
    ) -> Result<Worked, Failure> {
        match self.pipelines.retry(&run.key, &retried.stage).await {
            Ok(()) => self.retry_sent(context, catalog, run, retried).await,
            Err(error) if error.kind == PortErrorKind::Conflict => {
                tracing::info!(%error, "the stage can't be retried any more");
                self.take_mark_off(context, catalog, &run.key).await?;
                let (now, _) = self.look_again(context, catalog, &run.key).await?;
                let card = cards::nothing_to_retry(now.as_ref().unwrap_or(run), Some(&retried.stage), self.console);
                self.turn_down_begun(context, catalog, &run.key, card, "not retried: CodePipeline refused").await
            }
            // Worked on again, it finds its mark.
            Err(error) if error.is_retryable() => Err(error.into()),
            Err(error) => {
                self.take_mark_off(context, catalog, &run.key).await?;
                Err(error.into())
            }
        }
    }

    async fn retry_sent(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        run: &PipelineExecution,
        retried: &Retried,
    ) -> Result<Worked, Failure> {
        let outcome = Outcome::Ended { what: run.key.pipeline.to_string(), how: format!("{} run again", retried.stage) };
        let mut change = Change {
            claim: Some(done(context)),
            habit: context.habit.cloned(),
            audit: vec![self.record(context, catalog, &run.key, outcome).await?],
            ..Change::default()
        };
        let deployed_from = self.deployed_from(run).await?;
        if !is_seen_in(run, deployed_from.as_ref(), &context.asker.channel) {
            change.messages.push(Self::answered(context, false, cards::retrying(run, &retried.stage, self.console)));
        }
        self.commit_and_nudge(context, change).await?;
        Ok(Worked::Done)
    }

    async fn take_mark_off(&self, context: Context<'_>, catalog: &Catalog, key: &ExecutionKey) -> Result<(), Failure> {
        let follower = self.follower(&context.request.correlation, Some(catalog));
        let amended = follower.amend(key, Some(Event::NotRetried), |run, _, _| {
            let is_ours = run.retried.as_ref().is_some_and(|retried| retried.event == context.request.event);
            if is_ours {
                run.retried = None;
                Ok(())
            } else {
                Err(())
            }
        });
        amended.await.map(|_| ())
    }
}

/// The mark that a request leaves, if the stage can be retried.
fn mark(run: &PipelineExecution, stage: Option<&str>, context: Context<'_>, now: Timestamp) -> Result<Retried, No> {
    let known = run.retried.as_ref();
    if let Some(own) = known.filter(|retried| retried.event == context.request.event) {
        return Err(No::Begun(own.clone()));
    }
    let not_failed = || No::NotFailed(Box::new(run.clone()));
    let stage = match stage {
        Some(stage) => run.stages.iter().find(|run| run.name.eq_ignore_ascii_case(stage)).map(|run| run.name.clone()),
        None => run.failure().map(|(stage, _)| stage.name.clone()),
    };
    let stage = stage.ok_or_else(not_failed)?;
    let failed_at = failed_at(run, &stage).ok_or_else(not_failed)?;
    if let Some(other) = known.filter(|retried| retried.stage == stage && retried.stands(failed_at, now)) {
        return Err(No::Asked(other.clone()));
    }
    Ok(Retried { stage, by: context.asker.person.clone(), at: now, event: context.request.event.clone() })
}

/// When a stage failed, if that is how it stands. The word of its action comes before its own; one that is older than the stage's
/// status is of a try before.
fn failed_at(run: &PipelineExecution, stage: &str) -> Option<Timestamp> {
    let stage = run.stages.iter().find(|run| run.name == stage)?;
    let has_failed = |seen: &Seen| seen.status == RunStatus::Failed;
    let by_action = || {
        let of_this_try = |seen: &Seen| stage.status.is_none_or(|whole| whole.at <= seen.at);
        stage.actions.iter().map(|action| action.status).find(|seen| has_failed(seen) && of_this_try(seen))
    };
    stage.status.filter(has_failed).or_else(by_action).map(|seen| seen.at)
}
