//! What a document prints about its host: lines of JSON, each of a kind, of which any may be missing (`infra/documents/README.md`).
//!
//! They come from a machine that may be broken, or lie: what can't be read is passed over, and what can is kept within bounds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::pipeline_execution::readable;

const LONGEST: usize = 64;
const MOST_DISKS: usize = 5;
const MOST_PROCESSES: usize = 3;

/// What a host says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostReport {
    /// Since when it is up, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_since: Option<i64>,
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
    /// Whether its clock is kept right, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_is_kept: Option<bool>,
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
    /// Since when it runs, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// How often it was started in the last week, as far as the journal tells; five at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<u32>,
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

/// The lines of JSON in an output, with their kinds.
fn said(output: &str) -> impl Iterator<Item = (String, Value)> {
    output.lines().map(str::trim).filter(|line| line.starts_with('{') && line.ends_with('}')).filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        Some((line["kind"].as_str()?.to_owned(), line))
    })
}

fn whole<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    // A number that was written with a fraction is taken for the whole one before it.
    #[expect(clippy::cast_possible_truncation, reason = "a number beyond its bounds becomes the bound")]
    let whole = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))?;
    T::try_from(whole).ok()
}

impl HostReport {
    /// Reads what a document printed; `None` if it says nothing about its host.
    pub fn read(output: &str) -> Option<Self> {
        let mut report = Self::default();
        let mut starts = 0;
        for (kind, line) in said(output) {
            if kind == "start" {
                starts += 1;
            } else {
                report.take(&kind, &line);
            }
        }
        if let Some(unit) = report.unit.as_mut().filter(|_| starts > 0) {
            unit.starts = Some(starts);
        }
        if report.counts.is_empty() {
            report.counts = Counts::of_recap(output).unwrap_or_default();
        }
        (report != Self::default()).then(|| report.bounded())
    }

    fn take(&mut self, kind: &str, line: &Value) {
        const MEBIBYTE: u64 = 1024 * 1024;
        let text = |field: &str| line[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        match kind {
            "host" => (self.cpus, self.up_since) = (whole(&line["cpus"]), whole(&line["up_since"])),
            "load" => self.load = ["one", "five", "fifteen"].iter().filter_map(|field| line[field].as_f64()).collect(),
            "memory" => {
                let (total, available) = (whole::<u64>(&line["total"]), whole::<u64>(&line["available"]));
                self.memory = total
                    .zip(available)
                    .map(|(total, available)| Memory { total: total / MEBIBYTE, used: total.saturating_sub(available) / MEBIBYTE });
            }
            "disk" => self.disks.extend(text("mount").zip(line["percent"].as_f64()).map(|(mount, percent)| Disk { mount, percent })),
            "clock" => (self.clock_is_kept, self.skew) = (line["synchronized"].as_bool(), line["offset_seconds"].as_f64()),
            "unit" => {
                self.unit = text("name").zip(text("state")).map(|(name, state)| UnitReport {
                    name,
                    state,
                    version: text("version"),
                    restarts: whole(&line["restarts"]),
                    since: whole(&line["since"]),
                    starts: None,
                });
            }
            "restart" => {
                self.unit = text("unit").zip(text("state")).map(|(name, state)| UnitReport {
                    name,
                    state,
                    version: text("version"),
                    ..UnitReport::default()
                });
                self.seconds = line["waited_seconds"].as_f64();
            }
            "process" => {
                let busy = text("name").zip(line["cpu"].as_f64()).zip(line["memory"].as_f64());
                self.top.extend(busy.map(|((command, cpu), memory)| Process { command, cpu, memory }));
            }
            "recap" => {
                let failed = whole::<u32>(&line["failed"]).map(|failed| failed.saturating_add(whole(&line["unreachable"]).unwrap_or(0)));
                self.counts = Counts { ok: whole(&line["ok"]), changed: whole(&line["changed"]), failed };
            }
            _ => {}
        }
    }

    /// What went wrong on a host, out of what a document printed: its own word for it, else the last thing that was said.
    pub fn complaint(output: &str, errors: &str) -> Option<String> {
        // The agent's own word, and what it put where it cut, say nothing.
        let says_something =
            |line: &&str| !line.is_empty() && !line.starts_with("failed to run commands") && !line.starts_with("--output truncated");
        let last = |text: &str| text.lines().map(str::trim).rfind(says_something).map(str::to_owned);
        let mut own = None;
        for (kind, line) in said(output) {
            let text = |field: &str| line[field].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
            own = match kind.as_str() {
                "refused" => text("reason"),
                "task" if line["status"] == "failed" || line["status"] == "unreachable" => {
                    let task = text("name").map(|name| format!("{name}: ")).unwrap_or_default();
                    text("text").map(|said| format!("{task}{said}"))
                }
                "restart" => text("complaint"),
                "journal" => text("error").map(|error| if error == "not-found" { "there is no such unit".to_owned() } else { error }),
                // What systemd says of the end is said already; what the unit itself said before tells why.
                "line" => text("text").filter(|said| !said.starts_with("systemd[")),
                _ => None,
            }
            .or(own);
        }
        let words = own.or_else(|| last(errors)).or_else(|| last(output).filter(|line| !line.starts_with('{')))?;
        Some(readable(&words))
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
    fn a_restart_says_how_the_unit_is_and_what_it_said_before_it_failed() {
        let output = r#"{"kind":"restart","unit":"api","state":"failed","before_pid":7,"pid":0,"version":"1.4.2","waited_seconds":3,"complaint":""}
{"kind":"line","at":1790000000.1,"text":"api[9]: panic: address already in use"}
{"kind":"line","at":1790000000.2,"text":"systemd[1]: api.service: Failed with result 'exit-code'."}"#;
        let report = HostReport::read(output).unwrap();
        let unit = report.unit.unwrap();
        assert_eq!((unit.state.as_str(), unit.version.as_deref(), report.seconds), ("failed", Some("1.4.2"), Some(3.0)));
        assert_eq!(
            HostReport::complaint(output, "failed to run commands: exit status 1").as_deref(),
            Some("api[9]: panic: address already in use")
        );
    }

    #[test]
    fn a_host_says_how_it_is_and_leaves_out_what_it_cannot_tell() {
        let output = r#"{"kind":"host","name":"api-1","cpus":2,"up_since":1789990000}
{"kind":"load","one":1.50,"five":0.10,"fifteen":0.05}
{"kind":"memory","total":1073741824,"available":268435456,"swap_total":0,"swap_used":0}
{"kind":"disk","mount":"/","total":100,"used":42,"percent":42}
{"kind":"disk","mount":"/var","total":100,"used":97,"percent":97}
{"kind":"clock","synchronized":true,"offset_seconds":-0.000012}
{"kind":"unit","name":"api","state":"active","since":1789999000,"pid":9,"restarts":0,"version":"1.4.2"}
{"kind":"start","at":1789990000.5}
{"kind":"start","at":1789999000.5}
{"kind":"process","pid":9,"cpu":12.5,"memory":3.0,"name":"java"}
{"kind":"of a later version"}
no JSON at all"#;
        let report = HostReport::read(output).unwrap();
        assert_eq!((report.cpus, report.up_since, report.load_percent()), (Some(2), Some(1_789_990_000), Some(75.0)));
        assert_eq!((report.memory_percent(), report.fullest().unwrap().mount.as_str()), (Some(75.0), "/var"));
        assert_eq!((report.clock_is_kept, report.skew), (Some(true), Some(-0.000_012)));
        let unit = report.unit.unwrap();
        assert_eq!((unit.version.as_deref(), unit.since, unit.starts), (Some("1.4.2"), Some(1_789_999_000), Some(2)));
        assert_eq!(report.top[0].command, "java");
        assert_eq!(HostReport::read("nothing\n{broken}\n{}\n{\"kind\":7}"), None);
    }

    #[test]
    fn what_ansible_did_is_counted_and_its_failure_named() {
        let output = r#"{"kind":"task","name":"Copy","status":"changed","text":""}
{"kind":"task","name":"Find the package","status":"failed","text":"no package matches password=hunter2"}
{"kind":"recap","ok":3,"changed":1,"unreachable":1,"failed":1,"skipped":0,"check":false}"#;
        let counts = HostReport::read(output).unwrap().counts;
        assert_eq!(counts, Counts { ok: Some(3), changed: Some(1), failed: Some(2) });
        assert_eq!(HostReport::complaint(output, "").as_deref(), Some("Find the package: no package matches password=***"));
        let plain = "PLAY RECAP ****\nweb-1                      : ok=3    changed=1    unreachable=1    failed=2    skipped=0\n";
        assert_eq!(HostReport::read(plain).unwrap().counts, Counts { ok: Some(3), changed: Some(1), failed: Some(3) });
        assert_eq!(HostReport::read("ok=1 changed=x failed=0"), None);
    }

    #[test]
    fn whatever_a_host_says_is_kept_within_bounds() {
        let name = "x".repeat(5000);
        let mut lines: Vec<String> = (0..100).map(|n| format!("{{\"kind\":\"disk\",\"mount\":\"{name}\",\"percent\":{n}}}")).collect();
        lines.push(format!("{{\"kind\":\"unit\",\"name\":\"{name}\",\"state\":\"{name}\",\"since\":1e300}}"));
        lines.extend(vec![format!("{{\"kind\":\"process\",\"name\":\"{name}\",\"cpu\":1,\"memory\":1}}"); 9]);
        let output = lines.join("\n");
        let report = HostReport::read(&output).unwrap();
        assert!(serde_json::to_string(&report).unwrap().len() < 1000);
        assert_eq!((report.disks.len(), report.fullest().unwrap().percent, report.top.len()), (5, 99.0, 3));
    }
}
