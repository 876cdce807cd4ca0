//! Pushes, releases, deployments, and what becomes of a repository.

use jiff::Timestamp;
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::news::{
    CameOrWent, Commit, Fate, HostedDeployment, Push, ReferenceChange, ReferenceKind, Release, ReleaseState, What,
};

use super::conversations::author;
use super::payload::{CommitBody, Payload, User};
use crate::text::{line, lines, time};

/// With GitHub's time of the push, so that the same push has the same time however often it is told.
pub(super) fn push(payload: &Payload) -> Option<(What, Option<Timestamp>)> {
    let pushed_at = payload.repository.as_ref()?.pushed_at.as_ref().and_then(serde_json::Value::as_i64);
    Some((pushed(payload)?, pushed_at.and_then(|at| Timestamp::from_second(at).ok())))
}

fn pushed(payload: &Payload) -> Option<What> {
    let reference = payload.reference.as_deref()?;
    let (kind, name) = match (reference.strip_prefix("refs/heads/"), reference.strip_prefix("refs/tags/")) {
        (Some(branch), _) => (ReferenceKind::Branch, branch),
        (_, Some(tag)) => (ReferenceKind::Tag, tag),
        _ => return None,
    };
    let name = line(name, 200);
    let (created, deleted) = (payload.created == Some(true), payload.deleted == Some(true));
    let commits: Vec<Commit> = payload.commits.iter().flatten().filter_map(commit).collect();
    let change = match (kind, deleted, created) {
        (_, true, _) => CameOrWent::Deleted,
        (ReferenceKind::Tag, _, false) => CameOrWent::Moved,
        (ReferenceKind::Tag, _, true) => CameOrWent::Created,
        (ReferenceKind::Branch, _, true) if commits.is_empty() => CameOrWent::Created,
        (ReferenceKind::Branch, ..) => {
            return Some(What::Push(Push {
                branch: name,
                before: payload.before.clone()?,
                after: payload.after.clone()?,
                forced: payload.forced == Some(true),
                created,
                total: payload.opsroom_total.unwrap_or(commits.len()).max(commits.len()),
                commits,
                compare: payload.compare.clone(),
            }));
        }
    };
    let sha = if deleted { &payload.before } else { &payload.after };
    Some(What::Reference(ReferenceChange { kind, name, change, sha: sha.clone() }))
}

fn commit(body: &CommitBody) -> Option<Commit> {
    let title = line(body.message.as_deref().unwrap_or_default(), 200);
    Some(Commit {
        sha: body.id.clone()?,
        title: if title.is_empty() { "(no message)".to_owned() } else { title },
        url: body.url.clone(),
        author: body.author.as_ref().map(User::author).unwrap_or_default(),
        paths: [&body.added, &body.modified, &body.removed].into_iter().flatten().cloned().collect(),
    })
}

pub(super) fn release(payload: &Payload) -> Option<What> {
    let release = payload.release.as_ref()?;
    let state = match payload.action.as_deref() {
        Some("deleted" | "unpublished") => ReleaseState::Deleted,
        _ if release.draft == Some(true) => ReleaseState::Draft,
        _ if release.prerelease == Some(true) => ReleaseState::Prerelease,
        _ => ReleaseState::Published,
    };
    Some(What::Release(Release {
        id: release.id?,
        tag: line(release.tag_name.as_deref()?, 200),
        title: release.name.clone().filter(|name| !name.is_empty()),
        url: release.html_url.clone()?,
        notes: release.body.as_deref().map(|body| lines(body, 500)).filter(|notes| !notes.is_empty()),
        author: author(release.author.as_ref()),
        state,
    }))
}

/// With the time of the status, because statuses of one deployment overtake each other.
pub(super) fn deployment(payload: &Payload) -> Option<(What, Option<Timestamp>)> {
    let deployment = payload.deployment.as_ref()?;
    let status = payload.deployment_status.as_ref();
    let at = status.map_or(deployment.updated_at.as_deref(), |status| status.updated_at.as_deref());
    let url = status.and_then(|status| {
        let pages = [&status.environment_url, &status.log_url, &status.target_url];
        pages.into_iter().flatten().find(|url| !url.is_empty()).cloned()
    });
    let what = What::Deployment(HostedDeployment {
        id: deployment.id?,
        environment: line(deployment.environment.as_deref()?, 100),
        reference: line(deployment.reference.as_deref().unwrap_or_default(), 200),
        sha: deployment.sha.clone().unwrap_or_default(),
        state: status.and_then(|status| status.state.clone()).unwrap_or_else(|| "pending".to_owned()),
        url,
        author: author(deployment.creator.as_ref()),
    });
    Some((what, time(at)))
}

/// With the moment of what may happen several times, so that it is the same whichever hook tells it.
pub(super) fn fate(payload: &Payload) -> Option<(What, Option<Timestamp>)> {
    let now = payload.repository.as_ref()?.name()?;
    let bare = now.as_str().split_once('/').map_or("", |(_, name)| name);
    let changes = payload.changes.as_ref();
    let fate = match payload.action.as_deref()? {
        "renamed" => {
            let before = changes?.repository.as_ref()?.name.as_ref()?.from.as_deref()?;
            Fate::Renamed { from: RepositoryName::new(&format!("{}/{before}", now.owner())) }
        }
        "transferred" => {
            let before = changes?.owner.as_ref()?.from.as_ref()?;
            let owner = before.user.as_ref().or(before.organization.as_ref())?.login.as_deref()?;
            Fate::Renamed { from: RepositoryName::new(&format!("{owner}/{bare}")) }
        }
        "deleted" => Fate::Deleted,
        "archived" => Fate::Archived,
        "unarchived" => Fate::Unarchived,
        _ => return None,
    };
    let changed_at = || time(payload.repository.as_ref()?.updated_at.as_ref()?.as_str());
    let at = if matches!(fate, Fate::Archived | Fate::Unarchived) { changed_at() } else { None };
    Some((What::Fate(fate), at))
}
