//! The outside world of the local cloud: GitHub, CI servers and AWS, as far as somebody at the room's page can make them do something.
//!
//! Every action makes what the real sender would send, signed as the real sender signs it, and answers with what the door said. The
//! program is a client of the running cloud like any other: all it is told is where `endpoints.json` is. See README.md.

#![allow(clippy::doc_markdown, reason = "senders' names are written as they write them")]

mod clock;
mod delivery;
mod endpoints;
mod fields;
mod people;
mod pipelines;
mod registry;
mod senders;
mod server;
mod signing;
mod world;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

use crate::delivery::Courier;
use crate::server::App;
use crate::world::World;

/// Makes things happen outside of chat: true webhooks, truly signed, and calls of AWS.
#[derive(Debug, Parser)]
#[command(name = "opsroom-local-outside")]
struct Arguments {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:4590")]
    listen: SocketAddr,
    /// Every address and secret of the local cloud; read again for each action, since it exists only while the cloud can be used.
    #[arg(long, default_value = ".local/endpoints.json")]
    endpoints: PathBuf,
    /// The pipelines that can be started, as the gateway has them.
    #[arg(long)]
    pipelines: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let file = std::fs::read(&arguments.pipelines).map_err(|error| format!("{}: {error}", arguments.pipelines.display()))?;
    let pipelines = pipelines::parse(&file).map_err(|error| format!("{}: {error}", arguments.pipelines.display()))?;
    // The client speaks plain HTTP to this machine only, yet can't be built without a provider of TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let courier = Courier::new(arguments.endpoints)?;
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    server::serve(listener, App::new(courier, World::new(clock::now(), pipelines))).await?;
    Ok(())
}
