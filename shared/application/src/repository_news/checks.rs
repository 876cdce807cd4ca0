//! How the checks of commits stand, kept for those who will deploy them: also of commits that belong to no pull request (any more).

use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::news::{ChecksNews, RepositoryNews};

use super::Reporter;
use crate::failure::Failure;
use crate::ports::{DeliveryQueue, RepositoryStore, Store, SubscriptionStore};

impl<S, D> Reporter<'_, S, D>
where
    S: Store + SubscriptionStore + RepositoryStore,
    D: DeliveryQueue,
{
    /// The commit's checks with what is new of them; `None` if nothing is, or if nobody will deploy it: no service of the catalog comes from
    /// the repository.
    pub(super) async fn remembered(&self, news: &RepositoryNews, checks: &ChecksNews) -> Result<Option<CommitChecks>, Failure> {
        let name = &news.repository.name;
        if !self.is_a_services(name) {
            return Ok(None);
        }
        let known = self.store.checks(name, &checks.sha).await?;
        let mut next = known.unwrap_or_else(|| CommitChecks::none_yet(name.clone(), &checks.sha));
        Ok(next.take_in(&checks.results).then_some(next))
    }
}
