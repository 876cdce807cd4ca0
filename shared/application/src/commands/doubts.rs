//! What speaks against a deployment when it is asked for: what the environment requires and isn't there, checks that failed, a freeze.

use opsroom_domain::card::Card;
use opsroom_domain::catalog::Resolved;
use opsroom_domain::deployment::history::{self, HISTORY, is_same_revision};
use opsroom_domain::deployment::{Deployment, Doubt, Kind};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::revision::Revision;

use super::deploy::Wish;
use super::{Catalog, Commander, Ports};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{Gate, RepositoryStore, Store};

/// How many pushes are looked through for the whole id of a commit.
const PUSHES: usize = 50;

impl<W: Ports> Commander<'_, W> {
    /// What to say if the revision has not succeeded in the environment that has to come before. What goes back has been there already.
    pub(super) async fn lacks_what_is_required(
        &self,
        catalog: &Catalog,
        target: &Resolved<'_>,
        wish: &Wish,
    ) -> Result<Option<Card>, Failure> {
        let Some(required) = catalog.catalog.required_before(target).filter(|_| !matches!(wish.kind, Kind::Rollback { .. })) else {
            return Ok(None);
        };
        let there = self.store.current(target.service_name, required).await?;
        let there = there.as_ref().and_then(|state| state.revision.as_deref());
        let Some(revision) = wish.revision.as_ref().map(Revision::as_str) else {
            return Ok(Some(cards::revision_required(target, required, there)));
        };
        if there.is_some_and(|there| is_same_revision(there, revision)) {
            return Ok(None);
        }
        let history = self.store.deployments(target.service_name, Some(required), HISTORY).await?;
        match history::with_revision(&history, revision) {
            Some(_) => Ok(None),
            None => Ok(Some(cards::not_proved(target, required, revision, there))),
        }
    }

    /// What somebody who may override has to say yes to.
    pub(super) async fn doubts(
        &self,
        catalog: &Catalog,
        target: &Resolved<'_>,
        wanted: &Deployment,
        gate: &Gate,
    ) -> Result<Vec<Doubt>, Failure> {
        let freeze = wanted.freeze_doubt(&gate.locks, &catalog.catalog, self.now);
        Ok(self.failed_checks(target, wanted).await?.into_iter().chain(freeze).collect())
    }

    async fn failed_checks(&self, target: &Resolved<'_>, wanted: &Deployment) -> Result<Option<Doubt>, Failure> {
        let (Some(revision), Some(repository)) = (&wanted.revision, &target.service.repository) else { return Ok(None) };
        if matches!(wanted.plan.kind, Kind::Rollback { .. }) {
            return Ok(None);
        }
        let repository = RepositoryName::new(repository.as_str());
        let Some(sha) = self.whole_id(&repository, revision).await? else { return Ok(None) };
        let Some(checks) = self.store.checks(&repository, &sha).await? else { return Ok(None) };
        let failed = checks.failed();
        let names = failed.iter().take(Doubt::MOST_NAMED).map(|&name| name.to_owned()).collect();
        Ok(Some(Doubt::ChecksFailed { names, total: failed.len() }).filter(|_| !failed.is_empty()))
    }

    /// The whole id of a commit; `None` for tags and branches, and for commits that were pushed long ago.
    async fn whole_id(&self, repository: &RepositoryName, revision: &Revision) -> Result<Option<String>, Failure> {
        let text = revision.as_str().to_ascii_lowercase();
        if text.len() < 7 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        if text.len() == 40 {
            return Ok(Some(text));
        }
        let pushes = self.store.pushes(repository, PUSHES).await?;
        let commit = pushes.iter().flat_map(|push| &push.commits).find(|commit| commit.is_meant_by(&text));
        Ok(commit.map(|commit| commit.sha.clone()))
    }
}
