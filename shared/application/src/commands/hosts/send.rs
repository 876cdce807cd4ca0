//! Sends an operation to Systems Manager, once.
//!
//! `SendCommand` knows no request token. So the operation is written down before, and its id travels in the command's comment: whoever
//! takes an operation up that has no command looks for one with that comment before sending another.

use opsroom_domain::api_call::ApiCall;
use opsroom_domain::ids::{CommandId, OperationId};
use opsroom_domain::operation::{ATTEMPT_LEASE, Effect, Event, HostTarget, Operation, Work};

use super::SOON;
use crate::commands::{Commander, Ports};
use crate::failure::Failure;
use crate::ports::{Hosts, OperationStore, Order, PortError, PortErrorKind};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// Does what is to be done for an operation next. `is_first` says that nobody else can have tried yet.
    pub(super) async fn go_on_with(&self, request: &Request, id: &OperationId, is_first: bool) -> Result<(), Failure> {
        let Some(operation) = self.store.operation(id).await? else { return Ok(()) };
        if operation.phase.is_final() {
            return self.finish_operation(request, &operation).await;
        }
        match (&operation.work, &operation.command) {
            (Work::LogGroup { name }, _) => Box::pin(self.read_group(request, &operation, name)).await,
            (_, Some(command)) => Box::pin(self.take_in_sight(request, &operation, command)).await,
            (_, None) => Box::pin(self.send_operation(request, &operation, is_first)).await,
        }
    }

    pub(super) async fn send_operation(&self, request: &Request, operation: &Operation, is_first: bool) -> Result<(), Failure> {
        let id = &operation.id;
        if !is_first {
            if self.now.duration_since(operation.attempted_at) < ATTEMPT_LEASE {
                // Whoever tries is still at it; the clock looks after it if they die.
                return Ok(());
            }
            if let Some(command) = self.sent_earlier(operation).await? {
                return self.was_sent(request, operation, command).await;
            }
            if operation.cancelled_by.is_some() {
                // Of a reboot nobody can tell: its token would find one that has begun, and begin one that hasn't.
                let why = match operation.work {
                    Work::Automation => {
                        "it was cancelled while it was being sent, and may have begun; look at the host, and in Systems Manager under Automation"
                    }
                    _ => "it was cancelled before it was sent; nothing was done",
                };
                return self.was_not_sent(request, operation, why).await;
            }
            if self.now > operation.deadline {
                // Nobody expects it any more. An automation may have begun: only its token would tell, by beginning one that hasn't.
                let why = match operation.work {
                    Work::Automation => {
                        "it couldn't be sent in time, and may have begun; look at the host, and in Systems Manager under Automation"
                    }
                    _ => "it couldn't be sent in time; nothing was done",
                };
                return self.was_not_sent(request, operation, why).await;
            }
            let Some(moved) = self.move_operation(request, id, None, &[], |_| vec![Event::Attempted]).await? else { return Ok(()) };
            if moved.before.attempted_at != operation.attempted_at || moved.now.command.is_some() {
                // Somebody else was faster.
                return Ok(());
            }
        }
        let sent = match (&operation.work, &operation.target) {
            (Work::Automation, HostTarget::Hosts(hosts)) => match hosts.first() {
                Some(host) => self.hosts.reboot(host, &operation.token()).await,
                None => return Err(Failure::Bug(format!("{id} reboots no host"))),
            },
            _ => match order(operation) {
                Some(order) => self.hosts.send(&order).await,
                None => return Err(Failure::Bug(format!("{id} can't be sent"))),
            },
        };
        match sent {
            Ok(command) => self.was_sent(request, operation, command).await,
            Err(error) => {
                let Some(why) = why_not_sent(&error, operation) else { return Err(error.into()) };
                tracing::error!(%error, operation = %id, "it can't be sent");
                self.was_not_sent(request, operation, &why).await
            }
        }
    }

    /// It won't be sent any more, and why.
    async fn was_not_sent(&self, request: &Request, operation: &Operation, why: &str) -> Result<(), Failure> {
        let call = self.call(operation);
        let not_sent = |_: &Operation| vec![Event::NotSent { why: why.to_owned(), call: call.clone() }];
        self.move_operation(request, &operation.id, None, &[], not_sent).await.map(|_| ())
    }

    /// What an earlier attempt has sent, if it has. An automation is sent with a token that makes it one.
    async fn sent_earlier(&self, operation: &Operation) -> Result<Option<CommandId>, Failure> {
        match order(operation) {
            Some(order) => Ok(self.hosts.find(&order).await?),
            None => Ok(None),
        }
    }

    /// Writes down what Systems Manager calls it.
    pub(super) async fn was_sent(&self, request: &Request, operation: &Operation, command: CommandId) -> Result<(), Failure> {
        let (id, round) = (&operation.id, operation.round);
        let call = self.call(operation);
        let sent = |now: &Operation| {
            if now.round == round { vec![Event::Sent { command: command.clone(), call: call.clone() }] } else { Vec::new() }
        };
        let Some(moved) = self.move_operation(request, id, None, &[], sent).await? else { return Ok(()) };
        if moved.effects.contains(&Effect::StopCommand) {
            self.stop_command(request, &moved.now).await?;
        }
        // What was told before the command was known is told to nobody; this makes up for it.
        self.look_later(request, id, false, SOON).await;
        Ok(())
    }

    /// The call by which it is sent, for people to read.
    pub(super) fn call(&self, operation: &Operation) -> ApiCall {
        match (&operation.work, &operation.target) {
            (Work::Automation, HostTarget::Hosts(hosts)) if !hosts.is_empty() => self.hosts.reboot_call(&hosts[0], &operation.token()),
            _ => match order(operation) {
                Some(order) => self.hosts.send_call(&order),
                None => ApiCall::new("ssm", "send-command"),
            },
        }
    }
}

/// The same order for the same round of an operation, whenever it is made; `None` for what isn't sent as a command.
pub(super) fn order(operation: &Operation) -> Option<Order> {
    let Work::Document { name, parameters, concurrency, errors } = &operation.work else { return None };
    Some(Order {
        document: name.clone(),
        target: operation.target.clone(),
        parameters: parameters.clone(),
        concurrency: concurrency.clone(),
        errors: errors.clone(),
        comment: operation.comment(),
        not_before: operation.asked.at,
    })
}

/// What the room is told when it can't be sent; `None` while trying again may help.
fn why_not_sent(error: &PortError, operation: &Operation) -> Option<String> {
    let document = match &operation.work {
        Work::Document { name, .. } => name.as_str(),
        Work::Automation | Work::LogGroup { .. } => "AWS-RestartEC2Instance",
    };
    match error.kind {
        PortErrorKind::NotFound => Some(format!(
            "Systems Manager has no document `{document}` in this account and region: it was deleted or never made. Nothing was done; \
             `opsctl doctor` tells what is missing."
        )),
        PortErrorKind::Denied => {
            Some(format!("Opsroom's role may not run `{document}` on these hosts. Nothing was done; whoever runs Opsroom has to allow it."))
        }
        PortErrorKind::Permanent => Some(format!(
            "Systems Manager doesn't accept to run `{document}` like this. Nothing was done; the call is behind How?, the reason in Opsroom's log."
        )),
        PortErrorKind::Transient | PortErrorKind::Throttled | PortErrorKind::Conflict => None,
    }
}
