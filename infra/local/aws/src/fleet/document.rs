//! What an SSM document says: its parameters, and the steps that run on a host.
//!
//! Schema 2.2 for commands ("SSM document syntax", Systems Manager user guide), as far as a Linux host needs it. Unknown fields are
//! refused, as a misspelt `allowedPatern` would otherwise be a hole.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::interpolation::Values;
use crate::refusal::Refusal;

/// A document's content.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Content {
    /// The schema's version.
    pub schema_version: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What it takes.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// What it does.
    #[serde(default)]
    pub main_steps: Vec<Step>,
}

/// What a value must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameter {
    /// `String`, `StringList`, `Integer` or `Boolean`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// What it is if nobody says.
    pub default: Option<Value>,
    /// What it may be.
    #[serde(default)]
    pub allowed_values: Vec<String>,
    /// What it must look like.
    pub allowed_pattern: Option<String>,
    /// How short it may be.
    pub min_chars: Option<usize>,
    /// How long it may be.
    pub max_chars: Option<usize>,
    /// How few items a list may have.
    pub min_items: Option<usize>,
    /// How many items a list may have.
    pub max_items: Option<usize>,
    /// How consoles show it.
    #[serde(rename = "displayType")]
    _display_type: Option<String>,
}

/// A step.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// The plugin.
    pub action: String,
    /// The step's name.
    pub name: String,
    /// Where it runs at all.
    pub precondition: Option<BTreeMap<String, Vec<String>>>,
    /// What the plugin is told.
    pub inputs: Inputs,
}

/// The inputs of `aws:runShellScript`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The script, line by line, or a parameter that holds it.
    pub run_command: Option<Lines>,
    /// Where it runs.
    pub working_directory: Option<String>,
    /// How long it may take.
    pub timeout_seconds: Option<Value>,
    /// `exit`: no further step after a failure; `successAndExit`: nor is it one.
    pub on_failure: Option<String>,
    /// `exit`: no further step after a success.
    pub on_success: Option<String>,
    /// Whether it runs whatever became of the steps before.
    #[serde(default)]
    pub finally_step: bool,
}

/// One line or many.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Lines {
    /// A parameter, or a script of one line.
    One(String),
    /// A script.
    Many(Vec<String>),
}

impl Lines {
    /// Line by line.
    pub fn all(&self) -> Vec<String> {
        match self {
            Lines::One(line) => vec![line.clone()],
            Lines::Many(lines) => lines.clone(),
        }
    }
}

/// The only plugin there is.
pub const RUN_SHELL_SCRIPT: &str = "aws:runShellScript";

impl Content {
    /// Reads what `CreateDocument` got.
    pub fn parse(text: &str, format: &str, kind: &str) -> Result<Self, Refusal> {
        let broken = |problem: String| Refusal::new("InvalidDocumentContent", problem);
        let content: Content = match format {
            "YAML" => serde_saphyr::from_str(text).map_err(|error| broken(format!("YAML not well-formed: {error}")))?,
            _ => serde_json::from_str(text).map_err(|error| broken(format!("JSON not well-formed: {error}")))?,
        };
        if kind != "Command" {
            return Err(broken(format!("Documents of type {kind} cannot be made here")));
        }
        if content.schema_version != "2.2" {
            return Err(Refusal::new(
                "InvalidDocumentSchemaVersion",
                format!("Schema version {} of documents of type Command is not served here; 2.2 is", content.schema_version),
            ));
        }
        if content.main_steps.is_empty() {
            return Err(broken("mainSteps must have at least one step".to_owned()));
        }
        for (index, step) in content.main_steps.iter().enumerate() {
            if step.action != RUN_SHELL_SCRIPT || step.inputs.run_command.is_none() {
                return Err(broken(format!("step {}: {} with a runCommand is the only action served here", step.name, RUN_SHELL_SCRIPT)));
            }
            if content.main_steps[..index].iter().any(|earlier| earlier.name == step.name) {
                return Err(broken(format!("two steps are named {}", step.name)));
            }
        }
        content.check_parameters().map_err(broken)?;
        Ok(content)
    }

    fn check_parameters(&self) -> Result<(), String> {
        for (name, parameter) in &self.parameters {
            if !["String", "StringList", "Integer", "Boolean"].contains(&parameter.kind.as_str()) {
                return Err(format!("parameter {name}: type {} is not served here", parameter.kind));
            }
            if let Some(pattern) = &parameter.allowed_pattern {
                Regex::new(pattern).map_err(|error| format!("parameter {name}: {error}"))?;
            }
            if let Some(default) = parameter.defaults() {
                parameter.check(name, &default).map_err(|refusal| refusal.message)?;
            }
        }
        Ok(())
    }

    /// Checks what a command was given and adds what it was not.
    pub fn resolve(&self, given: &BTreeMap<String, Vec<String>>) -> Result<Values, Refusal> {
        let invalid = |message: String| Refusal::new("InvalidParameters", message);
        if let Some(unknown) = given.keys().find(|name| !self.parameters.contains_key(*name)) {
            return Err(invalid(format!("The document has no parameter {unknown}")));
        }
        let mut values = Values::default();
        for (name, parameter) in &self.parameters {
            let value = match given.get(name) {
                Some(value) => {
                    parameter.check(name, value)?;
                    value.clone()
                }
                None => parameter.defaults().ok_or_else(|| invalid(format!("Parameter {name} is required")))?,
            };
            values.set(name, value, parameter.is_list());
        }
        Ok(values)
    }
}

impl Parameter {
    /// Whether it holds several values.
    pub fn is_list(&self) -> bool {
        self.kind == "StringList"
    }

    fn defaults(&self) -> Option<Vec<String>> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self.default.as_ref()? {
            Value::Array(items) => Some(items.iter().map(text).collect()),
            value => Some(vec![text(value)]),
        }
    }

    fn check(&self, name: &str, values: &[String]) -> Result<(), Refusal> {
        let invalid = |problem: String| Err(Refusal::new("InvalidParameters", format!("Parameter {name}: {problem}")));
        if !self.is_list() && values.len() != 1 {
            return invalid(format!("one value is needed, {} were given", values.len()));
        }
        if self.min_items.is_some_and(|least| values.len() < least) || self.max_items.is_some_and(|most| values.len() > most) {
            return invalid(format!("{} items are too few or too many", values.len()));
        }
        for value in values {
            let length = value.chars().count();
            if self.min_chars.is_some_and(|least| length < least) || self.max_chars.is_some_and(|most| length > most) {
                return invalid(format!("{length} characters are too few or too many"));
            }
            if !self.allowed_values.is_empty() && !self.allowed_values.contains(value) {
                return invalid(format!("the value must be one of {}", self.allowed_values.join(", ")));
            }
            if let Some(pattern) = &self.allowed_pattern
                && !Regex::new(pattern).is_ok_and(|regex| regex.is_match(value))
            {
                return invalid(format!("the value does not match the allowed pattern {pattern}"));
            }
            match self.kind.as_str() {
                "Integer" if value.parse::<i64>().is_err() => return invalid("an integer is needed".to_owned()),
                "Boolean" if !["true", "false"].contains(&value.as_str()) => return invalid("true or false is needed".to_owned()),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Content;

    const DOCUMENT: &str = r#"
schemaVersion: "2.2"
parameters:
  Unit: { type: String, allowedPattern: "^[a-z]+$" }
  Mode: { type: String, default: soft, allowedValues: [soft, hard] }
mainSteps:
  - { action: aws:runShellScript, name: only, inputs: { runCommand: ["echo '{{ Unit }}'"] } }
"#;

    fn refused(given: &[(&str, &str)]) -> String {
        let content = Content::parse(DOCUMENT, "YAML", "Command").unwrap();
        let given: BTreeMap<_, _> = given.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        content.resolve(&given).map_or_else(|refusal| format!("{}: {}", refusal.code, refusal.message), |_| "taken".to_owned())
    }

    #[test]
    fn values_are_held_against_the_document() {
        assert_eq!(refused(&[("Unit", "api")]), "taken");
        assert_eq!(refused(&[]), "InvalidParameters: Parameter Unit is required");
        assert_eq!(refused(&[("Unit", "api"), ("Host", "x")]), "InvalidParameters: The document has no parameter Host");
        assert_eq!(
            refused(&[("Unit", "api; reboot")]),
            "InvalidParameters: Parameter Unit: the value does not match the allowed pattern ^[a-z]+$"
        );
        assert_eq!(refused(&[("Unit", "api\n")]), refused(&[("Unit", "api; reboot")]));
        assert_eq!(refused(&[("Unit", "api"), ("Mode", "x")]), "InvalidParameters: Parameter Mode: the value must be one of soft, hard");
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let text = DOCUMENT.replace("allowedPattern", "allowedPatern");
        assert_eq!(Content::parse(&text, "YAML", "Command").unwrap_err().code, "InvalidDocumentContent");
    }
}
