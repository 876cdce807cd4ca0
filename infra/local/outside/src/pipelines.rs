//! The pipelines that can be started, read from the file that the gateway has them from.

use serde_json::Value;

/// A pipeline, and how a revision reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// How a revision is told.
    pub revision: Revision,
}

/// How a revision is told ("StartPipelineExecution", CodePipeline API reference).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// As the value of this variable.
    Variable(String),
    /// As the commit of this source action.
    SourceAction(String),
}

/// What is wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// No JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A pipeline lacks what AWS asks of each.
    #[error("pipeline {0} has no name or no source action")]
    Incomplete(usize),
}

/// Reads the file.
pub fn parse(file: &[u8]) -> Result<Vec<Pipeline>, BadFile> {
    let file: Value = serde_json::from_slice(file)?;
    let entries = file["pipelines"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().enumerate().map(|(index, entry)| pipeline(&entry["pipeline"]).ok_or(BadFile::Incomplete(index))).collect()
}

fn pipeline(definition: &Value) -> Option<Pipeline> {
    let revision = match definition["variables"][0]["name"].as_str() {
        Some(variable) => Revision::Variable(variable.to_owned()),
        None => Revision::SourceAction(definition["stages"][0]["actions"][0]["name"].as_str()?.to_owned()),
    };
    Some(Pipeline { name: definition["name"].as_str()?.to_owned(), revision })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_clouds_own_file() {
        let pipelines = parse(include_bytes!("../../pipelines.json")).unwrap();
        let of = |name: &str| pipelines.iter().find(|one| one.name == name).map(|one| one.revision.clone());
        assert_eq!(of("web-staging"), Some(Revision::Variable("REF".to_owned())));
        assert_eq!(of("api-staging"), Some(Revision::SourceAction("Source".to_owned())));
    }

    #[test]
    fn a_file_that_lacks_something_is_refused() {
        assert!(matches!(parse(br#"{"pipelines": [{"pipeline": {}}]}"#), Err(BadFile::Incomplete(0))));
        assert!(parse(b"{").is_err());
    }
}
