//! What a document prints about its host: one line of JSON, of which every field may be missing (`infra/documents/README.md`).
//!
//! It comes from a machine that may be broken, or lie: numbers are taken only where they are some, and texts are cut.

use serde::{Deserialize, Serialize};

const LONGEST: usize = 64;
const MOST_DISKS: usize = 5;
const MOST_PROCESSES: usize = 3;

/// What a host says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostReport {
    /// For how many seconds it is up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime: Option<u64>,
    /// Its load over 1, 5 and 15 minutes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub load: Vec<f64>,
    /// How many processors it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// Its memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
    /// Its file systems, the fullest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<Disk>,
    /// The service's unit on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitReport>,
    /// Its busiest processes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<Process>,
    /// By how many seconds its clock is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew: Option<f64>,
    /// Which version ran before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// How many seconds it took until the unit was well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What configuration management has done.
    #[serde(flatten)]
    pub counts: Counts,
}

/// A host's memory, in MiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// All of it.
    pub total: u64,
    /// What is in use.
    pub used: u64,
}

/// A file system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// Where it is.
    pub mount: String,
    /// How full it is, in percent.
    pub percent: f64,
}

/// A unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitReport {
    /// Its name.
    pub name: String,
    /// `active`, `failed` …
    pub state: String,
    /// What it says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How often systemd had to start it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restarts: Option<u64>,
    /// Since when it is as it is, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// A process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Process {
    /// Its program.
    pub command: String,
    /// How much of a processor it takes, in percent.
    pub cpu: f64,
    /// How much of the memory, in percent.
    pub memory: f64,
}

/// What configuration management has done on a host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Tasks that went well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<u32>,
    /// Of these, those that changed something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<u32>,
    /// Tasks that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u32>,
}

impl Counts {
    /// The recap of `ansible-playbook`: `web-1 : ok=3 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0`. The last one counts.
    fn of_recap(output: &str) -> Option<Self> {
        let number = |line: &str, name: &str| {
            line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok())
        };
        output.lines().rev().find_map(|line| {
            let (ok, changed, failed) = (number(line, "ok")?, number(line, "changed")?, number(line, "failed")?);
            let failed = failed.saturating_add(number(line, "unreachable").unwrap_or(0));
            Some(Self { ok: Some(ok), changed: Some(changed), failed: Some(failed) })
        })
    }

    /// Whether nothing is told.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl HostReport {
    /// Reads what a document printed; `None` if it says nothing about its host.
    pub fn read(output: &str) -> Option<Self> {
        let lines = output.lines().map(str::trim).filter(|line| line.starts_with('{') && line.ends_with('}'));
        let said = lines.filter_map(|line| serde_json::from_str::<Self>(line).ok()).next_back().unwrap_or_default();
        let said = match Counts::of_recap(output) {
            Some(counts) if said.counts.is_empty() => Self { counts, ..said },
            _ => said,
        };
        (said != Self::default()).then(|| said.bounded())
    }

    /// Within bounds, whatever the host said.
    pub(super) fn bounded(mut self) -> Self {
        let cut = |text: &mut String| {
            if text.chars().count() > LONGEST {
                *text = text.chars().take(LONGEST).collect();
            }
        };
        self.load.truncate(3);
        self.load.retain(|load| load.is_finite());
        self.disks.retain(|disk| disk.percent.is_finite());
        self.disks.sort_by(|a, b| b.percent.total_cmp(&a.percent));
        self.disks.truncate(MOST_DISKS);
        self.disks.iter_mut().for_each(|disk| cut(&mut disk.mount));
        self.top.retain(|process| process.cpu.is_finite() && process.memory.is_finite());
        self.top.truncate(MOST_PROCESSES);
        self.top.iter_mut().for_each(|process| cut(&mut process.command));
        self.skew = self.skew.filter(|skew| skew.is_finite());
        self.seconds = self.seconds.filter(|seconds| seconds.is_finite());
        self.before.iter_mut().for_each(cut);
        if let Some(unit) = &mut self.unit {
            cut(&mut unit.name);
            cut(&mut unit.state);
            unit.version.iter_mut().for_each(cut);
        }
        self
    }

    /// How much of its memory is in use, in percent.
    pub fn memory_percent(&self) -> Option<f64> {
        let memory = self.memory.filter(|memory| memory.total > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "megabytes of one machine")]
        Some((memory.used as f64 / memory.total as f64 * 100.0).min(100.0))
    }

    /// How busy its processors are, in percent of what they can do without anybody waiting.
    pub fn load_percent(&self) -> Option<f64> {
        let load = self.load.first()?;
        Some(load / f64::from(self.cpus.unwrap_or(1).max(1)) * 100.0)
    }

    /// The fullest file system.
    pub fn fullest(&self) -> Option<&Disk> {
        self.disks.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_json_counts() {
        let report = HostReport::read("restarting\n{\"unit\":{\"name\":\"api\",\"state\":\"failed\"}}\n{\"unit\":{\"name\":\"api\",\"state\":\"active\",\"version\":\"2\"},\"seconds\":3.5,\"new\":1}\n").unwrap();
        let unit = report.unit.unwrap();
        assert_eq!((unit.state.as_str(), unit.version.as_deref(), report.seconds), ("active", Some("2"), Some(3.5)));
        assert_eq!(HostReport::read("nothing\n{broken}\n{}"), None);
        assert_eq!(HostReport::read(""), None);
    }

    #[test]
    fn a_recap_is_counted() {
        let output = "TASK [x]\nok: [web-1]\n\nPLAY RECAP ****\nweb-1                      : ok=3    changed=1    unreachable=1    failed=2    skipped=0\n";
        let counts = HostReport::read(output).unwrap().counts;
        assert_eq!(counts, Counts { ok: Some(3), changed: Some(1), failed: Some(3) });
        assert_eq!(HostReport::read("ok=1 changed=x failed=0"), None);
        let own = HostReport::read("{\"ok\":5,\"changed\":0,\"failed\":0}\nlocalhost : ok=1 changed=1 failed=0").unwrap();
        assert_eq!(own.counts.ok, Some(5));
    }

    #[test]
    fn whatever_a_host_says_is_kept_within_bounds() {
        let name = "x".repeat(5000);
        let disks: Vec<String> = (0..100).map(|n| format!("{{\"mount\":\"{name}\",\"percent\":{n}}}")).collect();
        let line = format!(
            "{{\"load\":[1.5,1e999,3,4,5],\"cpus\":2,\"memory\":{{\"total\":0,\"used\":5}},\"disks\":[{}],\"unit\":{{\"name\":\"{name}\",\"state\":\"{name}\"}},\"top\":[{{\"command\":\"{name}\"}}]}}",
            disks.join(",")
        );
        // A number that is none makes the line unreadable, which is fine; one that can be read is bounded.
        let report = HostReport::read(&line.replace("1e999", "2")).unwrap();
        assert!(serde_json::to_string(&report).unwrap().len() < 1000);
        assert_eq!((report.disks.len(), report.fullest().unwrap().percent, report.load.len()), (5, 99.0, 3));
        assert_eq!((report.memory_percent(), report.load_percent()), (None, Some(75.0)));
    }
}
