//! Addresses of pages in the AWS console.

use crate::pipeline_execution::ExecutionKey;

/// The console of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// The region's code, such as `eu-central-1`.
    pub region: String,
}

impl Console {
    /// The page of a pipeline's execution.
    pub fn execution(&self, key: &ExecutionKey) -> String {
        let (region, pipeline, execution) = (&self.region, &key.pipeline, &key.execution);
        format!(
            "https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{pipeline}/executions/{execution}/timeline?region={region}"
        )
    }
}
