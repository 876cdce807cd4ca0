//! Configuration management by Amazon's own documents: what each takes, and what of it only the catalog may say.
//!
//! `AWS-ApplyAnsiblePlaybooks`, `AWS-ApplyChefRecipes` and `AWS-RunSaltState` fetch what they run from where a parameter says ("Creating
//! associations that run Ansible playbooks", "… Chef recipes", Systems Manager user guide; the documents' own parameters). Whoever could say
//! that could run anything, so the source, and all else that has no fixed choices, stands in the catalog.

use serde::{Deserialize, Serialize};

use super::{CheckParameter, Runbook};

/// What a runbook is run by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// The document that it names.
    #[default]
    Document,
    /// `AWS-ApplyAnsiblePlaybooks`.
    Ansible,
    /// `AWS-ApplyChefRecipes`.
    Chef,
    /// `AWS-RunSaltState`.
    Salt,
}

/// What one of Amazon's documents takes.
struct Takes {
    tool: Tool,
    document: &'static str,
    /// Its parameter for a dry run; `True` or `False`.
    check: &'static str,
    /// Without these it does nothing, or something else than is meant.
    needs: &'static [&'static str],
    /// What else it takes.
    knows: &'static [&'static str],
    /// Parameters with few possible values.
    choices: &'static [(&'static str, &'static [&'static str])],
    /// The parameter into which people's own values may go.
    open: Option<&'static str>,
}

const YES_OR_NO: &[&str] = &["True", "False"];

const TAKES: &[Takes] = &[
    Takes {
        tool: Tool::Ansible,
        document: "AWS-ApplyAnsiblePlaybooks",
        check: "Check",
        needs: &["SourceType", "SourceInfo", "PlaybookFile"],
        knows: &["InstallDependencies", "ExtraVariables", "Verbose", "TimeoutSeconds"],
        choices: &[("SourceType", &["GitHub", "S3"]), ("InstallDependencies", YES_OR_NO), ("Verbose", &["-v", "-vv", "-vvv", "-vvvv"])],
        open: Some("ExtraVariables"),
    },
    Takes {
        tool: Tool::Chef,
        document: "AWS-ApplyChefRecipes",
        check: "WhyRun",
        needs: &["SourceType", "SourceInfo", "RunList"],
        knows: &[
            "JsonAttributesSources",
            "JsonAttributesContent",
            "ChefClientVersion",
            "ChefClientArguments",
            "ComplianceSeverity",
            "ComplianceType",
            "ComplianceReportBucket",
        ],
        choices: &[("SourceType", &["Git", "GitHub", "HTTP", "S3"])],
        open: None,
    },
    Takes {
        tool: Tool::Salt,
        document: "AWS-RunSaltState",
        check: "test",
        needs: &["stateurl"],
        knows: &["state", "pillars"],
        choices: &[],
        open: None,
    },
];

impl Runbook {
    /// The document that it runs.
    pub fn document(&self) -> &str {
        match TAKES.iter().find(|takes| takes.tool == self.kind) {
            Some(takes) if self.document.is_empty() => takes.document,
            _ => &self.document,
        }
    }

    /// What makes a dry run of it, if the tool has one.
    pub fn dry_run(&self) -> Option<CheckParameter> {
        let of_the_tool = || {
            let takes = TAKES.iter().find(|takes| takes.tool == self.kind)?;
            Some(CheckParameter { parameter: takes.check.to_owned(), value: "True".to_owned(), otherwise: Some("False".to_owned()) })
        };
        self.check.clone().or_else(of_the_tool)
    }

    /// What is wrong with how it uses one of Amazon's documents, by its kind or by its document's name: each with the field's name.
    pub(super) fn misuse(&self) -> Vec<(&'static str, String)> {
        let short = super::hosts::short_document(self.document());
        let Some(takes) = TAKES.iter().find(|takes| takes.document == short) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if self.kind != Tool::Document && self.kind != takes.tool {
            found.push(("kind", format!("runs by another document than `{}`; leave `document` out", takes.document)));
        }
        for need in takes.needs {
            if self.parameters.get(*need).is_none_or(|parameter| parameter.fixed.is_none()) {
                found.push(("parameters", format!("`{need}` has to be `fixed`: it says what `{}` runs", takes.document)));
            }
        }
        for (own, parameter) in &self.parameters {
            let into = parameter.into.as_deref();
            let name = into.unwrap_or(own);
            let is_known = takes.needs.iter().chain(takes.knows).any(|known| *known == name);
            if !is_known {
                found.push(("parameters", format!("`{}` takes no `{name}`", takes.document)));
            }
            if parameter.fixed.is_none() && parameter.choices.is_empty() && !(into.is_some() && into == takes.open) {
                let why = "only the catalog may say it: give it as `fixed`, or let people pick from `choices`";
                found.push(("parameters", format!("`{own}` is free, and {why}")));
            }
            let possible = takes.choices.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, possible)| *possible);
            for value in
                parameter.fixed.iter().chain(&parameter.choices).filter(|value| !possible.is_empty() && !possible.contains(&value.as_str()))
            {
                found.push(("parameters", format!("`{name}` can't be `{value}`; it is one of {}", possible.join(", "))));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runbook(json: &str) -> Runbook {
        serde_json::from_str(json).unwrap()
    }

    fn misuse(json: &str) -> Vec<String> {
        runbook(json).misuse().into_iter().map(|(field, why)| format!("{field}: {why}")).collect()
    }

    #[test]
    fn a_tool_brings_its_document_and_its_dry_run() {
        let motd = r#"{"kind": "ansible", "description": "d", "parameters": {"SourceType": {"fixed": "S3"}, "SourceInfo": {"fixed": "{}"},
            "PlaybookFile": {"fixed": "motd.yml"}, "greeting": {"into": "ExtraVariables", "pattern": "[a-z]+"}}}"#;
        assert_eq!(misuse(motd), Vec::<String>::new());
        let motd = runbook(motd);
        assert_eq!(motd.document(), "AWS-ApplyAnsiblePlaybooks");
        let filled = |check| motd.filled(&"motd".into(), &[("greeting".into(), "hi".into())], check).unwrap();
        assert_eq!(
            (filled(true)["Check"].as_slice(), filled(false)["Check"].as_slice()),
            (&["True".to_owned()][..], &["False".to_owned()][..])
        );
        assert_eq!(filled(false)["ExtraVariables"], ["greeting=hi"]);
        for (kind, document, check) in [("chef", "AWS-ApplyChefRecipes", "WhyRun"), ("salt", "AWS-RunSaltState", "test")] {
            let runbook = runbook(&format!(r#"{{"kind": "{kind}", "description": "d"}}"#));
            assert_eq!((runbook.document(), runbook.dry_run().unwrap().parameter.as_str()), (document, check));
        }
        let own = runbook(r#"{"document": "acme-vacuum", "description": "d"}"#);
        assert_eq!((own.document(), own.dry_run(), own.misuse()), ("acme-vacuum", None, Vec::new()));
    }

    #[test]
    fn what_a_tool_runs_is_never_typed() {
        let free = r#"{"kind": "salt", "description": "d", "parameters": {"stateurl": {"pattern": ".*"}, "pillars": {"pattern": ".*"}}}"#;
        let expected = [
            "parameters: `stateurl` has to be `fixed`: it says what `AWS-RunSaltState` runs",
            "parameters: `stateurl` is free, and only the catalog may say it: give it as `fixed`, or let people pick from `choices`",
            "parameters: `pillars` is free, and only the catalog may say it: give it as `fixed`, or let people pick from `choices`",
        ];
        assert_eq!(misuse(free), expected);
        // Nor by naming the document, by its ARN at that.
        let named = r#"{"document": "arn:aws:ssm:eu-central-1::document/AWS-ApplyChefRecipes", "description": "d",
            "parameters": {"SourceType": {"fixed": "FTP"}, "SourceInfo": {"fixed": "{}"}, "RunList": {"choices": ["a"]}, "Shell": {"fixed": "x"}}}"#;
        let expected = [
            "parameters: `RunList` has to be `fixed`: it says what `AWS-ApplyChefRecipes` runs",
            "parameters: `SourceType` can't be `FTP`; it is one of Git, GitHub, HTTP, S3",
            "parameters: `AWS-ApplyChefRecipes` takes no `Shell`",
        ];
        assert_eq!(misuse(named), expected);
        let other =
            r#"{"kind": "ansible", "document": "AWS-RunSaltState", "description": "d", "parameters": {"stateurl": {"fixed": "s3://x"}}}"#;
        assert_eq!(misuse(other), ["kind: runs by another document than `AWS-RunSaltState`; leave `document` out"]);
    }
}
