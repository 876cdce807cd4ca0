//! Are the documents there that run on hosts, and has every service the hosts that the catalog names by their tags?

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use futures_util::{StreamExt, stream};
use opsroom_application::ports::{Agent, HostInfo, Hosts as _, OwnDocument, PortError, PortErrorKind};
use opsroom_aws_hosts::SystemsManager;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::operation::{HostTarget, MOST_HOSTS};

use super::findings::Findings;
use super::{AT_ONCE, guards};

const OWN: [OwnDocument; 4] = [OwnDocument::RestartService, OwnDocument::CheckHost, OwnDocument::ReadJournal, OwnDocument::FollowJournal];

/// How a document of the stack's own comes back.
pub(super) const DEPLOY: &str = "deploy this version's template: sam build && sam deploy";

pub(super) async fn check(config: &SdkConfig, stack: &str, catalog: &Catalog, found: &mut Findings) {
    let places: Vec<_> = catalog.with_hosts().collect();
    if places.is_empty() && catalog.hosts.runbooks.is_empty() {
        found.good("hosts: the catalog names none");
        return;
    }
    let hosts = SystemsManager::new(config, format!("{stack}-"));
    for which in OWN {
        let name = hosts.document(which);
        document(found, &name, hosts.shell(&name).await, DEPLOY);
    }
    // Several runbooks may run one document.
    let documents: BTreeMap<_, _> = catalog.hosts.runbooks.iter().rev().map(|(runbook, entry)| (entry.document(), runbook)).collect();
    for (name, runbook) in documents {
        let mend = format!("create it, or correct hosts.runbooks.{runbook}.document in the catalog");
        if let Some(text) = document(found, name, hosts.shell(name).await, &mend) {
            guards::check(name, &text, found);
        }
    }
    let answers: Vec<_> = stream::iter(places)
        .map(|place| {
            let hosts = &hosts;
            async move {
                let tags = place.target.hosts.as_ref().map(|of| of.tags.clone()).unwrap_or_default();
                (place, hosts.describe(&HostTarget::Tags(tags)).await)
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    for (place, answer) in answers {
        let what = format!("hosts of {} in {}", place.service_name, place.environment_name);
        let Some(hosts) = found.unless_failed(&what, answer) else { continue };
        match complaint(&hosts) {
            None => found.good(format!("{what}: {}", hosts.len())),
            Some((wrong, mend)) => found.wrong(format!("{what}: {wrong}"), mend),
        }
    }
}

/// Tells whether a document is there, and gives what is written in it.
pub(super) fn document(found: &mut Findings, name: &str, answer: Result<String, PortError>, mend: &str) -> Option<String> {
    let what = format!("document {name}");
    match answer {
        Ok(text) => {
            found.good(format!("{what}: there"));
            return Some(text);
        }
        Err(error) if error.kind == PortErrorKind::NotFound => {
            found.wrong(format!("{what}: there is none in this account and region"), mend);
        }
        Err(error) => found.unchecked(what, error.to_string()),
    }
    None
}

fn complaint(hosts: &[HostInfo]) -> Option<(String, &'static str)> {
    let silent: Vec<&str> = hosts.iter().filter(|host| host.agent != Agent::Online).map(|host| host.name.as_str()).collect();
    if hosts.is_empty() {
        return Some((
            "Systems Manager knows none with these tags".to_owned(),
            "tag the instances, and see that their SSM agents run and may reach Systems Manager; or correct the tags in the catalog",
        ));
    }
    if hosts.len() > MOST_HOSTS {
        return Some((
            format!("more than {MOST_HOSTS}"),
            "tag them in groups that are restarted by themselves; an operation takes no more",
        ));
    }
    (!silent.is_empty()).then(|| (format!("no answer from {}", silent.join(", ")), "see to the SSM agents on these hosts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, agent: Agent) -> HostInfo {
        HostInfo { id: name.into(), name: name.to_owned(), address: None, agent, heard_at: None, platform: None }
    }

    #[test]
    fn what_is_wrong_with_hosts_is_named() {
        assert_eq!(complaint(&[host("a", Agent::Online)]), None);
        assert_eq!(complaint(&[]).unwrap().0, "Systems Manager knows none with these tags");
        assert_eq!(complaint(&[host("a", Agent::Online), host("b", Agent::Lost)]).unwrap().0, "no answer from b");
        assert_eq!(complaint(&vec![host("a", Agent::Online); 201]).unwrap().0, "more than 200");
    }
}
