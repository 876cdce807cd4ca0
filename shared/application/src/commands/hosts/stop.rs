//! Stops an operation, typed or pressed. The right is checked at the moment of acting.

use opsroom_domain::audit::Outcome;
use opsroom_domain::ids::{MessageKey, OperationId};
use opsroom_domain::operation::{Effect, Event, Operation, Work};
use opsroom_domain::rights::{Permission, Wish};

use super::record;
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{CatalogStore, Directory, Hosts, OperationStore, PortErrorKind};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    /// A press of Stop or Cancel.
    pub(in crate::commands) async fn press_stop(&self, context: Context<'_>, id: &OperationId) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        self.stop_operation(context, &catalog, id).await
    }

    pub(super) async fn stop_operation(&self, context: Context<'_>, catalog: &Catalog, id: &OperationId) -> Result<Worked, Failure> {
        let Some(operation) = self.store.operation(id).await? else {
            return self.answer_privately(context, cards::not_found(&format!("operation {id}"))).await;
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        // What only looks may be stopped by whoever may look.
        let allowed = if operation.what.changes_something() {
            let (service, environment) = (&operation.service, &operation.environment);
            may_change(&catalog.catalog, context.asker, standing, Permission::Operate, service, environment)
        } else {
            catalog.catalog.decide(context.asker, standing, Wish::Read)
        };
        let role = match allowed {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse_about(context, &denied, MessageKey::operation(id)).await,
        };
        if operation.phase.is_final() {
            return self.answer_privately(context, cards::operation_over(&operation)).await;
        }
        if let Some(other) = operation.cancelled_by.as_ref().filter(|by| **by != context.asker.person) {
            return self.answer_privately(context, cards::stopped_already(&operation, other)).await;
        }
        let mut entry = record(&operation, context.request, self.now, Outcome::Allowed { role, started: format!("cancel of {id}") });
        entry.actor = context.asker.person.clone();
        entry.channel = context.asker.channel.clone();
        entry.request = context.line.chars().take(500).collect();
        let audit = if operation.what.changes_something() { vec![entry] } else { Vec::new() };
        let by = context.asker.person.clone();
        let wish = |_: &Operation| vec![Event::CancelRequested { by: by.clone() }];
        let Some(moved) = self.move_operation(context.request, id, Some(&context.request.event), &audit, wish).await? else {
            return Ok(Worked::Before);
        };
        if moved.effects.contains(&Effect::StopCommand) || moved.now.cancelled_by.is_some() {
            self.stop_command(context.request, &moved.now).await?;
        }
        if moved.has_ended() {
            self.just_ended(context.request, &moved.now).await?;
        }
        Ok(Worked::Done)
    }

    /// Asks Systems Manager to stop an operation that somebody wants stopped. Doing it again does no harm.
    pub(super) async fn stop_command(&self, request: &Request, operation: &Operation) -> Result<(), Failure> {
        let Some(command) = operation.command.as_ref().filter(|_| !operation.phase.is_final()) else { return Ok(()) };
        let (stopped, call) = match operation.work {
            Work::Automation => (self.hosts.cancel_reboot(command).await, self.hosts.cancel_reboot_call(command)),
            _ => (self.hosts.cancel(command).await, self.hosts.cancel_call(command)),
        };
        match stopped {
            Ok(()) => {}
            // It is over, or gone: the next look tells.
            Err(error) if error.kind == PortErrorKind::NotFound => tracing::info!(%error, "nothing to stop"),
            Err(error) => return Err(error.into()),
        }
        self.move_operation(request, &operation.id, None, &[], |_| vec![Event::CancelSent { call: call.clone() }]).await?;
        Ok(())
    }
}
