//! A stand-in for Slack on one machine: the Web API, the senders of commands, events and interactions, and the room where people
//! sit. See README.md for what is faithful and what is not.

mod clock;
mod connection;
mod control;
mod limits;
mod response_url;
mod room;
mod senders;
mod server;
mod state;
mod web_api;
mod workspace;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

use state::{App, Config, Ingress};
use workspace::Workspace;

/// Stands in for Slack: Web API, senders and the room page, all in memory.
#[derive(Debug, Parser)]
#[command(name = "opsroom-local-slack")]
struct Arguments {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:4580")]
    listen: SocketAddr,
    /// The workspace: team, app, people, channels.
    #[arg(long)]
    workspace: PathBuf,
    /// A file that holds the base URL of the app's door; read again for each request.
    #[arg(long, conflicts_with = "ingress", required_unless_present = "ingress")]
    ingress_file: Option<PathBuf>,
    /// The base URL of the app's door.
    #[arg(long)]
    ingress: Option<String>,
    /// The secret with which requests to the door are signed.
    #[arg(long)]
    signing_secret: String,
    /// The token of the app's bot user.
    #[arg(long)]
    bot_token: String,
    /// The built page, served under /room/.
    #[arg(long)]
    room_dist: Option<PathBuf>,
    /// The address of the program that makes things happen outside of chat; the page reaches it through this one.
    #[arg(long)]
    outside: Option<String>,
    /// The address that others reach this one by, if it is not the one it listens on.
    #[arg(long)]
    public_url: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let workspace: Workspace = serde_json::from_slice(&std::fs::read(&arguments.workspace)?)
        .map_err(|error| format!("{}: {error}", arguments.workspace.display()))?;
    // The client speaks plain HTTP to this machine only, yet can't be built without a provider of TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let ingress = match (arguments.ingress, arguments.ingress_file) {
        (Some(url), _) => Ingress::Url(url),
        (None, Some(file)) => Ingress::File(file),
        (None, None) => return Err("either --ingress or --ingress-file is needed".into()),
    };
    let base = arguments.public_url.unwrap_or_else(|| format!("http://{address}"));
    let config = Config {
        base: base.trim_end_matches('/').to_owned(),
        signing_secret: arguments.signing_secret,
        bot_token: arguments.bot_token,
        ingress,
        room_dist: arguments.room_dist,
        outside: arguments.outside.map(|url| url.trim_end_matches('/').to_owned()),
    };
    let app = App::new(config, workspace, http);
    tracing::info!(%address, "listening");
    server::serve(listener, app).await?;
    Ok(())
}
