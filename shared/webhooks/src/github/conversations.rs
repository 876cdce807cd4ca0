//! Pull requests, issues and discussions.

use jiff::Timestamp;
use opsroom_domain::author::Author;
use opsroom_domain::repository::conversation::{
    ConversationKey, ConversationKind, ConversationState, PullChange, Remark, RemarkChange, Snapshot, Verdict,
};
use opsroom_domain::repository::news::{Act, ConversationNews};

use super::conversation_payload::{Branch, DiscussionBody, IssueBody, PullBody, RemarkBody};
use super::payload::{Named, Payload, User};
use crate::text::time;

/// Comments on lines of a diff are numbered apart from other comments; this keeps their numbers apart here, too.
const ON_DIFF: u64 = 1 << 62;

/// What an event tells of a conversation, and when.
pub(super) fn news(event: &str, payload: &Payload) -> Option<(ConversationNews, Timestamp)> {
    let action = payload.action.as_deref().unwrap_or_default();
    let mut snapshot = snapshot(payload)?;
    let act = match event {
        "pull_request" | "issues" | "discussion" => act(action, payload),
        "pull_request_review" => Act::Reviewed(review(payload.review.as_ref()?, action)?),
        "pull_request_review_comment" => {
            let said = comment(payload.comment.as_ref()?, action)?;
            Act::Commented(Remark { id: said.id | ON_DIFF, ..said })
        }
        "issue_comment" | "discussion_comment" => Act::Commented(comment(payload.comment.as_ref()?, action)?),
        _ => return None,
    };
    if act == Act::Removed {
        snapshot.state = ConversationState::Removed;
    }
    let at = match &act {
        Act::Reviewed(remark) | Act::Commented(remark) => remark.at,
        _ => snapshot.updated_at,
    };
    Some((ConversationNews { snapshot, act }, at))
}

fn act(action: &str, payload: &Payload) -> Act {
    match action {
        "opened" | "created" => Act::Opened,
        "closed" | "answered" => Act::Closed,
        "reopened" => Act::Reopened,
        "ready_for_review" => Act::ReadyForReview,
        "review_requested" => Act::ReviewRequested { of: payload.requested_reviewer.as_ref().map(User::author) },
        "assigned" => match &payload.assignee {
            Some(assignee) => Act::Assigned { to: assignee.author() },
            None => Act::Edited,
        },
        "deleted" | "transferred" => Act::Removed,
        _ => Act::Edited,
    }
}

fn snapshot(payload: &Payload) -> Option<Snapshot> {
    let repository = payload.repository.as_ref()?.name()?;
    let key = |kind, number: Option<u64>| Some(ConversationKey { repository: repository.clone(), kind, number: number? });
    if let Some(pull) = &payload.pull_request {
        return of_pull(pull, key(ConversationKind::Pull, pull.number)?);
    }
    if let Some(issue) = &payload.issue {
        let kind = if issue.pull_request.is_some() { ConversationKind::Pull } else { ConversationKind::Issue };
        return of_issue(issue, key(kind, issue.number)?);
    }
    let discussion = payload.discussion.as_ref()?;
    of_discussion(discussion, key(ConversationKind::Discussion, discussion.number)?)
}

fn of_pull(pull: &PullBody, key: ConversationKey) -> Option<Snapshot> {
    // Payloads about reviews don't have `merged`.
    let merged = pull.merged == Some(true) || pull.merged_at.is_some();
    let state = match pull.state.as_deref() {
        _ if merged => ConversationState::Merged,
        Some("closed") => ConversationState::Closed,
        _ if pull.draft == Some(true) => ConversationState::Draft,
        _ => ConversationState::Open,
    };
    let name = |branch: &Option<Branch>| branch.as_ref().and_then(|branch| branch.name.clone()).unwrap_or_default();
    let head_sha = pull.head.as_ref().and_then(|head| head.sha.clone()).unwrap_or_default();
    let teams = pull.requested_teams.iter().flatten().filter_map(|team| team.name.clone());
    let teams = teams.map(|name| Author { name: Some(name), ..Author::default() });
    Some(Snapshot {
        title: title(pull.title.as_deref()),
        url: pull.html_url.clone().unwrap_or_default(),
        author: author(pull.user.as_ref()),
        state,
        labels: names(pull.labels.as_deref()),
        assignees: authors(pull.assignees.as_deref()),
        awaited: authors(pull.requested_reviewers.as_deref()).into_iter().chain(teams).collect(),
        change: Some(PullChange {
            base: name(&pull.base),
            head: name(&pull.head),
            head_sha,
            additions: pull.additions,
            deletions: pull.deletions,
            files: pull.changed_files,
            merged_by: pull.merged_by.as_ref().map(User::author),
        }),
        comments: pull.comments,
        created_at: time(pull.created_at.as_deref())?,
        updated_at: time(pull.updated_at.as_deref())?,
        key,
    })
}

fn of_issue(issue: &IssueBody, key: ConversationKey) -> Option<Snapshot> {
    let merged = issue.pull_request.as_ref().is_some_and(|pull| pull.merged_at.is_some());
    let state = match (issue.state.as_deref(), issue.state_reason.as_deref()) {
        (Some("closed"), _) if merged => ConversationState::Merged,
        (Some("closed"), Some("not_planned" | "duplicate")) => ConversationState::NotPlanned,
        (Some("closed"), _) => ConversationState::Closed,
        _ if issue.draft == Some(true) => ConversationState::Draft,
        _ => ConversationState::Open,
    };
    Some(Snapshot {
        title: title(issue.title.as_deref()),
        url: issue.html_url.clone().unwrap_or_default(),
        author: author(issue.user.as_ref()),
        state,
        labels: names(issue.labels.as_deref()),
        assignees: authors(issue.assignees.as_deref()),
        awaited: Vec::new(),
        change: None,
        comments: issue.comments,
        created_at: time(issue.created_at.as_deref())?,
        updated_at: time(issue.updated_at.as_deref())?,
        key,
    })
}

fn of_discussion(discussion: &DiscussionBody, key: ConversationKey) -> Option<Snapshot> {
    let state = match discussion.state.as_deref() {
        _ if discussion.answer_chosen_at.is_some() => ConversationState::Answered,
        Some("closed") => ConversationState::Closed,
        _ => ConversationState::Open,
    };
    Some(Snapshot {
        title: title(discussion.title.as_deref()),
        url: discussion.html_url.clone().unwrap_or_default(),
        author: author(discussion.user.as_ref()),
        state,
        labels: names(discussion.labels.as_deref()),
        assignees: Vec::new(),
        awaited: Vec::new(),
        change: None,
        comments: discussion.comments,
        created_at: time(discussion.created_at.as_deref())?,
        updated_at: time(discussion.updated_at.as_deref())?,
        key,
    })
}

/// A title is never empty at GitHub; it may be nothing but what can't be seen.
fn title(text: Option<&str>) -> String {
    text.map(|text| crate::text::line(text, 250)).filter(|text| !text.is_empty()).unwrap_or_else(|| "(no title)".to_owned())
}

/// Accounts that are gone are `null`; GitHub shows them as its ghost.
pub(super) fn author(user: Option<&User>) -> Author {
    user.map_or_else(|| Author::login("ghost"), User::author)
}

fn authors(users: Option<&[User]>) -> Vec<Author> {
    users.unwrap_or_default().iter().map(User::author).collect()
}

fn names(named: Option<&[Named]>) -> Vec<String> {
    named.unwrap_or_default().iter().filter_map(|named| named.name.clone()).collect()
}

fn comment(body: &RemarkBody, action: &str) -> Option<Remark> {
    let change = match action {
        "created" => RemarkChange::Made,
        "edited" => RemarkChange::Edited,
        "deleted" => RemarkChange::Withdrawn,
        _ => return None,
    };
    Some(Remark {
        id: body.id?,
        by: author(body.user.as_ref()),
        text: body.body.clone().unwrap_or_default(),
        url: body.html_url.clone().unwrap_or_default(),
        at: time(body.updated_at.as_deref().or(body.created_at.as_deref()))?,
        verdict: None,
        change,
    })
}

fn review(body: &RemarkBody, action: &str) -> Option<Remark> {
    let change = match action {
        "submitted" => RemarkChange::Made,
        "edited" => RemarkChange::Edited,
        "dismissed" => RemarkChange::Withdrawn,
        _ => return None,
    };
    let verdict = match body.state.as_deref().map(str::to_lowercase).as_deref() {
        _ if change == RemarkChange::Withdrawn => Verdict::Dismissed,
        Some("approved") => Verdict::Approved,
        Some("changes_requested") => Verdict::ChangesRequested,
        Some("dismissed") => Verdict::Dismissed,
        _ => Verdict::Commented,
    };
    let at = time(body.updated_at.as_deref()).or_else(|| time(body.submitted_at.as_deref()))?;
    Some(Remark {
        id: body.id?,
        by: author(body.user.as_ref()),
        text: body.body.clone().unwrap_or_default(),
        url: body.html_url.clone().unwrap_or_default(),
        at,
        verdict: Some(verdict),
        change,
    })
}
