//! Who is outside. One module per sender; a further one needs its entry here and, if it sends webhooks, a [`crate::signing::Door`].

mod alarms;
mod build;
mod buildkite;
mod circleci;
mod codepipeline;
mod colleague;
mod generic;
mod github;
mod gitlab;
mod jenkins;
#[cfg(test)]
mod tests;

use crate::registry::Sender;

/// Every sender, in the order in which the page lists them.
pub static ALL: &[&Sender] = &[
    &github::SENDER,
    &codepipeline::SENDER,
    &gitlab::SENDER,
    &circleci::SENDER,
    &buildkite::SENDER,
    &jenkins::SENDER,
    &generic::SENDER,
    &alarms::cloudwatch::SENDER,
    &alarms::alertmanager::SENDER,
    &alarms::grafana::SENDER,
    &alarms::generic::SENDER,
    &colleague::SENDER,
];

/// Where code is.
const CODE: &str = "Code";
/// What builds it.
const BUILDS: &str = "Builds";
/// Who else is there.
const PEOPLE: &str = "People";
/// What watches it run.
const ALARMS: &str = "Alarms";
