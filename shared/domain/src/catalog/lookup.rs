//! From what people type to what the catalog means.

use super::{Catalog, Service, Target};
use crate::ids::{EnvironmentName, PipelineName, ServiceName};

/// A service in an environment, found.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'a> {
    /// Its name in the catalog.
    pub service_name: &'a ServiceName,
    /// What the catalog says of it.
    pub service: &'a Service,
    /// The environment's name in the catalog.
    pub environment_name: &'a EnvironmentName,
    /// The service there.
    pub target: &'a Target,
}

/// A name that the catalog doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownName {
    /// No such service.
    #[error("no service is called `{typed}`")]
    Service {
        /// What was typed.
        typed: String,
        /// The names that would be right.
        valid: Vec<String>,
    },
    /// No such environment.
    #[error("no environment is called `{typed}`")]
    Environment {
        /// What was typed.
        typed: String,
        /// The names that would be right.
        valid: Vec<String>,
    },
    /// No such runbook.
    #[error("no runbook is called `{typed}`")]
    Runbook {
        /// What was typed.
        typed: String,
        /// The names that would be right.
        valid: Vec<String>,
    },
    /// It isn't said where.
    #[error("in which environment of `{service}`?")]
    NoEnvironment {
        /// The service.
        service: ServiceName,
        /// Where it runs.
        valid: Vec<String>,
    },
    /// The service doesn't run there.
    #[error("`{service}` doesn't run in `{environment}`")]
    NotThere {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: EnvironmentName,
        /// Where it runs.
        valid: Vec<String>,
    },
}

impl UnknownName {
    /// What was typed, and what would be right.
    pub fn typed_and_valid(&self) -> (&str, &[String]) {
        match self {
            Self::Service { typed, valid } | Self::Environment { typed, valid } | Self::Runbook { typed, valid } => (typed, valid),
            Self::NoEnvironment { valid, .. } => ("", valid),
            Self::NotThere { environment, valid, .. } => (environment.as_str(), valid),
        }
    }
}

impl Catalog {
    /// Finds a service by its name or an alias, in any case.
    pub fn service(&self, typed: &str) -> Result<(&ServiceName, &Service), UnknownName> {
        self.services
            .iter()
            .find(|(name, service)| names(name.as_str(), &service.aliases, typed))
            .ok_or_else(|| UnknownName::Service { typed: typed.to_owned(), valid: self.services.keys().map(ToString::to_string).collect() })
    }

    /// Finds an environment by its name or an alias, in any case.
    pub fn environment(&self, typed: &str) -> Result<&EnvironmentName, UnknownName> {
        self.environments
            .iter()
            .find(|(name, environment)| names(name.as_str(), &environment.aliases, typed))
            .map(|(name, _)| name)
            .ok_or_else(|| UnknownName::Environment {
                typed: typed.to_owned(),
                valid: self.environments.keys().map(ToString::to_string).collect(),
            })
    }

    /// Finds a service in an environment.
    pub fn target(&self, service: &str, environment: &str) -> Result<Resolved<'_>, UnknownName> {
        let (service_name, service) = self.service(service)?;
        let environment = self.environment(environment)?;
        service
            .environments
            .get_key_value(environment)
            .map(|(environment_name, target)| Resolved { service_name, service, environment_name, target })
            .ok_or_else(|| UnknownName::NotThere {
                service: service_name.clone(),
                environment: environment.clone(),
                valid: service.environments.keys().map(ToString::to_string).collect(),
            })
    }

    /// Finds what a pipeline deploys.
    pub fn target_of_pipeline(&self, pipeline: &PipelineName) -> Option<Resolved<'_>> {
        self.services.iter().find_map(|(service_name, service)| {
            let (environment_name, target) = service.environments.iter().find(|(_, target)| &target.pipeline == pipeline)?;
            Some(Resolved { service_name, service, environment_name, target })
        })
    }
}

fn names(name: &str, aliases: &[String], typed: &str) -> bool {
    name.eq_ignore_ascii_case(typed) || aliases.iter().any(|alias| alias.eq_ignore_ascii_case(typed))
}
