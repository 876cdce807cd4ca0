//! Which hosts there are (`DescribeInstanceInformation`).

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{InstanceInformation, InstanceInformationStringFilter, PingStatus};
use jiff::Timestamp;
use opsroom_application::ports::{Agent, HostInfo, PortError, PortErrorKind};
use opsroom_aws_session::port_error;
use opsroom_domain::ids::HostId;
use opsroom_domain::operation::value::host_id;
use opsroom_domain::operation::{HostTarget, MOST_HOSTS};

const DESCRIBE: &str = "ssm:DescribeInstanceInformation";
const PAGE: i32 = 50;

type Filter = InstanceInformationStringFilter;

fn filter(key: impl Into<String>, values: Vec<String>) -> Result<Filter, PortError> {
    Filter::builder().key(key).set_values(Some(values)).build().map_err(|error| PortError::new(PortErrorKind::Permanent, DESCRIBE, error))
}

fn of_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Filter>, PortError> {
    tags.iter().map(|(key, value)| filter(format!("tag:{key}"), vec![value.clone()])).collect()
}

pub(crate) fn filters(target: &HostTarget) -> Result<Vec<Filter>, PortError> {
    match target {
        HostTarget::Tags(tags) => of_tags(tags),
        HostTarget::Hosts(hosts) => Ok(vec![filter("InstanceIds", hosts.iter().map(ToString::to_string).collect())?]),
    }
}

/// All of them, but no more than one more than an operation takes: then they are too many anyway.
pub(crate) async fn all(client: &Client, filters: Vec<Filter>) -> Result<Vec<HostInfo>, PortError> {
    let mut found = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let page = client.describe_instance_information().set_filters(Some(filters.clone())).max_results(PAGE).set_next_token(next);
        let page = page.send().await.map_err(|error| port_error(DESCRIBE, &error))?;
        found.extend(page.instance_information_list().iter().filter_map(info));
        next = page.next_token.filter(|token| !token.is_empty());
        if next.is_none() || found.len() > MOST_HOSTS {
            found.sort_by(|a, b| (&a.name, a.id.as_str()).cmp(&(&b.name, b.id.as_str())));
            return Ok(found);
        }
    }
}

/// A host, if it has these tags. By its id in one call; a name is no filter of the API, so the hosts with the tags are looked through.
pub(crate) async fn one(client: &Client, host: &str, tags: &BTreeMap<String, String>) -> Result<Option<HostInfo>, PortError> {
    let mut filters = of_tags(tags)?;
    if let Some(id) = host_id(host) {
        filters.push(filter("InstanceIds", vec![id.to_string()])?);
    }
    let found = all(client, filters).await?;
    Ok(found.into_iter().find(|info| info.id.as_str() == host || info.name.eq_ignore_ascii_case(host)))
}

fn info(host: &InstanceInformation) -> Option<HostInfo> {
    let id = HostId::new(host.instance_id()?);
    let name = host.name().or(host.computer_name()).filter(|name| !name.is_empty()).unwrap_or(id.as_str());
    let agent = match host.ping_status() {
        Some(PingStatus::Online) => Agent::Online,
        Some(PingStatus::ConnectionLost) => Agent::Lost,
        _ => Agent::Inactive,
    };
    let platform = [host.platform_name(), host.platform_version()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(HostInfo {
        name: name.to_owned(),
        address: host.ip_address().map(str::to_owned),
        agent,
        heard_at: host.last_ping_date_time().and_then(|at| Timestamp::new(at.secs(), 0).ok()),
        platform: (!platform.is_empty()).then_some(platform),
        id,
    })
}
