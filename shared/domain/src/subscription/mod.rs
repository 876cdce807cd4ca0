//! What a channel wants to see. A subscription belongs to the channel, not to the person who made it.

mod decide;
mod repository_terms;
mod watch_terms;

use std::str::FromStr as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use decide::{Facts, Hidden, RunFactsForTerms};
pub use repository_terms::{Feature, Filters, Labels, RepositoryTerms, RunFilter};
pub use watch_terms::{Occasion, WatchTerms};

use crate::ids::{ChannelId, PersonId};
use crate::repository::RepositoryPattern;

/// A channel's wish to see something, with enough of its past to undo the last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Whose.
    pub channel: ChannelId,
    /// To what.
    pub subject: Subject,
    /// Which news of it; `None` when it was ended.
    pub terms: Option<Terms>,
    /// The terms before the last change, for Undo.
    pub before: Option<Terms>,
    /// Who made the last change. Told when it is parked; decides nothing.
    pub by: PersonId,
    /// When the last change was made.
    pub at: Timestamp,
    /// Nothing new is shown until then.
    pub muted_until: Option<Timestamp>,
    /// Why nothing can be shown any more, if so. Subscribing again takes it off.
    pub parked: Option<Parked>,
    /// Counts writes; guards against writing over a newer one, and says which change an Undo button undoes.
    pub version: u64,
}

/// What is subscribed to. Subscriptions are found by exactly these values, never by going through all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "to", content = "which", rename_all = "snake_case")]
pub enum Subject {
    /// `gh subscribe acme/api`: what happens in a repository, or in all of an owner.
    Repositories(RepositoryPattern),
    /// `build watch …`: runs of pipelines.
    Builds(BuildTarget),
}

/// Whose runs are watched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "of", content = "name", rename_all = "snake_case")]
pub enum BuildTarget {
    /// A pipeline by its name, in any system; lower case.
    Pipeline(String),
    /// All pipelines of a repository, or of all repositories of an owner.
    Repository(RepositoryPattern),
    /// Everything.
    All,
}

impl BuildTarget {
    /// What somebody typed: `*`, something with a `/` for a repository (or `owner/*`), else a pipeline's name.
    pub fn typed(text: &str) -> Self {
        let text = text.trim();
        match RepositoryPattern::from_str(text) {
            _ if text == "*" => Self::All,
            Ok(pattern) => Self::Repository(pattern),
            Err(_) => Self::Pipeline(text.to_lowercase()),
        }
    }
}

impl std::fmt::Display for BuildTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pipeline(name) => f.write_str(name),
            Self::Repository(pattern) => write!(f, "{pattern}"),
            Self::All => f.write_str("*"),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Repositories(pattern) => write!(f, "{pattern}"),
            Self::Builds(target) => write!(f, "{target}"),
        }
    }
}

/// Which news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "terms", rename_all = "snake_case")]
pub enum Terms {
    /// Of repositories.
    Repository(RepositoryTerms),
    /// Of builds.
    Watch(WatchTerms),
}

/// Why a subscription rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub why: ParkedBecause,
}

/// Reasons to rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum ParkedBecause {
    /// The channel is archived, deleted, or Opsroom was taken out of it; Slack's error code.
    Channel {
        /// `is_archived`, `channel_not_found`, `not_in_channel` …
        error: String,
    },
    /// The repository has another name now.
    RepositoryRenamed {
        /// The new one.
        to: String,
    },
    /// The repository is gone.
    RepositoryDeleted,
}

impl Subscription {
    /// Whether anything new is to be shown now.
    pub fn is_awake(&self, now: Timestamp) -> bool {
        self.terms.is_some() && self.parked.is_none() && self.muted_until.is_none_or(|until| until <= now)
    }
}
