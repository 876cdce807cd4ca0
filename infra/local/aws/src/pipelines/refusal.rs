//! Why CodePipeline refuses a request: the API's exception and its message.

use super::events::Site;

/// An exception of the CodePipeline API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The exception's name.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

impl Refusal {
    /// An exception.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into() }
    }

    /// A parameter breaks a rule.
    pub fn invalid(message: impl Into<String>) -> Self {
        Refusal::new("ValidationException", message)
    }

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
