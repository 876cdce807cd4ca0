//! What the kernel knows about a function's process: processor time and peak memory.
//!
//! Processor time comes from `schedstat`, in nanoseconds, because `utime` and `stime` in `stat` count in ticks of
//! 10 ms, longer than a hundred warm events. `schedstat` is kept per thread, so the threads are added up; a thread
//! that has ended is missing from the sum (the functions run one thread, and one more while a name is resolved).
//! Source: proc(5), and the kernel's `Documentation/scheduler/sched-stats.rst`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::failure::Failure;

/// The time that a process's threads have run, user and system together.
pub fn processor_time(pid: u32) -> Result<Duration, Failure> {
    let tasks = format!("/proc/{pid}/task");
    let entries = fs::read_dir(&tasks).map_err(|error| Failure::io(&tasks, &error))?;
    let mut total = Duration::ZERO;
    for entry in entries {
        let path = entry.map_err(|error| Failure::io(&tasks, &error))?.path().join("schedstat");
        // A thread may end between the listing and the reading.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        total += parse_schedstat(&text).ok_or_else(|| unreadable(&path))?;
    }
    Ok(total)
}

/// The most memory that a process has held at once (`VmHWM`), in bytes.
pub fn peak_memory(pid: u32) -> Result<u64, Failure> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).map_err(|error| Failure::io(&path, &error))?;
    parse_peak_memory(&text).ok_or_else(|| unreadable(Path::new(&path)))
}

fn unreadable(path: &Path) -> Failure {
    Failure::Machine(format!("{} has an unknown form", path.display()))
}

/// `schedstat`: nanoseconds run, nanoseconds waited, number of time slices.
fn parse_schedstat(text: &str) -> Option<Duration> {
    let mut fields = text.split_ascii_whitespace();
    let run = fields.next()?.parse().ok()?;
    (fields.count() == 2).then(|| Duration::from_nanos(run))
}

/// `VmHWM:   2876 kB`, where kB are 1024 bytes each.
fn parse_peak_memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedstat_gives_the_time_run() {
        assert_eq!(parse_schedstat("1270290 100749 2\n"), Some(Duration::from_nanos(1_270_290)));
    }

    #[test]
    fn schedstat_of_another_form_is_refused() {
        assert_eq!(parse_schedstat(""), None);
        assert_eq!(parse_schedstat("12 34"), None);
        assert_eq!(parse_schedstat("twelve 34 5"), None);
    }

    #[test]
    fn peak_memory_is_read_in_bytes() {
        let status = "Name:\tbootstrap\nVmPeak:\t   9000 kB\nVmHWM:\t    2876 kB\nVmRSS:\t    2800 kB\n";
        assert_eq!(parse_peak_memory(status), Some(2876 * 1024));
    }

    #[test]
    fn a_status_without_peak_memory_is_refused() {
        assert_eq!(parse_peak_memory("Name:\tkthreadd\n"), None);
        assert_eq!(parse_peak_memory("VmHWM:\t 12 MB\n"), None);
    }

    #[test]
    fn this_process_can_be_read() {
        let pid = std::process::id();
        assert!(processor_time(pid).is_ok_and(|time| time > Duration::ZERO));
        assert!(peak_memory(pid).is_ok_and(|bytes| bytes > 1 << 20));
    }
}
