//! What is asked of hosts.

use opsroom_domain::catalog::{Catalog, UnknownName};
use opsroom_domain::ids::OperationId;
use opsroom_domain::operation::{Batch, LogsWish};

/// What is asked of hosts. Names are as typed until they are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosts {
    /// Restart a service's unit, host by host.
    Restart {
        /// Which.
        service: String,
        /// Where.
        environment: String,
        /// How many hosts at once.
        batch: Batch,
    },
    /// Stop a host and start it again.
    Reboot {
        /// Its id or name.
        host: String,
        /// Whose it is, if that is said: finding it out takes a while where there are many services.
        of: Option<(String, String)>,
    },
    /// How hosts stand.
    Check {
        /// Which.
        on: On,
    },
    /// Which hosts there are.
    List {
        /// Only those of this service.
        service: Option<String>,
        /// Only there.
        environment: Option<String>,
    },
    /// What a service has logged.
    Logs {
        /// Which.
        service: String,
        /// Where.
        environment: String,
        /// Which lines.
        wish: LogsWish,
        /// Only of this host.
        host: Option<String>,
    },
    /// Run a runbook.
    Run {
        /// Which.
        runbook: String,
        /// On which hosts.
        on: On,
        /// What it is given.
        given: Vec<(String, String)>,
        /// Whether it only says what it would do.
        check: bool,
    },
    /// Which runbooks there are.
    Runbooks,
    /// Stop an operation.
    Cancel {
        /// Which.
        operation: OperationId,
    },
}

/// Which hosts are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// All of a service in an environment.
    Service {
        /// The service.
        service: String,
        /// The environment.
        environment: String,
    },
    /// One, by its id or name.
    Host(String),
}

impl Hosts {
    /// The service and the environment that it is about, where they are named.
    pub fn place(&self) -> Option<(&str, &str)> {
        match self {
            Self::Restart { service, environment, .. }
            | Self::Logs { service, environment, .. }
            | Self::Check { on: On::Service { service, environment } }
            | Self::Run { on: On::Service { service, environment }, .. }
            | Self::Reboot { of: Some((service, environment)), .. } => Some((service, environment)),
            _ => None,
        }
    }

    pub(crate) fn resolved(self, catalog: &Catalog) -> Result<Self, UnknownName> {
        Ok(match self {
            Self::Restart { service, environment, batch } => {
                let (service, environment) = place(catalog, &service, &environment)?;
                Self::Restart { service, environment, batch }
            }
            Self::Logs { service, environment, wish, host } => {
                let (service, environment) = place(catalog, &service, &environment)?;
                Self::Logs { service, environment, wish, host }
            }
            Self::Reboot { host, of: Some((service, environment)) } => {
                Self::Reboot { host, of: Some(place(catalog, &service, &environment)?) }
            }
            Self::Check { on } => Self::Check { on: on.resolved(catalog)? },
            Self::Run { runbook, on, given, check } => {
                let Some((name, _)) = catalog.runbook(&runbook) else {
                    let valid = catalog.hosts.runbooks.keys().map(ToString::to_string).collect();
                    return Err(UnknownName::Runbook { typed: runbook, valid });
                };
                Self::Run { runbook: name.to_string(), on: on.resolved(catalog)?, given, check }
            }
            Self::List { service, environment } => listed(catalog, service, environment)?,
            Self::Reboot { of: None, .. } | Self::Runbooks | Self::Cancel { .. } => self,
        })
    }
}

/// One word may be a service or an environment.
fn listed(catalog: &Catalog, first: Option<String>, second: Option<String>) -> Result<Hosts, UnknownName> {
    let (service, environment) = match (first, second) {
        (Some(service), Some(environment)) => {
            let (service, environment) = place(catalog, &service, &environment)?;
            (Some(service), Some(environment))
        }
        (Some(word), None) | (None, Some(word)) => match (catalog.service(&word), catalog.environment(&word)) {
            (Ok((service, _)), _) => (Some(service.to_string()), None),
            (Err(_), Ok(environment)) => (None, Some(environment.to_string())),
            (Err(unknown), Err(_)) => return Err(unknown),
        },
        (None, None) => (None, None),
    };
    Ok(Hosts::List { service, environment })
}

impl On {
    fn resolved(self, catalog: &Catalog) -> Result<Self, UnknownName> {
        match self {
            Self::Service { service, environment } => {
                let (service, environment) = place(catalog, &service, &environment)?;
                Ok(Self::Service { service, environment })
            }
            // "check api": a host is hardly called like a service, and which of its environments is meant nobody guesses.
            Self::Host(word) => match catalog.service(&word) {
                Ok((name, service)) => {
                    let valid = service.environments.keys().map(ToString::to_string).collect();
                    Err(UnknownName::NoEnvironment { service: name.clone(), valid })
                }
                Err(_) => Ok(Self::Host(word)),
            },
        }
    }
}

/// "restart staging api" means one thing only.
fn place(catalog: &Catalog, service: &str, environment: &str) -> Result<(String, String), UnknownName> {
    let found = match catalog.target(service, environment) {
        Ok(found) => found,
        Err(wrong) => catalog.target(environment, service).map_err(|_| wrong)?,
    };
    Ok((found.service_name.to_string(), found.environment_name.to_string()))
}
