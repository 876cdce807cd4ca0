//! How a command stands, out of the API's words.

use aws_sdk_ssm::types::{Command, CommandInvocation, CommandStatus};
use opsroom_application::ports::Printed;
use opsroom_domain::ids::HostId;
use opsroom_domain::operation::{HostReport, HostSighting, HostStatus, MOST_HOSTS};

/// What stands between a plugin's output and its errors in a list of invocations.
const ERRORS: &str = "----------ERROR-------";
/// What the API puts at the end of what it cut ("`GetCommandInvocation`": 24,000 characters of output, 8,000 of errors).
const CUT: &str = "--output truncated--";

/// Whether nothing more will happen on any host, and all that happened can be seen: the lists of the API are eventually consistent, each for
/// itself.
pub(crate) fn is_over(command: &Command, seen: &[HostSighting]) -> bool {
    let moves = matches!(command.status(), None | Some(CommandStatus::Pending | CommandStatus::InProgress | CommandStatus::Cancelling));
    let completed = usize::try_from(command.completed_count()).unwrap_or(0).min(MOST_HOSTS);
    !moves && seen.len() >= completed && seen.iter().all(|host| host.status.is_final())
}

/// A host of a command. A status that AWS has added since says nothing yet.
pub(crate) fn host(invocation: &CommandInvocation) -> Option<HostSighting> {
    let id = HostId::new(invocation.instance_id()?);
    let named = invocation.status_details().filter(|details| !details.is_empty());
    let status = named.and_then(HostStatus::named).or_else(|| HostStatus::named(invocation.status()?.as_str()))?;
    let said: Vec<&str> = invocation.command_plugins().iter().filter_map(|plugin| plugin.output()).collect();
    let said = said.join("\n");
    let (output, errors) = said.split_once(ERRORS).unwrap_or((said.as_str(), ""));
    Some(HostSighting {
        id,
        name: invocation.instance_name().filter(|name| !name.is_empty()).map(str::to_owned),
        status,
        report: if status.is_final() { HostReport::read(output) } else { None },
        note: if status.is_bad() { HostReport::complaint(output, errors) } else { None },
    })
}

/// What a host printed.
pub(crate) fn printed(output: Option<&str>, errors: Option<&str>) -> Printed {
    let (output, errors) = (output.unwrap_or_default(), errors.unwrap_or_default());
    let cut = output.trim_end().ends_with(CUT) || errors.trim_end().ends_with(CUT);
    let without = |text: &str| text.trim_end().strip_suffix(CUT).unwrap_or(text).to_owned();
    Printed { output: without(output), errors: without(errors), cut }
}
