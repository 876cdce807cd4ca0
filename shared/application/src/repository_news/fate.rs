//! A repository that is renamed or gone: its subscriptions rest, and those who made them are told once.

use std::collections::BTreeMap;

use opsroom_domain::ids::{ChannelId, MessageKey};
use opsroom_domain::repository::news::{Fate, RepositoryNews};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use opsroom_domain::subscription::{BuildTarget, Facts, Feature, ParkedBecause, Subject, Subscription};

use super::{Reporter, Told, to_channel};
use crate::cards::repository as cards;
use crate::commands::parked;
use crate::failure::Failure;
use crate::people::People;
use crate::ports::{Change, Commit, DeliveryQueue, RepositoryStore, Store, SubscriptionStore};
use crate::progress::ATTEMPTS;

impl<S, D> Reporter<'_, S, D>
where
    S: Store + SubscriptionStore + RepositoryStore,
    D: DeliveryQueue,
{
    pub(super) async fn fate(&self, news: &RepositoryNews, fate: &Fate) -> Result<Told, Failure> {
        match fate {
            Fate::Renamed { from } => {
                let why = ParkedBecause::RepositoryRenamed { to: news.repository.name.to_string() };
                self.park(from, &why).await
            }
            Fate::Deleted => self.park(&news.repository.name, &ParkedBecause::RepositoryDeleted).await,
            Fate::Archived | Fate::Unarchived => self.archived(news, *fate == Fate::Unarchived).await,
        }
    }

    /// Only subscriptions to this very repository and its builds: one to all of an owner goes on with the others. A channel that has both
    /// is told of them in one.
    async fn park(&self, name: &RepositoryName, why: &ParkedBecause) -> Result<Told, Failure> {
        let pattern = RepositoryPattern::One(name.clone());
        let subjects = [Subject::Repositories(pattern.clone()), Subject::Builds(BuildTarget::Repository(pattern))];
        for _ in 0..ATTEMPTS {
            let all = self.store.subscriptions_to(&subjects).await?;
            let mut awake: BTreeMap<ChannelId, Vec<Subscription>> = BTreeMap::new();
            for one in all.into_iter().filter(|one| one.terms.is_some() && one.parked.is_none()) {
                awake.entry(one.channel.clone()).or_default().push(one);
            }
            if awake.is_empty() {
                return Ok(Told::Kept);
            }
            let mut stale = false;
            for of_channel in awake.into_values() {
                let done = self.write(parked(of_channel, why, self.catalog, self.now)).await?;
                stale |= done != Commit::Done;
            }
            if !stale {
                return Ok(Told::Shown);
            }
        }
        Err(Failure::Contended(format!("the subscriptions to {name}")))
    }

    async fn archived(&self, news: &RepositoryNews, is_alive: bool) -> Result<Told, Failure> {
        let subscriptions = self.subscriptions(&news.repository.name).await?;
        let people = People::of(self.catalog, self.store, []).await?;
        let facts =
            Facts { feature: Feature::Branches, by: &news.by, branch: None, default_branch: None, labels: None, paths: None, run: None };
        let card = cards::archived(&news.repository, &news.by, is_alive, &people);
        let what = format!("archived/{}", news.at.as_second());
        let wanted = subscriptions.iter().filter(|(_, one)| one.decide(&facts, self.now).is_ok());
        let messages: Vec<_> = wanted
            .map(|(channel, _)| to_channel(MessageKey::repository_news(&news.repository.name, &what, channel), channel, card.clone()))
            .collect();
        if messages.is_empty() {
            return Ok(Told::Kept);
        }
        self.write(Change { messages, ..Change::default() }).await.map(|_| Told::Shown)
    }
}
