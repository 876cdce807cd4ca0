//! Carries a command to its hosts, one task per command and one per host that it has been sent to.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Fleet;
use super::command::StepRun;
use super::document::Step;
use super::host::{Agent, Ran};
use super::interpolation::Values;
use super::rollout::{End, Phase};
use super::script::{self, Ended, Order, Outcome, undisturbed};

/// How long a script may take if its document does not say.
const TIMEOUT_SECONDS: u32 = 3600;

/// Sends a command on until it is over.
pub async fn drive(fleet: Arc<Fleet>, id: String) {
    let Some(progress) = fleet.with(|state, _| state.command(&id).ok().map(|command| Arc::clone(&command.progress))) else { return };
    while let Some(sent) = fleet.with(|state, now| state.send_on(&id, now)) {
        for index in sent {
            tokio::spawn(deliver(Arc::clone(&fleet), id.clone(), index));
        }
        progress.notified().await;
    }
}

async fn deliver(fleet: Arc<Fleet>, id: String, index: usize) {
    let end = match reach(&fleet, &id, index).await {
        Err(end) => end,
        Ok(()) => run_steps(&fleet, &id, index).await,
    };
    fleet.with(|state, now| state.change(&id, index, Phase::Ended(end), now));
}

/// Waits for the host's agent, as long as the command's timeout allows.
async fn reach(fleet: &Fleet, id: &str, index: usize) -> Result<(), End> {
    let found = fleet.with(|state, _| {
        let command = state.command(id).ok()?;
        let invocation = &command.invocations[index];
        let (host, cancel, timeout) = (invocation.host.clone(), invocation.cancel.subscribe(), command.timeout);
        let agent = state.host(&host)?.agent.subscribe();
        Some((agent, cancel, state.second * timeout, state.second))
    });
    let Some((mut agent, mut cancel, timeout, second)) = found else { return Err(End::Undeliverable) };
    let deadline = Instant::now() + timeout;
    loop {
        if *cancel.borrow() {
            return Err(End::Cancelled);
        }
        let answers = *agent.borrow_and_update();
        let patience = match answers {
            Agent::Online => return Ok(()),
            Agent::Lost => deadline,
            Agent::Gone => deadline.min(Instant::now() + second),
        };
        fleet.with(|state, now| state.change(id, index, Phase::Delayed, now));
        tokio::select! {
            () = tokio::time::sleep_until(patience) => {
                return Err(if answers == Agent::Gone { End::Undeliverable } else { End::DeliveryTimedOut });
            }
            changed = agent.changed() => changed.map_err(|_| End::Undeliverable)?,
            _ = cancel.wait_for(|cancelled| *cancelled) => return Err(End::Cancelled),
        }
    }
}

/// Runs the document's steps in order. A failed step fails the whole, but ends it only if the document says so.
async fn run_steps(fleet: &Fleet, id: &str, index: usize) -> End {
    let found = fleet.with(|state, now| {
        state.change(id, index, Phase::Running, now);
        let command = state.command(id).ok()?;
        let cancel = command.invocations[index].cancel.subscribe();
        Some((Arc::clone(&command.content), command.values.clone(), cancel))
    });
    let Some((content, values, cancel)) = found else { return End::Cancelled };
    let (mut whole, mut over) = (End::Success, false);
    for (position, step) in content.main_steps.iter().enumerate() {
        if over && !step.inputs.finally_step {
            continue;
        }
        let Some(end) = run_step(fleet, (id, index, position), step, &values, cancel.clone()).await else { continue };
        let asked = |asked: &Option<String>, word: &str| asked.as_deref() == Some(word);
        match end {
            End::Success => over |= asked(&step.inputs.on_success, "exit"),
            End::Failed if asked(&step.inputs.on_failure, "successAndExit") => over = true,
            End::Failed => {
                whole = End::Failed;
                over |= asked(&step.inputs.on_failure, "exit");
            }
            other => {
                whole = other;
                over = true;
            }
        }
    }
    whole
}

/// Runs a step; nothing if it is not for this host.
async fn run_step(
    fleet: &Fleet,
    (id, index, position): (&str, usize, usize),
    step: &Step,
    values: &Values,
    cancel: watch::Receiver<bool>,
) -> Option<End> {
    let platform = step.precondition.as_ref().and_then(|precondition| precondition.get("StringEquals"));
    if platform.is_some_and(|sides| sides.iter().any(|side| side != "platformType" && side != "Linux")) {
        record(fleet, (id, index, position), |run| {
            run.status = ("Success", "Success");
            run.code = 0;
            run.stdout = String::from("Step execution skipped due to unsatisfied preconditions");
        });
        return None;
    }
    let lines = values.fill_lines(&step.inputs.run_command.as_ref().map(super::document::Lines::all).unwrap_or_default());
    let order = prepare(fleet, (id, index), step, values, &lines)?;
    fleet.with(|state, now| {
        if let Ok(command) = state.command(id) {
            let run = &mut command.invocations[index].steps[position];
            run.status = ("InProgress", "InProgress");
            run.started = Some(now);
        }
    });
    let Outcome { ended, stdout, stderr } = script::run(&order, cancel).await;
    let (end, code) = match ended {
        Ended::Exited(0) => (End::Success, 0),
        Ended::Exited(code) => (End::Failed, code),
        // The agent has no exit code to tell of what it killed.
        Ended::TimedOut => (End::ExecutionTimedOut, -1),
        Ended::Cancelled => (End::Cancelled, -1),
    };
    record(fleet, (id, index, position), |run| {
        run.status = Phase::Ended(end).names();
        run.code = code;
        run.stdout = stdout;
        run.stderr = stderr;
    });
    Some(end)
}

fn record(fleet: &Fleet, (id, index, position): (&str, usize, usize), work: impl FnOnce(&mut StepRun)) {
    fleet.with(|state, now| {
        if let Ok(command) = state.command(id) {
            let run = &mut command.invocations[index].steps[position];
            run.started.get_or_insert(now);
            run.ended = Some(now);
            work(run);
        }
    });
}

/// Writes the script where the agent would, and remembers on the host what it was given.
fn prepare(fleet: &Fleet, (id, index): (&str, usize), step: &Step, values: &Values, lines: &[String]) -> Option<Order> {
    let (folder, second) = fleet.with(|state, now| {
        let command = state.command(id).ok()?;
        let (document, host) = (command.document.clone(), command.invocations[index].host.clone());
        let second = state.second;
        let host = state.host(&host)?;
        host.last_ping = now;
        host.remember(Ran { command: id.to_owned(), document, step: step.name.clone(), at: now.to_string(), script: lines.to_vec() });
        Some((host.folder.clone(), second))
    })?;
    let file = folder.script(id, &step.name);
    if let Err(error) = write(&file, &format!("{}\n", lines.join("\n"))) {
        tracing::warn!(%error, "a script could not be written");
        return None;
    }
    // A relative folder is one of the host's own.
    let working = step.inputs.working_directory.as_ref().map(|folder| values.fill(folder)).unwrap_or_default();
    let seconds = match &step.inputs.timeout_seconds {
        Some(Value::String(text)) => values.fill(text).parse().unwrap_or(TIMEOUT_SECONDS),
        Some(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(TIMEOUT_SECONDS),
        None => TIMEOUT_SECONDS,
    };
    Some(Order {
        file,
        folder: folder.root().join(working),
        environment: folder.environment(),
        timeout: (second * seconds).max(Duration::from_millis(1)),
    })
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    undisturbed(|| std::fs::write(file, text))?;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o700))
}
