//! `reboot`: asks first whether it is meant, because a host that doesn't come back is a long night.

use jiff::SignedDuration;
use opsroom_domain::card::Card;
use opsroom_domain::operation::{What, Work};
use opsroom_domain::rights::Permission;
use opsroom_grammar::On;

use super::begin::{Found, Plan};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::{CatalogStore, Directory};

/// How long an instance may take to stop and start.
const MINUTES: i64 = 20;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn ask_to_reboot(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        host: &str,
        of: Option<&(String, String)>,
    ) -> Result<Worked, Failure> {
        let found = match self.rebootable(context, catalog, host, of).await? {
            Ok(found) => found,
            Err(answered) => return Ok(answered),
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        let (service, environment) = (found.place.service_name, found.place.environment_name);
        if let Err(denied) = may_change(&catalog.catalog, context.asker, standing, Permission::Operate, service, environment) {
            return self.refuse(context, &denied).await;
        }
        let card: Card = cards::reboot_question(&found.hosts[0], service, environment);
        self.answer_privately(context, card).await
    }

    /// The button under that question. Everything is judged again: it may be old, or somebody else's.
    pub(in crate::commands) async fn press_reboot(
        &self,
        context: Context<'_>,
        host: &str,
        (service, environment): (&str, &str),
    ) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        if catalog.catalog.target(service, environment).is_err() {
            return self.answer_privately(context, cards::no_such_host(host)).await;
        }
        let of = (service.to_owned(), environment.to_owned());
        let found = match self.rebootable(context, &catalog, host, Some(&of)).await? {
            Ok(found) => found,
            Err(answered) => return Ok(answered),
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        let (service, environment) = (found.place.service_name, found.place.environment_name);
        let role = match may_change(&catalog.catalog, context.asker, standing, Permission::Operate, service, environment) {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let plan =
            Plan { what: What::Reboot, work: Work::Automation, log: None, on_a_host: SignedDuration::from_mins(MINUTES), at_once: 1 };
        self.begin_operation(context, &found, plan, Some(role)).await
    }

    /// The host, if it is one of those that the catalog knows.
    async fn rebootable<'c>(
        &self,
        context: Context<'_>,
        catalog: &'c Catalog,
        host: &str,
        of: Option<&(String, String)>,
    ) -> Result<Result<Found<'c>, Worked>, Failure> {
        let Some((service, environment)) = of else { return self.find_host(context, catalog, host).await };
        let on = On::Service { service: service.clone(), environment: environment.clone() };
        let mut found = match self.find_hosts(context, catalog, &on).await? {
            Ok(found) => found,
            Err(answered) => return Ok(Err(answered)),
        };
        found.hosts.retain(|info| info.id.as_str() == host || info.name.eq_ignore_ascii_case(host));
        found.hosts.truncate(1);
        let Some(info) = found.hosts.first() else {
            let card = cards::not_one_of_its_hosts(host, found.place.service_name, found.place.environment_name);
            return self.answer_privately(context, card).await.map(Err);
        };
        found.target = opsroom_domain::operation::HostTarget::Hosts(vec![info.id.clone()]);
        Ok(Ok(found))
    }
}
