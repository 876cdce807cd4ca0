//! How hosts stand, as a table with bars, and what stands out in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::Text;
use opsroom_domain::operation::{HOSTS_SHOWN, HostReport, HostRun, HostStatus, Operation};

use crate::cards::words::{short_revision, span};

/// From these on somebody should look.
const FULL_DISK: f64 = 85.0;
const FULL_MEMORY: f64 = 90.0;
const HIGH_LOAD: f64 = 120.0;
const WRONG_CLOCK: f64 = 1.0;

const CELLS: usize = 5;
const LONGEST_NAME: usize = 18;
const LONGEST_VERSION: usize = 9;
/// So many remarks are in a message.
const MOST_REMARKS: usize = 10;

/// The hosts of a message.
pub(super) fn shown(operation: &Operation) -> Option<String> {
    if operation.hosts.iter().all(|host| host.report.is_none()) {
        return None;
    }
    let mut hosts: Vec<&HostRun> = operation.hosts.iter().collect();
    // Of many, those that stand out are what is worth the room.
    if hosts.len() > HOSTS_SHOWN {
        let usual = Usual::of(operation);
        hosts.sort_by_key(|host| usual.remarks(host).is_empty());
    }
    hosts.truncate(HOSTS_SHOWN);
    Some(lines(&hosts, &Usual::of(operation)))
}

/// All hosts of an operation, for a file.
pub fn hosts_table(operation: &Operation) -> String {
    let usual = Usual::of(operation);
    if operation.hosts.iter().any(|host| host.report.as_ref().is_some_and(|report| report.up_since.is_some())) {
        let hosts: Vec<&HostRun> = operation.hosts.iter().collect();
        let mut text = lines(&hosts, &usual);
        for host in &operation.hosts {
            for remark in usual.remarks(host) {
                let _ = write!(text, "\n{}: {remark}", host.name);
            }
        }
        text.push('\n');
        return text;
    }
    let width = operation.hosts.iter().map(|host| host.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for host in &operation.hosts {
        let version = host.report.as_ref().and_then(|report| report.unit.as_ref()).and_then(|unit| unit.version.as_deref()).unwrap_or("");
        let note = host.note.as_deref().unwrap_or("");
        let line = format!("{:width$}  {}  {:12} {version} {note}", host.name, host.id, in_a_word(host.status));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn in_a_word(status: HostStatus) -> &'static str {
    match status {
        HostStatus::Waiting => "waiting",
        HostStatus::Delayed => "delayed",
        HostStatus::Running => "running",
        HostStatus::Cancelling => "stopping",
        HostStatus::Succeeded => "done",
        HostStatus::Failed => "failed",
        HostStatus::TimedOut => "timed out",
        HostStatus::Unreachable => "no answer",
        HostStatus::Cancelled => "stopped",
        HostStatus::Skipped => "not touched",
    }
}

/// What stands out, a line each.
pub(super) fn outliers(operation: &Operation) -> Vec<Text> {
    let usual = Usual::of(operation);
    let remarks: Vec<(&HostRun, String)> =
        operation.hosts.iter().flat_map(|host| usual.remarks(host).into_iter().map(move |remark| (host, remark))).collect();
    let mut shown: Vec<Text> =
        remarks.iter().take(MOST_REMARKS).map(|(host, remark)| Text::empty().bold(&host.name).then(format!(": {remark}"))).collect();
    if remarks.len() > MOST_REMARKS {
        shown.push(Text::plain(format!("and {} more remarks", remarks.len() - MOST_REMARKS)));
    }
    // Of one host alone there is room for more: since when its unit runs, and what is busy on it.
    if let [HostRun { report: Some(report), .. }] = operation.hosts.as_slice() {
        if let Some((unit, since)) = report.unit.as_ref().and_then(|unit| Some((unit, Timestamp::from_second(unit.since?).ok()?))) {
            let text = Text::empty().code(&unit.name).then(" runs since ").moment(since);
            shown.push(match unit.starts {
                Some(starts) if starts > 1 => text.then(format!("; it was started {starts} times in the last week, or more")),
                _ => text,
            });
        }
        let busy = report.top.iter().map(|process| {
            Text::empty()
                .code(&process.command)
                .then(format!(" takes {:.0} % of a processor, {:.0} % of the memory", process.cpu, process.memory))
        });
        shown.extend(busy);
    }
    shown
}

/// Whether anything stands out.
pub(super) fn stands_out(operation: &Operation) -> bool {
    let usual = Usual::of(operation);
    operation.hosts.iter().any(|host| !usual.remarks(host).is_empty())
}

/// What most hosts have.
struct Usual<'a> {
    version: Option<&'a str>,
    is_check: bool,
}

impl<'a> Usual<'a> {
    fn of(operation: &'a Operation) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for version in operation.hosts.iter().filter_map(version) {
            *counts.entry(version).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, count)| **count).filter(|(_, count)| **count > 1);
        let is_check = matches!(operation.what, opsroom_domain::operation::What::Check);
        Self { version: most.map(|(version, _)| *version), is_check }
    }

    fn remarks(&self, host: &HostRun) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.is_check {
            return remarks;
        }
        match host.status {
            HostStatus::Unreachable => remarks.push("its agent doesn't answer".to_owned()),
            HostStatus::TimedOut => remarks.push("looking at it took too long and was ended".to_owned()),
            HostStatus::Failed => {
                let note = host.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
                remarks.push(format!("looking at it failed{note}"));
            }
            _ => {}
        }
        let Some(report) = &host.report else {
            if host.status == HostStatus::Succeeded {
                remarks.push("it answered with something that can't be read".to_owned());
            }
            return remarks;
        };
        for disk in report.disks.iter().filter(|disk| disk.percent >= FULL_DISK) {
            remarks.push(format!("{} is {:.0} % full", disk.mount, disk.percent));
        }
        if let Some(percent) = report.memory_percent().filter(|percent| *percent >= FULL_MEMORY) {
            remarks.push(format!("{percent:.0} % of its memory is in use"));
        }
        if let (Some(percent), Some(load)) = (report.load_percent().filter(|percent| *percent >= HIGH_LOAD), report.load.first()) {
            let _ = percent;
            remarks.push(format!("load {load:.1} on {} processors", report.cpus.unwrap_or(1)));
        }
        if let Some(skew) = report.skew.filter(|skew| skew.abs() >= WRONG_CLOCK) {
            remarks.push(format!("its clock is {:.1} s {}", skew.abs(), if skew > 0.0 { "fast" } else { "slow" }));
        }
        if report.clock_is_kept == Some(false) {
            remarks.push("nothing keeps its clock right".to_owned());
        }
        if let Some(unit) = &report.unit {
            if unit.state != "active" {
                remarks.push(format!("{} is {}", unit.name, unit.state));
            }
            if let Some(restarts) = unit.restarts.filter(|restarts| *restarts > 0) {
                let times = if restarts == 1 { "once".to_owned() } else { format!("{restarts} times") };
                remarks.push(format!("{} was started again {times} by itself", unit.name));
            }
        }
        if let (Some(usual), Some(version)) = (self.version, version(host))
            && usual != version
        {
            remarks.push(format!("runs {}, the others {}", short_revision(version), short_revision(usual)));
        }
        remarks
    }
}

fn version(host: &HostRun) -> Option<&str> {
    host.report.as_ref()?.unit.as_ref()?.version.as_deref()
}

fn lines(hosts: &[&HostRun], usual: &Usual<'_>) -> String {
    let width = hosts.iter().map(|host| host.name.chars().count().min(LONGEST_NAME)).max().unwrap_or(4).max(4);
    let mut text = format!("{:width$}   load        memory      disk        unit      version    up", "host");
    for host in hosts {
        let mark = if usual.remarks(host).is_empty() { ' ' } else { '!' };
        let name: String = host.name.chars().take(LONGEST_NAME).collect();
        let _ = match &host.report {
            Some(report) => write!(text, "\n{name:width$} {mark} {}", cells(host, report)),
            None => write!(text, "\n{name:width$} {mark} ({})", in_a_word(host.status)),
        };
    }
    text
}

fn cells(host: &HostRun, report: &HostReport) -> String {
    let unit = report.unit.as_ref();
    let state: String = unit.map_or("-", |unit| unit.state.as_str()).chars().take(8).collect();
    let version = unit.and_then(|unit| unit.version.as_deref()).map_or("-", short_revision);
    let version: String = version.chars().take(LONGEST_VERSION).collect();
    let up = report
        .up_since
        .zip(host.ended_at)
        .map_or_else(|| "-".to_owned(), |(since, now)| roughly(&span(SignedDuration::from_secs(now.as_second() - since))));
    format!(
        "{}  {}  {}  {state:8}  {version:9}  {up}",
        bar(report.load_percent()),
        bar(report.memory_percent()),
        bar(report.fullest().map(|disk| disk.percent)),
    )
}

/// The first of a span's parts: `5 h` of `5 h 8 min`, which is enough beside others.
fn roughly(span: &str) -> String {
    span.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// `███░░  61%`
fn bar(percent: Option<f64>) -> String {
    let Some(percent) = percent else { return format!("{:10}", "-") };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between nothing and all cells")]
    let filled = ((percent / 100.0 * 5.0).round().clamp(0.0, 5.0)) as usize;
    format!("{}{} {:>3.0}%", "█".repeat(filled), "░".repeat(CELLS - filled), percent.clamp(0.0, 999.0))
}
