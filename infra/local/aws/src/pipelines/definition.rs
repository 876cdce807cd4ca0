//! What pipelines exist: read from the pipelines file.
//!
//! Each entry holds a pipeline declaration in CodePipeline's own form (what `aws codepipeline create-pipeline
//! --cli-input-json` takes and `GetPipeline` gives back), plus a `local` part that says how the stand-in plays it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// The pipelines file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pipelines: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    pipeline: Value,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    local: Local,
}

/// A resource tag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// How the stand-in plays a pipeline.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// The host whose version a Deploy action changes.
    pub host: Option<Host>,
    /// The pipeline variable that names what is deployed; without one it is the source revision.
    pub version_variable: Option<String>,
    /// Stage name -> revisions or variable values that make its actions fail.
    #[serde(default)]
    pub fails: BTreeMap<String, Vec<String>>,
}

/// A service in an environment: what reports a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// The service's name.
    pub service: String,
    /// The environment's name.
    pub environment: String,
}

/// The part of a declaration that the engine runs by.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Declared {
    name: String,
    #[serde(default = "first_version")]
    version: u32,
    #[serde(default)]
    execution_mode: Mode,
    stages: Vec<Stage>,
    #[serde(default)]
    variables: Vec<Variable>,
}

fn first_version() -> u32 {
    1
}

/// What happens to executions that wait for the same stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Mode {
    /// A newer one replaces an older one.
    #[default]
    Superseded,
    /// They enter one after another.
    Queued,
}

impl Mode {
    /// The API's word.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Superseded => "SUPERSEDED",
            Mode::Queued => "QUEUED",
        }
    }
}

/// A stage as declared.
#[derive(Debug, Clone, Deserialize)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Its actions.
    pub actions: Vec<Action>,
}

/// An action as declared.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// Its name, unique within the stage.
    pub name: String,
    /// What it does, and by whom.
    #[serde(rename = "actionTypeId")]
    pub kind: ActionType,
    /// Actions of one stage with the same number run together.
    #[serde(default = "first_order")]
    pub run_order: u32,
    /// Its settings.
    #[serde(default)]
    pub configuration: BTreeMap<String, String>,
    /// What it reads.
    #[serde(default)]
    pub input_artifacts: Vec<Artifact>,
    /// What it writes.
    #[serde(default)]
    pub output_artifacts: Vec<Artifact>,
    /// Where its output variables are found by later actions.
    pub namespace: Option<String>,
}

fn first_order() -> u32 {
    1
}

impl Action {
    /// Whether a person must decide it.
    pub fn is_approval(&self) -> bool {
        self.kind.category == "Approval"
    }

    /// Whether it fetches the revision.
    pub fn is_source(&self) -> bool {
        self.kind.category == "Source"
    }
}

/// An action's type.
#[derive(Debug, Clone, Deserialize)]
pub struct ActionType {
    /// Source, Build, Test, Deploy, Approval …
    pub category: String,
    /// AWS, `ThirdParty` or Custom.
    pub owner: String,
    /// `CodeBuild`, `CodeDeploy` …
    pub provider: String,
    /// The type's version.
    pub version: String,
}

/// An artifact's name.
#[derive(Debug, Clone, Deserialize)]
pub struct Artifact {
    /// Its name.
    pub name: String,
}

/// A pipeline variable as declared.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is when nobody sets it.
    pub default_value: Option<String>,
}

/// A pipeline, ready to run.
#[derive(Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// The structure's version.
    pub version: u32,
    /// What happens to waiting executions.
    pub mode: Mode,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// Its variables.
    pub variables: Vec<Variable>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// How it is played.
    pub local: Local,
    /// The declaration as written, for `GetPipeline`.
    pub declaration: Value,
}

/// Why a pipelines file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Not the expected JSON.
    #[error("not a pipelines file: {0}")]
    Json(#[from] serde_json::Error),
    /// A pipeline that could not run.
    #[error("pipeline {pipeline}: {problem}")]
    Pipeline {
        /// Whose.
        pipeline: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads a pipelines file.
pub fn parse(text: &str) -> Result<Vec<Definition>, DefinitionError> {
    let file: File = serde_json::from_str(text)?;
    let mut names = BTreeSet::new();
    let mut definitions = Vec::new();
    for entry in file.pipelines {
        let declared: Declared = serde_json::from_value(entry.pipeline.clone())?;
        let problem =
            problem(&declared, &entry.local).or_else(|| (!names.insert(declared.name.clone())).then(|| "declared twice".to_owned()));
        if let Some(problem) = problem {
            return Err(DefinitionError::Pipeline { pipeline: declared.name, problem });
        }
        let mut declaration = entry.pipeline;
        declaration["version"] = declared.version.into();
        definitions.push(Definition {
            name: declared.name,
            version: declared.version,
            mode: declared.execution_mode,
            stages: declared.stages,
            variables: declared.variables,
            tags: entry.tags,
            local: entry.local,
            declaration,
        });
    }
    Ok(definitions)
}

/// CodePipeline's own rules on structure that the engine relies on.
fn problem(declared: &Declared, local: &Local) -> Option<String> {
    if declared.stages.len() < 2 {
        return Some("a pipeline has at least two stages".to_owned());
    }
    for (index, stage) in declared.stages.iter().enumerate() {
        if stage.actions.is_empty() {
            return Some(format!("stage {} has no action", stage.name));
        }
        if stage.actions.iter().any(|action| action.is_source() != (index == 0)) {
            return Some("the first stage, and only the first, holds source actions".to_owned());
        }
    }
    let unknown = local.fails.keys().find(|name| declared.stages.iter().all(|stage| stage.name != **name));
    if let Some(name) = unknown {
        return Some(format!("local.fails names the unknown stage {name}"));
    }
    let variable = local.version_variable.as_ref()?;
    let missing = declared.variables.iter().all(|declared| declared.name != *variable);
    missing.then(|| format!("local.version_variable names the undeclared variable {variable}"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_example_file_parses() {
        let definitions = parse(include_str!("../../../pipelines.json")).unwrap();
        let names: Vec<_> = definitions.iter().map(|definition| definition.name.as_str()).collect();
        let of_services =
            ["api-staging", "api-production", "web-staging", "web-production", "worker-staging", "worker-production", "billing-production"];
        assert_eq!(names, [&of_services[..], &["web-release", "pay-staging", "pay-production"]].concat());
    }

    #[test]
    fn a_pipeline_that_could_not_run_is_refused() {
        let source = r#"{"name":"Source","actions":[{"name":"S","actionTypeId":{"category":"Source","owner":"AWS","provider":"S3","version":"1"}}]}"#;
        let file = |stages: &str| format!(r#"{{"pipelines":[{{"pipeline":{{"name":"p","stages":[{stages}]}}}}]}}"#);
        let problem = |stages: &str| parse(&file(stages)).unwrap_err().to_string();
        assert_eq!(problem(source), "pipeline p: a pipeline has at least two stages");
        assert_eq!(problem(&format!("{source},{source}")), "pipeline p: the first stage, and only the first, holds source actions");
        assert_eq!(problem(&format!(r#"{source},{{"name":"Deploy","actions":[]}}"#)), "pipeline p: stage Deploy has no action");
    }
}
