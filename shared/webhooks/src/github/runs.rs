//! Checks of commits, and runs of GitHub Actions and other apps.

use jiff::Timestamp;
use opsroom_domain::author::Author;
use opsroom_domain::pipeline_execution::{
    ActionResult, BuildSystem, ExecutionKey, Observation, RunFacts, RunReport, RunStatus, Sighting, SourceRevision,
};
use opsroom_domain::repository::conversation::{CheckResult, CheckState};
use opsroom_domain::repository::news::{ChecksNews, What};

use super::payload::{CheckBody, CommitBody, JobBody, Payload, RunBody, User};
use crate::text::{line, time};

/// The app whose suites are runs of workflows, told better by `workflow_run`.
const ACTIONS: &str = "github-actions";

pub(super) fn workflow_run(payload: &Payload) -> Option<RunReport> {
    let run = payload.workflow_run.as_ref()?;
    let repository = payload.repository.as_ref()?.name()?;
    let name = run.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "workflow".to_owned());
    let status = status_of(run.status.as_deref(), run.conclusion.as_deref());
    let facts = RunFacts {
        repository: Some(repository.clone()),
        branch: run.head_branch.clone(),
        number: run.run_number.map(|number| number.to_string()),
        url: run.html_url.clone(),
        trigger: run.event.clone(),
        author: author_of(run),
        pull: run.pull_requests.iter().flatten().find_map(|pull| pull.number),
        started_at: time(run.run_started_at.as_deref().or(run.created_at.as_deref())),
    };
    let key = key(&repository.to_string(), &name, run.id?);
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    observations.extend(source(payload, run.head_sha.as_deref(), run.head_commit.as_ref()));
    observations.push(Observation::Execution(Sighting { status, at: time(run.updated_at.as_deref()) }));
    Some(RunReport { key, observations })
}

/// Who wrote the commit, where its address tells GitHub's login; else who pushed it.
fn author_of(run: &RunBody) -> Option<Author> {
    let wrote = run.head_commit.as_ref().and_then(|commit| commit.author.as_ref()).map(User::author);
    let pushed = run.actor.as_ref().map(User::author);
    match (wrote, pushed) {
        (Some(wrote), Some(pushed)) if wrote.login.is_none() => Some(Author { login: pushed.login, is_bot: pushed.is_bot, ..wrote }),
        (wrote, pushed) => wrote.or(pushed),
    }
}

fn key(repository: &str, name: &str, id: u64) -> ExecutionKey {
    ExecutionKey {
        system: BuildSystem::GithubActions,
        pipeline: format!("{repository}: {name}").as_str().into(),
        execution: id.to_string().as_str().into(),
    }
}

fn source(payload: &Payload, sha: Option<&str>, commit: Option<&CommitBody>) -> Option<Observation> {
    let (sha, repository) = (sha?, payload.repository.as_ref()?);
    let url = repository.html_url.as_ref().map(|page| format!("{page}/commit/{sha}"));
    let summary = commit.and_then(|commit| commit.message.as_deref()).map(|message| line(message, 200));
    Some(Observation::Source(SourceRevision { id: sha.to_owned(), summary: summary.filter(|text| !text.is_empty()), url }))
}

/// Whatever ended without anybody's failure isn't one ("Checks", `conclusion`).
fn status_of(status: Option<&str>, conclusion: Option<&str>) -> RunStatus {
    match (status, conclusion) {
        (Some("completed") | None, Some(conclusion)) => match conclusion {
            "failure" | "timed_out" | "startup_failure" => RunStatus::Failed,
            "cancelled" | "stale" | "action_required" => RunStatus::Stopped,
            _ => RunStatus::Succeeded,
        },
        _ => RunStatus::InProgress,
    }
}

pub(super) fn workflow_job(payload: &Payload) -> Option<RunReport> {
    let job = payload.workflow_job.as_ref()?;
    let repository = payload.repository.as_ref()?.name()?;
    // One that was never needed is no stage.
    if job.conclusion.as_deref() == Some("skipped") {
        return None;
    }
    let key = key(&repository.to_string(), job.workflow_name.as_deref()?, job.run_id?);
    let stage = job.name.clone()?;
    let facts = RunFacts { repository: Some(repository), branch: job.head_branch.clone(), ..RunFacts::default() };
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    let sighting = |status, at: Option<&str>| time(at).map(|at| Sighting { status, at: Some(at) });
    let status = status_of(job.status.as_deref(), job.conclusion.as_deref());
    let began = sighting(RunStatus::InProgress, job.started_at.as_deref()).filter(|_| job.status.as_deref() != Some("queued"));
    let ended = sighting(status, job.completed_at.as_deref()).filter(|_| status.has_ended());
    observations.extend([began, ended].into_iter().flatten().map(|seen| Observation::Stage { stage: stage.clone(), seen: Some(seen) }));
    if status == RunStatus::Failed {
        observations.extend(failed_step(job, &stage, ended));
    }
    Some(RunReport { key, observations })
}

/// The step that failed, with its page.
fn failed_step(job: &JobBody, stage: &str, ended: Option<Sighting>) -> Option<Observation> {
    let step = job.steps.iter().flatten().find(|step| step.conclusion.as_deref() == Some("failure"))?;
    let url = job.html_url.as_ref().map(|page| match step.number {
        Some(number) => format!("{page}#step:{number}:1"),
        None => page.clone(),
    });
    Some(Observation::Action {
        stage: stage.to_owned(),
        action: step.name.clone()?,
        seen: ended?,
        result: ActionResult { url, ..ActionResult::default() },
    })
}

pub(super) fn check_suite(payload: &Payload) -> Option<RunReport> {
    let suite = payload.check_suite.as_ref()?;
    let repository = payload.repository.as_ref()?.name()?;
    let app = suite.app.as_ref()?;
    let decided = matches!(suite.conclusion.as_deref(), Some("success" | "failure" | "timed_out" | "cancelled"));
    if app.slug.as_deref() == Some(ACTIONS) || !decided {
        return None;
    }
    let name = line(app.name.as_deref().or(app.slug.as_deref())?, 100);
    let author = suite.head_commit.as_ref().and_then(|commit| commit.author.as_ref()).map(User::author);
    let url = payload.repository.as_ref()?.html_url.as_ref().zip(suite.head_sha.as_ref());
    let facts = RunFacts {
        repository: Some(repository.clone()),
        branch: suite.head_branch.clone(),
        url: url.map(|(page, sha)| format!("{page}/commit/{sha}/checks")),
        author,
        pull: suite.pull_requests.iter().flatten().find_map(|pull| pull.number),
        started_at: time(suite.created_at.as_deref()),
        ..RunFacts::default()
    };
    let status = status_of(Some("completed"), suite.conclusion.as_deref());
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    observations.extend(source(payload, suite.head_sha.as_deref(), suite.head_commit.as_ref()));
    observations.push(Observation::Execution(Sighting { status, at: time(suite.updated_at.as_deref()) }));
    Some(RunReport { key: key(&repository.to_string(), &name, suite.id?), observations })
}

fn check_state(status: Option<&str>, conclusion: Option<&str>) -> CheckState {
    match (status, conclusion) {
        (Some("completed") | None, Some(conclusion)) => match conclusion {
            "success" | "skipped" => CheckState::Passed,
            "failure" | "timed_out" | "startup_failure" | "action_required" => CheckState::Failed,
            _ => CheckState::Inconclusive,
        },
        _ => CheckState::Pending,
    }
}

pub(super) fn check_run(payload: &Payload, received_at: Timestamp) -> Option<(What, Option<Timestamp>)> {
    let check: &CheckBody = payload.check_run.as_ref()?;
    let at = time(check.completed_at.as_deref().or(check.started_at.as_deref())).unwrap_or(received_at);
    let result = CheckResult {
        name: check.name.clone().filter(|name| !name.is_empty())?,
        state: check_state(check.status.as_deref(), check.conclusion.as_deref()),
        url: check.html_url.clone(),
        at,
    };
    let news = ChecksNews {
        sha: check.head_sha.clone()?,
        branch: check.check_suite.as_ref().and_then(|suite| suite.head_branch.clone()),
        pulls: check.pull_requests.iter().flatten().filter_map(|pull| pull.number).collect(),
        results: vec![result],
    };
    Some((What::Checks(news), Some(at)))
}

pub(super) fn status(payload: &Payload, received_at: Timestamp) -> Option<(What, Option<Timestamp>)> {
    let state = match payload.state.as_deref()? {
        "success" => CheckState::Passed,
        "failure" | "error" => CheckState::Failed,
        _ => CheckState::Pending,
    };
    let at = time(payload.updated_at.as_ref().and_then(|at| at.as_str())).unwrap_or(received_at);
    let name = payload.context.clone().filter(|context| !context.is_empty())?;
    let news = ChecksNews {
        sha: payload.sha.clone()?,
        branch: payload.branches.iter().flatten().find_map(|branch| branch.name.clone()),
        pulls: Vec::new(),
        results: vec![CheckResult { name, state, url: payload.target_url.clone(), at }],
    };
    Some((What::Checks(news), Some(at)))
}
