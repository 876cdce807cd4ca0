//! Which alarms are meant: by name, source, severity, service, environment and labels. All that is said has to fit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Severity;
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
