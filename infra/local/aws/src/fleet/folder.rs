//! A host's disk: a folder with its units, their journals, its playbooks, manifests and troubles; and the environment its programs run in.
//!
//! The programs themselves are in `infra/local/fleet/programs`; they find all they know of the host in this folder.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::Command;

use super::script::begin;

/// Where the fleet's things are.
#[derive(Debug, Clone)]
pub struct Place {
    /// The hosts' folders.
    pub hosts: PathBuf,
    /// What hosts are made of: `programs`, `playbooks`, `manifests`, `trace.bash`.
    pub material: PathBuf,
    /// A folder of programs that a host may borrow: the one with `ansible-playbook`.
    pub tools: PathBuf,
}

/// A host's folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    name: String,
    place: Place,
}

impl Folder {
    /// The folder of a host.
    pub fn new(place: &Place, id: &str, name: &str) -> Self {
        Folder { root: place.hosts.join(id), name: name.to_owned(), place: place.clone() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes it, empty but for the unit, the playbooks and the manifests.
    pub fn create(&self, unit: &str, version: &str) -> io::Result<()> {
        if self.root.exists() {
            std::fs::remove_dir_all(&self.root)?;
        }
        for part in ["trouble", "etc", "tmp"] {
            std::fs::create_dir_all(self.root.join(part))?;
        }
        std::fs::create_dir_all(self.unit(unit))?;
        std::fs::write(self.unit(unit).join("journal"), "")?;
        for given in ["playbooks", "manifests"] {
            copy(&self.place.material.join(given), &self.root.join(given))?;
        }
        self.set_version(unit, version)
    }

    /// The whole environment of a program on the host.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        let programs = text(&self.place.material.join("programs"));
        [
            ("PATH", format!("{programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")),
            ("BASH_ENV", text(&self.place.material.join("trace.bash"))),
            ("HOME", text(&self.root)),
            ("TMPDIR", text(&self.root.join("tmp"))),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("HOST_ROOT", text(&self.root)),
            ("HOST_NAME", self.name.clone()),
            ("HOST_TOOLS", text(&self.place.tools)),
            ("FLEET_PID", std::process::id().to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    fn unit(&self, unit: &str) -> PathBuf {
        self.root.join("units").join(unit)
    }

    /// Where a step's script goes.
    pub fn script(&self, command: &str, step: &str) -> PathBuf {
        self.root.join("commands").join(command).join(step.replace(['/', ':'], "")).join("_script.sh")
    }

    /// What the unit's environment says it is.
    pub fn version(&self, unit: &str) -> Option<String> {
        let environment = std::fs::read_to_string(self.unit(unit).join("environment")).ok()?;
        environment.lines().find_map(|line| line.strip_prefix("VERSION=")).map(str::to_owned)
    }

    /// Changes what the unit is; it says so once it has started anew.
    pub fn set_version(&self, unit: &str, version: &str) -> io::Result<()> {
        std::fs::write(self.unit(unit).join("environment"), format!("VERSION={version}\n"))
    }

    /// `active`, `inactive`, `failed`.
    pub fn unit_state(&self, unit: &str) -> String {
        std::fs::read_to_string(self.unit(unit).join("state")).map_or_else(|_| "inactive".to_owned(), |state| state.trim().to_owned())
    }

    /// What scripts ran: `ran.trace`, as bash traced them, or `ran.programs`, as the host's programs were called.
    pub fn record(&self, name: &str) -> String {
        std::fs::read(self.root.join(name)).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Forgets what scripts ran.
    pub fn forget_records(&self) {
        for name in ["ran.trace", "ran.programs"] {
            if let Err(error) = std::fs::write(self.root.join(name), "") {
                tracing::debug!(%error, name, "not forgotten");
            }
        }
    }

    /// The file of a trouble.
    pub fn trouble(&self, name: &str) -> PathBuf {
        self.root.join("trouble").join(name)
    }

    /// Mends all.
    pub fn mend(&self) -> io::Result<()> {
        let troubles = self.root.join("trouble");
        std::fs::remove_dir_all(&troubles)?;
        std::fs::create_dir_all(troubles)
    }

    /// Runs one of the host's programs, as the host itself would: not by a command of SSM.
    pub async fn program(&self, name: &str, arguments: &[&str]) -> io::Result<()> {
        let mut command = Command::new(self.place.material.join("programs").join(name));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        begin(&mut command)?.wait().await.map(|_| ())
    }

    /// Ends all units at once, as a power cut does.
    pub fn cut_power(&self) {
        let Ok(units) = std::fs::read_dir(self.root.join("units")) else { return };
        for unit in units.flatten() {
            let Ok(text) = std::fs::read_to_string(unit.path().join("pid")) else { continue };
            let Ok(pid) = text.trim().parse::<i32>() else { continue };
            // A number may have gone to another process since: only what was started for this host is ended.
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            if String::from_utf8_lossy(&command).contains(&self.root.display().to_string())
                && let Err(error) = killpg(Pid::from_raw(pid), Signal::SIGKILL)
            {
                tracing::debug!(%error, pid, "a unit was gone already");
            }
            if let Err(error) = std::fs::write(unit.path().join("state"), "inactive\n") {
                tracing::debug!(%error, "a unit has no state");
            }
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
