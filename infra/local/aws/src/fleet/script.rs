//! Runs one script on a host as the SSM agent does: `sh -c <file>`, its own process group, its first output kept and the rest let go.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// How much of a plugin's output SSM keeps, in characters (`GetCommandInvocation`).
pub const STDOUT_CHARACTERS: usize = 24_000;
/// The same of its error output.
pub const STDERR_CHARACTERS: usize = 8_000;
/// How the agent ends what it cut.
const CUT: &str = "--output truncated--";
/// A character has at most four bytes.
const BYTES: usize = STDOUT_CHARACTERS * 4;
/// How long a script's orphans may hold its output open.
const LINGER: Duration = Duration::from_millis(500);

/// A process that is being begun has the open files of this one for a moment. If the script of another host is open for writing just then, that
/// can't be run ("Text file busy", execve(2)): so nothing is begun while a script is written.
static BEGINNING: RwLock<()> = RwLock::new(());

/// Does something during which no process is begun.
pub fn undisturbed<T>(work: impl FnOnce() -> T) -> T {
    let _alone = BEGINNING.write().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// Begins a process.
pub fn begin(command: &mut Command) -> std::io::Result<Child> {
    let _with_others = BEGINNING.read().unwrap_or_else(PoisonError::into_inner);
    command.spawn()
}

/// What is to run.
#[derive(Debug)]
pub struct Order {
    /// The file.
    pub file: PathBuf,
    /// Where.
    pub folder: PathBuf,
    /// The whole environment.
    pub environment: Vec<(String, String)>,
    /// How long it may take.
    pub timeout: Duration,
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself.
    Exited(i32),
    /// It ran too long.
    TimedOut,
    /// It was told to.
    Cancelled,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Why it ended.
    pub ended: Ended,
    /// What it said.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

/// Runs it to its end, or to its time, or until `cancel` says so.
pub async fn run(order: &Order, mut cancel: watch::Receiver<bool>) -> Outcome {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(&order.file)
        .current_dir(&order.folder)
        .env_clear()
        .envs(order.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let mut child = match begin(&mut command) {
        Ok(child) => child,
        // What the agent says of a working directory that is not there.
        Err(error) => {
            return Outcome { ended: Ended::Exited(1), stdout: String::new(), stderr: format!("failed to run commands: {error}") };
        }
    };
    let (stdout, stderr) = (Output::follow(child.stdout.take()), Output::follow(child.stderr.take()));
    let ended = tokio::select! {
        status = child.wait() => Ended::Exited(status.map_or(1, code)),
        () = tokio::time::sleep(order.timeout) => Ended::TimedOut,
        _ = cancel.wait_for(|cancelled| *cancelled) => Ended::Cancelled,
    };
    if !matches!(ended, Ended::Exited(_)) {
        end_group(&mut child).await;
    }
    let (stdout, mut stderr) = (stdout.text(STDOUT_CHARACTERS).await, stderr.text(STDERR_CHARACTERS).await);
    if let Ended::Exited(code @ 1..) = ended {
        let said = format!("failed to run commands: exit status {code}");
        stderr = cut(&format!("{stderr}{said}"), STDERR_CHARACTERS);
    }
    Outcome { ended, stdout, stderr }
}

/// A process that a signal ended has the code a shell would give it.
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}

async fn end_group(child: &mut Child) {
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok())
        && let Err(error) = killpg(Pid::from_raw(id), Signal::SIGKILL)
    {
        tracing::debug!(%error, "a script's group was gone already");
    }
    if let Err(error) = child.wait().await {
        tracing::warn!(%error, "cannot wait for a script");
    }
}

struct Output {
    kept: Arc<Mutex<Vec<u8>>>,
    reading: tokio::task::JoinHandle<()>,
}

impl Output {
    fn follow(pipe: Option<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keeping = Arc::clone(&kept);
        let reading = tokio::spawn(async move {
            let Some(mut pipe) = pipe else { return };
            let mut chunk = [0; 16 * 1024];
            // It reads on when it has enough: a full pipe would stop the script.
            while let Ok(size @ 1..) = pipe.read(&mut chunk).await {
                let mut kept = keeping.lock().unwrap_or_else(PoisonError::into_inner);
                let room = (BYTES + 1).saturating_sub(kept.len());
                kept.extend_from_slice(&chunk[..size.min(room)]);
            }
        });
        Output { kept, reading }
    }

    async fn text(mut self, most: usize) -> String {
        if tokio::time::timeout(LINGER, &mut self.reading).await.is_err() {
            self.reading.abort();
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        cut(&String::from_utf8_lossy(&kept), most)
    }
}

/// A text of at most so many characters, which says that it was cut.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most - CUT.len()).collect();
    kept.push_str(CUT);
    kept
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::{Duration, Instant};

    use tokio::sync::watch;

    use super::{Ended, Order, Outcome, STDOUT_CHARACTERS, run};

    async fn outcome(script: &str, timeout: Duration, cancel: watch::Receiver<bool>) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("_script.sh");
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
        let environment = vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())];
        run(&Order { file, folder: folder.path().to_owned(), environment, timeout }, cancel).await
    }

    fn never() -> (watch::Sender<bool>, watch::Receiver<bool>) {
        watch::channel(false)
    }

    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn an_exit_code_is_told_as_the_agent_tells_it() {
        let (_keep, cancel) = never();
        let outcome = outcome("#!/bin/bash\necho out; echo err >&2; exit 3\n", LONG, cancel).await;
        assert_eq!(outcome.ended, Ended::Exited(3));
        assert_eq!(outcome.stdout, "out\n");
        assert_eq!(outcome.stderr, "err\nfailed to run commands: exit status 3");
    }

    #[tokio::test]
    async fn megabytes_and_bad_bytes_are_bounded() {
        let (_keep, cancel) = never();
        let outcome = outcome("#!/bin/bash\nprintf '\\377\\n'; head -c 3000000 /dev/zero | tr '\\0' x\n", LONG, cancel).await;
        assert_eq!(outcome.ended, Ended::Exited(0));
        assert_eq!(outcome.stdout.chars().count(), STDOUT_CHARACTERS);
        assert!(outcome.stdout.starts_with("\u{fffd}\nxxx") && outcome.stdout.ends_with("x--output truncated--"));
    }

    #[tokio::test]
    async fn a_timeout_and_a_cancel_end_the_whole_group() {
        let begun = Instant::now();
        let (_keep, cancel) = never();
        assert_eq!(outcome("#!/bin/bash\nsleep 60 | sleep 60\n", Duration::from_millis(100), cancel).await.ended, Ended::TimedOut);
        let (stop, cancel) = never();
        stop.send(true).unwrap();
        assert_eq!(outcome("#!/bin/bash\nsleep 60 & sleep 60\n", LONG, cancel).await.ended, Ended::Cancelled);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
