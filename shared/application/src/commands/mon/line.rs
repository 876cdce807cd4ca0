//! `mon …`

use opsroom_grammar::Mon;

use super::act::Act;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;

impl<W: Ports> Commander<'_, W> {
    /// A line about alarms or incidents. `role` is the one that allows it, for what needs no look at an incident to be judged.
    pub(in crate::commands) async fn mon(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        mon: &Mon,
        role: String,
    ) -> Result<Worked, Failure> {
        let me = &context.asker.person;
        let (incident, act) = match mon {
            Mon::Open { environment } => return self.open(context, catalog, environment.as_deref()).await,
            Mon::Missed => return self.missed(context, catalog).await,
            Mon::Show { incident } => return self.show(context, catalog, incident.as_ref()).await,
            Mon::Attach { incident, to } => return self.attach(context, catalog, incident, to).await,
            Mon::Silence { what, span, reason } => return self.silence(context, catalog, what, *span, reason).await,
            Mon::Silences => return self.silences(context, catalog).await,
            Mon::Unsilence { silence } => return self.unsilence(context, catalog, silence).await,
            Mon::OnCall => return self.oncall(context, catalog).await,
            Mon::Override { person, until, rotation } => {
                return self.stand_in(context, catalog, person.as_ref().unwrap_or(me), *until, rotation.as_ref()).await;
            }
            Mon::Routes => return self.routes(context, catalog).await,
            Mon::AddRoute { matches, to, severity } => return self.add_route(context, role, matches, to.as_ref(), *severity).await,
            Mon::RemoveRoute { route } => return self.remove_route(context, role, route).await,
            Mon::Test { alarm } => return self.test(context, catalog, alarm).await,
            Mon::Acknowledge { incident } => (incident.as_ref(), Act::Acknowledge),
            Mon::Unacknowledge { incident } => (incident.as_ref(), Act::Unacknowledge),
            Mon::Resolve { incident, reason } => (incident.as_ref(), Act::Resolve { reason }),
            Mon::Reopen { incident } => (Some(incident), Act::Reopen),
            Mon::Assign { incident, to } => (incident.as_ref(), Act::Assign { to: to.as_ref().unwrap_or(me) }),
            Mon::Snooze { incident, span } => (incident.as_ref(), Act::Snooze { span: *span }),
            Mon::Note { incident, text } => (incident.as_ref(), Act::Note { text }),
        };
        self.act(context, catalog, incident, act).await
    }
}
