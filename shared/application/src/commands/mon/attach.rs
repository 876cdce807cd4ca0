//! `mon attach`: the alarms of one incident are put into another by hand.

use opsroom_domain::alarm::{AlarmRecord, AlarmReport};
use opsroom_domain::audit::Outcome;
use opsroom_domain::ids::IncidentId;
use opsroom_domain::incident::{Event, GroupPointer, Incident};

use crate::alarms::desk::{Desk, Follows};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{AlarmChore, AlarmQueue, Change, MonitStore, PortError};
use crate::progress::ATTEMPTS;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn attach(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        from: &IncidentId,
        to: &IncidentId,
    ) -> Result<Worked, Failure> {
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        if from == to {
            return self.answer_privately(context, cards::attached_to_itself()).await;
        }
        for _ in 0..ATTEMPTS {
            let Some(from) = self.store.incident(from).await? else {
                return self.answer_privately(context, cards::no_such_incident(from)).await;
            };
            let Some(to) = self.store.incident(to).await? else {
                return self.answer_privately(context, cards::no_such_incident(to)).await;
            };
            let mut roles = Vec::new();
            for incident in [&from, &to] {
                match self.may_respond(context, catalog, incident.service.as_ref(), incident.environment.as_ref()).await? {
                    Ok(allowed) => roles.push(allowed.role.to_string()),
                    Err(denied) => return self.refuse(context, &denied).await,
                }
            }
            if let Some(over) = [&from, &to].into_iter().find(|incident| incident.phase.is_over()) {
                let card = cards::over_already(over);
                return self.not_as_things_stand(context, over, card, "resolved-before").await;
            }
            let (from_before, to_before) = (from.clone(), to.clone());
            let Some((mut change, draw)) = self.moved(context, catalog, from, to).await? else {
                return self.not_as_things_stand(context, &to_before, cards::not_taken(&to_before), "nothing-new").await;
            };
            let outcome = Outcome::Allowed { role: roles.join(", "), started: format!("{} into {}", from_before.id, to_before.id) };
            change.audit.push(self.incident_record(context, &to_before, outcome));
            if let Some(worked) = self.written(context, change).await? {
                if draw {
                    self.alarms.send(&AlarmChore::Draw { incident: to_before.id }).await?;
                }
                return Ok(worked);
            }
        }
        Err(Failure::Contended(format!("incident {from}")))
    }

    /// Everything that has to be written; `None` if the second incident takes none of the alarms.
    async fn moved(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        mut from: Incident,
        mut to: Incident,
    ) -> Result<Option<(Change, bool)>, Failure> {
        let settings = self.store.monit_settings(self.now).await?;
        let desk = Desk::new(Some(&catalog.catalog), &settings.overrides);
        let (by, at) = (context.asker.person.clone(), self.now);
        let mut change = Change { claim: Some(context.request.event.clone()), habit: context.habit.cloned(), ..Change::default() };
        let mut gathered = Follows::default();
        let mut moved = 0;
        for record in self.records(&from).await? {
            let known = from.alarms.get(&record.latest.key.to_string());
            let severity = known.map_or(from.severity, |alarm| alarm.severity);
            // What its graph is drawn from is kept by the incident alone once the alarm is well.
            let plot = record.latest.plot.clone().or_else(|| known.and_then(|alarm| alarm.plot.clone()));
            let report = AlarmReport { plot, ..record.latest.clone() };
            let crowd = to.crowd;
            if let Ok(follows) = desk.apply(&mut to, Event::Attach { report: &report, severity, by: by.clone(), at }, at) {
                gathered = gathered.and(follows);
                moved += 1;
                let mut record = AlarmRecord { incident: Some(to.id.clone()), ..record };
                to.recount(crowd, &mut record);
                change.monit.alarms.push(record);
            }
        }
        if moved == 0 {
            return Ok(None);
        }
        let ended = desk.apply(&mut from, Event::Resolve { by, at }, at).unwrap_or_default();
        // What comes later of that group belongs there, too.
        if let Some(pointer) = self.store.group(&from.group).await?.filter(|pointer| pointer.incident == from.id) {
            change.monit.groups.push(GroupPointer { incident: to.id.clone(), ..pointer });
        }
        change.messages.extend(Self::told(context, cards::attached(&from, &to, moved)));
        ended.write(from, Some(&catalog.catalog), &mut change);
        let draw = gathered.draw;
        gathered.write(to, Some(&catalog.catalog), &mut change);
        Ok(Some((change, draw)))
    }

    /// What is known of the alarms of an incident.
    pub(super) async fn records(&self, incident: &Incident) -> Result<Vec<AlarmRecord>, PortError> {
        let mut records = Vec::new();
        for alarm in incident.alarms.values() {
            records.extend(self.store.alarm(&alarm.key).await?.filter(|record| record.incident.as_ref() == Some(&incident.id)));
        }
        Ok(records)
    }
}
