//! The GitHub room: news of a repository become messages in the channels that want to see them.

mod checks;
mod conversations;
pub mod explain;
mod fate;
mod link;

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsroom_domain::card::Card;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{ChannelId, CorrelationId, MessageKey};
use opsroom_domain::repository::news::{CameOrWent, Commit as PushedCommit, HostedDeployment, Push, ReleaseState, RepositoryNews, What};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::{Facts, Feature, Subject, Subscription, Terms};

use crate::cards::repository as cards;
use crate::failure::Failure;
use crate::outgoing::{lanes, nudge};
use crate::people::People;
use crate::ports::{Change, Commit, DeliveryQueue, MessageChange, RememberedPush, RepositoryStore, Store, SubscriptionStore};

/// Messages of one transaction, which holds a hundred writes.
const MESSAGES_AT_ONCE: usize = 45;

/// What taking in news needs.
pub struct Reporter<'a, S, D> {
    /// The tables.
    pub store: &'a S,
    /// The way to the room.
    pub delivery: &'a D,
    /// The catalog, if one is in force.
    pub catalog: Option<&'a Catalog>,
    /// Now.
    pub now: Timestamp,
    /// Follows the event.
    pub correlation: &'a CorrelationId,
}

/// What came of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nobody is subscribed to it.
    Nobody,
    /// It is known now, and nothing has to be shown.
    Kept,
    /// Something is shown, or changed.
    Shown,
}

impl<S, D> Reporter<'_, S, D>
where
    S: Store + SubscriptionStore + RepositoryStore,
    D: DeliveryQueue,
{
    /// Takes news in. Doing it again leads to the same messages.
    pub async fn take_in(&self, news: &RepositoryNews) -> Result<Told, Failure> {
        // The largest futures are boxed: one kind of news is taken in at a time.
        match &news.what {
            What::Conversation(told) => self.conversation(news, told).await,
            What::Checks(checks) => Box::pin(self.checks(news, checks)).await,
            What::Fate(fate) => Box::pin(self.fate(news, fate)).await,
            What::Push(_) | What::Reference(_) | What::Release(_) | What::Deployment(_) => self.plain(news).await,
        }
    }

    /// News that are a message of their own.
    async fn plain(&self, news: &RepositoryNews) -> Result<Told, Failure> {
        let subscriptions = self.subscriptions(&news.repository.name).await?;
        let people = People::of(self.catalog, self.store, []).await?;
        let messages = self.plain_messages(news, &subscriptions, &people);
        let pushed = match &news.what {
            What::Push(push) if !subscriptions.is_empty() || self.is_a_services(&news.repository.name) => Some(remembered(news, push)),
            _ => None,
        };
        if messages.is_empty() && pushed.is_none() {
            return Ok(if subscriptions.is_empty() { Told::Nobody } else { Told::Kept });
        }
        let told = if messages.is_empty() { Told::Kept } else { Told::Shown };
        self.write(Change { pushed, messages, ..Change::default() }).await.map(|_| told)
    }

    fn plain_messages(&self, news: &RepositoryNews, subscriptions: &Subscriptions, people: &People) -> Vec<MessageChange> {
        let repository = &news.repository;
        let mut paths = None;
        let (feature, branch, what, card) = match &news.what {
            What::Push(push) => {
                paths = paths_of(push);
                let what = format!("push/{}/{}", push.branch, push.after);
                (Feature::Commits, Some(push.branch.as_str()), what, cards::push(repository, push, &news.by, people))
            }
            What::Reference(change) => {
                let how = match change.change {
                    CameOrWent::Created => "created",
                    CameOrWent::Moved => "moved",
                    CameOrWent::Deleted => "deleted",
                };
                let what = format!("{how}/{}/{}", change.name, change.sha.as_deref().unwrap_or_default());
                (Feature::Branches, Some(change.name.as_str()), what, cards::reference(repository, change, &news.by, people))
            }
            What::Release(release) if release.state != ReleaseState::Draft => {
                (Feature::Releases, None, format!("release/{}", release.id), cards::release(repository, release, people))
            }
            // A deployment becomes inactive when a later one takes its place: that is no news of it.
            What::Deployment(HostedDeployment { state, .. }) if state == "inactive" => return Vec::new(),
            What::Deployment(deployment) => {
                let what = format!("deployment/{}", deployment.id);
                (Feature::Deployments, None, what, cards::deployment(repository, deployment, people))
            }
            What::Release(_) | What::Conversation(_) | What::Checks(_) | What::Fate(_) => return Vec::new(),
        };
        let facts = Facts {
            feature,
            by: &news.by,
            branch,
            default_branch: repository.default_branch.as_deref(),
            labels: None,
            paths: paths.as_deref(),
            run: None,
        };
        let wanted = subscriptions.iter().filter(|(_, one)| one.decide(&facts, self.now).is_ok());
        let message =
            |channel: &ChannelId| to_channel(MessageKey::repository_news(&repository.name, &what, channel), channel, card.clone());
        wanted.map(|(channel, _)| message(channel)).collect()
    }

    /// The subscriptions of each channel that are about a repository. Where a channel has one to the repository and one to all of its
    /// owner, the exact one counts.
    async fn subscriptions(&self, repository: &RepositoryName) -> Result<Subscriptions, Failure> {
        let subjects = RepositoryPattern::matching(repository).map(Subject::Repositories);
        let mut by_channel = Subscriptions::new();
        for one in self.store.subscriptions_to(&subjects).await? {
            let is_live = matches!(one.terms, Some(Terms::Repository(_))) && one.parked.is_none();
            let is_exact = matches!(one.subject, Subject::Repositories(RepositoryPattern::One(_)));
            if is_live && (is_exact || !by_channel.contains_key(&one.channel)) {
                by_channel.insert(one.channel.clone(), one);
            }
        }
        Ok(by_channel)
    }

    fn is_a_services(&self, repository: &RepositoryName) -> bool {
        let services = self.catalog.into_iter().flat_map(|catalog| catalog.services.values());
        services.filter_map(|service| service.repository.as_deref()).any(|name| RepositoryName::new(name) == *repository)
    }

    /// Writes a change and nudges its messages; those that don't fit go ahead, so that what they follow from is written last.
    async fn write(&self, mut change: Change) -> Result<Commit, Failure> {
        let mut keys = lanes(&change);
        while change.messages.len() > MESSAGES_AT_ONCE {
            let messages = change.messages.drain(..MESSAGES_AT_ONCE).collect();
            self.store.commit(Change { messages, ..Change::default() }).await?;
            nudge(self.delivery, self.correlation, self.now, &keys[..MESSAGES_AT_ONCE]).await;
            keys.drain(..MESSAGES_AT_ONCE);
        }
        let done = self.store.commit(change).await?;
        if done == Commit::Done {
            nudge(self.delivery, self.correlation, self.now, &keys).await;
        }
        Ok(done)
    }
}

/// One subscription a channel.
type Subscriptions = BTreeMap<ChannelId, Subscription>;

fn to_channel(key: MessageKey, channel: &ChannelId, card: Card) -> MessageChange {
    MessageChange { key, destination: Destination::Channel { channel: channel.clone(), thread: None }, card }
}

/// The files that a push touches; `None` where that isn't known for all of its commits.
fn paths_of(push: &Push) -> Option<Vec<&str>> {
    let is_whole = push.commits.len() == push.total && push.commits.iter().all(|commit| !commit.paths.is_empty());
    is_whole.then(|| push.commits.iter().flat_map(|commit| &commit.paths).map(String::as_str).collect())
}

fn remembered(news: &RepositoryNews, push: &Push) -> RememberedPush {
    RememberedPush {
        repository: news.repository.name.clone(),
        branch: push.branch.clone(),
        before: push.before.clone(),
        after: push.after.clone(),
        commits: push.commits.iter().map(|commit| PushedCommit { paths: Vec::new(), ..commit.clone() }).collect(),
        total: push.total,
        at: news.at,
    }
}
