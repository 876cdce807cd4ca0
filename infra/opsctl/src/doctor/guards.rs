//! Does a document of the team's own look at what it is given? Its text ends in a shell, and the catalog's patterns are the first wall only: whoever
//! may send commands by other ways doesn't pass it.
//!
//! Systems Manager: "Document data elements and parameters" (`allowedPattern`, `allowedValues`, the types).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::findings::Findings;

/// Amazon's own documents have names that nobody else's may begin with ("`CreateDocument`": `Name`).
const AMAZONS: [&str; 3] = ["aws", "amazon", "amzn"];

#[derive(Deserialize)]
struct Document {
    parameters: Option<BTreeMap<String, Parameter>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameter {
    r#type: Option<String>,
    allowed_pattern: Option<String>,
    allowed_values: Option<Vec<serde_json::Value>>,
}

impl Parameter {
    /// Whether nothing says what it may be. How good a pattern is only its author knows.
    fn is_open(&self) -> bool {
        let takes_text = self.r#type.as_deref().is_none_or(|kind| matches!(kind, "String" | "StringList" | "StringMap" | "MapList"));
        let says_nothing = |pattern: &str| pattern.is_empty() || matches!(pattern.trim_matches(['^', '$']), ".*" | ".+");
        let has_values = self.allowed_values.as_ref().is_some_and(|values| !values.is_empty());
        takes_text && !has_values && self.allowed_pattern.as_deref().is_none_or(says_nothing)
    }
}

/// Judges a document by its text, which is YAML, and so may be JSON.
pub(super) fn check(name: &str, text: &str, found: &mut Findings) {
    // A document of another account's has an ARN for its name.
    let short = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    if AMAZONS.iter().any(|prefix| short.starts_with(prefix)) {
        return;
    }
    let document: Document = match serde_saphyr::from_str(text) {
        Ok(document) => document,
        Err(error) => return found.unchecked(format!("what document {name} takes"), error.to_string()),
    };
    // Only what stands in the text as `{{ Name }}` gets into a step ("interpolationType").
    let is_written_in = |parameter: &str| {
        let mut places = text.match_indices("{{").filter_map(|(at, _)| text.get(at + 2..));
        places.any(|rest| rest.trim_start().strip_prefix(parameter).is_some_and(|rest| rest.trim_start().starts_with("}}")))
    };
    let parameters = document.parameters.unwrap_or_default();
    for (parameter, _) in parameters.iter().filter(|(name, parameter)| parameter.is_open() && is_written_in(name)) {
        found.wrong(
            format!("document {name}: nothing bounds its parameter {parameter}"),
            "give it allowedValues, or an allowedPattern from ^ to $ (infra/documents/README.md), in a new default version",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &str) -> String {
        let mut found = Findings::default();
        check(name, text, &mut found);
        found.report().text
    }

    #[test]
    fn a_parameter_that_nothing_bounds_is_named() {
        let text = r#"{
            "schemaVersion": "2.2",
            "parameters": {
                "Colour": {"type": "String", "allowedValues": ["red", "blue"]},
                "Count": {"type": "Integer"},
                "Name": {"type": "String", "allowedPattern": "^.*$", "allowedValues": null},
                "Directory": {"type": "String"},
                "Path": {"type": "String", "allowedPattern": "^[a-z/]{1,80}$"},
                "Words": {"type": "StringList", "description": "anything"}
            },
            "mainSteps": [{"inputs": {"runCommand": ["tidy '{{ Colour }}' '{{Count}}' '{{ Name }}' '{{ Path }}' {{Words}}"]}}]
        }"#;
        insta::assert_snapshot!(told("acme-tidy", text), @r"
        wrong     document acme-tidy: nothing bounds its parameter Name
                    mend: give it allowedValues, or an allowedPattern from ^ to $ (infra/documents/README.md), in a new default version
        wrong     document acme-tidy: nothing bounds its parameter Words
                    mend: give it allowedValues, or an allowedPattern from ^ to $ (infra/documents/README.md), in a new default version

        2 things to mend.
        ");
    }

    #[test]
    fn amazons_own_documents_are_amazons() {
        let open = "{parameters: {commands: {type: StringList}}, run: '{{ commands }}'}";
        for name in [
            "AWS-ApplyAnsiblePlaybooks",
            "AWSFIS-Run-CPU-Stress",
            "AmazonCloudWatch-ManageAgent",
            "arn:aws:ssm:eu-west-1::document/AWS-RunSaltState",
        ] {
            assert_eq!(told(name, open), "\nAll is well.\n", "{name}");
        }
        assert!(told("arn:aws:ssm:eu-west-1:111122223333:document/tidy", open).contains("nothing bounds its parameter commands"));
    }

    #[test]
    fn what_cannot_be_read_is_not_called_good() {
        assert!(told("acme-tidy", "parameters: 3").contains("unchecked what document acme-tidy takes"));
        assert_eq!(told("acme-tidy", "parameters:"), "\nAll is well.\n");
        assert_eq!(told("acme-tidy", "schemaVersion: '2.2'"), "\nAll is well.\n");
    }

    #[test]
    fn our_own_documents_pass() {
        let documents = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../documents");
        let files: Vec<_> = std::fs::read_dir(documents).unwrap().map(|file| file.unwrap().path()).collect();
        let files: Vec<_> = files.iter().filter(|file| file.extension().is_some_and(|end| end == "yaml")).collect();
        assert!(!files.is_empty());
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            assert_eq!(told("opsroom-x", &text), "\nAll is well.\n", "{}", file.display());
        }
    }
}
