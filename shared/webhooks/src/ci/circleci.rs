//! `CircleCI` ("Outbound webhooks", `circleci.com/docs`): `workflow-completed` and `job-completed`. There is none for a start.

use http::HeaderMap;
use opsroom_domain::author::Author;
use opsroom_domain::pipeline_execution::{ActionResult, BuildSystem, Observation, RunFacts, RunReport, RunStatus, Sighting};
use opsroom_domain::repository::RepositoryName;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{key, repository_of, source, stage};
use crate::secrets::{NotAuthentic, Secrets};
use crate::text::{line, time};
use crate::webhook::{BadRequest, Known, Reading, header};

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    happened_at: Option<String>,
    project: Project,
    workflow: Workflow,
    pipeline: Option<Pipeline>,
    job: Option<Job>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Project {
    /// `gh/acme/api`, or with ids where the project isn't GitHub's.
    slug: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Workflow {
    id: String,
    name: Option<String>,
    status: Option<String>,
    created_at: Option<String>,
    stopped_at: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pipeline {
    number: Option<u64>,
    trigger: Option<Trigger>,
    /// Of projects that GitHub's or Bitbucket's OAuth app connects.
    vcs: Option<Vcs>,
    /// Of the others.
    trigger_parameters: Option<TriggerParameters>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Trigger {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Vcs {
    target_repository_url: Option<String>,
    revision: Option<String>,
    branch: Option<String>,
    tag: Option<String>,
    commit: Option<Commit>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TriggerParameters {
    git: Option<Git>,
    #[serde(alias = "github_app")]
    gitlab: Option<Head>,
}

/// What is built, whatever the host.
#[derive(Debug, Serialize, Deserialize)]
struct Git {
    branch: Option<String>,
    tag: Option<String>,
    checkout_sha: Option<String>,
    checkout_url: Option<String>,
}

/// What the host said.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    #[serde(rename = "commit_title")]
    title: Option<String>,
    #[serde(rename = "commit_author_name")]
    author_name: Option<String>,
    #[serde(rename = "commit_author_email")]
    author_email: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Commit {
    subject: Option<String>,
    author: Option<Person>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Person {
    name: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Job {
    name: String,
    number: Option<u64>,
    status: Option<String>,
    started_at: Option<String>,
    stopped_at: Option<String>,
}

/// `circleci-signature: v1=<hex>`, perhaps with further versions behind a comma ("Validate webhooks").
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secrets: &Secrets) -> Result<(), NotAuthentic> {
    const HEADER: &str = "circleci-signature";
    let signatures = header(headers, HEADER).ok_or(NotAuthentic::Missing(HEADER))?;
    let first = signatures.split(',').find_map(|signature| signature.trim().strip_prefix("v1="));
    secrets.sign(&[body], first.ok_or(NotAuthentic::Malformed(HEADER))?, HEADER)
}

pub(crate) fn recognise(body: &RawValue) -> Result<Known, BadRequest> {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        named: Option<String>,
        id: Option<String>,
        project: Option<Project>,
    }
    let Kind { named: kind, id, project } = serde_json::from_str(body.get())
        .map_err(|error: serde_json::Error| BadRequest::Json { line: error.line(), column: error.column() })?;
    let kind = kind.ok_or_else(|| BadRequest::Field("`type` is missing".to_owned()))?;
    Ok(match kind.as_str() {
        "ping" => Known::Ping,
        "workflow-completed" | "job-completed" => {
            let place = project.and_then(|project| project.slug.or(project.name)).unwrap_or_default().to_lowercase();
            Known::Event { event: kind, delivery: id, place }
        }
        _ => Known::NotOurs { event: kind },
    })
}

pub(crate) fn trim(body: &RawValue) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&bounded(serde_json::from_str(body.get())?))
}

fn bounded(mut payload: Payload) -> Payload {
    if let Some(pipeline) = &mut payload.pipeline {
        if let Some(parameters) = pipeline.trigger_parameters.take() {
            pipeline.vcs.get_or_insert_with(|| parameters.into());
        }
        if let Some(commit) = pipeline.vcs.as_mut().and_then(|vcs| vcs.commit.as_mut()) {
            commit.subject = commit.subject.take().map(|subject| line(&subject, 200));
        }
    }
    if let Some(job) = &mut payload.job {
        job.name = line(&job.name, 100);
    }
    payload
}

pub(crate) fn read(body: &RawValue) -> Result<Reading, serde_json::Error> {
    let payload = bounded(serde_json::from_str(body.get())?);
    let pipeline = payload.pipeline.as_ref();
    let vcs = pipeline.and_then(|pipeline| pipeline.vcs.as_ref());
    let repository = vcs.and_then(|vcs| vcs.target_repository_url.as_deref()).and_then(repository_of).or_else(|| of_slug(&payload.project));
    let workflow = &payload.workflow;
    let name = workflow.name.as_deref().unwrap_or("workflow");
    let project = repository.as_ref().map(ToString::to_string).or_else(|| payload.project.name.clone()).unwrap_or_default();
    let commit = vcs.and_then(|vcs| vcs.commit.as_ref());
    let facts = RunFacts {
        repository,
        branch: vcs.and_then(|vcs| vcs.branch.clone().or_else(|| vcs.tag.clone())),
        number: pipeline.and_then(|pipeline| pipeline.number).map(|number| number.to_string()),
        url: workflow.url.clone(),
        trigger: pipeline.and_then(|pipeline| pipeline.trigger.as_ref()?.kind.clone()),
        author: commit.and_then(|commit| commit.author.as_ref()).map(|person| Author {
            name: person.name.as_deref().map(|name| line(name, 100)),
            email: person.email.clone(),
            ..Author::default()
        }),
        pull: None,
        started_at: time(workflow.created_at.as_deref()),
    };
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    observations.extend(source(vcs.and_then(|vcs| vcs.revision.as_deref()), commit.and_then(|commit| commit.subject.as_deref()), None));
    let happened = time(payload.happened_at.as_deref());
    if let Some(job) = &payload.job {
        let status = status(job.status.as_deref());
        let ended = time(job.stopped_at.as_deref()).or(happened);
        observations.push(stage(&job.name, RunStatus::InProgress, time(job.started_at.as_deref())));
        observations.push(stage(&job.name, status, ended));
        if status == RunStatus::Failed {
            let url = workflow.url.as_ref().zip(job.number).map(|(page, number)| format!("{page}/jobs/{number}"));
            observations.push(Observation::Action {
                stage: job.name.clone(),
                action: job.name.clone(),
                seen: Sighting { status, at: ended },
                result: ActionResult { url, ..ActionResult::default() },
            });
        }
    } else {
        let at = time(workflow.stopped_at.as_deref()).or(happened);
        observations.push(Observation::Execution(Sighting { status: status(workflow.status.as_deref()), at }));
    }
    Ok(RunReport { key: key(BuildSystem::CircleCi, &format!("{project}: {name}"), &workflow.id), observations }.into())
}

impl From<TriggerParameters> for Vcs {
    fn from(parameters: TriggerParameters) -> Self {
        // What there is none of is an empty text.
        let told = |text: Option<String>| text.filter(|text| !text.is_empty());
        let commit = parameters.gitlab.map(|head| Commit {
            subject: told(head.title),
            author: Some(Person { name: told(head.author_name), email: told(head.author_email) }),
        });
        let git = parameters.git;
        let of_git = |field: fn(&Git) -> &Option<String>| told(git.as_ref().and_then(|git| field(git).clone()));
        Self {
            target_repository_url: of_git(|git| &git.checkout_url),
            revision: of_git(|git| &git.checkout_sha),
            branch: of_git(|git| &git.branch),
            tag: of_git(|git| &git.tag),
            commit,
        }
    }
}

/// `acme/api` of `gh/acme/api`; the slugs of other hosts' projects (`circleci/…`) are made of ids.
fn of_slug(project: &Project) -> Option<RepositoryName> {
    let (host, path) = project.slug.as_deref()?.split_once('/')?;
    matches!(host, "gh" | "github" | "bb" | "bitbucket").then(|| RepositoryName::new(path))
}

fn status(text: Option<&str>) -> RunStatus {
    match text {
        Some("success") => RunStatus::Succeeded,
        Some("failed" | "error" | "unauthorized" | "infrastructure_fail" | "timedout") => RunStatus::Failed,
        Some("canceled" | "not_run") => RunStatus::Stopped,
        _ => RunStatus::InProgress,
    }
}

#[cfg(test)]
#[path = "circleci_tests.rs"]
mod tests;
