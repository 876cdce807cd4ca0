//! What is known of repositories, builds, and what channels want to see of them. Written by [`Store::commit`](super::Store::commit).

use jiff::Timestamp;
use opsroom_domain::ids::{ChannelId, Login, PersonId, PipelineName};
use opsroom_domain::pipeline_execution::PipelineExecution;
use opsroom_domain::pipeline_execution::health::{Health, HealthKey};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{Conversation, ConversationKey};
use opsroom_domain::repository::news::Commit;
use opsroom_domain::subscription::{Subject, Subscription};
use serde::{Deserialize, Serialize};

use super::PortError;

/// A push, as it is remembered: so that deployments show what is in them, and so that a broken build finds its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedPush {
    /// Where.
    pub repository: RepositoryName,
    /// The branch.
    pub branch: String,
    /// The commit before.
    pub before: String,
    /// The commit after.
    pub after: String,
    /// The commits without their paths, oldest first.
    pub commits: Vec<Commit>,
    /// How many there were.
    pub total: usize,
    /// When.
    pub at: Timestamp,
}

/// Who a login is in Slack, by that person's own word (`gh link`). The catalog's word goes before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedLogin {
    /// The login, in lower case.
    pub login: Login,
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub at: Timestamp,
}

/// What happens to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginChange {
    /// Is made; fails with [`Commit::LoginTaken`](super::Commit::LoginTaken) if somebody else has it.
    Link(LinkedLogin),
    /// Is taken off, if this person has it.
    Unlink {
        /// The login, in lower case.
        login: Login,
        /// Who.
        person: PersonId,
    },
}

/// Reads what channels want to see.
pub trait SubscriptionStore: Send + Sync {
    /// Every subscription to one of these subjects, ended and parked ones included. One query for each subject, whatever else is
    /// subscribed to elsewhere.
    fn subscriptions_to(&self, subjects: &[Subject]) -> impl Future<Output = Result<Vec<Subscription>, PortError>> + Send;

    /// Every subscription of a channel, ended and parked ones included (strongly consistent where one subject is asked for with
    /// [`subscription`](Self::subscription), eventually here).
    fn subscriptions_of(&self, channel: &ChannelId) -> impl Future<Output = Result<Vec<Subscription>, PortError>> + Send;

    /// One subscription (strongly consistent).
    fn subscription(&self, channel: &ChannelId, subject: &Subject) -> impl Future<Output = Result<Option<Subscription>, PortError>> + Send;
}

/// Reads what is known of repositories.
pub trait RepositoryStore: Send + Sync {
    /// A conversation (strongly consistent).
    fn conversation(&self, key: &ConversationKey) -> impl Future<Output = Result<Option<Conversation>, PortError>> + Send;

    /// The pull requests whose newest commit this is, ten at most.
    fn pulls_at(&self, repository: &RepositoryName, sha: &str) -> impl Future<Output = Result<Vec<Conversation>, PortError>> + Send;

    /// How the checks of a commit stand, if anything was heard of them (strongly consistent). `sha` is the whole id.
    fn checks(&self, repository: &RepositoryName, sha: &str) -> impl Future<Output = Result<Option<CommitChecks>, PortError>> + Send;

    /// The latest pushes, newest first, at most `limit`.
    fn pushes(&self, repository: &RepositoryName, limit: usize) -> impl Future<Output = Result<Vec<RememberedPush>, PortError>> + Send;

    /// Who these logins are; those that nobody is linked to are left out. One call for up to 100.
    fn linked(&self, logins: &[Login]) -> impl Future<Output = Result<Vec<LinkedLogin>, PortError>> + Send;
}

/// Reads what is known of builds.
pub trait BuildStore: Send + Sync {
    /// How a branch of a pipeline stands (strongly consistent).
    fn health(&self, key: &HealthKey) -> impl Future<Output = Result<Option<Health>, PortError>> + Send;

    /// How everything stands: what is broken first, then the rest, each newest first, at most `limit`.
    fn healths(&self, limit: usize) -> impl Future<Output = Result<Vec<Health>, PortError>> + Send;

    /// The latest runs of a pipeline by its name, in any system and without regard to case, newest first, at most `limit`.
    fn runs(&self, pipeline: &PipelineName, limit: usize) -> impl Future<Output = Result<Vec<PipelineExecution>, PortError>> + Send;
}
