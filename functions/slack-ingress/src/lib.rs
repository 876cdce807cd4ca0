//! Slack's door: verifies the raw bytes, recognises them, and answers or queues. One AWS call a request, none of them a write to
//! a table; whatever needs more is for `commands`.

mod answer;
mod commands;
mod events;
mod http;
mod interactions;
mod secrets;

use opsroom_application::ports::{CatalogStore, Clock, CommandQueue, Dialogs, Directory, RoomKinds, StoredCatalog};
use opsroom_application::request::{Ask, Request};
use opsroom_domain::ids::{CorrelationId, EventKey};
use opsroom_domain::rights::{Asker, Standing};
use opsroom_slack::signature::{SignatureError, Verifier};
use std::sync::Arc;

pub use answer::Answer;
pub use http::{Incoming, serve};
pub use secrets::SigningSecrets;

/// The largest body that is read. Slack's largest, a press in a full message or dialog, stays well below.
pub const LARGEST_BODY: usize = 512 * 1024;

/// The door, with what it needs.
pub struct Door<S, K, Q, W, C> {
    /// The signing secrets.
    pub secrets: S,
    /// The catalog, and rooms that were made in chat.
    pub catalog: K,
    /// The way to `commands`.
    pub queue: Q,
    /// Dialogs, and who people are.
    pub slack: W,
    /// The time.
    pub clock: C,
}

impl<S, K, Q, W, C> Door<S, K, Q, W, C>
where
    S: SigningSecrets,
    K: CatalogStore + RoomKinds,
    Q: CommandQueue,
    W: Directory + Dialogs,
    C: Clock,
{
    /// Reads ahead what the first request would have to wait for. What can't be had now is asked for again then.
    pub async fn warm_up(&self) {
        if let Err(error) = self.secrets.verifier().await {
            tracing::warn!(%error, "no signing secret yet");
        }
        if let Err(error) = self.catalog.catalog().await {
            tracing::warn!(%error, "no catalog yet");
        }
    }

    /// Answers one request.
    pub async fn answer(&self, incoming: &Incoming) -> Answer {
        let handler = match incoming.path.trim_end_matches('/') {
            "/commands" => Path::Commands,
            "/events" => Path::Events,
            "/interactions" => Path::Interactions,
            _ => return Answer::error(404, "no such path; Slack's are /commands, /events and /interactions"),
        };
        if incoming.method != "POST" {
            return Answer::error(405, "only POST is answered here");
        }
        if incoming.body.len() > LARGEST_BODY {
            return Answer::error(413, "the body is larger than anything Slack sends");
        }
        if let Err(refusal) = self.authenticate(incoming).await {
            return refusal;
        }
        let expected = if handler == Path::Events { "application/json" } else { "application/x-www-form-urlencoded" };
        if !incoming.content_type.trim_start().to_ascii_lowercase().starts_with(expected) {
            return Answer::error(400, &format!("the content type here is {expected}"));
        }
        match handler {
            Path::Commands => self.command(incoming).await,
            Path::Events => self.event(incoming).await,
            Path::Interactions => self.interaction(incoming).await,
        }
    }

    /// Lets only Slack's own bytes in. Nothing has looked into them before.
    async fn authenticate(&self, incoming: &Incoming) -> Result<(), Answer> {
        let unavailable = |error: opsroom_application::ports::PortError| {
            tracing::error!(%error, "no signing secret can be had");
            Answer::error(503, "not ready")
        };
        let now = self.clock.now();
        let verify = |verifier: &Verifier| verifier.verify_at(now, &incoming.timestamp, &incoming.signature, &incoming.body);
        let Err(why) = verify(&self.secrets.verifier().await.map_err(unavailable)?) else { return Ok(()) };
        // The secret may have been rotated since it was read. A request that no secret could let in costs no call.
        if why == SignatureError::Mismatch
            && let Ok(Some(fresh)) = self.secrets.reread().await
            && verify(&fresh).is_ok()
        {
            return Ok(());
        }
        tracing::warn!(%why, path = incoming.path, "turned away");
        Err(Answer::error(401, "not signed by Slack"))
    }

    /// What is known of who asks: Slack is asked only about people who aren't in the catalog, because only for them it
    /// matters here whether they are guests. `commands` asks about everybody before it changes anything.
    async fn standing(&self, catalog: &StoredCatalog, asker: &Asker) -> Option<Standing> {
        let has_own_entry = catalog.catalog.people.contains_key(&asker.person);
        if has_own_entry || catalog.catalog.members.roles.is_empty() || asker.team != catalog.catalog.workspace.team {
            return Some(Standing::Member);
        }
        match self.slack.standing(&asker.person).await {
            Ok(standing) => Some(standing),
            Err(error) => {
                tracing::warn!(%error, person = %asker.person, "Slack does not say who this is");
                None
            }
        }
    }

    async fn current_catalog(&self) -> Result<Option<Arc<StoredCatalog>>, Answer> {
        self.catalog.catalog().await.map_err(|error| {
            tracing::error!(%error, "the catalog can't be read");
            Answer::error(503, "the catalog can't be read just now")
        })
    }

    /// Queues what is asked; the answer is a 2xx only if that is durable.
    async fn queue(&self, event: &EventKey, correlation: &CorrelationId, ask: Ask, then: Answer) -> Answer {
        let kind = ask.kind();
        let request = Request { event: event.clone(), correlation: correlation.clone(), ask };
        match self.queue.send(&request).await {
            Ok(()) => {
                tracing::info!(kind, event = %event, correlation = %correlation, "queued");
                then
            }
            Err(error) => {
                tracing::error!(%error, kind, event = %event, "could not be queued");
                Answer::error(503, "could not be queued")
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    Commands,
    Events,
    Interactions,
}
