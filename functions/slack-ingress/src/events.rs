//! Events: mentions of the app are queued as they are, because an event can't be answered in its response. So is what people say in
//! threads: whether it is an incident's thread only the table knows, and looking there isn't the door's to do. What else people post is
//! queued where its room keeps or plays it.

use opsroom_application::ports::{CatalogStore, Clock, CommandQueue, Dialogs, Directory, RoomKinds};
use opsroom_application::posted::{keeps_links, keeps_links_by_catalog, plays_songs};
use opsroom_application::request::{Ask, Reply};
use opsroom_domain::posting::Posting;
use opsroom_slack::inbound::{Envelope, Happening, Said};
use serde_json::json;

use crate::{Answer, Door, Incoming, SigningSecrets};

impl<S, K, Q, W, C> Door<S, K, Q, W, C>
where
    S: SigningSecrets,
    K: CatalogStore + RoomKinds,
    Q: CommandQueue,
    W: Directory + Dialogs,
    C: Clock,
{
    pub(crate) async fn event(&self, incoming: &Incoming) -> Answer {
        let event = match Envelope::parse(&incoming.body) {
            Ok(Envelope::UrlVerification { challenge }) => return Answer::json(json!({"challenge": challenge})),
            Ok(Envelope::Event(event)) => event,
            Ok(Envelope::Other { kind }) => {
                tracing::info!(kind, "not asked for");
                return Answer::taken();
            }
            Err(error) => return Answer::error(400, &error.to_string()),
        };
        if let Some(posting) = event.posting {
            match self.is_kept(&posting).await {
                // What is said in an incident's thread is worked off with the posting.
                Ok(true) => {
                    let ask = Ask::Posted { posting };
                    return self.queue(&event.event, &incoming.correlation, ask, Answer::taken()).await;
                }
                Ok(false) => {}
                Err(unavailable) => return unavailable,
            }
        }
        match event.happening {
            // Two apps that answer each other would never stop.
            // And what was asked is done once: an edit of the message asks nothing, though Slack sends it again as a new event.
            Happening::AppMention(mention) if mention.by_bot || mention.edited => Answer::taken(),
            Happening::AppMention(mention) => {
                let reply = Reply::Mention { ts: mention.ts, thread: mention.thread };
                let ask = Ask::Line { asker: mention.asker, line: mention.line, at: self.clock.now(), reply };
                self.queue(&event.event, &incoming.correlation, ask, Answer::taken()).await
            }
            Happening::Said(Said { asker, thread, ts, text }) => {
                let ask = Ask::Said { asker, thread, ts, text, at: self.clock.now() };
                self.queue(&event.event, &incoming.correlation, ask, Answer::taken()).await
            }
            Happening::HomeOpened(asker) => self.queue(&event.event, &incoming.correlation, Ask::Home { asker }, Answer::taken()).await,
            Happening::Other { kind } => {
                tracing::debug!(kind, "not asked for");
                Answer::taken()
            }
        }
    }

    /// Whether a room keeps or plays what is posted in it. What the catalog says takes no further look.
    async fn is_kept(&self, posting: &Posting) -> Result<bool, Answer> {
        let Some(catalog) = self.current_catalog().await? else { return Ok(false) };
        let (catalog, channel) = (&catalog.catalog, &posting.channel);
        if keeps_links_by_catalog(catalog, channel) || plays_songs(catalog, channel) {
            return Ok(true);
        }
        let opened = self.catalog.opened().await.map_err(|error| {
            tracing::error!(%error, "rooms that were made in chat can't be read");
            Answer::error(503, "the rooms can't be read just now")
        })?;
        Ok(keeps_links(catalog, &opened, channel))
    }
}
