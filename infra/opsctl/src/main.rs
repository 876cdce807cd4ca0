//! `opsctl`, the administrator's command line: sets a stack up, looks after it, and says what to mend.

mod audit;
mod bytes;
mod catalog;
mod cli;
mod clock;
mod command_page;
mod doctor;
mod failure;
mod manifest;
mod redrive;
mod secrets;
mod session;
mod slack;
mod stack;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use failure::Failure;

/// What a subcommand has to say, and whether all is well.
struct Report {
    text: String,
    healthy: bool,
}

impl From<String> for Report {
    fn from(text: String) -> Self {
        Self { text, healthy: true }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let report = cli::run(Cli::parse()).await;
    match report.and_then(|report| print(&report.text).map(|()| report.healthy)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            // Nobody is left to be told if this fails too.
            let _ = writeln!(std::io::stderr(), "opsctl: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// `println!` would panic when the reader goes away first, as in `opsctl docs commands | head`.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(format!("can't write the answer: {error}"))),
        _ => Ok(()),
    }
}
