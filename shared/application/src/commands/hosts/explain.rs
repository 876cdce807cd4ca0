//! *How?* of an operation: fills the dialog that the door has opened, with the calls as they were made and what the document says.

use opsroom_domain::ids::OperationId;
use opsroom_domain::operation::{Operation, Work};
use opsroom_domain::rights::Asker;

use crate::cards;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Hosts, OperationStore, ServiceLogs};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    pub(in crate::commands) async fn explain_operation(
        &self,
        request: &Request,
        asker: &Asker,
        id: &OperationId,
        view: &str,
    ) -> Result<Worked, Failure> {
        if let Err(instead) = self.may_see_how(request, asker, &format!("How? of operation {id}")).await? {
            return self.show_how(request, view, instead).await;
        }
        let card = match self.store.operation(id).await? {
            Some(operation) => self.how_operation(&operation).await,
            None => cards::not_found(&format!("operation {id}")),
        };
        self.show_how(request, view, (card, Vec::new())).await
    }

    async fn how_operation(&self, operation: &Operation) -> opsroom_domain::card::Card {
        let reading = match (&operation.work, &operation.log) {
            (Work::LogGroup { name }, Some(log)) => Some(self.logs.page_call(name, log.from, log.read_until.max(operation.asked.at))),
            _ => None,
        };
        let shell = match &operation.work {
            // What is deployed, not what was compiled in: it may have been changed since.
            Work::Document { name, .. } => match self.hosts.shell(name).await {
                Ok(shell) => Some(shell),
                Err(error) => {
                    tracing::warn!(%error, document = name, "shown without what the document says");
                    None
                }
            },
            Work::Automation | Work::LogGroup { .. } => None,
        };
        cards::operation_how(operation, reading.as_ref(), shell.as_deref())
    }
}
