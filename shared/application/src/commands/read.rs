//! The commands that only look.

use opsroom_domain::ids::{EnvironmentName, ServiceName};
use opsroom_grammar::{Command, HistoryOf};

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::ports::{AuditLog, Store};

/// How many deployments are listed.
const DEPLOYMENTS_SHOWN: usize = 10;

/// How many audit entries are listed.
const ENTRIES_SHOWN: usize = 20;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn read(&self, context: Context<'_>, catalog: &Catalog, command: &Command) -> Result<Worked, Failure> {
        let catalog = &catalog.catalog;
        let card = match command {
            Command::Status { environment } => {
                let environment = environment.as_deref().map(EnvironmentName::new);
                let current = self.store.environments(environment.as_ref()).await?;
                cards::status(catalog, environment.as_ref(), &current, &self.store.slots().await?)
            }
            Command::Where { service } => {
                let current = self.store.environments(None).await?;
                cards::where_it_runs(catalog, service, &current, &self.store.slots().await?)
            }
            Command::Deploys { service, environment } => {
                let place = environment.as_deref().map(EnvironmentName::new);
                let deployments = self.store.deployments(&ServiceName::new(service), place.as_ref(), DEPLOYMENTS_SHOWN).await?;
                cards::deploys(catalog, service, environment.as_deref(), &deployments)
            }
            Command::Pending => {
                let (slots, gate) = (self.store.slots().await?, self.store.gate().await?);
                cards::pending(catalog, &slots, &gate.waiting, self.now)
            }
            Command::History { of, since } => {
                let since = since.and_then(|since| self.now.checked_sub(since).ok());
                let (title, entries) = match of {
                    None => ("The latest requests".to_owned(), self.store.latest(since, ENTRIES_SHOWN).await?),
                    Some(HistoryOf::Person(person)) => {
                        ("The latest requests of this person".to_owned(), self.store.by_actor(person, since, ENTRIES_SHOWN).await?)
                    }
                    Some(HistoryOf::Service(service)) => {
                        let entries = self.store.by_service(&ServiceName::new(service), since, ENTRIES_SHOWN).await?;
                        (format!("The latest requests about {service}"), entries)
                    }
                };
                cards::history(catalog, &title, &entries)
            }
            Command::Help { .. }
            | Command::WhoAmI
            | Command::Can { .. }
            | Command::Deploy(_)
            | Command::Release(_)
            | Command::Cancel { .. }
            | Command::Gh(_)
            | Command::Build(_)
            | Command::Mon(_) => {
                return Err(Failure::Bug(format!("`{}` is no command that looks something up", command.spec().name)));
            }
        };
        self.answer(context, card).await
    }
}
