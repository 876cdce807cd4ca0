//! An AWS API call as Opsroom made it, for the *How?* button: the room is the documentation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One call, with the parameters that were really sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiCall {
    /// The service as the AWS CLI names it, such as `codepipeline`.
    pub service: String,
    /// The operation as the AWS CLI names it, such as `start-pipeline-execution`.
    pub operation: String,
    /// Parameters in the API's order, each by its AWS CLI option name without the dashes.
    pub parameters: Vec<(String, Value)>,
}

impl ApiCall {
    /// A call without parameters yet.
    pub fn new(service: &str, operation: &str) -> Self {
        Self { service: service.to_owned(), operation: operation.to_owned(), parameters: Vec::new() }
    }

    /// Adds one parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.push((name.to_owned(), value.into()));
        self
    }

    /// The call as a command line anyone could paste into a POSIX shell.
    ///
    /// Structures are given as JSON, which the AWS CLI takes for every parameter (AWS CLI user guide, "Using JSON for
    /// parameters"); booleans become `--name` or `--no-name`.
    pub fn command_line(&self) -> String {
        let mut line = format!("aws {} {}", self.service, self.operation);
        for (name, value) in &self.parameters {
            let option = match value {
                Value::Bool(true) => format!("--{name}"),
                Value::Bool(false) => format!("--no-{name}"),
                Value::String(text) => format!("--{name} {}", quoted(text)),
                other => format!("--{name} {}", quoted(&other.to_string())),
            };
            line.push_str(" \\\n  ");
            line.push_str(&option);
        }
        line
    }
}

/// Quotes for a POSIX shell; plain words stay as they are, because they are easier to read.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '+');
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn is_a_line_that_can_be_pasted() {
        let call = ApiCall::new("codepipeline", "start-pipeline-execution")
            .with("name", "api-staging")
            .with("source-revisions", json!([{"actionName": "Source", "revisionValue": "it's"}]))
            .with("abandon", false);
        assert_eq!(
            call.command_line(),
            "aws codepipeline start-pipeline-execution \\\n  --name api-staging \\\n  --source-revisions \
             '[{\"actionName\":\"Source\",\"revisionValue\":\"it'\\''s\"}]' \\\n  --no-abandon"
        );
    }
}
