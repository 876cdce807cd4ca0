//! An incident's buttons, and the dialogs behind them.

use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::IncidentId;
use opsroom_domain::rights::Asker;
use opsroom_domain::room_message::Destination;

use crate::commands::{Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::request::{IncidentAct, Request};

impl<W: Ports> Commander<'_, W> {
    /// A button of an incident, or the dialog that it opened.
    pub(in crate::commands) async fn press_incident(
        &self,
        context: Context<'_>,
        _incident: &IncidentId,
        _act: &IncidentAct,
    ) -> Result<Worked, Failure> {
        self.answer_privately(context, Card::line(Tone::Plain, Text::plain("Incidents aren't kept here yet."))).await
    }

    /// *How?* of an incident: fills the dialog that the door has opened.
    pub(in crate::commands) async fn explain_incident(
        &self,
        request: &Request,
        _asker: &Asker,
        incident: &IncidentId,
        view: &str,
    ) -> Result<Worked, Failure> {
        let card = crate::cards::not_found(&format!("incident {incident}"));
        let destination = Destination::View { view: view.to_owned(), title: "How?".to_owned() };
        self.commit_message(request, Some(request.event.clone()), destination, card, Vec::new()).await
    }
}
