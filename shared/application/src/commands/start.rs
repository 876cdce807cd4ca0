//! Starting the pipeline of a deployment that is recorded. May be called any number of times: the deployment's id is the
//! API's client request token, so the pipeline runs once.

use jiff::SignedDuration;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::deployment::{Deployment, Event, Kind, Phase, StageRollback};
use opsroom_domain::ids::DeploymentId;
use opsroom_domain::pipeline_execution::{ExecutionKey, PipelineExecution};

use super::{Commander, Ports, stage_order};
use crate::failure::Failure;
use crate::ports::{CatalogStore, Commit, Pipelines, PortError, PortErrorKind, RollbackRequest, StartRequest, Started, Store};
use crate::progress::{ATTEMPTS, LogTail, lanes};
use crate::request::Request;

/// After that, somebody has to look: the service is blocked for others meanwhile.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_mins(30);

impl<W: Ports> Commander<'_, W> {
    /// Starts the pipeline if it isn't started yet, and links its execution to the deployment.
    pub(super) async fn start(&self, request: &Request, id: &DeploymentId) -> Result<(), Failure> {
        let Some(deployment) = self.store.deployment(id).await? else { return Ok(()) };
        if deployment.phase != Phase::Starting {
            return self.stop_if_wished(request, id).await;
        }
        let started = match self.start_pipeline(&deployment).await {
            Ok(started) => started,
            Err(error) => {
                let waited = self.now.duration_since(deployment.begun_at());
                let Some(why) = why_not_started(&error, deployment.pipeline.as_str(), waited) else { return Err(error.into()) };
                tracing::error!(%error, pipeline = %deployment.pipeline, "the pipeline can't be started");
                return self.give_up(request, id, why).await;
            }
        };
        let key = ExecutionKey::codepipeline(deployment.pipeline.clone(), started.execution);
        // Good to have now (all stages in the message at once), not needed: the events tell.
        let observations = self.pipelines.observe(&key).await.unwrap_or_else(|error| {
            tracing::info!(%error, "the stages will be known from the events");
            Vec::new()
        });
        let catalog = self.catalog.catalog().await?;
        let follower = self.follower(&request.correlation, catalog.as_ref());
        let mut log = LogTail::default();
        for _ in 0..ATTEMPTS {
            let Some(deployment) = self.store.deployment(id).await? else { return Ok(()) };
            let before = self.store.execution(&key).await?.unwrap_or_else(|| PipelineExecution::unseen(key.clone()));
            let mut execution = before.clone();
            execution.deployment = Some(id.clone());
            for observation in &observations {
                execution.observe(observation, self.now);
            }
            execution.arrange_stages(&stage_order(&observations));
            let call = self.start_call(&deployment);
            let started = Event::Started { execution: key.execution.clone(), call };
            let Some(change) = follower.follows(&before, execution, Some(deployment), Some(started), &mut log).await? else {
                return Err(Failure::Bug(format!("the run of deployment {id} is nobody's business")));
            };
            let keys = lanes(&change);
            if follower.write(change).await? == Commit::Done {
                follower.nudge(&keys).await?;
                return self.stop_if_wished(request, id).await;
            }
        }
        Err(Failure::Contended(format!("deployment {id}")))
    }

    /// The same request for the same deployment, whenever it is made: its id is the token, or the moment of its admission the mark.
    async fn start_pipeline(&self, deployment: &Deployment) -> Result<Started, PortError> {
        match rollback_request(deployment) {
            Some(request) => self.pipelines.roll_back(&request).await,
            None => self.pipelines.start(&start_request(deployment)).await,
        }
    }

    /// The call that starts its pipeline, for people to read.
    pub(super) fn start_call(&self, deployment: &Deployment) -> ApiCall {
        match rollback_request(deployment) {
            Some(request) => self.pipelines.rollback_call(&request),
            None => self.pipelines.start_call(&start_request(deployment)),
        }
    }

    /// Asks the pipeline to stop if somebody wished so and it still runs.
    pub(super) async fn stop_if_wished(&self, request: &Request, id: &DeploymentId) -> Result<(), Failure> {
        let Some(deployment) = self.store.deployment(id).await? else { return Ok(()) };
        let (Phase::Cancelling, Some(key), Some(person)) = (&deployment.phase, deployment.execution_key(), &deployment.cancelled_by) else {
            return Ok(());
        };
        let reason = format!("Cancelled by {person} in Slack ({id})");
        if let Err(error) = self.pipelines.stop(&key, &reason).await {
            if !error.is_retryable() {
                self.change_deployment(request, id, |_| Event::StopRefused).await?;
            }
            return Err(error.into());
        }
        let call = self.pipelines.stop_call(&key, &reason);
        self.change_deployment(request, id, |_| Event::StopSent { call: call.clone() }).await
    }

    async fn give_up(&self, request: &Request, id: &DeploymentId, why: String) -> Result<(), Failure> {
        self.change_deployment(request, id, |deployment| Event::NotStarted { why: why.clone(), call: self.start_call(deployment) }).await
    }

    /// Moves a deployment by an event that says nothing of its pipeline.
    pub(super) async fn change_deployment<'e>(
        &self,
        request: &Request,
        id: &DeploymentId,
        event: impl Fn(&Deployment) -> Event<'e>,
    ) -> Result<(), Failure> {
        let follower = self.follower(&request.correlation, None);
        for _ in 0..ATTEMPTS {
            let Some(deployment) = self.store.deployment(id).await? else { return Ok(()) };
            let execution = self.execution_of(&deployment).await?;
            let event = event(&deployment);
            let change = follower.moved(deployment, &execution, vec![event], &execution);
            if change.deployment.is_none() {
                return Ok(());
            }
            let keys = lanes(&change);
            if self.store.commit(change).await? == Commit::Done {
                return follower.nudge(&keys).await;
            }
        }
        Err(Failure::Contended(format!("deployment {id}")))
    }

    pub(super) async fn execution_of(&self, deployment: &Deployment) -> Result<PipelineExecution, Failure> {
        let unknown = || PipelineExecution::unseen(ExecutionKey::codepipeline(deployment.pipeline.clone(), "".into()));
        match deployment.execution_key() {
            Some(key) => Ok(self.store.execution(&key).await?.unwrap_or_else(|| PipelineExecution::unseen(key))),
            None => Ok(unknown()),
        }
    }
}

fn start_request(deployment: &Deployment) -> StartRequest {
    StartRequest {
        pipeline: deployment.pipeline.clone(),
        revision: deployment.revision.clone().zip(deployment.revision_input.clone()),
        client_request_token: deployment.id.to_string(),
    }
}

/// How it goes back, where the pipeline does that by itself.
fn rollback_request(deployment: &Deployment) -> Option<RollbackRequest> {
    let Kind::Rollback { stage: Some(StageRollback { stage, target }), .. } = &deployment.plan.kind else { return None };
    Some(RollbackRequest {
        pipeline: deployment.pipeline.clone(),
        stage: stage.clone(),
        target: target.clone(),
        since: deployment.begun_at(),
    })
}

/// What the room is told when a pipeline can't be started; `None` while trying again may help.
fn why_not_started(error: &PortError, pipeline: &str, waited: SignedDuration) -> Option<String> {
    match error.kind {
        PortErrorKind::NotFound => Some(format!(
            "CodePipeline has no pipeline `{pipeline}` in this account and region. The catalog names it; one of the two must be mended."
        )),
        PortErrorKind::Denied => {
            Some(format!("Opsroom's role may not start the pipeline `{pipeline}`. Whoever runs Opsroom has to allow it."))
        }
        PortErrorKind::Permanent => Some(format!(
            "CodePipeline does not accept to start `{pipeline}` like this. The call is behind How?, the reason in Opsroom's log."
        )),
        _ if waited > GIVE_UP_AFTER => {
            Some(format!("CodePipeline could not be reached for 30 minutes. Look there whether `{pipeline}` runs before you deploy again."))
        }
        _ => None,
    }
}
