//! A function's configuration: its environment variables, read here and nowhere else.

/// A variable is missing: the template and the function disagree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set; template.yaml sets it for this function")]
pub struct MissingVariable(pub &'static str);

/// A variable that must be set. An empty one counts as missing.
pub fn required(name: &'static str) -> Result<String, MissingVariable> {
    optional(name).ok_or(MissingVariable(name))
}

/// A variable that may be missing or empty.
#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn optional(name: &'static str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error = required("OPSROOM_TEST_NEVER_SET").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable OPSROOM_TEST_NEVER_SET is not set; template.yaml sets it for this function"
        );
    }
}
