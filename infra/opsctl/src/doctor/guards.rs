//! Does a document of the team's own look at what it is given? Its text ends in a shell, and the catalog's patterns are the first wall only: whoever
//! may send commands by other ways doesn't pass it.
//!
//! Systems Manager: "Document data elements and parameters" (`allowedPattern`, `allowedValues`, the types).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::findings::Findings;

/// Amazon's own documents have names that nobody else's may begin with.
const AMAZONS: [&str; 2] = ["AWS-", "Amazon"];

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameter {
    r#type: String,
    allowed_pattern: Option<String>,
    #[serde(default)]
    allowed_values: Vec<serde_json::Value>,
}

impl Parameter {
    /// Whether anything but what is meant gets into the shell.
    fn is_open(&self) -> bool {
        let takes_text = matches!(self.r#type.as_str(), "String" | "StringList" | "StringMap" | "MapList");
        let pattern = self.allowed_pattern.as_deref();
        let is_anchored = pattern.is_some_and(|pattern| pattern.starts_with('^') && pattern.ends_with('$'));
        takes_text && self.allowed_values.is_empty() && !is_anchored
    }
}

/// Judges a document by its text, which is YAML, and so may be JSON.
pub(super) fn check(name: &str, text: &str, found: &mut Findings) {
    // A document of another account's has an ARN for its name.
    let short = name.rsplit('/').next().unwrap_or(name);
    if AMAZONS.iter().any(|prefix| short.starts_with(prefix)) {
        return;
    }
    let document: Document = match serde_saphyr::from_str(text) {
        Ok(document) => document,
        Err(error) => return found.unchecked(format!("what document {name} takes"), error.to_string()),
    };
    for (parameter, _) in document.parameters.iter().filter(|(_, parameter)| parameter.is_open()) {
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
                "Name": {"type": "String", "allowedPattern": "[a-z]+"},
                "Path": {"type": "String", "allowedPattern": "^[a-z/]{1,80}$"},
                "Words": {"type": "StringList", "description": "anything"}
            },
            "mainSteps": []
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
        let open = "parameters: {commands: {type: StringList}}";
        for name in ["AWS-ApplyAnsiblePlaybooks", "AmazonCloudWatch-ManageAgent", "arn:aws:ssm:eu-west-1::document/AWS-RunSaltState"] {
            assert_eq!(told(name, open), "\nAll is well.\n", "{name}");
        }
        assert!(told("arn:aws:ssm:eu-west-1:111122223333:document/tidy", open).contains("nothing bounds its parameter commands"));
    }

    #[test]
    fn what_cannot_be_read_is_not_called_good() {
        assert!(told("acme-tidy", "parameters: 3").contains("unchecked what document acme-tidy takes"));
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
