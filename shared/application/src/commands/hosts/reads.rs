//! `hosts`: which there are, by the catalog's tags.

use opsroom_domain::catalog::Resolved;
use opsroom_domain::operation::HostTarget;

use super::hosts_of;
use crate::cards::{self, HostsOf};
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Hosts as _, PortErrorKind};

/// Each is a call; who has more names one.
const MOST_PLACES: usize = 12;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn list_hosts(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        service: Option<&str>,
        environment: Option<&str>,
    ) -> Result<Worked, Failure> {
        let is_meant = |place: &Resolved<'_>| {
            service.is_none_or(|service| place.service_name.as_str() == service)
                && environment.is_none_or(|environment| place.environment_name.as_str() == environment)
        };
        let places: Vec<Resolved<'_>> = catalog.catalog.with_hosts().filter(is_meant).collect();
        let mut listed = Vec::new();
        for place in places.iter().take(MOST_PLACES) {
            let Some(hosts) = hosts_of(place) else { continue };
            let found = match self.hosts.describe(&HostTarget::Tags(hosts.tags.clone())).await {
                Ok(found) => found,
                Err(error) if error.kind == PortErrorKind::Denied => {
                    tracing::error!(%error, "hosts can't be listed");
                    return self.answer(context, cards::hosts_not_to_be_seen()).await;
                }
                Err(error) => return Err(error.into()),
            };
            listed.push(HostsOf { service: place.service_name, environment: place.environment_name, hosts: found });
        }
        let more: Vec<String> =
            places.iter().skip(MOST_PLACES).map(|place| format!("hosts {} {}", place.service_name, place.environment_name)).collect();
        self.answer(context, cards::hosts(&listed, &more, service, environment)).await
    }
}
