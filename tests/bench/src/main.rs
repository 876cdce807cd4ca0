//! Measures the functions as Lambda would run them, beside two references: see this crate's README.

mod artifact;
mod clock;
mod expectations;
mod failure;
mod figures;
mod instance;
mod procfs;
mod report;
mod run;
mod runtime_api;
mod scenarios;
mod signature;
mod statistics;
mod stub;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use failure::Failure;
use figures::Figures;
use report::Circumstances;
use run::{Extent, Subject};
use scenarios::Role;
use stub::authority::Authority;

/// Measures start-up, time, processor time, memory and calls of the functions, beside two references.
#[derive(Debug, Parser)]
struct Options {
    /// The folder with the functions' executables [default: the folder of this one].
    #[arg(long, value_name = "FOLDER")]
    functions_dir: Option<PathBuf>,
    /// Measures only these functions, beside the references (may be repeated).
    #[arg(long = "only", value_name = "FUNCTION")]
    only: Vec<String>,
    /// Starts of each function.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    cold_starts: u32,
    /// Warm events of each function.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    warm_events: u32,
    /// The processor that everything runs on [default: the last one allowed].
    #[arg(long)]
    cpu: Option<usize>,
    /// Also writes the tables to this file.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    match bench(&Options::parse()) {
        Ok(code) => code,
        Err(failure) => {
            tell(&format!("The benchmark could not be taken: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Result<ExitCode, Failure> {
    // Before anything is started: what is started inherits the processor.
    let cpu = settle_on_one_processor(options.cpu)?;
    let load = first_word("/proc/loadavg")?;
    let scratch = tempfile::tempdir().map_err(|error| Failure::io("a directory for the logs", &error))?;
    let authority = Authority::establish(scratch.path())?;
    let functions = match &options.functions_dir {
        Some(folder) => folder.clone(),
        None => own_folder()?,
    };
    let mut subjects = Vec::new();
    for scenario in selected(&options.only)? {
        let subject = Subject::new(scenario, &functions, scratch.path(), &authority)?;
        subjects.push(subject);
    }
    let extent = Extent { cold_starts: options.cold_starts, warm_events: options.warm_events };
    // One thread: with the function on the same processor, more could only get in each other's way.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("the driver's runtime", &error))?
        .block_on(run::measure(&mut subjects, extent));

    let functions: Vec<Figures> = subjects.iter().filter_map(Figures::of).collect();
    let circumstances = Circumstances {
        date: clock::today(),
        processor: processor_name()?,
        cpu,
        load,
        cold_starts: options.cold_starts,
        warm_events: options.warm_events,
        authorities: authority.authorities,
    };
    let text = report::render(&circumstances, &functions);
    show(&text)?;
    let mut code = ExitCode::SUCCESS;
    for subject in &subjects {
        if let Some(failure) = &subject.failure {
            tell(&format!("{}: {failure}", subject.scenario.name()));
            code = ExitCode::FAILURE;
        }
    }
    // A file with a function missing would read as if there were none.
    if let (Some(path), true) = (&options.write, functions.len() == subjects.len()) {
        std::fs::write(path, &text).map_err(|error| Failure::io(path.display(), &error))?;
    }
    Ok(code)
}

fn selected(only: &[String]) -> Result<Vec<std::sync::Arc<dyn scenarios::Scenario>>, Failure> {
    let all = scenarios::all();
    if let Some(unknown) = only.iter().find(|name| all.iter().all(|scenario| scenario.name() != *name)) {
        let known: Vec<_> = all.iter().map(|scenario| scenario.name()).collect();
        return Err(Failure::Machine(format!("there is no function {unknown}; there are {}", known.join(", "))));
    }
    Ok(all
        .into_iter()
        .filter(|scenario| {
            only.is_empty() || matches!(scenario.role(), Role::Bare | Role::Reference) || only.iter().any(|name| scenario.name() == name)
        })
        .collect())
}

/// Confines this process, and all that it starts, to one processor: waking another one up costs more than the
/// functions' own work, and varies more.
fn settle_on_one_processor(wanted: Option<usize>) -> Result<usize, Failure> {
    let unusable = |error: nix::Error| Failure::Machine(format!("choosing a processor: {error}"));
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this).map_err(unusable)?;
    let cpu = wanted.or_else(|| (0..CpuSet::count()).rev().find(|&cpu| allowed.is_set(cpu).unwrap_or(false))).unwrap_or_default();
    let mut one = CpuSet::new();
    one.set(cpu).map_err(unusable)?;
    sched_setaffinity(this, &one).map_err(unusable)?;
    Ok(cpu)
}

/// A build puts all executables side by side.
fn own_folder() -> Result<PathBuf, Failure> {
    let this = std::env::current_exe().map_err(|error| Failure::io("finding the functions", &error))?;
    Ok(this.parent().map(Path::to_owned).unwrap_or_default())
}

fn first_word(path: &str) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
    Ok(text.split_whitespace().next().unwrap_or_default().to_owned())
}

/// The name in `/proc/cpuinfo`; some processors have none there.
fn processor_name() -> Result<String, Failure> {
    let path = "/proc/cpuinfo";
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
    Ok(text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or(std::env::consts::ARCH, |(_, name)| name.trim())
        .to_owned())
}

fn show(text: &str) -> Result<(), Failure> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::io("standard output", &error))
}

/// Says something beside the tables. Where even standard error is closed, the exit code still speaks.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
