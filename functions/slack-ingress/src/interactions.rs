//! Presses of buttons, and dialogs that were sent. A dialog has to be opened here, because its trigger lives three seconds; its content follows.

use jiff::Timestamp;
use opsroom_application::forms::{Amiss, IncidentForm, Memory};
use opsroom_application::ports::{CatalogStore, Clock, CommandQueue, Dialogs, Directory, RoomKinds, SlackError};
use opsroom_application::request::{self, Ask, IncidentAct, Reply};
use opsroom_domain::card::{ButtonAction, Card, HostPress, IncidentPress, Text, Tone};
use opsroom_domain::rights::Asker;
use opsroom_slack::inbound::{Interaction, Press, Submission};
use opsroom_slack::menus::Picked;
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
    pub(crate) async fn interaction(&self, incoming: &Incoming) -> Answer {
        match Interaction::parse(&incoming.body) {
            Ok(Interaction::Pressed(press)) => self.pressed(incoming, *press).await,
            Ok(Interaction::Submitted(submission)) => self.submitted(incoming, submission).await,
            Ok(Interaction::Closed { .. }) => Answer::taken(),
            Ok(Interaction::Other { kind }) => {
                tracing::info!(kind, "not asked for");
                Answer::taken()
            }
            Err(error) => Answer::error(400, &error.to_string()),
        }
    }

    async fn pressed(&self, incoming: &Incoming, press: Press) -> Answer {
        let Some(asker) = press.asker() else { return Answer::taken() };
        let at = self.clock.now();
        if press.chose {
            return self.chosen(incoming, asker, press).await;
        }
        let thread_of_line = thread_of_line(&press);
        let Press { event, action: Some(action), trigger_id, response_url, thread, picked, .. } = press else { return Answer::taken() };
        // Two kinds of buttons: those that open a dialog, and those whose answer goes to a `response_url`. A press in a dialog or on a
        // Home tab is nowhere, and has neither.
        let ask = match action {
            ButtonAction::OpenUrl { .. } => return Answer::taken(),
            ButtonAction::ExplainDeployment { deployment } => match self.open_how(&trigger_id).await {
                Ok(view) => Ask::Explain { asker, deployment, view },
                Err(answer) => return answer,
            },
            ButtonAction::ExplainLine { line } => match self.open_how(&trigger_id).await {
                Ok(view) => Ask::ExplainLine { asker, line, view },
                Err(answer) => return answer,
            },
            ButtonAction::ExplainRun { run } => match self.open_how(&trigger_id).await {
                Ok(view) => Ask::ExplainRun { asker, run, view },
                Err(answer) => return answer,
            },
            ButtonAction::Hosts { press: HostPress::Explain { operation } } => match self.open_how(&trigger_id).await {
                Ok(view) => Ask::ExplainOperation { asker, operation, view },
                Err(answer) => return answer,
            },
            ButtonAction::RunPicked { line } => match by_url_in(thread_of_line, response_url) {
                Ok(reply) => run_picked(asker, line, picked, at, reply),
                Err(answer) => return answer,
            },
            ButtonAction::Decide { approval, decision } => {
                return self.ask_for_words(&trigger_id, &Memory::Decide { approval, decision, channel: asker.channel, thread }).await;
            }
            ButtonAction::DecideDeployment { deployment, decision } => {
                return self.ask_for_words(&trigger_id, &Memory::Deployment { deployment, decision, channel: asker.channel, thread }).await;
            }
            ButtonAction::Incident { incident, press } => match asked_by(press) {
                Asked::How => match self.open_how(&trigger_id).await {
                    Ok(view) => Ask::ExplainIncident { asker, incident, view },
                    Err(answer) => return answer,
                },
                Asked::Form(what) => {
                    return self.ask_for_words(&trigger_id, &Memory::Incident { incident, what, channel: asker.channel, thread }).await;
                }
                Asked::Act(act) => match by_url(response_url) {
                    Ok(reply) => Ask::Incident { asker, incident, act, at, reply },
                    Err(answer) => return answer,
                },
            },
            action => match by_url(response_url).and_then(|reply| answered_by_url(action, asker, at, reply)) {
                Ok(ask) => ask,
                Err(answer) => return answer,
            },
        };
        self.queue(&event, &incoming.correlation, ask, Answer::taken()).await
    }

    /// Something was picked for a line: `commands` shows what came of it.
    async fn chosen(&self, incoming: &Incoming, asker: Asker, press: Press) -> Answer {
        let thread = thread_of_line(&press);
        let Some(Picked { line, chosen }) = press.picked else { return Answer::taken() };
        match by_url_in(thread, press.response_url) {
            Ok(reply) => {
                let ask = Ask::Pick { asker, line, chosen, shown: None, at: self.clock.now(), reply };
                self.queue(&press.event, &incoming.correlation, ask, Answer::taken()).await
            }
            Err(answer) => answer,
        }
    }

    /// Opens the dialog of a How? button, which waits for its content.
    async fn open_how(&self, trigger: &str) -> Result<String, Answer> {
        let waiting = Card::line(Tone::Plain, Text::plain("Looking it up…"));
        self.slack.open(trigger, "How?", &waiting).await.map_err(|error| not_opened(&error))
    }

    async fn ask_for_words(&self, trigger: &str, memory: &Memory) -> Answer {
        let form = match memory.form() {
            Ok(form) => form,
            Err(error) => {
                tracing::error!(%error, "a form can't be made");
                return Answer::error(500, "the form can't be made");
            }
        };
        match self.slack.ask(trigger, &form).await {
            Ok(()) => Answer::taken(),
            Err(error) => not_opened(&error),
        }
    }

    /// A dialog was sent. It closes only once what it asks for is queued; Slack shows an error in it otherwise.
    async fn submitted(&self, incoming: &Incoming, submission: Submission) -> Answer {
        let Submission { event, person, team, memory, given, .. } = submission;
        let Some(memory) = Memory::read(&memory) else { return Answer::error(400, "this dialog isn't one of ours") };
        match memory.ask(person, team, &given, self.clock.now()) {
            Ok(ask) => self.queue(&event, &incoming.correlation, ask, Answer::taken()).await,
            Err(Amiss { field, why }) => Answer::json(json!({"response_action": "errors", "errors": {field: why}})),
        }
    }
}

fn not_opened(error: &SlackError) -> Answer {
    tracing::warn!(%error, "the dialog can't be opened");
    Answer::error(502, "Slack did not open the dialog")
}

/// A line that was put together from menus is run if they still say so; that is judged where it is run. A message without them has nothing
/// else to say.
fn run_picked(asker: Asker, shown: String, picked: Option<Picked>, at: Timestamp, reply: Reply) -> Ask {
    match picked {
        Some(Picked { line, chosen }) => Ask::Pick { asker, line, chosen, shown: Some(shown), at, reply },
        None => Ask::Line { asker, line: shown, at, reply },
    }
}

/// What a button asks for whose answer goes to a `response_url`.
fn answered_by_url(action: ButtonAction, asker: Asker, at: Timestamp, reply: Reply) -> Result<Ask, Answer> {
    Ok(match action {
        ButtonAction::CancelDeployment { deployment } => Ask::Cancel { asker, deployment, at, reply },
        ButtonAction::RetryStage { run, stage } => Ask::Pressed { asker, press: request::Press::RetryStage { run, stage }, at, reply },
        ButtonAction::OverrideDeployment { deployment } => {
            Ask::Pressed { asker, press: request::Press::Override { deployment }, at, reply }
        }
        ButtonAction::RollBack { deployment } => Ask::Pressed { asker, press: request::Press::RollBack { deployment }, at, reply },
        ButtonAction::Promote { deployment } => Ask::Pressed { asker, press: request::Press::Promote { deployment }, at, reply },
        ButtonAction::Unlock { scope, lock } => Ask::Pressed { asker, press: request::Press::Unlock { scope, lock }, at, reply },
        ButtonAction::UndoSubscription { subject, version } => {
            Ask::Pressed { asker, press: request::Press::UndoSubscription { subject, version }, at, reply }
        }
        ButtonAction::Hosts { press: HostPress::Stop { operation } } => {
            Ask::Pressed { asker, press: request::Press::StopOperation { operation }, at, reply }
        }
        ButtonAction::Hosts { press: HostPress::Reboot { host, service, environment } } => {
            let press =
                request::Press::Reboot { host: host.to_string(), service: service.to_string(), environment: environment.to_string() };
            Ask::Pressed { asker, press, at, reply }
        }
        ButtonAction::Dj { press } => Ask::Dj { asker, press, at, reply },
        ButtonAction::AskForMore { line } => Ask::Pick { asker, line, chosen: Vec::new(), shown: None, at, reply },
        ButtonAction::RunRead { line } if only_reads(&line) => Ask::Line { asker, line, at, reply },
        ButtonAction::RunRead { .. } => return Err(Answer::error(400, "this button runs only what reads")),
        ButtonAction::OpenUrl { .. }
        | ButtonAction::RunPicked { .. }
        | ButtonAction::ExplainLine { .. }
        | ButtonAction::ExplainDeployment { .. }
        | ButtonAction::ExplainRun { .. }
        | ButtonAction::Hosts { press: HostPress::Explain { .. } }
        | ButtonAction::Decide { .. }
        | ButtonAction::DecideDeployment { .. }
        | ButtonAction::Incident { .. } => return Err(Answer::taken()),
    })
}

/// The thread in which a line was put together. Slack gives the first message of a thread its own `ts` as that of the thread; who picks
/// there is not in it.
fn thread_of_line(press: &Press) -> Option<String> {
    press.thread.clone().filter(|thread| press.message_ts.as_ref() != Some(thread))
}

/// How a press in a message is answered.
fn by_url(response_url: Option<String>) -> Result<Reply, Answer> {
    by_url_in(None, response_url)
}

/// The same, where a line was put together that is run as if it had been typed there.
fn by_url_in(thread: Option<String>, response_url: Option<String>) -> Result<Reply, Answer> {
    let url = response_url.ok_or_else(|| Answer::error(400, "`response_url` is missing"))?;
    Ok(Reply::ResponseUrl { url: url.into(), thread })
}

/// What a button of an incident leads to.
enum Asked {
    /// A dialog that shows something.
    How,
    /// A dialog that asks for something.
    Form(IncidentForm),
    /// What is done at once.
    Act(IncidentAct),
}

fn asked_by(press: IncidentPress) -> Asked {
    match press {
        IncidentPress::Explain => Asked::How,
        IncidentPress::Silence => Asked::Form(IncidentForm::Silence),
        IncidentPress::Assign => Asked::Form(IncidentForm::Assign),
        IncidentPress::Snooze => Asked::Form(IncidentForm::Snooze),
        IncidentPress::Acknowledge => Asked::Act(IncidentAct::Acknowledge),
        IncidentPress::Unacknowledge => Asked::Act(IncidentAct::Unacknowledge),
        IncidentPress::Resolve => Asked::Act(IncidentAct::Resolve { reason: String::new() }),
        IncidentPress::Reopen => Asked::Act(IncidentAct::Reopen),
        IncidentPress::Rollback { deployment } => Asked::Act(IncidentAct::Rollback { deployment }),
    }
}

/// The button says that its line only reads; that is checked, not believed.
fn only_reads(line: &str) -> bool {
    opsroom_grammar::parse(line).is_ok_and(|command| command.reads_only())
}
