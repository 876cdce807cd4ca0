//! Which alarms are meant: by name, source, severity, service, environment and labels. All that is said has to fit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Facts, Severity};
use crate::alarm::AlarmSource;
use crate::ids::{EnvironmentName, ServiceName};

/// Which alarms. One that says nothing means all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlarmMatch {
    /// A pattern for the name: `*` stands for anything. In any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<AlarmSource>,
    /// The severity that the sender gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceName>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// Patterns for labels, dimensions (`QueueName: jobs-*`) and tags (`tag:team: shop`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl AlarmMatch {
    /// Whether an alarm is meant.
    pub fn fits(&self, facts: &Facts<'_>) -> bool {
        let named =
            |wanted: Option<&str>, is: Option<&str>| wanted.is_none_or(|wanted| is.is_some_and(|is| is.eq_ignore_ascii_case(wanted)));
        self.name.as_deref().is_none_or(|pattern| glob(pattern, facts.name))
            && self.source.is_none_or(|source| source == facts.source)
            && self.severity.is_none_or(|severity| Some(severity) == facts.severity)
            && named(self.service.as_ref().map(ServiceName::as_str), facts.service)
            && named(self.environment.as_ref().map(EnvironmentName::as_str), facts.environment)
            && self.labels.iter().all(|(label, pattern)| facts.labels.get(label).is_some_and(|value| glob(pattern, value)))
    }
}

/// As people type it: `name:api-* service:api env:staging severity:alert source:grafana label.team:shop`.
impl std::fmt::Display for AlarmMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut terms = Vec::new();
        let mut term = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                terms.push(if value.contains(char::is_whitespace) { format!("{key}:\"{value}\"") } else { format!("{key}:{value}") });
            }
        };
        term("name", self.name.as_deref());
        term("service", self.service.as_ref().map(ServiceName::as_str));
        term("env", self.environment.as_ref().map(EnvironmentName::as_str));
        term("severity", self.severity.map(Severity::as_str));
        term("source", self.source.map(AlarmSource::as_str));
        for (label, pattern) in &self.labels {
            term(&format!("label.{label}"), Some(pattern));
        }
        f.write_str(&if terms.is_empty() { "all alarms".to_owned() } else { terms.join(" ") })
    }
}

/// Whether a text is like a pattern in which `*` stands for anything, in any case. Nothing else is special: names of alarms hold
/// slashes, brackets and braces of their own.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(found) => left = &left[found + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
