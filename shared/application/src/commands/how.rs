//! *How?* of a line: which calls its answer came from, for anybody to paste. What runs or changes on its own has a *How?* of its own, with
//! the calls as they were made; here is what a line looks at.

use jiff::Timestamp;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::bytes::words::asked;
use opsroom_domain::bytes::{CanonicalUrl, DigestFor, LinkId};
use opsroom_domain::card::Card;
use opsroom_domain::catalog::{Catalog, DjRules};
use opsroom_domain::dj::Month;
use opsroom_domain::ids::{ChannelId, EnvironmentName, IncidentId, PersonId, PipelineName, ServiceName};
use opsroom_domain::operation::HostTarget;
use opsroom_domain::rights::Asker;
use opsroom_grammar::{Build, Bytes, Command, Dj, Gh, HistoryOf, Hosts as AskedOfHosts, Mon, On, Quiet, Reader as For, Release, parse};

use super::dj::asks;
use super::hosts::hosts_of;
use super::{Commander, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{CatalogStore, Hosts, Look, Store};
use crate::request::Request;

/// Hosts of so many places are shown; the others are asked for alike.
const MOST_PLACES: usize = 5;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn explain_line(&self, request: &Request, asker: &Asker, line: &str, view: &str) -> Result<Worked, Failure> {
        let shown = match self.may_see_how(request, asker, &format!("How? of {line}")).await? {
            Err(instead) => instead,
            Ok(catalog) => (self.how_line(&catalog.catalog, asker, line), Vec::new()),
        };
        self.show_how(request, view, shown).await
    }

    fn how_line(&self, catalog: &Catalog, asker: &Asker, line: &str) -> Card {
        let command = parse(line).and_then(|command| command.resolve(catalog, line));
        match command {
            Ok(command) => cards::line_how(line, command.spec().how, &self.calls(catalog, asker, &command)),
            // Names may be gone from the catalog since.
            Err(mistake) => cards::mistake(&mistake),
        }
    }

    /// The calls that an answer comes from, the catalog's last: it stands behind all of them.
    fn calls(&self, catalog: &Catalog, asker: &Asker, command: &Command) -> Vec<ApiCall> {
        let looks = match command {
            Command::Bytes(bytes) => looks_at_links(&asker.channel, &asker.person, self.now, bytes),
            Command::Dj(dj) => catalog.dj.as_ref().map(|rules| looks_at_music(rules, self.now, dj)).unwrap_or_default(),
            _ => looks(&asker.channel, command),
        };
        let mut calls: Vec<ApiCall> = looks.iter().map(|look| self.store.call(look)).collect();
        match command {
            Command::Hosts(hosts) => calls.extend(self.looks_at_hosts(catalog, hosts)),
            Command::Dj(dj) => calls.extend(catalog.dj.as_ref().and_then(|rules| Some(self.call_to_player(rules, asks(rules, dj)?)))),
            Command::Build(Build::Logs { pipeline, .. } | Build::Retry { pipeline, .. } | Build::Decide { pipeline, .. }) => {
                calls.push(ApiCall::new("codepipeline", "get-pipeline-state").with("name", pipeline.as_str()));
            }
            _ => {}
        }
        calls.push(self.catalog.call());
        calls
    }

    fn looks_at_hosts(&self, catalog: &Catalog, hosts: &AskedOfHosts) -> Vec<ApiCall> {
        let one = |host: &str| match opsroom_domain::operation::value::host_id(host) {
            Some(id) => vec![self.hosts.describe_call(&HostTarget::Hosts(vec![id]))],
            None => Vec::new(),
        };
        let (service, environment) = match hosts {
            AskedOfHosts::Reboot { host, of: None }
            | AskedOfHosts::Check { on: On::Host(host) }
            | AskedOfHosts::Run { on: On::Host(host), .. } => {
                return one(host);
            }
            AskedOfHosts::Runbooks | AskedOfHosts::Cancel { .. } => return Vec::new(),
            AskedOfHosts::List { service, environment } => (service.as_deref(), environment.as_deref()),
            other => other.place().map_or((None, None), |(service, environment)| (Some(service), Some(environment))),
        };
        let places = catalog.with_hosts().filter(|place| {
            service.is_none_or(|service| place.service_name.as_str() == service)
                && environment.is_none_or(|environment| place.environment_name.as_str() == environment)
        });
        let targets = places.filter_map(|place| Some(HostTarget::Tags(hosts_of(&place)?.tags.clone())));
        targets.take(MOST_PLACES).map(|target| self.hosts.describe_call(&target)).collect()
    }
}

/// What a command reads of the tables.
fn looks(channel: &ChannelId, command: &Command) -> Vec<Look> {
    match command {
        Command::Help { .. } | Command::WhoAmI | Command::Can { .. } | Command::Hosts(_) | Command::Bytes(_) | Command::Dj(_) => Vec::new(),
        Command::Offers => vec![Look::Habits(channel.clone())],
        Command::Status { environment } => vec![
            Look::Environments(environment.as_deref().map(EnvironmentName::new)),
            Look::Slots,
            Look::OpenIncidents,
            Look::ClosedIncidents,
            Look::Healths,
        ],
        Command::Where { .. } => vec![Look::Environments(None), Look::Slots],
        Command::Deploys { service, .. } => vec![Look::Deployments(ServiceName::new(service))],
        Command::Deploy(deploy) => vec![Look::Slots, Look::Gate, Look::Deployments(ServiceName::new(&deploy.service))],
        Command::Pending => vec![Look::Slots, Look::Gate],
        Command::Cancel { deployment } => vec![Look::Deployment(deployment.clone())],
        Command::History { of, .. } => vec![match of {
            None => Look::Audit,
            Some(HistoryOf::Person(person)) => Look::AuditOf(person.clone()),
            Some(HistoryOf::Service(service)) => Look::AuditAbout(ServiceName::new(service)),
        }],
        Command::Release(release) => match release {
            Release::Rollback { service, .. } | Release::Promote { service, .. } => {
                vec![Look::Environments(None), Look::Deployments(ServiceName::new(service))]
            }
            Release::Approve { deployment, .. } | Release::Reject { deployment, .. } | Release::Override { deployment } => {
                vec![Look::Deployment(deployment.clone())]
            }
            Release::Lock { .. } | Release::Unlock { .. } | Release::Locks | Release::Freeze { .. } | Release::Unfreeze { .. } => {
                vec![Look::Gate]
            }
        },
        Command::Gh(Gh::Link { login: Some(login), .. }) => vec![Look::Login(login.clone())],
        Command::Gh(_) => vec![Look::Subscriptions(channel.clone())],
        Command::Build(build) => match build {
            Build::Watch { .. } | Build::Unwatch { .. } | Build::Watches => vec![Look::Subscriptions(channel.clone())],
            Build::Status { .. } => vec![Look::Healths],
            Build::Logs { pipeline, .. } | Build::Retry { pipeline, .. } | Build::Decide { pipeline, .. } => {
                vec![Look::Runs(PipelineName::new(pipeline))]
            }
        },
        Command::Mon(mon) => looks_at_incidents(mon),
    }
}

/// What is asked of links. A longer time is the same call for each of its weeks.
fn looks_at_links(channel: &ChannelId, person: &PersonId, now: Timestamp, bytes: &Bytes) -> Vec<Look> {
    let own = || Look::Reader(person.clone());
    let links = |tags: &[String]| Look::Links(channel.clone(), now, tags.to_vec());
    let link = |url: &str| CanonicalUrl::parse(url).ok().map(|url| Look::Link(channel.clone(), LinkId::of(channel, &url)));
    match bytes {
        Bytes::On | Bytes::Off => vec![Look::Rooms],
        Bytes::CatchUp => vec![own(), links(&[])],
        Bytes::Top { tags, .. } => vec![own(), links(tags)],
        Bytes::Search { words } => asked(words).into_iter().map(|word| Look::LinksWith(channel.clone(), word)).collect(),
        Bytes::Digest { to: For::Channel, .. } => vec![Look::Digest(DigestFor::Room { channel: channel.clone() })],
        Bytes::Digest { to: For::Me, .. } => vec![Look::Digest(DigestFor::Reader { person: person.clone() })],
        Bytes::Save { url } | Bytes::Unsave { url } => [own()].into_iter().chain(link(url)).collect(),
        Bytes::Mine => vec![own()],
        Bytes::Hide { url } | Bytes::Unhide { url } => link(url).into_iter().collect(),
    }
}

/// What is read of the DJ's room.
fn looks_at_music(rules: &DjRules, now: Timestamp, dj: &Dj) -> Vec<Look> {
    match dj {
        Dj::Top { month } => {
            let this = Month::of(now, &rules.station().zone);
            let month = month.and_then(|month| Month::new(month.year, month.month).ok()).unwrap_or(this);
            vec![Look::Chart(rules.room.clone(), month)]
        }
        _ => vec![Look::Station(rules.room.clone())],
    }
}

fn looks_at_incidents(mon: &Mon) -> Vec<Look> {
    let one = |incident: &Option<IncidentId>| vec![incident.clone().map_or(Look::OpenIncidents, Look::Incident)];
    match mon {
        Mon::Open { .. } => vec![Look::OpenIncidents],
        Mon::Missed => vec![Look::OpenIncidents, Look::ClosedIncidents],
        Mon::Show { incident }
        | Mon::Acknowledge { incident }
        | Mon::Unacknowledge { incident }
        | Mon::Resolve { incident, .. }
        | Mon::Assign { incident, .. }
        | Mon::Snooze { incident, .. }
        | Mon::Note { incident, .. } => one(incident),
        Mon::Reopen { incident } => vec![Look::Incident(incident.clone())],
        Mon::Attach { incident, to } => vec![Look::Incident(incident.clone()), Look::Incident(to.clone())],
        Mon::Silence { what: Quiet::Incident(incident), .. } => vec![Look::Incident(incident.clone()), Look::Settings],
        Mon::Silence { .. }
        | Mon::Silences
        | Mon::Unsilence { .. }
        | Mon::OnCall
        | Mon::Override { .. }
        | Mon::Routes
        | Mon::AddRoute { .. }
        | Mon::RemoveRoute { .. }
        | Mon::Test { .. } => vec![Look::Settings],
    }
}
