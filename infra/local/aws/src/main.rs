//! The local cloud's AWS endpoint: one gateway in front of an AWS emulator.
//!
//! It passes every request on, except those for CodePipeline, which the emulator lacks and the gateway answers itself.
//! Tests use it to count calls and to inject faults. See the crate's README for what is true to AWS and what is not.

#![allow(clippy::doc_markdown, reason = "AWS's names are written as AWS writes them")]

mod access;
mod builds;
mod bus;
mod call;
mod calls;
mod clock;
mod cloud;
mod control;
mod errors;
mod faults;
mod gateway;
mod identity;
mod pipelines;
mod serve;
mod setup;
mod signature;

use std::error::Error;
use std::sync::Arc;

use aws_credential_types::Credentials;
use axum::Router;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::gateway::Gateway;
use crate::setup::{Arguments, Setup};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let site = pipelines::Site { region: arguments.region.clone(), account: arguments.account.clone() };
    let file = std::fs::read_to_string(&arguments.pipelines).map_err(|error| format!("{}: {error}", arguments.pipelines.display()))?;
    let setup = Arc::new(Setup::new(site.clone(), arguments.pace_ms, file)?);

    let (bus, leaving) = bus::Bus::new();
    let bus = Arc::new(bus);
    let (events, mut emitted) = mpsc::unbounded_channel();
    let key = Credentials::new(&arguments.access_key, &arguments.secret_key, None, None, "root");
    let gateway = Arc::new(Gateway {
        cloud: Arc::new(cloud::Cloud::new(arguments.upstream.clone(), key, arguments.region.clone())),
        site,
        identities: identity::Identities::new(arguments.access_key.clone(), arguments.account.clone()),
        access: access::Access::default(),
        faults: faults::Faults::default(),
        calls: calls::Calls::default(),
        pipelines: Arc::new(pipelines::Pipelines::new(setup.engine(), events)),
        bus: Arc::clone(&bus),
        builds: builds::Builds::default(),
    });

    let running = Arc::clone(&gateway.pipelines);
    tokio::spawn(async move { running.run().await });
    let (accepting, logging) = (Arc::clone(&bus), Arc::clone(&gateway.cloud));
    tokio::spawn(async move {
        while let Some(event) = emitted.recv().await {
            builds::log_of_action(&logging, &event, clock::now()).await;
            accepting.accept(event);
        }
    });
    let cloud = Arc::clone(&gateway.cloud);
    tokio::spawn(async move { bus.carry(leaving, cloud).await });

    let control = control::Control { gateway: Arc::clone(&gateway), setup };
    let app = control::routes(control).merge(Router::new().fallback(gateway::handle).with_state(gateway));
    let listener = TcpListener::bind(arguments.listen).await?;
    tracing::info!(address = %listener.local_addr()?, upstream = %arguments.upstream, "listening");
    serve::serve(listener, app).await;
    Ok(())
}
