//! News of a repository, as every host's payloads are read into them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RepositoryName;
use super::conversation::{CheckResult, Remark, Snapshot};
use crate::author::Author;

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryNews {
    /// Where it happened.
    pub repository: Repository,
    /// Who did it (GitHub: `sender`).
    pub by: Author,
    /// When it happened as far as the payload tells, else when it arrived.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// A repository as a payload describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// `acme/api`
    pub name: RepositoryName,
    /// Its page.
    pub url: String,
    /// The branch that counts when none is named.
    pub default_branch: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one at a time is on its way; a box would only be another allocation")]
pub enum What {
    /// Commits arrived on a branch, or a branch was moved by force.
    Push(Push),
    /// A branch or a tag came or went.
    Reference(ReferenceChange),
    /// A pull request, an issue or a discussion has changed.
    Conversation(Box<ConversationNews>),
    /// Checks of a commit have something to say.
    Checks(ChecksNews),
    /// A release was published or changed.
    Release(Release),
    /// A deployment recorded at the host (GitHub's Deployments API), not one of ours.
    Deployment(HostedDeployment),
    /// The repository itself was renamed, moved, archived or deleted.
    Fate(Fate),
}

/// Commits on a branch (GitHub: `push` with `refs/heads/`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The commit before.
    pub before: String,
    /// The commit after.
    pub after: String,
    /// Whether what was there is gone.
    pub forced: bool,
    /// Whether the branch came with this push (GitHub: `created`).
    pub created: bool,
    /// The commits, oldest first; at most [`Push::MOST_COMMITS`] of the newest.
    pub commits: Vec<Commit>,
    /// How many there were.
    pub total: usize,
    /// The page that compares before and after.
    pub compare: Option<String>,
}

impl Push {
    /// How many commits of a push are kept.
    pub const MOST_COMMITS: usize = 30;
    /// How many changed files of a commit are kept, for the filter on paths.
    pub const MOST_PATHS: usize = 200;
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Its full id.
    pub sha: String,
    /// The first line of its message, 200 characters at most, as written by its author: may hold anything.
    pub title: String,
    /// Its page.
    pub url: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// The files it touches, as far as the sender lists them.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// A branch or a tag came or went (GitHub: `push` of a tag, `create`, `delete`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceChange {
    /// Which kind.
    pub kind: ReferenceKind,
    /// Its name, without `refs/…/`.
    pub name: String,
    /// Came or went.
    pub change: CameOrWent,
    /// The commit it points or pointed to, where it is told.
    pub sha: Option<String>,
}

/// A kind of reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// A branch.
    Branch,
    /// A tag.
    Tag,
}

/// Came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameOrWent {
    /// Is there now.
    Created,
    /// Points elsewhere now (a tag).
    Moved,
    /// Is gone.
    Deleted,
}

/// A pull request, an issue or a discussion has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationNews {
    /// How it stands after the change.
    pub snapshot: Snapshot,
    /// What was done to it.
    pub act: Act,
}

/// What was done to a pull request, an issue or a discussion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Opened.
    Opened,
    /// Closed, merged or answered; the snapshot says which.
    Closed,
    /// Opened again.
    Reopened,
    /// A draft is ready for review.
    ReadyForReview,
    /// Somebody is asked for a review.
    ReviewRequested {
        /// Who; `None` for a team.
        of: Option<Author>,
    },
    /// Somebody is to see to it.
    Assigned {
        /// Who.
        to: Author,
    },
    /// New commits, another title, labels, milestones: the card changes, and nobody is told.
    Edited,
    /// A review was submitted, changed or dismissed.
    Reviewed(Remark),
    /// Somebody said something.
    Commented(Remark),
    /// It was deleted or moved away.
    Removed,
}

/// Checks of a commit (GitHub: `check_run`, `check_suite`, `status`, `workflow_run`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecksNews {
    /// The commit.
    pub sha: String,
    /// The branch, where it is told.
    pub branch: Option<String>,
    /// The open pull requests that the host says it belongs to.
    pub pulls: Vec<u64>,
    /// The results, each under a name of its own.
    pub results: Vec<CheckResult>,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The host's id for it.
    pub id: u64,
    /// Its tag.
    pub tag: String,
    /// Its title.
    pub title: Option<String>,
    /// Its page.
    pub url: String,
    /// The first lines of its notes, 500 characters at most.
    pub notes: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// How it stands.
    pub state: ReleaseState,
}

/// How a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseState {
    /// For everybody.
    Published,
    /// For those who want it early.
    Prerelease,
    /// Not yet for anybody; never shown.
    Draft,
    /// Taken back.
    Deleted,
}

/// A deployment recorded at the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedDeployment {
    /// The host's id for it.
    pub id: u64,
    /// Where to.
    pub environment: String,
    /// The branch, tag or commit.
    pub reference: String,
    /// The commit.
    pub sha: String,
    /// How it stands, in the host's words (`pending`, `in_progress`, `success`, `failure`, `error`, `inactive`, `queued`, `waiting`).
    pub state: String,
    /// The deployed thing's page, or the log's.
    pub url: Option<String>,
    /// Who asked for it.
    pub author: Author,
}

/// What became of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// It has another name or owner now; the news' repository is the new one.
    Renamed {
        /// The name before.
        from: RepositoryName,
    },
    /// It is gone.
    Deleted,
    /// Nobody can change it any more.
    Archived,
    /// It was archived and is alive again.
    Unarchived,
}
