//! What may have caused an incident: deployments of its service and pushes to its repository shortly before it began.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::deployment::{Deployment, Phase};
use opsroom_domain::ids::{EnvironmentName, ServiceName};
use opsroom_domain::incident::{Incident, Suspect};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::revision::Revision;

use super::{AlarmTables, Watcher};
use crate::ports::{PortError, RememberedPush};

/// How far back suspects are looked for.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(1);

/// How many deployments and pushes are looked through.
const LOOKED_THROUGH: usize = 10;

impl<S: AlarmTables, M: Sync, Q: Sync, D: Sync> Watcher<'_, S, M, Q, D> {
    /// Two reads at most. An alarm is told without its suspects rather than late.
    pub(super) async fn suspects(
        &self,
        service: Option<&ServiceName>,
        environment: Option<&EnvironmentName>,
        began: Timestamp,
    ) -> Vec<Suspect> {
        let Some(service) = service else { return Vec::new() };
        match self.find_suspects(service, environment, began.min(self.now)).await {
            Ok(suspects) => suspects,
            Err(error) => {
                tracing::warn!(%error, %service, "an incident is opened without its suspects");
                Vec::new()
            }
        }
    }

    async fn find_suspects(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
        began: Timestamp,
    ) -> Result<Vec<Suspect>, PortError> {
        let since = began.saturating_sub(LOOKED_BACK).unwrap_or(began);
        // What was asked for before may have been done within the hour.
        let recent = |deployment: &Deployment| {
            deployment.request.at <= self.now && deployment.ended_at.is_none_or(|ended| ended >= since) && !is_harmless(&deployment.phase)
        };
        let deployments = self.store.deployments(service, environment, LOOKED_THROUGH).await?;
        let mut suspects: Vec<Suspect> = deployments.iter().filter(|one| recent(one)).map(deployment).collect();
        let repository = self.catalog.and_then(|catalog| catalog.services.get(service)).and_then(|service| service.repository.as_deref());
        if let Some(repository) = repository {
            let pushes = self.store.pushes(&RepositoryName::new(repository), LOOKED_THROUGH).await?;
            suspects.extend(pushes.iter().filter(|push| push.at >= since && push.at <= self.now).map(push));
        }
        suspects.sort_by_key(|suspect| std::cmp::Reverse(at(suspect)));
        suspects.truncate(Incident::MOST_SUSPECTS);
        Ok(suspects)
    }
}

/// What never began changed nothing.
fn is_harmless(phase: &Phase) -> bool {
    phase.is_waiting()
        || matches!(phase, Phase::Failed { why: Some(_) } | Phase::Superseded | Phase::Rejected { .. } | Phase::Expired { .. })
}

fn at(suspect: &Suspect) -> Timestamp {
    match suspect {
        Suspect::Deployment { at, .. } | Suspect::Push { at, .. } => *at,
    }
}

fn deployment(deployment: &Deployment) -> Suspect {
    let outcome = match deployment.phase {
        Phase::Starting | Phase::Running | Phase::Cancelling => "running",
        Phase::Succeeded => "succeeded",
        Phase::Failed { .. } => "failed",
        Phase::Cancelled => "cancelled",
        Phase::Superseded => "superseded",
        Phase::Requested { .. } | Phase::AwaitingApproval | Phase::Waiting { .. } => "waiting",
        Phase::Rejected { .. } => "rejected",
        Phase::Expired { .. } => "expired",
    };
    Suspect::Deployment {
        deployment: deployment.id.clone(),
        revision: deployment.revision.as_ref().map(Revision::short).map(str::to_owned),
        replaced: deployment.replaces.clone(),
        outcome: outcome.to_owned(),
        by: deployment.request.by.clone(),
        at: deployment.request.at,
    }
}

fn push(push: &RememberedPush) -> Suspect {
    let newest = push.commits.last();
    Suspect::Push {
        repository: push.repository.to_string(),
        branch: push.branch.clone(),
        sha: push.after.clone(),
        title: newest.map(|commit| commit.title.clone()).unwrap_or_default(),
        url: newest.and_then(|commit| commit.url.clone()),
        author: newest.map(|commit| commit.author.shown().to_owned()).unwrap_or_default(),
        commits: push.total,
        at: push.at,
    }
}
