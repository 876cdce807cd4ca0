//! CI servers, and anything else that runs something. How to set each up: `docs/guide/ci-senders.md`.

pub(crate) mod buildkite;
pub(crate) mod circleci;
pub(crate) mod generic;
pub(crate) mod gitlab;
pub(crate) mod jenkins;
#[cfg(test)]
mod samples;

use jiff::Timestamp;
use opsroom_domain::pipeline_execution::{BuildSystem, ExecutionKey, Observation, RunStatus, Sighting, SourceRevision};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};

use crate::text::line;

fn key(system: BuildSystem, pipeline: &str, run: &str) -> ExecutionKey {
    ExecutionKey { system, pipeline: line(pipeline, 200).as_str().into(), execution: line(run, 100).as_str().into() }
}

/// `acme/api` of a repository's address, as git and browsers write it.
fn repository_of(address: &str) -> Option<RepositoryName> {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        // git@host:owner/name.git
        None => address.split_once(':').map_or(address, |(_, path)| path),
    };
    match path.trim_matches('/').trim_end_matches(".git").parse().ok()? {
        RepositoryPattern::One(name) => Some(name),
        RepositoryPattern::AllOf(_) => None,
    }
}

fn source(sha: Option<&str>, message: Option<&str>, url: Option<&str>) -> Option<Observation> {
    let id = sha.filter(|sha| !sha.is_empty())?.to_owned();
    let summary = message.map(|message| line(message, 200)).filter(|text| !text.is_empty());
    Some(Observation::Source(SourceRevision { id, summary, url: url.map(str::to_owned) }))
}

fn stage(name: &str, status: RunStatus, at: Option<Timestamp>) -> Observation {
    Observation::Stage { stage: name.to_owned(), seen: at.map(|at| Sighting { status, at: Some(at) }) }
}

/// The later of two moments, of which either may be unknown.
fn later(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.max(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_known_by_any_of_its_addresses() {
        for address in
            ["https://github.com/Acme/api", "git@github.com:acme/api.git", "ssh://git@host.example/acme/api.git", "https://host/acme/api/"]
        {
            assert_eq!(repository_of(address), Some(RepositoryName::new("acme/api")), "{address}");
        }
        for address in ["", "api", "https://host.example", "file:///api"] {
            assert_eq!(repository_of(address), None, "{address}");
        }
    }
}
