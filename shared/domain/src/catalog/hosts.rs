//! What the catalog says of hosts: which are whose, what may be run on them, and what is masked in their logs.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Catalog, Resolved, Target, Tool};
use crate::ids::{RoleName, RunbookName};

/// What runs on the hosts of the team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostRules {
    /// What may be run, by the name that people type.
    pub runbooks: IndexMap<RunbookName, Runbook>,
    /// What is masked in logs, besides what is obviously a secret: regular expressions.
    pub masks: Vec<String>,
}

/// Which hosts a service has in an environment, and what it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetHosts {
    /// The tags that all of them have, and no others.
    pub tags: BTreeMap<String, String>,
    /// Its systemd unit; the service's name if it isn't said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// For how many seconds it must stay up after a restart to count as back; 5 if it isn't said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle_seconds: Option<u16>,
}

/// Something that may be run on hosts: an SSM document with what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// What it is run by.
    #[serde(default, skip_serializing_if = "is_document")]
    pub kind: Tool,
    /// The document's name, where the kind doesn't say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// What it does, in a line.
    pub description: String,
    /// What it takes. A parameter of the document that isn't here can't be given.
    #[serde(default)]
    pub parameters: IndexMap<String, RunbookParameter>,
    /// What to give it for a dry run, if the tool has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckParameter>,
    /// Only these roles may run it; all that may operate if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleName>,
    /// How many hosts at once: `1`, `25%`; all if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// How long it may take on a host, in minutes, before it is given up; 60 if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_document(kind: &Tool) -> bool {
    *kind == Tool::Document
}

/// A parameter of a runbook's document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunbookParameter {
    /// Always this; nobody can say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// What people call it, if they don't type the document's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is if nobody says; it must be given if there is no such value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// A regular expression that the whole value fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The document's parameter that it becomes a part of, as `<name>=<value>`, for documents that take several values in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A parameter that makes a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckParameter {
    /// Its name.
    pub parameter: String,
    /// Its value for a dry run, such as `True`.
    pub value: String,
    /// Its value otherwise, such as `False`; not given if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

/// Documents that run whatever they are given: never a runbook.
pub const RUN_ANYTHING: [&str; 7] = [
    "AWS-RunShellScript",
    "AWS-RunPowerShellScript",
    "AWS-RunRemoteScript",
    "AWS-RunDocument",
    "AWS-RunSaltState-Inline",
    "AWS-StartInteractiveCommand",
    "AWS-StartNonInteractiveCommand",
];

/// The document's last part, where it is named by its ARN.
pub(crate) fn short_document(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, short)| short)
}

/// Why a runbook can't be run as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unrunnable {
    /// It has no dry run.
    #[error("`{0}` has no dry run: the catalog names no `check` for it")]
    NoCheck(RunbookName),
    /// Nothing of that name may be given.
    #[error("`{runbook}` takes no `{key}`{}", some(.takes))]
    Unknown {
        /// The runbook.
        runbook: RunbookName,
        /// What was given.
        key: String,
        /// What may be given.
        takes: Vec<String>,
    },
    /// The catalog says what it is.
    #[error("`{0}` is set in the catalog and can't be given")]
    Fixed(String),
    /// Given twice.
    #[error("`{0}` stands twice")]
    Twice(String),
    /// Not given.
    #[error("`{0}` has to be given")]
    Missing(String),
    /// The value isn't taken.
    #[error("`{key}` {why}")]
    Value {
        /// Which.
        key: String,
        /// Why.
        why: crate::operation::value::Amiss,
    },
}

fn some(takes: &[String]) -> String {
    match takes {
        [] => "; nothing can be given".to_owned(),
        takes => format!("; it takes {}", takes.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
    }
}

impl Runbook {
    /// What people may give, with the document's own name for each.
    pub fn free(&self) -> impl Iterator<Item = (&str, &str, &RunbookParameter)> {
        self.parameters
            .iter()
            .filter(|(_, parameter)| parameter.fixed.is_none())
            .map(|(own, parameter)| (parameter.name.as_deref().unwrap_or(own), own.as_str(), parameter))
    }

    /// What people have to give, and `given` doesn't: without it there is no run.
    pub fn missing<'a>(&'a self, given: &[&str]) -> Vec<(&'a str, &'a RunbookParameter)> {
        let is_missing = |shown: &str, parameter: &RunbookParameter| parameter.default.is_none() && !given.contains(&shown);
        self.free().filter(|(shown, _, parameter)| is_missing(shown, parameter)).map(|(shown, _, parameter)| (shown, parameter)).collect()
    }

    /// The document's parameters for a run: what is fixed, what was given, what is otherwise so.
    pub fn filled(&self, name: &RunbookName, given: &[(String, String)], check: bool) -> Result<BTreeMap<String, Vec<String>>, Unrunnable> {
        let mut filled = BTreeMap::new();
        for (own, parameter) in &self.parameters {
            if let Some(fixed) = &parameter.fixed {
                filled.insert(own.clone(), vec![fixed.clone()]);
            }
        }
        for (n, (key, _)) in given.iter().enumerate() {
            if given[..n].iter().any(|(earlier, _)| earlier == key) {
                return Err(Unrunnable::Twice(key.clone()));
            }
            if self.free().all(|(shown, ..)| shown != key) {
                let is_fixed = self.parameters.get(key).is_some_and(|parameter| parameter.fixed.is_some());
                let is_check = self.dry_run().is_some_and(|check| check.parameter == *key);
                if is_fixed || is_check {
                    return Err(Unrunnable::Fixed(key.clone()));
                }
                let takes = self.free().map(|(shown, ..)| shown.to_owned()).collect();
                return Err(Unrunnable::Unknown { runbook: name.clone(), key: key.clone(), takes });
            }
        }
        for (shown, own, parameter) in self.free() {
            let value = match given.iter().find(|(key, _)| key == shown) {
                Some((key, value)) => {
                    crate::operation::value::runbook(value, parameter).map_err(|why| Unrunnable::Value { key: key.clone(), why })?
                }
                // The catalog's own word is no stranger's.
                None => match &parameter.default {
                    Some(default) => default.clone(),
                    None => return Err(Unrunnable::Missing(shown.to_owned())),
                },
            };
            match &parameter.into {
                None => {
                    filled.insert(own.to_owned(), vec![value]);
                }
                Some(whole) => {
                    let parts = filled.entry(whole.clone()).or_insert_with(|| vec![String::new()]);
                    if let Some(parts) = parts.first_mut() {
                        let space = if parts.is_empty() { "" } else { " " };
                        parts.extend([space, own, "=", &value]);
                    }
                }
            }
        }
        match (self.dry_run(), check) {
            (Some(rule), true) => {
                filled.insert(rule.parameter, vec![rule.value]);
            }
            (Some(rule), false) => {
                if let Some(otherwise) = rule.otherwise {
                    filled.insert(rule.parameter, vec![otherwise]);
                }
            }
            (None, true) => return Err(Unrunnable::NoCheck(name.clone())),
            (None, false) => {}
        }
        Ok(filled)
    }
}

impl Target {
    /// The unit that it is on its hosts.
    pub fn unit<'a>(&'a self, service: &'a crate::ids::ServiceName) -> &'a str {
        self.hosts.as_ref().and_then(|hosts| hosts.unit.as_deref()).unwrap_or(service.as_str())
    }
}

impl Catalog {
    /// Every service in an environment that has hosts.
    pub fn with_hosts(&self) -> impl Iterator<Item = Resolved<'_>> {
        self.services.iter().flat_map(|(service_name, service)| {
            let there = service.environments.iter().filter(|(_, target)| target.hosts.is_some());
            there.map(move |(environment_name, target)| Resolved { service_name, service, environment_name, target })
        })
    }

    /// Finds a runbook, in any case.
    pub fn runbook(&self, typed: &str) -> Option<(&RunbookName, &Runbook)> {
        self.hosts.runbooks.iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runbook() -> Runbook {
        serde_json::from_str(
            r#"{"document": "AWS-ApplyAnsiblePlaybooks", "description": "d",
                "parameters": {
                    "SourceType": {"fixed": "S3"},
                    "greeting": {"into": "ExtraVariables", "pattern": "[a-z]+"},
                    "motd_color": {"name": "color", "into": "ExtraVariables", "default": "red"},
                    "Verbose": {"default": "-v", "choices": ["-v"]}
                },
                "check": {"parameter": "Check", "value": "True", "otherwise": "False"}}"#,
        )
        .unwrap()
    }

    fn given(values: &[(&str, &str)]) -> Vec<(String, String)> {
        values.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn what_is_fixed_stays_and_what_is_free_is_checked() {
        let filled = |values: &[(&str, &str)], check| {
            runbook()
                .filled(&"motd".into(), &given(values), check)
                .map(|filled| filled.into_iter().map(|(key, value)| format!("{key}={}", value.join(","))).collect::<Vec<_>>().join(" "))
                .map_err(|why| why.to_string())
        };
        let ok = |text: &str| Ok(text.to_owned());
        let no = |text: &str| Err(text.to_owned());
        assert_eq!(
            filled(&[("greeting", "hello")], false),
            ok("Check=False ExtraVariables=greeting=hello motd_color=red SourceType=S3 Verbose=-v")
        );
        assert_eq!(
            filled(&[("greeting", "hello")], true),
            ok("Check=True ExtraVariables=greeting=hello motd_color=red SourceType=S3 Verbose=-v")
        );
        assert_eq!(filled(&[], false), no("`greeting` has to be given"));
        assert_eq!(filled(&[("greeting", "HI")], false), no("`greeting` doesn't have the shape that the catalog asks for: `[a-z]+`"));
        assert_eq!(filled(&[("greeting", "a"), ("greeting", "b")], false), no("`greeting` stands twice"));
        assert_eq!(filled(&[("SourceType", "GitHub")], false), no("`SourceType` is set in the catalog and can't be given"));
        assert_eq!(filled(&[("Check", "False")], true), no("`Check` is set in the catalog and can't be given"));
        assert_eq!(filled(&[("other", "x")], false), no("`motd` takes no `other`; it takes `greeting`, `color`, `Verbose`"));
        let none = Runbook { check: None, parameters: IndexMap::new(), ..runbook() };
        assert_eq!(
            none.filled(&"motd".into(), &[], true).unwrap_err().to_string(),
            "`motd` has no dry run: the catalog names no `check` for it"
        );
    }
}
