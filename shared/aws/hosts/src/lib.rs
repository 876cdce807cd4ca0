//! Hosts, by way of Systems Manager: Run Command and Automation.

mod automation;
mod call;
mod describe;
mod sight;

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Config;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::operation::get_command_invocation::GetCommandInvocationError;
use aws_sdk_ssm::operation::list_commands::ListCommandsError;
use aws_sdk_ssm::types::{CommandFilter, CommandFilterKey, DocumentFormat};
use futures_util::{StreamExt as _, stream};
use opsroom_application::ports::{HostInfo, Hosts, Order, OwnDocument, PortError, PortErrorKind, Printed};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::{CommandId, HostId};
use opsroom_domain::operation::{HostTarget, Sight};

const SEND: &str = "ssm:SendCommand";
const LIST: &str = "ssm:ListCommands";
const INVOCATIONS: &str = "ssm:ListCommandInvocations";
const OUTPUT: &str = "ssm:GetCommandInvocation";
const CANCEL: &str = "ssm:CancelCommand";
const DOCUMENT: &str = "ssm:GetDocument";

/// What one page of a list holds at most ("`ListCommands`", "`ListCommandInvocations`": `MaxResults`).
const PAGE: i32 = 50;
/// Commands that are looked through for an earlier attempt: newest first, none older than the attempt, of one document.
const PAGES_LOOKED_THROUGH: usize = 10;
/// Four pages hold the invocations of as many hosts as an operation has; one more, should there be others.
const PAGES_OF_INVOCATIONS: usize = 5;
/// Calls that are under way at once. The account's rate is shared with everybody else.
const AT_ONCE: usize = 8;
/// How many seconds a host may take to be reached, before it is given up.
pub(crate) const DELIVERY_SECONDS: i32 = 60;

/// The hosts of the configuration's region.
#[derive(Debug, Clone)]
pub struct SystemsManager {
    client: Client,
    prefix: String,
}

impl SystemsManager {
    /// `prefix` is what the names of the stack's documents begin with: `opsroom-`.
    pub fn new(config: &SdkConfig, prefix: impl Into<String>) -> Self {
        Self { client: Client::new(config), prefix: prefix.into() }
    }

    async fn printed_by(&self, command: &CommandId, host: &HostId) -> Result<Option<Printed>, PortError> {
        let got = self.client.get_command_invocation().command_id(command.as_str()).instance_id(host.as_str()).send().await;
        match got {
            Ok(got) => Ok(Some(sight::printed(got.standard_output_content(), got.standard_error_content()))),
            // Nothing has begun there, or it can't be seen yet.
            Err(error) if error.as_service_error().is_some_and(GetCommandInvocationError::is_invocation_does_not_exist) => Ok(None),
            Err(error) => Err(port_error(OUTPUT, &error)),
        }
    }

    fn filter(key: CommandFilterKey, value: impl Into<String>) -> Result<CommandFilter, PortError> {
        CommandFilter::builder().key(key).value(value).build().map_err(|error| PortError::new(PortErrorKind::Permanent, LIST, error))
    }
}

impl Hosts for SystemsManager {
    fn document(&self, which: OwnDocument) -> String {
        format!("{}{}", self.prefix, which.name())
    }

    async fn describe(&self, target: &HostTarget) -> Result<Vec<HostInfo>, PortError> {
        describe::all(&self.client, describe::filters(target)?).await
    }

    async fn find_host(&self, host: &str, among: &[BTreeMap<String, String>]) -> Result<Option<(usize, HostInfo)>, PortError> {
        // Owned, because a borrow in a stream of futures is more than the compiler can prove to be sendable.
        let looks = among.iter().cloned().enumerate().map(|(place, tags)| async move {
            let found = describe::one(&self.client, host, &tags).await?;
            Ok::<_, PortError>(found.map(|info| (place, info)))
        });
        let mut looks = stream::iter(looks).buffered(AT_ONCE);
        while let Some(found) = looks.next().await {
            if let Some(found) = found? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn describe_call(&self, target: &HostTarget) -> ApiCall {
        call::describe(target)
    }

    fn send_call(&self, order: &Order) -> ApiCall {
        call::send(order)
    }

    async fn send(&self, order: &Order) -> Result<CommandId, PortError> {
        let sent = self
            .client
            .send_command()
            .document_name(&order.document)
            .set_targets(Some(call::targets(&order.target)))
            .set_parameters(Some(order.parameters.clone().into_iter().collect()))
            .timeout_seconds(DELIVERY_SECONDS)
            .max_concurrency(&order.concurrency)
            .max_errors(&order.errors)
            .comment(&order.comment)
            // Where no answer came it may have been done. Only whoever has looked for it may send it again.
            .customize()
            .config_override(Config::builder().retry_config(RetryConfig::disabled()))
            .send()
            .await
            .map_err(|error| port_error(SEND, &error))?;
        let command = sent.command().and_then(|command| command.command_id()).map(CommandId::new);
        // It was sent: whoever tries again finds it by its comment.
        command.ok_or_else(|| PortError::new(PortErrorKind::Transient, SEND, "the answer names no command"))
    }

    async fn find(&self, order: &Order) -> Result<Option<CommandId>, PortError> {
        // Clocks differ a little, and what is taken in twice is compared by its comment anyway.
        let since = order.not_before.saturating_sub(jiff::SignedDuration::from_mins(2)).unwrap_or(order.not_before);
        let filters = vec![
            Self::filter(CommandFilterKey::InvokedAfter, since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())?,
            Self::filter(CommandFilterKey::DocumentName, &order.document)?,
        ];
        let mut next: Option<String> = None;
        for _ in 0..PAGES_LOOKED_THROUGH {
            let page = self.client.list_commands().set_filters(Some(filters.clone())).max_results(PAGE).set_next_token(next).send().await;
            let page = page.map_err(|error| port_error(LIST, &error))?;
            let ours = page.commands().iter().find(|command| command.comment() == Some(order.comment.as_str()));
            if let Some(command) = ours.and_then(|command| command.command_id()) {
                return Ok(Some(CommandId::new(command)));
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(None);
            }
        }
        // Sending again could do it twice, so nobody does while this can't be told.
        Err(PortError::new(PortErrorKind::Transient, LIST, "there are too many commands to look through"))
    }

    async fn comment(&self, command: &CommandId) -> Result<Option<String>, PortError> {
        match self.client.list_commands().command_id(command.as_str()).send().await {
            Ok(list) => Ok(list.commands().first().and_then(|command| command.comment()).map(str::to_owned)),
            Err(error) if error.as_service_error().is_some_and(ListCommandsError::is_invalid_command_id) => Ok(None),
            Err(error) => Err(port_error(LIST, &error)),
        }
    }

    async fn sight(&self, command: &CommandId) -> Result<Sight, PortError> {
        let list = self.client.list_commands().command_id(command.as_str()).send().await.map_err(|error| port_error(LIST, &error))?;
        let whole = list.commands().first().ok_or_else(|| PortError::new(PortErrorKind::NotFound, LIST, "no such command"))?;
        let mut hosts = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES_OF_INVOCATIONS {
            let page = self
                .client
                .list_command_invocations()
                .command_id(command.as_str())
                .details(true)
                .max_results(PAGE)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| port_error(INVOCATIONS, &error))?;
            hosts.extend(page.command_invocations().iter().filter_map(sight::host));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                break;
            }
        }
        Ok(Sight { over: sight::is_over(whole, &hosts), hosts })
    }

    async fn printed(&self, command: &CommandId, hosts: &[HostId]) -> Result<Vec<(HostId, Printed)>, PortError> {
        let reads = hosts.iter().cloned().map(|host| async move {
            let said = self.printed_by(command, &host).await?;
            Ok::<_, PortError>((host, said))
        });
        let mut reads = stream::iter(reads).buffered(AT_ONCE);
        let mut printed = Vec::new();
        while let Some(read) = reads.next().await {
            let (host, said) = read?;
            printed.extend(said.map(|said| (host, said)));
        }
        Ok(printed)
    }

    fn cancel_call(&self, command: &CommandId) -> ApiCall {
        ApiCall::new("ssm", "cancel-command").with("command-id", command.as_str())
    }

    async fn cancel(&self, command: &CommandId) -> Result<(), PortError> {
        self.client.cancel_command().command_id(command.as_str()).send().await.map(|_| ()).map_err(|error| port_error(CANCEL, &error))
    }

    fn reboot_call(&self, host: &HostId, token: &str) -> ApiCall {
        automation::call(host, token)
    }

    async fn reboot(&self, host: &HostId, token: &str) -> Result<CommandId, PortError> {
        automation::start(&self.client, host, token).await
    }

    async fn reboot_sight(&self, automation: &CommandId, host: &HostId) -> Result<Sight, PortError> {
        automation::sight(&self.client, automation, host).await
    }

    fn cancel_reboot_call(&self, automation: &CommandId) -> ApiCall {
        ApiCall::new("ssm", "stop-automation-execution").with("automation-execution-id", automation.as_str()).with("type", "Cancel")
    }

    async fn cancel_reboot(&self, automation: &CommandId) -> Result<(), PortError> {
        automation::stop(&self.client, automation).await
    }

    async fn shell(&self, document: &str) -> Result<String, PortError> {
        let got = self.client.get_document().name(document).document_format(DocumentFormat::Yaml).send().await;
        let got = got.map_err(|error| port_error(DOCUMENT, &error))?;
        Ok(got.content.unwrap_or_default())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
