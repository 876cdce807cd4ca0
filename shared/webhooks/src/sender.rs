//! Who sends webhooks.

use serde::{Deserialize, Serialize};

/// A kind of sender. Each has a path of the door, a secret, and a way to prove itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// GitHub, or GitHub Enterprise.
    Github,
    /// GitLab CI.
    Gitlab,
    /// `CircleCI`.
    Circleci,
    /// Buildkite.
    Buildkite,
    /// Jenkins with its Notification plugin.
    Jenkins,
    /// Anything that speaks the documented format for runs.
    Generic,
    /// Prometheus Alertmanager.
    Alertmanager,
    /// Grafana's alerting.
    Grafana,
    /// Anything that speaks the documented format for alarms.
    GenericAlerts,
}

impl Sender {
    /// Every sender.
    pub const ALL: [Self; 9] = [
        Self::Github,
        Self::Gitlab,
        Self::Circleci,
        Self::Buildkite,
        Self::Jenkins,
        Self::Generic,
        Self::Alertmanager,
        Self::Grafana,
        Self::GenericAlerts,
    ];

    /// As it stands in the name of its secret, in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Circleci => "circleci",
            Self::Buildkite => "buildkite",
            Self::Jenkins => "jenkins",
            Self::Generic => "generic",
            Self::Alertmanager => "alertmanager",
            Self::Grafana => "grafana",
            Self::GenericAlerts => "generic-alerts",
        }
    }

    /// Its path of the door.
    pub fn path(self) -> &'static str {
        match self {
            Self::Github => "/github",
            Self::Gitlab => "/ci/gitlab",
            Self::Circleci => "/ci/circleci",
            Self::Buildkite => "/ci/buildkite",
            Self::Jenkins => "/ci/jenkins",
            Self::Generic => "/ci/generic",
            Self::Alertmanager => "/alerts/alertmanager",
            Self::Grafana => "/alerts/grafana",
            Self::GenericAlerts => "/alerts/generic",
        }
    }

    /// Whether it tells of alarms: those are for `alarms`, everything else is for `activity`.
    pub fn tells_of_alarms(self) -> bool {
        matches!(self, Self::Alertmanager | Self::Grafana | Self::GenericAlerts)
    }

    /// The sender of a path.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.path() == path)
    }
}

impl std::fmt::Display for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
