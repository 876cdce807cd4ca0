//! `/ops …`: answered at once where the catalog is enough, queued where it isn't.

use opsroom_application::cards;
use opsroom_application::judge::{Verdict, judge};
use opsroom_application::pick::{Found, Picking, looked_up};
use opsroom_application::ports::{CatalogStore, Clock, CommandQueue, Dialogs, Directory, RoomKinds};
use opsroom_application::request::{Ask, Reply};
use opsroom_slack::inbound::SlashCommand;

use crate::{Answer, Door, Incoming, SigningSecrets};

impl<S, K, Q, W, C> Door<S, K, Q, W, C>
where
    S: SigningSecrets,
    K: CatalogStore + RoomKinds,
    Q: CommandQueue,
    W: Directory + Dialogs,
    C: Clock,
{
    pub(crate) async fn command(&self, incoming: &Incoming) -> Answer {
        let slash = match SlashCommand::parse(&incoming.body) {
            Ok(slash) => slash,
            Err(error) => return Answer::error(400, &error.to_string()),
        };
        let catalog = match self.current_catalog().await {
            Ok(Some(catalog)) => catalog,
            Ok(None) => return Answer::private(&cards::no_catalog()),
            Err(answer) => return answer,
        };
        let Some(standing) = self.standing(&catalog, &slash.asker).await else { return Answer::private(&cards::could_not_check()) };
        let verdict = judge(&catalog.catalog, &slash.asker, standing, &slash.line);
        let answer = if verdict.is_for_all_to_see() { Answer::taken_in_the_open() } else { Answer::taken() };
        match verdict {
            Verdict::Answer(card) | Verdict::Mistaken(card) => Answer::private(&card),
            Verdict::Unfinished(found) if looked_up(&found).is_empty() => {
                let picking = Picking { catalog: &catalog.catalog, asker: &slash.asker, standing };
                Answer::private(&picking.card(&found, &[], &Found::default()))
            }
            Verdict::Refused { denied, card } => {
                let ask = Ask::Refused { asker: slash.asker, line: slash.line, denied };
                self.queue(&slash.event, &incoming.correlation, ask, Answer::private(&card)).await
            }
            Verdict::Run { .. } | Verdict::Unfinished(_) => {
                let ask = Ask::Line {
                    asker: slash.asker,
                    line: slash.line,
                    at: self.clock.now(),
                    reply: Reply::ResponseUrl { url: slash.response_url.into(), thread: None },
                };
                self.queue(&slash.event, &incoming.correlation, ask, answer).await
            }
        }
    }
}
