//! `CodeBuild`'s events as EventBridge delivers them ("`CodeBuild` Build State Change", AWS CodeBuild user guide, "Build notifications
//! input format reference"). A build that a pipeline started is told by the pipeline.

use jiff::Timestamp;
use opsroom_domain::pipeline_execution::{
    ActionResult, BuildSystem, ExecutionKey, LogPointer, Observation, RunFacts, RunReport, RunStatus, Sighting, SourceRevision,
};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use serde::Deserialize;

#[derive(Deserialize)]
struct Envelope {
    time: Timestamp,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Detail {
    build_status: String,
    project_name: String,
    build_id: String,
    additional_information: Option<Information>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Information {
    initiator: Option<String>,
    build_number: Option<f64>,
    logs: Option<Logs>,
    source: Option<Source>,
    source_version: Option<String>,
    build_start_time: Option<String>,
    phases: Vec<Phase>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Logs {
    group_name: Option<String>,
    stream_name: Option<String>,
    deep_link: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    location: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Phase {
    #[serde(rename = "phase-type")]
    kind: String,
    #[serde(rename = "phase-status")]
    status: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    #[serde(rename = "phase-context", default)]
    context: Vec<Option<String>>,
}

/// Reads an event's JSON; `None` for a build that a pipeline started, and for what says nothing about how a build stands.
pub fn read(json: &str) -> Result<Option<RunReport>, serde_json::Error> {
    let Envelope { time, detail } = serde_json::from_str(json)?;
    let told = detail.additional_information.unwrap_or_default();
    let status = match detail.build_status.as_str() {
        "IN_PROGRESS" => RunStatus::InProgress,
        "SUCCEEDED" => RunStatus::Succeeded,
        "FAILED" | "FAULT" | "TIMED_OUT" => RunStatus::Failed,
        "STOPPED" => RunStatus::Stopped,
        _ => return Ok(None),
    };
    if told.initiator.as_deref().is_some_and(|initiator| initiator.starts_with("codepipeline/")) {
        return Ok(None);
    }
    // arn:aws:codebuild:<region>:<account>:build/<project>:<uuid>
    let run = detail.build_id.rsplit(':').next().unwrap_or(&detail.build_id);
    let key = ExecutionKey { system: BuildSystem::CodeBuild, pipeline: detail.project_name.as_str().into(), execution: run.into() };
    let location = told.source.as_ref().and_then(|source| source.location.as_deref()).and_then(repository);
    let facts = RunFacts {
        repository: location,
        #[allow(clippy::cast_possible_truncation, reason = "EventBridge writes whole numbers as floats")]
        number: told.build_number.map(|number| (number as i64).to_string()),
        url: told.logs.as_ref().and_then(|logs| logs.deep_link.clone()),
        trigger: told.initiator.clone(),
        started_at: told.build_start_time.as_deref().and_then(moment),
        ..RunFacts::default()
    };
    let mut observations = vec![Observation::Facts(Box::new(facts))];
    if let Some(id) = told.source_version.clone().filter(|version| !version.is_empty() && !version.starts_with("arn:")) {
        observations.push(Observation::Source(SourceRevision { id, summary: None, url: None }));
    }
    for phase in &told.phases {
        observations.extend(of_phase(phase, &told));
    }
    observations.push(Observation::Execution(Sighting { status, at: Some(time) }));
    Ok(Some(RunReport { key, observations }))
}

fn of_phase(phase: &Phase, told: &Information) -> Vec<Observation> {
    // The last one, `COMPLETED`, has neither status nor end.
    let Some(status) = &phase.status else { return Vec::new() };
    let status = match status.as_str() {
        "SUCCEEDED" => RunStatus::Succeeded,
        "FAILED" | "FAULT" | "TIMED_OUT" | "CLIENT_ERROR" => RunStatus::Failed,
        "STOPPED" => RunStatus::Stopped,
        _ => return Vec::new(),
    };
    let stage = phase.kind.clone();
    let seen = |status, at: Option<&String>| at.and_then(|at| moment(at)).map(|at| Sighting { status, at: Some(at) });
    let began = seen(RunStatus::InProgress, phase.start_time.as_ref());
    let ended = seen(status, phase.end_time.as_ref());
    let mut observations: Vec<Observation> =
        [began, ended].into_iter().flatten().map(|seen| Observation::Stage { stage: stage.clone(), seen: Some(seen) }).collect();
    if let (RunStatus::Failed, Some(seen)) = (status, ended) {
        let summary = phase.context.iter().flatten().find(|context| !context.trim().trim_matches(':').trim().is_empty()).cloned();
        let result = ActionResult {
            url: told.logs.as_ref().and_then(|logs| logs.deep_link.clone()),
            summary,
            log: told.logs.as_ref().and_then(pointer),
            ..ActionResult::default()
        };
        observations.push(Observation::Action { action: stage.clone(), stage, seen, result });
    }
    observations
}

fn pointer(logs: &Logs) -> Option<LogPointer> {
    Some(LogPointer { group: logs.group_name.clone()?, stream: logs.stream_name.clone()? })
}

fn repository(location: &str) -> Option<RepositoryName> {
    let path = location.split_once("://")?.1.split_once('/')?.1;
    match path.trim_end_matches(".git").parse().ok()? {
        RepositoryPattern::One(name) => Some(name),
        RepositoryPattern::AllOf(_) => None,
    }
}

/// `Nov 20, 2026 10:00:00 AM`, in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let civil = jiff::fmt::strtime::parse("%b %d, %Y %I:%M:%S %p", text).ok()?.to_datetime().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
#[path = "codebuild_event_tests.rs"]
mod tests;
