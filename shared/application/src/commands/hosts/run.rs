//! `run`: a runbook of the catalog, with what it fixes and what may be given.

use jiff::SignedDuration;
use opsroom_domain::catalog::Runbook;
use opsroom_domain::ids::{RoleName, RunbookName};
use opsroom_domain::operation::{Batch, MOST_HOSTS, What, Work};
use opsroom_domain::rights::{Denied, Permission};
use opsroom_grammar::On;

use super::begin::{Plan, at_once};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::judge::may_change;
use crate::ports::Directory;

/// How long a runbook may take on a host, where the catalog doesn't say.
const MINUTES: u16 = 60;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn run_runbook(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        name: &str,
        on: &On,
        given: &[(String, String)],
        check: bool,
    ) -> Result<Worked, Failure> {
        let Some((name, runbook)) = catalog.catalog.runbook(name) else {
            return Err(Failure::Bug(format!("the runbook {name} was found and then wasn't")));
        };
        let parameters = match runbook.filled(name, given, check) {
            Ok(parameters) => parameters,
            Err(why) => return self.answer_privately(context, cards::unrunnable(name, runbook, &why)).await,
        };
        let found = match self.find_hosts(context, catalog, on).await? {
            Ok(found) => found,
            Err(answered) => return Ok(answered),
        };
        let standing = self.slack.standing(&context.asker.person).await?;
        let (service, environment) = (found.place.service_name, found.place.environment_name);
        let allowed = may_change(&catalog.catalog, context.asker, standing, Permission::Operate, service, environment)
            .and_then(|allowed| may_run(catalog.catalog.roles_of(&context.asker.person), name, runbook).map(|()| allowed));
        let role = match allowed {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let batch = runbook.batch.as_deref().and_then(|batch| Batch::parse(batch).ok());
        let minutes = SignedDuration::from_mins(i64::from(runbook.minutes.unwrap_or(MINUTES)));
        let plan = Plan {
            what: What::Run { runbook: name.clone(), check, given: given.to_vec() },
            work: Work::Document {
                name: runbook.document().to_owned(),
                parameters,
                concurrency: batch.map_or_else(|| "100%".to_owned(), |batch| batch.to_string()),
                // Where hosts take turns, one that fails holds the others back; else all begin at once anyway.
                errors: if batch.is_some() { "0".to_owned() } else { "100%".to_owned() },
            },
            log: None,
            on_a_host: minutes,
            at_once: batch.map_or(MOST_HOSTS, |batch| at_once(batch, found.hosts.len())),
        };
        self.begin_operation(context, &found, plan, Some(role)).await
    }
}

/// Whether one of a person's roles is among those that may run it.
fn may_run(roles: &[RoleName], name: &RunbookName, runbook: &Runbook) -> Result<(), Denied> {
    if runbook.roles.is_empty() || roles.iter().any(|role| runbook.roles.contains(role)) {
        return Ok(());
    }
    let roles = roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", ");
    Err(Denied::RoleLacks { roles, permission: Permission::Operate, what: format!("with the runbook {name}") })
}
