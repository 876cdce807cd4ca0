//! What people asked for is done here. One file per kind of request.

mod answer;
mod cancel;
mod deploy;
mod explain;
mod read;
mod reconcile;
mod start;

use std::sync::Arc;

use jiff::Timestamp;
use opsroom_domain::console::Console;
use opsroom_domain::ids::CorrelationId;
use opsroom_domain::pipeline_execution::Observation;
use opsroom_domain::rights::{Asker, Standing};
use opsroom_grammar::Command;

use crate::cards;
use crate::failure::Failure;
use crate::judge::{Verdict, judge};
use crate::ports::{AuditLog, CatalogStore, DeliveryQueue, Directory, Outbox, Permalinks, Pipelines, Store, StoredCatalog};
use crate::progress::Follower;
use crate::request::{Ask, Reply, Request};

/// Works requests off.
pub struct Commander<'a, T, K, P, R, D> {
    /// The table.
    pub store: &'a T,
    /// The catalog.
    pub catalog: &'a K,
    /// The pipelines.
    pub pipelines: &'a P,
    /// The people, and where messages are.
    pub slack: &'a R,
    /// The way to the room.
    pub delivery: &'a D,
    /// For links.
    pub console: &'a Console,
    /// Now.
    pub now: Timestamp,
}

/// Who asked, which request it is, and how to answer.
#[derive(Clone, Copy)]
struct Context<'a> {
    request: &'a Request,
    asker: &'a Asker,
    reply: &'a Reply,
    /// The line, or what the pressed button says.
    line: &'a str,
}

/// What came of a request, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Done.
    Done,
    /// It had been done before.
    Before,
    /// Refused by a rule.
    Refused,
}

impl<T, K, P, R, D> Commander<'_, T, K, P, R, D>
where
    T: Store + AuditLog + Outbox,
    K: CatalogStore,
    P: Pipelines,
    R: Directory + Permalinks,
    D: DeliveryQueue,
{
    /// Works one request off. Doing it again does no harm.
    pub async fn work(&self, request: &Request) -> Result<Worked, Failure> {
        match &request.ask {
            Ask::Line { asker, line, reply } => self.line(Context { request, asker, reply, line }).await,
            Ask::Cancel { asker, deployment, reply } => {
                let line = format!("cancel {deployment}");
                let context = Context { request, asker, reply, line: &line };
                let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
                self.cancel(context, &catalog, deployment).await
            }
            Ask::Explain { asker, deployment, view } => self.explain(request, asker, deployment, view).await,
            Ask::Refused { asker, line, denied } => self.record_refusal(request, asker, line, denied).await,
            Ask::Due { task } => self.come_due(request, task).await,
        }
    }

    async fn line(&self, context: Context<'_>) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        let standing = self.slack.standing(&context.asker.person).await;
        // Looking at things may go on while Slack is silent, for people whom the catalog knows; changing them may not.
        let assumed = match (&standing, catalog.catalog.people.contains_key(&context.asker.person)) {
            (Ok(standing), _) => *standing,
            (Err(_), true) => Standing::Member,
            (Err(_), false) => Standing::Guest,
        };
        let verdict = judge(&catalog.catalog, context.asker, assumed, context.line);
        if let Err(error) = standing
            && (verdict.changes_something() || assumed == Standing::Guest)
        {
            return Err(error.into());
        }
        match verdict {
            Verdict::Answer(card) => self.answer(context, card).await,
            Verdict::Mistaken(card) => self.answer_privately(context, card).await,
            Verdict::Refused { denied, .. } => self.refuse(context, &denied).await,
            Verdict::Run { command, allowed } => match command {
                Command::Deploy(deploy) => {
                    let role = allowed.map(|allowed| allowed.role.to_string()).unwrap_or_default();
                    self.deploy(context, &catalog, &deploy, role).await
                }
                Command::Cancel { deployment } => self.cancel(context, &catalog, &deployment).await,
                other => self.read(context, &catalog, &other).await,
            },
        }
    }

    fn follower<'b>(&'b self, correlation: &'b CorrelationId) -> Follower<'b, T, D> {
        Follower { store: self.store, delivery: self.delivery, console: self.console, now: self.now, correlation }
    }
}

/// The pipeline's stages in its order, as asking tells them.
fn stage_order(observations: &[Observation]) -> Vec<String> {
    observations
        .iter()
        .filter_map(|observation| match observation {
            Observation::Stage { stage, .. } => Some(stage.clone()),
            _ => None,
        })
        .collect()
}

/// The catalog as the use cases hold it.
type Catalog = Arc<StoredCatalog>;
