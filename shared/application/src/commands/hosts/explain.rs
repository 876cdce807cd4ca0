//! *How?* of an operation: fills the dialog that the door has opened, with the calls as they were made and what the document says.

use opsroom_domain::ids::OperationId;
use opsroom_domain::operation::{Operation, Work};
use opsroom_domain::rights::{Asker, Wish};
use opsroom_domain::room_message::Destination;

use crate::cards;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, Hosts, OperationStore, ServiceLogs};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    pub(in crate::commands) async fn explain_operation(
        &self,
        request: &Request,
        asker: &Asker,
        id: &OperationId,
        view: &str,
    ) -> Result<Worked, Failure> {
        let card = match (self.catalog.catalog().await?, self.store.operation(id).await?) {
            (None, _) => cards::no_catalog(),
            (_, None) => cards::not_found(&format!("operation {id}")),
            (Some(catalog), Some(operation)) => {
                let (standing, _) = self.standing_or_assumed(&catalog, asker).await;
                match catalog.catalog.decide(asker, standing, Wish::Read) {
                    Ok(_) => self.how_operation(&operation).await,
                    Err(denied) => cards::refused(&denied),
                }
            }
        };
        let destination = Destination::View { view: view.to_owned(), title: "How?".to_owned() };
        self.commit_message(request, Some(request.event.clone()), destination, card, Vec::new()).await
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
