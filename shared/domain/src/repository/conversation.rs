//! A pull request, an issue or a discussion: one card, kept current.
//!
//! Webhooks come late, twice and out of order. A snapshot older than what is known (by the host's `updated_at`) changes nothing,
//! a reviewer's verdict and a check's result each count by their own time.

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RepositoryName;
use crate::author::Author;
use crate::ids::{ChannelId, Login};

/// Which conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConversationKey {
    /// Where.
    pub repository: RepositoryName,
    /// Which kind. GitHub numbers pull requests and issues together, discussions too.
    pub kind: ConversationKind,
    /// Its number.
    pub number: u64,
}

/// Kinds of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// A pull request, a merge request.
    Pull,
    /// An issue.
    Issue,
    /// A discussion.
    Discussion,
}

impl ConversationKind {
    /// As it stands in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Issue => "issue",
            Self::Discussion => "discussion",
        }
    }
}

/// How a conversation stands, as one payload tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which.
    pub key: ConversationKey,
    /// Its title, 250 characters at most.
    pub title: String,
    /// Its page.
    pub url: String,
    /// Who opened it.
    pub author: Author,
    /// How it stands.
    pub state: ConversationState,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who is to see to it.
    pub assignees: Vec<Author>,
    /// Who is asked for a review and has not given one since.
    pub awaited: Vec<Author>,
    /// Of a pull request only. Payloads about an issue or a comment don't tell it.
    pub change: Option<PullChange>,
    /// Comments of all kinds, where it is told.
    pub comments: Option<u64>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When the host last changed it, to the second: decides which of two snapshots is the newer one.
    pub updated_at: Timestamp,
}

/// What a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullChange {
    /// The branch it goes into.
    pub base: String,
    /// The branch it comes from.
    pub head: String,
    /// Its newest commit.
    pub head_sha: String,
    /// Lines added; `None` where the payload doesn't tell (that of a review).
    pub additions: Option<u64>,
    /// Lines taken away.
    pub deletions: Option<u64>,
    /// Files touched.
    pub files: Option<u64>,
    /// Who merged it.
    pub merged_by: Option<Author>,
}

/// How a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// Not ready for review.
    Draft,
    /// Open.
    Open,
    /// In the base branch.
    Merged,
    /// Closed as done.
    Closed,
    /// Closed as not planned, or as a duplicate.
    NotPlanned,
    /// A discussion with an accepted answer.
    Answered,
    /// Deleted or moved away.
    Removed,
}

impl ConversationState {
    /// Whether nothing more is expected of it.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Draft | Self::Open)
    }
}

/// Something said: a comment, or a review with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The host's id for it, unique among remarks of its kind.
    pub id: u64,
    /// Who.
    pub by: Author,
    /// The text, 1000 characters at most.
    pub text: String,
    /// Its page.
    pub url: String,
    /// When.
    pub at: Timestamp,
    /// A review's verdict; `None` for a comment.
    pub verdict: Option<Verdict>,
    /// What became of it.
    pub change: RemarkChange,
}

/// What a remark's event says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkChange {
    /// It is new.
    Made,
    /// It says something else now.
    Edited,
    /// It is gone, or dismissed.
    Withdrawn,
}

/// A reviewer's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Fine.
    Approved,
    /// Not like this.
    ChangesRequested,
    /// Something to think about.
    Commented,
    /// Somebody took the verdict back.
    Dismissed,
}

/// A verdict and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The verdict.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
}

/// A check's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Its name, 100 characters at most.
    pub name: String,
    /// How it stands.
    pub state: CheckState,
    /// Its page.
    pub url: Option<String>,
    /// When it reached this.
    pub at: Timestamp,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Waits or runs.
    Pending,
    /// Fine, or skipped.
    Passed,
    /// Ended without a verdict: cancelled, stale, neutral.
    Inconclusive,
    /// Failed.
    Failed,
}

/// A conversation as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The newest snapshot.
    pub snapshot: Snapshot,
    /// The newest verdict of each reviewer, by login, in the order of their first.
    pub verdicts: IndexMap<Login, Given>,
    /// The commit that `checks` are about.
    pub checked: Option<String>,
    /// The results by name.
    pub checks: IndexMap<String, CheckResult>,
    /// In which channels it has a card.
    pub shown_in: Vec<ChannelId>,
    /// The remarks that were told below a card, newest last: only these are changed there when they are edited or withdrawn.
    #[serde(default)]
    pub told: Vec<String>,
    /// Counts writes; guards against writing over a newer one. 0 for one that was never written.
    pub version: u64,
}

/// How many checks and reviewers of a conversation are kept: an item of the table holds 400 KB.
const MOST_KEPT: usize = 100;

impl Conversation {
    /// One that was never heard of.
    pub fn first_seen(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            verdicts: IndexMap::new(),
            checked: None,
            checks: IndexMap::new(),
            shown_in: Vec::new(),
            told: Vec::new(),
            version: 0,
        }
    }

    /// Takes a snapshot in, unless a newer one is known. What it doesn't tell stays as known.
    pub fn learn(&mut self, news: &Snapshot) {
        let known = &self.snapshot;
        // The host's times have whole seconds: within one, the end of a conversation is the later word.
        let overtaken =
            news.updated_at < known.updated_at || (news.updated_at == known.updated_at && known.state.is_over() && !news.state.is_over());
        if overtaken || known.state == ConversationState::Removed {
            return;
        }
        let mut next = news.clone();
        next.change = match (next.change, known.change.clone()) {
            (Some(mut new), Some(old)) => {
                new.additions = new.additions.or(old.additions);
                new.deletions = new.deletions.or(old.deletions);
                new.files = new.files.or(old.files);
                new.merged_by = new.merged_by.or(old.merged_by);
                Some(new)
            }
            (new, old) => new.or(old),
        };
        next.comments = next.comments.or(known.comments);
        self.snapshot = next;
    }

    /// Takes a reviewer's verdict in. A comment doesn't take an earlier approval or refusal back.
    pub fn review(&mut self, by: &Login, given: Given) {
        let newer = |known: &Given| given.at > known.at && !(given.verdict == Verdict::Commented && known.verdict != Verdict::Dismissed);
        if self.verdicts.get(by).is_none_or(newer) && (self.verdicts.len() < MOST_KEPT || self.verdicts.contains_key(by)) {
            self.verdicts.insert(by.clone(), given);
        }
    }

    /// Remembers that a remark was told.
    pub fn tell(&mut self, remark: String) {
        if !self.told.contains(&remark) {
            self.told.push(remark);
            let too_many = self.told.len().saturating_sub(MOST_KEPT);
            self.told.drain(..too_many);
        }
    }

    /// Takes checks of its newest commit in; tells whether anything changed.
    pub fn check(&mut self, sha: &str, results: &[CheckResult]) -> bool {
        if self.snapshot.change.as_ref().is_none_or(|change| change.head_sha != sha) {
            return false;
        }
        if self.checked.as_deref() != Some(sha) {
            self.checked = Some(sha.to_owned());
            self.checks.clear();
        }
        let mut changed = false;
        for result in results {
            let newer = |known: &CheckResult| result.at > known.at || (result.at == known.at && result.state > known.state);
            if self.checks.get(&result.name).is_none_or(newer) && (self.checks.len() < MOST_KEPT || self.checks.contains_key(&result.name))
            {
                self.checks.insert(result.name.clone(), result.clone());
                changed = true;
            }
        }
        changed
    }

    /// The results that are about its newest commit.
    pub fn current_checks(&self) -> impl Iterator<Item = &CheckResult> {
        let current = self.checked.as_deref() == self.snapshot.change.as_ref().map(|change| change.head_sha.as_str());
        self.checks.values().filter(move |_| current)
    }
}
