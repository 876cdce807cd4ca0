//! An incident's buttons, and the dialogs behind them.

use jiff::SignedDuration;
use opsroom_domain::ids::IncidentId;
use opsroom_domain::rights::Asker;
use opsroom_grammar::Quiet;

use super::act::Act;
use crate::cards;
use crate::commands::{Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, MonitStore};
use crate::request::{IncidentAct, Request};

impl<W: Ports> Commander<'_, W> {
    /// A button of an incident, or the dialog that it opened.
    pub(in crate::commands) async fn press_incident(
        &self,
        context: Context<'_>,
        incident: &IncidentId,
        act: &IncidentAct,
    ) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        let minutes = |minutes: u32| SignedDuration::from_mins(minutes.into());
        let act = match act {
            IncidentAct::Acknowledge => Act::Acknowledge,
            IncidentAct::Unacknowledge => Act::Unacknowledge,
            IncidentAct::Resolve { reason } => Act::Resolve { reason },
            IncidentAct::Reopen => Act::Reopen,
            IncidentAct::Assign { to } => Act::Assign { to },
            IncidentAct::Snooze { minutes: span } => Act::Snooze { span: minutes(*span) },
            IncidentAct::Silence { minutes: span, reason } => {
                return self.silence(context, &catalog, &Quiet::Incident(incident.clone()), minutes(*span), reason).await;
            }
            IncidentAct::Rollback { deployment } => return Box::pin(self.roll_back_suspect(context, &catalog, incident, deployment)).await,
        };
        self.act(context, &catalog, Some(incident), act).await
    }

    /// *How?* of an incident: fills the dialog that the door has opened.
    pub(in crate::commands) async fn explain_incident(
        &self,
        request: &Request,
        asker: &Asker,
        incident: &IncidentId,
        view: &str,
    ) -> Result<Worked, Failure> {
        if let Err(instead) = self.may_see_how(request, asker, &format!("How? of incident {incident}")).await? {
            return self.show_how(request, view, instead).await;
        }
        let card = match self.store.incident(incident).await? {
            Some(incident) => cards::incident_how(&incident),
            None => cards::no_such_incident(incident),
        };
        self.show_how(request, view, (card, Vec::new())).await
    }
}
