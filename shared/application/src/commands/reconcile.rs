//! The safety net: when a deployment's events stay away, CodePipeline is asked.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::deployment::{Event, Phase};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::DeploymentId;
use opsroom_domain::pipeline_execution::ExecutionKey;
use opsroom_domain::pipeline_execution::Observation;

use super::{Commander, Ports, Worked, stage_order};
use crate::failure::Failure;
use crate::ports::{CatalogStore, Change, Commit, Later, Pipelines, PortErrorKind, Store};
use crate::request::Request;
use crate::schedule;

impl<W: Ports> Commander<'_, W> {
    /// `at` is when it came due.
    pub(super) async fn come_due(&self, request: &Request, task: &DueTask, at: Timestamp) -> Result<Worked, Failure> {
        match task {
            DueTask::ReconcileDeployment { deployment } => self.reconcile(request, deployment).await,
            DueTask::LookAtOperation { operation } => Box::pin(self.look_because_due(request, operation)).await,
            DueTask::ExpireDeployment { deployment, deadline } => self.give_up_waiting(request, deployment, *deadline).await,
            DueTask::AdmitWaiting { environment } => self.admit_waiting(request, environment).await,
            DueTask::DeployNext { deployment } => self.deploy_next(request, deployment).await,
            DueTask::EndLock { scope, lock, until } => self.end_lock(request, scope, lock, *until).await,
            DueTask::LookAtRun { run, .. } => self.look_at_run(request, run).await,
            DueTask::RemindOwners { health, first } => self.remind_owners(request, health, first).await,
            DueTask::CallNext { .. }
            | DueTask::ExpireAcknowledgement { .. }
            | DueTask::EndSnooze { .. }
            | DueTask::CalmDown { .. }
            | DueTask::EndSilence { .. }
            | DueTask::LookAgain { .. }
            | DueTask::Summarise { .. } => self.monit_due(request, task, at).await,
            DueTask::LookAtErrand { errand } => Box::pin(self.errand(request, errand)).await,
            DueTask::LookAtStation { channel } => Box::pin(self.look_at_station(request, channel, at)).await,
            DueTask::SendDigest { to, set_at } => Box::pin(self.send_digest(request, to, *set_at, at)).await,
        }
    }

    /// Works off soon what came due just now. A hint: the clock has it, too.
    async fn go_on_at_once(&self, due: &[DueItem]) {
        for item in due {
            if let Err(error) = self.later.send_in(&schedule::request(item), SignedDuration::ZERO).await {
                tracing::warn!(%error, task = item.task.key(), "left to the clock");
            }
        }
    }

    /// Doing it twice does no harm, and a run that can't be asked for is shown as its events tell it.
    async fn look_at_run(&self, request: &Request, run: &ExecutionKey) -> Result<Worked, Failure> {
        let observations = match self.pipelines.observe(run).await {
            Ok(observations) => observations,
            Err(error) if matches!(error.kind, PortErrorKind::NotFound | PortErrorKind::Denied) => {
                tracing::warn!(%error, pipeline = %run.pipeline, "what its approval asks for can't be looked up");
                return Ok(Worked::Before);
            }
            Err(error) => return Err(error.into()),
        };
        // Where nothing is asked there is nothing to show, and a message that is written again loses the press that is on its way to it.
        let asks = |observation: &Observation| matches!(observation, Observation::Action { result, .. } if result.asks.is_some());
        if !observations.iter().any(asks) {
            return Ok(Worked::Before);
        }
        let catalog = self.catalog.catalog().await?;
        let follower = self.follower(&request.correlation, catalog.as_ref());
        let (_, due) = follower.take_in_and_tell(run, &observations, &stage_order(&observations)).await?;
        self.go_on_at_once(&due).await;
        Ok(Worked::Done)
    }

    async fn reconcile(&self, request: &Request, id: &DeploymentId) -> Result<Worked, Failure> {
        let Some(deployment) = self.store.deployment(id).await? else { return Ok(Worked::Before) };
        if deployment.phase.is_final() {
            return Ok(Worked::Before);
        }
        if deployment.phase.is_waiting() {
            return self.look_for_admission(request, &deployment).await;
        }
        // The next look is planned before this one, so that whatever goes wrong here is not the end of looking.
        let plan = Change { claim: Some(request.event.clone()), due: vec![deployment.next_look(self.now)], ..Change::default() };
        let worked = match self.store.commit(plan).await? {
            Commit::AlreadyDone => Worked::Before,
            _ => Worked::Done,
        };
        let Some(key) = deployment.execution_key() else {
            return left_to_the_next_look(self.start(request, id).await).map(|()| worked);
        };
        match self.pipelines.observe(&key).await {
            Ok(observations) => {
                let catalog = self.catalog.catalog().await?;
                let follower = self.follower(&request.correlation, catalog.as_ref());
                let (_, due) = follower.take_in_and_tell(&key, &observations, &stage_order(&observations)).await?;
                self.go_on_at_once(&due).await;
                self.give_up_retry(request, id, &key).await?;
            }
            Err(error) if error.kind == PortErrorKind::NotFound => self.change_deployment(request, id, |_| Event::Vanished).await?,
            Err(error) => return left_to_the_next_look(Err(error.into())).map(|()| worked),
        }
        if deployment.phase == Phase::Cancelling {
            left_to_the_next_look(self.stop_if_wished(request, id).await)?;
        }
        Ok(worked)
    }

    /// A retry that was written down and never sent doesn't keep the place for ever: the deployment stands as it did.
    async fn give_up_retry(&self, request: &Request, id: &DeploymentId, key: &ExecutionKey) -> Result<(), Failure> {
        let (Some(deployment), Some(run)) = (self.store.deployment(id).await?, self.store.execution(key).await?) else { return Ok(()) };
        if !deployment.waits_in_vain_for_its_retry(&run, self.now) {
            return Ok(());
        }
        tracing::warn!(deployment = %id, "its retry never began");
        let catalog = self.catalog.catalog().await?;
        let follower = self.follower(&request.correlation, catalog.as_ref());
        let given_up = follower.amend(key, Some(Event::NotRetried), |now, _, _| {
            if now.status != run.status {
                return Err(());
            }
            // Its request, should it come back, isn't one that was begun any more.
            now.retried = None;
            Ok(())
        });
        given_up.await.map(|_| ())
    }
}

/// The next look is planned already: while CodePipeline is down or throttles, asking it five times as often helps nobody.
fn left_to_the_next_look(result: Result<(), Failure>) -> Result<(), Failure> {
    match result {
        Err(error) if error.is_retryable() => {
            tracing::warn!(%error, "left to the next look");
            Ok(())
        }
        other => other,
    }
}
