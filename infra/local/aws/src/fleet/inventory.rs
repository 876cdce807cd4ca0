//! `DescribeInstanceInformation`: which hosts there are, and whether they answer.

use serde_json::{Map, Value, json};

use super::answers::{Answer, paging};
use super::host::{Agent, Host};
use super::state::State;
use super::times::seconds;
use crate::input::{Input, Problems, Rule};
use crate::refusal::Refusal;

struct Filter {
    key: String,
    values: Vec<String>,
}

/// The hosts that all filters let through.
pub fn describe(state: &State, body: &Map<String, Value>, now: jiff::Timestamp) -> Answer {
    let mut problems = Problems::default();
    let input = Input::new(body);
    let mut filters = input.list("Filters", (0, 50), &mut problems, |input, problems| Filter {
        key: input.required("Key", Rule::Text(1, 256), problems),
        values: input.strings("Values", (1, 100), Rule::Text(1, usize::MAX), problems),
    });
    // The older form of the same.
    filters.extend(input.list("InstanceInformationFilterList", (0, 50), &mut problems, |input, problems| Filter {
        key: input.required("key", Rule::Text(1, 256), problems),
        values: input.strings("valueSet", (1, 100), Rule::Text(1, usize::MAX), problems),
    }));
    let page = paging(body, (5, 50), problems)?;
    let mut found = Vec::new();
    for host in &state.hosts {
        let mut fits = true;
        for filter in &filters {
            fits &= passes(host, filter)?;
        }
        if fits {
            found.push(view(host, now));
        }
    }
    Ok(page.of("InstanceInformationList", found))
}

fn passes(host: &Host, filter: &Filter) -> Result<bool, Refusal> {
    let is = |value: &str| filter.values.iter().any(|wanted| wanted == value);
    if let Some(key) = filter.key.strip_prefix("tag:") {
        return Ok(host.has_tag(key, &filter.values));
    }
    match filter.key.as_str() {
        "tag-key" => Ok(filter.values.iter().any(|key| host.tags.contains_key(key))),
        "InstanceIds" => Ok(is(&host.id)),
        "PingStatus" => Ok(is(host.agent.borrow().ping_status())),
        "PlatformTypes" => Ok(is("Linux")),
        "ResourceType" => Ok(is("EC2Instance")),
        "AgentVersion" => Ok(is(AGENT_VERSION)),
        "ActivationIds" | "IamRole" | "AssociationStatus" => Ok(false),
        _ => Err(Refusal::new("InvalidFilterKey", "The specified filter key isn't valid.")),
    }
}

const AGENT_VERSION: &str = "3.3.2746.0";

fn view(host: &Host, now: jiff::Timestamp) -> Value {
    let agent = *host.agent.borrow();
    json!({
        "InstanceId": host.id,
        "PingStatus": agent.ping_status(),
        "LastPingDateTime": seconds(if agent == Agent::Online { now } else { host.last_ping }),
        "AgentVersion": AGENT_VERSION,
        "IsLatestVersion": true,
        "PlatformType": "Linux",
        "PlatformName": "Amazon Linux",
        "PlatformVersion": "2023",
        "ResourceType": "EC2Instance",
        "IPAddress": host.address(),
        "ComputerName": host.name,
        "RegistrationDate": seconds(host.registered),
        "SourceId": host.id,
        "SourceType": "AWS::EC2::Instance",
    })
}
