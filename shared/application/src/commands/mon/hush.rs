//! What a new silence does to the incidents that are open: those of which every alarm that fires fits it fall quiet.

use opsroom_domain::ids::PersonId;
use opsroom_domain::incident::{Event, Incident, SilencedBy};
use opsroom_domain::monit::{AlarmMatch, Facts, Silence};

use super::silences::MOST_OPEN;
use crate::alarms::desk::Desk;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, MonitStore, PortError, Store};
use crate::progress::ATTEMPTS;

/// How many incidents fall quiet in the transaction that makes the silence: as many as fit into it with their messages. The others follow
/// one by one.
const AT_ONCE: usize = 20;

/// How many fall quiet at all: what a function gets done in its time.
const MOST_HUSHED: usize = 150;

/// How many alarms are looked at to see whether they fit, one read each; likewise.
const MOST_LOOKED_AT: usize = 600;

/// The open incidents that a silence is for.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    /// Those that fall quiet.
    found: Vec<Incident>,
    /// How many there are besides that might fit, and that nobody looked at.
    pub(super) left: usize,
}

impl Fitting {
    /// The incident that the silence was made for.
    pub(super) fn only(incident: Incident) -> Self {
        Self { found: vec![incident], left: 0 }
    }

    /// Those that fall quiet together with the silence.
    fn first(&self) -> &[Incident] {
        &self.found[..self.found.len().min(AT_ONCE)]
    }
}

impl<W: Ports> Commander<'_, W> {
    /// The open incidents of which every alarm that fires fits a silence.
    pub(super) async fn fitting(&self, silence: &Silence) -> Result<Fitting, Failure> {
        let mut fitting = Fitting::default();
        let mut looked_at = 0;
        for incident in self.store.open_incidents(MOST_OPEN).await?.into_iter().filter(|incident| may_fit(silence, incident)) {
            looked_at += if is_judged_by_alarms(&silence.matches) { incident.alarms.len() } else { 0 };
            // What it has no place for can't be looked up.
            let is_unclear = is_judged_by_alarms(&silence.matches) && incident.more_alarms > 0;
            if is_unclear || looked_at > MOST_LOOKED_AT || fitting.found.len() == MOST_HUSHED {
                fitting.left += 1;
            } else if self.fits(silence, &incident).await? {
                fitting.found.push(incident);
            }
        }
        Ok(fitting)
    }

    async fn fits(&self, silence: &Silence, incident: &Incident) -> Result<bool, PortError> {
        if !is_judged_by_alarms(&silence.matches) {
            return Ok(true);
        }
        let records = self.records(incident).await?;
        let fits = |latest| silence.matches.fits(&Facts::of(latest, incident.service.as_ref(), incident.environment.as_ref()));
        let mut firing = records.iter().filter(|record| record.fires()).peekable();
        Ok(firing.peek().is_some() && firing.all(|record| fits(&record.latest)))
    }

    /// Adds the first of them to the change that makes the silence.
    pub(super) fn hush_first(&self, catalog: &Catalog, fitting: &Fitting, silence: &Silence, by: &PersonId, change: &mut Change) {
        for incident in fitting.first() {
            self.hushed(catalog, incident.clone(), silence, by, change);
        }
    }

    /// Hushes the others, once the silence is written. `worked` tells whether it was just now: if it was before, that may have been left in
    /// the middle. Doing it twice does no harm.
    pub(super) async fn hush_others(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        fitting: Fitting,
        silence: &Silence,
        worked: Worked,
    ) -> Result<(), Failure> {
        let done = if worked == Worked::Done { fitting.first().len() } else { 0 };
        let others = fitting.found.into_iter().skip(done);
        if others.len() > 0 && worked != Worked::Done {
            let written = self.store.silence(&silence.id).await?;
            if !written.is_some_and(|written| written.holds(self.now)) {
                return Ok(());
            }
        }
        for incident in others {
            self.hush_one(context, catalog, incident, silence).await?;
        }
        Ok(())
    }

    async fn hush_one(&self, context: Context<'_>, catalog: &Catalog, incident: Incident, silence: &Silence) -> Result<(), Failure> {
        let id = incident.id.clone();
        let mut read = Some(incident);
        for _ in 0..ATTEMPTS {
            let incident = match read.take() {
                Some(incident) => incident,
                None => match self.store.incident(&id).await? {
                    Some(incident) if may_fit(silence, &incident) && self.fits(silence, &incident).await? => incident,
                    _ => return Ok(()),
                },
            };
            let mut change = Change::default();
            self.hushed(catalog, incident, silence, &context.asker.person, &mut change);
            if change.monit.incidents.is_empty() {
                return Ok(());
            }
            let keys = lanes(&change);
            if self.store.commit(change).await? == Commit::Done {
                self.nudge(&context.request.correlation, &keys).await;
                return Ok(());
            }
        }
        Err(Failure::Contended(format!("incident {id}")))
    }

    fn hushed(&self, catalog: &Catalog, mut incident: Incident, silence: &Silence, by: &PersonId, change: &mut Change) {
        let silenced = SilencedBy { silence: silence.id.clone(), until: silence.until };
        let event = Event::Silence { silence: silenced, by: by.clone(), at: self.now };
        let desk = Desk::new(Some(&catalog.catalog), &[]);
        if let Ok(follows) = desk.apply(&mut incident, event, self.now) {
            follows.write(incident, Some(&catalog.catalog), change);
        }
    }
}

/// Whether its alarms have to be looked at: their service and environment are those of the incident.
fn is_judged_by_alarms(matches: &AlarmMatch) -> bool {
    let about = AlarmMatch { service: matches.service.clone(), environment: matches.environment.clone(), ..AlarmMatch::default() };
    *matches != about
}

/// Whether an incident may fall under a silence, as far as it says itself.
fn may_fit(silence: &Silence, incident: &Incident) -> bool {
    let matches = &silence.matches;
    !incident.phase.is_over()
        && incident.silenced.as_ref().is_none_or(|by| by.silence != silence.id)
        && (matches.service.is_none() || matches.service == incident.service)
        && (matches.environment.is_none() || matches.environment == incident.environment)
}
