//! The command line, and how the pipelines start.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use hyper::Uri;
use hyper::http::uri::Authority;
use jiff::SignedDuration;

use crate::clock;
use crate::pipelines::{self, DefinitionError, Engine, Site};

/// The local cloud's AWS endpoint: a gateway in front of an AWS emulator that answers CodePipeline itself and can inject
/// faults.
#[derive(Debug, Parser)]
#[command(name = "opsroom-local-aws")]
pub struct Arguments {
    /// Where to listen.
    #[arg(long)]
    pub listen: SocketAddr,
    /// The emulator's address, for example http://127.0.0.1:4566.
    #[arg(long, value_parser = authority)]
    pub upstream: Authority,
    /// The pipelines file.
    #[arg(long)]
    pub pipelines: PathBuf,
    /// The fleet file.
    #[arg(long)]
    pub fleet: PathBuf,
    /// Where the hosts' folders go.
    #[arg(long)]
    pub hosts: PathBuf,
    /// What hosts are made of: programs, playbooks and manifests.
    #[arg(long)]
    pub material: PathBuf,
    /// A folder with the `ansible-playbook` that hosts use.
    #[arg(long)]
    pub tools: PathBuf,
    /// The region everything is in.
    #[arg(long, default_value = "us-east-1")]
    pub region: String,
    /// The account everything is in.
    #[arg(long, default_value = "000000000000")]
    pub account: String,
    /// The account's root key, as the emulator has it in its `AWS_ACCESS_KEY_ID`.
    #[arg(long, default_value = "test")]
    pub access_key: String,
    /// The root key's secret.
    #[arg(long, default_value = "test")]
    pub secret_key: String,
    /// How long an action takes, in milliseconds.
    #[arg(long, default_value_t = 1200)]
    pub pace_ms: u32,
}

fn authority(address: &str) -> Result<Authority, String> {
    let uri: Uri = address.parse().map_err(|error| format!("{error}"))?;
    if uri.scheme_str() != Some("http") {
        return Err("an address that begins with http:// is needed".to_owned());
    }
    uri.authority().cloned().ok_or_else(|| "the address has no host".to_owned())
}

/// How to start with a clean sheet.
#[derive(Debug)]
pub struct Setup {
    /// The account and region.
    pub site: Site,
    pace: SignedDuration,
    file: String,
}

impl Setup {
    /// Checks the pipelines file and keeps it.
    pub fn new(site: Site, pace_ms: u32, file: String) -> Result<Self, DefinitionError> {
        pipelines::parse(&file)?;
        Ok(Setup { site, pace: SignedDuration::from_millis(pace_ms.into()), file })
    }

    /// Pipelines in which nothing has run.
    pub fn engine(&self) -> Engine {
        // The file was checked when this was made, and does not change.
        let definitions = pipelines::parse(&self.file).unwrap_or_default();
        Engine::new(self.site.clone(), definitions, self.pace, fastrand::u64(..), clock::now())
    }
}
