//! The fields of pull requests, issues, discussions, reviews and comments that are read.

use serde::{Deserialize, Serialize};

use super::payload::{Named, User};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PullBody {
    pub number: Option<u64>,
    pub title: Option<String>,
    pub html_url: Option<String>,
    pub state: Option<String>,
    pub draft: Option<bool>,
    pub merged: Option<bool>,
    pub merged_at: Option<String>,
    pub merged_by: Option<User>,
    pub user: Option<User>,
    pub base: Option<Branch>,
    pub head: Option<Branch>,
    pub labels: Option<Vec<Named>>,
    pub assignees: Option<Vec<User>>,
    pub requested_reviewers: Option<Vec<User>>,
    pub requested_teams: Option<Vec<Named>>,
    pub additions: Option<u64>,
    pub deletions: Option<u64>,
    pub changed_files: Option<u64>,
    pub comments: Option<u64>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Branch {
    #[serde(rename = "ref")]
    pub name: Option<String>,
    pub sha: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct IssueBody {
    pub number: Option<u64>,
    pub title: Option<String>,
    pub html_url: Option<String>,
    pub state: Option<String>,
    pub state_reason: Option<String>,
    pub draft: Option<bool>,
    pub user: Option<User>,
    pub labels: Option<Vec<Named>>,
    pub assignees: Option<Vec<User>>,
    pub comments: Option<u64>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub pull_request: Option<PullOfIssue>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PullOfIssue {
    pub merged_at: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DiscussionBody {
    pub number: Option<u64>,
    pub title: Option<String>,
    pub html_url: Option<String>,
    pub state: Option<String>,
    pub answer_chosen_at: Option<String>,
    pub user: Option<User>,
    pub labels: Option<Vec<Named>>,
    pub comments: Option<u64>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}

/// A review or a comment.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RemarkBody {
    pub id: Option<u64>,
    pub user: Option<User>,
    pub body: Option<String>,
    pub state: Option<String>,
    pub html_url: Option<String>,
    pub submitted_at: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}
