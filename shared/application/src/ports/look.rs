//! Reads of the tables, named so that people can be told how to make them.

use jiff::Timestamp;
use opsroom_domain::bytes::{DigestFor, LinkId};
use opsroom_domain::dj::Month;
use opsroom_domain::ids::{ChannelId, DeploymentId, EnvironmentName, IncidentId, Login, PersonId, PipelineName, ServiceName};

/// Something that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// What runs where, or in one environment.
    Environments(Option<EnvironmentName>),
    /// Which deployments are under way.
    Slots,
    /// Locks, freezes, and who waits.
    Gate,
    /// A deployment.
    Deployment(DeploymentId),
    /// The deployments of a service.
    Deployments(ServiceName),
    /// The latest entries of the audit log.
    Audit,
    /// Those of a person.
    AuditOf(PersonId),
    /// Those about a service.
    AuditAbout(ServiceName),
    /// What is used in a channel.
    Habits(ChannelId),
    /// Incidents that are not over.
    OpenIncidents,
    /// Incidents that are.
    ClosedIncidents,
    /// An incident.
    Incident(IncidentId),
    /// What was said in chat about alarms: routes, silences, who stands in.
    Settings,
    /// How branches of pipelines stand.
    Healths,
    /// The runs of a pipeline.
    Runs(PipelineName),
    /// What a channel is shown.
    Subscriptions(ChannelId),
    /// The links of a room that were posted in the week of a moment, with one of some tags if there are any.
    Links(ChannelId, Timestamp, Vec<String>),
    /// The links of a room with a word.
    LinksWith(ChannelId, String),
    /// A link of a room.
    Link(ChannelId, LinkId),
    /// A person's reading list, and how far they have come.
    Reader(PersonId),
    /// When a digest is sent.
    Digest(DigestFor),
    /// A DJ room's station.
    Station(ChannelId),
    /// What a DJ room has played most in a month.
    Chart(ChannelId, Month),
    /// Which rooms were made in chat.
    Rooms,
    /// Who a login is.
    Login(Login),
}
