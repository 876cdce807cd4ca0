//! Is there what the DJ plays with?

use aws_config::SdkConfig;
use opsroom_application::ports::{Agent, HostInfo, Hosts as _, OwnDocument};
use opsroom_aws_hosts::SystemsManager;
use opsroom_domain::catalog::{DjRules, PlayerRule};
use opsroom_domain::operation::HostTarget;

use super::findings::Findings;
use super::hosts::{DEPLOY, document};
use super::secrets::need;
use crate::secrets::{SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET, SPOTIFY_REFRESH_TOKEN};

/// The secrets by which Spotify is told what to play.
const OF_SPOTIFY: [&str; 3] = [SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET, SPOTIFY_REFRESH_TOKEN];

/// `set` has the names of the secrets that are set.
pub(super) async fn check(config: &SdkConfig, stack: &str, rules: &DjRules, set: Option<&[&str]>, found: &mut Findings) {
    match &rules.player {
        PlayerRule::Mpd { hosts: of } => {
            let hosts = SystemsManager::new(config, format!("{stack}-"));
            let name = hosts.document(OwnDocument::Dj);
            document(found, &name, hosts.shell(&name).await, DEPLOY);
            let Some(answer) = found.unless_failed("host of the DJ", hosts.describe(&HostTarget::Tags(of.tags.clone())).await) else {
                return;
            };
            match complaint(&answer) {
                None => found.good("host of the DJ: there, and its agent answers"),
                Some((wrong, mend)) => found.wrong(format!("host of the DJ: {wrong}"), mend),
            }
        }
        PlayerRule::Spotify { .. } => {
            let Some(set) = set else { return found.unchecked("secrets of Spotify", "the secrets couldn't be listed") };
            spotify(set, found);
        }
    }
}

fn spotify(set: &[&str], found: &mut Findings) {
    for name in OF_SPOTIFY {
        need(name, ", so that the DJ can't ask Spotify", set, found);
    }
}

/// One host plays: of two, each plays every song.
fn complaint(hosts: &[HostInfo]) -> Option<(String, &'static str)> {
    match hosts {
        [] => Some((
            "Systems Manager knows none with the tags of dj.player.hosts".to_owned(),
            "register it (docs/guide/dj-host.md), or correct the tags in the catalog",
        )),
        [host] if host.agent == Agent::Online => None,
        [host] => Some((format!("no answer from {}", host.name), "see to the SSM agent on it, and to its network")),
        several => {
            let names: Vec<&str> = several.iter().map(|host| host.name.as_str()).collect();
            Some((
                format!("{} have these tags, and every song would be heard from each", names.join(", ")),
                "give the tags to one of them alone",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, agent: Agent) -> HostInfo {
        HostInfo { id: name.into(), name: name.to_owned(), address: None, agent, heard_at: None, platform: None }
    }

    #[test]
    fn one_host_that_answers_is_what_it_takes() {
        assert_eq!(complaint(&[host("jukebox", Agent::Online)]), None);
        assert!(complaint(&[]).unwrap().0.contains("knows none"));
        assert_eq!(complaint(&[host("jukebox", Agent::Lost)]).unwrap().0, "no answer from jukebox");
        let two = complaint(&[host("jukebox", Agent::Online), host("radio", Agent::Online)]).unwrap();
        assert_eq!(two.0, "jukebox, radio have these tags, and every song would be heard from each");
    }

    #[test]
    fn each_missing_secret_of_spotify_is_named() {
        let mut found = Findings::default();
        spotify(&["spotify/client-id", "slack/bot-token"], &mut found);
        let report = found.report();
        assert!(
            report.text.contains("secret spotify/client-secret: not set") && report.text.contains("secret spotify/refresh-token: not set")
        );
        assert!(report.text.contains("secret spotify/client-id: set"), "{}", report.text);
        assert!(!report.healthy);
    }
}
