//! What CodePipeline says of things that are not there.

use super::events::Site;
use crate::refusal::Refusal;

impl Refusal {
    /// No such pipeline.
    pub fn pipeline_not_found(site: &Site, name: &str) -> Self {
        Refusal::new("PipelineNotFoundException", format!("Account '{}' does not have a pipeline with name '{name}'", site.account))
    }

    /// No such execution.
    pub fn execution_not_found(pipeline: &str, id: &str) -> Self {
        Refusal::new("PipelineExecutionNotFoundException", format!("The pipeline '{pipeline}' does not have an execution with id '{id}'"))
    }

    /// No such stage.
    pub fn stage_not_found(pipeline: &str, stage: &str) -> Self {
        Refusal::new("StageNotFoundException", format!("The pipeline '{pipeline}' does not have a stage with name '{stage}'"))
    }
}
