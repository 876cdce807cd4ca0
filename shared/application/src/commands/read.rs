//! The commands that only look.

use jiff::SignedDuration;
use opsroom_domain::ids::{EnvironmentName, ServiceName};
use opsroom_grammar::{Command, HistoryOf};

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards::{self, Overview};
use crate::failure::Failure;
use crate::ports::{AuditLog, BuildStore, MonitStore, Store};

/// How many deployments are listed.
const DEPLOYMENTS_SHOWN: usize = 10;

/// How many audit entries are listed.
const ENTRIES_SHOWN: usize = 20;

/// How many incidents, and how many branches of pipelines, an overview looks at.
const LOOKED_AT: usize = 200;

/// Incidents are looked for that began so long ago at most: they may have lasted into the last day.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(72);

impl<W: Ports> Commander<'_, W> {
    /// How everything stands. Five reads, however much there is.
    pub(super) async fn overview(&self, environment: Option<&EnvironmentName>) -> Result<Overview, Failure> {
        let since = self.now.saturating_sub(LOOKED_BACK).unwrap_or(self.now);
        Ok(Overview {
            current: self.store.environments(environment).await?,
            slots: self.store.slots().await?,
            open: self.store.open_incidents(LOOKED_AT).await?,
            closed: self.store.closed_incidents(since, LOOKED_AT).await?,
            healths: self.store.healths(LOOKED_AT).await?,
            now: self.now,
        })
    }

    pub(super) async fn read(&self, context: Context<'_>, catalog: &Catalog, command: &Command) -> Result<Worked, Failure> {
        let catalog = &catalog.catalog;
        let card = match command {
            Command::Status { environment } => {
                let environment = environment.as_deref().map(EnvironmentName::new);
                cards::status(catalog, environment.as_ref(), &self.overview(environment.as_ref()).await?)
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
            | Command::Offers
            | Command::WhoAmI
            | Command::Can { .. }
            | Command::Deploy(_)
            | Command::Release(_)
            | Command::Cancel { .. }
            | Command::Gh(_)
            | Command::Build(_)
            | Command::Mon(_)
            | Command::Hosts(_)
            | Command::Bytes(_)
            | Command::Dj(_) => {
                return Err(Failure::Bug(format!("`{}` is no command that looks something up", command.spec().name)));
            }
        };
        self.answer(context, card).await
    }
}
