//! *How?*: fills the dialog that the door has opened.

use opsroom_domain::ids::DeploymentId;
use opsroom_domain::rights::{Asker, Wish};
use opsroom_domain::room_message::Destination;

use super::{Commander, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{CatalogStore, Store};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn explain(&self, request: &Request, asker: &Asker, id: &DeploymentId, view: &str) -> Result<Worked, Failure> {
        let card = match (self.catalog.catalog().await?, self.store.deployment(id).await?) {
            (None, _) => cards::no_catalog(),
            (_, None) => cards::not_found(&format!("deployment {id}")),
            (Some(catalog), Some(deployment)) => {
                let (standing, _) = self.standing_or_assumed(&catalog, asker).await;
                match catalog.catalog.decide(asker, standing, Wish::Read) {
                    Ok(_) => cards::deployment_how(&deployment),
                    Err(denied) => cards::refused(&denied),
                }
            }
        };
        let destination = Destination::View { view: view.to_owned(), title: "How?".to_owned() };
        self.commit_message(request, Some(request.event.clone()), destination, card, Vec::new()).await
    }
}
