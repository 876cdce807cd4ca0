//! Presses of buttons. A dialog has to be opened here, because its trigger lives three seconds; its content follows.

use opsroom_application::ports::{CatalogStore, Clock, CommandQueue, Dialogs, Directory};
use opsroom_application::request::{Ask, Reply};
use opsroom_domain::card::{ButtonAction, Card, Text, Tone};
use opsroom_slack::inbound::{Interaction, Press};

use crate::{Answer, Door, Incoming, SigningSecrets};

impl<S, K, Q, W, C> Door<S, K, Q, W, C>
where
    S: SigningSecrets,
    K: CatalogStore,
    Q: CommandQueue,
    W: Directory + Dialogs,
    C: Clock,
{
    pub(crate) async fn interaction(&self, incoming: &Incoming) -> Answer {
        match Interaction::parse(&incoming.body) {
            Ok(Interaction::Pressed(press)) => self.pressed(incoming, press).await,
            Ok(Interaction::Submitted(_) | Interaction::Closed { .. }) => Answer::taken(),
            Ok(Interaction::Other { kind }) => {
                tracing::info!(kind, "not asked for");
                Answer::taken()
            }
            Err(error) => Answer::error(400, &error.to_string()),
        }
    }

    async fn pressed(&self, incoming: &Incoming, press: Press) -> Answer {
        let (Some(asker), Some(action)) = (press.asker(), press.action) else { return Answer::taken() };
        let ask = match (action, press.response_url) {
            (ButtonAction::OpenUrl { .. }, _) => return Answer::taken(),
            (ButtonAction::ExplainDeployment { deployment }, _) => {
                let waiting = Card::line(Tone::Plain, Text::plain("Looking it up…"));
                match self.slack.open(&press.trigger_id, "How?", &waiting).await {
                    Ok(view) => Ask::Explain { asker, deployment, view },
                    Err(error) => {
                        tracing::warn!(%error, "the dialog can't be opened");
                        return Answer::error(502, "Slack did not open the dialog");
                    }
                }
            }
            (ButtonAction::CancelDeployment { deployment }, Some(url)) => {
                Ask::Cancel { asker, deployment, at: self.clock.now(), reply: Reply::ResponseUrl { url: url.into() } }
            }
            (ButtonAction::RunRead { line }, Some(url)) if only_reads(&line) => {
                Ask::Line { asker, line, at: self.clock.now(), reply: Reply::ResponseUrl { url: url.into() } }
            }
            (ButtonAction::RunRead { .. }, Some(_)) => return Answer::error(400, "this button runs only what reads"),
            (ButtonAction::CancelDeployment { .. } | ButtonAction::RunRead { .. }, None) => {
                return Answer::error(400, "`response_url` is missing");
            }
        };
        self.queue(&press.event, &incoming.correlation, ask, Answer::taken()).await
    }
}

/// The button says that its line only reads; that is checked, not believed.
fn only_reads(line: &str) -> bool {
    opsroom_grammar::parse(line).is_ok_and(|command| command.spec().reads_only())
}
