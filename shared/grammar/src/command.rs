//! What a line asks for.

use jiff::SignedDuration;
use opsroom_domain::ids::{DeploymentId, PersonId};
use opsroom_domain::revision::Revision;

/// A parsed line. Names are as typed until [`Command::resolve`] has replaced them by the catalog's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What can be asked here, or how one command is used.
    Help {
        /// The command.
        about: Option<String>,
    },
    /// Who the person is to Opsroom.
    WhoAmI,
    /// Whether the person may run a line, and by which rule.
    Can {
        /// The line.
        line: String,
        /// What it means.
        command: Box<Command>,
    },
    /// What runs where.
    Status {
        /// Only there.
        environment: Option<String>,
    },
    /// Bring a service into an environment.
    Deploy(Deploy),
    /// Where a service runs, and which revision of it.
    Where {
        /// The service.
        service: String,
    },
    /// The latest deployments of a service.
    Deploys {
        /// The service.
        service: String,
        /// Only there.
        environment: Option<String>,
    },
    /// Stop a deployment.
    Cancel {
        /// Which.
        deployment: DeploymentId,
    },
    /// What is under way.
    Pending,
    /// What was asked, and what came of it.
    History {
        /// Only of this.
        of: Option<HistoryOf>,
        /// Not older than this.
        since: Option<SignedDuration>,
    },
}

/// Whose or which history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryOf {
    /// A person's.
    Person(PersonId),
    /// A service's.
    Service(String),
}

/// A wish to deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deploy {
    /// What.
    pub service: String,
    /// Which revision; `None` for whatever the pipeline's source has.
    pub revision: Option<Revision>,
    /// Where.
    pub environment: String,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Why.
    pub reason: Option<String>,
}
