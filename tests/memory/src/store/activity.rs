//! What is known of repositories, builds and subscriptions, in memory.

use opsroom_application::ports::{
    BuildStore, Commit, LinkedLogin, LoginChange, PortError, RememberedPush, RepositoryStore, SubscriptionStore,
};
use opsroom_domain::ids::{ChannelId, Login, PipelineName};
use opsroom_domain::pipeline_execution::PipelineExecution;
use opsroom_domain::pipeline_execution::health::{Health, HealthKey};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{Conversation, ConversationKey};
use opsroom_domain::subscription::{Subject, Subscription};

use super::{MemoryStore, StoreState};
use crate::lock;

impl StoreState {
    /// Whether a change was decided on something that is no longer so.
    pub(super) fn rooms_are_stale(&self, change: &opsroom_application::ports::Change) -> bool {
        let conversations = change
            .conversations
            .iter()
            .any(|next| self.conversations.get(&next.snapshot.key).map_or(0, |known| known.version) != next.version);
        let subscriptions = change.subscriptions.iter().any(|next| {
            let key = (next.subject.clone(), next.channel.clone());
            self.subscriptions.get(&key).map_or(0, |known| known.version) != next.version
        });
        let health =
            change.health.as_ref().is_some_and(|next| self.healths.get(&next.key).map_or(0, |known| known.version) != next.version);
        let checks = change.checks.as_ref().is_some_and(|next| {
            let key = (next.repository.clone(), next.sha.clone());
            self.checks.get(&key).map_or(0, |known| known.version) != next.version
        });
        conversations || subscriptions || health || checks
    }

    /// Whose the login is that a change wants to link.
    pub(super) fn login_is_taken(&self, change: Option<&LoginChange>) -> Option<Commit> {
        let Some(LoginChange::Link(wanted)) = change else { return None };
        let holder = self.logins.get(&wanted.login)?;
        (holder.person != wanted.person).then(|| Commit::LoginTaken(holder.clone()))
    }

    pub(super) fn change_login(&mut self, change: LoginChange) {
        match change {
            LoginChange::Link(link) => {
                self.logins.insert(link.login.clone(), link);
            }
            LoginChange::Unlink { login, person } => {
                if self.logins.get(&login).is_some_and(|link| link.person == person) {
                    self.logins.remove(&login);
                }
            }
        }
    }
}

impl SubscriptionStore for MemoryStore {
    async fn subscriptions_to(&self, subjects: &[Subject]) -> Result<Vec<Subscription>, PortError> {
        self.failures.around("subscriptions_to", || {
            let state = lock(&self.state);
            state.subscriptions.values().filter(|one| subjects.contains(&one.subject)).cloned().collect()
        })
    }

    async fn subscriptions_of(&self, channel: &ChannelId) -> Result<Vec<Subscription>, PortError> {
        self.failures.around("subscriptions_of", || {
            let state = lock(&self.state);
            state.subscriptions.values().filter(|one| one.channel == *channel).cloned().collect()
        })
    }

    async fn subscription(&self, channel: &ChannelId, subject: &Subject) -> Result<Option<Subscription>, PortError> {
        let key = (subject.clone(), channel.clone());
        self.failures.around("subscription", || self.look(|state| state.subscriptions.get(&key).cloned()))
    }
}

impl RepositoryStore for MemoryStore {
    async fn conversation(&self, key: &ConversationKey) -> Result<Option<Conversation>, PortError> {
        self.failures.around("conversation", || self.look(|state| state.conversations.get(key).cloned()))
    }

    async fn pulls_at(&self, repository: &RepositoryName, sha: &str) -> Result<Vec<Conversation>, PortError> {
        self.failures.around("pulls_at", || {
            let state = lock(&self.state);
            let fits = |one: &&Conversation| {
                one.snapshot.key.repository == *repository
                    && !one.snapshot.state.is_over()
                    && one.snapshot.change.as_ref().is_some_and(|change| change.head_sha == sha)
            };
            let mut found: Vec<Conversation> = state.conversations.values().filter(fits).cloned().collect();
            found.sort_by_key(|one| one.snapshot.key.number);
            found.truncate(10);
            found
        })
    }

    async fn checks(&self, repository: &RepositoryName, sha: &str) -> Result<Option<CommitChecks>, PortError> {
        let key = (repository.clone(), sha.to_owned());
        self.failures.around("checks", || self.look(|state| state.checks.get(&key).cloned()))
    }

    async fn pushes(&self, repository: &RepositoryName, limit: usize) -> Result<Vec<RememberedPush>, PortError> {
        self.failures.around("pushes", || {
            let state = lock(&self.state);
            let of_it = state.pushes.iter().rev().filter(|((name, ..), _)| name == repository);
            of_it.take(limit).map(|(_, push)| push.clone()).collect()
        })
    }

    async fn linked(&self, logins: &[Login]) -> Result<Vec<LinkedLogin>, PortError> {
        self.failures.around("linked", || self.look(|state| logins.iter().filter_map(|login| state.logins.get(login).cloned()).collect()))
    }
}

impl BuildStore for MemoryStore {
    async fn health(&self, key: &HealthKey) -> Result<Option<Health>, PortError> {
        self.failures.around("health", || self.look(|state| state.healths.get(key).cloned()))
    }

    async fn healths(&self, limit: usize) -> Result<Vec<Health>, PortError> {
        self.failures.around("healths", || {
            let mut all: Vec<Health> = self.look(|state| state.healths.values().cloned().collect());
            all.sort_by_key(|health| {
                let broken = health.open_streak().is_some();
                (!broken, std::cmp::Reverse(health.latest.as_ref().map(|latest| latest.ended_at)))
            });
            all.truncate(limit);
            all
        })
    }

    async fn runs(&self, pipeline: &PipelineName, limit: usize) -> Result<Vec<PipelineExecution>, PortError> {
        self.failures.around("runs", || {
            let state = lock(&self.state);
            let fits = |run: &&PipelineExecution| run.key.pipeline.as_str().eq_ignore_ascii_case(pipeline.as_str());
            let mut found: Vec<PipelineExecution> = state.executions.values().filter(fits).cloned().collect();
            found.sort_by_key(|run| std::cmp::Reverse((run.began_at(), run.key.execution.clone())));
            found.truncate(limit);
            found
        })
    }
}
