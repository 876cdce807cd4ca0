//! What is known of a run besides how it stands: where it comes from and what it is about.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::author::Author;
use crate::repository::RepositoryName;

/// Who runs the pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuildSystem {
    /// AWS CodePipeline; events by EventBridge.
    #[default]
    CodePipeline,
    /// AWS CodeBuild, builds that no pipeline started.
    CodeBuild,
    /// GitHub Actions.
    GithubActions,
    /// GitLab CI.
    Gitlab,
    /// `CircleCI`.
    CircleCi,
    /// Buildkite.
    Buildkite,
    /// Jenkins.
    Jenkins,
    /// Anything that speaks the documented format.
    Generic,
}

impl BuildSystem {
    /// As it stands in keys and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CodePipeline => "codepipeline",
            Self::CodeBuild => "codebuild",
            Self::GithubActions => "github",
            Self::Gitlab => "gitlab",
            Self::CircleCi => "circleci",
            Self::Buildkite => "buildkite",
            Self::Jenkins => "jenkins",
            Self::Generic => "generic",
        }
    }

    /// As people call it.
    pub fn shown(self) -> &'static str {
        match self {
            Self::CodePipeline => "CodePipeline",
            Self::CodeBuild => "CodeBuild",
            Self::GithubActions => "GitHub Actions",
            Self::Gitlab => "GitLab",
            Self::CircleCi => "CircleCI",
            Self::Buildkite => "Buildkite",
            Self::Jenkins => "Jenkins",
            Self::Generic => "CI",
        }
    }

    /// For `#[serde(skip_serializing_if)]`.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn is_codepipeline(&self) -> bool {
        *self == Self::CodePipeline
    }
}

/// What a run is about. Each sender tells some of it, in any order; what was told once stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunFacts {
    /// Whose code it builds.
    pub repository: Option<RepositoryName>,
    /// The branch, or the tag.
    pub branch: Option<String>,
    /// The run's number as people know it, without `#`.
    pub number: Option<String>,
    /// The run's page.
    pub url: Option<String>,
    /// What triggered it, in the sender's word: `push`, `pull_request`, `schedule`, `manual` …
    pub trigger: Option<String>,
    /// Who wrote the commit, or else who started the run.
    pub author: Option<Author>,
    /// The pull request it belongs to.
    pub pull: Option<u64>,
    /// When it began, by the sender's clock: decides which of two runs is the later one.
    pub started_at: Option<Timestamp>,
}

impl RunFacts {
    /// Adds what wasn't known; tells whether there was any. Somebody known by name only gives way to somebody known by more.
    pub(super) fn fill_from(&mut self, news: &Self) -> bool {
        if news.author.as_ref().is_some_and(Author::is_identified) {
            self.author.take_if(|author| !author.is_identified());
        }
        fill(&mut self.repository, news.repository.as_ref())
            | fill(&mut self.branch, news.branch.as_ref())
            | fill(&mut self.number, news.number.as_ref())
            | fill(&mut self.url, news.url.as_ref())
            | fill(&mut self.trigger, news.trigger.as_ref())
            | fill(&mut self.author, news.author.as_ref())
            | fill(&mut self.pull, news.pull.as_ref())
            | fill(&mut self.started_at, news.started_at.as_ref())
    }
}

/// Takes what wasn't known; tells whether there was any.
pub(super) fn fill<T: Clone>(mine: &mut Option<T>, theirs: Option<&T>) -> bool {
    let new = mine.is_none() && theirs.is_some();
    if new {
        *mine = theirs.cloned();
    }
    new
}

/// What an action is, as far as it makes a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// It does something.
    #[default]
    Work,
    /// It waits for a person (CodePipeline: category `Approval`; Buildkite: a block step).
    Approval,
}

/// Where the log of an action is, in CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPointer {
    /// The log group.
    pub group: String,
    /// The stream in it.
    pub stream: String,
}
