//! *How?*: fills the dialog that the door has opened.

use opsroom_domain::ids::{DeploymentId, MessageKey};
use opsroom_domain::rights::{Asker, Wish};
use opsroom_domain::room_message::Destination;

use super::{Commander, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{AuditLog, CatalogStore, Change, Commit, DeliveryQueue, Directory, MessageChange, Outbox, Permalinks, Pipelines, Store};
use crate::progress::lanes;
use crate::request::Request;

impl<T, K, P, R, D> Commander<'_, T, K, P, R, D>
where
    T: Store + AuditLog + Outbox,
    K: CatalogStore,
    P: Pipelines,
    R: Directory + Permalinks,
    D: DeliveryQueue,
{
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
        let message = MessageChange { key: MessageKey::answer(&request.event), destination, card };
        let change = Change { claim: Some(request.event.clone()), messages: vec![message], ..Change::default() };
        let keys = lanes(&change);
        let worked = match self.store.commit(change).await? {
            Commit::AlreadyDone => Worked::Before,
            _ => Worked::Done,
        };
        self.follower(&request.correlation).nudge(&keys).await?;
        Ok(worked)
    }
}
