//! Does every pipeline of the catalog exist, and does it take a revision the way the catalog says?

use aws_config::SdkConfig;
use futures_util::{StreamExt, stream};
use opsroom_aws_pipelines::{PipelineInputs, pipeline_inputs};
use opsroom_domain::catalog::{Catalog, RevisionInput, Target};
use opsroom_domain::ids::{EnvironmentName, ServiceName};

use super::AT_ONCE;
use super::findings::Findings;

pub(super) async fn check(config: &SdkConfig, catalog: &Catalog, found: &mut Findings) {
    let targets = catalog
        .services
        .iter()
        .flat_map(|(service, entry)| entry.environments.iter().map(move |(environment, target)| (service, environment, target)));
    let answers: Vec<_> = stream::iter(targets)
        .map(
            |(service, environment, target)| async move { (service, environment, target, pipeline_inputs(config, &target.pipeline).await) },
        )
        .buffered(AT_ONCE)
        .collect()
        .await;
    for (service, environment, target, answer) in answers {
        let what = format!("pipeline {} ({service} in {environment})", target.pipeline);
        let Some(inputs) = found.unless_failed(&what, answer) else { continue };
        match complaint(service, environment, target, inputs.as_ref()) {
            None => found.good(format!("{what}: there{}", how(target))),
            Some((wrong, mend)) => found.wrong(format!("{what}: {wrong}"), mend),
        }
    }
}

fn how(target: &Target) -> String {
    match &target.revision {
        Some(RevisionInput::Source { action, .. }) => format!(", takes a ref at its source action {action}"),
        Some(RevisionInput::Variable { name }) => format!(", takes a ref as its variable {name}"),
        None => ", takes no ref".to_owned(),
    }
}

fn complaint(
    service: &ServiceName,
    environment: &EnvironmentName,
    target: &Target,
    inputs: Option<&PipelineInputs>,
) -> Option<(String, String)> {
    let field = format!("services.{service}.environments.{environment}");
    let Some(inputs) = inputs else {
        return Some((
            "there is no such pipeline in this account and region".to_owned(),
            format!("create it, or correct {field}.pipeline in the catalog"),
        ));
    };
    let revision = target.revision.as_ref().filter(|revision| !inputs.takes(revision))?;
    Some(match revision {
        RevisionInput::Source { action, .. } => (
            format!("has no source action {action}"),
            format!("correct {field}.revision.action in the catalog; the pipeline has: {}", listed(&inputs.source_actions)),
        ),
        RevisionInput::Variable { name } => (
            format!("has no variable {name}"),
            format!(
                "correct {field}.revision.name in the catalog, or add the variable to the pipeline (type V2); it has: {}",
                listed(&inputs.variables)
            ),
        ),
    })
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_would_be_right() {
        let inputs = PipelineInputs { source_actions: vec!["Checkout".to_owned()], variables: Vec::new() };
        let source = |action: &str| RevisionInput::Source { action: action.to_owned(), revision_type: "COMMIT_ID".to_owned() };
        let variable = RevisionInput::Variable { name: "REF".to_owned() };
        let cases = [
            (None, Some(&inputs), None),
            (Some(source("Checkout")), Some(&inputs), None),
            (None, None, Some(("no such pipeline", "services.api.environments.staging.pipeline"))),
            (Some(source("Source")), Some(&inputs), Some(("no source action Source", "the pipeline has: Checkout"))),
            (Some(variable), Some(&inputs), Some(("no variable REF", "it has: none"))),
        ];
        for (revision, inputs, expected) in cases {
            let target = Target {
                pipeline: "api-staging".into(),
                revision,
                approval: None,
                requires: None,
                rollback_stage: None,
                hosts: None,
                log_group: None,
            };
            let complained = complaint(&"api".into(), &"staging".into(), &target, inputs);
            match (&complained, expected) {
                (None, None) => {}
                (Some((wrong, mend)), Some((in_wrong, in_mend))) => {
                    assert!(wrong.contains(in_wrong) && mend.contains(in_mend), "{complained:?}");
                }
                _ => panic!("{target:?}: {complained:?}"),
            }
        }
    }
}
