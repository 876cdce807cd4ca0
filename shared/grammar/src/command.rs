//! What a line asks for.

use jiff::SignedDuration;
use opsroom_domain::ids::{DeploymentId, Login, PersonId};
use opsroom_domain::pipeline_execution::approval::Decision;
use opsroom_domain::repository::RepositoryPattern;
use opsroom_domain::revision::Revision;
use opsroom_domain::subscription::{BuildTarget, Feature, Filters, WatchTerms};

use crate::bytes::Bytes;
use crate::dj::Dj;
use crate::hosts::Hosts;
use crate::mon::Mon;
use crate::release::Release;

/// A parsed line. Names are as typed until [`Command::resolve`] has replaced them by the catalog's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What can be asked here, or how one command is used.
    Help {
        /// The command.
        about: Option<String>,
    },
    /// Nothing in particular: what is often asked here is to be offered.
    Offers,
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
    /// Going back, going on, approvals, locks, freezes.
    Release(Release),
    /// The GitHub room.
    Gh(Gh),
    /// The Builds room.
    Build(Build),
    /// The Monit room.
    Mon(Mon),
    /// Hosts.
    Hosts(Hosts),
    /// A bytes room.
    Bytes(Bytes),
    /// The DJ room.
    Dj(Dj),
    /// What was asked, and what came of it.
    History {
        /// Only of this.
        of: Option<HistoryOf>,
        /// Not older than this.
        since: Option<SignedDuration>,
    },
}

/// What is asked of the GitHub room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gh {
    /// Show news of repositories in this channel.
    Subscribe {
        /// Of which.
        pattern: RepositoryPattern,
        /// Which features; empty for the default ones, or with `add` for none besides.
        features: Vec<Feature>,
        /// Which of them.
        filters: Box<Filters>,
        /// Whether this is added to what is subscribed already, instead of replacing it.
        add: bool,
    },
    /// Show no more of them.
    Unsubscribe {
        /// Of which.
        pattern: RepositoryPattern,
        /// Only without these features; empty for all.
        features: Vec<Feature>,
    },
    /// What this channel is subscribed to.
    List,
    /// Show nothing new for a while.
    Mute {
        /// Of which.
        pattern: RepositoryPattern,
        /// For how long; `None` to end it.
        span: Option<SignedDuration>,
    },
    /// Say who one is at GitHub.
    Link {
        /// The login; `None` to ask.
        login: Option<Login>,
        /// Whether to take it off.
        remove: bool,
    },
    /// Why something did or didn't show here.
    Explain {
        /// Its page.
        url: String,
    },
}

/// What is asked of the Builds room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Build {
    /// Show runs in this channel.
    Watch {
        /// Whose.
        target: BuildTarget,
        /// Which.
        terms: WatchTerms,
    },
    /// Show no more of them.
    Unwatch {
        /// Whose.
        target: BuildTarget,
    },
    /// What this channel watches.
    Watches,
    /// How pipelines stand.
    Status {
        /// Only this one.
        pipeline: Option<String>,
    },
    /// The end of the log of the run that failed last, or of the last one.
    Logs {
        /// Of which pipeline.
        pipeline: String,
        /// How many lines.
        lines: usize,
    },
    /// Run the failed actions of the latest run again.
    Retry {
        /// Of which pipeline.
        pipeline: String,
        /// Of which stage; `None` for the one that failed.
        stage: Option<String>,
    },
    /// Decide on what waits for an approval.
    Decide {
        /// In which pipeline.
        pipeline: String,
        /// Which way.
        decision: Decision,
        /// Why.
        reason: String,
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
    /// What follows, each when the one before has succeeded.
    pub then: Vec<Wanted>,
}

/// A service that follows in the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub service: String,
    /// Which revision; `None` for whatever the pipeline's source has.
    pub revision: Option<Revision>,
}
