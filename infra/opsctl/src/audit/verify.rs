//! Whether the log is as it was written: its own chain, and, against an export, its end.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use aws_config::SdkConfig;
use opsroom_aws_table::{AuditTable, Chain, Fault, Walk};
use opsroom_domain::audit::AuditEntry;

use crate::Report;
use crate::failure::Failure;
use crate::stack::{Stack, output};

/// Verifies.
pub(super) async fn run(config: &SdkConfig, stack: &Stack, against: Option<&Path>) -> Result<Report, Failure> {
    // The file first: it needs no network.
    let exported = match against.map(walk_file).transpose()? {
        Some(Err(report)) => return Ok(report),
        Some(Ok(walk)) => Some(walk),
        None => None,
    };
    let table = AuditTable::new(config, stack.output(output::AUDIT_TABLE)?);
    let chain = table.check_chain().await?;
    let Chain::Whole { entries } = chain else { return Ok(told("audit log", chain)) };
    let Some(last) = exported.as_ref().and_then(Walk::last) else { return Ok(told("audit log", chain)) };
    let found = table.entries_after(last.sequence - 1).await?.into_iter().next();
    Ok(held_against(last, found.as_ref(), entries))
}

/// The last exported entry has to be in the log still, as it was.
fn held_against(last: &AuditEntry, found: Option<&AuditEntry>, entries: u64) -> Report {
    match found {
        Some(found) if found == last => format!(
            "audit log: the chain of its {entries} entries is whole, and goes on from entry {}, the last one of the export\n",
            last.sequence
        )
        .into(),
        Some(_) => broken(format!("audit log: entry {} is not the one that was exported: the log was written anew\n", last.sequence)),
        None => broken(format!(
            "audit log: entry {} is missing: the log ends with entry {entries}, and was cut off after it was exported\n",
            entries + 1
        )),
    }
}

/// Walks an export from its first line on. The inner error is the report on what is wrong with it.
fn walk_file(path: &Path) -> Result<Result<Walk, Report>, Failure> {
    let failure = |error: std::io::Error| Failure::new(format!("can't read {}: {error}", path.display()));
    let mut walk = Walk::default();
    for line in BufReader::new(File::open(path).map_err(failure)?).lines() {
        let entry = serde_json::from_str::<AuditEntry>(&line.map_err(failure)?).ok();
        if let Err(chain) = walk.take(entry) {
            return Ok(Err(told(&path.display().to_string(), chain)));
        }
    }
    Ok(Ok(walk))
}

fn broken(text: String) -> Report {
    Report { text, healthy: false }
}

fn told(what: &str, chain: Chain) -> Report {
    match chain {
        Chain::Whole { entries } => format!("{what}: the chain of its {entries} entries is whole\n").into(),
        Chain::Broken { sequence, fault } => broken(format!("{what}: entry {sequence} {}\n", words(fault))),
    }
}

/// What is wrong with an entry.
pub(crate) fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::Missing => "is missing",
        Fault::Changed => "is not what was written there",
        Fault::Unchained => "doesn't follow the one before it: one of the two was replaced",
        Fault::Unreadable => "can't be read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use opsroom_domain::audit::{AuditRecord, Outcome};

    fn log(requests: &[&str]) -> Vec<AuditEntry> {
        let mut log: Vec<AuditEntry> = Vec::new();
        for request in requests {
            let record = AuditRecord {
                at: Timestamp::UNIX_EPOCH,
                actor: "U1".into(),
                channel: "C1".into(),
                request: (*request).to_owned(),
                service: Some("api".into()),
                environment: None,
                outcome: Outcome::Ended { what: "d-1".into(), how: "succeeded".into() },
                correlation: "c".into(),
                approvers: vec!["U2".into()],
                message: Some("deployment/d-1".into()),
            };
            log.push(AuditEntry::after(log.last(), record).unwrap());
        }
        log
    }

    fn walked(lines: &[String]) -> Result<u64, String> {
        let path = std::env::temp_dir().join(format!("opsctl-verify-{}-{}.jsonl", std::process::id(), lines.len()));
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        let walked = walk_file(&path).unwrap().map(|walk| walk.taken()).map_err(|report| report.text);
        std::fs::remove_file(&path).unwrap();
        walked.map_err(|text| text.split(": ").skip(1).collect::<Vec<_>>().join(": "))
    }

    fn lines(entries: &[AuditEntry]) -> Vec<String> {
        entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect()
    }

    #[test]
    fn names_the_first_line_that_is_not_right() {
        let whole = log(&["one", "two", "three", "four"]);
        assert_eq!(walked(&lines(&whole)), Ok(4));
        let mut gap = whole.clone();
        gap.remove(2);
        assert_eq!(walked(&lines(&gap)), Err("entry 3 is missing\n".to_owned()));
        let changed: Vec<String> = lines(&whole).iter().map(|line| line.replace("two", "2")).collect();
        assert_eq!(walked(&changed), Err("entry 2 is not what was written there\n".to_owned()));
        let mut garbled = lines(&whole);
        garbled.insert(4, "{}".to_owned());
        assert_eq!(walked(&garbled), Err("entry 5 can't be read\n".to_owned()));
    }

    #[test]
    fn a_log_that_was_cut_off_or_written_anew_shows_against_what_was_exported() {
        let exported = log(&["one", "two", "three"]);
        let last = exported.last().unwrap();
        assert!(held_against(last, Some(last), 5).healthy);
        let cut = held_against(last, None, 2);
        assert!(!cut.healthy && cut.text.contains("entry 3 is missing"), "{}", cut.text);
        let anew = log(&["one", "zwei", "three"]);
        let other = held_against(last, anew.last(), 3);
        assert!(!other.healthy && other.text.contains("entry 3 is not the one that was exported"), "{}", other.text);
    }
}
