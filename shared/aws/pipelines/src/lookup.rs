//! What a pipeline takes (`GetPipeline`), to hold a catalog against the account. For administrators: no function's role
//! allows the call, and none needs it.

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::types::{ActionCategory, ActionTypeId, PipelineDeclaration, StageDeclaration};
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::catalog::RevisionInput;
use opsroom_domain::ids::PipelineName;

/// Ways in which a revision can reach a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipelineInputs {
    /// Names of its source actions.
    pub source_actions: Vec<String>,
    /// Names of its variables.
    pub variables: Vec<String>,
}

impl PipelineInputs {
    /// Whether a revision can reach the pipeline as a catalog says.
    pub fn takes(&self, revision: &RevisionInput) -> bool {
        match revision {
            RevisionInput::Source { action, .. } => self.source_actions.contains(action),
            RevisionInput::Variable { name } => self.variables.contains(name),
        }
    }
}

/// What a pipeline takes; `None` if there is no such pipeline.
pub async fn pipeline_inputs(config: &SdkConfig, pipeline: &PipelineName) -> Result<Option<PipelineInputs>, PortError> {
    let answer = Client::new(config).get_pipeline().name(pipeline.as_str()).send().await;
    match answer.map_err(|error| port_error("codepipeline:GetPipeline", &error)) {
        Ok(answer) => Ok(answer.pipeline.as_ref().map(inputs)),
        Err(error) if error.kind == PortErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn inputs(pipeline: &PipelineDeclaration) -> PipelineInputs {
    let actions = pipeline.stages().iter().flat_map(StageDeclaration::actions);
    let is_source = |category: Option<&ActionCategory>| category == Some(&ActionCategory::Source);
    PipelineInputs {
        source_actions: actions
            .filter(|action| is_source(action.action_type_id().map(ActionTypeId::category)))
            .map(|action| action.name().to_owned())
            .collect(),
        variables: pipeline.variables().iter().map(|variable| variable.name().to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_codepipeline::types::{ActionDeclaration, ActionOwner, ActionTypeId, PipelineVariableDeclaration, StageDeclaration};

    fn stage(name: &str, category: ActionCategory) -> StageDeclaration {
        let kind = ActionTypeId::builder().category(category).owner(ActionOwner::Aws).provider("P").version("1").build().unwrap();
        let action = ActionDeclaration::builder().name(format!("{name}Action")).action_type_id(kind).build().unwrap();
        StageDeclaration::builder().name(name).actions(action).build().unwrap()
    }

    #[test]
    fn takes_revisions_by_its_own_source_actions_and_variables_only() {
        let pipeline = PipelineDeclaration::builder()
            .name("api-staging")
            .role_arn("arn:aws:iam::111111111111:role/pipeline")
            .stages(stage("Source", ActionCategory::Source))
            .stages(stage("Build", ActionCategory::Build))
            .variables(PipelineVariableDeclaration::builder().name("REF").build().unwrap())
            .build()
            .unwrap();
        let inputs = inputs(&pipeline);
        let source = |action: &str| RevisionInput::Source { action: action.to_owned(), revision_type: "COMMIT_ID".to_owned() };
        let variable = |name: &str| RevisionInput::Variable { name: name.to_owned() };
        let cases = [(source("SourceAction"), true), (source("BuildAction"), false), (variable("REF"), true), (variable("TAG"), false)];
        for (revision, takes) in cases {
            assert_eq!(inputs.takes(&revision), takes, "{revision:?}");
        }
    }
}
