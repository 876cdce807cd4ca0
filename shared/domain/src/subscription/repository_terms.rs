//! Which news of a repository a channel wants: features, and filters on them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The terms of a subscription to repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryTerms {
    /// What is shown.
    pub features: BTreeSet<Feature>,
    /// What of it.
    pub filters: Filters,
}

/// What can be shown of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Pushes; of the default branch, unless `branches:` says otherwise.
    Commits,
    /// Pull requests, one card each.
    Pulls,
    /// Issues, one card each.
    Issues,
    /// Reviews, as replies under the pull request's card.
    Reviews,
    /// Comments, as replies under the card.
    Comments,
    /// Releases.
    Releases,
    /// Deployments recorded at the host.
    Deployments,
    /// Branches and tags that come and go.
    Branches,
    /// Failing checks, as replies under the pull request's card.
    Checks,
    /// Runs of workflows.
    Workflows,
    /// Discussions, one card each.
    Discussions,
}

impl Feature {
    /// Every feature, in the order in which people are shown them.
    pub const ALL: [Self; 11] = [
        Self::Commits,
        Self::Pulls,
        Self::Issues,
        Self::Reviews,
        Self::Comments,
        Self::Releases,
        Self::Deployments,
        Self::Branches,
        Self::Checks,
        Self::Workflows,
        Self::Discussions,
    ];

    /// What is shown when none are named: what a team wants to see without being told each word that is said.
    pub const DEFAULT: [Self; 4] = [Self::Commits, Self::Pulls, Self::Issues, Self::Releases];

    /// As people type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::Pulls => "pulls",
            Self::Issues => "issues",
            Self::Reviews => "reviews",
            Self::Comments => "comments",
            Self::Releases => "releases",
            Self::Deployments => "deployments",
            Self::Branches => "branches",
            Self::Checks => "checks",
            Self::Workflows => "workflows",
            Self::Discussions => "discussions",
        }
    }

    /// The feature of a name; a missing or a superfluous `s` is forgiven.
    pub fn named(typed: &str) -> Option<Self> {
        let plain = |text: &str| text.trim_end_matches('s').to_lowercase();
        Self::ALL.into_iter().find(|feature| plain(feature.name()) == plain(typed))
    }
}

/// What of the features is shown. Empty shows all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// Globs of branches: those pushed to, those a pull request goes into.
    pub branches: Vec<String>,
    /// Labels.
    pub labels: Labels,
    /// Logins whose acts aren't shown; lower case.
    pub without_authors: BTreeSet<String>,
    /// Whether acts of apps aren't shown.
    pub without_bots: bool,
    /// Globs of files: a push is shown if it touches one of them.
    pub paths: Vec<String>,
    /// Which runs of workflows.
    pub workflows: RunFilter,
}

/// Labels that pull requests and issues must and must not have; compared without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labels {
    /// One of these, if there are any.
    pub with: BTreeSet<String>,
    /// None of these.
    pub without: BTreeSet<String>,
}

/// Which runs of workflows: `workflows:{name:CI,branch:main,event:push,only:failures}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunFilter {
    /// Globs of names; empty for all.
    pub names: Vec<String>,
    /// Globs of branches; empty for all.
    pub branches: Vec<String>,
    /// What triggers them (`push`, `pull_request`, `schedule` …); empty for all.
    pub events: Vec<String>,
    /// Only runs that failed.
    pub only_failures: bool,
}
