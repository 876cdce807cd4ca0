//! What is kept of a run, made fit to be kept: whoever may knock can still send a branch's name of a megabyte, and an item of the table has
//! 400 KB, a part of its key 1 KB.

use opsroom_domain::pipeline_execution::{ActionResult, Observation, RunFacts, RunReport, SourceRevision};
use opsroom_domain::repository::RepositoryName;

use crate::text::line;

/// Bytes of the longest address that is kept; browsers and proxies give up not far beyond.
const LONGEST_ADDRESS: usize = 2000;

/// Bytes of the longest repository: GitLab's paths have 255 characters at most, GitHub's 140.
const LONGEST_REPOSITORY: usize = 300;

/// The same report with every text on one line and of a length that people read.
pub(crate) fn bounded(report: RunReport) -> RunReport {
    RunReport { key: report.key, observations: report.observations.into_iter().map(observation).collect() }
}

fn observation(observation: Observation) -> Observation {
    let name = |name: String| line(&name, 100);
    match observation {
        Observation::Execution(seen) => Observation::Execution(seen),
        Observation::Stage { stage, seen } => Observation::Stage { stage: name(stage), seen },
        Observation::Action { stage, action, seen, result } => {
            let result = ActionResult { url: result.url.and_then(address), ..result };
            Observation::Action { stage: name(stage), action: name(action), seen, result }
        }
        Observation::Resumed { stage, action, at } => Observation::Resumed { stage: name(stage), action: name(action), at },
        Observation::Source(source) => Observation::Source(SourceRevision {
            id: line(&source.id, 100),
            summary: source.summary.and_then(|summary| text(&summary, 200)),
            url: source.url.and_then(address),
        }),
        Observation::Facts(facts) => Observation::Facts(Box::new(about(*facts))),
        Observation::Log { stage, action, lines } => Observation::Log { stage: name(stage), action: name(action), lines },
    }
}

fn about(mut facts: RunFacts) -> RunFacts {
    if let Some(author) = &mut facts.author {
        author.name = author.name.take().and_then(|name| text(&name, 100));
        author.email = author.email.take().and_then(|email| text(&email, 200));
    }
    RunFacts {
        repository: facts.repository.filter(|name: &RepositoryName| name.as_str().len() <= LONGEST_REPOSITORY),
        branch: facts.branch.and_then(|branch| text(&branch, 200)),
        number: facts.number.and_then(|number| text(&number, 40)),
        url: facts.url.and_then(address),
        trigger: facts.trigger.and_then(|trigger| text(&trigger, 60)),
        ..facts
    }
}

/// `None` where nothing is left to see.
fn text(text: &str, limit: usize) -> Option<String> {
    Some(line(text, limit)).filter(|text| !text.is_empty())
}

/// An address can't be cut: it would lead elsewhere.
fn address(address: String) -> Option<String> {
    (address.len() <= LONGEST_ADDRESS && !address.contains(|c: char| c.is_control() || c.is_whitespace())).then_some(address)
}

#[cfg(test)]
mod tests {
    use opsroom_domain::author::Author;
    use opsroom_domain::pipeline_execution::{BuildSystem, ExecutionKey, RunStatus, Sighting};

    use super::*;

    #[test]
    fn nothing_that_is_kept_is_longer_than_anybody_reads() {
        let huge = || "x".repeat(1_000_000);
        let seen = Sighting { status: RunStatus::Failed, at: None };
        let facts = RunFacts {
            repository: Some(RepositoryName::new(&huge())),
            branch: Some(huge()),
            number: Some(huge()),
            url: Some(format!("https://{}", huge())),
            trigger: Some(format!("push\n<!channel>\u{202e}{}", huge())),
            author: Some(Author { name: Some(huge()), email: Some(huge()), ..Author::default() }),
            ..RunFacts::default()
        };
        let result = ActionResult { url: Some(huge()), ..ActionResult::default() };
        let key = ExecutionKey { system: BuildSystem::Generic, pipeline: "api".into(), execution: "1".into() };
        let observations = vec![
            Observation::Facts(Box::new(facts)),
            Observation::Source(SourceRevision { id: huge(), summary: Some(huge()), url: Some(huge()) }),
            Observation::Stage { stage: huge(), seen: Some(seen) },
            Observation::Action { stage: huge(), action: huge(), seen, result },
            Observation::Resumed { stage: huge(), action: huge(), at: None },
        ];
        let kept = serde_json::to_string(&bounded(RunReport { key, observations })).unwrap();
        assert!(kept.len() < 3000, "{}", kept.len());
        assert!(kept.contains(r#""trigger":"push""#), "{kept}");
    }

    #[test]
    fn names_that_are_cut_are_the_same_each_time() {
        let long = "n".repeat(500);
        assert_eq!(line(&line(&long, 100), 100), line(&long, 100));
    }
}
