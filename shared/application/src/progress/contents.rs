//! What pushes tell about a revision: what a deployment brings, and who wrote the commit that broke a build.

use opsroom_domain::author::Author;
use opsroom_domain::deployment::{Contents, Deployment};
use opsroom_domain::pipeline_execution::{PipelineExecution, SourceRevision};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::news::Commit;
use opsroom_domain::revision::Revision;

use super::{Follower, service_of};
use crate::failure::Failure;
use crate::ports::{RememberedPush, RepositoryStore};

/// How many pushes are looked through.
const PUSHES: usize = 50;

impl<S: RepositoryStore, L: Sync, D: Sync> Follower<'_, S, L, D> {
    /// What is in a deployment, in the moment in which its revision becomes known.
    pub(super) async fn contents(
        &self,
        deployment: &Deployment,
        before: &PipelineExecution,
        execution: &PipelineExecution,
    ) -> Result<Option<Contents>, Failure> {
        let Some(after) = revision_of(deployment, execution) else { return Ok(None) };
        let was_known = before.deployment == execution.deployment && revision_of(deployment, before) == Some(after);
        let Some(replaced) = deployment.replaces.as_deref().filter(|_| !was_known && deployment.contents.is_none()) else {
            return Ok(None);
        };
        let service = self.catalog.and_then(|catalog| catalog.services.get(&deployment.service));
        let Some(repository) = service.and_then(|service| service.repository.as_deref()) else { return Ok(None) };
        let pushes = self.store.pushes(&RepositoryName::new(repository), PUSHES).await?;
        // Going back, what ran before is the newer one.
        Ok([after, replaced].into_iter().find_map(|newest| Contents::between(&history(&pushes, newest), replaced, after)))
    }

    /// Who wrote the commit that a run is about, as its repository tells: CodePipeline names nobody, and Jenkins and GitLab may know no more
    /// than a name.
    pub(super) async fn author_of(&self, execution: &PipelineExecution) -> Result<Option<Author>, Failure> {
        let Some(source) = execution.source.as_ref() else { return Ok(None) };
        let of_service = || service_of(self.catalog, execution).and_then(|(_, service)| service.repository.as_deref());
        let repository = execution.facts.repository.clone().or_else(|| of_service().map(RepositoryName::new));
        let Some(repository) = repository else { return Ok(None) };
        let pushes = self.store.pushes(&repository, PUSHES).await?;
        let commit = pushes.iter().flat_map(|push| &push.commits).find(|commit| commit.is_meant_by(&source.id));
        Ok(commit.map(|commit| commit.author.clone()))
    }
}

/// The revision, if it is known exactly.
fn revision_of<'a>(deployment: &'a Deployment, execution: &'a PipelineExecution) -> Option<&'a str> {
    let told = deployment.source_of_revision(execution).map(|source: &SourceRevision| source.id.as_str());
    told.or_else(|| deployment.revision.as_ref().map(Revision::as_str))
}

/// The commits that led to a commit, newest first, as far as one push follows upon another: a push by force ends it, and one of which
/// only the newest commits are known.
fn history<'a>(pushes: &'a [RememberedPush], newest: &str) -> Vec<&'a Commit> {
    let Some(mut at) = pushes.iter().position(|push| push.commits.iter().any(|commit| commit.is_meant_by(newest))) else {
        return Vec::new();
    };
    let mut commits: Vec<&Commit> = Vec::new();
    loop {
        let push = &pushes[at];
        commits.extend(push.commits.iter().rev());
        let earlier = pushes[at + 1..].iter().position(|earlier| earlier.branch == push.branch && earlier.after == push.before);
        match earlier.filter(|_| push.total <= push.commits.len()) {
            Some(steps) => at += 1 + steps,
            None => return commits,
        }
    }
}
