//! An operation as a line that could have been typed: for the audit log and for answers.

use opsroom_domain::operation::{HostTarget, Operation, What};

/// An operation in a line, as it could have been typed.
pub fn operation_in_words(operation: &Operation) -> String {
    let place = format!("{} in {}", operation.service, operation.environment);
    match &operation.what {
        What::Restart { batch, .. } => format!("restart {place} --batch {batch}"),
        What::Reboot => {
            format!(
                "reboot {} {} {}",
                operation.hosts.first().map_or("a host", |host| host.id.as_str()),
                operation.service,
                operation.environment
            )
        }
        What::Check => match (&operation.target, operation.hosts.first()) {
            (HostTarget::Hosts(_), Some(host)) => format!("check {}", host.id),
            _ => format!("check {place}"),
        },
        What::Logs(wish) => {
            let grep = wish.grep.as_ref().map(|grep| format!(" --grep \"{}\"", grep.as_str())).unwrap_or_default();
            format!("logs {place} --since {}s --lines {}{grep}", wish.since_seconds, wish.lines)
        }
        What::Run { runbook, check, given } => {
            let mut words = vec![format!("run {runbook} on {place}")];
            words.extend(given.iter().map(|(key, value)| format!("{key}=\"{value}\"")));
            words.extend(check.then(|| "--check".to_owned()));
            words.join(" ")
        }
    }
}
