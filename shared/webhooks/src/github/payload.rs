//! The fields of GitHub's payloads that are read, and nothing else. They are written again where a payload is too large to be queued.

use opsroom_domain::author::Author;
use opsroom_domain::ids::Login;
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::news::{Push, Repository};
use serde::{Deserialize, Serialize};

use super::conversation_payload::{DiscussionBody, IssueBody, PullBody, RemarkBody};
use crate::text::{line, lines};

/// A payload of any event.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Payload {
    pub action: Option<String>,
    pub repository: Option<Repo>,
    pub sender: Option<User>,
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub created: Option<bool>,
    pub deleted: Option<bool>,
    pub forced: Option<bool>,
    pub compare: Option<String>,
    pub commits: Option<Vec<CommitBody>>,
    /// How many commits there were before they were cut down; ours.
    pub opsroom_total: Option<usize>,
    pub pull_request: Option<PullBody>,
    pub issue: Option<IssueBody>,
    pub discussion: Option<DiscussionBody>,
    pub review: Option<RemarkBody>,
    pub comment: Option<RemarkBody>,
    pub requested_reviewer: Option<User>,
    pub assignee: Option<User>,
    pub release: Option<ReleaseBody>,
    pub deployment: Option<DeploymentBody>,
    pub deployment_status: Option<DeploymentStatusBody>,
    pub check_run: Option<CheckBody>,
    pub check_suite: Option<CheckBody>,
    pub workflow_run: Option<RunBody>,
    pub workflow_job: Option<JobBody>,
    pub changes: Option<Changes>,
    pub sha: Option<String>,
    pub state: Option<String>,
    pub context: Option<String>,
    pub target_url: Option<String>,
    pub updated_at: Option<serde_json::Value>,
    pub branches: Option<Vec<Named>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Repo {
    pub full_name: Option<String>,
    pub html_url: Option<String>,
    pub default_branch: Option<String>,
    /// When something of it itself was changed last.
    pub updated_at: Option<serde_json::Value>,
    /// Seconds since 1970 in a push; text elsewhere.
    pub pushed_at: Option<serde_json::Value>,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub login: Option<String>,
    pub username: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub name: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CommitBody {
    pub id: Option<String>,
    pub message: Option<String>,
    pub url: Option<String>,
    pub author: Option<User>,
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub modified: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ReleaseBody {
    pub id: Option<u64>,
    pub tag_name: Option<String>,
    pub name: Option<String>,
    pub html_url: Option<String>,
    pub body: Option<String>,
    pub draft: Option<bool>,
    pub prerelease: Option<bool>,
    pub author: Option<User>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DeploymentBody {
    pub id: Option<u64>,
    pub environment: Option<String>,
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    pub sha: Option<String>,
    pub creator: Option<User>,
    pub updated_at: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DeploymentStatusBody {
    pub state: Option<String>,
    pub environment_url: Option<String>,
    pub log_url: Option<String>,
    pub target_url: Option<String>,
    pub updated_at: Option<String>,
}

/// A check run or a check suite.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CheckBody {
    pub id: Option<u64>,
    pub name: Option<String>,
    pub status: Option<String>,
    pub conclusion: Option<String>,
    pub head_sha: Option<String>,
    pub head_branch: Option<String>,
    pub html_url: Option<String>,
    pub started_at: Option<String>,
    pub completed_at: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub head_commit: Option<CommitBody>,
    pub pull_requests: Option<Vec<Numbered>>,
    pub app: Option<App>,
    pub check_suite: Option<SuiteOfRun>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SuiteOfRun {
    pub head_branch: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct App {
    pub slug: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Numbered {
    pub number: Option<u64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RunBody {
    pub id: Option<u64>,
    pub name: Option<String>,
    pub run_number: Option<u64>,
    pub event: Option<String>,
    pub status: Option<String>,
    pub conclusion: Option<String>,
    pub html_url: Option<String>,
    pub head_branch: Option<String>,
    pub head_sha: Option<String>,
    pub head_commit: Option<CommitBody>,
    pub actor: Option<User>,
    pub run_started_at: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub pull_requests: Option<Vec<Numbered>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct JobBody {
    pub run_id: Option<u64>,
    pub workflow_name: Option<String>,
    pub name: Option<String>,
    pub status: Option<String>,
    pub conclusion: Option<String>,
    pub head_branch: Option<String>,
    pub html_url: Option<String>,
    pub created_at: Option<String>,
    pub started_at: Option<String>,
    pub completed_at: Option<String>,
    pub steps: Option<Vec<StepBody>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StepBody {
    pub name: Option<String>,
    pub conclusion: Option<String>,
    pub number: Option<u64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Changes {
    pub repository: Option<RepositoryChange>,
    pub owner: Option<OwnerChange>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RepositoryChange {
    pub name: Option<Before>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    pub from: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OwnerChange {
    pub from: Option<OwnerBefore>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OwnerBefore {
    pub user: Option<User>,
    pub organization: Option<User>,
}

const TITLE: usize = 250;
const TEXT: usize = 1000;
const NAME: usize = 100;
const PATH: usize = 300;
/// More labels, reviewers or steps are not shown.
const MOST: usize = 50;

fn cut(text: &mut Option<String>, limit: usize) {
    if let Some(known) = text {
        *known = line(known, limit);
    }
}

fn cut_lines(text: &mut Option<String>) {
    if let Some(known) = text {
        *known = lines(known, TEXT);
    }
}

impl Payload {
    /// Cuts everything that can be long, so that the largest payload becomes a small one.
    pub fn bounded(mut self) -> Self {
        if let Some(commits) = &mut self.commits {
            self.opsroom_total.get_or_insert(commits.len());
            let too_many = commits.len().saturating_sub(Push::MOST_COMMITS);
            commits.drain(..too_many);
            commits.iter_mut().for_each(CommitBody::bound);
        }
        if let Some(pull) = &mut self.pull_request {
            cut(&mut pull.title, TITLE);
            bound_all(&mut pull.labels, &mut pull.assignees);
            bound_all(&mut pull.requested_teams, &mut pull.requested_reviewers);
        }
        if let Some(issue) = &mut self.issue {
            cut(&mut issue.title, TITLE);
            bound_all(&mut issue.labels, &mut issue.assignees);
        }
        if let Some(discussion) = &mut self.discussion {
            cut(&mut discussion.title, TITLE);
            bound_all(&mut discussion.labels, &mut None);
        }
        for remark in [&mut self.review, &mut self.comment].into_iter().flatten() {
            cut_lines(&mut remark.body);
        }
        if let Some(release) = &mut self.release {
            cut(&mut release.name, TITLE);
            cut_lines(&mut release.body);
        }
        for check in [&mut self.check_run, &mut self.check_suite].into_iter().flatten() {
            cut(&mut check.name, NAME);
            check.head_commit.iter_mut().for_each(CommitBody::bound);
            check.pull_requests.iter_mut().for_each(|pulls| pulls.truncate(MOST));
        }
        if let Some(run) = &mut self.workflow_run {
            cut(&mut run.name, NAME);
            run.head_commit.iter_mut().for_each(CommitBody::bound);
            run.pull_requests.iter_mut().for_each(|pulls| pulls.truncate(MOST));
        }
        if let Some(job) = &mut self.workflow_job {
            cut(&mut job.name, NAME);
            cut(&mut job.workflow_name, NAME);
            if let Some(steps) = &mut job.steps {
                steps.truncate(4 * MOST);
                for step in steps {
                    cut(&mut step.name, NAME);
                }
            }
        }
        cut(&mut self.context, NAME);
        self.branches.iter_mut().for_each(|branches| branches.truncate(1));
        self
    }
}

fn bound_all(names: &mut Option<Vec<Named>>, people: &mut Option<Vec<User>>) {
    if let Some(names) = names {
        names.truncate(MOST);
        for named in names {
            cut(&mut named.name, NAME);
        }
    }
    if let Some(people) = people {
        people.truncate(MOST);
    }
}

impl CommitBody {
    fn bound(&mut self) {
        cut(&mut self.message, 200);
        for paths in [&mut self.added, &mut self.removed, &mut self.modified] {
            paths.truncate(Push::MOST_PATHS / 3);
            for path in paths {
                *path = line(path, PATH);
            }
        }
    }
}

impl User {
    /// Whoever it is. A commit's author is known by `username` where GitHub knows the address; an address that GitHub itself gave
    /// (`…+login@users.noreply.github.com`) tells the login, too.
    pub fn author(&self) -> Author {
        let of_address = || {
            let local = self.email.as_deref()?.strip_suffix("@users.noreply.github.com")?;
            Some(local.split_once('+').map_or(local, |(_, login)| login).to_owned())
        };
        let login = self.login.clone().or_else(|| self.username.clone()).or_else(of_address).filter(|login| !login.is_empty());
        let is_bot = self.kind.as_deref() == Some("Bot") || login.as_deref().is_some_and(|login| login.ends_with("[bot]"));
        let name = self.name.as_deref().map(|name| line(name, NAME)).filter(|name| !name.is_empty());
        Author { login: login.map(|login| Login::new(line(&login, NAME))), name, email: self.email.clone(), is_bot }
    }
}

impl Repo {
    pub fn name(&self) -> Option<RepositoryName> {
        self.full_name.as_deref().map(RepositoryName::new)
    }

    pub fn described(&self) -> Option<Repository> {
        let name = self.name()?;
        let url = self.html_url.clone().unwrap_or_else(|| format!("https://github.com/{name}"));
        Some(Repository { name, url, default_branch: self.default_branch.clone() })
    }
}
