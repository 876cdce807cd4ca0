//! *How?*: fills the dialog that the door has opened.

use opsroom_domain::audit::AuditRecord;
use opsroom_domain::card::Card;
use opsroom_domain::ids::DeploymentId;
use opsroom_domain::rights::{Asker, Wish};
use opsroom_domain::room_message::Destination;

use super::{Catalog, Commander, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{CatalogStore, Store};
use crate::request::Request;

/// What a dialog shows, and what is recorded of it.
pub(in crate::commands) type Shown = (Card, Vec<AuditRecord>);

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn explain(&self, request: &Request, asker: &Asker, id: &DeploymentId, view: &str) -> Result<Worked, Failure> {
        if let Err(instead) = self.may_see_how(request, asker, &format!("How? of deployment {id}")).await? {
            return self.show_how(request, view, instead).await;
        }
        let card = match self.store.deployment(id).await? {
            Some(deployment) => cards::deployment_how(&deployment),
            None => cards::not_found(&format!("deployment {id}")),
        };
        self.show_how(request, view, (card, Vec::new())).await
    }

    /// The catalog, if the person may read; else what the dialog shows instead.
    pub(in crate::commands) async fn may_see_how(
        &self,
        request: &Request,
        asker: &Asker,
        what: &str,
    ) -> Result<Result<Catalog, Shown>, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Err((cards::no_catalog(), Vec::new()))) };
        let (standing, _) = self.standing_or_assumed(&catalog, asker).await;
        Ok(match catalog.catalog.decide(asker, standing, Wish::Read) {
            Ok(_) => Ok(catalog),
            Err(denied) => {
                let record = self.refusal(request, asker, what, denied.rule(), denied.to_string());
                Err((cards::refused(&denied), vec![record]))
            }
        })
    }

    /// Fills the dialog.
    pub(in crate::commands) async fn show_how(&self, request: &Request, view: &str, (card, audit): Shown) -> Result<Worked, Failure> {
        let destination = Destination::View { view: view.to_owned(), title: "How?".to_owned() };
        self.commit_message(request, Some(request.event.clone()), destination, card, audit).await
    }
}
